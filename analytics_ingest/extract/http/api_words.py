"""The API's own words in a refusal: a 4xx response → a short text for the error message.

Only what is meant for people is quoted: a short plain text, or the texts of the keys below. A body
that also holds rows is not quoted. Secrets and e-mail addresses are removed before the text is cut:
half of one that is at the end would not be recognized.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from requests import Response

from analytics_ingest.common.printable import to_printable
from analytics_ingest.common.redaction import REDACTED
from analytics_ingest.extract.http.encoding import decode
from analytics_ingest.extract.key_names import to_snake_case
from analytics_ingest.extract.responses.error_bodies import find_row_selector

LONGEST = 200
"""Characters that are quoted at most."""

_KEYS = ("message", "error_message", "error_description", "detail", "error", "errors", "title")
_INNER_KEYS = (*_KEYS, "details", "reason", "msg", "description")
_ADDRESS = re.compile(r"[^\s@\"'<>()\[\]{},;:=]+(?:@|%40)[^\s@\"'<>()\[\]{},;:]+", re.IGNORECASE)
"""An e-mail address, plain or encoded for a URL."""
_MOST_TEXTS = 3
_DEEPEST = 4


def find_api_words(response: Response, redact: Callable[[str], str]) -> str:
    """Return what a 4xx response says for people; empty where it says nothing that can be shown.

    Args:
        redact: Removes the secrets from a text.
    """
    status = response.status_code
    if not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return ""
    texts = dict.fromkeys(text.strip() for text in _list_texts(response) if text.strip())
    words = " ".join(redact("; ".join([*texts][:_MOST_TEXTS])).split())
    words = _ADDRESS.sub(REDACTED, words)
    shown = to_printable(words)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _list_texts(response: Response) -> Iterator[str]:
    try:
        text = decode(response)
    except ValueError:
        return
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = text
    if isinstance(body, str):
        # A longer text, or one that begins as a page does, is not a sentence for people.
        if len(body) <= LONGEST and not body.lstrip("\ufeff \t\r\n").startswith(("<", "{", "[")):
            yield body
        return
    if not _has_rows(body):
        yield from _list_texts_of_keys(body, _KEYS)


def _has_rows(body: Any) -> bool:
    """Return whether a body holds rows besides a message."""
    if not isinstance(body, dict):
        return False
    rest = {key: value for key, value in body.items() if to_snake_case(key) not in _INNER_KEYS}
    return find_row_selector(rest) is not None


def _list_texts_of_keys(value: Any, keys: Sequence[str], depth: int = 0) -> Iterator[str]:
    """Yield the texts of some keys, in their order, and those in objects and lists below."""
    if isinstance(value, str):
        yield value
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST_TEXTS]:
            yield from _list_texts_of_keys(item, keys, depth + 1)
    if isinstance(value, dict):
        known = {to_snake_case(str(key)): inner for key, inner in value.items()}
        named = [name for name in keys if name in known]
        # Errors of a form: the name of each field, and what is wrong with it.
        for name in named or (known if depth else ()):
            for text in _list_texts_of_keys(known[name], _INNER_KEYS, depth + 1):
                yield text if named else f"{name}: {text}"
