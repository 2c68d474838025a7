"""Settings of requests that a table lists are no fields of rows."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

PARAMS = '{"ticker": dlt.config["ticker"], "sort": dlt.config["sort"]}'
ORDERS = f'{{"name": "orders", "endpoint": {{"path": "/orders", "params": {PARAMS}}}}}'
TABLE = (
    "| Name | Type | Required |\n|---|---|---|\n| `ticker` | string | yes |\n"
    "| `sort` | string | no |\n| `state` | string | no |\n"
)
SCHEMA = "\n# Schema\n\n- `id`: string\n- `at`: date-time\n"
OMITTED = "orders: ticker, sort are settings of its requests, not of its rows: no columns"


def write(above: str, schema: str = SCHEMA) -> str:
    prose = f"\n# Resources\n\n### orders\n\n{above}\n\n{TABLE}{schema}"
    return shop(ORDERS, defaults=DEFAULTS, prose=prose)


@pytest.mark.parametrize(
    "above", ["Configuration values:", "**Settings**:", "The query parameters:", "Config options:"]
)
def test_settings_that_requests_send_have_no_column(desk: Desk, above: str) -> None:
    written = desk.new(write(above))
    assert list(written.schema["orders"]["fields"]) == ["state", "id", "at"]
    assert OMITTED in written.assumed


@pytest.mark.parametrize(
    ("above", "schema"),
    [
        ("Fields of each row:", SCHEMA),
        ("Configuration values:", f"{SCHEMA}- `ticker`: string\n- `sort`: string\n"),
    ],
)
def test_fields_of_the_same_name_stay_columns(desk: Desk, above: str, schema: str) -> None:
    written = desk.new(write(above, schema))
    assert {"ticker", "sort"} <= written.schema["orders"]["fields"].keys()
    assert OMITTED not in written.assumed


CHILD = (
    '{{"name": "{0}", "endpoint": {{"path": "/orders/{{order_id}}/{0}", '
    '"params": {{"order_id": {{"type": "resolve", "resource": "orders", "field": "id"}}}}}}'
)
ADDED = ', "processing_steps": [{"add": {"order_id": "{{ stream_partition.order_id }}"}}]'
SAID = "None of them is paged. Each child record receives the field `order_id` with its order."


@pytest.mark.parametrize(
    ("steps", "fields", "is_reported"),
    [
        ((ADDED, ADDED), "", False),
        ((ADDED, ""), "", False),
        ((ADDED, ADDED), "- **orders**: `id` (string), `order_id` (string)\n", True),
    ],
)
def test_what_all_children_add_is_not_missed_in_their_parent(
    desk: Desk, steps: tuple[str, str], fields: str, is_reported: bool
) -> None:
    names = ("notes", "items")
    children = [f"{CHILD.format(n)}{step}}}" for n, step in zip(names, steps, strict=True)]
    orders = '{"name": "orders", "endpoint": {"path": "/orders"}}'
    prose = f"\n# Resources\n\n{SAID}\n\n# Schema\n\n{fields}"
    written = desk.new(shop(orders, *children, defaults=DEFAULTS, prose=prose))
    lines = [line for line in written.assumed if "declare processing_steps" in line]
    assert bool(lines) == is_reported
    assert {*names} <= written.steps.keys()
