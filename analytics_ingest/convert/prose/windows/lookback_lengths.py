"""Reads how far each load goes back, and how late rows come or change, as prose states it.

Lookback window: 2 hours      each run goes back `P1D`      rows arrive up to 3 days late
"""

import re

from analytics_ingest.convert.prose.text.sentences import is_statement
from analytics_ingest.convert.prose.windows.window_steps import read_number
from analytics_ingest.declaration.airbyte.durations import read_duration

_NUMBER = r"\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty"
_WORDS = rf"(?P<number>{_NUMBER})[ -](?P<unit>second|minute|hour|day|week|month|quarter|year)s?\b"
_LENGTH = rf"(?:{_WORDS}|[`\"']?(?P<iso>P[\dTDWMYHS]{{1,12}})\b)"
_LONGEST_DAYS = {"month": 31, "quarter": 92, "year": 366}
"""How many days a unit has at most."""
_LABEL = r"\blook-?back(?:[ _](?:window|period|interval|length|days))?\b"
_LOOKBACK = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LABEL}[`*]*\s*[:=]\W{{0,4}}{_LENGTH}",
        rf"{_LABEL}[^.;:\d]{{0,30}}?\b{_LENGTH}",
        rf"(?<!\w){_WORDS}[ -]look-?back\b",
        rf"\b(?:goes|go|going|reads?|reaches) back(?: by)? {_LENGTH}",
        r"\b(?:loads?|reads?|re-?reads?|re-?loads?|requests?) the (?:last|previous)"
        rf" {_WORDS} (?:again|once more)\b",
    )
)
_PAST = r"(?:last|past|previous)"
_RELOADED = r"(?:re-?loaded|re-?read|(?:loaded|read|requested|fetched) (?:again|anew))"
_LATE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:arrives?|comes?|appears?|(?:is|are) (?:added|reported|delivered))(?: up to)?"
        rf" {_WORDS} (?:late|later|afterwards)\b",
        rf"\b(?:of|from) the {_PAST} {_WORDS} (?:may|can|might|could) (?:still )?"
        r"(?:change|be (?:changed|corrected|updated|revised))\b",
        rf"\bthe {_PAST} {_WORDS} (?:is|are) (?:always )?{_RELOADED}\b",
    )
)
_CUE = re.compile(r"\blook-?back\b|\blookback_", re.IGNORECASE)
_NONE = re.compile(
    r"\b(?:no|without(?: a| any)?) look-?back\b"
    rf"|{_LABEL}[`*]*\s*[:=]\W{{0,4}}(?:none\b|no\b|0\b|$)",
    re.IGNORECASE,
)


def read_delay(text: str) -> str | None:
    """Read how late rows come or change, as a duration; None for another clause."""
    match = next((m for pattern in _LATE if (m := pattern.search(text))), None)
    if match is None or not is_statement(text[: match.start()]):
        return None
    return _write_duration(match)


def read_lookback(text: str) -> str | None:
    """Read a lookback as a duration; None where a clause does not state it."""
    match = next((m for pattern in _LOOKBACK if (m := pattern.search(text))), None)
    if match is None or not is_statement(text[: match.end()].rpartition(":")[2]):
        return None
    return _write_duration(match)


def names_lookback(text: str) -> bool:
    """Return whether a clause is on a lookback, and does not say that there is none."""
    is_lookback = _CUE.search(text) or any(pattern.search(text) for pattern in _LOOKBACK)
    return bool(is_lookback) and _NONE.search(text) is None


def _write_duration(match: re.Match[str]) -> str | None:
    """Write a length as a duration; a month has 31 days at most."""
    groups = match.groupdict()
    if iso := groups.get("iso"):
        return read_duration(iso)
    number, unit = read_number(groups["number"]), groups["unit"].lower()
    days = _LONGEST_DAYS.get(unit)
    return f"{number * days}d" if days else f"{number}{unit[0]}"
