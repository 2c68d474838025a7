"""Reads how long before the present a window ends at least: for rows that an API shows late.

the end of the window lies at least two minutes in the past     windows end an hour before now
data of the last 2 hours is not requested
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from analytics_ingest.convert.prose.text.mentions import replace_mentions
from analytics_ingest.convert.prose.text.passages import Clause, Prose
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)
from analytics_ingest.convert.prose.windows.window_steps import LENGTH_OF_TIME, read_number

_END_PARAM = "END"
"""What stands for the name of a parameter that sends an end."""
_NOW = (
    r"(?:now|(?:the )?(?:present|request)\b(?! (?:window|partition))"
    r"|(?:the )?(?:current|present|server['\u2019]?s?) (?:date|time|moment|clock)"
    r"|(?:the )?(?:time|moment) of (?:the |each |a )?(?:request|call|run|load|sync))\b"
)
_END = rf"(?:\bends?\b|\bending\b|\bupper bound\b|\buntil\b|\bup to\b|\b{_END_PARAM}\b)"
_START = r"\b(?:starts?|starting|begins?|beginning|lower|since|from|oldest|earliest|first)\b"
_BEFORE_NOW = re.compile(
    rf"{_END}(?:(?!{_START})[^;]){{0,80}}?(?P<least>(?:\bat most |\bless than |\bwithin |\bup to "
    rf"|\bno more than )?)\b(?:{LENGTH_OF_TIME} (?:in the past\b|ago\b"
    rf"|(?:before|earlier than|behind|older than|prior to) {_NOW})"
    rf"|(?:now|the current time|the present)(?:\(\))? ?(?:minus|-|\u2212) ?"
    rf"{LENGTH_OF_TIME.replace('number', 'less').replace('unit', 'of')})",
    re.IGNORECASE,
)
_READ = r"(?:requested|read|loaded|fetched|queried|synced|synchronized|asked for)"
_NOT_REQUESTED = re.compile(
    rf"\bthe (?:last|latest|most recent) {LENGTH_OF_TIME}(?: of (?:data|rows|records))?,?"
    rf" (?:(?:is|are) (?:not|never) {_READ}\b|(?:is|are) (?:excluded from|left\sout of)"
    r" (?:the |each |every |all )?(?:windows?|requests?|loads?)\b)",
    re.IGNORECASE,
)
_ON_WINDOWS = re.compile(
    rf"\b(?:windows?|intervals?|(?:date|time) ranges?|bounds?|slices?|{_END_PARAM}"
    r"|requests? (?:always )?ends?|requested)\b",
    re.IGNORECASE,
)
_NO_LATER = re.compile(
    r"\b(?:(?:(?:must|may|can|should) ?(?:not|never)|is never|are never|never|no|not)"
    r"(?: be| lie| end| ends)?) (?:later|less|closer|newer|sooner)"
    rf"(?: to {_NOW})? than ",
    re.IGNORECASE,
)
"""How a least length is put, though it denies something."""
_OTHER = re.compile(
    r"\b(?:tokens?|expir\w*|lifetime|valid\w*|rates?|quotas?|retr(?:y|ies|ied)|back-?\s?off|look-?back"
    r"|again|re-?read\w*|re-?load\w*|overlap\w*|retention|kept|history|archiv\w*|deleted|wait\w*"
    r"|reports?|jobs?|cach\w+|schedul\w*|respon[sd]\w*|default\w*|partial|trial)\b",
    re.IGNORECASE,
)


class EndMargin(NamedTuple):
    """How long before the present windows end at least."""

    resources: tuple[str, ...]
    """Empty where it holds for all that send the parameter, or an end."""
    params: tuple[str, ...]
    """The parameters that it names; each sends an end."""
    length: str | None
    """None where the clause does not state it plainly."""


def read_end_margins(prose: Prose, params: Collection[str]) -> Iterator[EndMargin]:
    """Yield the margins that clauses state, or speak of.

    Args:
        params: The parameters that send the ends of windows.
    """
    for passage in prose.passages:
        for clause in () if passage.line.is_heading else passage.clauses:
            named = [m for m in clause.mentions if m.resource is None and m.name in params]
            text = _replace_names(clause, params)
            if len(text) <= MOST_CHARACTERS and (match := _find(text)):
                names = tuple(dict.fromkeys(clause.subjects)) or passage.scope
                yield EndMargin(names, tuple(m.name for m in named), _read_length(text, match))


def _replace_names(clause: Clause, params: Collection[str]) -> str:
    text = clause.text
    for mention in sorted(clause.mentions, key=lambda m: m.start, reverse=True):
        by = _END_PARAM if mention.resource is None and mention.name in params else "x"
        text = replace_mentions(text, [mention], by)
    return _NO_LATER.sub("at least ", text)


def _find(text: str) -> re.Match[str] | None:
    if _OTHER.search(text):
        return None
    match = _BEFORE_NOW.search(text)
    if match and _ON_WINDOWS.search(text):
        return match
    return _NOT_REQUESTED.search(text)


def _read_length(text: str, match: re.Match[str]) -> str | None:
    """Read the length as a duration; None where the clause hedges, or states the most."""
    groups = match.groupdict()
    rest = f"{text[: match.start()]}{text[match.end() :]}"
    stated = rest if match.re is _NOT_REQUESTED else text
    if groups.get("least") or is_conditional(rest) or not is_statement(stated):
        return None
    number, unit = groups["number"] or groups["less"], groups["unit"] or groups["of"]
    return f"{read_number(number)}{unit[0].lower()}"
