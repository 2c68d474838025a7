"""Declarations in the form of the public documents, served and loaded: cursors and routers."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import day, declare, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi


def sync(**keys: Any) -> dict[str, Any]:
    return {"cursor_field": "changed", "datetime_format": "%s", **keys}


def option(name: str, place: str = "request_parameter") -> dict[str, str]:
    return {"type": "RequestOption", "field_name": name, "inject_into": place}


OPTIONS = {"start_time_option": option("since"), "end_time_option": option("until")}


@pytest.mark.parametrize(
    ("pattern", "changed", "since", "until"),
    [
        ("%s", 1767607200, "1767571200", "1767657600"),
        ("%ms", 1767607200000, "1767571200000", "1767657600000"),
        ("%Y-%m-%dT%H:%M:%SZ", "2026-01-05T10:00:00Z", "2026-01-05T00:00:00Z", None),
        ("%Y-%m-%d", "2026-01-05T10:00:00+00:00", "2026-01-05", "2026-01-06"),
        ("%Y-%m-%d %H:%M:%S", "2026-01-05 10:00:00", "2026-01-05 00:00:00", None),
        ("%d.%m.%Y", "05.01.2026", "05.01.2026", "06.01.2026"),
    ],
)
def test_the_window_is_sent_and_rows_are_read_in_the_format_of_the_document(
    api: ScriptedApi, pattern: str, changed: Any, since: str, until: str | None
) -> None:
    rows = [{"id": 1, "changed": changed}, {"id": 2, "changed": older(changed)}]
    api.always("/items", {"data": rows})
    declaration = declare(resource(incremental_sync=sync(datetime_format=pattern, **OPTIONS)))
    assert sorted(read_ids(declaration, window=day(5))) == [1]
    assert api.sent("/items", "since") == [since]
    assert until is None or api.sent("/items", "until") == [until]


def older(changed: Any) -> Any:
    """A cursor of the year before, in the same format."""
    return changed // 2 if isinstance(changed, int) else changed.replace("2026", "2025")


@pytest.mark.parametrize("place", ["header", "body_json", "body_data"])
def test_the_window_may_be_sent_in_another_place(api: ScriptedApi, place: str) -> None:
    api.always("/items", {"data": [{"id": 1, "changed": 1767607200}]})
    written = sync(start_time_option=option("since", place), end_time_option=option("until", place))
    ids = sorted(
        read_ids(declare(resource(http_method="POST", incremental_sync=written)), window=day(5))
    )
    (asked,) = api.asked
    assert (asked.method, asked.query) == ("POST", {})
    found: dict[str, Any] = {
        "header": lambda: {key: asked.headers[key] for key in ("since", "until")},
        "body_json": lambda: asked.json,
        "body_data": lambda: dict(pair.split("=") for pair in asked.body.decode().split("&")),
    }[place]()
    assert {key: str(value) for key, value in found.items()} == {
        "since": "1767571200",
        "until": "1767657600",
    }
    assert ids == [1]


def test_the_window_may_be_sent_by_the_paginator(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": "c2"}, {"data": [row(2)]}])
    paginator = {"type": "cursor", "cursor_path": "next", "start_time_option": option("since")}
    assert sorted(read_ids(declare(resource(paginator=paginator)), window=day(5))) == [1, 2]
    assert api.sent("/items", "since") == ["2026-01-05T00:00:00Z"] * 2


ROUTERS: dict[str, Any] = {
    "the path": {"path": "/groups/{{ stream_partition.group }}/items"},
    "the query": {"request_option": option("group")},
    "a header": {"request_option": option("X-Group", "header")},
    "the body": {"method": "POST", "request_option": option("group", "body_json")},
}


@pytest.mark.parametrize("place", ROUTERS)
@pytest.mark.parametrize("as_list", [False, True], ids=["one", "a list"])
def test_a_substream_is_a_child(api: ScriptedApi, place: str, as_list: bool) -> None:
    def items(asked: Asked) -> dict[str, Any]:
        group = {
            "the path": lambda: asked.path.split("/")[-2],
            "the query": lambda: asked.query["group"],
            "a header": lambda: asked.headers["x-group"],
            "the body": lambda: asked.json["group"],
        }[place]()
        return {"data": [row(f"{group}-1")]}

    api.always("/groups", {"data": [row(1, slug="x"), row(2, slug="y")]})
    for path in ("/items", "/groups/x/items", "/groups/y/items"):
        api.on(path, items)
    router: dict[str, Any] = {
        "type": "substream",
        "parent_stream": "groups",
        "parent_key": "slug",
        "partition_field": "group",
    }
    keys = dict(ROUTERS[place])
    if "request_option" in keys:
        router["request_option"] = keys.pop("request_option")
    child = resource(**keys, partition_router=[router] if as_list else router)
    both = read_ids(declare(resource("groups"), child))
    assert sorted(map(str, both)) == ["1", "2", "x-1", "y-1"]
