"""A start without an end may stand for a day or a month: no later row is lost without a word."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

NOW = utc(2026, 1, 20, 12)
LONG = Window(utc(2026, 1, 1), utc(2026, 1, 20))
ROWS = [row(n, f"2026-01-{n:02}T09:00:00Z") for n in range(1, 20)]
OLDER = [row(n, f"2025-{n - 100:02}-03T09:00:00Z") for n in range(101, 113)]

Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def of_span(length: int, rows: Rows = ROWS) -> Callable[[Asked], dict[str, Any]]:
    """Serve the rows of a day (10 digits of the date) or a month (7 digits)."""
    return lambda asked: {
        "data": [
            r for r in rows if r["updated_at"][:length] == asked.query.get("date", "")[:length]
        ]
    }


def since(rows: Rows) -> Callable[[Asked], dict[str, Any]]:
    return lambda asked: {
        "data": [r for r in rows if r["updated_at"] >= asked.query.get("date", "")]
    }


def in_param(**keys: Any) -> dict[str, Any]:
    incremental = {"start_param": "date", "param_format": "%Y-%m-%d", **keys}
    return resource(incremental=incremental)


@pytest.mark.parametrize("length", [10, 7], ids=["a day", "a month"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[1:]], ids=["rows on the first day", "none"])
def test_rows_after_the_first_span_are_missed_by_name(
    length: int, rows: Rows, api: ScriptedApi
) -> None:
    window = LONG if length == 10 else Window(utc(2025, 1, 1), LONG.end)
    api.on("/items", of_span(length, [*OLDER, *rows]))
    assert str(failure(declare(in_param()), window=window)) == (
        "demo.items: GET /items: requests hold the start of the window and no end, and the request "
        "for 2026-01-19 has rows that are newer than all rows of an earlier start: either the "
        "start stands for a day, a week or a month, then declare incremental.max_window, such as "
        "1d; or the API ends a listing early, then declare max_window and the end_param"
    )


@pytest.mark.parametrize(
    ("param_format", "max_window", "sent"),
    [
        ("%Y-%m", "28d", ["2025-11", "2025-12", "2026-01"]),
        ("%Y-%m-01", "28d", ["2025-11-01", "2025-12-01", "2026-01-01"]),
        ("%Y", "28d", ["2025", "2026"]),
        (
            "%Y-%m-%d",
            "28d",
            ["2025-11-20", "2025-12-01", "2025-12-29", "2026-01-01"],
        ),
        ("%Y-%m-%d", "14d", ["2025-11-20", "2025-12-04", "2025-12-18", "2026-01-01", "2026-01-15"]),
        (
            "%Y-W%W",
            "7d",
            [*(f"2025-W{n}" for n in range(46, 53)), *(f"2026-W0{n}" for n in range(4))],
        ),
    ],
)
def test_a_start_that_names_a_span_is_sent_for_each_span_of_the_window(
    param_format: str, max_window: str, sent: list[str], api: ScriptedApi
) -> None:
    api.always("/items", {"data": [row(100, "2025-11-20T01:00:00Z"), *ROWS]})
    keys = {"param_format": param_format, "max_window": max_window}
    extract(declare(in_param(**keys)), window=Window(utc(2025, 11, 20), LONG.end))
    assert sorted(filter(None, api.sent("/items", "date"))) == sent


def test_a_month_in_the_path_of_a_first_load_is_missed_by_name(api: ScriptedApi) -> None:
    def archive(asked: Asked) -> dict[str, Any]:
        year, month = asked.path.removeprefix("/archive/").split("/")
        return {"data": [r for r in ROWS if r["updated_at"][:7] == f"{year}-{int(month):02}"]}

    api.otherwise(archive)
    year, month = (f"{{{{ stream_interval.start_time.split('-')[{n}] | int }}}}" for n in (0, 1))
    path = f"archive/{year}/{month}"
    incremental = {"cursor_path": "updated_at", "param_format": "%Y-%m-%d"}
    own = {"path": path, "incremental": incremental}
    assert "stands for a day, a week or a month" in str(failure(declare(resource(**own))))
    pieces = {**incremental, "max_window": "28d", "initial_value": "2025-11-01"}
    assert read_ids(declare(resource(**{**own, "incremental": pieces}))) == list(range(1, 20))


def test_a_quiet_last_day_is_probed_once_more_for_a_weekday(api: ScriptedApi) -> None:
    api.on("/items", of_span(10, ROWS[:16]))
    assert "the request for 2026-01-16" in str(failure(declare(in_param()), window=LONG))
    assert api.sent("/items", "date") == ["2026-01-01", "2026-01-19", "2026-01-16"]


@pytest.mark.parametrize(
    ("rows", "requests"),
    [
        pytest.param(ROWS, 1, id="rows until the end"),
        pytest.param([*ROWS[:2], row(99, "2026-01-25T00:00:00Z")], 1, id="rows after the end"),
        pytest.param(ROWS[:3], 3, id="no row for weeks"),
    ],
)
def test_an_api_that_returns_everything_since_the_start_is_not_suspected(
    rows: Rows, requests: int, api: ScriptedApi
) -> None:
    api.on("/items", since(rows))
    assert extract(declare(in_param()), window=LONG)["items"].requests == requests


def test_an_api_that_ignores_the_start_is_not_suspected(api: ScriptedApi) -> None:
    api.always("/items", {"data": [*OLDER, *ROWS[:3]]})
    assert extract(declare(in_param()), window=LONG)["items"].rows_read == 15


def test_a_row_that_changes_meanwhile_proves_nothing(api: ScriptedApi) -> None:
    changed = row(3, "2026-01-20T11:30:00Z")
    served = iter([ROWS[:3], [changed]])
    api.on("/items", lambda _: {"data": next(served)})
    window = Window(utc(2026, 1, 1), utc(2026, 1, 21))
    assert extract(declare(in_param()), window=window)["items"].requests == 2


@pytest.mark.parametrize(
    ("keys", "window"),
    [
        pytest.param({}, Window(utc(2026, 1, 1), utc(2026, 1, 2)), id="a day"),
        pytest.param({"start_param": "updated_since"}, LONG, id="since"),
        pytest.param({"start_param": "date[gte]"}, LONG, id="greater or equal"),
        pytest.param({"start_param": "modifiedAfter"}, LONG, id="after"),
        pytest.param({"end_param": "until"}, LONG, id="an end"),
        pytest.param({}, EVERYTHING, id="no start"),
    ],
)
def test_what_cannot_stand_for_a_span_costs_no_request(
    keys: dict[str, str], window: Window, api: ScriptedApi
) -> None:
    api.always("/items", {"data": ROWS[:1]})
    assert extract(declare(in_param(**keys)), window=window)["items"].requests == 1
