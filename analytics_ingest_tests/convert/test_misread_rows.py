"""Sentences on rows that are near to a change of them, and are not one."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
LINES = '{"name": "order_lines", "endpoint": {"path": "/orders/{resources.orders.id}/lines"}}'
ON_FIELDS = [
    "- `name` consists of `first` and `last`, separated by a space.",
    "- `kind` is always set to `order`.",
    "- `label` is composed of `city` and `name`, separated by a comma.",
    "- `source` is set to `web` on every row.",
    "- `total` is taken from the nested `amounts` object.",
]
ON_FIELDS_CHANGED = [
    "- `kind` is always set to `order` by the connector.",
    "- `kind` is replaced with the text `order`.",
]
ON_OTHERS = [
    ("## order_lines\n\nOrders whose `has_lines` is false are skipped.", "has_lines"),
    ("- `order_lines`: Orders whose `has_lines` is false are skipped.", "has_lines"),
    ("## order_lines\n\n- Only users whose `active` is true are loaded.", "active"),
]


@pytest.mark.parametrize("title", ["### Fields", "### Schema", "### Columns and their types"])
@pytest.mark.parametrize("sentence", ON_FIELDS)
def test_a_section_on_fields_describes_what_the_api_returns(
    desk: Desk, title: str, sentence: str
) -> None:
    prose = f"## orders\n\n{title}\n\n- `id` (integer)\n{sentence}\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert written.steps == {}


@pytest.mark.parametrize("sentence", ON_FIELDS_CHANGED)
def test_a_change_is_taken_from_a_section_on_fields(desk: Desk, sentence: str) -> None:
    prose = f"## orders\n\n### Fields\n\n- `id` (integer)\n{sentence}\n"
    assert desk.new(shop(ORDERS, USERS, prose=prose)).steps == {
        "orders": [{"add": {"kind": "order"}}]
    }


@pytest.mark.parametrize(("prose", "field"), ON_OTHERS)
def test_a_filter_that_names_another_resource_than_its_section_is_named(
    desk: Desk, prose: str, field: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, prose=f"\n{prose}\n"))
    assert written.steps == {}
    assert any(line.startswith("order_lines: ") and field in line for line in written.assumed)


@pytest.mark.parametrize(
    "sentence",
    [
        "`memo` is removed; this happens after 30 days.",
        "`memo` is removed. It is deleted after a few months.",
        "the field `memo` is removed; they are cleared by the API.",
    ],
)
def test_what_the_api_removes_later_is_not_removed(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n## orders\n\n- **Processing**: {sentence}\n"))
    assert written.steps == {}
    assert any("memo" in line for line in written.assumed)
