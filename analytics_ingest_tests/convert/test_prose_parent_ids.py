"""Sentences that add the id of a parent, and name only the parent: to the rows of its child."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
LINES = (
    '{"name": "lines", "endpoint": {"path": "/lines", "method": "POST", '
    '"json": {"order": "{resources.orders.id}"}}}'
)
NOTES = LINES.replace("lines", "notes")
ONCE = "**Parents**: `lines` is requested once per order, with its `id` in the body. "
ADDED = [
    f"{ONCE}The id of the order is added to each record as `order_id`.",
    f"{ONCE}The order's id is added to every record as `order_id`.",
    f"{ONCE}Each record gets the `id` of the order as `order_id`.",
    f"{ONCE}The identifier of its order is stored in each record as `order_id`.",
    f"{ONCE}There is one page. The order id is added to each row as `order_id`.",
    "- **lines**: once per order. The parent's id is added as `order_id`.",
    "- **lines**: once per order. The id of the parent is added as `order_id`.",
    "- **lines**: adds the `id` of the `order` as `order_id`.",
    "- **lines**: adds the id of the order as the field `order_id`.",
    "- **lines**: the `id` of the `orders` is added to each record as `order_id`.",
    "### Lines\n\nThe `id` of `orders` is added to each record as `order_id`.",
]
LISTED = "\n\n# Schema\n\n### Lines\n\n- `order_id`: string\n- `sum`: number"
ALONE = "The id of the order is added to each record as `order_id`."
UNADDED: list[tuple[str, str | None]] = [
    (ALONE, None),
    (f"`users` is not paged. {ALONE}", "users"),
    (f"- **users**: not paged. {ALONE}", "users"),
    (f"### Orders\n\n{ALONE}", "orders"),
    (f"- **lines**: {ALONE[:-1]} by the API.", None),
    ("- **lines**: The id of the order may be added to each record as `order_id`.", None),
    ("- **lines**: The id of the order is added as `order`.", "lines"),
    ("- **lines**: The id of the order is added to the body as `order`.", "lines"),
    ("- **lines**: The id of the cart is added to each record as `cart_id`.", "lines"),
    ("- **lines**: The total of the order is added to each record as `order_total`.", "lines"),
]


@pytest.mark.parametrize("prose", ADDED)
def test_the_id_of_a_parent_is_added_to_the_child_of_the_line(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    value = {"value": "{{ stream_partition.parent_id }}", "type": "any"}
    assert written.steps == {"lines": [{"add": {"order_id": value}}]}


@pytest.mark.parametrize("prose", [f"{ALONE}{LISTED}", f"Users come first. {ALONE}{LISTED}"])
def test_it_is_added_to_the_only_child_that_has_the_field(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, NOTES, prose=f"\n# Notice\n\n{prose}\n"))
    assert list(written.steps) == ["lines"]


@pytest.mark.parametrize(("prose", "name"), UNADDED)
def test_it_is_reported_of_what_the_text_is_about(desk: Desk, prose: str, name: str | None) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {}
    reports = [line for line in written.assumed if "filtered or changed" in line]
    assert all(line.startswith(f"{name}: " if name else "the prose") for line in reports)


def test_it_is_not_added_to_a_child_that_has_another_field(desk: Desk) -> None:
    prose = f"\n# Resources\n\n{ONCE}{ALONE}{LISTED.replace('Lines', 'Notes')}\n"
    lines = "\n### Lines\n\n- `sum`: number\n"
    written = desk.new(shop(ORDERS, USERS, LINES, NOTES, prose=f"{prose}{lines}"))
    assert written.steps == {}
    reason = "the prose speaks of rows that are filtered or changed, and names order_id"
    assert f"lines: {reason}: declare processing_steps" in written.assumed


CHILDREN = [
    f'{{"name": "{name}", "endpoint": {{"path": "/orders/{{order_id}}/{name}"}}}}'
    for name in ("lines", "notes")
]
PARENT = "The `orders` resource is the parent of all other resources. "
TO_CHILDREN = [
    f"{PARENT}An `order_id` field is added to the records of the child resources.",
    f"{PARENT}An `order_id` field is added to each record of the child resources.",
    f"{PARENT}An `order_id` field is added to the rows of its children.",
    f"{PARENT}An `order_id` field is added to each child record.",
    "The child records carry the `order_id` of their parent.",
    "Each child record carries the `order_id` of its parent.",
    "Records of sub-resources include the parent's `order_id`.",
    "An `order_id` field is added to the rows of the children of `orders`.",
]
NOT_TO_CHILDREN = [
    f"{TO_CHILDREN[0]}\n\n# Schema\n\n### Orders\n\n- `id`: string\n- `order_id`: string",
    f"{PARENT}An `order_id` field may be added to the records of the child resources.",
    f"{PARENT}No `order_id` field is added to the records of the child resources.",
    f"{PARENT}An `order_id` field is added to the records of some child resources.",
    f"{PARENT}An `order_id` field is removed from the records of the child resources.",
    f"{PARENT}An `order_id` parameter is added to the requests of the child resources.",
    f"{PARENT}A `total_id` field is added to the records of the child resources.",
    "The `users` have a field `order_id` that is added to the child records.",
]


@pytest.mark.parametrize("prose", TO_CHILDREN)
def test_a_field_of_the_parent_is_added_to_all_its_children(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, *CHILDREN, prose=f"\n# Resources\n\n{prose}{LISTED}\n"))
    value = {"value": "{{ stream_partition.order_id }}", "type": "any"}
    assert written.steps == {key: [{"add": {"order_id": value}}] for key in ("lines", "notes")}


@pytest.mark.parametrize("prose", NOT_TO_CHILDREN)
def test_another_field_or_statement_adds_nothing_to_children(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, *CHILDREN, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {}


def test_a_field_is_added_to_the_one_child_that_a_sentence_names(desk: Desk) -> None:
    prose = f"{PARENT}An `order_id` field is added to the records of the child resource `notes`."
    written = desk.new(shop(ORDERS, *CHILDREN, prose=f"\n# Resources\n\n{prose}\n"))
    assert "lines" not in written.steps
