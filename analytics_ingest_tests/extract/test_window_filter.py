"""Where the API can filter or sort, less is asked for; what is loaded stays the same."""

from datetime import datetime
from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    load,
    read_ids,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

FIRST = Window(None, utc(2026, 1, 5))


def dates(*days: int) -> list[dict[str, Any]]:
    """A row for each day of January, numbered by it."""
    return [row(number, f"2026-01-{number:02}T10:00:00Z") for number in days]


@pytest.mark.parametrize(
    ("window", "since", "until"),
    [
        pytest.param(day(5), "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z", id="a day"),
        pytest.param(FIRST, None, "2026-01-05T00:00:00Z", id="no start for the first window"),
        pytest.param(EVERYTHING, None, None, id="neither for everything"),
    ],
)
def test_the_window_is_sent_along(
    api: ScriptedApi, window: Window, since: str | None, until: str | None
) -> None:
    api.always("/items", {"data": dates(5)})
    incremental = {"start_param": "since", "end_param": "until"}
    extract(declare(resource(incremental=incremental, params={"q": "x"})), window=window)
    (asked,) = api.asked
    expected = {"q": "x", "since": since, "until": until}
    assert asked.query == {name: sent for name, sent in expected.items() if sent is not None}


@pytest.mark.parametrize(
    ("param_format", "end", "until"),
    [
        pytest.param("%Y-%m-%d", utc(2026, 1, 6), "2026-01-05", id="a day"),
        pytest.param("%Y-%m-%d", utc(2026, 1, 6, 10), "2026-01-06", id="within a day"),
        pytest.param("%Y%m", utc(2026, 2, 1), "202601", id="a month"),
        pytest.param("%Y%m", utc(2026, 2, 2), "202602", id="within a month"),
    ],
)
def test_the_last_day_of_a_window_is_sent_where_the_api_includes_it(
    api: ScriptedApi, param_format: str, end: datetime, until: str
) -> None:
    api.always("/items", {"data": dates(5)})
    incremental = {
        "start_param": "since",
        "end_param": "until",
        "param_format": param_format,
        "inclusive_end": True,
    }
    extract(declare(resource(incremental=incremental)), window=Window(utc(2026, 1, 5), end))
    assert api.sent("/items", "until") == [until]


def test_a_report_of_a_window_adds_up_its_own_days_alone(api: ScriptedApi) -> None:
    figures = {"2026-01-05": 3, "2026-01-06": 5}

    def report(asked: Asked) -> Any:
        first, last = asked.query["since"], asked.query["until"]
        return {"data": [{"total": sum(n for day, n in figures.items() if first <= day <= last)}]}

    api.on("/items", report)
    steps = [{"add": {"id": "{{ stream_interval.start_time }}"}}]
    incremental = {
        "cursor_path": "id",
        "start_param": "since",
        "end_param": "until",
        "param_format": "%Y-%m-%d",
        "max_window": "1d",
        "inclusive_end": True,
    }
    declared = declare(resource(incremental=incremental, own={"processing_steps": steps}))
    load(declared, window=Window(utc(2026, 1, 5), utc(2026, 1, 7)))
    assert table("items", "total") == [3, 5]


@pytest.mark.parametrize(
    ("param_format", "since", "until"),
    [
        ("iso8601", "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"),
        ("epoch_s", "1767571200", "1767657600"),
        ("epoch_ms", "1767571200000", "1767657600000"),
        ("%Y-%m-%d", "2026-01-05", "2026-01-06"),
        ("%Y-%m-%d %H:%M", "2026-01-05 00:00", "2026-01-06 00:00"),
    ],
)
def test_the_window_is_sent_in_the_declared_format(
    api: ScriptedApi, param_format: str, since: str, until: str
) -> None:
    api.always("/items", {"data": []})
    incremental = {"start_param": "since", "end_param": "until", "param_format": param_format}
    extract(declare(resource(incremental=incremental)), window=day(5))
    assert api.asked[0].query == {"since": since, "until": until}


def test_dlts_own_way_to_declare_the_start_is_understood(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"id": 1, "changed": "2026-01-05T10:00:00Z"}]})
    declared = {"type": "incremental", "cursor_path": "changed"}
    assert read_ids(declare(resource(params={"since": declared})), window=day(5)) == [1]
    assert api.asked[0].query == {"since": "2026-01-05T00:00:00Z"}


def test_the_window_is_sent_with_every_page(api: ScriptedApi) -> None:
    api.on("/items", by_offset(dates(5, 5, 5)))
    incremental = {"start_param": "since"}
    paginator = {"type": "offset", "limit": 2}
    extract(declare(resource(incremental=incremental, paginator=paginator)), window=day(5))
    assert api.sent("/items", "since") == ["2026-01-05T00:00:00Z"] * 2


def test_rows_are_filtered_though_the_api_was_asked_to(api: ScriptedApi) -> None:
    api.always("/items", {"data": dates(4, 5, 6)})
    declaration = declare(resource(incremental={"start_param": "since", "end_param": "until"}))
    assert read_ids(declaration, window=day(5)) == [5]


@pytest.mark.parametrize(
    ("row_order", "listed", "offsets", "expected"),
    [
        pytest.param("desc", [9, 8, 6, 5, 4, 3, 2, 1], ["0", "2", "4"], [5], id="newest first"),
        pytest.param("asc", [1, 2, 4, 5, 6, 7, 8, 9], ["0", "2", "4"], [5], id="oldest first"),
        pytest.param(
            "desc", [9, 6, 5, 4, 3, 2, 1], ["0", "2", "4"], [5], id="one row outside is not enough"
        ),
        pytest.param(
            None, [9, 8, 7, 6, 5, 4, 3, 2, 1], ["0", "2", "4", "6", "8"], [5], id="unsorted"
        ),
        pytest.param("desc", [4, 3, 2, 1], ["0"], [], id="over before it begins"),
        pytest.param("asc", [6, 7, 8, 9], ["0"], [], id="all later"),
    ],
)
def test_paging_stops_when_the_window_is_passed(
    api: ScriptedApi,
    row_order: str | None,
    listed: list[int],
    offsets: list[str],
    expected: list[int],
) -> None:
    api.on("/items", by_offset(dates(*listed)))
    declaration = declare(
        resource(incremental={"row_order": row_order}, paginator={"type": "offset", "limit": 2}),
        concurrency=1,
    )
    assert read_ids(declaration, window=day(5)) == expected
    assert api.sent("/items", "offset") == offsets


OTHERWISE = [
    ("desc", [1, 2, 3, 4, 5, 6, 7, 8, 9], "ascending"),
    ("asc", [9, 8, 7, 6, 5, 4, 3, 2, 1], "descending"),
    ("desc", [4, 9, 1, 8, 2, 5, 3, 6, 7], "in no order"),
    ("asc", [6, 1, 9, 2, 8, 5, 7, 4, 3], "in no order"),
]
"""The declared order, days in another one, and what that is called."""


def test_rows_that_come_in_another_order_than_declared_are_all_read(api: ScriptedApi) -> None:
    cases = {
        f"by_{size}_{number}": (size, *case)
        for number, case in enumerate(OTHERWISE)
        for size in (1, 2, 3)
    }
    for name, (_, _, listed, _) in cases.items():
        api.on(f"/{name}", by_offset(dates(*listed)))
    resources = [
        resource(
            name, incremental={"row_order": order}, paginator={"type": "offset", "limit": size}
        )
        for name, (size, order, _, _) in cases.items()
    ]
    loaded = load(declare(*resources, concurrency=1), window=day(5))
    for name, (_, order, listed, found) in cases.items():
        stats = loaded[name]
        assert (name, listed, stats.rows_read, table(name)) == (name, listed, 9, [5])
        (warning,) = stats.warnings
        assert f"declares row_order: {order}, but the rows come {found}" in warning


@pytest.mark.parametrize(
    ("row_order", "listed"),
    [
        pytest.param("desc", [9, 7, 6, 1, 5, 5, 5, 3, 2], id="a row that is dated back"),
        pytest.param("asc", [1, 2, 4, 9, 5, 5, 5, 7, 8], id="a row that is dated ahead"),
    ],
)
def test_one_row_out_of_order_at_the_end_of_a_page_ends_no_listing(
    api: ScriptedApi, row_order: str, listed: list[int]
) -> None:
    rows = [row(number, f"2026-01-{day:02}T10:00Z") for number, day in enumerate(listed)]
    api.on("/items", by_offset(rows))
    incremental = {"row_order": row_order}
    paginator = {"type": "offset", "limit": 4}
    stats = load(declare(resource(incremental=incremental, paginator=paginator)), window=day(5))
    assert table("items") == [4, 5, 6]
    (warning,) = stats["items"].warnings
    assert f"declares row_order: {row_order}, but the rows come in no order" in warning


@pytest.mark.parametrize("row_order", ["desc", "asc"])
def test_cursors_that_are_all_the_same_agree_with_each_order(
    api: ScriptedApi, row_order: str
) -> None:
    api.on("/items", by_offset([row(n, "2026-01-05T10:00:00Z") for n in range(4)]))
    incremental = {"row_order": row_order}
    declared = resource(incremental=incremental, paginator={"type": "offset", "limit": 2})
    assert extract(declare(declared), window=day(5))["items"].warnings == []


@pytest.mark.parametrize(
    ("row_order", "listed", "window"),
    [
        pytest.param("desc", [9, 7, 5, 3, 1], FIRST, id="newest first, the first window"),
        pytest.param("asc", [1, 3, 5, 7, 9], Window(utc(2026, 1, 5)), id="oldest first, no end"),
    ],
)
def test_an_open_bound_is_never_passed(
    api: ScriptedApi, row_order: str, listed: list[int], window: Window
) -> None:
    api.on("/items", by_offset(dates(*listed)))
    declaration = declare(
        resource(incremental={"row_order": row_order}, paginator={"type": "offset", "limit": 2})
    )
    read_ids(declaration, window=window)
    assert api.sent("/items", "offset") == ["0", "2", "4"]


@pytest.mark.parametrize("row_order", ["asc", "desc"])
def test_the_moment_on_the_edge_is_not_passed_too_early(api: ScriptedApi, row_order: str) -> None:
    at_start = [row(number, "2026-01-05T00:00:00Z") for number in range(5)]
    api.on("/items", by_offset(at_start))
    declaration = declare(
        resource(incremental={"row_order": row_order}, paginator={"type": "offset", "limit": 2})
    )
    assert read_ids(declaration, window=day(5)) == [0, 1, 2, 3, 4]


def test_the_end_of_the_window_is_seen_before_a_last_row_without_a_cursor(
    api: ScriptedApi,
) -> None:
    api.on("/items", by_offset([*dates(5, 4, 4), row(0, None), *dates(3, 2, 1)]))
    declaration = declare(
        resource(incremental={"row_order": "desc"}, paginator={"type": "offset", "limit": 4})
    )
    assert read_ids(declaration, window=day(5)) == [5, 0]
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "incremental",
    [
        pytest.param({"row_order": "desc"}, id="sorted"),
        pytest.param({"start_param": "since", "end_param": "until"}, id="filtered"),
    ],
)
def test_a_parent_of_selected_children_is_listed_whole(
    api: ScriptedApi, incremental: dict[str, Any]
) -> None:
    api.on("/parents", by_offset(dates(9, 5, 3, 1)))
    for number in (9, 5, 3, 1):
        api.always(f"/parents/{number}/items", {"data": [row(number * 10, "2026-01-05T10:00Z")]})
    declaration = declare(
        resource("parents", incremental=incremental, paginator={"type": "offset", "limit": 2}),
        resource(path="/parents/{resources.parents.id}/items"),
    )
    load(declaration, window=day(5))
    assert api.sent("/parents", "offset") == ["0", "2", "4"]
    assert api.sent("/parents", "since") == [None, None, None]
    assert table("parents") == [5]
    assert table("items") == [10, 30, 50, 90]


def test_a_parent_alone_is_filtered_by_the_window(api: ScriptedApi) -> None:
    api.on("/parents", by_offset(dates(9, 5, 3, 1)))
    declaration = declare(
        resource(
            "parents",
            incremental={"row_order": "desc", "start_param": "since"},
            paginator={"type": "offset", "limit": 2},
        ),
        resource(path="/parents/{resources.parents.id}/items"),
    )
    assert read_ids(declaration, "parents", window=day(5)) == [5]
    assert api.sent("/parents", "since") == ["2026-01-05T00:00:00Z"] * 2


def test_a_lookback_widens_the_window_to_the_past(api: ScriptedApi) -> None:
    api.always("/items", {"data": dates(2, 3, 4, 5, 6)})
    declaration = declare(resource(incremental={"lookback": "2d"}))
    assert read_ids(declaration, window=day(5)) == [3, 4, 5]


def test_a_lookback_is_sent_along(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    incremental = {"lookback": "36h", "start_param": "since", "end_param": "until"}
    extract(declare(resource(incremental=incremental)), window=day(5))
    assert api.asked[0].query == {
        "since": "2026-01-03T12:00:00Z",
        "until": "2026-01-06T00:00:00Z",
    }


def test_a_lookback_lets_paging_go_on(api: ScriptedApi) -> None:
    api.on("/items", by_offset(dates(9, 7, 5, 4, 3, 2, 1)))
    declaration = declare(
        resource(
            incremental={"row_order": "desc", "lookback": "2d"},
            paginator={"type": "offset", "limit": 2},
        )
    )
    assert read_ids(declaration, window=day(5)) == [5, 4, 3]
    assert api.sent("/items", "offset") == ["0", "2", "4", "6"]
