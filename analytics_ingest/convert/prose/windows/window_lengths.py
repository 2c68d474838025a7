"""Reads how long a window is at most: what one request may cover, or the steps that are used.

A request may cover 30 days at most; 7 days are used      in steps of one week      `step: P30D`
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from analytics_ingest.convert.prose.text.line_subjects import find_unknown_label
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions, replace_mentions
from analytics_ingest.convert.prose.text.passages import Clause, Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_on_other_source, is_statement
from analytics_ingest.convert.prose.windows.window_steps import (
    LENGTH,
    STEP,
    WINDOW,
    find_steps,
    write_length,
)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_USED = re.compile(rf"^\W*(?:only )?{LENGTH} (?:is|are) (?:used|requested|read|taken)\b", re.I)
"""What follows a limit."""
_LIMITS = (
    re.compile(
        r"\b(?:at most|no more than|not more than|maximum(?: of)?|up to|longer than|more than"
        rf"|limited to|no longer than)\s+{LENGTH}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{LENGTH},? (?:at (?:the )?most|at maximum|or less|or fewer)\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:span|cover|exceed)s? (?:exactly |a (?:maximum|total) of )?{LENGTH}(?! or more)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:longest|maximum|largest) (?:\w+ )?(?:{WINDOW}|length|size)\b[^.;\d`]{{0,30}}?"
        rf"\b(?:is|are|of|covers|spans)\b \W?{LENGTH}",
        re.IGNORECASE,
    ),
)
_SPAN = re.compile(
    rf"\b(?:requests?|{WINDOW}|apart|between|at once|at a time|bounds?)\b", re.IGNORECASE
)
_NO_MORE = re.compile(
    r"\b(?:no|not|never) (?:more|longer) than\b"
    r"|\b(?:(?:may|can|could|must|should) ?(?:not|n't)|(?:may|can|must) (?!be (?:longer|more)))"
    r" ?(?:be|span|cover|hold|last|exceed)\b"
    r"|\bwithout (?:an? )?(?:time ?zone|zone|offset|milliseconds|fraction\w*)\b"
    r"|\bwithout\b[^.;]*\b(?:rejected|refused|fails)\b",
    re.IGNORECASE,
)
"""How a limit is put, though it denies or allows something."""
_OTHER = re.compile(
    r"\b(?:respon[sd]\w*|answer\w*|returns?|returned|rates?|quotas?"
    r"|limit(?:s|ed)? (?:of|to) \d+ requests|\d+ (?:requests|calls)"
    r"|requests? (?:per|a|an|each)|back-?\s?off|retr(?:y|ies)|repeat\w*|history|kept|retention"
    r"|valid|expires?|lifetime|cach\w+|trial|look-?back|partitions?|attribution|conversions?"
    r"|averag\w*|aggregat\w*|grouped|buckets?|sampl(?:es?|ed)|resolution|granularity|schedul\w*"
    r"|dashboards?|charts?|graphs?|throttl\w*|poll(?:s|ed|ing)?|time-?outs?|times? out"
    r"|between (?:two |the |any |consecutive |successive )*(?:runs|loads|syncs|jobs|requests|calls)"
    r"|takes? (?:up|at|about)|wait\w*|delay\w*|late\w*|old\w*|past|ago|back|two requests)\b",
    re.IGNORECASE,
)
_ONE_REQUEST = re.compile(r"\bone (?:request|call) (?:per|for (?:each|every)) \w+", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:are|is) answered with (?:an? )?(?:status )?4\d\d\b", re.IGNORECASE)
_GRANULARITY = re.compile(r",? (?:and|with) (?:an? )?(?:granularity|resolution) of\b[^.;,]*", re.I)
"""What a clause adds on how exact the bounds of windows are."""
_RETURNS = re.compile(r",? and (?:returns?|answers?|responds?)\b.*", re.IGNORECASE)
_BOUND = re.compile(r"start|from|since|after|begin|end|until|before|date|time|^to", re.IGNORECASE)
_QUOTED = re.compile(r"`[^`]*`")


class WindowLength(NamedTuple):
    """How long a window is at most."""

    resources: tuple[str, ...]
    """Empty where it holds for all."""
    length: str
    text: str
    """The clause."""
    is_step: bool = False
    """Whether requests are made in steps of it; else it is a limit."""

    @property
    def seconds(self) -> int:
        """The length in seconds."""
        return int(self.length[:-1]) * _SECONDS[self.length[-1]]


def remove_limits(sentence: str) -> str:
    """Remove how a sentence puts a limit: by what it denies or allows."""
    return _NO_MORE.sub("", sentence)


def remove_response(clause: str) -> str:
    """Remove what a clause on a request adds on its response."""
    return _RETURNS.sub("", clause)


def read_window_lengths(prose: Prose) -> list[WindowLength]:
    """Read the lengths that clauses state, each with its resources."""
    return [length for passage in prose.passages for length in _read_passage(passage)]


def find_shortest(
    lengths: Collection[WindowLength], resource: str, others: Collection[str]
) -> WindowLength | None:
    """Find the shortest length that is stated of a resource, else of all.

    Args:
        others: The parameters, in backticks, that send the bounds of other resources only.
    """
    own = [length for length in lengths if resource in length.resources]
    of_all = [each for each in lengths if not each.resources and not holds_any(each.text, others)]
    return min(own or of_all, key=lambda length: length.seconds, default=None)


def holds_any(text: str, names: Collection[str]) -> bool:
    """Return whether a text holds one of some names."""
    return any(name in text for name in names)


def _read_passage(passage: Passage) -> Iterator[WindowLength]:
    if passage.line.is_heading:
        return
    follows_limit = False
    for clause in passage.clauses:
        names = _find_resources(clause, passage)
        text = remove_response(replace_mentions(clause.text, clause.mentions, "x"))
        is_of_unknown = not names and _is_on_unknown(passage)
        limits = [] if is_of_unknown or _is_other(text) else list(_find_limits(text))
        steps = [] if is_of_unknown or _is_other(text) else list(find_steps(text, clause.text))
        used = _USED.search(text) if follows_limit else None
        steps += [write_length(used)] if used else []
        for length in [*steps, *limits]:
            yield WindowLength(names, length, clause.text, is_step=length in steps)
        follows_limit = bool(limits or steps)


def _is_on_unknown(passage: Passage) -> bool:
    """Return whether a line begins with a name that is neither a resource nor a bound."""
    label = find_unknown_label(passage.line)
    return label is not None and _BOUND.search(label) is None


def _find_resources(clause: Clause, passage: Passage) -> tuple[str, ...]:
    named = _iterate_named(find_mentions(clause.text, passage.resources))
    return tuple(dict.fromkeys(named)) or tuple(clause.subjects) or passage.scope


def _iterate_named(mentions: Sequence[Mention]) -> Iterator[str]:
    """Yield the resources of mentions: beside others, the last word of a name is one of them."""
    is_list = any(mention.resource for mention in mentions)
    for mention in mentions:
        is_plural = is_list and not mention.mark and mention.text.lower().endswith("s")
        if mention.resource or (is_plural and len(mention.names) == 1):
            yield mention.names[0]


def _find_limits(text: str) -> Iterator[str]:
    """Yield the longest windows that a clause allows."""
    if _SPAN.search(text) and not STEP.search(text):
        yield from (write_length(match) for pattern in _LIMITS if (match := pattern.search(text)))


def _is_other(clause: str) -> bool:
    """Return whether a clause does not state something of requests."""
    plain = _GRANULARITY.sub("", clause)
    said = _REFUSED.sub("", _ONE_REQUEST.sub("", _QUOTED.sub("``", plain)))
    is_other = _OTHER.search(said) or is_on_other_source(said)
    return bool(is_other) or not is_statement(remove_limits(clause))
