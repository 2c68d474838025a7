"""Primary keys that the prose names: which statements replace a configured key."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
ORDERS = '{"name": "orders", "endpoint": {"path": "/orders"}}'
WITHOUT_KEY = '"resource_defaults": {"endpoint": {}}'


def section(text: str) -> str:
    """A section of the resource `orders`."""
    return f"\n## Resources\n\n### Orders\n\n{text}\n"


LABELS: list[tuple[str, Any]] = [
    ("- **Primary Key**: `number`, the number of the order", "number"),
    ("- **Primary Key**: `uid`", "uid"),
    ("- Primary key: uid", "uid"),
    ("- **Primary Key:** `uid` (string)", "uid"),
    ("- `primary_key`: `uid`", "uid"),
    ("- **Primary Key**: `a`, `b` (the primary key of the parent is `id`)", ["a", "b"]),
    ("Primary key = `uid`.", "uid"),
    ("- Primary key: `uid` \u2013 given by the server", "uid"),
    ("- Primary key (composite): `a`, `b`", ["a", "b"]),
    ("- Primary key: composite of `a` and `b`", ["a", "b"]),
    ("- Primary key: composite (`a`, `b`)", ["a", "b"]),
    ("- Primary keys: `a` + `b`", ["a", "b"]),
    ("- Primary key: `a` (string), `b` (integer)", ["a", "b"]),
    ("- Composite primary key: a, b", ["a", "b"]),
    ("| Property | Value |\n|---|---|\n| Primary key | `uid` |", "uid"),
    ("| Field | Type | Notes |\n|---|---|---|\n| uid | string | primary key |", "uid"),
    ("#### Schema\n\n- `uid`: string, primary key\n- `name`: string", "uid"),
]
REMARKS = [
    "The primary key of a parent is `account_id`.",
    "- `customer_id`: string, foreign key, the primary key of `customers`",
    "- `customer_id`: string, primary key of the customer",
    "- Primary key type: integer",
    "- Primary key: string",
    "- Primary key: yes",
    "- Primary key: composite",
    "- Primary key: not `email` but `id`",
    "- Primary key: none",
    "- Primary key: `customer_id` of the parent",
    "- Primary key: see `users`",
    "- Primary key: the value of `uid`",
    "The primary key is `uid`.",
    "Rows have `uid` as a primary key.",
    "- `email`: string, unique identifier",
]


@pytest.mark.parametrize(("text", "key"), LABELS)
def test_a_label_in_the_section_of_a_resource_replaces_the_key_of_the_defaults(
    desk: Desk, text: str, key: Any
) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=section(text)))
    assert written.declaration.resources["orders"].primary_key == (
        (key,) if isinstance(key, str) else tuple(key)
    )
    assert written.declaration.resources["users"].primary_key == ("id",)
    is_replaced = any("its primary_key is" in line for line in written.assumed)
    assert is_replaced == (key != "id")


@pytest.mark.parametrize("text", REMARKS)
def test_a_remark_does_not_replace_a_configured_key(desk: Desk, text: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=section(text)))
    assert written.declaration.resources["orders"].primary_key == ("id",)


def test_a_key_that_is_not_among_the_fields_of_the_resource_does_not_replace_another(
    desk: Desk,
) -> None:
    fields = "- Primary key: `uid`\n\n#### Schema\n\n- `id`: string\n- `name`: string"
    written = desk.new(shop(USERS, ORDERS, prose=section(fields)))
    assert written.declaration.resources["orders"].primary_key == ("id",)
    assert "orders: primary_key is id, as configured; the prose names uid" in written.assumed


def test_a_key_of_the_resource_in_the_configuration_wins(desk: Desk) -> None:
    prose = section("- Primary key: `uid`")
    written = desk.new(orders(resource='"primary_key": "number",', prose=prose))
    assert written.declaration.resources["orders"].primary_key == ("number",)
    assert "orders: primary_key is number, as configured; the prose names uid" in written.assumed


def test_two_labels_of_one_resource_that_differ_replace_nothing(desk: Desk) -> None:
    prose = section("- Primary key: `uid`\n\n#### Lines\n\n- Primary key: `line`")
    written = desk.new(shop(USERS, ORDERS, prose=prose))
    assert written.declaration.resources["orders"].primary_key == ("id",)


SENTENCES: list[tuple[str, tuple[str, ...]]] = [
    ("The primary key is `uid`.", ("uid",)),
    ("The primary key for all resources is `uid`, and rows change.", ("uid",)),
    ("`uid` is the primary key.", ("uid",)),
    ("`a` and `b` form the primary key.", ("a", "b")),
    ("The primary key of a parent is `account_id`.", ()),
    ("There is no primary key; `email` may repeat.", ()),
    ("The primary key of `users` is `uid`.", ()),
]


@pytest.mark.parametrize(("text", "key"), SENTENCES)
def test_a_sentence_names_the_key_where_nothing_else_does(
    desk: Desk, text: str, key: tuple[str, ...]
) -> None:
    written = desk.new(shop(USERS, ORDERS, defaults=WITHOUT_KEY, prose=section(text)))
    assert written.declaration.resources["orders"].primary_key == key


def test_a_table_of_resources_names_the_key_of_each(desk: Desk) -> None:
    table = "| Resource | Path | Primary key |\n|---|---|---|\n"
    prose = (
        f"\n## Resources\n\n{table}| users | /users | `uid` |\n| orders | /orders | no, date |\n"
    )
    resources = desk.new(
        shop(USERS, ORDERS, defaults=WITHOUT_KEY, prose=prose)
    ).declaration.resources
    assert resources["users"].primary_key == ("uid",)
    assert resources["orders"].primary_key == ()


def test_a_label_for_all_that_differs_from_the_configuration_is_reported(desk: Desk) -> None:
    written = desk.new(shop(USERS, ORDERS, prose="\n- **Primary Key**: `uid`\n"))
    assert written.declaration.resources["orders"].primary_key == ("id",)
    assert "primary_key is id, as configured; the prose names uid" in written.assumed


@pytest.mark.parametrize(
    "value",
    [
        *("the value of `uid`", "none", "see `users`", "`uid` for carts"),
        *("`id`. Archived orders have `uid`.", "`id` for orders, not `uid`"),
    ],
)
def test_a_label_that_cannot_be_read_is_reported(desk: Desk, value: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=section(f"- Primary key: {value}")))
    assert written.declaration.resources["orders"].primary_key == ("id",)
    line = "orders: its primary_key is id; the prose says something else of it"
    assert line in written.assumed


@pytest.mark.parametrize(
    "value",
    [
        *("None", "no primary key", "`null`", "n/a", "\u2013", "Not defined", "not configured."),
        *("undefined", "none declared", "no primary key is defined"),
    ],
)
def test_a_key_that_a_label_denies_is_not_missed(desk: Desk, value: str) -> None:
    orders = '{"name": "orders", "endpoint": {"path": "/orders"}}'
    users = '{"name": "users", "primary_key": "id", "endpoint": {"path": "/users"}}'
    prose = f"{section(f'- **Primary Key**: {value}')}\nThe primary key of all resources is `id`.\n"
    written = desk.new(shop(users, orders, defaults='"resource_defaults": {}', prose=prose))
    assert "primary_key" not in written.resource("orders")
    assert not [line for line in written.assumed if "says something else" in line]
    assert [line for line in written.assumed if line.startswith("orders: no primary key is stated")]


def test_a_key_of_the_defaults_that_the_fields_lack_is_reported(desk: Desk) -> None:
    prose = section("#### Schema\n\n- `number`: string\n- `name`: string")
    written = desk.new(shop(USERS, ORDERS, prose=prose))
    line = "orders: id of its primary_key is not among its fields in the document"
    assert line in written.assumed


@pytest.mark.parametrize(
    ("prose", "key"),
    [
        ("The key of every record is `uid` (a string).", "uid"),
        ("The keys of all rows are `a` and `b`.", ["a", "b"]),
        ("The foreign key of every record is `uid`.", None),
        ("The key of every record is not `uid`.", None),
    ],
)
def test_the_key_of_every_record_is_that_of_all_resources(
    desk: Desk, prose: str, key: str | list[str] | None
) -> None:
    written = desk.new(shop(ORDERS, USERS, defaults=WITHOUT_KEY, prose=f"\n{prose}\n"))
    assert written.attributes.get("resource_defaults", {}).get("primary_key") == key


LABELS = [
    ("`uid` for orders; `id` for users", ("uid",)),
    ("`id` for users; `uid` for orders, added in the same way as for users", ("uid",)),
    ("`uid` and `day` for the orders; `id` for users", ("uid", "day")),
    ("`uid`. The API has no other identifier, so `uid` is added to every record.", ("uid",)),
]


@pytest.mark.parametrize(("value", "key"), LABELS)
def test_a_label_names_the_key_of_each_of_its_resources(
    desk: Desk, value: str, key: tuple[str, ...]
) -> None:
    prose = section(f"- **Primary Key**: {value}")
    written = desk.new(shop(USERS, ORDERS, defaults=WITHOUT_KEY, prose=prose))
    assert written.declaration.resources["orders"].primary_key == key
    assert not [line for line in written.assumed if "says something else" in line]


IDENTIFIED = [
    "Each row has an integer `uid` that identifies it.",
    "Every record carries a unique `uid`, which identifies it.",
    "All records are identified by a numeric `uid`.",
    "`uid` uniquely identifies each record.",
]
NOT_IDENTIFIED = [
    "Each row has an integer `uid` that identifies its customer.",
    "Every order has a `uid`.",
    "Rows are not identified by `uid`.",
    "`uid` identifies the customer of each record.",
]


@pytest.mark.parametrize("sentence", IDENTIFIED)
def test_what_identifies_each_row_is_the_key_of_all_resources(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(ORDERS, USERS, defaults=WITHOUT_KEY, prose=f"# Keys\n\n{sentence}\n"))
    assert written.attributes["resource_defaults"]["primary_key"] == "uid"


@pytest.mark.parametrize("sentence", NOT_IDENTIFIED)
def test_what_identifies_something_else_is_not_the_key(desk: Desk, sentence: str) -> None:
    document = shop(ORDERS, USERS, defaults=WITHOUT_KEY, prose=f"# Keys\n\n{sentence}\n")
    assert "primary_key: uid" not in desk.new(document).text
