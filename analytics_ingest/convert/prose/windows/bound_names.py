"""Tells which of the parameters that a clause names sends which bound of a window.

By its name, `updated_since` or `fromdate`, or its role: `` `x` is the first day of the window ``.
"""

import re
from collections.abc import Sequence

from analytics_ingest.convert.prose.text.mentions import Mention
from analytics_ingest.convert.prose.words.time_names import is_time

Bounds = dict[str, str]
"""start and end → the parameter."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STARTS = ("start", "from", "since", "after", "gt", "gte", "ge", "min", "begin", "lower")
_ENDS = ("end", "to", "until", "till", "before", "lt", "lte", "le", "max", "upper")
_JOINED = re.compile(
    rf"(?P<bound>{'|'.join((*_STARTS, *_ENDS))})(?P<time>date|time|datetime|timestamp|day)"
)
"""Two words of a name without anything between them: `fromdate`."""
_OF_TIME = (
    *("date", "time", "datetime", "timestamp", "ts", "day", "at", "on", "utc", "last", "updated"),
    *("update", "modified", "modification", "changed", "change", "created", "creation"),
    *("filter", "filters", "query", "f"),
)
"""Words in the name of a bound that leave open what it bounds, or say that it is a time."""
BOUND_WORDS = frozenset({*_STARTS, *_ENDS, *_OF_TIME})
"""Words of a parameter that do not say of which field it is a bound."""
OF_CHANGES = frozenset({"updated", "update", "modified", "changed", "modification", "change"})
ON_CREATION = re.compile(r"creat", re.IGNORECASE)
ON_CHANGE = re.compile(r"updat|modif|chang|edit", re.IGNORECASE)
"""What a name or a clause on a time has that is on one of the two: they are not the same rows."""
_TIME = re.compile(
    r"%[YmdHs]|\b(?:unix|epoch|intervals?|windows?|dates?|times?|timestamps?|moments?|days?|since"
    r"|incremental\w*|updated|modified|changed|created)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|after|newer than|later than) (?:this|that|it|the given|a given|its)\b", re.I
)
_ROLE = (
    r"\W*(?:(?:which|that|is|as|are|holds?|takes?|marks?|gives?|contains?|for|names?|\() ?){0,2}"
    r"(?:the |its )?"
)
_IS_START = re.compile(
    rf"{_ROLE}(?:start|begin\w*|first (?:day|date)|lower (?:bound|limit))\b", re.I
)
_IS_END = re.compile(rf"{_ROLE}(?:end|last (?:day|date)|upper (?:bound|limit))\b", re.IGNORECASE)
_OF_WINDOW = re.compile(
    r"\b(?:windows?|periods?|intervals?|date range|time range)\b", re.IGNORECASE
)


def find_bounds(text: str, fields: Sequence[Mention]) -> Bounds:
    """Find the parameters that send bounds, by their names or roles; without a start none."""
    words = {field.name: list_words(field.name) for field in fields}
    bounds: Bounds = {}
    for bound, marks in (("start", _STARTS), ("end", _ENDS)):
        names = [name for name, own in words.items() if own & set(marks)]
        if len(names) == 1:
            bounds[bound] = names[0]
    params = [field.name for field in fields if _is_param(text, field)]
    if not bounds and _OF_WINDOW.search(text):
        bounds = _find_roles(text, fields)
    if not bounds and len(params) == 1 and _SINCE.search(text):
        bounds["start"] = params[0]
    is_whole = "start" in bounds and len(set(bounds.values())) == len(bounds)
    names_time = any(is_time(name) for name in words.keys() - bounds.values())
    is_of_time = names_time or _are_of_time(text, bounds)
    return bounds if is_whole and is_of_time else {}


def _find_roles(text: str, fields: Sequence[Mention]) -> Bounds:
    """Find the parameters of which a clause says which bound each is."""
    roles = (("start", _IS_START), ("end", _IS_END))
    named = {key: [f.name for f in fields if role.match(text, f.end)] for key, role in roles}
    return {key: names[0] for key, names in named.items() if len(names) == 1}


def list_words(name: str) -> set[str]:
    """List the words of a name, in lower case; `fromdate` has two."""
    words = {word.lower() for word in _WORD.findall(name)}
    joined = [match for word in words if (match := _JOINED.fullmatch(word))]
    parts = {part for match in joined for part in match.groups()}
    return (words - {match[0] for match in joined}) | parts


def _are_of_time(text: str, bounds: Bounds) -> bool:
    """Return whether bounds are those of a time, by their names or by what is said of them."""
    words = set[str]().union(*map(list_words, bounds.values()))
    is_named = not words.isdisjoint({"since", "until", *_OF_TIME} - {"filter", "filters", "query"})
    return is_named or not text or _TIME.search(re.sub(r"`[A-Za-z_][^`]*`", "", text)) is not None


def _is_param(text: str, mention: Mention) -> bool:
    return re.search(r"\bparameter\W+$", text[: mention.start], re.IGNORECASE) is not None
