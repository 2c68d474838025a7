"""Reads which field a clause adds with the value of an expression that needs no other field.

a transformation adds the field `seen` to every record, with the current UTC time as value
(`now_utc()`)
"""

import re
from collections.abc import Collection
from dataclasses import replace

from analytics_ingest.common.expressions.macros import MACROS
from analytics_ingest.common.expressions.syntax import find_problem, strip_braces
from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.rows.row_subjects import find_marked_subjects, list_other_runs
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause

_VALUE = (
    r"(?:the )?(?:current (?:utc )?(?:time|timestamp|date(?: and time)?)(?: in utc)?"
    r"(?: as (?:its |the )?value)?|(?:value|result|expression)(?: of)?(?: the)?(?: expression)?)?"
    r",? ?\(?#(?P<value>\d+)\)?(?: as (?:its |the )?value)?(?! #)"
)
_WITH = re.compile(
    r",? (?:with|holding|containing|(?:which|that) (?:always )?(?:holds|has|contains|is)|from"
    rf"|by|as|=) {_VALUE}"
)
_SET = re.compile(rf" (?:is|are) (?:always )?(?:set to|filled with|computed as) {_VALUE}")
_ADDS = re.compile(r"\b(?:added|adds?|gets?|receives?)\b")
_SUBJECT = re.compile(r"^(?:an?|the|one) transformation (?=adds\b)")
_CALL = re.compile(rf"(?:{'|'.join(MACROS)})\(.*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*")


def read_computed(clause: MarkedClause, resources: Collection[str]) -> tuple[RowChange, str] | None:
    """Read the field that a clause adds, and the text without what gives its value."""
    match = _WITH.search(clause.text) or _SET.search(clause.text)
    value = _read_call(clause.marks[int(match["value"])]) if match else None
    if match is None or value is None:
        return None
    rest = _SUBJECT.sub("", f"{clause.text[: match.start()]}{clause.text[match.end() :]}")
    if match.re is _WITH and not _ADDS.search(rest):
        return None
    runs = list_other_runs(rest, find_marked_subjects(replace(clause, text=rest), resources))
    names = clause.list_marks(runs[0][0]) if len(runs) == 1 else []
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        return None
    rest = f"{rest[: runs[0].start()]}{rest[runs[0].end() :]}"
    return RowChange(added={names[0]: value}), rest


def _read_call(mark: str) -> str | None:
    """Write the expression of a call of one of the functions; None for anything else."""
    source = (strip_braces(mark) or mark).strip()
    expression = f"{{{{ {source} }}}}"
    is_call = _CALL.fullmatch(source) and find_problem(expression, ()) is None
    return expression if is_call else None
