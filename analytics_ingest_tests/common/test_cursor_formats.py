"""Cursors that are no ISO 8601: epochs and patterns, read and written."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from analytics_ingest.common import cursor
from analytics_ingest_tests.support.loads import utc

TEN = utc(2026, 1, 5, 10)
SECONDS = 1767607200


@pytest.mark.parametrize(
    ("cursor_format", "value", "moment"),
    [
        pytest.param("epoch_s", SECONDS, TEN, id="seconds"),
        pytest.param("epoch_s", str(SECONDS), TEN, id="seconds as text"),
        pytest.param("epoch_s", f" {SECONDS}.5 ", TEN.replace(microsecond=500_000), id="fraction"),
        pytest.param("epoch_s", SECONDS + 0.25, TEN.replace(microsecond=250_000), id="float"),
        pytest.param(
            "epoch_s", SECONDS - 0.0000002, TEN - timedelta(microseconds=1), id="just before"
        ),
        pytest.param(
            "epoch_ms", f"{SECONDS}000.9999", TEN.replace(microsecond=999), id="just before a ms"
        ),
        pytest.param("epoch_s", 0, utc(1970, 1, 1), id="zero is a moment"),
        pytest.param("epoch_s", -1, utc(1969, 12, 31, 23, 59, 59), id="before 1970"),
        pytest.param("epoch_ms", SECONDS * 1000, TEN, id="milliseconds"),
        pytest.param("epoch_ms", f"{SECONDS}007", TEN.replace(microsecond=7000), id="ms as text"),
        pytest.param("epoch_ms", SECONDS * 1000.0, TEN, id="milliseconds as float"),
        pytest.param("%d.%m.%Y %H:%M", "05.01.2026 10:00", TEN, id="pattern"),
        pytest.param("%d.%m.%Y %H:%M %z", "05.01.2026 12:00 +0200", TEN, id="pattern with offset"),
        pytest.param("%Y%m%d", " 20260105 ", utc(2026, 1, 5), id="pattern of a date"),
    ],
)
def test_a_declared_format_is_read(cursor_format: str, value: Any, moment: datetime) -> None:
    assert cursor.build_reader(cursor_format)(value) == moment


@pytest.mark.parametrize(
    ("cursor_format", "value"),
    [
        *(
            pytest.param(unit, value, id=f"{unit} {value!r:.20}")
            for unit in ("epoch_s", "epoch_ms")
            for value in (
                None,
                "",
                "soon",
                True,
                [1],
                {},
                float("nan"),
                float("inf"),
                10**30,
                "1e999999",
                10**400,
                "nan",
            )
        ),
        pytest.param("%d.%m.%Y", "2026/01/05", id="another pattern"),
        pytest.param("%d.%m.%Y", "31.02.2026", id="no such day"),
        pytest.param("%d.%m.%Y", 5012026, id="a number for a pattern"),
        pytest.param("%d.%m.%Y", None, id="null for a pattern"),
        pytest.param("%Y %z", "0001 +1400", id="a pattern's moment before time begins"),
    ],
)
def test_what_the_declared_format_cannot_read_is_none(cursor_format: str, value: Any) -> None:
    assert cursor.build_reader(cursor_format)(value) is None


@pytest.mark.parametrize(
    ("param_format", "written"),
    [
        pytest.param("iso8601", "2026-01-05T10:00:00Z", id="iso8601"),
        pytest.param("epoch_s", SECONDS, id="epoch_s"),
        pytest.param("epoch_ms", SECONDS * 1000, id="epoch_ms"),
        pytest.param("%Y-%m-%d %H:%M:%S", "2026-01-05 10:00:00", id="pattern"),
        pytest.param("%Y-%m-%d", "2026-01-05", id="pattern of a date"),
    ],
)
def test_a_start_is_written_in_utc_as_declared(param_format: str, written: str | int) -> None:
    noon_in_helsinki = datetime(2026, 1, 5, 12, tzinfo=timezone(timedelta(hours=2)))
    assert cursor.write(noon_in_helsinki, param_format) == written


@pytest.mark.parametrize(
    ("bound", "param_format", "written"),
    [
        pytest.param(TEN, "%Y-%m-%d", "2026-01-06", id="a date for ten o'clock"),
        pytest.param(utc(2026, 1, 5), "%Y-%m-%d", "2026-01-05", id="a date for midnight"),
        pytest.param(utc(2026, 1, 31, 1), "%d/%m/%Y", "01/02/2026", id="into the next month"),
        pytest.param(TEN, "%Y-%m-%dT%H:%M:%S", "2026-01-05T10:00:00", id="fine enough"),
        pytest.param(TEN, "%Y-%m-%dT%H:%M:%S%z", "2026-01-05T10:00:00+0000", id="with offset"),
        pytest.param(TEN, "iso8601", "2026-01-05T10:00:00Z", id="iso8601"),
        pytest.param(TEN, "epoch_s", SECONDS, id="epoch_s"),
    ],
)
def test_an_end_is_written_so_that_nothing_before_it_is_missed(
    bound: datetime, param_format: str, written: str | int
) -> None:
    assert cursor.write(bound, param_format, is_end=True) == written


@pytest.mark.parametrize("written_format", ["iso8601", "epoch_s", "epoch_ms", "%Y-%m-%dT%H:%M:%S"])
def test_what_is_written_can_be_read(written_format: str) -> None:
    written = cursor.write(TEN, written_format)
    assert cursor.build_reader(written_format)(written) == TEN


@pytest.mark.parametrize(
    ("param_format", "start", "end"),
    [
        ("iso8601", "2026-01-05T10:00:00Z", "2026-01-05T10:00:01Z"),
        ("epoch_s", SECONDS, SECONDS + 1),
        ("epoch_ms", SECONDS * 1000 + 250, SECONDS * 1000 + 251),
    ],
)
def test_a_bound_within_a_second_is_written_so_that_no_row_is_missed(
    param_format: str, start: Any, end: Any
) -> None:
    bound = TEN.replace(microsecond=250_400)
    assert cursor.write(bound, param_format) == start
    assert cursor.write(bound, param_format, is_end=True) == end
    assert cursor.write(TEN, param_format, is_end=True) == cursor.write(TEN, param_format)


@pytest.mark.parametrize(
    ("cursor_format", "value", "moment"),
    [
        # A date or a time in ISO 8601 has one reading, whatever is declared.
        ("%Y%m%d", "2026-01-05T10:00:00", TEN),
        ("%d.%m.%Y %H:%M", "2026-01-05 10:00:00.000", TEN),
        ("%Y-%m-%d", "2026-01-05T12:00:00+02:00", TEN),
        ("epoch_ms", "2026-01-05T10:00:00Z", TEN),
        ("%m/%d/%Y", "2026-01-05", utc(2026, 1, 5)),
        # The declared format comes first.
        ("%Y-%d-%m", "2026-01-05", utc(2026, 5, 1)),
        # What is not written with dashes, and in full, may be something else.
        ("%d%m%Y", "20260105", None),
        ("epoch_s", "20260105T10", None),
        ("%Y%m%d", "2026-01", None),
        ("%Y%m%d", "2026-01-05/2026-01-06", None),
        ("%Y%m%d", 20260105, None),
    ],
)
def test_iso8601_is_read_anyway(cursor_format: str, value: Any, moment: datetime | None) -> None:
    assert cursor.build_reader(cursor_format)(value) == moment
    span = "day" if value == "2026-01-05" else None
    if moment:
        assert cursor.read_row_grain(value, cursor_format) == span
