"""Rows that the prose skips by a flag, by an empty field, or by the value of a field before it."""

from typing import Any

import pytest

from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
KEYS = '{"name": "keys", "endpoint": {"path": "/keys"}}'
NOTES = '{"name": "order_notes", "endpoint": {"path": "/orders/{order_id}/notes"}}'

NOT_HIDDEN = "record['is_hidden'] != true"
HIDDEN = "record['is_hidden'] == true"
NOT_LOST = "record['state'] != 'lost'"
FILLED = "record['title'] not in [none, '', [], {}]"
TAKEN: list[tuple[str, str, str]] = [
    ("`is_hidden` orders are left out.", "orders", NOT_HIDDEN),
    ("Hidden orders (`is_hidden`) are not loaded.", "orders", NOT_HIDDEN),
    ("Orders with `is_hidden` are skipped.", "orders", NOT_HIDDEN),
    ("Orders that are `is_hidden` are dropped.", "orders", NOT_HIDDEN),
    ("`hidden` orders (true) are not loaded.", "orders", "record['hidden'] != true"),
    ("- **orders**: newest first. `is_hidden` orders are left out.", "orders", NOT_HIDDEN),
    ("Orders (not `is_hidden`) are skipped.", "orders", HIDDEN),
    ("Orders that are not `is_hidden` are skipped.", "orders", HIDDEN),
    ("Only `is_hidden` orders are loaded.", "orders", HIDDEN),
    ("### Keys\n\n- **Filter**: keys with `is_hidden` true are skipped.", "keys", NOT_HIDDEN),
    ("### Keys\n\nOnly keys with `is_hidden` equal to true are kept.", "keys", HIDDEN),
    ("Orders in the `state` `lost` are skipped.", "orders", NOT_LOST),
    ("Orders of the `state` `lost` are kept out.", "orders", NOT_LOST),
    (
        "- **orders**: paged. Orders of the `state` `lost` are not loaded, nor are their notes "
        "requested.",
        "orders",
        NOT_LOST,
    ),
    ("Orders with the `state` `lost` do not reach the warehouse.", "orders", NOT_LOST),
    (
        "Lost orders (`state` is `lost`) are filtered out and do not reach the destination; their "
        "notes are not requested either.",
        "orders",
        NOT_LOST,
    ),
    ("Only orders in the `state` `paid` are kept.", "orders", "record['state'] == 'paid'"),
    (
        "Orders of the `state` `lost` or `void` are skipped.",
        "orders",
        "record['state'] not in ['lost', 'void']",
    ),
    ("- **Record filter**: only orders that have a non-empty `title` are kept.", "orders", FILLED),
    ("### Orders\n\nOnly records that have a non-empty `title` are kept.", "orders", FILLED),
    ("Orders whose `title` field is empty are skipped.", "orders", FILLED),
    ("Orders with an empty `title` are not loaded.", "orders", FILLED),
    ("Only orders whose `title` is not empty are loaded.", "orders", FILLED),
    ("Only orders with a non-empty `title` reach the warehouse.", "orders", FILLED),
    ("Orders whose `title` is not empty are kept, all others are dropped.", "orders", FILLED),
]
UNCHANGED = [
    "Orders that are `draft` are skipped.",
    "`draft` orders are skipped.",
    "Draft orders (`draft`) are skipped.",
    "Orders with `draft` are skipped.",
    "Orders with `is_hidden` may be skipped.",
    "Orders with `is_hidden` are not skipped.",
    "Orders with `is_hidden` were skipped.",
    "`is_hidden` carts are left out.",
    "### Orders\n\n`is_hidden` carts are left out.",
    "`is_hidden` orders are left out by the API.",
    "`is_hidden` orders are left out in exports.",
    "`is_hidden` orders are left out when the shop is small.",
    "Orders in the `state` `lost` and the `kind` `a` are skipped.",
    "Orders in the `users` `lost` are skipped.",
    "### Orders\n\nRequests in the `state` `lost` are skipped.",
    "### Orders\n\nCarts in the `state` `lost` are skipped.",
    "Orders with an empty `title` or `kind` are skipped.",
    "Orders without `title` are kept.",
    "Orders with a non-empty `title` are kept.",
    "Only carts that have a non-empty `title` are kept.",
    "Orders with the status `lost` are skipped.",
]


@pytest.mark.parametrize(("prose", "resource", "condition"), TAKEN)
def test_rows_are_skipped_by_a_flag_or_a_value(
    desk: Desk, prose: str, resource: str, condition: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, KEYS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {resource: [{"filter": f"{{{{ {condition} }}}}"}]}
    assert f"{resource}: its rows are filtered, as the prose says" in written.assumed


@pytest.mark.parametrize("prose", UNCHANGED)
def test_no_rows_are_skipped_by_a_name_that_may_be_a_value(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {}


def test_a_field_that_is_not_empty_may_be_zero_or_false(desk: Desk) -> None:
    written = desk.new(shop(ORDERS, prose="\nOrders with an empty `title` are skipped.\n"))
    rows: list[Any] = [{"title": value} for value in (None, "", [], {}, 0, False, "x", [0])]
    steps = RowSteps(written.declaration.resources["orders"], SettingValues("shop"))
    assert [row["title"] for row in steps.apply([*rows, {}], {})] == [0, False, "x", [0]]


def test_a_filter_reads_a_field_that_is_removed_later(desk: Desk) -> None:
    prose = (
        "## Row changes\n\n- `orders`: `is_hidden` is removed; `is_hidden` orders are skipped.\n"
    )
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{prose}"))
    expected = [{"filter": f"{{{{ {NOT_HIDDEN} }}}}"}, {"remove": ["is_hidden"]}]
    assert written.steps == {"orders": expected}
