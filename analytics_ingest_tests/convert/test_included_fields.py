"""Fields that `include_from_parent` names, where the schema of the child lists them."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, Written, shop

ORDERS = '{"name": "orders", "primary_key": "order_id", "endpoint": {"path": "/orders"}}'
PARAMS = '{"order": {"type": "resolve", "resource": "orders", "field": "order_id"}}'
FIELDS = (
    "- **items**: `id` (string), `order_id` (string), `state` (string), `changed_on` (date-time)"
)
SCHEMA = (
    "\n# Schema\n\n- **orders**: `order_id` (string), `state` (string), `changed_on` (date-time)\n"
)
OF_ID = {"type": "any", "value": "{{ stream_partition.order }}"}
OPEN = "items: what it includes of its parent is in"


def convert(
    desk: Desk, included: str, prose: str, fields: str = FIELDS, params: str = PARAMS
) -> Written:
    items = (
        f'{{"name": "items", "primary_key": "id", "include_from_parent": {included}, '
        f'"endpoint": {{"path": "/orders/{{order}}/items", "params": {params}}}}}'
    )
    return desk.new(shop(ORDERS, items, prose=f"\n# Resources\n\n{prose}\n{SCHEMA}{fields}\n"))


def of_parent(field: str) -> dict[str, Any]:
    own = f"record['{field}']"
    value = f"{{{{ {own} if {own} is not none else stream_partition.parent_{field} }}}}"
    return {"type": "any", "value": value}


@pytest.mark.parametrize(
    ("included", "prose", "expected"),
    [
        (
            '["order_id", "state"]',
            "- **items**: `order_id` and `state` are added to each item.",
            {"order_id": OF_ID, "state": of_parent("state")},
        ),
        (
            '["order_id", "changed_on"]',
            "### items\n\n- **Fields from the parent**: `order_id`, `changed_on`",
            {"order_id": OF_ID, "changed_on": of_parent("changed_on")},
        ),
        ('["order_id"]', "The orders come first.", {"order_id": OF_ID}),
    ],
)
def test_rows_hold_the_fields_that_they_include(
    desk: Desk, included: str, prose: str, expected: dict[str, Any]
) -> None:
    written = convert(desk, included, prose)
    assert written.steps == {"items": [{"add": expected}]}
    assert not [line for line in written.assumed if OPEN in line or "declare process" in line]


def test_an_included_field_is_added_under_another_name(desk: Desk) -> None:
    prose = "- **items**: `state` is added as `order_state`."
    fields = "- **items**: `id` (string), `order_state` (string)"
    written = convert(desk, '["state"]', prose, fields)
    assert written.steps == {
        "items": [
            {
                "add": {
                    "order_state": {"type": "any", "value": "{{ stream_partition.parent_state }}"}
                }
            }
        ]
    }


@pytest.mark.parametrize(
    ("included", "prose", "fields"),
    [
        ('["state"]', "The items have a `state`.", FIELDS),
        ('["state"]', "- **items**: `state` may be added to each item.", FIELDS),
        ('["state"]', "- **items**: `state` is not added to each item.", FIELDS),
        ('["state"]', "- **orders**: `state` is added to each order.", FIELDS),
    ],
)
def test_a_field_that_rows_may_have_themselves_is_named(
    desk: Desk, included: str, prose: str, fields: str
) -> None:
    written = convert(desk, included, prose, fields)
    assert "items" not in written.steps
    assert [line for line in written.assumed if line.startswith(f"{OPEN} _orders_state;")]


@pytest.mark.parametrize(
    ("included", "fields"),
    [
        ('["id"]', FIELDS),
        ('["id", "state"]', FIELDS),
        ('["state"]', "- **items**: `id` (string), `name` (string)"),
    ],
)
def test_a_field_of_the_parent_alone_stays_a_column_of_its_name(
    desk: Desk, included: str, fields: str
) -> None:
    prose = "- **items**: `id` and `state` are added to each item."
    written = convert(desk, included, prose, fields)
    assert "items" not in written.steps
    assert not [line for line in written.assumed if OPEN in line]


def test_a_request_that_holds_another_field_of_that_name_proves_nothing(desk: Desk) -> None:
    params = PARAMS.replace('"order_id"', '"state"')
    written = convert(desk, '["state"]', "The orders come first.", params=params)
    assert "items" not in written.steps


TAKEN = (
    "`state` is copied from the parent order into each row.",
    "**Transformations**: `state` and `changed_on` are added from the parent to every row.",
    "`state` is taken from the parent order.",
    "`state` comes from its order.",
    "Each row inherits the `state` of its order.",
    "Each row gets `state` and `changed_on` from the parent.",
)
NOT_TAKEN = (
    "`state` in the path of the request is taken from the parent order.",
    "`state` is taken from the shipment.",
    "`state` is not copied from the parent order.",
    "Some rows may inherit the `state` of their order.",
    "Each row gets a `state` when the order is closed.",
    "The `state` is that of the row, the `state` of the order is another one.",
)


def test_sentences_say_in_several_words_that_rows_get_what_they_include(desk: Desk) -> None:
    words = {
        f"{kind}_{n}": text
        for kind, texts in (("taken", TAKEN), ("open", NOT_TAKEN))
        for n, text in enumerate(texts)
    }
    children = [
        f'{{"name": "{name}", "include_from_parent": ["state", "changed_on"], '
        f'"endpoint": {{"path": "/orders/{{order}}/{name}", "params": {PARAMS}}}}}'
        for name in words
    ]
    prose = "\n\n".join(f"### {name}\n\n{text}" for name, text in words.items())
    fields = "".join(f"- **{name}**: `id` (string), `state` (string)\n" for name in words)
    written = desk.new(shop(ORDERS, *children, prose=f"\n# Resources\n\n{prose}\n{SCHEMA}{fields}"))
    step = [{"add": {"state": of_parent("state")}}]
    assert written.steps == {name: step for name in words if name.startswith("taken")}
    assert "if its own rows lack state, add it in processing_steps" in written.report


def test_a_field_that_is_named_after_the_parent_is_added_where_rows_lack_it(desk: Desk) -> None:
    included = '["shop_order_id", "order_number", "changed_on"]'
    params = PARAMS.replace('"order_id"', '"shop_order_id"')
    fields = (
        "- **items**: `id` (string), `shop_order_id` (string), `order_number` (string), "
        "`changed_on` (date-time)"
    )
    written = convert(desk, included, "The orders come first.", fields, params)
    added = {"shop_order_id": OF_ID, "order_number": of_parent("order_number")}
    assert written.steps == {"items": [{"add": added}]}
    assert [line for line in written.assumed if line.startswith(f"{OPEN} _orders_changed_on;")]
