"""Finds the condition in a clause: which field has, or does not have, which value.

with `closed` equal to true     (`state` is `open` or `held`)     that have a non-empty `level`
of the `type` `call`            `is_open` tickets                 `hidden` tickets (true)
without an `email`              that have an `email`              (`email` is missing or empty)
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause, is_path

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
_FLAG = re.compile(r"(?:is|has)(?:_\w+|[A-Z]\w*)")
"""Names of fields that are true or false."""
_EMPTY = ("none", "''", "[]", "{}")
_HAVING = r"(?P<link>with|having|(?:that|which) (?:have|has))"
_KIND = r"(?: field| flag| attribute| object| array)?"
_STATE = r"(?:null|missing|absent|unset|undefined|blank|empty)"
_STATES = rf"(?P<states>{_STATE}(?:(?:, or |, | or | ?/ ?){_STATE}){{0,3}})(?!,? or )(?! ?/)"
"""What a field is that has no value."""
_OWNER = r"(?:that|which|(?P<link>if|when|unless) (?:they|it))"
_LACKING = (
    r"(?:without|lacking|missing|(?:with|having) no"
    rf"|{_OWNER} (?:lacks?|(?:has|have) no|do(?:es)? not have))"
)
_OF_VALUE = r"(?:value (?:for|in|of) )?"
_HELD = r"#(?P<held>\d+)(?: field| value| attribute| key| column)?(?=$|,| (?:is|are) )"
_BEGIN = r"(?:^|(?<=; ))(?:the |all )?(?P<only>only )?"
_NOUN = r"(?P<noun> [a-z]+(?: [a-z]+)?)"
_BEHIND_LINK = tuple(
    re.compile(rf"(?:\(\s*|\b{_LINK}\s+){body}(?![\w.])\s*\)?")
    for body in (
        rf"{_FIELD}#(?P<state>\d+){_KIND} (?:is|are) (?P<negated>not |non-?)?{_STATES}",
        rf"{_FIELD}#(?P<state>\d+){_KIND} (?:is present|exists)(?P<present>)",
        rf"{_FIELD}#(?P<state>\d+){_KIND} (?:is not present|does not exist)",
        rf"{_FIELD}{_NAMED}(?P<negated>{_UNEQUAL}){_VALUES}",
        rf"{_FIELD}{_NAMED}(?:{_EQUAL})?{_VALUES}",
        rf"(?P<values>{_LITERAL}|the value #\d+) (?:in|as) {_FIELD}#(?P<field>\d+)",
        r"#(?P<code>\d+)",
        r"(?P<negated>not )?#(?P<flag>\d+)(?: flag)?(?= *\)|$| (?:is|are) )",
    )
)
_OTHER_FORMS = tuple(
    map(
        re.compile,
        (
            rf"\b{_HAVING} (?:an? |the )?(?P<negated>non-?){_STATES} #(?P<state>\d+){_KIND}",
            rf"\b{_HAVING} an? {_STATES} #(?P<state>\d+){_KIND}",
            rf"\b{_LACKING} (?:an? |any |the )?{_OF_VALUE}{_HELD}",
            rf"\b(?:with|having|{_OWNER} (?:has|have)) an? {_OF_VALUE}{_HELD}(?P<present>)",
            rf"\b(?:in|of) (?:the )?(?:field )?{_NAMED}{_VALUES}(?![\w.])(?P<placed>)",
            r"\b(?:that|which) (?:is|are) (?P<negated>not )?#(?P<flag>\d+)",
            rf"{_BEGIN}#(?P<field>\d+){_NOUN} \((?P<values>true|false)\)",
            rf"{_BEGIN}#(?P<flag>\d+){_NOUN}(?= (?:is|are) )",
        ),
    )
)
_CODE = re.compile(r"([A-Za-z_][\w.]*) ?(==?|!=|:) ?(['\"]?)([\w.-]{1,60})\3")
_INVERTS = ("unless", "except")


@dataclass(frozen=True)
class Condition:
    """A condition on rows."""

    field: str
    values: tuple[str, ...]
    """As they are in an expression."""
    is_negated: bool
    is_inverted: bool
    """Whether it is what a statement is not on: unless, except those with."""
    rest: str
    """The clause without it."""


_Groups = dict[str, str | None]


def find_condition(clause: MarkedClause, resources: Collection[str]) -> Condition | None:
    """Find the condition of a clause; None where its field or its value is not clear."""
    for pattern in (*_BEHIND_LINK, *_OTHER_FORMS):
        match = pattern.search(clause.text)
        if match is None:
            continue
        groups = match.groupdict()
        field, values = _read_groups(clause, groups)
        is_resource = "placed" in groups and to_valid_name(field) in resources
        if field and values and is_path(field) and not is_resource:
            kept = f"{groups.get('only') or ''}{groups.get('noun') or ''}"
            rest = f"{clause.text[: match.start()]} {kept} {clause.text[match.end() :]}"
            is_inverted = (groups.get("link") or "").startswith(_INVERTS)
            is_negated = groups.get("negated") is not None or groups.get("present") is not None
            is_negated ^= _is_unequal(clause, groups)
            return Condition(field, values, is_negated, is_inverted, " ".join(rest.split()))
    return None


def _read_groups(clause: MarkedClause, groups: _Groups) -> tuple[str, tuple[str, ...]]:
    """Read a field and its values, as they are in an expression."""
    if code := groups.get("code"):
        match = _CODE.fullmatch(clause.marks[int(code)])
        return (match[1], (_write_value(match[4]),)) if match else ("", ())
    if flag := groups.get("flag"):
        field = clause.marks[int(flag)]
        return field, ("true",) if _FLAG.fullmatch(field.rpartition(".")[2]) else ()
    if state := groups.get("state"):
        is_empty = re.search(r"empty|blank", groups.get("states") or "")
        return clause.marks[int(state)], _EMPTY if is_empty else ("none",)
    if held := groups.get("held"):
        field = clause.marks[int(held)]
        # Rows that have a flag may be those in which it is true.
        return field, () if _FLAG.fullmatch(field.rpartition(".")[2]) else ("none",)
    field = clause.marks[int(groups["field"] or 0)]
    return field, _read_values(clause, groups)


def _read_values(clause: MarkedClause, groups: _Groups) -> tuple[str, ...]:
    listed = re.findall(_ONE, groups["values"] or "")
    raw = [clause.marks[int(one[1:])] if one[0] == "#" else one for one in listed]
    values = tuple(map(_write_value, raw))
    is_of_object = groups.get("of") and not groups.get("article")
    is_literal = not (is_of_object and any(value[0] == "'" for value in values if value))
    return values if all(values) and is_literal else ()


def _is_unequal(clause: MarkedClause, groups: _Groups) -> bool:
    """Return whether the condition is code that compares by `!=`."""
    match = _CODE.fullmatch(clause.marks[int(code)]) if (code := groups.get("code")) else None
    return match is not None and match[2] == "!="


def _write_value(raw: str) -> str:
    """Write a value as expressions do; empty where it cannot be, or may be another field."""
    text = raw.strip("\"'")
    if text.lower() in ("true", "false", "null", "none"):
        return text.lower().replace("null", "none")
    is_value = re.fullmatch(r"[\w .:/@+-]{1,60}", text) and not re.search(r"_(?:id|at|on)$", text)
    return f"'{text}'" if is_value else ""
