"""Values of declared types that dlt reads as something else than they say.

Python's numbers have other spellings than those of APIs, a year is not a second of 1970, and the
day of a date is the one that is written, not that of its moment in UTC.
"""

import re
from datetime import date
from typing import Any

from dlt.common.data_types import TDataType, coerce_value

from analytics_ingest.load.rows.column_types import is_full_date

MOMENTS: frozenset[TDataType] = frozenset({"timestamp", "date"})
_NUMBERS = ("bigint", "double", "decimal", "wei")
_NUMBER = re.compile(r"\s*(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0x[\da-fA-F]+)\s*", re.ASCII)
_DIGITS = re.compile(r"((?:19|20)\d\d)(?:(0[1-9]|1[0-2])(\d\d)?)?", re.ASCII)
"""Digits of a year, a month or a day; as seconds they would all be in 1970."""
_LENGTH_OF_DAY = len("2026-01-05")


def is_misread(to: TDataType, value: Any) -> bool:
    """Return whether dlt reads what is not meant: `1_000` as a number, 202601 as a second."""
    if type(value) is str and to in _NUMBERS:
        return _NUMBER.fullmatch(value) is None
    digits = _DIGITS.fullmatch(str(value)) if type(value) in (int, str) else None
    if digits is None or to not in MOMENTS:
        return False
    # dlt reads the text of a year as its first day, and that of a day as the day.
    is_read = type(value) is str and (len(value) == len("2026") or _is_day(digits))
    return not is_read


def respell(to: TDataType | None, value: Any) -> Any:
    """Return a value as dlt reads what it says: 20260105 as the text of a day, a date without time.

    All other values are returned as they are.
    """
    if to in MOMENTS and type(value) is int:
        digits = _DIGITS.fullmatch(str(value))
        return str(value) if digits and _is_day(digits) else value
    if to != "date" or type(value) is not str or not is_full_date(value):
        return value
    day = value[:_LENGTH_OF_DAY]
    return day if _read_day(value) not in (None, day) else value


def _is_day(digits: re.Match[str]) -> bool:
    """Return whether digits are those of a day that exists."""
    year, month, day = digits.groups()
    try:
        return day is not None and bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _read_day(text: str) -> str | None:
    """Return the day that dlt reads in a text; None where it reads none."""
    try:
        day = coerce_value("date", "text", text)
    except (ValueError, TypeError, ArithmeticError):
        return None
    return date.isoformat(day)[:_LENGTH_OF_DAY]
