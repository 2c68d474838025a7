"""Redacts secrets in a text by their values, plain or URL-encoded."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

REDACTED = "***"
MINIMUM_LENGTH = 4
"""Shorter values are not redacted: they are too likely to be ordinary text."""

_ENCODED = re.compile("%[0-9A-F]{2}")


def redact(text: str, secrets: Iterable[str], *, also_short: bool = False) -> str:
    """Replace every secret by `***`, also if it is URL-encoded.

    Args:
        also_short: Whether to replace short ones too, where they are words of their own.
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        if len(secret) >= MINIMUM_LENGTH:
            for encoded in _list_encodings(secret):
                text = text.replace(encoded, REDACTED)
        elif also_short:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", REDACTED, text)
    return text


def _list_encodings(secret: str) -> Iterator[str]:
    for encoded in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield _ENCODED.sub(lambda match: match[0].lower(), encoded)
