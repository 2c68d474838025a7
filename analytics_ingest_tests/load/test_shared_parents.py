"""Rows of a parent that ask for the same listing share its request, and each has its rows."""

from typing import Any

from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

ORDERS = [row(1, customer=5), row(2, customer=5), row(3, customer=6), row(4, customer=5)]
EXPECTED = [(1, 50), (2, 50), (3, 60), (4, 50)]


def customers(**own: Any) -> dict[str, Any]:
    keys = {"include_from_parent": ["id"], "primary_key": ["_orders_id", "id"], **own}
    return resource("customers", path="/customers/{resources.orders.customer}", own=keys)


def serve(api: ScriptedApi) -> None:
    api.always("/customers/5", {"data": [row(50)]})
    api.always("/customers/6", {"data": [row(60)]})


def test_each_row_of_the_parent_has_the_rows_and_each_listing_one_request(
    api: ScriptedApi,
) -> None:
    api.always("/orders", {"data": ORDERS})
    serve(api)
    load(declare(resource("orders"), customers()))
    assert table("customers", "_orders_id", "id") == EXPECTED
    assert sorted(asked.path for asked in api.asked) == ["/customers/5", "/customers/6", "/orders"]


def test_they_may_come_on_later_pages_of_the_parent(api: ScriptedApi) -> None:
    api.on("/orders", by_offset(ORDERS))
    serve(api)
    orders = resource("orders", paginator={"type": "offset", "limit": 2})
    load(declare(orders, customers()))
    assert table("customers", "_orders_id", "id") == EXPECTED


def test_children_without_fields_of_the_parent_are_loaded_once(api: ScriptedApi) -> None:
    api.always("/orders", {"data": ORDERS})
    serve(api)
    load(declare(resource("orders"), customers(include_from_parent=[], primary_key="id")))
    assert table("customers") == [50, 60]


def test_children_of_the_children_are_asked_for_once(api: ScriptedApi) -> None:
    api.always("/orders", {"data": ORDERS})
    serve(api)
    api.always("/notes/50", {"data": [row(500)]})
    api.always("/notes/60", {"data": [row(600)]})
    notes = resource("notes", path="/notes/{resources.customers.id}")
    load(declare(resource("orders"), customers(), notes))
    assert table("notes") == [500, 600]
    assert len([asked for asked in api.asked if asked.path.startswith("/notes")]) == 2


def test_a_row_of_the_parent_that_is_returned_twice_and_has_changed_opens_its_listing_once(
    api: ScriptedApi,
) -> None:
    """Without a primary key, every row of the listing would be stored twice."""

    def serve_by_state(asked: Asked) -> Any:
        return {"data": [row(1, customer=5, state=asked.query["state"])]}

    api.on("/orders", serve_by_state)
    serve(api)
    states = {"state": {"type": "each", "values": ["open", "closed"]}}
    orders = resource("orders", params=states)
    load(declare(orders, customers(include_from_parent=["state"], primary_key=[])))
    assert table("customers") == [50]
    assert sorted(asked.path for asked in api.asked) == ["/customers/5", "/orders", "/orders"]


def test_a_key_with_a_field_of_the_parent_keeps_the_rows_of_each_of_its_values(
    api: ScriptedApi,
) -> None:
    def serve_by_state(asked: Asked) -> Any:
        state = asked.query["state"]
        others = [row(2, customer=5, state="closed"), row(3, customer=6, state="open")]
        return {"data": [row(1, customer=5, state=state), *(others if state == "closed" else [])]}

    api.on("/orders", serve_by_state)
    serve(api)
    states = {"state": {"type": "each", "values": ["open", "closed"]}}
    keys = {"include_from_parent": ["state"], "primary_key": ["_orders_state", "id"]}
    load(declare(resource("orders", params=states), customers(**keys)))
    expected = [("closed", 50), ("open", 50), ("open", 60)]
    assert sorted(table("customers", "_orders_state", "id")) == expected
