"""Cursor values → datetimes, and datetimes → the parameters of an API's filter.

Values in any supported format become aware datetimes in UTC; an unreadable value becomes None.
Cursors are always compared as datetimes, never as text.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from analytics_ingest.common.jsonpaths import compile_path, first_value

Reader = Callable[[Any], datetime | None]

_UTC_NAME = re.compile(r"\s*(UTC|GMT|[Zz])$")
_BLANK_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{0,2}$)")
_EPOCH_UNITS = {"epoch_s": 1, "epoch_ms": 1000}
FORMATS = ("iso8601", *_EPOCH_UNITS)
"""Formats that have a name; all others are patterns."""


def reader(cursor_format: str) -> Reader:
    """A function that reads values of `iso8601`, `epoch_s`, `epoch_ms` or a strptime pattern."""
    if cursor_format == "iso8601":
        return read_iso8601
    if unit := _EPOCH_UNITS.get(cursor_format):
        return lambda value: _read_epoch(value, unit)
    return lambda value: _read_pattern(value, cursor_format)


def row_reader(cursor_path: str, cursor_format: str) -> Reader:
    """A function that reads the cursor of a row."""
    path, read = compile_path(cursor_path), reader(cursor_format)
    return lambda row: read(first_value(path, row))


def read_iso8601(value: Any) -> datetime | None:
    """Read ISO 8601 with Z, any offset or fraction, T or a blank; a naive value is in UTC."""
    if not isinstance(value, str):
        return None
    try:
        return _utc(datetime.fromisoformat(value))
    except ValueError:
        return _read_other_iso8601(_BLANK_OFFSET.sub("", _UTC_NAME.sub("Z", value.strip())))


def _read_other_iso8601(text: str) -> datetime | None:
    # Python 3.10 reads neither Z nor odd fractions. Pendulum would also accept a bare time.
    import pendulum
    from pendulum.parsing.exceptions import ParserError

    if not text[:4].isdigit():
        return None
    try:
        parsed = pendulum.parse(re.sub("[ t]", "T", text, count=1), exact=True)
    except (ParserError, ValueError):
        return None
    if isinstance(parsed, datetime):
        return _utc(parsed)
    if isinstance(parsed, date):
        return datetime(parsed.year, parsed.month, parsed.day, tzinfo=timezone.utc)
    return None


def _read_epoch(value: Any, units_per_second: int) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(
            seconds=float(value) / units_per_second
        )
    except (ValueError, OverflowError):
        return None


def _read_pattern(value: Any, pattern: str) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return _utc(datetime.strptime(value.strip(), pattern))  # noqa: DTZ007 _utc adds the zone
    except ValueError:
        return None


def _utc(value: datetime) -> datetime | None:
    try:
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc)
    except OverflowError:
        return None


def write(bound: datetime, param_format: str, *, is_end: bool = False) -> str | int:
    """Write a window's bound in `iso8601`, `epoch_s`, `epoch_ms` or a strftime pattern.

    Args:
        is_end: Whether to round up if the pattern is too coarse for the bound, such as a date for
            10:00: the API then sends too many rows rather than too few.
    """
    bound = bound.astimezone(timezone.utc)
    if unit := _EPOCH_UNITS.get(param_format):
        return int(bound.timestamp() * unit)
    if param_format == "iso8601":
        return bound.isoformat().replace("+00:00", "Z")
    text = bound.strftime(param_format)
    later = bound
    while is_end and (_read_pattern(text, param_format) or bound) < bound:
        later += timedelta(days=1)
        text = later.strftime(param_format)
    return text
