"""Cursor values: every spelling of one moment is that moment, what is no moment is None."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from analytics_ingest.common import cursor
from analytics_ingest_tests.support.loads import utc

TEN = utc(2026, 1, 5, 10)

SPELLINGS = {
    "2026-01-05T10:00:00Z": TEN,
    "2026-01-05T10:00:00z": TEN,
    "2026-01-05t10:00:00z": TEN,
    "2026-01-05T10:00:00+00:00": TEN,
    "2026-01-05T10:00:00-00:00": TEN,
    "2026-01-05T12:00:00+02:00": TEN,
    "2026-01-05T12:00:00+0200": TEN,
    "2026-01-05T12:00:00+02": TEN,
    "2026-01-05T04:30:00-05:30": TEN,
    "2026-01-05T04:30:00-0530": TEN,
    "2026-01-05T05:00:00-05": TEN,
    "2026-01-06T00:00:00+14:00": TEN,
    "2026-01-05T10:00:00": TEN,
    "2026-01-05T10:00Z": TEN,
    "2026-01-05T10:00": TEN,
    "2026-01-05 10:00:00": TEN,
    "2026-01-05 10:00:00Z": TEN,
    "2026-01-05 12:00:00+02:00": TEN,
    "2026-01-05 12:00:00+0200": TEN,
    "2026-01-05 12:00:00+02": TEN,
    "2026-01-05 12:00:00 +02:00": TEN,
    "2026-01-05 12:00:00 +0200": TEN,
    "2026-01-05 12:00:00.0 +0200": TEN,
    "2026-01-05 10:00:00 UTC": TEN,
    "2026-01-05 10:00:00 GMT": TEN,
    "2026-01-05T10:00:00 UTC": TEN,
    "2026-01-05T10:00:00UTC": TEN,
    "2026-01-05 10:00:00 Z": TEN,
    "  2026-01-05T10:00:00Z\n": TEN,
    "20260105T100000Z": TEN,
    "20260105T120000+0200": TEN,
    "2026-01-05": utc(2026, 1, 5),
    "20260105": utc(2026, 1, 5),
    "2024-02-29T10:00:00Z": utc(2024, 2, 29, 10),
    "1969-12-31T23:59:59Z": utc(1969, 12, 31, 23, 59, 59),
}

FRACTIONS = {
    "1": 100_000,
    "12": 120_000,
    "123": 123_000,
    "1234": 123_400,
    "12345": 123_450,
    "123456": 123_456,
    "1234567": 123_456,
    "12345678": 123_456,
    "123456789": 123_456,
    "999999999": 999_999,
}

UNREADABLE: list[Any] = [
    None,
    "",
    "   ",
    "not a date",
    "0000-00-00T00:00:00Z",
    "0000-00-00",
    "2026-13-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-01-05T25:00:00Z",
    "2026-01-05T10:00:00-24:00",
    "2026-01-05T10:00:00+9959",
    "10:00",
    "10:00:00Z",
    "P1D",
    "2026-01-05/2026-01-06",
    "now",
    "Z",
    "UTC",
    "1767607200000",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    1767607200,
    1767607200.5,
    0,
    True,
    False,
    [],
    ["2026-01-05T10:00:00Z"],
    {"at": "2026-01-05T10:00:00Z"},
]


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class DatetimeWithoutIso(datetime, metaclass=_AnyDatetime):
    """What a datetime reads by itself on Python 3.10, taken to the extreme: nothing."""

    @classmethod
    def fromisoformat(cls, date_string: str, /) -> Any:
        raise ValueError


@pytest.fixture(params=[False, True], ids=["this Python", "without fromisoformat"])
def read(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Any], datetime | None]:
    """The reader, with and without what newer versions of Python can do themselves."""
    if request.param:
        monkeypatch.setattr(cursor, "datetime", DatetimeWithoutIso)
    return cursor.read_iso8601


@pytest.mark.parametrize(("text", "moment"), SPELLINGS.items(), ids=repr)
def test_every_spelling_of_iso8601_is_read_and_given_in_utc(
    text: str, moment: datetime, read: Callable[[Any], datetime | None]
) -> None:
    found = read(text)
    assert found is not None
    assert found == moment
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(("digits", "microseconds"), FRACTIONS.items())
def test_fractions_of_any_length_are_cut_to_microseconds(
    digits: str, microseconds: int, read: Callable[[Any], datetime | None]
) -> None:
    spellings = [f"2026-01-05T10:00:00.{digits}{zone}" for zone in ("Z", "+00:00", "+00", "")]
    expected = TEN + timedelta(microseconds=microseconds)
    assert {text: read(text) for text in spellings} == dict.fromkeys(spellings, expected)


@pytest.mark.parametrize("value", UNREADABLE, ids=repr)
def test_what_is_not_a_moment_is_none(value: Any, read: Callable[[Any], datetime | None]) -> None:
    assert read(value) is None
