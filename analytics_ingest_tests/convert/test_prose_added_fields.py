"""Fields that the prose says are added to rows: of another field, or of the parent."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
NOTES = '{"name": "order_notes", "endpoint": {"path": "/orders/{order_id}/notes"}}'
LINES = '{"name": "lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
ON_ORDERS = "### Orders\n\n"
OF_PARENT = {"add": {"order_id": {"value": "{{ stream_partition.order_id }}", "type": "any"}}}
ADDED: list[tuple[str, str, dict[str, Any]]] = [
    ("To the notes the field `order_id` is added.", "order_notes", OF_PARENT),
    ("`order_id` is added to every record of `order_notes`.", "order_notes", OF_PARENT),
    ("Each note gets the field `order_id`.", "order_notes", OF_PARENT),
    ("The field `order_id` is added to each line.", "lines", OF_PARENT),
    ("The `id` of the order is added to each note as `order_id`.", "order_notes", OF_PARENT),
    ("The id of its order is added to each line as `order_id`.", "lines", OF_PARENT),
    (
        "The field `order_id` is added to each line; its value is the `id` of the parent order.",
        "lines",
        OF_PARENT,
    ),
    ("The order's `id` is added to each line as `order_id`.", "lines", OF_PARENT),
    ("The parent's `id` is added to each line as `order_id`.", "lines", OF_PARENT),
    ("The id of the parent is added to each line as `order_id`.", "lines", OF_PARENT),
    ("Each line gets `order_id`, the `id` of its parent.", "lines", OF_PARENT),
    ("The `order_id` of the request is added to each line.", "lines", OF_PARENT),
    ("Each line gets the `id` of its order as `order_id`.", "lines", OF_PARENT),
    (
        "What identifies a row is nested in `order.id`. To each order a field `key` is added with "
        "this value.",
        "orders",
        {"add": {"key": {"value": "{{ record['order']['id'] }}", "type": "any"}}},
    ),
    (
        "A field `key` with the value of `order.id` is added to all orders.",
        "orders",
        {"add": {"key": {"value": "{{ record['order']['id'] }}", "type": "any"}}},
    ),
    (
        "The records of `orders` get a field `key` with the value of the field `uid`.",
        "orders",
        {"add": {"key": {"value": "{{ record['uid'] }}", "type": "any"}}},
    ),
]
UNCHANGED = [
    "The field `order_id` is not added to the notes.",
    "The field `order_id` may be added to the notes.",
    "The field `order_id` was added to the notes.",
    "If it is missing, the field `order_id` is added to the notes.",
    "The field `order_id` is added to the notes by the API.",
    "The field `order_id` is added to the notes of webhooks.",
    "The field `order_id` is added to the carts.",
    "The `id` of the cart is added to the orders as `cart_id`.",
    "Notes do not hold the order. The field `order_id` is added to them.",
    "Notes do not hold the order. The field `order_id` is added to them.",
    f"{ON_ORDERS}A field `region` with the value `north` is added to every record.",
    "The region is `north`. A field `region` with this value is added to every record of `orders`.",
    "The field `id` is added to the notes.",
    "The field `note_id` is added to the orders.",
    "The `id` of the user is added to each note as `user_id`.",
    "The field `order_id` is added to the notes and to the carts.",
    "The field `order_id` is added to the request of the notes.",
    "The field `order_id` will be added to the notes in 2030.",
]


@pytest.mark.parametrize(("prose", "name", "expected"), ADDED)
def test_a_field_is_added_with_the_value_of_a_path_or_of_the_parent(
    desk: Desk, prose: str, name: str, expected: dict[str, Any]
) -> None:
    written = desk.new(shop(ORDERS, NOTES, LINES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {name: [expected]}


@pytest.mark.parametrize("prose", UNCHANGED)
def test_no_field_is_added_by_a_sentence_that_is_not_plain(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {}
