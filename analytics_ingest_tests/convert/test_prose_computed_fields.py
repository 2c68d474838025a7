"""Fields that the prose adds with a function's value, or as it adds them to another resource."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
ITEMS = '{"name": "order_items", "endpoint": {"path": "/items"}}'
NOW: list[dict[str, Any]] = [{"add": {"seen": "{{ now_utc() }}"}}]
ADDED = [
    (
        "### Users\n\nThe API does not return the time, so a transformation adds the field `seen` "
        "to every record, with the current UTC time as value (`now_utc()`).",
        NOW,
    ),
    (
        "### Users\n\n- **Primary Key**: `seen`. The API does not return a unique identifier for "
        "this resource, so a transformation adds the field `seen` to every record, with the "
        "current UTC time as value (`now_utc()`).",
        NOW,
    ),
    ("- `users`: the field `seen` is added with the current UTC time (`now_utc()`).", NOW),
    ("- `users`: the field `seen` is added to each record with the value `{{ now_utc() }}`.", NOW),
    ("Each user gets a field `seen` with the value of `now_utc()`.", NOW),
    ("- `users`: `seen` is added to every record with `now_utc()` as its value.", NOW),
    ("- `users`: the field `seen` is always set to `now_utc()` in each record.", NOW),
    (
        "- `users`: the field `uid` is added to every record with the value `generate_uuid()`.",
        [{"add": {"uid": "{{ generate_uuid() }}"}}],
    ),
    (
        "- `users`: the field `day` is added to every record with the value "
        "`format_datetime(now_utc(), '%Y-%m-%d')`.",
        [{"add": {"day": "{{ format_datetime(now_utc(), '%Y-%m-%d') }}"}}],
    ),
    (
        "- **users**: Key `id`. A `seen` field with the current UTC time is added to each record.",
        NOW,
    ),
    ("- `users`: each record gets a field `seen` with the current time (UTC).", NOW),
    ("- `users`: the current UTC time is added to each record as `seen`.", NOW),
    ("- `users`: `seen` is set to the current timestamp in each record.", NOW),
    ("- `users`: the field `seen`, which holds the time of the load, is added to each row.", NOW),
    ("- `users`: a field `seen` (current UTC time) is added to each record.", NOW),
    (
        "- `users`: a field `day` with the current date is added to each record.",
        [{"add": {"day": "{{ today_utc() }}"}}],
    ),
    (
        "- `users`: a field `at` with the current UTC time in ISO 8601 is added to each record.",
        [{"add": {"at": "{{ now_utc().isoformat() }}"}}],
    ),
]
UNREAD = [
    "- `users`: the field `seen` is added to every record with the value `uuid4()`.",
    "- `users`: the field `seen` is added to every record with the value `now_utc() + unknown`.",
    "- `users`: the field `seen` is added to every record with the value `now_utc(`.",
    "- `users`: the field `seen` may be added to every record with the value `now_utc()`.",
    "- `users`: the field `seen` is not added to every record with the value `now_utc()`.",
    "- `users`: the field `seen` is added by the API with the value `now_utc()`.",
    "- `users`: the field `seen` is added to the request with the value `now_utc()`.",
    "- `users`: the parameter `seen` is set to `now_utc()`.",
    "- `users`: the field `seen` is added to every record with `now_utc()` if it is new.",
    "- `users`: the fields `seen` and `at` are added with the value `now_utc()`.",
    "- `users`: the window ends at `now_utc()`, and the field `seen` is sent.",
    "The field `seen` is added with the value `now_utc()`.",
    "- `users`: a `seen` field with the current time zone is added to each record.",
    "- `users`: a `seen` field with the current time in milliseconds is added to each record.",
    "- `users`: a `seen` field with the current time of the store is added to each record.",
    "- `users`: a `seen` field with the current status is added to each record.",
    "- `users`: the current UTC time is added to `seen` in each record.",
    "- `users`: a `seen` header with the current UTC time is added to each request.",
    "- `users`: a `seen` field with the current UTC time may be added to each record.",
    "- `users`: a `seen` field with the current UTC time is added to each record by the API.",
    "- `users`: the current UTC time and a zone are added to each record as `seen`.",
    "## Schema\n\n### Users\n\n`seen` is set to the current UTC time in each record.",
]
SAME = [
    "`seen` for items, added in the same way as for users",
    "- `seen` for `order_items`, added the same way as for `users`",
    "The field `seen` of the order items is added in the same way as for the users.",
    "`seen` is also added to `order_items` in the same way as to `users`.",
    "- **Primary Key**: `id` for orders; `seen` for items, added in the same way as for users",
]
OTHERS = [
    "`seen` for items, not added in the same way as for users",
    "`seen` for items, may be added in the same way as for users",
    "`seen` for carts, added in the same way as for users",
    "`seen` for items, added in the same way as for carts",
    "`seen` for items and orders, added in the same way as for users",
    "`seen` for items, in the same way as for users",
    "`other` for items, added in the same way as for users",
    "`seen` for items, added in the same way as for orders",
]


@pytest.mark.parametrize(("prose", "steps"), ADDED)
def test_a_field_with_the_value_of_a_function_is_added(
    desk: Desk, prose: str, steps: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"# Resources\n\n{prose}\n"))
    assert written.steps == {"users": steps}


@pytest.mark.parametrize("prose", UNREAD)
def test_another_statement_with_a_function_adds_nothing(desk: Desk, prose: str) -> None:
    assert desk.new(shop(USERS, ORDERS, prose=f"# Resources\n\n{prose}\n")).steps == {}


@pytest.mark.parametrize("prose", SAME)
def test_a_field_is_added_in_the_same_way_as_elsewhere(desk: Desk, prose: str) -> None:
    text = f"# Resources\n\n{ADDED[2][0]}\n\n# Notes\n\n{prose}\n"
    written = desk.new(shop(USERS, ORDERS, ITEMS, prose=text))
    assert written.steps == {"users": NOW, "order_items": NOW}
    assert any("as to those of users" in line for line in written.assumed)


@pytest.mark.parametrize("prose", OTHERS)
def test_another_statement_repeats_nothing(desk: Desk, prose: str) -> None:
    text = f"# Resources\n\n{ADDED[2][0]}\n\n# Notes\n\n{prose}\n"
    assert desk.new(shop(USERS, ORDERS, ITEMS, prose=text)).steps == {"users": NOW}
