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


LABELLED = """
- **Fields**: `id`, `name`, `kind`
- **Types and Nullability**: `id` is a required string, all other fields are nullable numbers
---
- **Field names:** `id`, `name`, `kind`
- **Types**: `id` is a string and required; the others are numbers.
---
Fields: `id`, `name`, `kind`

All fields are nullable numbers. `id` is a required string.
---
- **Columns**: `id` (string, required), `name` (number), `kind` (number)
- **Nullability**: All fields are nullable, and types are those of the response.
"""
LABELS = """
- **Fields**: Identifiers, names and dates, e.g. `number`, `email`.
- **Types and Nullability**: `other` fields are strings; all of them are nullable
- **Types**: All other fields of `lines` are nullable strings.
- **Fields and types**: all strings
- **Types**: `id` is a number and required; other fields are nullable.
- **Types**: Strings, integers, booleans and objects
- **Formats**: Strings, dates (ISO 8601) and numbers (integers). All are nullable.
- **Kinds of values**: strings, nested objects, arrays of numbers / text
- strings (UTF-8), dates (ISO 8601), timestamps (UTC)
"""
OWN_NAMES = """
- **Properties**: object
- **Types**: array, nullable
- **Date fields**: string
- **Formats**: array of strings
- **Values**: string or number
- **Dates**: `strings`, numbers
- `Fields`: number
- `all` (string), `other` (number)
"""


@pytest.mark.parametrize("text", LABELLED.split("---"))
def test_labels_of_a_schema_are_not_fields_and_a_type_is_that_of_all_others(
    desk: Desk, text: str
) -> None:
    schema = desk.new(shop(ORDERS, prose=f"# Schema\n\n{text}\n")).schema["orders"]
    assert schema == {
        "required": ["id"],
        "fields": {"id": "string", "name": "number?", "kind": "number?"},
    }


def test_labels_before_general_words_are_not_fields(desk: Desk) -> None:
    assert not desk.new(shop(ORDERS, prose=f"# Schema\n{LABELS}")).schema


def test_fields_may_have_the_names_of_labels(desk: Desk) -> None:
    fields = desk.new(shop(ORDERS, prose=f"# Schema\n{OWN_NAMES}")).schema["orders"]["fields"]
    own = {"Properties", "Types", "Fields", "Formats", "Values", "all", "other"}
    assert own <= fields.keys()


LISTED = """
# Schema

- **Fields**:
  - `id`: Unique identifier
  - `title`: Title of the item
  - `note`: see `memo`
  - `total`: number
  - `order`:
- **Nullability**: All fields are nullable.
"""
NAMED_ONLY = "\n# Schema\n\n- `id`: Unique identifier\n- `title`: Title of the item\n"


def test_fields_without_a_type_of_a_list_with_types_are_declared(desk: Desk) -> None:
    schema = desk.new(shop(prose=LISTED)).schema["orders"]
    fields = {"total": "number?", "id": "any", "title": "any?", "order": "any?"}
    assert schema == {"required": ["id"], "fields": fields}
    assert desk.new(shop(prose=NAMED_ONLY), "--force").schema == {}


ITEMS = "- `id`: number\n- `name`: string, nullable\n"
FIELDS = "- **Fields**:\n  - `id`: number\n  - `name`: string, nullable\n"
GENERAL = [
    FIELDS,
    f"The schema of each resource has neutral names:\n\n{ITEMS}",
    f"Common fields:\n\n{ITEMS}",
]
NOT_GENERAL = [
    f"### Invoices\n\n{ITEMS}",
    f"**invoices**\n\n{ITEMS}",
    FIELDS.replace("Fields", "Error fields"),
    f"Some resources have these fields:\n\n{ITEMS}",
    f"{FIELDS}\n\nCommon fields:\n\n{ITEMS}",
    "- **Identifiers**: number\n- **Names**: string",
]


@pytest.mark.parametrize("text", GENERAL)
def test_the_only_list_of_fields_of_no_resource_is_that_of_all(desk: Desk, text: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Schema\n\n{text}"))
    entry = {"required": ["id"], "fields": {"id": "number", "name": "string?"}}
    assert written.schema == {"orders": entry, "users": entry}
    reason = "the fields that the text lists of no resource by name (id, name) are declared for all"
    assert any(line.startswith(reason) for line in written.assumed)


@pytest.mark.parametrize("text", NOT_GENERAL)
def test_a_list_of_fields_of_something_else_is_not_that_of_all(desk: Desk, text: str) -> None:
    assert desk.new(shop(ORDERS, USERS, prose=f"\n# Schema\n\n{text}")).schema == {}


def test_a_list_of_fields_of_no_resource_beside_others_is_reported(desk: Desk) -> None:
    own = "- **orders**: `total` number, `at` string\n"
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Schema\n\n{own}\nFields:\n\n{ITEMS}"))
    assert written.schema.keys() == {"orders"}
    reason = "the text lists fields of no resource by name (id, name), which are not declared"
    assert any(line.startswith(reason) for line in written.assumed)


SEVERAL = """
# Schema

- `id`: string
- `mail` (string), `user_id` (string, users only), `order_id` (number, orders only)
- `city`, `country`: string, nullable
- `total`: number, only of the orders
"""


def test_items_of_several_fields_are_those_of_all_resources_but_for_restricted_ones(
    desk: Desk,
) -> None:
    schema = desk.new(shop(ORDERS, USERS, prose=SEVERAL)).schema
    shared = {"id": "string", "mail": "string?", "city": "string?", "country": "string?"}
    assert schema["orders"]["fields"] == {**shared, "order_id": "number?", "total": "number?"}
    assert schema["users"]["fields"] == {**shared, "user_id": "string?"}


IN_ONE_PLACE = [
    "All fields: `id` integer, `at` timestamp, `name` string or null.",
    "| Field | Type |\n|---|---|\n| id | integer |\n| at | timestamp |\n| name | string or null |",
]


@pytest.mark.parametrize("text", IN_ONE_PLACE)
def test_one_line_or_table_of_fields_is_that_of_all_resources(desk: Desk, text: str) -> None:
    schema = desk.new(shop(ORDERS, USERS, prose=f"\n# Schema\n\n{text}\n")).schema
    expected = {"id": "integer", "at": "timestamp?", "name": "string?"}
    assert [schema[name]["fields"] for name in ("orders", "users")] == [expected, expected]
