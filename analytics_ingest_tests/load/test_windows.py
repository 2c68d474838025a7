"""Which rows each window loads, and that together the windows lose none."""

import itertools
from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import (
    column_types,
    day,
    declare,
    load,
    read_ids,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

FIRST = Window(None, utc(2026, 1, 5))

ROWS = [
    row("old", "2019-03-01T00:00:00Z"),
    row("before", "2026-01-04T23:59:59.999999Z"),
    row("start", "2026-01-05T00:00:00Z"),
    row("blank", "2026-01-05 10:00:00"),
    row("offset", "2026-01-06T01:00:00+02:00"),
    row("last", "2026-01-05T23:59:59.999Z"),
    row("end", "2026-01-06T00:00:00Z"),
    row("null", None),
    row("unreadable", "not a date"),
    {"id": "absent"},
]
UNKNOWN = ["absent", "null", "unreadable"]
OF_THE_5TH = ["blank", "last", "offset", "start"]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        pytest.param(day(5), [*OF_THE_5TH], id="a day"),
        pytest.param(FIRST, ["before", "old"], id="the first window takes all that is older"),
        pytest.param(day(6), ["end"], id="the end belongs to the next"),
        pytest.param(day(7), [], id="a day without rows"),
        pytest.param(EVERYTHING, ["before", "end", "old", *OF_THE_5TH], id="everything"),
    ],
)
def test_rows_are_loaded_with_their_window_and_unknown_cursors_with_every_window(
    api: ScriptedApi, window: Window, expected: list[str]
) -> None:
    api.always("/items", {"data": ROWS})
    assert sorted(read_ids(declare(resource()), window=window)) == sorted(expected + UNKNOWN)


@pytest.mark.parametrize(
    "order",
    [(day(6), day(5), FIRST), (day(5), FIRST, day(6))],
    ids=["backwards", "mixed"],
)
def test_windows_in_any_order_equal_the_whole(api: ScriptedApi, order: tuple[Window, ...]) -> None:
    api.always("/items", {"data": ROWS})
    declaration = declare(resource())
    for window in order:
        load(declaration, window=window)
    assert table("items") == sorted(found["id"] for found in ROWS)


def test_loading_twice_changes_nothing(api: ScriptedApi) -> None:
    api.always("/items", {"data": ROWS})
    declaration = declare(resource())
    load(declaration)
    columns = list(column_types("items"))
    once = table("items", *columns)
    load(declaration)
    load(declaration, window=day(5))
    assert table("items", *columns) == once


def test_counts_tell_what_became_of_the_rows(api: ScriptedApi) -> None:
    api.always("/items", {"data": ROWS})
    stats = load(declare(resource()), window=day(5))["items"]
    assert (stats.rows_read, stats.rows_loaded, stats.rows_outside) == (10, 7, 3)
    assert (stats.cursors_unreadable, stats.rows_rejected) == (3, 0)


STRANGE: list[Any] = [
    None,
    "",
    "not a date",
    "0000-00-00T00:00:00Z",
    "10:00",
    "12",
    "1767607200",
    0,
    1767607200,
    1767607200000,
    1.5,
    -1,
    True,
    [],
    ["2026-01-05T00:00:00Z"],
    {},
    {"at": 1},
]


CURSORS: dict[str, list[Any]] = {
    "unreadable": STRANGE,
    "before_time_begins": ["0001-01-01T00:00:00+14:00"],
    "after_time_ends": ["9999-12-31T23:59:59-12:00"],
    "a_large_number": [10**18],
    "a_number_beyond_64_bits": [10**30],
}


def test_no_cursor_sinks_a_load_whatever_its_column_is(api: ScriptedApi) -> None:
    kinds = {"timestamps": "timestamp", "texts": "string", "undeclared": None}
    listings: list[dict[str, Any]] = []
    expected: dict[str, tuple[list[int], int]] = {}
    for (cursors, strange), (name, kind) in itertools.product(CURSORS.items(), kinds.items()):
        listed = [row(number, value) for number, value in enumerate(strange)]
        path = f"{cursors}_{name}"
        api.always(f"/{path}", {"data": [*listed, row(len(listed))]})
        fields = {"id": "integer", **({"updated_at": kind} if kind else {})}
        listings.append(resource(path, own={"fields": fields}))
        expected[path] = ([*range(len(strange) + 1)], len(strange))
    stats = load(declare(*listings), window=day(5))
    found = {path: (table(path), stats[path].cursors_unreadable) for path in expected}
    assert found == expected


def both_ways(name: str, older: Any, newer: Any) -> tuple[list[Any], list[Any]]:
    """Two versions of two rows: of the first the newest is listed first, of the second last."""
    first = [row(f"{name} 1", newer, name="newer"), row(f"{name} 1", older, name="older")]
    last = [row(f"{name} 2", older, name="older"), row(f"{name} 2", newer, name="newer")]
    return first, last


@pytest.mark.parametrize("limit", [1, 10], ids=["on two pages", "on one page"])
def test_of_two_versions_of_a_row_the_newest_stays(api: ScriptedApi, limit: int) -> None:
    listed = [
        *both_ways("plain", "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"),
        *both_ways("offset", "2026-01-05T10:00:00+00:00", "2026-01-05T09:00:00-02:00"),
        *both_ways("null", None, "2026-01-05T11:00:00Z"),
    ]
    api.on("/items", by_offset([version for versions in listed for version in versions]))
    load(declare(resource(paginator={"type": "offset", "limit": limit})))
    kept = {f"{name} {number}": "newer" for name in ("plain", "offset", "null") for number in "12"}
    assert dict(table("items", "id", "name")) == kept


STORED: dict[str, tuple[dict[str, Any], dict[str, str], Any, Any]] = {
    "as_text": (
        {"fields": {"updated_at": "string"}},
        {},
        "2026-01-05T10:00:00+00:00",
        "2026-01-05T09:00:00-02:00",
    ),
    "epochs_as_text": ({}, {"cursor_format": "epoch_s"}, "999999999", "1000000000"),
    "nested": (
        {},
        {"cursor_path": "updated_at.value"},
        {"value": "2026-01-05T10:00:00Z"},
        {"value": "2026-01-05T11:00:00Z"},
    ),
}
"""Table → the keys of its resource and of its cursor, and the cursors of two versions."""


def test_the_newest_version_stays_however_its_cursor_is_stored(api: ScriptedApi) -> None:
    listings: list[dict[str, Any]] = []
    for name, (own, incremental, older, newer) in STORED.items():
        first, last = both_ways("row", older, newer)
        api.always(f"/{name}", {"data": [*first, *last]})
        listings.append(resource(name, own=own, incremental=incremental))
    load(declare(*listings))
    newest = {"row 1": "newer", "row 2": "newer"}
    stored = {name: dict(table(name, "id", "name")) for name in STORED}
    assert stored == dict.fromkeys(STORED, newest)
