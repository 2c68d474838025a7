"""Reads which field a clause adds with the present as its value, in words.

a `seen` field with the current UTC time is added to each record
the current UTC time is added to each record as `seen`
"""

import re
from collections.abc import Collection
from dataclasses import replace

from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.rows.row_subjects import find_marked_subjects, list_other_runs
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause

_LOAD = r"(?:the )?(?:load|sync|extraction|ingestion)"
_PRESENT = (
    r"(?:the )?(?:value of )?(?:the )?(?:current (?:utc )?(?:time ?stamp|date-?time|date and time"
    rf"|time|moment)|time(?: ?stamp)? of {_LOAD}"
    r"|(?P<day>current (?:utc )?(?:date|day)|today['\u2019]s (?:utc )?date))"
    r"(?:,? \(?(?:in )?utc\)?)?"
    r"(?P<iso>,? (?:in|as)(?: an?)? iso[ -]?8601(?: format| text| string)?)?"
    r"(?: as (?:its |the )?value)?"
)
_WITH = re.compile(
    r"(?:,? (?:with|holding|containing|(?:which|that) (?:always )?(?:holds|has|contains|is))"
    rf"|,? by|,? =|,?(?= \()) (?P<open>\()?{_PRESENT}(?(open)\))(?!\w)"
)
_SET = re.compile(rf" (?:is|are) (?:always )?(?:set to|filled with) {_PRESENT}(?!\w)")
_AS = re.compile(
    rf"(?:^|(?<=; )|(?<=adds )){_PRESENT}"
    r"(?= .*\b(?:record|row)s? as (?:the |an? )?(?:new )?(?:field )?#\d)"
)
_ADDS = re.compile(r"\b(?:added|adds?|gets?|receives?)\b")
_NAME = re.compile(r"[A-Za-z_]\w*")


def read_present_field(
    clause: MarkedClause, resources: Collection[str]
) -> tuple[RowChange, str] | None:
    """Read the field that a clause adds, and the text without the field and its value."""
    patterns = (_WITH, _SET, _AS)
    match = next(filter(None, (pattern.search(clause.text) for pattern in patterns)), None)
    if match is None:
        return None
    rest = f"{clause.text[: match.start()]}{clause.text[match.end() :]}"
    runs = list_other_runs(rest, find_marked_subjects(replace(clause, text=rest), resources))
    names = clause.list_marks(runs[0][0]) if len(runs) == 1 else []
    is_added = match.re is _SET or _ADDS.search(rest)
    if len(names) != 1 or not _NAME.fullmatch(names[0]) or not is_added:
        return None
    moment = "today_utc()" if match["day"] else "now_utc()"
    value = f"{{{{ {moment}{'.isoformat()' if match['iso'] else ''} }}}}"
    rest = f"{rest[: runs[0].start()]}{rest[runs[0].end() :]}"
    return RowChange(added={names[0]: value}), rest
