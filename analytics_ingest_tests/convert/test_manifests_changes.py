"""A stream with another for its changes is read from both, or loaded whole each time."""

from typing import Any

import pytest

from analytics_ingest.declaration.validation.changes import select_changes
from analytics_ingest_tests.convert.manifests import manifest, requester, stream
from analytics_ingest_tests.convert.writing import Desk, Written
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, serving

SYNC: dict[str, Any] = {
    "type": "DatetimeBasedCursor",
    "cursor_field": "updated",
    "cursor_datetime_formats": ["%s"],
    "datetime_format": "%s",
    "start_datetime": "2026-01-01T00:00:00Z",
    "start_time_option": {
        "type": "RequestOption",
        "inject_into": "request_parameter",
        "field_name": "created[gte]",
    },
}
OF_ALL = [
    {"type": "AddFields", "fields": [{"path": ["updated"], "value": "{{ record['created'] }}"}]}
]
OF_EVENTS = [
    {
        "type": "AddFields",
        "fields": [{"path": ["object", "updated"], "value": "{{ record['created'] }}"}],
    },
    {"type": "DpathFlattenFields", "field_path": ["object"], "replace_record": True},
]
EVENTS = stream("orders", "/events", incremental_sync=SYNC, transformations=OF_EVENTS)
ORDERS = stream("orders", incremental_sync=SYNC, transformations=OF_ALL)
BOTH: dict[str, Any] = {
    "type": "StateDelegatingStream",
    "name": "orders",
    "api_retention_period": "P30D",
    "full_refresh_stream": ORDERS,
    "incremental_stream": EVENTS,
}


def new(desk: Desk, *streams: dict[str, Any]) -> Written:
    return desk.new(manifest(*streams), file="manifest.yaml")


def with_parent(path: str, of: dict[str, Any]) -> dict[str, Any]:
    """A stream that is listed for each row of another."""
    config = {
        "type": "ParentStreamConfig",
        "stream": of,
        "parent_key": "id",
        "partition_field": "order",
    }
    router = {"type": "SubstreamPartitionRouter", "parent_stream_configs": [config]}
    return stream("items", requester=requester(path), partition_router=router)


def test_both_streams_become_one_resource(desk: Desk) -> None:
    resource = new(desk, BOTH).resource("orders")
    assert resource["changes"] == {
        "kept_for": "30d",
        "processing_steps": [
            {"add": {"object.updated": "{{ record['created'] }}"}},
            {"flatten_path": {"path": ["object"], "replace_record": True}},
        ],
        "endpoint": {
            "path": "/events",
            "incremental": {"start_param": "created[gte]", "param_format": "epoch_s"},
        },
    }
    assert resource["endpoint"]["incremental"]["cursor_path"] == "updated"


def test_its_rows_are_loaded_from_both(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def events(asked: Asked) -> Any:
        assert asked.query["created[gte]"]
        return [{"id": "e1", "created": 1767500000, "object": {"id": "o1", "state": "paid"}}]

    declaration = new(desk, BOTH).declaration
    with serving() as hub:
        api = hub.new_api()
        api.always("/orders", [{"id": "o1", "created": 1767400000, "state": "new"}])
        api.on("/events", events)
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(select_changes(declaration, ["orders"]))
    (row,) = table("shop.orders")
    assert (row["id"], row["state"]) == ("o1", "paid")


def test_a_child_is_listed_for_all_rows_not_for_those_that_changed(desk: Desk) -> None:
    written = new(desk, BOTH, with_parent("/orders/{{ stream_partition.order }}/items", BOTH))
    assert (
        written.resource("items")["endpoint"]["path"]
        == "/orders/{resources.orders_parent.id}/items"
    )
    parent = written.resource("orders_parent")
    assert parent["selected"] is False
    assert "changes" not in parent
    assert written.resource("orders")["changes"]


def test_all_parents_are_asked_where_their_listing_shows_no_changes(desk: Desk) -> None:
    child = with_parent("/orders/{{ stream_partition.order }}/items", BOTH)
    (config,) = child["retriever"]["partition_router"]["parent_stream_configs"]
    config["incremental_dependency"] = True
    written = new(desk, {**child, "incremental_sync": SYNC})
    assert "parents" not in written.resource("items")
    assert "items: all parents are asked" in written.report


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"api_retention_period": None}, "nothing says how long the API keeps its changes"),
        ({"incremental_stream": {**EVENTS, "primary_key": ["key"]}}, "another primary key"),
        (
            {"incremental_stream": {**EVENTS, "incremental_sync": None}},
            "one of the two streams has no cursor",
        ),
        (
            {"incremental_stream": with_parent("/{{ stream_partition.order }}", ORDERS)},
            "it has a partition_router",
        ),
        (
            {
                "incremental_stream": stream(
                    requester=requester(url_base="https://other.test"), incremental_sync=SYNC
                )
            },
            "its changes are on a different host",
        ),
    ],
    ids=["retention", "key", "cursor", "parent", "host"],
)
def test_it_is_loaded_whole_where_the_changes_do_not_fit(
    desk: Desk, other: dict[str, Any], reason: str
) -> None:
    written = new(desk, {**BOTH, **other})
    resource = written.resource("orders")
    assert resource["endpoint"]["incremental"] is None
    assert "changes" not in resource
    assert "orders: loaded whole each time: " in written.report
    assert reason in written.report


def test_what_the_changes_of_several_streams_share_is_written_once(desk: Desk) -> None:
    items = {
        **BOTH,
        "name": "items",
        "full_refresh_stream": {**ORDERS, "name": "items"},
        "incremental_stream": {**EVENTS, "name": "items"},
    }
    written = new(desk, BOTH, items)
    assert [written.resource(name)["changes"] for name in ("orders", "items")] == [{}, {}]
    shared = written.attributes["resource_defaults"]["changes"]
    assert (shared["kept_for"], shared["endpoint"]["path"]) == ("30d", "/events")
    resolved = written.declaration.resources
    assert [r.changes and r.changes.path for r in resolved.values()] == ["/events", "/events"]
