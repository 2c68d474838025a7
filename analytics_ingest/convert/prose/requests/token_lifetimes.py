"""Reads how long the token of a login lasts: `expires after 8 hours`, `Token lifetime: 1 hour`."""

import re

from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import is_statement

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_LASTS = re.compile(
    r"\b(?:expir(?:es?|y|ation)|(?:life ?time|validity)|(?:is |are )?valid|lasts?|ttl)\b"
    r"[^.;,\d]{0,20}?\b(?P<number>\d+|an?|one) (?P<unit>second|minute|hour|day|week)s?\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\b(?:refresh|codes?|certificates?|passwords?|keys?|jwt|signed|assertions?|links?|idle"
    r"|inactiv\w*|(?:un)?used|most|least|up to|about|accounts?|trials?|can|may|if|or)\b",
    re.IGNORECASE,
)
"""What is in a sentence on something else that ends, or on a token that may last longer."""


def read_token_lifetime(document: Document) -> int | None:
    """Read the seconds that a token lasts, where sections on authentication name one length."""
    lengths = {
        seconds
        for line in document.lines
        for sentence in (line.sentences if is_in_auth_section(line) else ())
        if (seconds := _read_sentence(to_plain(sentence)))
    }
    return lengths.pop() if len(lengths) == 1 else None


def _read_sentence(sentence: str) -> int | None:
    match = _LASTS.search(sentence)
    if match is None or _OF_ANOTHER.search(sentence) or not is_statement(sentence):
        return None
    number = int(match["number"]) if match["number"].isdigit() else 1
    return number * _SECONDS[match["unit"].lower()]
