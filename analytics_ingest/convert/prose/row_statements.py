"""Reads what clauses say of the rows of the resources that they name, or that are around them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.field_changes import read_field_change
from analytics_ingest.convert.prose.line_subjects import find_group
from analytics_ingest.convert.prose.marked_clauses import (
    MarkedClause,
    is_path,
    is_plain_statement,
    mark_clause,
)
from analytics_ingest.convert.prose.mentions import mask_resources
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.row_changes import RowChange, is_on_other_rows
from analytics_ingest.convert.prose.row_conditions import read_condition
from analytics_ingest.convert.prose.row_subjects import (
    Surroundings,
    find_marked_subjects,
    find_subjects,
    part_front,
)
from analytics_ingest.convert.prose.row_words import ADD, DROP, LIFT, REMOVE, has_other_words
from analytics_ingest.convert.prose.sentences import MOST_CHARACTERS, is_statement

_CHANGES = re.compile(
    rf"\b(?:{DROP}|{REMOVE}|{LIFT}|{ADD}|only|not|never|without|except)(?!\w)", re.IGNORECASE
)
"""What all statements on changed rows have, and others too."""
_STATES_CHANGE = re.compile(
    rf"\b(?:is|are|be) (?:\w+ ){{0,2}}?(?:{DROP}|{REMOVE}|{LIFT}|added|kept)(?!\w)"
    r"|\bgets?\b|\breceives?\b"
    rf"|^(?:skip|drop|remove|keep)\b|(?:integration|connector|pipeline|source) {DROP}"
    r"|\bonly\b.{0,80}\b(?:loaded|kept|imported|stored)\b|\bloaded without\b"
)
_PRONOUN = re.compile(
    r"(?P<link>\b(?:in which|for which|where|if|when)) (?:(?:this|that|the) (?:field|flag)|it|this)"
    r"(?= (?:is|are|equals|has)\b)"
)
_THEY_ARE_REMOVED = re.compile(
    r"(?:it|they|these|both)(?: fields?)? (?:is|are)(?= (?:removed|dropped|discarded)\W*$)", re.I
)
_ITS_VALUE = re.compile(r"[;.,] (?:and )?its value is (?:that of |taken from )?", re.IGNORECASE)
_ITSELF = re.compile(r"[;.] (?=`[^`]{1,60}` itself (?:is|are) )|[;.] (?=The object itself is )")
_FILTER_LABEL = re.compile(r"^\W*(?:record |row )?filter\W*:", re.IGNORECASE)
_ON_ROWS = re.compile(
    r"\b(?:records?|rows?|top[ -]level|loaded|everything|those|them|their|fields?)\b|@"
)
_ON_RESPONSES = re.compile(
    r"\b(?:[45]\d\d|status(?:es)? codes?|responses?|requests?|parameters?|pages?|cursors?|headers?"
    r"|incremental\w*|sent|tokens?|query|url|path)\b"
)
_STEPS = ("AddFields", "RemoveFields")
_IS_VALUE = re.compile(r"\b(?:is|are|equals?|equal to|or|=|state|status) (?:the )?$")


@dataclass(frozen=True)
class RowStatement:
    """What a clause says of rows."""

    resources: tuple[str, ...] = ()
    """Empty where it does not say plainly which."""
    change: RowChange | None = None
    """None where it does not say plainly what."""
    fields: tuple[str, ...] = ()
    """All names that it marks, but for its resources."""


def read_row_statement(line: Line, clause: str, around: Surroundings) -> RowStatement | None:
    """Read what a clause says of rows; None where it does not speak of changes of them."""
    is_filter = _FILTER_LABEL.match(clause) is not None
    if len(clause) > MOST_CHARACTERS or not (is_filter or _CHANGES.search(clause)):
        return None
    clause, around = _resolve_pronoun(clause, around)
    marked = mark_clause(clause)
    if marked is None or not marked.marks or is_on_other_rows(line, clause):
        return None
    marked = part_front(marked, around.resources)
    if _is_lead_clear(marked, around.resources):
        reading = read_condition(marked, around) or read_field_change(marked, around)
        if reading:
            return RowStatement(tuple(reading[0]), reading[1])
    return _describe(marked, around, is_filter=is_filter)


def join_values(text: str) -> str:
    """Return a line in which a field and the sentence on its value, or on its object, are one."""
    return _ITSELF.sub(", and ", _ITS_VALUE.sub(" with ", text))


def _resolve_pronoun(clause: str, around: Surroundings) -> tuple[str, Surroundings]:
    """Name the field of the sentence before: records in which it is true."""
    fields = [mark for mark in around.marks_before if to_valid_name(mark) not in around.resources]
    if fields and _THEY_ARE_REMOVED.match(clause):
        names = ", ".join(f"`{field}`" for field in fields)
        return _THEY_ARE_REMOVED.sub(f"the fields {names} are", clause), around
    if not _PRONOUN.search(clause) or len(fields) != 1:
        return clause, around
    named = around.named or (around.before[0] if len(around.before) == 1 else None)
    resolved = _PRONOUN.sub(lambda match: f"{match['link']} `{fields[0]}`", clause)
    return resolved, replace(around, named=named)


def _is_lead_clear(clause: MarkedClause, resources: Collection[str]) -> bool:
    """Return whether nothing but a reason, or a resource, is before the colon of a clause."""
    lead = clause.lead_without_reason
    if "#" in lead or not is_plain_statement(lead):
        return False
    plain = mask_resources(lead, resources)
    has_others = [has_other_words(plain, is_on_fields=is_on) for is_on in (True, False)]
    return lead != clause.lead or not all(has_others)


def _describe(
    clause: MarkedClause, around: Surroundings, *, is_filter: bool
) -> RowStatement | None:
    """Describe a clause on rows that no step can be read from."""
    text = f"{clause.lead} {clause.text}"
    plain = mask_resources(text, around.resources)
    states_change = is_statement(text) and _STATES_CHANGE.search(clause.text)
    is_on_rows = states_change and _ON_ROWS.search(plain) and not _ON_RESPONSES.search(text)
    if not (is_filter or is_on_rows):
        return None
    marked = find_marked_subjects(clause, around.resources, may_begin=True)
    names = find_subjects(clause, clause.text, marked, around) or []
    fields = _list_fields(clause, marked)
    return RowStatement(tuple(names), None, fields) if fields else None


def list_field_marks(clause: str, resources: Collection[str]) -> tuple[str, ...]:
    """List the fields that a clause in any words marks."""
    marked = mark_clause(clause) if len(clause) <= MOST_CHARACTERS else None
    if marked is None:
        return ()
    return _list_fields(marked, find_marked_subjects(marked, resources, may_begin=True))


def _list_fields(clause: MarkedClause, subjects: list[re.Match[str]]) -> tuple[str, ...]:
    numbers = [int(number) for run in subjects for number in re.findall(r"#(\d+)", run[0])]
    fields = [
        mark
        for number, mark in enumerate(clause.marks)
        if number not in numbers and is_path(mark) and not _is_value(clause, number)
    ]
    return tuple(dict.fromkeys(field for field in fields if field not in _STEPS))


def _is_value(clause: MarkedClause, number: int) -> bool:
    before = clause.text.partition(f"#{number}")[0]
    return _IS_VALUE.search(before) is not None


def iterate_surroundings(prose: Prose) -> Iterator[tuple[Line, Surroundings]]:
    """Yield each line that is not a heading with what is around its first clause."""
    resources = prose.resources
    last: Line | None = None
    before: Line | None = None
    for line, named in prose.iterate_lines():
        if line is not last:  # One that is of several resources comes once for each.
            before, last = last, line
        if line.is_heading:
            continue
        only = next(iter(resources)) if len(resources) == 1 else None
        is_near = before is not None and before.headings == line.headings
        near = before.text if before and is_near else ""
        group = next(filter(None, (find_group(h, resources) for h in line.headings[::-1])), ())
        yield line, Surroundings(resources, named or only, group, near)
