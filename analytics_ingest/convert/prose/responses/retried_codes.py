"""Reads which error codes in the body of a response the prose retries, beside HTTP statuses.

If `error.code` is 32000, the request is retried     the error code 32000 is retried
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analytics_ingest.convert.prose.responses.error_handler import is_retried
from analytics_ingest.convert.prose.text.sentences import is_statement

_NUMBER = r"-?\d+"
_NUMBERS = (
    rf"`?{_NUMBER}`?(?:(?:, or |, | or |, and | and |/)`?{_NUMBER}`?(?! ?(?:times|s\b|sec)))*"
)
_PLACE = r"`(?:response\.)?(?P<path>(?:\w+\.)+\w*(?i:code|errno))"
_PATH = (
    re.compile(rf"{_PLACE}`(?: (?:is|equals|has the value|of|=)|:)? (?P<codes>{_NUMBERS})"),
    re.compile(rf"{_PLACE}(?:: | ?==? ?)(?P<codes>{_NUMBER})`"),
)
_CODE = re.compile(
    r"(?<!status )(?<!http )\bcodes?\b(?: (?:is|are|of|in the body (?:is|of))|:)? "
    rf"(?P<codes>{_NUMBERS})",
    re.IGNORECASE,
)


class RetriedCode(NamedTuple):
    """An error code in the body of a response that is retried."""

    code: int
    path: str
    """Where it is in the body; empty where the prose does not say."""


def read_retried_codes(sentences: tuple[str, ...]) -> Iterator[RetriedCode]:
    """Read the error codes that sentences retry; HTTP statuses are not among them."""
    for sentence in sentences:
        if not (is_retried(sentence) and is_statement(sentence)):
            continue
        placed = next(filter(None, (pattern.search(sentence) for pattern in _PATH)), None)
        match = placed or _CODE.search(sentence)
        for text in re.findall(_NUMBER, match["codes"]) if match else ():
            if not 100 <= int(text) < 600:
                yield RetriedCode(int(text), placed["path"] if placed else "")
