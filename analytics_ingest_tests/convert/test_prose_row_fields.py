"""Fields that the prose says are removed from rows, or moved to the top level."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
NOTES = '{"name": "order_notes", "endpoint": {"path": "/orders/{order_id}/notes"}}'
ON_ORDERS = "### Orders\n\n"
EMAIL = {"remove": ["buyer.email"]}
NET = {"add": {n: {"value": f"{{{{ record['sums']['{n}'] }}}}", "type": "any"} for n in ("a", "b")}}


ONE = {"add": {"a": NET["add"]["a"]}}
REMOVED: list[tuple[str, list[str]]] = [
    ("The field `buyer.email` is removed from the records of `orders`.", ["orders"]),
    (
        "The field `buyer.email` is removed from the records of `orders` and `users`.",
        ["orders", "users"],
    ),
    ("Addresses are not stored: the column `buyer.email` is dropped from `orders`.", ["orders"]),
    ("`buyer.email` is stripped from every record of `orders`.", ["orders"]),
    ("`buyer.email` is removed from each order.", ["orders"]),
    ("`buyer.email` is removed from all order notes.", ["order_notes"]),
    (
        "In `orders` and `users`, the field `buyer.email` is removed from all records.",
        ["orders", "users"],
    ),
    ("For `users`, the column `buyer.email` is dropped before loading.", ["users"]),
    ("The field `buyer.email` of `users` is not loaded.", ["users"]),
    ("Orders are loaded without the field `buyer.email`.", ["orders"]),
    ("The integration removes the field `buyer.email` from the records of `users`.", ["users"]),
    ("Remove `buyer.email` from the records of `orders`.", ["orders"]),
    ("The following field is removed from the records of `users`: `buyer.email`.", ["users"]),
    ("- **Privacy**: the field `buyer.email` is removed from the records of `users`", ["users"]),
    ("- `orders`: the field `buyer.email` is removed from all records", ["orders"]),
    (
        "- **orders**, **users**: The field `buyer.email` is removed from the records.",
        ["orders", "users"],
    ),
    (f"{ON_ORDERS}- The field `buyer.email` is removed from the records.", ["orders"]),
    (f"{ON_ORDERS}The field `buyer.email` is removed.", ["orders"]),
    ("- **orders**: the field `buyer.email` (personal data) is removed.", ["orders"]),
    ("- **users**: small, read in full. The column `buyer.email` is dropped.", ["users"]),
    ("- Orders: `buyer.email` is sensitive. It is removed.", ["orders"]),
    (
        "| Resource | Notes |\n|---|---|\n| users | the field `buyer.email` is removed |",
        ["users"],
    ),
    (f"{ON_ORDERS}- The field `buyer.email` is removed from the records of `users`.", ["users"]),
    (
        "### Orders and Users\n\n- The field `buyer.email` is removed from the records of "
        "both resources.",
        ["orders", "users"],
    ),
    ("### Orders, Users\n\n- `buyer.email` is removed from their records.", ["orders", "users"]),
    (
        "`orders` and `users` hold addresses. The field `buyer.email` is removed from the "
        "records of these two resources.",
        ["orders", "users"],
    ),
    (
        "The field `buyer.email` is removed from the records of all resources.",
        ["orders", "users", "order_notes"],
    ),
    (
        "| Resource | Path | Removed fields |\n|---|---|---|\n| `orders` | `/orders` | "
        "`buyer.email` |\n| `users` | `/users` | none |",
        ["orders"],
    ),
    (
        "The following fields are removed from the records of `orders`:\n\n- `buyer.email`",
        ["orders"],
    ),
    ("- **orders**: `buyer.email` is removed from the records", ["orders"]),
    ("In `orders`, `buyer.email` is removed from the records.", ["orders"]),
    ("For privacy reasons, `buyer.email` is removed from the records of `orders`.", ["orders"]),
    ("`buyer.email` is personal and is removed from the records of `orders`.", ["orders"]),
    ("The `buyer.email` field of each order is dropped.", ["orders"]),
    (f"{ON_ORDERS}- **Removed fields**: `buyer.email`", ["orders"]),
    ("### Removed fields\n\n- `orders`: `buyer.email`", ["orders"]),
    ("The field `email` is removed from the object `buyer` of `orders`.", ["orders"]),
    (f"{ON_ORDERS}- `email` is dropped from `buyer`.", ["orders"]),
    (f"{ON_ORDERS}The field `email` is removed from the nested object `buyer`.", ["orders"]),
]
MOVED: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "The contents of `sums` are lifted to the top level of `orders`; `sums` itself is dropped.",
        [{"flatten_path": {"path": ["sums"], "delete_origin": True}}],
    ),
    (
        "All fields of the nested object `sums` are lifted to the top level of `orders`, "
        "and the object is then dropped.",
        [{"flatten_path": {"path": ["sums"], "delete_origin": True}}],
    ),
    (
        "In `orders`, the contents of `sums` are copied to the top level.",
        [{"flatten_path": {"path": ["sums"]}}],
    ),
    (
        f"{ON_ORDERS}- The fields of `sums` are promoted to the top level.",
        [{"flatten_path": {"path": ["sums"]}}],
    ),
    (
        f"{ON_ORDERS}- The attributes in `data.sums` are moved into the record itself.",
        [{"flatten_path": {"path": ["data", "sums"]}}],
    ),
    (
        "In all records of `orders`, the attributes `a` and `b` inside the object `sums` are "
        "pulled up to the top level.",
        [NET],
    ),
    ("`a` and `b` are moved from the object `sums` to the top level of each order.", [NET]),
    (
        "Of orders, the fields `a` and `b` are copied from the nested object `sums` to "
        "the top level.",
        [NET],
    ),
    (
        "The fields `sums.a` and `sums.b` are copied to the top level of the records of `orders`.",
        [NET],
    ),
    (
        f"{ON_ORDERS}The fields `a` and `b` in `sums` are lifted to the top level, and "
        "`sums` is removed.",
        [NET, {"remove": ["sums"]}],
    ),
    (
        f"{ON_ORDERS}- The integration copies `a` and `b` from the object `sums` to the top level.",
        [NET],
    ),
    (
        f"{ON_ORDERS}`a` and `b` are copied from the object `sums` to the top level and then "
        "removed from it.",
        [NET, {"remove": ["sums.a", "sums.b"]}],
    ),
    (
        f"{ON_ORDERS}- `a` and `b` are copied from `sums` to the top level, and afterwards they "
        "are removed there.",
        [NET, {"remove": ["sums.a", "sums.b"]}],
    ),
    (f"{ON_ORDERS}`a` is copied from `sums.a` to the top level; it is dropped from `sums`.", [ONE]),
]
LIFTED = [
    "`a` is copied from `sums.a` to the top level and then removed from `sums`.",
    "`a` is copied from `sums.a` to the top level and dropped from `sums`.",
    "`a` is copied from `sums.a` to the top level, and afterwards it is removed from `sums`.",
    "`a` is copied from the object `sums` to the top level and removed there.",
    "`a` is removed from `sums`.",
]
UNCHANGED = [
    "The field `email` is not removed from the records of `orders`.",
    "The field `email` may be removed from the records of `orders`.",
    "The field `email` was removed from the records of `orders`.",
    "The field `email` has been removed from the records of `orders`.",
    "The field `email` is removed from the records of `orders` and `carts`.",
    "The field `email` is removed from the records of `carts`.",
    "The field `email` is removed from the records.",
    "The field `email` is removed from the carts.",
    "The field `email` is removed from the records of `orders` if it is empty.",
    f"{ON_ORDERS}- `email` is not removed from `buyer`.",
    f"{ON_ORDERS}- The filter `email` is removed from `buyer`.",
    f"{ON_ORDERS}- It is removed from `buyer`.",
    f"{ON_ORDERS}`sums.a` is copied to the top level and may be removed from `sums`.",
    f"{ON_ORDERS}`a` is copied from `sums.a` to the top level and removed from `rest`.",
    f"{ON_ORDERS}`a` is copied from `sums.a` to the top level and removed from `sums` by the API.",
    f"{ON_ORDERS}`a` is copied from `sums.a` to the top level, and if empty, removed from `sums`.",
    "The field `email` is removed from the records of `orders` by the API.",
    "The field `email` is removed from the exports of `orders`.",
    "The field `email` is removed from the responses of `orders`.",
    "The field `email` is removed from the records of `orders` in version 3.",
    "The field `id` is removed from the records of `orders`.",
    "The field `email` is removed.",
    f"{ON_ORDERS}The field `email` is removed by the API.",
    f"{ON_ORDERS}The filter `email` is removed.",
    f"{ON_ORDERS}`email` is added, and `email` is then removed.",
    f"{ON_ORDERS}The field `email` is removed from the carts.",
    f"{ON_ORDERS}The field `email` of the buyer is removed from the records.",
    f"{ON_ORDERS}In the export, the field `email` is removed from the records.",
    f"{ON_ORDERS}Webhooks: the field `email` is removed from the records.",
    f"{ON_ORDERS}The field `email` is removed from the records of these three resources.",
    "The field `email` is removed from new records of `orders`.",
    "The field `email` is removed from all resources except `orders`.",
    "`email` is removed from the records of `orders`, `phone` from those of `users`.",
    "`orders` and `email` are removed from the records of `users`.",
    "The fields of `orders` are moved to the top level of `users`.",
    "The following fields are removed from the records of `orders`:\n\n- `email`, by the API",
    f"{ON_ORDERS}The field `email` is masked in the records.",
    f"{ON_ORDERS}The object `sums` is flattened.",
    f"{ON_ORDERS}The fields of `sums` are moved to the archive.",
    f"{ON_ORDERS}The fields of `sums` are moved to the top level with the prefix `sums_`.",
    f"{ON_ORDERS}The fields of `sums` are moved to the top level, and `kind` is removed.",
    f"{ON_ORDERS}The fields of `sums` are not moved to the top level.",
    f"{ON_ORDERS}The fields of `sums` were moved to the top level.",
    f"{ON_ORDERS}If it is set, the fields of `sums` are moved to the top level.",
    f"{ON_ORDERS}The fields of `sums` are moved to the top level by the API.",
    f"{ON_ORDERS}In webhooks the fields of `sums` are moved to the top level.",
    f"{ON_ORDERS}The fields of `sums` are moved to the top level of each cart.",
    "The fields of `sums` are moved to the top level.",
    "The fields of `sums` are moved to the top level of `orders` and `carts`.",
    f"{ON_ORDERS}The fields of `sums` are usually moved to the top level.",
    f"{ON_ORDERS}The fields `a` of `sums` and `b` of `rest` are copied to the top level.",
    f"{ON_ORDERS}The fields `a` and `b` are copied to the top level.",
    "The fields of `sums` are moved to the top level of the records of `carts`.",
    "| Resource | Fields removed in version 2 |\n|---|---|\n| `orders` | `email` |",
    "## Changelog\n\n### Removed fields\n\n- `orders`: `email`",
]


@pytest.mark.parametrize(("prose", "names"), REMOVED)
def test_a_field_is_removed_from_the_rows_of_the_named_resources(
    desk: Desk, prose: str, names: list[str]
) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {name: [EMAIL] for name in names}
    assert any("buyer.email is removed, as the prose says" in line for line in written.assumed)


@pytest.mark.parametrize(("prose", "expected"), MOVED)
def test_fields_of_an_object_are_moved_to_the_top_level(
    desk: Desk, prose: str, expected: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {"orders": expected}


@pytest.mark.parametrize("sentence", LIFTED)
def test_a_field_is_removed_from_its_object_beside_a_lambda_that_copies_it(
    desk: Desk, sentence: str
) -> None:
    code = '"processing_steps": [{"map": lambda r: {**r, "a": r["sums"]["a"]}}]'
    own = ORDERS.replace('"endpoint"', f'{code}, "endpoint"')
    written = desk.new(shop(own, USERS, prose=f"\n# Resources\n\n- **orders**: {sentence}\n"))
    assert written.steps == {"orders": [ONE, {"remove": ["sums.a"]}]}


@pytest.mark.parametrize("prose", UNCHANGED)
def test_no_fields_change_by_a_sentence_that_is_not_plain(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {}


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("The field `email` is removed from the records of `carts`.", "{} email, carts"),
        ("The field `id` is removed from the records of `orders`.", "orders: {} id"),
        ("The field `user_id` is added to each order.", "orders: {} user_id"),
        ("The field `tax` of `orders` is moved to the record of its cart.", "orders: {} tax"),
    ],
)
def test_a_change_of_fields_that_is_not_taken_is_reported_with_its_resource_and_field(
    desk: Desk, sentence: str, line: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{sentence}\n"))
    reason = "the prose speaks of rows that are filtered or changed, and names"
    assert f"{line.format(reason)}: declare processing_steps" in written.assumed


def test_a_field_that_fills_the_path_of_a_child_is_not_removed(desk: Desk) -> None:
    notes = NOTES.replace("{order_id}", "{resources.orders.number}")
    prose = "\nThe field `number` is removed from the records of `orders`.\n"
    written = desk.new(shop(ORDERS, notes, prose=prose))
    assert written.steps == {}
    assert any(line.startswith("orders: ") and "names number" in line for line in written.assumed)


def test_a_field_of_the_object_around_the_rows_is_reported(desk: Desk) -> None:
    own = ORDERS.replace('"/orders"', '"/orders", "data_selector": "data.items"')
    written = desk.new(shop(own, USERS, prose=f"\n{ON_ORDERS}- `memo` is removed from `data`.\n"))
    assert written.steps == {}
    assert any("names data.memo: declare" in line for line in written.assumed)


def test_an_object_that_holds_the_cursor_is_not_removed(desk: Desk) -> None:
    own = ORDERS.replace('"/orders"', '"/orders", "incremental": {"cursor_path": "sums.at"}')
    prose = (
        "\nThe fields of `sums` are moved to the top level of the records of `orders`, and `sums` "
        "is removed.\n"
    )
    assert desk.new(shop(own, USERS, prose=prose)).steps == {}
