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
from analytics_ingest.declaration.airbyte.durations import read_duration

_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_SMALL, 1)}
_NUMBERS |= {"a": 1, "an": 1, "twelve": 12, "fourteen": 14, "thirty": 30, "sixty": 60, "ninety": 90}
_SHORTEST_MONTH = 28
"""Days."""
_DAYS = {"month": _SHORTEST_MONTH, "quarter": 90, "year": 365}
"""How many days a unit has at least."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_UNIT = r"(?:calendar )?(?P<unit>day|week|hour|minute|month|quarter|year)s?\b"
_DAYS_UNIT = r"(?:calendar )?(?P<unit>day|week|month|quarter)s?\b"
_LENGTH = rf"(?P<number>\d{{1,4}}|{'|'.join(_NUMBERS)})[ -]{_UNIT}"
LENGTH_OF_TIME = (
    rf"(?P<number>\d{{1,4}}|{'|'.join(_NUMBERS)})[ -](?P<unit>second|minute|hour|day|week)s?\b"
)
"""A length that ends at any moment: not a calendar month."""
_WINDOW = r"(?:windows?|periods?|intervals?|ranges?|steps?|slices?|chunks?|pieces?|spans?)"
_STEP = re.compile(r"\bstep`?:?\s*[`\"']?(?P<iso>P[\dTDWMYHS]{1,12})")
_STEPS = (
    re.compile(
        rf"\b(?:in|by|into|with|use[sd]?|one)(?: \w+)? {_WINDOW} of (?:at most |up to )?{_LENGTH}",
        re.I,
    ),
    re.compile(rf"(?:^|[(:,])\W*{_WINDOW} of (?:at most |up to )?{_LENGTH}", re.IGNORECASE),
    re.compile(rf"\b{_LENGTH}[ -]{_WINDOW}\b(?! of \w+ requests)", re.IGNORECASE),
    re.compile(
        rf"\bwindows? (?:are|is|spans?|covers?|lasts?)(?: (?:always|exactly|set to))? {_LENGTH}",
        re.I,
    ),
    re.compile(
        rf"\b{_WINDOW} (?:has|have) an? (?:\w+ )?(?:length|size|duration|span)s? of"
        rf" (?:at most |up to )?{_LENGTH}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:{_WINDOW} (?:length|size)|(?:length|size) of (?:a|an|each|the|all) {_WINDOW})"
        rf"\W*(?: is|:)\W*(?:at most |up to )?{_LENGTH}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\bone (?:request|call)(?: is (?:made|sent))? (?:per|for (?:each|every)) {_UNIT}"
        rf" of (?:the|a|each) {_WINDOW}",
        re.IGNORECASE,
    ),
)
_EACH_REQUEST = (
    re.compile(
        rf"\b(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})[ -]{_DAYS_UNIT}"
        r" (?:(?:per|for (?:each|every)) (?:request|call)\b|at a time\b)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^\W*(?:incremental\b[^:`]{{0,30}}:\W*)?one (?:request|call)(?: is (?:made|sent))?"
        rf" (?:per|for (?:each|every)) {_UNIT}(?=\W*$|\s*[,(]| (?:from|between|until|since)\b)",
        re.IGNORECASE,
    ),
)
"""What one request is for: one day per request, one month at a time, one request per day."""
_REPEATED = re.compile(
    r"\b(?P<unit>day|week|month|hour) by (?P=unit)\b"
    rf"|\b(?P<each>hourly|daily|weekly|monthly) {_WINDOW}\b",
    re.I,
)
_USED = re.compile(rf"^\W*(?:only )?{_LENGTH} (?:is|are) (?:used|requested|read|taken)\b", re.I)
"""What follows a limit."""
_LIMITS = (
    re.compile(
        r"\b(?:at most|no more than|not more than|maximum(?: of)?|up to|longer than|more than"
        rf"|limited to|no longer than)\s+{_LENGTH}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{_LENGTH},? (?:at (?:the )?most|at maximum|or less|or fewer)\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:span|cover|exceed)s? (?:exactly |a (?:maximum|total) of )?{_LENGTH}(?! or more)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:longest|maximum|largest) (?:\w+ )?(?:{_WINDOW}|length|size)\b[^.;\d`]{{0,30}}?"
        rf"\b(?:is|are|of|covers|spans)\b \W?{_LENGTH}",
        re.IGNORECASE,
    ),
)
_SPAN = re.compile(
    rf"\b(?:requests?|{_WINDOW}|apart|between|at once|at a time|bounds?)\b", re.IGNORECASE
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


def read_number(text: str) -> int:
    """Read a number in digits, or a small one in letters."""
    return _NUMBERS.get(text.lower()) or int(text)


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
        steps = [] if is_of_unknown or _is_other(text) else list(_find_steps(text))
        used = _USED.search(text) if follows_limit else None
        steps += [_write(used)] if used else []
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


def _find_steps(text: str) -> Iterator[str]:
    """Yield the lengths of a clause in which windows are requested."""
    if (step := _STEP.search(text)) and (length := read_duration(step["iso"])):
        yield length
        return
    if repeated := _REPEATED.search(text):
        unit = (repeated["unit"] or repeated["each"]).lower()[0]
        yield f"{_SHORTEST_MONTH}d" if unit == "m" else f"1{unit}"
    steps = (*_STEPS, *_EACH_REQUEST)
    yield from (_write(match) for pattern in steps if (match := pattern.search(text)))


def _find_limits(text: str) -> Iterator[str]:
    """Yield the longest windows that a clause allows."""
    if _SPAN.search(text) and not _STEP.search(text):
        yield from (_write(match) for pattern in _LIMITS if (match := pattern.search(text)))


def _write(match: re.Match[str]) -> str:
    number = read_number(match.groupdict().get("number") or "one")
    unit = match["unit"].lower()
    return f"{number * _DAYS[unit]}d" if unit in _DAYS else f"{number}{unit[0]}"


def _is_other(clause: str) -> bool:
    """Return whether a clause does not state something of requests."""
    plain = _GRANULARITY.sub("", clause)
    said = _REFUSED.sub("", _ONE_REQUEST.sub("", _QUOTED.sub("``", plain)))
    is_other = _OTHER.search(said) or is_on_other_source(said)
    return bool(is_other) or not is_statement(remove_limits(clause))
