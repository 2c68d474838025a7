"""Processing steps in a load: before cursor, key, window, children and schema see a row."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.large_json import LARGE
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    load,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi


def steps(*written: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {"processing_steps": list(written), **own}


def test_rows_that_a_filter_leaves_out_are_counted_and_end_no_listing(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        first = int(asked.query["offset"])
        rows = [row(n, kind="a" if n > 4 else "b") for n in range(first, min(first + 2, 7))]
        return {"data": rows}

    api.on("/items", script)
    own = steps({"filter": "{{ record.kind == 'a' }}"})
    stats = load(declare(resource(paginator={"type": "offset", "limit": 2}, own=own)))["items"]
    assert table("items") == [5, 6]
    assert (stats.rows_read, stats.rows_filtered, stats.rows_loaded) == (7, 5, 2)
    assert stats.warnings == []


def test_a_key_and_a_cursor_may_be_derived(api: ScriptedApi) -> None:
    rows = [{"n": n, "at": {"day": f"2026-01-0{n}", "time": "10:00:00Z"}} for n in (4, 5, 6)]
    api.always("/items", {"data": rows})
    own = steps(
        {
            "add": {
                "id": "{{ 'k' ~ record.n }}",
                "moment": "{{ record.at.day ~ 'T' ~ record.at.time }}",
            }
        },
        {"rename": {"moment": "changed"}},
        {"remove": ["at"]},
    )
    stats = load(declare(resource(incremental={"cursor_path": "changed"}, own=own)), window=day(5))[
        "items"
    ]
    assert table("items", "id", "n") == [("k5", 5)]
    assert stats.rows_outside == 2


@pytest.mark.parametrize("has_steps", [False, True])
def test_a_key_may_be_a_field_of_an_object(api: ScriptedApi, has_steps: bool) -> None:
    rows = [{"meta": {"id": n}, "v": v, "updated_at": "2026-01-05"} for n, v in ((1, 1), (2, 1))]
    later = [{"meta": {"id": 2}, "v": 2, "updated_at": "2026-01-05"}]
    own = {"primary_key": "meta.id", **(steps({"filter": "{{ true }}"}) if has_steps else {})}
    for body in (rows, later):
        api.always("/items", {"data": body})
        load(declare(resource(own=own)))
    assert table("items", "meta_id", "v") == [(1, 1), (2, 2)]


def test_a_row_without_its_nested_key_is_rejected(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"meta": None, "updated_at": "2026-01-05"}]})
    stats = extract(declare(resource(own={"primary_key": "meta.id"})))["items"]
    assert stats.rows_rejected == 1


def test_a_parents_rows_are_processed_before_their_children_are_requested(
    api: ScriptedApi,
) -> None:
    api.always("/groups", {"data": [row(n, live=n != 2) for n in (1, 2, 3)]})
    api.on("/items", lambda asked: {"data": [row(asked.query["of"])]})
    own = steps({"filter": "{{ record.live }}"}, {"add": {"slug": "g{{ record.id }}"}})
    params = {"of": "{resources.groups.slug}"}
    load(declare(resource("groups", own=own), resource(params=params)))
    assert table("items") == ["g1", "g3"]
    assert table("groups") == [1, 3]


def test_a_step_reads_settings_the_partition_and_the_window(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__ORG", "acme")
    api.always("/groups", {"data": [row(7)]})
    api.always("/7/items", {"data": [row(1)]})
    own = steps(
        {
            "add": {
                "org": "{{ config['org'] }}",
                "of": "{{ stream_partition.group }}",
                "kind": "{{ stream_slice['kind'] }}",
                "since": "{{ stream_interval['start_time'] }}",
            }
        }
    )
    params = {
        "group": {"type": "resolve", "resource": "groups", "field": "id"},
        "kind": {"type": "each", "values": ["k"]},
    }
    declaration = declare(
        resource("groups"),
        resource(path="/{{ stream_partition.group }}/items", params=params, own=own),
    )
    load(declaration, "items", window=day(5))
    assert table("items", "org", "of", "kind", "since") == [
        ("acme", 7, "k", table("items", "since")[0])
    ]
    assert str(table("items", "since")[0]).startswith("2026-01-05")


@pytest.mark.parametrize("has_filter", [False, True])
def test_the_rows_of_a_large_page_are_processed(api: ScriptedApi, has_filter: bool) -> None:
    count = LARGE // 1_000
    api.always("/items", {"data": [row(n, text="x" * 1_000) for n in range(count)]})
    own = steps({"add": {"twice": "{{ record.id * 2 }}"}}, {"remove": ["text"]})
    if has_filter:
        own["processing_steps"].append({"filter": "record.id < 10"})
    load(declare(resource(own=own)))
    assert table("items") == list(range(10 if has_filter else count))
    assert table("items", "twice")[3] == 6


def test_an_error_names_the_step_and_no_value(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, at="canary")]})
    own = steps({"add": {"x": "{{ format_datetime(record.at, '%Y') }}"}})
    error = failure(declare(resource(own=own)))
    assert isinstance(error, ApiError)
    assert str(error) == (
        "demo.items: processing_steps.add.x '{{ format_datetime(record.at, '%Y') }}' cannot be "
        "evaluated (ValueError); compare it with the settings and a response of the API"
    )


def test_a_long_body_gets_all_changes_of_its_rows(api: ScriptedApi) -> None:
    """Steps, the fields of the parent and the mask, each of which changes rows as they are read."""
    sent = [row(n, email="clear", filler="x" * 200) for n in range(LARGE // 200)]
    api.always("/lists", {"data": [{"id": 7}]})
    api.always("/lists/7/items", {"data": sent})
    own = steps(
        {"add": {"kind": "a"}},
        {"rename": {"filler": "text"}},
        include_from_parent=["id"],
        mask={"email": "redact"},
    )
    items = resource(path="lists/{resources.lists.id}/items", incremental=None, own=own)
    load(declare(resource("lists", incremental=None), items))
    columns = ("_lists_id", "kind", "email")
    assert set(table("items", *columns)) == {(7, "a", "***")}
    assert len(table("items", "text")) == len(sent)
