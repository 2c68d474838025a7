"""Windows: half-open, in any time zone, open where a bound is None."""

from datetime import datetime, timedelta, timezone

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
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
