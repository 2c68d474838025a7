"""Hides secrets in a text by their values, however they were written into it."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SHORTEST = 4
"""Shorter values are too likely to be ordinary text."""

_ENCODED = re.compile("%[0-9A-F]{2}")


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret, also where it is URL-encoded."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            for written in _spellings(secret):
                text = text.replace(written, HIDDEN)
    return text


def _spellings(secret: str) -> Iterator[str]:
    for written in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield written
        yield _ENCODED.sub(lambda match: match[0].lower(), written)
