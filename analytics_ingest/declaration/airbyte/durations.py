"""Durations of ISO 8601 → those of a declaration: `P30D` → `30d`, `PT6H` → `6h`."""

import re
from datetime import timedelta

from analytics_ingest.declaration.models.scalars import format_duration

_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_SECONDS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)


def read_seconds(text: str) -> int | None:
    """Read the seconds of a duration; a month has 30 days. None where it is not one, or endless."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or text.strip().endswith(("P", "T")):
        return None
    pairs = zip(match.groups(), _SECONDS, strict=True)
    seconds = sum(int(number) * unit for number, unit in pairs if number)
    return seconds if seconds <= timedelta.max.total_seconds() else None


def read_duration(text: str) -> str | None:
    """Read a duration as a declaration writes it; None where it is not one."""
    seconds = read_seconds(text)
    return None if seconds is None else format_duration(timedelta(seconds=seconds))
