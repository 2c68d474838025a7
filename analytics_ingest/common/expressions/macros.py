"""The functions of Airbyte's expressions: `now_utc()`, `format_datetime(x, '%Y')`, and others.

Their names, arguments and results are those of airbyte-cdk.
"""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from analytics_ingest.common.cursor import read_iso8601

UTC = timezone.utc
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UNITS = {"%s": 1, "%s_as_float": 1, "%ms": 1_000, "%epoch_microseconds": 1_000_000}
_MONTH = re.compile(r"\d{4}(-\d\d)?")
_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+(?:\.\d+)?)W)?"
    r"(?:(?P<days>\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(?P<hours>\d+(?:\.\d+)?)H)?"
    r"(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


@dataclass(frozen=True)
class CalendarDuration:
    """A duration with months, whose length depends on where it begins."""

    months: int
    rest: timedelta

    def __neg__(self) -> "CalendarDuration":
        return CalendarDuration(-self.months, -self.rest)

    def __radd__(self, moment: Any) -> Any:
        if not isinstance(moment, date):
            return NotImplemented
        years, month = divmod(moment.month - 1 + self.months, 12)
        first = moment.replace(year=moment.year + years, month=month + 1, day=1)
        return _choose_day(first, moment.day) + self.rest

    __add__ = __radd__

    def __rsub__(self, moment: Any) -> Any:
        return (-self).__radd__(moment)


def now_utc() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def today_utc() -> date:
    """Return the present day in UTC."""
    return now_utc().date()


def today_with_timezone(zone: Any) -> date:
    """Return the present day in a time zone."""
    return datetime.now(ZoneInfo(str(zone))).date()


def timestamp(moment: Any) -> int | float:
    """Return the seconds since 1970 of a moment; a number without its fraction."""
    if isinstance(moment, int | float):
        return int(moment)
    return str_to_datetime(moment).timestamp()


def str_to_datetime(text: Any) -> datetime:
    """Return a text of ISO 8601 as a moment; UTC where it names no zone."""
    if isinstance(text, datetime):
        return text if text.tzinfo else text.replace(tzinfo=UTC)
    iso = text.isoformat() if isinstance(text, date) else str(text)
    if match := _MONTH.fullmatch(iso):
        iso = f"{iso}{'-01' if match[1] else '-01-01'}"
    if (moment := read_iso8601(iso)) is None:
        raise ValueError("not a moment")
    return moment


def largest(*values: Any) -> Any:
    """Return the largest of some values, or of a list."""
    return max(*values)


def smallest(*values: Any) -> Any:
    """Return the smallest of some values, or of a list."""
    return min(*values)


def day_delta(num_days: Any, format: str = "%Y-%m-%dT%H:%M:%S.%f%z") -> str:  # noqa: A002
    """Return the moment some days from now."""
    return (now_utc() + timedelta(days=int(num_days))).strftime(format)


def duration(text: Any) -> timedelta | CalendarDuration:
    """Return a duration of ISO 8601."""
    match = _DURATION.fullmatch(str(text))
    if match is None:
        raise ValueError("not a duration")
    parts = {name: float(n) for name, n in match.groupdict("0").items() if name != "sign"}
    months = int(parts.pop("years") * 12 + parts.pop("months"))
    rest = timedelta(**parts)
    whole = CalendarDuration(months, rest) if months else rest
    return -whole if match["sign"] == "-" else whole


def format_datetime(moment: Any, format: str, input_format: str | None = None) -> str:  # noqa: A002
    """Format a moment in another format; %s, %s_as_float, %ms, %_ms and %epoch_microseconds too."""
    if isinstance(moment, datetime) and format not in _EPOCH_UNITS and "%_ms" not in format:
        return moment.strftime(format)
    return _write(_parse(moment, input_format), format)


def sanitize_url(value: Any) -> str:
    """Return a text quoted for a URL."""
    return quote_plus(str(value))


def camel_case_to_snake_case(value: Any) -> str:
    """Return `CamelCase` as `camel_case`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", str(value)).lower()


def generate_uuid() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


def json_loads(value: Any) -> Any:
    """Return what a JSON text holds; a setting that is JSON is read already."""
    return json.loads(value) if isinstance(value, str) else value


def _choose_day(first: Any, day: int) -> Any:
    """Choose a day of a month, or its last one where it is shorter."""
    while True:
        try:
            return first.replace(day=day)
        except ValueError:
            day -= 1


def _parse(moment: Any, pattern: str | None) -> datetime:
    if pattern is None and isinstance(moment, int) and not isinstance(moment, bool):
        pattern = "%s"
    if isinstance(moment, date) or pattern is None:
        return str_to_datetime(moment)
    if pattern in _EPOCH_UNITS:
        return _EPOCH + timedelta(seconds=float(moment) / _EPOCH_UNITS[pattern])
    parsed = datetime.strptime(str(moment), pattern.replace("%_ms", "%f"))  # noqa: DTZ007
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _write(moment: datetime, pattern: str) -> str:
    if pattern == "%s_as_float":
        return str(moment.timestamp())
    if unit := _EPOCH_UNITS.get(pattern):
        return str(int(moment.timestamp() * unit))
    return moment.strftime(pattern.replace("%_ms", f"{moment.microsecond // 1000:03d}"))


MACROS: dict[str, Callable[..., Any]] = {
    "now_utc": now_utc,
    "today_utc": today_utc,
    "today_with_timezone": today_with_timezone,
    "timestamp": timestamp,
    "max": largest,
    "min": smallest,
    "day_delta": day_delta,
    "duration": duration,
    "format_datetime": format_datetime,
    "str_to_datetime": str_to_datetime,
    "sanitize_url": sanitize_url,
    "camel_case_to_snake_case": camel_case_to_snake_case,
    "generate_uuid": generate_uuid,
    "json_loads": json_loads,
}
"""The functions, by name."""
