"""Windows: half-open, in any time zone, open where a bound is None."""

from datetime import datetime, timedelta, timezone

import pytest

from analytics_ingest.common.window import EVERYTHING, Window, subtract_windows
from analytics_ingest_tests.support.loads import utc

START = utc(2026, 1, 5)
END = utc(2026, 1, 6)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("window", "at", "inside"),
    [
        pytest.param(Window(START, END), START, True, id="the start is inside"),
        pytest.param(Window(START, END), START - MOMENT, False, id="just before is outside"),
        pytest.param(Window(START, END), END - MOMENT, True, id="the last moment is inside"),
        pytest.param(Window(START, END), END, False, id="the end is outside"),
        pytest.param(Window(None, END), utc(1, 1, 1), True, id="an open start takes all before"),
        pytest.param(Window(None, END), END, False, id="an open start leaves the end closed"),
        pytest.param(Window(START), utc(9999, 12, 31), True, id="an open end takes all after"),
        pytest.param(Window(START), START - MOMENT, False, id="an open end leaves the start"),
        pytest.param(EVERYTHING, utc(2026, 1, 1), True, id="everything"),
        pytest.param(
            Window(START, END),
            datetime(2026, 1, 6, 1, tzinfo=timezone(timedelta(hours=2))),
            True,
            id="moments of other zones are compared as moments",
        ),
    ],
)
def test_a_window_is_half_open(window: Window, at: datetime, inside: bool) -> None:
    assert (at in window) is inside


@pytest.mark.parametrize(
    "bounds",
    [
        pytest.param((datetime(2026, 1, 5), None), id="start"),
        pytest.param((None, datetime(2026, 1, 6)), id="end"),
        pytest.param((START, datetime(2026, 1, 6)), id="end beside an aware start"),
    ],
)
def test_a_bound_without_a_time_zone_is_refused(
    bounds: tuple[datetime | None, datetime | None],
) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Window(*bounds)


def test_a_lookback_moves_the_start_alone() -> None:
    assert Window(START, END).widen(timedelta(days=2)) == Window(utc(2026, 1, 3), END)


def test_a_lookback_leaves_an_open_start_open() -> None:
    assert Window(None, END).widen(timedelta(days=2)) == Window(None, END)


@pytest.mark.parametrize(
    ("window", "text"),
    [
        pytest.param(
            Window(START, END), "[2026-01-05T00:00:00Z, 2026-01-06T00:00:00Z)", id="closed"
        ),
        pytest.param(Window(None, END), "(-∞, 2026-01-06T00:00:00Z)", id="without a start"),
        pytest.param(EVERYTHING, "(-∞, ∞)", id="open"),
        pytest.param(
            Window(datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=1)))),
            "[2026-01-04T23:00:00Z, ∞)",
            id="shown in UTC",
        ),
    ],
)
def test_a_window_shows_its_bounds(window: Window, text: str) -> None:
    assert str(window) == text


DAYS = [utc(2026, 1, day) for day in range(1, 10)]


@pytest.mark.parametrize(
    ("windows", "covered", "rest"),
    [
        pytest.param([(1, 5)], [], [(1, 5)], id="nothing is covered"),
        pytest.param([(1, 5)], [(2, 3)], [(1, 2), (3, 5)], id="a part in the middle"),
        pytest.param([(1, 5)], [(0, 2), (4, 6)], [(2, 4)], id="both ends"),
        pytest.param([(1, 5)], [(1, 5)], [], id="all of it"),
        pytest.param([(1, 3), (4, 6)], [(2, 5)], [(1, 2), (5, 6)], id="across two windows"),
        pytest.param([(1, 3)], [(3, 5)], [(1, 3)], id="what only touches"),
        pytest.param([(None, 5)], [(2, 3)], [(None, 2), (3, 5)], id="an open start"),
        pytest.param([(None, 5)], [(None, 5)], [], id="an open start that is covered"),
        pytest.param([(2, None)], [(1, 4)], [(4, None)], id="an open end"),
        pytest.param([(None, None)], [(None, None)], [], id="everything"),
    ],
)
def test_what_is_covered_is_subtracted(
    windows: list[tuple[int | None, int | None]],
    covered: list[tuple[int | None, int | None]],
    rest: list[tuple[int | None, int | None]],
) -> None:
    subtracted = subtract_windows(map(build, windows), map(build, covered))
    assert subtracted == list(map(build, rest))


def build(days: tuple[int | None, int | None]) -> Window:
    start, end = (None if day is None else DAYS[day] for day in days)
    return Window(start, end)
