"""What the prose says of parents: the field that fills a placeholder or a query parameter."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

YEARS = '{"name": "fiscal_years", "endpoint": {"path": "/fiscal-years"}}'
BILLS = '{"name": "bills", "endpoint": {"path": "/fiscal-years/{year}/bills"}}'
NOTES = '{"name": "notes", "endpoint": {"path": "/notes"}}'


def bind_path(desk: Desk, prose: str) -> Any:
    written = desk.new(shop(YEARS, BILLS, NOTES, prose=f"# Resources\n\n{prose}\n"))
    return written.endpoint("bills")["params"]["year"]["field"]


PLACEHOLDERS = [
    "The placeholder `year` in its path is the field `number` of `fiscal_years`.",
    "`bills` has a parent. The placeholder `year` in its path is the field `number` of the parent.",
    "`{year}` is the `number` of the fiscal year.",
    "`{year}` in the path is the `number` of each fiscal year.",
    "`{year}` stands for the field `number` of `fiscal_years`.",
    "`{year}` takes the value of the field `number` of `fiscal_years`.",
    "`{year}` is filled with the `number` of the parent `fiscal_years`.",
    "`{year}` is replaced by `number` of `fiscal_years`.",
    "`{year}` is taken from the field `number` of the fiscal years.",
    "The value of `{year}` comes from `number` of `fiscal_years`.",
    "The field `number` of `fiscal_years` fills the placeholder `{year}`.",
    "The `number` of each fiscal year is used as `{year}` in the path.",
    "The `number` of a fiscal year is inserted into the path for `{year}`.",
    "- **bills**: the `number` of the fiscal year is put into the path as `year`",
    "### Bills\n\nThe placeholder `year` is the `number` of the fiscal year.",
]


@pytest.mark.parametrize("prose", PLACEHOLDERS)
def test_the_prose_names_the_field_of_a_placeholder(desk: Desk, prose: str) -> None:
    assert bind_path(desk, prose) == "number"


OTHER_PLACEHOLDERS = [
    "`{year}` is not the `number` of the fiscal year.",
    "`{year}` may be the `number` of the fiscal year.",
    "`{year}` was the `number` of the fiscal year.",
    "`{year}` is the `number` of the fiscal year in webhooks.",
    "`{year}` is the `number` of the fiscal year if the account is new.",
    "`{day}` is the `number` of the fiscal year.",
    "`{year}` and `number` are fields of the webhooks, `text` of `fiscal_years`.",
    "`{year}` sorts by the `number` of `fiscal_years`.",
    "In the export `{year}` is the `number` of `fiscal_years`.",
    "### Notes\n\n`{year}` is the `number` of the fiscal year.",
]


@pytest.mark.parametrize("prose", OTHER_PLACEHOLDERS)
def test_another_sentence_names_no_field(desk: Desk, prose: str) -> None:
    assert bind_path(desk, prose) in ("id", "year")


def bind_query(desk: Desk, prose: str) -> dict[str, Any]:
    written = desk.new(shop(YEARS, NOTES, prose=f"# Resources\n\n{prose}\n"))
    return written.endpoint("notes").get("params") or {}


PARAMETERS = [
    "**notes**: read for each fiscal year. The `key` of the fiscal year is passed in the query"
    " parameter `yearKeys`.",
    "**notes**: the `key` of each fiscal year is sent as the query parameter `yearKeys`",
    "- `notes`: the query parameter `yearKeys` is the `key` of the fiscal year",
    "- `notes`: the parameter `yearKeys` holds the `key` of each row of `fiscal_years`",
    "- **notes**: `yearKeys` in the query takes the value of the field `key` of `fiscal_years`",
    "### Notes\n\nThe query parameter `yearKeys` is filled with the `key` of the fiscal year.",
    "### Notes\n\n- The parameter `yearKeys` is the `key` of the parent `fiscal_years`.",
    "### Notes\n\nThe `key` of a fiscal year is given to the request in the parameter `yearKeys`.",
    "### Notes\n\nThe parameter `yearKeys` comes from the `key` of the fiscal years.",
    "### Notes\n\nThe `key` of every fiscal year is put into the query as `yearKeys`.",
    "`notes` has a parent. The `key` of the fiscal year is passed by the parameter `yearKeys`.",
]


@pytest.mark.parametrize("prose", PARAMETERS)
def test_a_field_of_the_parent_fills_a_query_parameter(desk: Desk, prose: str) -> None:
    written = desk.new(shop(YEARS, NOTES, prose=f"# Resources\n\n{prose}\n"))
    assert written.endpoint("notes")["params"] == {"yearKeys": "{resources.fiscal_years.key}"}
    parent = written.declaration.resources["notes"].parent
    assert parent is not None
    assert parent.resource == "fiscal_years"
    reason = "notes: its parameter yearKeys is each key of fiscal_years, as the prose says"
    assert reason in written.assumed


OTHER_PARAMETERS = [
    "**notes**: the `key` of the fiscal year is not passed in the query parameter `yearKeys`.",
    "**notes**: the `key` of the fiscal year can be passed in the query parameter `yearKeys`.",
    "**notes**: the `key` of the fiscal year was passed in the query parameter `yearKeys`.",
    "**notes**: the `key` of the fiscal year is passed in the header `yearKeys`.",
    "**notes**: the `key` of the shop is passed in the query parameter `yearKeys`.",
    "**notes**: webhooks pass the `key` of the fiscal year in the query parameter `yearKeys`.",
    "**notes**: the `key` of the note is passed in the query parameter `yearKeys`.",
    "**notes**: the `key` of the fiscal year is passed in the query parameter `yearKeys` if it is"
    " known.",
    "The `key` of the fiscal year is passed in the query parameter `yearKeys`.",
    "**notes**: the query parameter `yearKeys` filters by the `key` of the fiscal year.",
    "**notes**: the parameter `sort` is the `key` of the fiscal year or the `id` of the note.",
]


@pytest.mark.parametrize("prose", OTHER_PARAMETERS)
def test_another_sentence_fills_no_parameter(desk: Desk, prose: str) -> None:
    assert bind_query(desk, prose) == {}


def test_a_resource_with_another_parent_is_reported(desk: Desk) -> None:
    prose = "**bills**: the `key` of the note is passed in the query parameter `note`."
    written = desk.new(shop(YEARS, BILLS, NOTES, prose=prose))
    assert "note" not in written.endpoint("bills")["params"]
    reason = "bills: the prose says that note is each key of notes; declare it in endpoint.params"
    assert reason in written.assumed


FILLED = [
    ('{"type": "resolve", "resource": "fiscal_years", "field": "key"}', True),
    ('"{resources.fiscal_years.key}"', True),
    ('{"type": "resolve", "resource": "fiscal_years", "field": "id"}', False),
    ('{"type": "resolve", "resource": "bills", "field": "key"}', False),
]


@pytest.mark.parametrize(("value", "is_declared"), FILLED)
def test_a_parameter_that_the_configuration_fills_so_is_not_asked_for(
    desk: Desk, value: str, is_declared: bool
) -> None:
    notes = f'{{"name": "notes", "endpoint": {{"path": "/n", "params": {{"yearKeys": {value}}}}}}}'
    bills = '{"name": "bills", "endpoint": {"path": "/bills"}}'
    written = desk.new(shop(YEARS, bills, notes, prose=f"# Resources\n\n{PARAMETERS[1]}\n"))
    asked = [line for line in written.assumed if "declare it in endpoint.params" in line]
    assert bool(asked) is not is_declared


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ("`orders`, by its `number`", "number"),
        ("`orders.number`", "number"),
        ("`number` of `orders`", "number"),
        ("`orders`", "id"),
        ("`carts`, by its `number`", "id"),
    ],
)
def test_a_column_of_parents_names_the_field_that_fills_a_placeholder(
    desk: Desk, cell: str, field: str
) -> None:
    lines = '{"name": "lines", "endpoint": {"path": "/orders/{order}/lines"}}'
    prose = f"\n| Resource | Parent |\n|---|---|\n| `orders` | |\n| `lines` | {cell} |\n"
    written = desk.new(shop(ORDERS, lines, prose=prose))
    assert written.endpoint("lines")["params"]["order"]["field"] == field


def test_a_field_of_another_resource_than_the_parent_is_not_taken(desk: Desk) -> None:
    users = '{"name": "users", "endpoint": {"path": "/users"}}'
    notes = '{"name": "notes", "endpoint": {"path": "/users/{user_id}/notes"}}'
    prose = "\nThe placeholder `user_id` is the field `owner_id` of `orders`.\n"
    written = desk.new(shop(ORDERS, users, notes, prose=prose))
    expected = {"type": "resolve", "resource": "users", "field": "id"}
    assert written.endpoint("notes")["params"]["user_id"] == expected


@pytest.mark.parametrize(
    "prose",
    [
        "`notes`: the endpoint requires an `order`, so it is called once for every order with that "
        "order's `number`.",
        "- **notes**: requested once per order, with its `number` as the query parameter `order`",
        "- **notes**: requires the query parameter `order`. Requested for every order with the "
        "order's `number`.",
        "- **notes**: path `/notes`. The endpoint requires `order`: it is requested once for every "
        "row of `orders`, with the `number` of the order. The primary key is `id`.",
    ],
)
def test_a_request_for_each_row_of_a_parent_holds_its_field(desk: Desk, prose: str) -> None:
    notes = '{"name": "notes", "endpoint": {"path": "/notes"}}'
    written = desk.new(shop(ORDERS, notes, prose=f"\n{prose}\n"))
    expected = {"order": "{resources.orders.number}"}
    assert written.endpoint("notes")["params"] == expected


@pytest.mark.parametrize(
    "prose",
    [
        "- **notes**: may require `order`. Requested for every order with the order's `number`.",
        "- **notes**: requires `order`. Webhooks are called for every order with its `number`.",
        "- **notes**: requires `order`. Requested for every cart with the cart's `number`.",
        "- **notes**: Deleting a note requires `order`: it is called once for each order, with its "
        "`number`.",
        "- **notes**: Images are loaded once per order, passing its `number` in the parameter "
        "`order`.",
        "- **notes**: The UI requires `order`, so it is called once for each order with its "
        "`number`.",
        "- **notes**: The export requires `order`: it is called once for each order, with its "
        "`number`.",
        "- **notes**: If the token lacks the scope, the endpoint requires `order`: it is called "
        "once for each order, with its `number`.",
        "Other listings require `order`. Requested for every order with the order's `number`.",
    ],
)
def test_another_sentence_on_a_required_parameter_fills_none(desk: Desk, prose: str) -> None:
    notes = '{"name": "notes", "endpoint": {"path": "/notes"}}'
    assert "params" not in desk.new(shop(ORDERS, notes, prose=f"\n{prose}\n")).endpoint("notes")
