"""What a stream of a manifest reads of its parents, and of the parents of these."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import manifest, requester, stream
from analytics_ingest_tests.convert.writing import API, Desk
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, serving

FILE = "manifest.yaml"


def below(parent: dict[str, Any], field: str, **keys: Any) -> dict[str, Any]:
    """A router by the ids of a parent's rows."""
    config = {"stream": parent, "parent_key": "id", "partition_field": field, **keys}
    return {"type": "SubstreamPartitionRouter", "parent_stream_configs": [config]}


SHOP = "{{ stream_partition.shop }}"


def added(field: str, value: str) -> dict[str, Any]:
    return {"type": "AddFields", "fields": [{"path": [field], "value": value}]}


SHOPS = stream("shops")
ORDERS = stream(
    "orders",
    requester=requester("/shops/{{ stream_partition.shop }}/orders"),
    partition_router=below(SHOPS, "shop"),
)
ITEMS = "/shops/{{ stream_slice.parent_slice.shop }}/orders/{{ stream_slice.order }}/items"
PAIRS = "/shops/{{ stream_partition.shop }}/orders/{{ stream_partition.order }}/items"


@pytest.mark.parametrize(
    ("path", "router"),
    [
        (ITEMS, below(ORDERS, "order")),
        (PAIRS, [below(SHOPS, "shop"), below(ORDERS, "order")]),
    ],
    ids=["of the parent's slice", "of both parents"],
)
def test_a_path_names_the_row_of_a_parent_and_of_the_one_above_it(
    desk: Desk, path: str, router: Any
) -> None:
    items = stream("items", requester=requester(path), partition_router=router)
    written = desk.new(manifest(SHOPS, ORDERS, items), file=FILE)
    assert written.resource("orders")["include_from_parent"] == ["id"]
    asked = "/shops/{resources.orders._shops_id}/orders/{resources.orders.id}/items"
    assert written.endpoint("items")["path"] == asked


def test_a_path_names_the_row_of_a_parent_two_levels_above(desk: Desk) -> None:
    routers = [below(SHOPS, "shop"), below(ORDERS, "order")]
    items = stream("items", requester=requester(PAIRS), partition_router=routers)
    path = "/shops/{{ stream_partition.shop }}/items/{{ stream_partition.item }}/notes"
    pairs = [below(SHOPS, "shop"), below(items, "item")]
    notes = stream("notes", requester=requester(path), partition_router=pairs)
    written = desk.new(manifest(SHOPS, ORDERS, items, notes), file=FILE)
    carried = {
        name: written.resource(name).get("include_from_parent") for name in ("orders", "items")
    }
    assert carried == {"orders": ["id"], "items": ["_shops_id"]}
    asked = "/shops/{resources.items._orders__shops_id}/items/{resources.items.id}/notes"
    assert written.endpoint("notes")["path"] == asked


def test_two_fields_of_one_parent_are_of_the_same_row(desk: Desk) -> None:
    path = "/{{ stream_partition.region }}/shops/{{ stream_partition.shop }}/items"
    routers = [below(SHOPS, "shop"), below(SHOPS, "region", parent_key="region")]
    items = stream("items", requester=requester(path), partition_router=routers)
    written = desk.new(manifest(SHOPS, items), file=FILE)
    assert (
        written.endpoint("items")["path"]
        == "/{resources.shops.region}/shops/{resources.shops.id}/items"
    )
    assert "items: is listed for each row of shops, not for all pairs of them" in written.report


def test_rows_keep_further_fields_of_their_parents(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = stream(
        "items",
        requester=requester(PAIRS),
        partition_router=[
            below(SHOPS, "shop"),
            below(ORDERS, "order", extra_fields=[["at"], ["by", "name"]]),
        ],
        transformations=[
            added("ordered", "{{ stream_slice.extra_fields['at'] }}"),
            added("buyer", "{{ stream_slice.extra_fields['by.name'] | upper }}"),
        ],
    )
    written = desk.new(manifest(SHOPS, ORDERS, items), file=FILE)

    def orders(asked: Asked) -> Reply:
        shop = asked.path.split("/")[2]
        return Reply([{"id": f"{shop}1", "at": f"day {shop}", "by": {"name": f"ann {shop}"}}])

    with serving() as hub:
        api = hub.new_api()
        api.always("/shops", [{"id": "a"}, {"id": "b"}])
        for shop in ("a", "b"):
            api.on(f"/shops/{shop}/orders", orders)
            api.always(f"/shops/{shop}/orders/{shop}1/items", [{"id": f"i{shop}"}])
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    loaded = [(row["id"], row["ordered"], row["buyer"]) for row in table("shop.items")]
    assert sorted(loaded) == [("ia", "day a", "ANN A"), ("ib", "day b", "ANN B")]


def test_a_parameter_that_sends_the_parent_is_read_by_its_name_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "shop"}
    router = below(SHOPS, "shop", request_option=option)
    items = stream("items", partition_router=router, transformations=[added("in", SHOP)])
    written = desk.new(manifest(SHOPS, items), file=FILE)
    binding = {"type": "resolve", "resource": "shops", "field": "id"}
    assert written.endpoint("items")["params"] == {"shop": binding}
    with serving() as hub:
        api = hub.new_api()
        api.always("/shops", [{"id": "a b"}, {"id": "c&d"}])
        api.on("/items", lambda asked: Reply([{"id": "of " + asked.query["shop"]}]))
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    loaded = [(row["id"], row["in"]) for row in table("shop.items")]
    assert sorted(loaded) == [("of a b", "a b"), ("of c&d", "c&d")]


def test_two_values_of_one_name_are_distinguished_or_refused(desk: Desk) -> None:
    above = stream("above", partition_router=below(SHOPS, "id"))
    reading = added("top", "{{ stream_slice.parent_slice.id ~ stream_slice.id }}")
    items = stream("items", partition_router=below(above, "id"), transformations=[reading])
    status, printed, _ = desk.run(manifest(SHOPS, above, items), file=FILE, api="shop")
    assert status == 3
    assert "items: two values of a request are called id" in printed


def test_only_changed_parents_are_asked_where_both_have_cursors(desk: Desk) -> None:
    sync = {"cursor_field": "changed", "datetime_format": "%s", "start_datetime": "2026-02-01"}
    cursor = {"type": "DatetimeBasedCursor", **sync}
    shops = stream("shops", incremental_sync=cursor)
    router = below(shops, "shop", incremental_dependency=True)
    path = requester("/shops/{{ stream_partition.shop }}/orders")
    orders = stream("orders", requester=path, partition_router=router, incremental_sync=cursor)
    assert desk.new(manifest(shops, orders), file=FILE).resource("orders")["parents"] == "changed"
    whole = stream("orders", requester=path, partition_router=router)
    written = desk.new(manifest(shops, whole), file=FILE, api="other")
    assert "parents" not in written.resource("orders")
    assert any("all parents are asked: changed needs a cursor" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("inner", "param"),
    [
        (
            below(stream(), "order"),
            {"type": "resolve", "resource": "orders", "field": "id", "group": 50},
        ),
        (
            {"type": "ListPartitionRouter", "cursor_field": "order", "values": ["a", "b", "c"]},
            {"type": "each", "values": ["a", "b", "c"], "group": 50},
        ),
    ],
    ids=["rows", "values"],
)
def test_partitions_that_are_grouped_share_requests(
    desk: Desk, inner: dict[str, Any], param: dict[str, Any]
) -> None:
    router = {
        "type": "GroupingPartitionRouter",
        "group_size": 50,
        "underlying_partition_router": inner,
    }
    ids = {"ids": "{{ stream_partition['order'] | join(',') }}"}
    items = stream(
        "items", requester=requester("/items", request_parameters=ids), partition_router=router
    )
    written = desk.new(manifest(stream(), items), file="manifest.yaml")
    params = written.resource("items")["endpoint"]["params"]
    assert params == {**ids, "order": param}
    groups = [parent.group for parent in written.declaration.resources["items"].parents]
    assert groups == ([50] if param["type"] == "resolve" else [])


@pytest.mark.parametrize(
    "other",
    [
        below(stream("markets"), "shop"),
        {"type": "ListPartitionRouter", "cursor_field": "shop", "values": ["a", "b"]},
    ],
)
def test_two_partitions_of_one_name_skip_their_stream(desk: Desk, other: dict[str, Any]) -> None:
    routers = [below(SHOPS, "shop"), other]
    items = stream("items", requester=requester(f"/{SHOP}/items"), partition_router=routers)
    status, printed, _ = desk.run(manifest(SHOPS, items), file=FILE, api=API)
    assert status == 3
    assert "items: two of its partitions are called shop" in printed
