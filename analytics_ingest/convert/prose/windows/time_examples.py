"""Finds how times are written by an example: `Mon, 05 Jan 2026 10:00:00 +0000`.

An example that several patterns read, such as 05/01/2026, shows none of them.
"""

import re
from datetime import datetime

_EXAMPLE = re.compile(
    r"\b(?:like|form|forms|format\w*|looks?|written|such as|e\.g\.|example)\b[^`]{0,30}"
    r"`(?P<example>[^`%]{6,40})`",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?:\b(?:like|form|forms|format\w*|looks?|written|such as|for example)\b[^`]{0,30}|\()`"
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:(?P<separator>[T ])\d\d:\d\d(?P<seconds>:\d\d(?P<fraction>\.\d{1,6})?)?"
    r"(?P<zone>Z|\+00:?00)?)?`",
    re.IGNORECASE,
)
"""A time in UTC, or a date, in ISO 8601."""
_RFC = re.compile(r"\bRFC[ -]?(?:2822|5322|822)\b", re.IGNORECASE)
"""What names the first of the patterns."""
_EXCEPT = re.compile(r"\b(?:not|except|unlike|but|other than|header)\b", re.IGNORECASE)
_PATTERNS = (
    *("%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S GMT", "%d %b %Y", "%d-%b-%Y"),
    *("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"),
    *("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S"),
    *("%m-%d-%Y", "%d-%m-%Y", "%b %d, %Y", "%B %d, %Y", "%m/%d/%Y %I:%M:%S %p"),
)
"""Of times that are not ISO 8601."""


def find_bound_pattern(text: str) -> str | None:
    """Find how bounds are written, by an example in ISO 8601; they are whole seconds."""
    example = _BOUND.search(text)
    if example is None:
        return None
    if not example["separator"]:
        return "%Y-%m-%d"
    fraction = re.sub(r"\d", "0", example["fraction"] or "")
    seconds = f":%S{fraction}" if example["seconds"] else ""
    return f"%Y-%m-%d{example['separator']}%H:%M{seconds}{example['zone'] or ''}"


def find_cursor_pattern(text: str) -> str | None:
    """Find how cursors are written, by an example; None where it is ISO 8601."""
    if _RFC.search(text) and not _EXCEPT.search(text):
        return _PATTERNS[0]
    example = _EXAMPLE.search(text)
    patterns = [pattern for pattern in _PATTERNS if example and _reads(pattern, example["example"])]
    return patterns[0] if len(patterns) == 1 else None


def _reads(pattern: str, example: str) -> bool:
    try:
        datetime.strptime(example, pattern)  # noqa: DTZ007 only whether it can be read
    except ValueError:
        return False
    return True
