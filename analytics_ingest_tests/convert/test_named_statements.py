"""Statements in words that nothing is taken from: the report names them."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

EVENTS = '{"name": "events", "endpoint": {"path": "/events"}}'
UNLOADED = "the prose speaks of rows that are not loaded: declare a filter in processing_steps"
NOT_UNIQUE = (
    "its primary_key is id, which alone is not unique, as the prose says: declare all fields of "
    "the key"
)
NOT_LOADED = [
    ("## orders\n\nArchived orders are ignored.", "orders"),
    ("Duplicate events are dropped.", "events"),
    ("## orders\n\nOnly orders with a total above `100` are loaded.", "orders"),
    ("- `orders`: cancelled orders are filtered out", "orders"),
    ("Only paid orders are synchronized.", "orders"),
    ("Rows of archived orders are left out.", "orders"),
    ("The connector skips archived orders.", "orders"),
    ("Events of guests are left out.", "events"),
]
LOADED = [
    "Failed requests are dropped. Empty pages are skipped.",
    "Unknown parameters are ignored. Empty responses are skipped.",
    "Deleted orders are not returned by the API.",
    "Only changed orders are loaded. Unchanged orders are skipped.",
    "Order forms are skipped.",
    "The connector skips empty pages and reads orders. We skip archived order forms.",
    "The connector skips the orders.",
    "Archived orders are ignored by the billing.",
    "Archived orders are not skipped.",
    "Orders are loaded. Only orders are loaded.",
    "A 404 for single events is ignored. Orders with a 404 response are skipped.",
]
KEYS = [
    ("The `id` is not unique.", "orders, events"),
    ("`events` are identified by `id` within a user.", "events"),
    ("## events\n\nAn `id` is unique per user.", "events"),
    ("The `id` of `events` is only unique within its user.", "events"),
]
SURE_KEYS = [
    "The `name` is not unique.",
    "The `id` is unique within the table.",
    "`events` are identified by `id`.",
]


@pytest.mark.parametrize(("prose", "resource"), NOT_LOADED)
def test_rows_that_are_not_loaded_are_named(desk: Desk, prose: str, resource: str) -> None:
    written = desk.new(shop(ORDERS, EVENTS, prose=f"\n{prose}\n"))
    assert f"{resource}: {UNLOADED}" in written.assumed
    assert written.steps == {}


@pytest.mark.parametrize("prose", LOADED)
def test_what_is_not_on_rows_to_load_is_not_named(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, EVENTS, prose=f"\n# Loading\n\n{prose}\n"))
    assert UNLOADED not in written.report


def test_a_filter_of_the_configuration_is_enough(desk: Desk) -> None:
    steps = '"processing_steps": [{"filter": "{{ record[\'gone\'] }}"}]'
    one = f'{{"name": "orders", {steps}, "endpoint": {{"path": "/orders"}}}}'
    written = desk.new(shop(one, prose="\nArchived orders are ignored.\n"))
    assert UNLOADED not in written.report


@pytest.mark.parametrize(("prose", "resources"), KEYS)
def test_a_key_that_is_not_unique_is_named(desk: Desk, prose: str, resources: str) -> None:
    written = desk.new(shop(ORDERS, EVENTS, prose=f"\n{prose}\n"))
    assert f"{resources}: {NOT_UNIQUE}" in written.assumed


@pytest.mark.parametrize("prose", SURE_KEYS)
def test_another_key_is_not_named(desk: Desk, prose: str) -> None:
    assert NOT_UNIQUE not in desk.new(shop(ORDERS, EVENTS, prose=f"\n{prose}\n")).report
