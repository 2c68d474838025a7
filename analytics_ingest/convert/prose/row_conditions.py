"""Reads which rows a clause skips or keeps, by the value of a marked field.

records of `users` with `is_deleted` equal to true are skipped
closed boards (`closed` is true) are excluded
only events whose `state` is `open` or `held` are loaded
"""

import re
from dataclasses import dataclass

from analytics_ingest.convert.prose.marked_clauses import MarkedClause, is_path, is_plain_statement
from analytics_ingest.convert.prose.mentions import mask_resources
from analytics_ingest.convert.prose.row_changes import RowChange
from analytics_ingest.convert.prose.row_subjects import (
    Surroundings,
    find_marked_subjects,
    find_subjects,
)
from analytics_ingest.convert.prose.row_words import DROP, KEEP, has_other_words

_LITERAL = r"true|false|null|-?\d{1,15}(?:\.\d{1,9})?|\"[^\"#]{1,40}\""
_ONE = rf"(?:#\d+|{_LITERAL})"
_VALUES = (
    r"(?:either |one of |the value |the text )?"
    rf"(?P<values>{_ONE}(?:(?:, or |, | or ){_ONE}){{0,9}})"
)
_EQUAL = (
    r"(?:(?:is|are) (?:equal to |set to |one of )?|equals? (?:to )?|being |set to |= ?|== ?"
    r"|(?P<of>of )|ha(?:s|ve|ving) the value |with the value )"
)
_UNEQUAL = (
    r"(?:(?:is|are) (?:not (?:equal to )?|unequal to |different from |other than )"
    r"|not equal to |unequal to |other than |different from |do(?:es)? not equal |differs? from "
    r"|!= ?)"
)
_FIELD = (
    r"(?:the |their |its |(?P<article>an? ))?"
    r"(?:value of |fields? |flag |attribute |property ){0,3}"
)
_NAMED = r"#(?P<field>\d+)(?: field| flag| attribute)? "
_LINK = (
    r"(?P<link>with|where|whose|having|for which|in which|(?:that|which) have|which has|that has|if"
    r"|when|unless|except(?: for)? (?:the )?(?:those|ones|records|rows) (?:with|whose|where))"
)
_CONDITIONS = tuple(
    re.compile(rf"(?:\(\s*|\b{_LINK}\s+){body}(?![\w.])\s*\)?")
    for body in (
        rf"{_FIELD}{_NAMED}(?P<negated>{_UNEQUAL}){_VALUES}",
        rf"{_FIELD}{_NAMED}(?:{_EQUAL})?{_VALUES}",
        rf"(?P<values>{_LITERAL}|the value #\d+) (?:in|as) {_FIELD}#(?P<field>\d+)",
        rf"{_FIELD}{_NAMED}(?:is|are) (?P<missing>missing|absent|unset)",
        rf"{_FIELD}{_NAMED}(?:is|are) (?P<negated>not) (?P<missing>missing|absent|unset)",
        r"#(?P<code>\d+)",
    )
)
_CODE = re.compile(r"([A-Za-z_][\w.]*) ?(==?|!=|:) ?(['\"]?)([\w.-]{1,60})\3")
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
_INVERTS = ("unless", "except")


@dataclass(frozen=True)
class _Condition:
    field: str
    values: tuple[str, ...]
    """As they are in an expression."""
    is_negated: bool
    is_inverted: bool
    """Whether it is what a statement is not on: unless, except those with."""
    rest: str
    """The clause without it."""


def read_condition(
    clause: MarkedClause, around: Surroundings
) -> tuple[list[str], RowChange] | None:
    """Read the resources and the filter of a clause; None where it does not state one plainly."""
    condition = _find_condition(clause)
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


def _find_condition(clause: MarkedClause) -> _Condition | None:
    matches = [(p, m) for p in _CONDITIONS for m in [p.search(clause.text)] if m]
    for _, match in matches:
        groups = match.groupdict()
        rest = f"{clause.text[: match.start()]} {clause.text[match.end() :]}"
        field, values, is_negated = _read_groups(clause, groups)
        if field and values and is_path(field):
            is_inverted = (groups["link"] or "").startswith(_INVERTS)
            rest = re.sub(r"\s+", " ", rest).strip()
            return _Condition(field, values, is_negated, is_inverted, rest)
    return None


def _read_groups(
    clause: MarkedClause, groups: dict[str, str | None]
) -> tuple[str, tuple[str, ...], bool]:
    if code := groups.get("code"):
        match = _CODE.fullmatch(clause.marks[int(code)])
        return (match[1], (_write_value(match[4]),), match[2] == "!=") if match else ("", (), False)
    field = clause.marks[int(groups["field"] or 0)]
    if groups.get("missing"):
        return field, ("none",), groups.get("negated") is not None
    listed = re.findall(_ONE, groups["values"] or "")
    raw = [clause.marks[int(one[1:])] if one[0] == "#" else one for one in listed]
    values = tuple(map(_write_value, raw))
    is_of_object = groups.get("of") and not groups.get("article")
    is_literal = not (is_of_object and any(value[0] == "'" for value in values if value))
    return field, values if all(values) and is_literal else (), groups.get("negated") is not None


def _write_value(raw: str) -> str:
    """Write a value as expressions do; empty where it cannot be, or may be another field."""
    text = raw.strip("\"'")
    if text.lower() in ("true", "false", "null", "none"):
        return text.lower().replace("null", "none")
    is_value = re.fullmatch(r"[\w .:/@+-]{1,60}", text) and not re.search(r"_(?:id|at|on)$", text)
    return f"'{text}'" if is_value else ""


def _write_filter(condition: _Condition, *, is_kept: bool) -> str:
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


def _read_action(condition: _Condition) -> bool | None:
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
