"""Types that stand before a field of all resources: all resources have a string `id`."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
OWN = "- **orders**: `total` number, `at` string\n- **users**: `name` string, `x` number\n"
TYPED = [
    ("All resources have a string `id`. The fields below are nullable.", {"id": "string?"}),
    ("All resources have an integer `id`.", {"id": "integer?"}),
    ("Every record has a numeric `id`.", {"id": "number?"}),
    ("Each resource has a nullable string `id`.", {"id": "string?"}),
    (
        "All resources have a string `id` and a boolean `is_new`.",
        {"id": "string?", "is_new": "boolean?"},
    ),
    (
        "All resources have a string `id`, an `kind` (string) and a number `size`.",
        {"id": "string?", "kind": "string?", "size": "number?"},
    ),
    ("The field `id` is a number and required in all resources; others are.", {"id": "number?"}),
    ("`id` is a required integer in every resource.", {"id": "integer?"}),
    ("In all records, `no` and `id` are strings.", {"id": "string?", "no": "string?"}),
    ("`size` is a number, never null, in all tables.", {"size": "number"}),
    ("`since` is a date-time everywhere.", {"since": "timestamp?"}),
    ("Common fields of all resources:\n\n- `id`: string", {"id": "string?"}),
    ("Fields in all resources:\n\n- `since`: date-time", {"since": "timestamp?"}),
]
UNTYPED = [
    "All resources have a unique `id`.",
    "All resources may have a string `id`.",
    "No resource has a string `id`.",
    "All resources have a string in `id`.",
    "All resources have a text of `id` and others.",
    "All forms have a string `id`.",
    "All resources have a string `id` of the user.",
    "`id` is a number in most resources.",
    "`id` is required in all resources.",
    "`id` is the number of rows in all resources.",
    "`id` is a number in all resources except `users`.",
    "`id` is a number in all requests.",
]


@pytest.mark.parametrize(("sentence", "fields"), TYPED)
def test_a_type_before_a_field_of_all_resources_is_its_type(
    desk: Desk, sentence: str, fields: dict[str, str]
) -> None:
    found = desk.new(shop(ORDERS, USERS, prose=f"# Schema\n\n{sentence}\n\n{OWN}")).schema
    key = {name: kind.rstrip("?") for name, kind in fields.items() if name == "id"}
    expected = {**fields, **key}
    assert expected.items() <= found["orders"]["fields"].items()
    assert expected.items() <= found["users"]["fields"].items()


@pytest.mark.parametrize("sentence", UNTYPED)
def test_another_sentence_on_a_type_gives_none(desk: Desk, sentence: str) -> None:
    found = desk.new(shop(ORDERS, USERS, prose=f"# Schema\n\n{sentence}\n\n{OWN}")).schema
    assert "id" not in found["orders"]["fields"]
    assert "id" not in found["users"]["fields"]


def test_a_type_in_some_resources_is_that_of_fields_without_one_of_their_own(desk: Desk) -> None:
    sentence = "`seen_at` is a required string (date-time) in the incremental resources."
    lists = "- orders: `seen_at`, `total` (number)\n- users: `seen_at` (string), `x` (number)\n"
    schema = desk.new(shop(ORDERS, USERS, prose=f"# Schema\n\n{sentence}\n\n{lists}")).schema
    assert schema["orders"]["fields"] == {"seen_at": "timestamp?", "total": "number?"}
    assert schema["users"]["fields"] == {"seen_at": "string?", "x": "number?"}
