"""Reads what clauses say of the rows of the resources that they name, or that are around them."""

import re
from collections.abc import Collection
from dataclasses import replace

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.rows.change_labels import names_change
from analytics_ingest.convert.prose.rows.field_changes import read_field_change
from analytics_ingest.convert.prose.rows.row_changes import (
    RowChange,
    RowStatement,
    is_on_other_rows,
    lifts_fields,
)
from analytics_ingest.convert.prose.rows.row_conditions import read_condition
from analytics_ingest.convert.prose.rows.row_subjects import (
    Surroundings,
    part_front,
)
from analytics_ingest.convert.prose.rows.untaken_changes import describe, is_sensitive
from analytics_ingest.convert.prose.text.coordinated import part_statements
from analytics_ingest.convert.prose.text.marked_clauses import (
    MarkedClause,
    is_plain_statement,
    mark_clause,
)
from analytics_ingest.convert.prose.text.mentions import mask_resources
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS
from analytics_ingest.convert.prose.words.row_words import (
    ADD,
    DROP,
    LIFT,
    OTHERS,
    REMOVE,
    has_other_words,
)

_CHANGES = re.compile(
    rf"\b(?:{DROP}|{REMOVE}|{LIFT}|{ADD}|{OTHERS}|only|not|never|without|except|set to|stored"
    r"|saved|kept (?:with|out|in)|taken from|consists of|joined|combin(?:es|ed)|composed|extended"
    r"|enriched|appended|attached|generated|created (?:for|in) (?:each|every)|before the first"
    r"|the first \w+ characters)(?!\w)",
    re.IGNORECASE,
)
"""What all statements on changed rows have, and others too."""
_PRONOUN = re.compile(
    r"(?P<link>\b(?:in which|for which|where|if|when)) (?:(?:this|that|the) (?:field|flag)|it|this)"
    r"(?= (?:is|are|equals|has)\b)"
)
_THEY_ARE_CHANGED = re.compile(
    r"(?:(?P<one>it)|they|these|both)(?: fields?)? (?:is|are)"
    r"(?= (?:removed|dropped|discarded|added from (?:the|its) parent)\W*$)",
    re.IGNORECASE,
)
_ITS_VALUE = re.compile(r"[;.,] (?:and )?its value is (?:that of |taken from )?", re.IGNORECASE)
_ITSELF = re.compile(r"[;.] (?=`[^`]{1,60}` itself (?:is|are) )|[;.] (?=The object itself is )")
_MASKED = re.compile(r"(?<= )(?:is masked: it|are masked: they) (?=(?:is|are) replaced )")
_ITS_FIELD = re.compile(
    r"\b(?:the )?(?:embedded |nested )?(?:object |field )?`(\w{1,60})`(?: object)? is kept,?"
    r" (?:but|only) its (?:field )?`(\w{1,60})` is(?= (?:removed|dropped|discarded)\b)",
    re.IGNORECASE,
)
_OF_REQUEST = re.compile(
    r"(?P<label>^\W*|\*\*:? |: )(?:(?:(?:GET|POST|PUT) )?`/[^`\s]*`(?: \([^()`]*\))?"
    r"|(?:one|an?|a separate|a single) requests? (?:is (?:made|sent) )?(?:per|for (?:each|every))"
    r" (?:[a-z]+|`\w+`)), (?:and |so )?"
    r"(?=(?:the|an?|each|every|all|only|records|rows|fields?)\b|`[A-Za-z_])",
    re.IGNORECASE,
)
"""The request that a statement on its rows follows."""
_FLATTENED = re.compile(
    r"\bthe (?:nested )?object (`[^`]{1,60}`) is flattened: its (?:entries|fields|members|keys"
    r"|contents|attributes) become (?:top[- ]level (?:fields|columns)|(?:fields|columns) of the"
    r" (?:row|record))",
    re.IGNORECASE,
)
_RESTRICTION = re.compile(
    r"\W*(?:this|that|it|they|both|these (?:changes|steps|rules?))"
    r" (?:holds?|appl(?:y|ies)|happens?|concerns?|is|are|does|do) [^`]{0,60}?"
    r"\b(?:only|not|unless|except|if|when|no longer|optional|future|planned"
    r"|(?:after|every|within) (?:\d+|an?|one|two|three|some) (?:\w+ )?"
    r"(?:hours?|days?|weeks?|months?|years?)"
    r"|by (?:the )?(?:api|server|vendor|provider))\b",
    re.IGNORECASE,
)
_BY_US = re.compile(
    r"\b(?:added|adds?|removed|dropped|lifted|moved|promoted|flattened|replaced|overwritten"
    r"|masked|top[ -]level|integration|connector"
    r"|pipeline|load(?:ing|ed)?|stor(?:ing|ed))\b",
    re.IGNORECASE,
)
"""What says that rows are changed, not that the API returns them so."""
_FILTER_LABEL = re.compile(r"^\W*(?:record |row )?filter\W*:", re.IGNORECASE)


def read_row_statements(line: Line, clause: str, around: Surroundings) -> list[RowStatement]:
    """Read what a clause says of rows; empty where it does not speak of changes of them.

    A clause of several statements is parted where one of them alone is plain.
    """
    whole = _read_statement(line, clause, around)
    if whole and whole.change:
        return [whole]
    parts = part_statements(clause) if len(clause) <= MOST_CHARACTERS else None
    return (_read_parts(line, parts, around) if parts else []) or ([whole] if whole else [])


def _read_parts(line: Line, parts: tuple[str, str], around: Surroundings) -> list[RowStatement]:
    """Read the statements of a clause; empty where one of them may restrict the others."""
    first = _read_statement(line, parts[0], around)
    if first is None or (first.change is None and not is_plain_statement(parts[0])):
        return []
    if first.change and lifts_fields(first.change):
        return []  # What follows may be on the fields of the object.
    drops = bool(first.change and first.change.filter)
    group = first.resources if len(first.resources) > 1 else around.group
    named = first.resources[0] if len(first.resources) == 1 else around.named
    behind = replace(around.follow(parts[0]), named=named, group=group, follows_filter=drops)
    is_beside = first.change is not None and names_change(parts[1])
    behind = replace(behind, is_on_changes=around.is_on_changes or is_beside)
    others = read_row_statements(line, parts[1], behind)
    listed = [first, *others]
    are_read = all(each.change for each in others)
    is_unclear = not are_read and not is_plain_statement(parts[1])
    renames = [each for each in listed if each.change and each.change.renamed]
    is_read = others and not is_unclear and any(each.change for each in listed)
    return listed if is_read and len(renames) <= 1 else []


def _read_statement(line: Line, clause: str, around: Surroundings) -> RowStatement | None:
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
            sensitive = is_sensitive(line, clause, around)
            names, change = tuple(reading[0]), reading[1]
            if is_value_of_api(line, clause, change, is_labelled=around.is_on_changes):
                return RowStatement(names, None, change.fields)
            return RowStatement(names, change, is_sensitive=sensitive)
    sensitive = is_sensitive(line, clause, around)
    return describe(marked, around, is_filter=is_filter, is_sensitive=sensitive)


def is_value_of_api(line: Line, clause: str, change: RowChange, *, is_labelled: bool) -> bool:
    """Return whether a clause in a section on fields describes a value that the API returns.

    Args:
        is_labelled: Whether a heading or a label says that rows are changed.
    """
    is_present = any(change.added.values()) and "utc()" not in clause
    is_set = is_present or bool(change.constants or change.copied or change.flattened)
    is_change = is_labelled or _BY_US.search(clause)
    return is_set and is_in_field_section(line) and not is_change


def is_restriction(clause: str) -> bool:
    """Return whether a clause says when the one before it holds: this is for guests only."""
    return len(clause) <= MOST_CHARACTERS and _RESTRICTION.match(clause) is not None


def join_values(text: str) -> str:
    """Return a line in which a field and the sentence on its value, or on its object, are one.

    The request of a resource is omitted before what is said of its rows.
    """
    text = _OF_REQUEST.sub(r"\g<label>", text)
    text = _ITS_FIELD.sub(r"the field `\1.\2` is", text)
    text = _FLATTENED.sub(r"The fields of \1 are moved to the top level", text)
    return _ITSELF.sub(", and ", _ITS_VALUE.sub(" with ", _MASKED.sub("", text)))


def _resolve_pronoun(clause: str, around: Surroundings) -> tuple[str, Surroundings]:
    """Name the field of the sentence before: records in which it is true."""
    fields = [mark for mark in around.marks_before if to_valid_name(mark) not in around.resources]
    they = _THEY_ARE_CHANGED.match(clause) if fields else None
    if they and not (they["one"] and len(fields) > 1):
        names = ", ".join(f"`{field}`" for field in fields)
        return _THEY_ARE_CHANGED.sub(f"the fields {names} are", clause), around
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
