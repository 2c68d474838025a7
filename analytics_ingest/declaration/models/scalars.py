"""Values with a form of their own: parsed when a declaration is validated, and never again.

`26h` becomes a timedelta, `256MB` a number of bytes and `2026-01-01` a date; dumped again, all are
text, so that a block can be merged with its defaults and validated again. Cron fields and time
zones are checked, and stay text.
The JSON schema gives their patterns, so `dg check yaml` and editors find the line of a mistake.
"""

import re
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import core_schema

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_DURATION = re.compile(r"^\s*(\d+)\s*([smhdw])\s*$")
_SIZES = {"KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_SIZE = re.compile(r"^\s*([1-9]\d{0,5})\s*(KB|MB|GB)\s*$")
_CRON = re.compile(r"^[\d*/,A-Za-z#-]+( +[\d*/,A-Za-z#-]+){4}$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")


def parse_duration(value: object) -> timedelta:
    """Read a whole number followed by one of s, m, h, d, w."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"'{value}' is not a duration; write a number and s, m, h, d or w: 26h")
    try:
        return int(match[1]) * _UNITS[match[2]]
    except OverflowError:
        raise ValueError(f"'{value}' is too long; use at most a few years") from None


def format_duration(length: timedelta) -> str:
    """Write a duration in the longest of d, h, m, s that divides it: 26h, 2d."""
    unit = next((u for u in "dhm" if length and not length % _UNITS[u]), "s")
    return f"{length // _UNITS[unit]}{unit}"


class Bytes(int):
    """A number of bytes, written as a whole number followed by KB, MB or GB."""

    def __str__(self) -> str:
        unit = next((u for u in ("GB", "MB", "KB") if self and not self % _SIZES[u]), "")
        return f"{self // _SIZES.get(unit, 1)}{unit}"

    @classmethod
    def parse(cls, value: object) -> "Bytes":
        """Read a whole number followed by KB, MB or GB."""
        if isinstance(value, cls):
            return value
        match = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"'{value}' is not a size; write a number and KB, MB or GB: 256MB")
        return cls(int(match[1]) * _SIZES[match[2]])

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> core_schema.CoreSchema:
        as_text = core_schema.plain_serializer_function_ser_schema(str)
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=as_text)

    @classmethod
    def __get_pydantic_json_schema__(cls, *_: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": _SIZE.pattern}


def _parse_date(value: object) -> date:
    if type(value) is date:  # a datetime is one as well
        return value
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"'{value}' is not a date; use e.g. '2026-01-01'")


def _check_cron(value: str) -> str:
    if not _CRON.fullmatch(value):
        raise ValueError(f"'{value}' is not five cron fields; use e.g. '15 0 * * *'")
    return value


def _check_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # `America` is a folder.
        raise ValueError(f"'{value}' is not a time zone; use e.g. UTC") from None
    return value


def _build_text_schema(pattern: re.Pattern[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern.pattern})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration),
    _build_text_schema(_DURATION),
]
Date = Annotated[
    date, BeforeValidator(_parse_date), PlainSerializer(date.isoformat), _build_text_schema(_DATE)
]
Cron = Annotated[str, AfterValidator(_check_cron), _build_text_schema(_CRON)]
TimeZone = Annotated[str, AfterValidator(_check_time_zone)]
