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
]
UNTYPED = [
    "All resources have a unique `id`.",
    "All resources may have a string `id`.",
    "No resource has a string `id`.",
    "All resources have a string in `id`.",
    "All resources have a text of `id` and others.",
    "All forms have a string `id`.",
    "All resources have a string `id` of the user.",
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
