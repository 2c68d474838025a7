"""Reads what a sentence says of all times in rows, not of a single field or a parameter.

Timestamps such as `createdAt` are integers in milliseconds.     Time fields: Unix seconds
The API returns all dates as epoch milliseconds.     Timestamps in the records are ISO 8601.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from analytics_ingest.convert.markdown import split_clauses
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_on_all_times,
    is_on_other_source,
    is_statement,
)

_NAMES = r"`[\w.]+`(?:(?:, (?:and )?| and | or )`[\w.]+`)*"
_BUT = r"except|unlike|other than|apart from|besides"
_EXAMPLES = (
    r"(?:,? ?\(?(?:such as|like|including|among others|for example|for instance),? "
    rf"(?P<examples>{_NAMES})\)?,?)?"
    rf"(?:,? ?\(?(?:{_BUT}|but)(?: for)? (?P<but>{_NAMES})\)?,?)?"
)
_EXCEPT = re.compile(rf"[,;]? ?\(?(?:{_BUT}|but not)(?: for)? (?P<but>{_NAMES})", re.IGNORECASE)
"""What a clause ends with where it does not hold for some."""
_ROWS = r"(?:records?|rows?|responses?|answers?|schemas?)"
_TIMES = (
    r"(?:(?:all|the|its|this|of|API(?:'s)?) ){0,4}"
    r"(?:(?:every|each) (?:time ?stamp|date-?time|date|time)\b"
    r"|(?:unix )?time ?stamps|date-?times|dates(?: and times|/times)?|times"
    r"|(?P<fields>(?:date-?time|time ?stamp|date|time) (?:fields|columns|values|attributes)))"
)
_OWNER = (
    r"(?: (?:of|in|from) (?:(?:all |the |its |each )*(?P<rows>" + _ROWS + r")"
    r"|(?:this|the) (?:API|integration|connector)|(?:all )?(?:the )?(?:resources|streams|tables)))?"
)
_STATED = (
    re.compile(
        rf"\W*{_TIMES}{_OWNER}{_EXAMPLES}"
        r"(?P<said> (?:are|is|have|has|look|use|come|hold|count|contain)\b.*)",
        re.IGNORECASE,
    ),
    re.compile(rf"\W*{_TIMES}{_OWNER}{_EXAMPLES}[*_` ]*[:|\u2013=](?P<said>.*)", re.IGNORECASE),
    re.compile(
        r"\W*(?:the|this) API (?:(?P<returns>returns|delivers)|uses|writes|expresses|represents"
        rf"|encodes|stores|gives) {_TIMES}{_OWNER}{_EXAMPLES} (?P<said>(?:as|in)\b.*)",
        re.IGNORECASE,
    ),
)
_OF_ROWS = ("fields", "rows", "examples", "returns")
"""Parts of a clause that say that it is on rows."""
_OF_REQUESTS = re.compile(r"\W*(?:is|are) (?:always )?(?:sent|passed|submitted|expected)\b", re.I)
"""What says of times that it is on those of requests: rows may have others."""
_ABBREVIATED = re.compile(r"\be\.g\.,?", re.IGNORECASE)


class TimeStatement(NamedTuple):
    """What a clause says of all times."""

    text: str
    """What it says of them."""
    examples: frozenset[str]
    """Fields that it names as examples."""
    excepted: frozenset[str]
    """Fields that it excepts."""
    is_on_rows: bool
    """Whether it is on rows in so many words, not on requests too."""

    def holds_for(self, field: str) -> bool:
        """Return whether it is on a field."""
        return field not in self.excepted and field.rpartition(".")[2] not in self.excepted


@lru_cache(maxsize=4096)
def list_time_statements(text: str) -> tuple[TimeStatement, ...]:
    """List what the clauses of a line say of all times; once, as each resource asks for it."""
    clauses = split_clauses(_ABBREVIATED.sub("such as", text))
    return tuple(filter(None, map(_read, clauses)))


def _read(clause: str) -> TimeStatement | None:
    is_long = len(clause) > MOST_CHARACTERS
    if is_long or is_on_other_source(clause) or is_conditional(clause):
        return None
    match = next(filter(None, (pattern.match(clause) for pattern in _STATED)), None)
    if match is None and not is_on_all_times(clause):
        return None
    said = match["said"] if match else clause
    names = [each["but"] for each in (match, _EXCEPT.search(said)) if each and each["but"]]
    said = _EXCEPT.sub("", said)
    if not is_statement(said) or _OF_REQUESTS.match(said):
        return None
    return TimeStatement(
        said,
        frozenset(_list_names(match["examples"] if match else "")),
        frozenset(_list_names(" ".join(names))),
        bool(match and any(match.groupdict().get(part) for part in _OF_ROWS)),
    )


def _list_names(text: str | None) -> list[str]:
    return re.findall(r"`([\w.]+)`", text or "")
