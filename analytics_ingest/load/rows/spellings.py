"""Values of declared types that dlt reads as something else than they say.

Python's numbers have other spellings than those of APIs, a year is not a second of 1970, and the
day of a date is the one that is written, not that of its moment in UTC.
"""

import re
from datetime import date
from typing import Any

from dlt.common.data_types import TDataType, coerce_value

from analytics_ingest.common.numbers import LongNumber, parse_number
from analytics_ingest.load.rows.column_types import is_full_date

MOMENTS: frozenset[TDataType] = frozenset({"timestamp", "date"})
_NUMBERS = ("bigint", "double", "decimal", "wei")
_NUMBER = re.compile(
    r"\s*(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|0x[\da-fA-F]+)\s*", re.ASCII
)
_DIGITS = re.compile(r"(\d{4})(?:(\d\d)(\d\d)?)?", re.ASCII)
"""Digits of a year, a month or a day."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T", re.ASCII)
_FEW_DIGITS = re.compile(r"\d{1,8}", re.ASCII)
"""As seconds they would be before 1973."""
_MIDNIGHT = re.compile(r"[T ]00:?00(?::?00(?:[.,]0+)?)?\s*(?:Z|UTC|[+-]\d\d(?::?\d\d)?)?")
_USUAL = re.compile(
    r"(?!0000|0001|9999)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
    r"(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?",
    re.ASCII,
)
"""Most moments; others have to be parsed, such as the last days of a month."""
_LENGTH_OF_DAY = len("2026-01-05")


def is_misread(to: TDataType, value: Any) -> bool:
    """Return whether dlt reads what is not meant: `1_000` as a number, 202601 as a second.

    As a number in JSON, one in a text has more digits than a float holds, or fits into a column.
    """
    if type(value) is str and to in _NUMBERS:
        is_number = _NUMBER.fullmatch(value) is not None
        return not is_number or (to == "double" and _has_too_many_digits(value))
    if to not in MOMENTS:
        return False
    if type(value) is str:
        # dlt reads the text of a year as its first day, and that of a day as the day.
        is_read = len(value) == len("2026") or _read_digits(value)
        return _FEW_DIGITS.fullmatch(value) is not None and not is_read
    is_whole = type(value) is int or (type(value) is float and value.is_integer())
    digits = _DIGITS.fullmatch(str(int(value))) if is_whole else None
    return digits is not None and _FIRST_YEAR <= int(digits[1]) <= _LAST_YEAR


def _has_too_many_digits(text: str) -> bool:
    is_hexadecimal = "x" in text
    return not is_hexadecimal and isinstance(parse_number(text.strip()), LongNumber)


def respell(to: TDataType | None, value: Any) -> Any:
    """Return a value as dlt reads what it says: 20260105 as the text of a day, a date without time.

    All other values are returned as they are.
    """
    if to in MOMENTS and type(value) is int:
        return str(value) if _read_digits(str(value)) else value
    if to != "date" or type(value) is not str:
        return value
    compact = _COMPACT.match(value)
    if not compact and (len(value) == _LENGTH_OF_DAY or not is_full_date(value)):
        return value
    day = "-".join(compact.groups()) if compact else value[:_LENGTH_OF_DAY]
    return day if _read_day(value) not in (None, day) else value


def is_usual(value: Any) -> bool:
    """Return whether a value is certainly the text of a moment; saves parsing most of them twice.

    dlt reads `+24:00` and `-99:00`, and then fails the load, because no zone has such an offset.
    """
    return type(value) is str and _USUAL.fullmatch(value) is not None


def is_day(text: str) -> bool:
    """Return whether a text names a day, at its beginning if at all with a time."""
    compact = _COMPACT.match(text)
    begin = text[: len("20260105")] if compact else text[:_LENGTH_OF_DAY]
    rest = text[len(begin) :] if compact or is_full_date(text) else ""
    return not rest.strip() or _MIDNIGHT.fullmatch(rest) is not None


def _read_digits(text: str) -> date | None:
    """Read the day of eight digits; None where that day does not exist."""
    digits = _DIGITS.fullmatch(text)
    if digits is None or digits[3] is None or not _FIRST_YEAR <= int(digits[1]) <= _LAST_YEAR:
        return None
    try:
        return date(*map(int, digits.groups()))
    except ValueError:
        return None


def _read_day(text: str) -> str | None:
    """Return the day that dlt reads in a text; None where it reads none."""
    try:
        day = coerce_value("date", "text", text)
    except (ValueError, TypeError, ArithmeticError):
        return None
    return date.isoformat(day)[:_LENGTH_OF_DAY]
