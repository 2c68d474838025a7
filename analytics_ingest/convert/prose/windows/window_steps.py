"""Finds the steps in which windows are requested, and how prose writes their lengths.

in steps of one week      day by day      one month per request      `step: P30D`
"""

import re
from collections.abc import Iterator

from analytics_ingest.declaration.airbyte.durations import read_duration

_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_SMALL, 1)}
_NUMBERS |= {"a": 1, "an": 1, "twelve": 12, "fourteen": 14, "thirty": 30, "sixty": 60, "ninety": 90}
_SHORTEST_MONTH = 28
"""Days."""
_DAYS = {"month": _SHORTEST_MONTH, "quarter": 90, "year": 365}
"""How many days a unit has at least."""
_UNIT = r"(?:calendar )?(?P<unit>day|week|hour|minute|month|quarter|year)s?\b"
_DAYS_UNIT = r"(?:calendar )?(?P<unit>day|week|month|quarter)s?\b"
LENGTH = rf"(?P<number>\d{{1,4}}|{'|'.join(_NUMBERS)})[ -]{_UNIT}"
LENGTH_OF_TIME = (
    rf"(?P<number>\d{{1,4}}|{'|'.join(_NUMBERS)})[ -](?P<unit>second|minute|hour|day|week)s?\b"
)
"""A length that ends at any moment: not a calendar month."""
WINDOW = r"(?:windows?|periods?|intervals?|ranges?|steps?|slices?|chunks?|pieces?|spans?)"
STEP = re.compile(r"\bstep`?(?::| of| is)?\s*[`\"']?(?P<iso>P[\dTDWMYHS]{1,12})")
_STEPS = (
    re.compile(
        rf"\b(?:in|by|into|with|use[sd]?|one)(?: \w+)? {WINDOW} of (?:at most |up to )?{LENGTH}",
        re.I,
    ),
    re.compile(rf"(?:^|[(:,])\W*{WINDOW} of (?:at most |up to )?{LENGTH}", re.IGNORECASE),
    re.compile(rf"\b{LENGTH}[ -]{WINDOW}\b(?! of \w+ requests)", re.IGNORECASE),
    re.compile(
        rf"\bwindows? (?:are|is|spans?|covers?|lasts?)(?: (?:always|exactly|set to))? {LENGTH}",
        re.I,
    ),
    re.compile(
        rf"\b{WINDOW} (?:has|have) an? (?:\w+ )?(?:length|size|duration|span)s? of"
        rf" (?:at most |up to )?{LENGTH}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:{WINDOW} (?:length|size)|(?:length|size) of (?:a|an|each|the|all) {WINDOW})"
        rf"\W*(?: is|:)\W*(?:at most |up to )?{LENGTH}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\bone (?:request|call)(?: is (?:made|sent))? (?:per|for (?:each|every)) {_UNIT}"
        rf" of (?:the|a|each) {WINDOW}",
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
    rf"|\b(?P<each>hourly|daily|weekly|monthly) {WINDOW}\b",
    re.I,
)


def read_number(text: str) -> int:
    """Read a number in digits, or a small one in letters."""
    return _NUMBERS.get(text.lower()) or int(text)


def find_steps(text: str, quoted: str) -> Iterator[str]:
    """Yield the lengths of a clause in which windows are requested.

    Args:
        quoted: The same with its names.
    """
    if (step := STEP.search(quoted)) and (length := read_duration(step["iso"])):
        yield length
        return
    if repeated := _REPEATED.search(text):
        unit = (repeated["unit"] or repeated["each"]).lower()[0]
        yield f"{_SHORTEST_MONTH}d" if unit == "m" else f"1{unit}"
    steps = (*_STEPS, *_EACH_REQUEST)
    yield from (write_length(match) for pattern in steps if (match := pattern.search(text)))


def write_length(match: re.Match[str]) -> str:
    """Write the length that a pattern found as a duration; a month has 28 days at least."""
    number = read_number(match.groupdict().get("number") or "one")
    unit = match["unit"].lower()
    return f"{number * _DAYS[unit]}d" if unit in _DAYS else f"{number}{unit[0]}"
