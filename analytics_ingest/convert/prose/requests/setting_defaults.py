"""Reads the default of a setting or a parameter: what is sent where nothing is set.

`query` (default `news`)     `size` (number, 10 by default)     `with_drafts` defaults to false
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_on_other_source,
)
from analytics_ingest.convert.python.values import to_setting_name

_NAMED = r"`(?P<name>[\w.\[\]-]+)`"
_KIND = r"(?: (?:\w+ )?(?:param\w*|setting|option|argument|value))?"
_VALUE = (
    r"(?:`(?P<code>[^`{}<>'\\\\]{1,60})`|\"(?P<text>[^\"{}<>'\\\\]{1,60})\""
    r"|(?P<plain>\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15}Z?)?|-?\d+(?:\.\d+)?|true|false|null|none|empty"
    r"|now|(?:today|yesterday)(?:['\u2019]s date)?|the current (?:date|day|time))"
    r"(?![\w-]|\.\w))"
)
_MOST = r"(?:max(?:imum|\.)?|upper limit|largest value)"
_SAYS = (
    r"(?:by default,? |defaults? to "
    rf"|(?:{_MOST} and (?:the )?)?default(?: value)?(?: and (?:the )?{_MOST})?(?: of| is|:| =)? )"
)
_END = r"(?=\s*(?:[,;.)]|$))(?!\s*,\s*`)"
_NOTE = r"\((?P<note>(?:(?:[^()`]|`-?\d+`){0,60}[,;:] ?)?)"
_CHOOSES = (
    r" (?:is|[a-z]+s) (?:the|an?|what|which|how) "
    r"(?:(?!(?:in|as|with|by|from|to|using|for)\b)[\w-]+ ){0,8}?"
    r"(?:(?!(?:in|as|with|by|from|to|using|for)\b)[\w-]+)"
)
"""What a parameter does: `store` selects the store."""
_PATTERNS = (
    re.compile(rf"{_NAMED}(?: (?:\w+ )?\w+)? {_NOTE}{_SAYS}{_VALUE}{_END}", re.IGNORECASE),
    re.compile(rf"{_NAMED}(?: (?:\w+ )?\w+)? {_NOTE}{_VALUE} by default{_END}", re.IGNORECASE),
    re.compile(
        rf"{_NAMED}{_KIND},? (?:which )?(?:has the |is )?{_SAYS}{_VALUE}{_END}", re.IGNORECASE
    ),
    re.compile(rf"{_NAMED}{_KIND},? (?:which )?is {_VALUE} by default{_END}", re.IGNORECASE),
    re.compile(rf"\bdefault {_NAMED}{_KIND}(?: is|:) {_VALUE}{_END}", re.IGNORECASE),
    re.compile(rf"{_NAMED}{_CHOOSES}(?: \(|, |, which ){_SAYS}{_VALUE}{_END}", re.IGNORECASE),
    re.compile(
        rf"^\W*{_NAMED}\W*[:\u2013\u2014-] [^`]{{0,80}}[,;(] ?{_SAYS}{_VALUE}\)?\W*$", re.IGNORECASE
    ),
)
_OTHERWISE = re.compile(
    r"\b(?:not|no|never|required|mandatory|must|except|instead|formerly|previously|was|were"
    r"|nullable|column)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_UNSET = ("null", "none", "empty")
_MOVING = re.compile(r"(?:now|tomorrow|(?:today|yesterday)\b.*|the current .*)", re.IGNORECASE)
"""Names of times, which are not sent as such."""


class Default(NamedTuple):
    """What a clause says of a setting or a parameter."""

    name: str
    value: str | None
    """None where nothing is sent."""


def read_spoken_default(setting: str, clauses: Iterable[str]) -> str | None:
    """Read the one default that clauses give a setting, by its name or in its words; else None."""
    words = r"[ _-]".join(map(re.escape, setting.split("_")))
    spoken = re.compile(rf"(?<![\w`.])(?:configur\w+ )?{words}(?![\w`.])", re.IGNORECASE)
    first = setting.partition("_")[0]
    named = (clause.replace("**", "") for clause in clauses if first in clause.lower())
    if "_" in setting:  # A single word may be any.
        named = (spoken.sub(f"`{setting}`", clause) for clause in named)
    defaults = [each for clause in named for each in read_defaults(clause, moving=True)]
    values = {each.value for each in defaults if to_setting_name(each.name) == setting}
    return values.pop() if len(values) == 1 else None


def read_defaults(clause: str, *, moving: bool = False) -> Iterator[Default]:
    """Yield the defaults that a clause names; one that is conditional names none.

    Args:
        moving: Whether to yield times that are not sent as such: `today`.
    """
    is_other = len(clause) > MOST_CHARACTERS or "default" not in clause.lower()
    if is_other or is_conditional(clause) or is_on_other_source(clause):
        return
    if _OTHERWISE.search(re.sub(r"`[^`]*`", "", clause)):
        return
    seen: set[str] = set()
    for match in (match for pattern in _PATTERNS for match in pattern.finditer(clause)):
        value = match["code"] or match["text"] or match["plain"]
        if match["name"] in seen or (_MOVING.fullmatch(value) and not moving):
            continue
        seen.add(match["name"])
        yield Default(match["name"], None if value.lower() in _UNSET else value)
