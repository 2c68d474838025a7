"""Finds the format that a text names, as a declaration writes it.

`%Y-%m-%d`     `YYYY-MM-DDThh:mm:ss` followed by `Z`     Unix milliseconds     like `2026-01-31`
"""

import re

from analytics_ingest.convert.prose.windows.time_examples import find_bound_pattern
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS

_PATTERN = re.compile(r"[`\"'](%[\w%:.,/ TZ+-]*[\w%])[`\"']")
_LETTERS = re.compile(
    r"`((?:YYYY|MM|DD)(?:YYYY|MM|DD|HH|SS|'?[TZ]'?|[-/.: ]|(?<=\.)[msf]{3,6}){1,20})`",
    re.IGNORECASE,
)
_THEN_Z = re.compile(
    r",? (?:followed by|and|with|plus) (?:an?|the)?(?: ?(?:letter|suffix))? ?`Z`", re.I
)
_SECONDS = re.compile(r"\b(unix|epoch)\b(?!.*\bmilli)", re.IGNORECASE)
_MILLISECONDS = re.compile(
    r"\b(?:unix|epoch|time ?stamps?)\b.*\bmilli\s?sec|\bmilli\s?sec\w*\b.*\bepoch\b", re.IGNORECASE
)


def find_format(text: str) -> str | None:
    """Find a pattern that a text names, or the unit of an epoch; None without one."""
    if pattern := find_pattern(text):
        return pattern
    if _MILLISECONDS.search(text):
        return "epoch_ms"
    return "epoch_s" if _SECONDS.search(text) else None


def find_pattern(text: str) -> str | None:
    """Find a format that a text names, as strptime or `YYYY-MM-DD` write it; None without one."""
    if pattern := _PATTERN.search(text):
        return EPOCHS.get(pattern[1], pattern[1])
    if letters := _LETTERS.search(text):
        zone = "Z" if _THEN_Z.match(text, letters.end()) else ""
        return _write_pattern(letters[1]) + zone
    return find_bound_pattern(text)


def _write_pattern(letters: str) -> str:
    """Write `YYYY-MM-DDTHH:MM:SS.mmmZ` as strptime does; bounds are whole seconds."""
    fractions = re.compile(r"(?<=\.)[msf]{3,6}", re.IGNORECASE)
    text = fractions.sub(lambda match: "0" * len(match[0]), letters.replace("'", ""))
    begin = re.search(r"hh", text, re.IGNORECASE)
    split = begin.start() if begin else len(text)
    day, time = text[:split], text[split:]
    for token, code in (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d")):
        day = re.sub(token, code, day, flags=re.IGNORECASE)
    for token, code in (("hh", "%H"), ("mm", "%M"), ("ss", "%S")):
        time = re.sub(token, code, time, flags=re.IGNORECASE)
    return day + time
