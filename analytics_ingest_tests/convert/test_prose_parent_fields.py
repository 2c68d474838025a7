"""Fields of a parent that the prose stores with the rows of its children."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
LINES = '{"name": "lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
OF_ORDER = [{"add": {"order_id": {"value": "{{ stream_partition.order_id }}", "type": "any"}}}]
ADDED: list[tuple[str, list[dict[str, Any]]]] = [
    ("### Lines\n\n- **Transformations**: `order_id` is added from the parent.", OF_ORDER),
    ("- **lines**: `order_id` is copied from the parent record.", OF_ORDER),
    ("- `lines`: `order_id` is taken from its parent.", OF_ORDER),
    ("- `order_id` is added to `lines`, each from the parent record.", OF_ORDER),
    ("- **lines**: The rows do not contain `order_id`; it is added from the parent.", OF_ORDER),
    ("- **lines**: `order_id` is added to each row from the parent.", OF_ORDER),
    ("- `lines`: parts of an order. The line's order is stored as `order_id`.", OF_ORDER),
    ("The line's order is stored in each record as `order_id`.", OF_ORDER),
    ("- **lines**: The id of the order is stored as `order_id` in each record.", OF_ORDER),
    ("- **lines**: the `id` of the order is kept in each record as `order_id`.", OF_ORDER),
    ("- **lines**: the identifier of its order is also stored as `order_id`.", OF_ORDER),
    (
        "- **lines**: `order_id` is added from the parent; the field `memo` is removed.",
        [*OF_ORDER, {"remove": ["memo"]}],
    ),
]
INCLUDED = [
    "- **lines**: parts. Each record is stored with the `code` of its order.",
    "Each line is stored together with the `code` of its order.",
    "### Lines\n\nThe records are saved with the `code` of the parent order.",
    "- **lines**: each row is kept with the field `code` of its order.",
    "- **lines**: `code` of the order is added to each line.",
]
RESOLVED = LINES.replace(
    '/lines"}',
    '/lines", "params": {"order_id": {"type": "resolve", "resource": "orders", '
    '"field": "number"}}}',
)
FIELDS = "\n# Schema\n\n- **lines**: `id` (integer), `order_id` (integer), `sum` (number)\n"
LIKE_A_PLACEHOLDER = [
    "- **lines**: The `order_id` of the parent is added to each record.",
    "- **lines**: The parent's `order_id` is added to each row and is part of the primary key.",
    "A field `order_id`, taken from the parent order, is added to the records of `lines`.",
    "- **Transformations**: `order_id`, taken from the parent, is added to the rows of `lines`.",
    "- **lines**: Each record gets the `order_id` from its path.",
    "- **lines**: `order_id` is copied from the path into each record.",
    "- **lines**: Rows are enriched with the parent's `order_id`.",
    "- **lines**: `order_id` is injected into each record.",
    "- **lines**: Each record is extended by `order_id`, the `number` of its order.",
    "The `order_id` of the order is added to each record of `lines`.",
    "The `order_id` of the order is added to each of its lines.",
    "- **lines**: the parent order's `number` is included in each record as `order_id`.",
]
NOT_LIKE_IT = [
    "- **lines**: The `order_id` is masked in each record.",
    "- **lines**: Only records with `order_id` are loaded.",
    "- **lines**: The `order_id` may be added to each record.",
    "- **lines**: The `order_id` of the parent is not added to each record.",
    "- **lines**: The `order_id` was added to each record in v2.",
    "- **lines**: The `order_id` is added to each record by the API.",
    "- **lines**: The `order_id` is added to each record if it is missing.",
    "- **lines**: The `order_id` of the parent is added to the path of each request.",
    "- **lines**: Records are added for each `order_id`.",
    "- **lines**: The `id` of the parent is added to each record.",
    "- **lines**: The `sum` of the parent is added to each record.",
    "- **lines**: Each record gets `order_id`, and `name` of the order.",
    "- **users**: The `order_id` of the parent is added to each record.",
    "- **carts**: The `order_id` of the parent is added to each record.",
]
RELEASES = (
    '{"name": "releases", "endpoint": {"path": "/orders/{order_id}/releases", "params": '
    '{"order_id": {"type": "resolve", "resource": "orders", "field": "id"}}}}'
)
VISITS = (
    '{"name": "visits", "endpoint": {"path": "/users/{user}/visits", "params": '
    '{"user": {"type": "resolve", "resource": "users", "field": "id"}}}}'
)
ALL_FIELDS = "\n# Schema\n" + "".join(
    f"\n- **{name}**: `id` (integer), `order_id` (integer), `user_id` (integer)"
    for name in ("lines", "releases", "visits")
)
EACH_ITS_OWN = [
    "For `lines` and `releases` a field `order_id` is added from the parent order, and for "
    "`visits` a field `user_id` from the parent user.",
    "**Transformations**: For `lines` and `releases` a field `order_id` is added from the parent, "
    "and for `visits` a field `user_id`.",
    "`lines` and `releases` get `order_id` from the order, and `visits` `user_id` from the user.",
    "`order_id` is added to rows of `lines` and `releases`, and `user_id` to those of `visits`.",
    "The id of the parent is stored as `order_id` in `lines` and `releases`, and as `user_id` in "
    "`visits`.",
    "The fields `order_id` (`lines`, `releases`) and `user_id` (`visits`) are added from the "
    "parent.",
    "Added from the parent: `order_id` (`lines`, `releases`), `user_id` (`visits`).",
    "The connector adds `order_id` to `lines` and `releases`, and `user_id` to `visits`.",
    "To `lines` and `releases`, the `order_id` of the parent is added, to `visits` the `user_id`.",
    "A field `order_id` is added to each row of `lines` and `releases`; a field `user_id` to those "
    "of `visits`.",
    "The parent's id is added to each record: `order_id` for `lines` and `releases`, `user_id` for "
    "`visits`.",
]
NOT_EACH = [
    "For `lines` a field `order_id` is not added, and for `visits` a field `user_id`.",
    "For `lines` a field `order_id` may be added, and for `visits` a field `user_id`.",
    "For `lines` a field `order_id` was added, and for `visits` a field `user_id`.",
    "For `lines` a field `order_id` is added by the API, and for `visits` a field `user_id`.",
    "For `lines` `order_id` is added to the path, and for `visits` `user_id`.",
    "For `lines` a field `order_id` is added from `code`, and for `visits` a field `user_id`.",
    "For `lines` a field `order_id` is removed, and for `visits` a field `user_id` is added.",
    "For `lines` a field `user_id` is added, and for `visits` a field `order_id`.",
    "- `GET /lines` with `order_id`, and `GET /visits` with `user_id`",
    "`lines` are requested with `order_id`, and `visits` with `user_id`.",
]
UNCHANGED = [
    "- **lines**: `id` of the order is added to each line as `id`.",
    "- **lines**: `code` of the cart is added to each line.",
    "- **lines**: `order_id` is not added from the parent.",
    "- **lines**: `order_id` may be added from the parent.",
    "- **lines**: `order_id` was added from the parent.",
    "- **lines**: `order_id` is added from the parent by the API.",
    "- **lines**: `order_id` is added from the parent's `number`.",
    "- **users**: `order_id` is added from the parent.",
    "- **lines**: `memo` is added from the parent.",
    "- **carts**: `order_id` is added from the parent.",
    "- **lines**: The row has `a` and `b`; it is added from the parent.",
    "- **lines**: Each record is stored with the `code` of its cart.",
    "- **lines**: Each record is stored with the `code` of its user.",
    "- **lines**: Each record is not stored with the `code` of its order.",
    "- **lines**: Each record may be stored with the `code` of its order.",
    "- **lines**: Each export is stored with the `code` of its order.",
    "- **lines**: The line's user is stored as `user_id`.",
    "- **lines**: The line's order is stored as `above`.",
    "- **lines**: The cart's order is stored as `order_id`.",
]


@pytest.mark.parametrize(("prose", "expected"), ADDED)
def test_the_key_of_the_parent_is_added(
    desk: Desk, prose: str, expected: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, prose=f"\n{prose}\n"))
    assert written.steps == {"lines": expected}


@pytest.mark.parametrize("prose", INCLUDED)
def test_a_field_of_the_parent_is_included_where_it_has_no_name_of_its_own(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, prose=f"\n{prose}\n"))
    assert written.resource("lines")["include_from_parent"] == ["code"]
    line = "lines: its rows hold code of orders as _orders_code, as the prose says"
    assert line in written.assumed


@pytest.mark.parametrize("prose", LIKE_A_PLACEHOLDER)
def test_what_fills_a_placeholder_is_added_as_the_column_of_its_name(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, RESOLVED, prose=f"\n{prose}\n{FIELDS}"))
    assert written.steps == {"lines": OF_ORDER}
    assert "filtered or changed" not in written.report


@pytest.mark.parametrize("prose", NOT_LIKE_IT)
def test_what_fills_a_placeholder_is_not_added_by_a_sentence_on_anything_else(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, RESOLVED, prose=f"\n{prose}\n{FIELDS}"))
    assert written.steps == {}


@pytest.mark.parametrize("prose", EACH_ITS_OWN)
def test_each_of_several_resources_gets_what_fills_its_own_path(desk: Desk, prose: str) -> None:
    resources = (ORDERS, USERS, RESOLVED, RELEASES, VISITS)
    written = desk.new(shop(*resources, prose=f"\n{prose}\n{ALL_FIELDS}"))
    of_user = [{"add": {"user_id": {"value": "{{ stream_partition.user }}", "type": "any"}}}]
    assert written.steps == {"lines": OF_ORDER, "releases": OF_ORDER, "visits": of_user}


def test_a_resource_may_be_called_releases(desk: Desk) -> None:
    prose = "## releases\n\nThe `order_id` of the parent is added to each record."
    written = desk.new(shop(ORDERS, RELEASES, prose=f"\n# Resources\n\n{prose}\n{ALL_FIELDS}"))
    assert written.steps == {"releases": OF_ORDER}
    prose = prose.replace("releases", "Release notes")
    other = shop(ORDERS, RELEASES, prose=f"\n# Resources\n\n{prose}\n{ALL_FIELDS}")
    assert desk.new(other, "--force").steps == {}


@pytest.mark.parametrize("prose", NOT_EACH)
def test_none_of_several_resources_gets_what_a_sentence_does_not_add(
    desk: Desk, prose: str
) -> None:
    resources = (ORDERS, USERS, RESOLVED, RELEASES, VISITS)
    assert desk.new(shop(*resources, prose=f"\n{prose}\n{ALL_FIELDS}")).steps == {}


def test_it_is_added_without_a_list_of_fields_where_the_text_names_the_parent(desk: Desk) -> None:
    for prose, steps in ((LIKE_A_PLACEHOLDER[0], {"lines": OF_ORDER}), (LIKE_A_PLACEHOLDER[7], {})):
        written = desk.new(shop(ORDERS, RESOLVED, prose=f"\n{prose}\n"), "--force")
        assert written.steps == steps


@pytest.mark.parametrize("prose", UNCHANGED)
def test_no_field_of_a_parent_is_added_by_a_sentence_that_is_not_clear(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, LINES, prose=f"\n{prose}\n"))
    assert written.steps == {}
    assert "include_from_parent" not in written.text
