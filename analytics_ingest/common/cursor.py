"""Cursor values → datetimes, and datetimes → the parameters of an API's filter.

Values in any supported format become aware datetimes in UTC; an unreadable value becomes None.
Cursors are always compared as datetimes, never as text.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import partial
from typing import Any

from analytics_ingest.common.jsonpaths import build_value_reader

Reader = Callable[[Any], datetime | None]

UTC = timezone.utc

_UTC_NAME = re.compile(r"\s*(UTC|GMT|[Zz])$")
_BLANK_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{0,2}$)")
_EPOCH_UNITS = {"epoch_s": 1, "epoch_ms": 1000}
FORMATS = ("iso8601", *_EPOCH_UNITS)
"""Formats that have a name; all others are patterns."""

_TIME_OF_DAY = re.compile(r"%-?[cfHIMpSTX]")
_IN_PATTERNS = {
    "day": re.compile(r"%-?[dejxcDF]|%[UWV].*%[uwaA]|%[uwaA].*%[UWV]"),
    "week": re.compile(r"%-?[UWV]"),
    "month": re.compile(r"%-?[mbBh]"),
}
_IN_DATES = {
    "day": re.compile(r"^\d{4}(-?W\d\d-?\d|-\d\d-\d\d|\d{4}|-\d{3})$"),
    "week": re.compile(r"W"),
    "month": re.compile(r"^\d{4}-\d\d$"),
}
_OFFSET = re.compile(r"%:?z")
_LONGEST_DATE = len("2026-01-05")
_ISO_ANYWAY = re.compile(r"\s*\d{4}-\d\d-\d\d(?:[Tt ]\d|\s*$)")
"""A text that has one reading, whatever format is declared."""
_MOST_DIGITS = 20
"""Of an epoch; `1e999999` would take a minute as an integer."""
_LAST_DAY = datetime(9999, 12, 31, tzinfo=UTC)
"""No later day can be written."""


def build_reader(cursor_format: str, zone: tzinfo = UTC, day_zone: tzinfo = UTC) -> Reader:
    """Build a function that reads values of `iso8601`, `epoch_s`, `epoch_ms` or a strptime pattern.

    A date or a time in ISO 8601 is read anyway, where it is not of the format.

    Args:
        zone: Where a time without a zone was written.
        day_zone: Where a date without a time begins.
    """
    read_iso = partial(read_iso8601, zone=zone, day_zone=day_zone)
    if cursor_format == "iso8601":
        return read_iso
    zone = day_zone if is_date(None, cursor_format) else zone
    read = _build_declared_reader(cursor_format, zone)
    return lambda value: read(value) or (read_iso(value) if _is_iso_anyway(value) else None)


def _build_declared_reader(cursor_format: str, zone: tzinfo) -> Reader:
    """Build a function that reads an epoch or a pattern, and nothing else."""
    if unit := _EPOCH_UNITS.get(cursor_format):
        return lambda value: _read_epoch(value, unit)
    return lambda value: _read_pattern(value, cursor_format, zone)


def is_in_iso_only(value: Any, cursor_format: str) -> bool:
    """Return whether a cursor is in ISO 8601, and not in the declared format, which is another."""
    return _is_iso_anyway(value) and _build_declared_reader(cursor_format, UTC)(value) is None


def build_row_reader(cursor_path: str, read: Reader) -> Reader:
    """Build a function that reads the cursor of a row."""
    value_of = build_value_reader(cursor_path)
    return lambda row: read(value_of(row))


def is_date(value: Any, cursor_format: str) -> bool:
    """Return whether a cursor names a day, or a longer span, and no time of it."""
    return read_grain(value, cursor_format) is not None


def _is_iso_anyway(value: Any) -> bool:
    return isinstance(value, str) and _ISO_ANYWAY.match(value) is not None


def read_row_grain(value: Any, cursor_format: str) -> str | None:
    """Read the span that a cursor of a row names, which may be written in ISO 8601 anyway."""
    return read_grain(value, "iso8601" if _is_iso_anyway(value) else cursor_format)


def read_grain(value: Any, cursor_format: str) -> str | None:
    """Read the span that a cursor names: day, week, month or year; None for a moment."""
    if cursor_format in _EPOCH_UNITS:
        return None
    if cursor_format != "iso8601":
        return (
            None if _TIME_OF_DAY.search(cursor_format) else _find_span(cursor_format, _IN_PATTERNS)
        )
    if isinstance(value, str):
        text = value.strip()
        return _find_span(text, _IN_DATES) if 0 < len(text) <= _LONGEST_DATE else None
    return "day" if isinstance(value, date) and not isinstance(value, datetime) else None


def writes_dates(param_format: str) -> bool:
    """Return whether a format writes a day, or a longer span, and no time of it."""
    literals = re.sub(r"%[-_0^#]?[A-Za-z]", "", param_format)
    return read_grain(None, param_format) is not None and not re.search(r"\d", literals)


def names_zone(cursor_format: str) -> bool:
    """Return whether cursors of a format name a moment in any zone."""
    return cursor_format in _EPOCH_UNITS or _OFFSET.search(cursor_format) is not None


def is_pattern(cursor_format: str) -> bool:
    """Return whether strptime reads what strftime writes with a pattern; it cannot read `%s`."""
    sample = datetime(2026, 1, 5, 10, tzinfo=UTC)
    try:
        datetime.strptime(sample.strftime(cursor_format), cursor_format)  # noqa: DTZ007
    except ValueError:
        return False
    return True


def reads_as_iso8601(pattern: str) -> bool:
    """Return whether what a pattern writes is read in ISO 8601 as the same moment."""
    sample = datetime(2026, 1, 5, 10, 11, 12, tzinfo=UTC)
    text = sample.strftime(pattern)
    moment = _read_pattern(text, pattern, UTC)
    return moment is not None and read_iso8601(text) == moment


def _find_span(text: str, spans: Mapping[str, re.Pattern[str]]) -> str:
    return next((span for span, spelling in spans.items() if spelling.search(text)), "year")


def read_iso8601(value: Any, zone: tzinfo = UTC, day_zone: tzinfo = UTC) -> datetime | None:
    """Read ISO 8601 with Z, any offset or fraction, T or a blank."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        text = _BLANK_OFFSET.sub("", _UTC_NAME.sub("Z", value.strip()))
        return _read_other_iso8601(text, zone, day_zone)
    return _to_utc(parsed, day_zone if len(value) <= _LONGEST_DATE else zone)


def _read_other_iso8601(text: str, zone: tzinfo, day_zone: tzinfo) -> datetime | None:
    # Python 3.10 reads neither Z nor odd fractions. Pendulum would also accept a bare time.
    import pendulum
    from pendulum.parsing.exceptions import ParserError

    if not text[:4].isdigit():
        return None
    try:
        parsed = pendulum.parse(re.sub("[ t]", "T", text, count=1), exact=True, tz=None)
    except (ParserError, ValueError):
        return None
    if isinstance(parsed, datetime):
        return _to_utc(parsed, zone)
    if isinstance(parsed, date):
        return _to_utc(datetime(parsed.year, parsed.month, parsed.day, tzinfo=day_zone), day_zone)
    return None


def _read_epoch(value: Any, units_per_second: int) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    units = 1_000_000 // units_per_second
    try:
        # Floats would round up what is below a microsecond, perhaps to the next day.
        number = value if isinstance(value, int) else Decimal(str(value).strip())
        if isinstance(number, Decimal) and number.adjusted() > _MOST_DIGITS:
            return None
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=math.floor(number * units))
    except (ValueError, ArithmeticError):
        return None


def _read_pattern(value: Any, pattern: str, zone: tzinfo) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.strptime(value.strip(), pattern)  # noqa: DTZ007 _to_utc adds the zone
    except ValueError:
        return None
    return _to_utc(parsed, zone)


def _to_utc(value: datetime, zone: tzinfo) -> datetime | None:
    """Convert to UTC. Of a repeated hour, take the later moment: no load has passed it."""
    try:
        aware = value if value.tzinfo else value.replace(tzinfo=zone, fold=1)
        return aware.astimezone(UTC)
    except (OverflowError, ValueError):  # Pendulum accepts offsets of a day and more.
        return None


def write(
    bound: datetime, param_format: str, zone: tzinfo = UTC, *, is_end: bool = False
) -> str | int:
    """Write a window's bound in `iso8601`, `epoch_s`, `epoch_ms` or a strftime pattern.

    Args:
        zone: The zone of a pattern; the other formats name a moment in any zone.
        is_end: Whether to round up if the format is too coarse for the bound, such as a date for
            10:00: the API then sends too many rows rather than too few.
    """
    if unit := _EPOCH_UNITS.get(param_format):
        return (math.ceil if is_end else math.floor)(bound.timestamp() * unit)
    if param_format == "iso8601":
        # Many APIs refuse fractions of a second.
        up = timedelta(seconds=1) if is_end and bound.microsecond else timedelta()
        whole = bound.astimezone(UTC).replace(microsecond=0) + up
        return whole.isoformat().replace("+00:00", "Z")
    local = bound.astimezone(zone)
    text = local.strftime(param_format)
    later = local
    while is_end and (_read_pattern(text, param_format, zone) or bound) < bound < _LAST_DAY:
        later += timedelta(days=1)
        text = later.strftime(param_format)
    return text
