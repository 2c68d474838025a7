"""The hour that a clock shows twice, when it goes back: its times may be either of two moments.

A cursor without an offset is read as the later one, and an API may read a bound as the other one.
So a window asks for the hour on both sides; rows that lie outside it are filtered as always.
"""

from datetime import datetime, timedelta, timezone, tzinfo

from analytics_ingest.common.cursor import names_zone, write

_UNITS = (
    *(timedelta(microseconds=n) for n in (1, 1_000, 1_000_000)),
    *(timedelta(minutes=n) for n in (1, 60)),
    *(timedelta(days=n) for n in (1, 7, 31, 366)),
)
"""What a format may count in, the shortest first."""


def write_start(bound: datetime, param_format: str, zone: tzinfo) -> str | int:
    """Write the start of a window, as early as the API must read it to miss no row."""
    if repeated := measure_repeated_hour(bound, zone):
        first = bound if _names_moment(param_format) else _choose_moment(bound, zone, fold=0)
        bound = first - repeated
    return write(bound, param_format, zone)


def write_moment_before(bound: datetime, param_format: str, zone: tzinfo) -> str | int:
    """Write the last value before the start of a window, for an API that excludes the start."""
    start = write_start(bound, param_format, zone)
    earlier = (write_start(bound - unit, param_format, zone) for unit in _UNITS)
    return next((value for value in earlier if value != start), start)


def write_end(bound: datetime, param_format: str, zone: tzinfo) -> str | int:
    """Write the end of a window, as late as the API must read it to miss no row."""
    repeated = measure_repeated_hour(bound, zone)
    if repeated and not _names_moment(param_format):
        bound = _choose_moment(bound, zone, fold=1) + repeated
    return write(bound, param_format, zone, is_end=True)


def measure_repeated_hour(moment: datetime, zone: tzinfo) -> timedelta:
    """Measure how far apart the two moments are that a clock shows alike; 0 for all others."""
    local = moment.astimezone(zone)
    first, second = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return max(first - second, timedelta())


def _names_moment(param_format: str) -> bool:
    return param_format == "iso8601" or names_zone(param_format)


def _choose_moment(moment: datetime, zone: tzinfo, fold: int) -> datetime:
    """Return the first or the second moment that a clock shows as it does this one."""
    return moment.astimezone(zone).replace(fold=fold).astimezone(timezone.utc)
