"""Lengths of time in declarations: `26h`, `2d`, `90m` → timedelta."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d+)\s*([smhdw])")


def parse_duration(text: str) -> timedelta:
    """Read a whole number followed by one of s, m, h, d, w."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a duration; write a number and s, m, h, d or w: 26h")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
