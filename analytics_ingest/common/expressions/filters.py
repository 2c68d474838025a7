"""The filters of Airbyte's expressions: `x | hash('sha256')`, `x | regex_search('a(.*)')`.

Their names, arguments and results are those of airbyte-cdk.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from jinja2.exceptions import SecurityError

from analytics_ingest.common.expressions.regexes import check_search


class Text(str):
    """A text that stays a text, even if it looks like a number: `5 | string`."""

    __slots__ = ()


def as_text(value: Any) -> Text:
    """Return a text as it is, anything else as JSON."""
    return Text(value if isinstance(value, str) else json.dumps(value))


def hash_text(value: Any, hash_type: str = "md5", salt: str | None = None) -> str:
    """Return the hash of a text, in hexadecimal digits."""
    if hash_type not in hashlib.algorithms_guaranteed or hash_type.startswith("shake"):
        raise SecurityError("hash")
    hasher = hashlib.new(hash_type, usedforsecurity=False)
    hasher.update(f"{value}{salt or ''}".encode())
    return hasher.hexdigest()


def sign(value: Any, key: str, hash_type: str = "sha256") -> str:
    """Return the HMAC of a text, in hexadecimal digits."""
    if hash_type != "sha256":
        raise SecurityError("hmac")
    return hmac.new(str(key).encode(), str(value).encode(), hashlib.sha256).hexdigest()


def base64encode(value: Any) -> str:
    """Return a text in base64."""
    return base64.b64encode(str(value).encode()).decode()


def base64decode(value: Any) -> str:
    """Return what a text in base64 says."""
    return base64.b64decode(str(value).encode()).decode()


def base64binascii_decode(value: Any) -> str:
    """Return a text of ASCII in base64; the name is Airbyte's."""
    return base64.standard_b64encode(str(value).encode("ascii")).decode("ascii")


def regex_search(value: Any, regex: str) -> str:
    """Return the first group of the first match.

    Empty where nothing matches, or nothing is grouped.
    """
    match = check_search(str(regex), str(value)).search(str(value))
    return (match[1] or "") if match and match.groups() else ""


def regex_replace(value: Any, regex: str, replacement: str) -> str:
    """Return a text with every match replaced."""
    return check_search(str(regex), str(value)).sub(str(replacement), str(value))


FILTERS: dict[str, Callable[..., Any]] = {
    "hash": hash_text,
    "hmac": sign,
    "base64encode": base64encode,
    "base64decode": base64decode,
    "base64binascii_decode": base64binascii_decode,
    "string": as_text,
    "regex_search": regex_search,
    "regex_replace": regex_replace,
}
"""The filters, by name."""
