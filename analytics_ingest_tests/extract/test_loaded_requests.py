"""Each placeholder, router and form of request of the dialect, from a socket to a table."""

from typing import Any

import pytest

from analytics_ingest_tests.extract.cases import (
    ALL,
    RESOLVE,
    ROWS,
    TWO_PARENTS,
    Case,
    asked_with,
    expected,
    load_together,
    only,
)
from analytics_ingest_tests.support.loads import day
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Hub, Script

SUBSTREAM = {
    "type": "substream",
    "parent_stream": "parents",
    "parent_key": "slug",
    "partition_field": "parent",
}
LIST = {"type": "list", "cursor_field": "kind", "values": ["x", "y"]}
SYNC = {
    "cursor_field": "updated_at",
    "datetime_format": "%s",
    "step": "P1D",
    "start_time_option": {"field_name": "since", "inject_into": "request_parameter"},
    "end_time_option": {"field_name": "until", "inject_into": "request_parameter"},
}
EPOCHS = {"data": [{**one, "updated_at": 1767607200} for one in ROWS]}
OF_THE_DAY = asked_with({"since": "1767571200", "until": "1767657600"}, EPOCHS)


def posted(is_right: Any) -> Script:
    return only(lambda asked: asked.method == "POST" and is_right(asked))


def of_kind(asked: Asked) -> dict[str, Any]:
    return {"data": ROWS[:2] if asked.query["kind"] == "x" else ROWS[2:]}


PLACEHOLDERS = {
    **{
        f"{written} of a parent": Case(
            {"path": f"/parents/{written}/items", "params": RESOLVE}, TWO_PARENTS
        )
        for written in ("{parent}", "{{ parent }}", "{stream_slice.parent}")
    },
    **{
        f"{written} of a setting": Case(
            {"path": f"/of/{written}/items"}, {"/of/a%20b/items": ALL}, settings={"team": "a b"}
        )
        for written in ("{{ config['team'] }}", "{config.team}", "{settings.team}")
    },
    "{{ stream_partition.x }} of a router": Case(
        {"path": "/parents/{{ stream_partition.parent }}/items"},
        TWO_PARENTS,
        own={"partition_router": SUBSTREAM},
    ),
    "a list of values": Case(
        {"partition_router": {**LIST, "request_option": {"field_name": "kind"}}},
        {"/items": of_kind},
    ),
    "two lists of values, one of them a setting": Case(
        {
            "path": "/{kind}",
            "params": {
                "kind": {"type": "each", "values": ["x", "y"]},
                "of": {"type": "each", "values": "{settings.teams}"},
            },
        },
        {
            "/x": lambda asked: {"data": [row(f"x-{asked.query['of']}")]},
            "/y": lambda asked: {"data": [row(f"y-{asked.query['of']}")]},
        },
        settings={"teams": "a, b"},
        expected=("x-a", "x-b", "y-a", "y-b"),
    ),
}
REQUESTS = {
    "incremental_sync of the resource": Case(
        own={"incremental_sync": SYNC}, serve={"/items": OF_THE_DAY}, window=day(5)
    ),
    "incremental_sync of the endpoint": Case(
        {"incremental_sync": SYNC}, {"/items": OF_THE_DAY}, window=day(5)
    ),
    "POST with params": Case(
        {"http_method": "POST", "params": {"a": 1}},
        {"/items": posted(lambda asked: asked.query == {"a": "1"})},
    ),
    "POST with json": Case(
        {"method": "POST", "json": {"a": [1, {"b": "{settings.team}"}]}},
        {"/items": posted(lambda asked: asked.json == {"a": [1, {"b": "a b"}]})},
        settings={"team": "a b"},
    ),
    "POST of a form": Case(
        {"method": "POST", "data": {"team": "{settings.team}"}},
        {"/items": posted(lambda asked: asked.body == b"team=a+b")},
        settings={"team": "a b"},
    ),
}
CASES = {**PLACEHOLDERS, **REQUESTS}


def test_what_is_asked_for_is_loaded(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_together(CASES, hub, monkeypatch) == expected(CASES)
