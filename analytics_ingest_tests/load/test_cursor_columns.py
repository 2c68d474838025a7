"""The cursor's column: its place in a row, its format, and its type in the warehouse."""

from typing import Any

import pytest

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
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

SECONDS = 1767607200  # 2026-01-05T10:00:00Z
DAY = 24 * 3600


def cursor(**keys: Any) -> dict[str, Any]:
    return {"incremental": {"cursor_path": "at", **keys}}


@pytest.mark.parametrize(
    ("cursor_format", "at", "next_day"),
    [
        pytest.param("epoch_s", SECONDS, SECONDS + DAY, id="epoch_s"),
        pytest.param("epoch_s", str(SECONDS), str(SECONDS + DAY), id="epoch_s as text"),
        pytest.param("epoch_ms", SECONDS * 1000, (SECONDS + DAY) * 1000, id="epoch_ms"),
        pytest.param("%d.%m.%Y %H:%M", "05.01.2026 10:00", "06.01.2026 10:00", id="pattern"),
        pytest.param("iso8601", "2026-01-05T10:00:00Z", "2026-01-06T10:00:00Z", id="iso8601"),
    ],
)
def test_windows_follow_the_declared_format(
    api: ScriptedApi, cursor_format: str, at: Any, next_day: Any
) -> None:
    api.always("/items", {"data": [{"id": 1, "at": at}, {"id": 2, "at": next_day}]})
    declaration = declare(resource(**cursor(cursor_format=cursor_format)))
    assert read_ids(declaration, window=day(5)) == [1]
    assert read_ids(declaration, window=day(6)) == [2]


AS_MOMENTS: dict[str, tuple[str, Any]] = {
    "epoch_s": ("epoch_s", SECONDS),
    "epoch_s_text": ("epoch_s", str(SECONDS)),
    "epoch_ms": ("epoch_ms", SECONDS * 1000),
    "epoch_ms_text": ("epoch_ms", str(SECONDS * 1000)),
    "pattern": ("%d.%m.%Y %H:%M", "05.01.2026 10:00"),
    "iso8601_blanks": ("iso8601", "2026-01-05 12:00:00 +0200"),
    "iso8601_nanoseconds": ("iso8601", "2026-01-05T10:00:00.000000000Z"),
}


def test_a_cursor_declared_as_timestamp_is_stored_as_the_moment_that_it_is(
    api: ScriptedApi,
) -> None:
    own = {"fields": {"id": "integer", "at": "timestamp"}}
    listings: list[dict[str, Any]] = []
    for name, (cursor_format, at) in AS_MOMENTS.items():
        api.always(f"/{name}", {"data": [{"id": 1, "at": at}]})
        listings.append(resource(name, own=own, **cursor(cursor_format=cursor_format)))
    load(declare(*listings))
    stored = {name: (*column_types(name).values(), *table(name, "at")) for name in AS_MOMENTS}
    moment = ("BIGINT", "TIMESTAMP WITH TIME ZONE", utc(2026, 1, 5, 10))
    assert stored == dict.fromkeys(AS_MOMENTS, moment)


def test_an_epoch_declared_as_something_else_is_stored_as_it_came(api: ScriptedApi) -> None:
    cases: dict[str, tuple[str | None, Any]] = {
        "BIGINT": ("integer", SECONDS * 1000),
        "VARCHAR": ("string", str(SECONDS)),
        "DOUBLE": ("number", SECONDS + 0.5),
        "undeclared": (None, SECONDS),
    }
    listings: list[dict[str, Any]] = []
    for name, (kind, at) in cases.items():
        api.always(f"/{name}", {"data": [{"id": 1, "at": at}]})
        own = {"fields": {"id": "integer", "at": kind} if kind else {}}
        listed = resource(name.lower(), own=own, path=name, **cursor(cursor_format="epoch_s"))
        listings.append(listed)
    load(declare(*listings))
    stored = {n: (column_types(n.lower())["at"], *table(n.lower(), "at")) for n in cases}
    assert stored == {
        name: ("BIGINT" if kind is None else name, at) for name, (kind, at) in cases.items()
    }


def test_a_cursor_may_be_deep_in_a_row(api: ScriptedApi) -> None:
    rows = [
        {"id": 1, "meta": {"times": {"changed": "2026-01-05T10:00:00Z"}}},
        {"id": 2, "meta": {"times": {"changed": "2026-01-06T10:00:00Z"}}},
        {"id": 3, "meta": None},
        {"id": 4},
        {"id": 5, "meta": []},
    ]
    api.always("/items", {"data": rows})
    declaration = declare(resource(incremental={"cursor_path": "meta.times.changed"}))
    load(declaration, window=day(5))
    assert table("items") == [1, 3, 4, 5]
    assert (
        table("items", "meta", order_by="id")[0] == '{"times":{"changed":"2026-01-05T10:00:00Z"}}'
    )


def test_a_cursor_of_camel_case_is_found_in_rows_and_stored_in_snake_case(
    api: ScriptedApi,
) -> None:
    rows = [
        {"itemId": 1, "updatedAt": "2026-01-05T10:00:00Z", "name": "older"},
        {"itemId": 1, "updatedAt": "2026-01-05T11:00:00+00:00", "name": "newer"},
        {"itemId": 2, "updatedAt": "2026-01-06T10:00:00Z", "name": "of the next day"},
    ]
    api.always("/items", {"data": rows})
    own = {
        "primary_key": "itemId",
        "fields": {"itemId": "integer", "updatedAt": "timestamp", "name": "string"},
    }
    declaration = declare(resource(own=own, incremental={"cursor_path": "updatedAt"}))
    load(declaration, window=day(5))
    load(declaration, window=day(5))
    found = table("items", "item_id", "updated_at", "name")
    assert found == [(1, utc(2026, 1, 5, 11), "newer")]


def test_a_snapshot_takes_no_notice_of_windows(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, "2019-01-01"), row(2, "2026-01-05"), {"id": 3}]})
    stats = load(declare(resource(incremental=None)), window=day(9))["items"]
    assert table("items") == [1, 2, 3]
    assert (stats.rows_outside, stats.cursors_unreadable) == (0, 0)


def test_a_snapshot_with_a_key_is_merged(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1, n="a"), row(2, n="b")]}, {"data": [row(2, n="c")]}])
    declaration = declare(resource(incremental=None))
    load(declaration)
    load(declaration)
    assert table("items", "id", "n") == [(1, "a"), (2, "c")]


def test_a_snapshot_that_is_replaced_holds_what_the_api_holds_now(api: ScriptedApi) -> None:
    fields = {"fields": {"id": "integer", "n": "string"}, "allow_empty": True}
    owns = {"keyless": {"primary_key": None}, "declared": {"write_disposition": "replace"}}
    held: list[dict[str, Any]] = [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}]
    for name in owns:
        api.in_turn(f"/{name}", [{"data": held}, {"data": held[1:]}, {"data": []}])
    declaration = declare(
        *(resource(name, own={**own, **fields}, incremental=None) for name, own in owns.items())
    )
    for expected in ([1, 2], [2], []):
        load(declaration)
        assert {name: table(name) for name in owns} == dict.fromkeys(owns, expected)
