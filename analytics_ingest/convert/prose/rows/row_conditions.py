"""Reads which rows a clause skips or keeps, by the value of a marked field.

records of `users` with `is_deleted` equal to true are skipped
closed boards (`closed` is true) are excluded
only events whose `state` is `open` or `held` are loaded
"""

import re
from dataclasses import replace

from analytics_ingest.convert.prose.rows.condition_forms import Condition, find_condition
from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.rows.row_subjects import (
    Surroundings,
    find_marked_subjects,
    find_subjects,
)
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause, is_plain_statement
from analytics_ingest.convert.prose.text.mentions import find_mentions, mask_resources
from analytics_ingest.convert.prose.words.row_words import DROP, KEEP, has_other_words

_OTHERS = re.compile(
    r"[,;]? (?:and |while )?(?:(?:all |any |the )?(?:others?|rest|(?:other|remaining) (?:ones"
    rf"|records|rows)) (?:is|are) (?:{DROP}|{KEEP})"
    rf"|everything else is (?:{DROP}|{KEEP}))$"
)
_HAS_DROP = re.compile(rf"\b{DROP}(?!\w)")
_HAS_KEEP = re.compile(rf"\b{KEEP}(?!\w)")
_ONLY_REMOVED = re.compile(r"\bremoved\b")
_ON_ROWS = re.compile(r"\b(?:records?|rows?|loading)\b")
"""What says that it is not the API that removes something."""


def read_condition(
    clause: MarkedClause, around: Surroundings
) -> tuple[list[str], RowChange] | None:
    """Read the resources and the filter of a clause; None where it does not state one plainly."""
    condition = find_condition(_name_rows(clause, around), around.resources)
    is_kept = _read_action(condition) if condition else None
    if condition is None or is_kept is None:
        return None
    rest = _OTHERS.sub("", condition.rest)
    body = MarkedClause(clause.lead, rest, clause.marks)
    runs = find_marked_subjects(body, around.resources, may_begin=True)
    if len(runs) > 1 or len(re.findall(r"#\d", rest)) != sum(run[0].count("#") for run in runs):
        return None
    plain = mask_resources(rest, around.resources)
    if has_other_words(plain, is_on_fields=False) or not is_plain_statement(rest):
        return None
    names = find_subjects(body, rest, runs, around)
    change = RowChange(filter=_write_filter(condition, is_kept=is_kept), of_field=condition.field)
    return (names, change) if names else None


def _name_rows(clause: MarkedClause, around: Surroundings) -> MarkedClause:
    """Write `ones` for a resource whose name is too general to be found: keys, fields."""
    words = (around.named or "").replace("_", " ")
    if not words or find_mentions(words, around.resources):
        return clause
    begin = rf"^((?:only |all |the ){{0,2}}){re.escape(words)}\b"
    return replace(clause, text=re.sub(begin, r"\1ones", clause.text))


def _write_filter(condition: Condition, *, is_kept: bool) -> str:
    """Write the expression that is true for the rows that are kept."""
    path = "".join(f"['{step}']" for step in condition.field.split("."))
    is_equal = is_kept != condition.is_negated
    values = [v for value in condition.values for v in _list_spellings(value)]
    if len(values) > 1:
        return f"{{{{ record{path} {'in' if is_equal else 'not in'} [{', '.join(values)}] }}}}"
    is_word = values[0] == "none"
    operator = {(True, True): "is", (True, False): "is not", (False, True): "=="}
    return f"{{{{ record{path} {operator.get((is_word, is_equal), '!=')} {values[0]} }}}}"


def _list_spellings(value: str) -> list[str]:
    """List a value as it may be in rows: a number as such and as text."""
    number = re.fullmatch(r"'(-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?)'", value)
    return [number[1], value] if number else [value]


def _read_action(condition: Condition) -> bool | None:
    """Return whether rows that meet a condition are kept, or skipped; None where unclear."""
    others = _OTHERS.search(condition.rest)
    main = condition.rest[: others.start()] if others else condition.rest
    drops, keeps = _HAS_DROP.search(main) is not None, _HAS_KEEP.search(main) is not None
    if drops == keeps:
        return None
    if others:
        dropped_others = _HAS_DROP.search(others[0]) is not None
        return keeps if dropped_others == keeps and not condition.is_inverted else None
    if drops and not keeps and _ONLY_REMOVED.search(main) and not _ON_ROWS.search(main):
        return None
    is_only = re.search(r"\b(?:only|just)\b", main) is not None
    if condition.is_inverted:
        return None if is_only else drops
    return False if drops else (True if is_only else None)
