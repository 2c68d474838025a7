"""Types that several fields share, and fields that all resources have."""

import pytest

from analytics_ingest.convert.prose.fields.common_fields import is_above_each
from analytics_ingest.convert.prose.fields.field_lists import read_list
from analytics_ingest.convert.prose.fields.field_references import (
    FieldReference,
    find_owner,
    read_reference,
)
from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
SHARING = "- **users**: `a`, `b` (string), `c`, `d` (number), `e`, `f` (boolean)\n"
"""A list in the style of a document that gives one type to several fields."""


def read(desk: Desk, schema: str) -> dict[str, str]:
    """Convert a document whose schema is this; return the fields of `orders` with a type."""
    written = desk.new(shop(ORDERS, USERS, prose=f"# Schema\n\n{schema}\n"))
    return list_typed(written.schema.get("orders", {}).get("fields", {}))


def list_typed(fields: dict[str, str]) -> dict[str, str]:
    """The fields whose type is declared, not left to their values."""
    return {name: kind for name, kind in fields.items() if kind.rstrip("?") != "any"}


SHARED: list[tuple[str, dict[str, str]]] = [
    (
        "- **orders**: `id` (string), `net`, `tax`, `total` (number), `note` (string)",
        {"id": "string", "net": "number?", "tax": "number?", "total": "number?", "note": "string?"},
    ),
    (
        "- **orders**: `id` (string), `start`, `end` (date-time, required), `to`, `cc` (array)",
        {"id": "string", "start": "timestamp?", "end": "timestamp", "to": "array?", "cc": "array?"},
    ),
    (
        "| Resource | Fields |\n|---|---|\n| orders | `net`, `tax` (number), `is_paid` (boolean) |",
        {"net": "number?", "tax": "number?", "is_paid": "boolean?"},
    ),
    (
        "- **orders**: `id` (number), `buyer_id`, `shop_id` (number), `at` (string)",
        {"id": "number", "buyer_id": "number?", "shop_id": "number?", "at": "string?"},
    ),
]


@pytest.mark.parametrize(("line", "fields"), SHARED)
def test_a_type_holds_for_the_names_before_it_where_the_document_writes_so(
    desk: Desk, line: str, fields: dict[str, str]
) -> None:
    assert read(desk, f"{line}\n\n{SHARING}") == fields


ALONE: list[tuple[str, set[str]]] = [
    # One list may have fields without a type.
    ("- **orders**: `id` (string), `status`, `total` (number)", {"id", "total"}),
    ("- **orders**: `id` (string), `status`, `total` (number), `net`, `tax` (string)", {"id"}),
    # A name at the end has no type, and so may others.
    (f"- **orders**: `status`, `total` (number), `note`\n{SHARING}", {"total"}),
    (f"- **orders**: `status`, `total` (number)\n{SHARING}- **users**: `x` (text), `y`", {"total"}),
    # Each field has its own type, even those that have the same.
    (f"- **orders**: `x`, `a` (string), `b` (string), `c` (string)\n{SHARING}", {"a", "b", "c"}),
    # An id is not what the next field is.
    (f"- **orders**: `id`, `name` (string), `net`, `tax` (number)\n{SHARING}", {"name", "tax"}),
    (f"- **orders**: `buyer_id`, `name` (string), `x` (number)\n{SHARING}", {"name", "x"}),
    (f"- **orders**: `id` (number), `buyer_id`, `name` (string)\n{SHARING}", {"id", "name"}),
    # Of a document that leaves out a type, several names may have none.
    ("- **orders**: `x`, `buyer_id`, `total` (number), `note`", {"total"}),
    # A text is not a flag, nor a moment a list: one of them has no type, and so may all.
    (f"- **orders**: `buyer_id`, `first_name`, `x`, `paid` (boolean)\n{SHARING}", {"paid"}),
    (
        f"- **orders**: `x`, `currency`, `lines` (array), `status`, `tags` (array)\n{SHARING}",
        {"lines"},
    ),
    (f"- **orders**: `x`, `paid_at`, `lines` (array)\n{SHARING}", {"lines"}),
    (f"- **orders**: `x`, `domain`, `net` (numbers)\n{SHARING}", {"net"}),
    (f"- **orders**: `x`, `siteUrl`, `net` (number)\n{SHARING}", {"net"}),
    # A key is one field.
    (f"- **orders**: `name`, `code` (string, primary key), `x` (number)\n{SHARING}", {"code", "x"}),
]


@pytest.mark.parametrize(("schema", "typed"), ALONE)
def test_a_type_that_may_be_that_of_one_field_is_given_to_no_other(
    desk: Desk, schema: str, typed: set[str]
) -> None:
    fields = read(desk, schema)
    assert typed <= set(fields)
    assert set(fields).isdisjoint({"status", "x", "buyer_id"} - typed)
    assert "id" in typed or "id" not in fields


BOTH = {"a": "string?", "b": "number?"}
EXPLICIT: list[tuple[str, dict[str, str]]] = [
    (
        "- **orders**: `id` number; `net`, `tax` number/null; `note` string/null",
        {"id": "number", "net": "number?", "tax": "number?", "note": "string?"},
    ),
    (
        "- **orders**: `id` (number); `buyer_id`, `note` (string or null)",
        {"id": "number", "buyer_id": "string?", "note": "string?"},
    ),
    ("- **orders**: `net`, `tax` (both number)", {"net": "number?", "tax": "number?"}),
    (
        "- **orders**: `net`, `tax` and `sum` (all number, required)",
        {"net": "number", "tax": "number", "sum": "number"},
    ),
    ("### Orders\n\n- `net`, `tax`: number", {"net": "number?", "tax": "number?"}),
    ("### Orders\n\n- `net` / `tax`: number", {"net": "number?", "tax": "number?"}),
    ("### Orders\n\n- `net` and `tax`: number", {"net": "number?", "tax": "number?"}),
    ("### Orders\n\n- `net`, `tax` - number", {"net": "number?", "tax": "number?"}),
    (
        "### Orders\n\n| Field | Type |\n|---|---|\n| `net`, `tax` | number |\n| id | string |",
        {"net": "number?", "tax": "number?", "id": "string"},
    ),
    (
        "### Orders\n\n| Fields | Type |\n|---|---|\n| net, tax | number |",
        {"net": "number?", "tax": "number?"},
    ),
    ("- **orders**: `lines` (array)", {"lines": "array?"}),
    # Several names before a type share it, though others have their own.
    (
        "- **orders**: `a` string, `b` string, `x`, `net`, `tax` number",
        {"a": "string?", "b": "string?", "x": "number?", "net": "number?", "tax": "number?"},
    ),
    (
        "- **orders**: `id`, `net`, `buyerID` (string), `lines` (object with `a`, `b`)",
        {"id": "string", "net": "string?", "buyerID": "string?", "lines": "object?"},
    ),
    (
        "### Orders\n\n- `net`: string; `at`, `end`: string, date-time; `lines`: array (`x`, `y`);"
        " one object per kind, for example `card`, `cash`",
        {"net": "string?", "at": "timestamp?", "end": "timestamp?", "lines": "array?"},
    ),
    (
        "### Orders\n\n- as `users`, plus `net`, `tax`: number; `note`: string\n\n"
        "### Users\n\n- `id`, `x`: string; `y`: boolean",
        {"net": "number?", "tax": "number?", "note": "string?", "id": "string"}
        | {"x": "string?", "y": "boolean?"},
    ),
    ("- **orders**: as **users**\n- **users**: `a` (string), `b` (number)", BOTH),
    ("Both resources share one schema:\n\n- `a`: string\n- `b`: number", BOTH),
    (
        "All is kept. The order report has these columns:\n\n"
        "| Column | Type |\n|---|---|\n| `a` | string |\n| `b`, `c` | number |",
        {**BOTH, "c": "number?"},
    ),
]
OBJECT, LIST = "object?", "array?"
OWN_TYPE: list[tuple[str, dict[str, str]]] = [
    ("Every record contains `id`, `at` and a `x` object with the values.", {"x": OBJECT}),
    ("Every record contains `id`, `at` and an object `x`.", {"x": OBJECT}),
    ("Every record contains `id`, `at` and the `x` array.", {"x": LIST}),
    (
        "Every record contains `id`, a `x` object and a `y` array of strings.",
        {"x": OBJECT} | {"y": LIST},
    ),
    ("Every record contains `at`, `a` and `x` (an object).", {"x": OBJECT}),
    ("- `orders` have `no`, `at` and a `x` object.", {"x": OBJECT}),
    ("Every record contains `a`, `b` and `c` objects.", dict.fromkeys("abc", OBJECT)),
    (
        "Every record contains the objects `a`, `b` and a `c` array.",
        {"a": OBJECT, "b": OBJECT, "c": LIST},
    ),
    ("Every record contains `a` and `b` (objects).", dict.fromkeys("ab", OBJECT)),
    ("Every record contains `id`, `a` and `b` (objects).", dict.fromkeys("ab", OBJECT)),
]
"""An article types one name, a plural types all; a key is never an object."""


@pytest.mark.parametrize(
    "lead",
    [
        "The fields are numbers and strings, for example",
        "The columns are of several types, e.g.",
        "There are fields for the dates, among others:",
    ],
)
def test_words_before_examples_are_not_part_of_the_first(lead: str) -> None:
    listed = read_list(f"{lead} `id` (number), `a` (string) and `b` (string).", least_sharing=None)
    assert listed
    assert listed.typed == [("id", "number"), ("a", "string"), ("b", "string")]


@pytest.mark.parametrize(
    "line",
    [
        "- **Types and Nullability**: Dimensions are strings, metrics are numbers or integers.",
        "Keys are strings, totals are numbers.",
    ],
)
def test_a_type_of_groups_declares_no_field(desk: Desk, line: str) -> None:
    assert desk.new(shop(prose=f"# Schema\n\n{line}\n")).schema.get("orders") is None


@pytest.mark.parametrize(("sentence", "fields"), OWN_TYPE)
def test_a_type_with_an_article_is_that_of_one_name(
    desk: Desk, sentence: str, fields: dict[str, str]
) -> None:
    written = desk.new(shop(prose=f"# Schema\n\n{sentence}\n"))
    assert list_typed(written.schema["orders"]["fields"]) == fields


BEFORE_A_SENTENCE: list[tuple[str, dict[str, str]]] = [
    (
        "- **orders**: `a` (string), `net` (number), `tax` (number). All are nullable except `a`.",
        {"a": "string", "net": "number?", "tax": "number?"},
    ),
    (
        "- **orders**: `a` string, `net` number, `tax` number. `a` is the primary key.",
        {"a": "string?", "net": "number?", "tax": "number?"},
    ),
    (
        "- **orders**: `a` (string) and `tax` (number); all others are texts.",
        {"a": "string?", "tax": "number?"},
    ),
    (
        "- **orders**: `a` (string), `tax` (number). All fields except `a` and `tax` are nullable.",
        {"a": "string", "tax": "number"},
    ),
    (
        "- **orders**: `a` (string), `tax` (number)\n\nOnly `a` is required.",
        {"a": "string", "tax": "number?"},
    ),
    (
        "- **orders**: `a` (string), `tax` (number).\n- **users**: `b` (text). All are nullable "
        "except `tax`.",
        {"a": "string?", "tax": "number?"},
    ),
    ("- **orders**: `a` (string). May be old, `tax` (number)", {}),
]
"""Lists that end with a sentence, and which fields of them are never null."""
EXPLICIT += BEFORE_A_SENTENCE


@pytest.mark.parametrize(("schema", "fields"), EXPLICIT)
def test_a_type_holds_for_each_of_a_group(desk: Desk, schema: str, fields: dict[str, str]) -> None:
    assert read(desk, schema) == fields


@pytest.mark.parametrize(
    "schema",
    [
        "- **orders**: `status` text that the shop shows",
        "- **orders**: see `lines` (array)",
        "### Orders\n\n| Field | Type |\n|---|---|\n| net of tax, sum | number |",
        "- **orders**: `a` number; `b`, `c` number, `d` string",
        "- **orders**: as `users`, without `b`\n- **users**: `b` (string), `e` (number)",
        "All three resources share one schema:\n\n- `b`: string",
        "The order response has these fields:\n\n- `b`: string",
        "The orders and users have these fields:\n\n- `b`: string",
        "The order report may have these columns:\n\n- `b`: string",
    ],
)
def test_other_texts_give_no_field_the_type_of_another(desk: Desk, schema: str) -> None:
    assert read(desk, schema).keys() <= {"a", "c", "d"}


OWN = "- `orders`: `total` (number), `note` (string)\n- `users`: `name` (string), `x` (number)"
OF_ALL: list[tuple[str, dict[str, str]]] = [
    ("All resources have an `id` (string, required).", {"id": "string"}),
    ("All resources have an `id` (string, required). Others are nullable.", {"id": "string"}),
    (
        "Every record has an `id` (string), and a `created` (date-time).",
        {"id": "string", "created": "timestamp?"},
    ),
    ("All resources are identified by `id` (string, required).", {"id": "string"}),
    (
        "Common fields: `id` (string), `created` (date-time).",
        {"id": "string", "created": "timestamp?"},
    ),
    (
        "- **Common fields**: `id` string, `created` date-time",
        {"id": "string", "created": "timestamp?"},
    ),
    (
        "All resources have `id`, `created` and `kind` (all string). The other fields are:",
        {"id": "string", "created": "string?", "kind": "string?"},
    ),
    ("All resources have the fields `id` (string) and `n` (number).", {"id": "string"}),
    (
        "All resources share the same schema: `id` (string), `created` (date-time).",
        {"id": "string", "created": "timestamp?"},
    ),
]


@pytest.mark.parametrize(("sentence", "common"), OF_ALL)
def test_a_sentence_may_give_a_field_to_all_resources(
    desk: Desk, sentence: str, common: dict[str, str]
) -> None:
    prose = f"# Schema\n\n{sentence}\n\n{OWN}\n"
    schema = desk.new(shop(ORDERS, USERS, prose=prose)).schema
    assert common.items() <= schema["orders"]["fields"].items()
    assert common.items() <= schema["users"]["fields"].items()


def test_the_type_of_a_resource_wins_over_that_of_all(desk: Desk) -> None:
    own = f"{OWN}, `id` (integer)"
    prose = f"# Schema\n\nAll resources have an `id` (string).\n\n{own}\n"
    schema = desk.new(shop(ORDERS, USERS, prose=prose)).schema
    assert schema["orders"]["fields"]["id"] == "string"
    assert schema["users"]["fields"]["id"] == "integer"


@pytest.mark.parametrize(
    "sentence",
    [
        "Most resources have an `id` (string).",
        "All resources have an `id` (string), except `orders`.",
        "All resources but `orders` have an `id` (string).",
        "All resources may have an `id` (string).",
        "All resources have an `id` (string) query parameter.",
        "All resources have the parameter `id` (string).",
        "All resources take an `id` (string).",
        "All resources have an `id` (string; in `users` an integer).",
        "Every error has an `id` (string).",
        "All resources have an `id`.",
    ],
)
def test_a_sentence_on_something_else_gives_no_field_to_all(desk: Desk, sentence: str) -> None:
    prose = f"# Schema\n\n{sentence}\n\n{OWN}\n"
    schema = desk.new(shop(ORDERS, USERS, prose=prose)).schema
    assert "id" not in schema["orders"]["fields"]
    assert "id" not in schema["users"]["fields"]


def test_a_sentence_below_a_resource_is_on_its_rows_only(desk: Desk) -> None:
    prose = (
        "# Schema\n\n### Orders\n\nEvery record has an `id` (string).\n\n- `total`: number\n\n"
        "### Users\n\n- `name`: string\n"
    )
    schema = desk.new(shop(ORDERS, USERS, prose=prose)).schema
    assert list(schema["orders"]["fields"]) == ["id", "total"]
    assert list(schema["users"]["fields"]) == ["name"]


@pytest.mark.parametrize(
    "sentence", ["Every `id` is a string.", "All `id` fields are strings; dates are ISO 8601."]
)
def test_a_sentence_may_give_a_type_to_all_fields_of_a_name(desk: Desk, sentence: str) -> None:
    prose = (
        f"# Schema\n\n{sentence}\n\n- orders: `id`, `total` (number)\n"
        "- users: `name` (string), `x` (number)\n"
    )
    schema = desk.new(shop(ORDERS, USERS, prose=prose)).schema
    assert schema["orders"]["fields"] == {"id": "string", "total": "number?"}
    assert schema["users"]["fields"] == {"name": "string?", "x": "number?"}


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("All resources share the same JSON:API structure:", {"orders", "users"}),
        ("Every resource has the same fields:", {"orders", "users"}),
        (
            "It is lax. The schema for each resource includes the following fields:",
            {"orders", "users"},
        ),
        ("All resources may share the same fields:", set()),
        ("Most resources share the same structure:", set()),
    ],
)
def test_a_list_may_be_that_of_each_resource(desk: Desk, title: str, names: set[str]) -> None:
    """Then rows have no other fields, and no cursor that is not among them."""
    listed = "- `id`: string\n- `links`: object (not present for `users`)"
    written = desk.new(shop(ORDERS, USERS, prose=f"# Schema\n\n{title}\n\n{listed}\n"))
    fields = {name: list(of_rows["fields"]) for name, of_rows in written.schema.items()}
    every = {"orders": ["id", "links"], "users": ["id"]}
    assert fields == {name: every[name] for name in names}
    assert (written.endpoint().get("incremental", {}) is None) is bool(names)


@pytest.mark.parametrize(
    ("above", "is_of_each"),
    [
        ("The schema for each resource includes the following fields:", True),
        ("The schema of both resources is defined with these fields:", True),
        ("Each resource has the following fields:", True),
        ("All resources contain these common fields:", True),
        ("**Every record returns the following properties:**", True),
        ("The following fields are present in all resources:", True),
        ("These columns are common to the two tables:", True),
        ("The schema for each resource is defined with neutral field names and types.", False),
        ("The schema of the three resources includes the following fields:", False),
        ("The schema for some resources includes the following fields:", False),
        ("The schema for each resource may include the following fields:", False),
        ("Each resource takes the following parameters:", False),
        ("Each request has the following fields:", False),
        ("The schema for each resource is in its section:", False),
    ],
)
def test_a_line_above_a_list_gives_its_fields_to_each_resource(
    above: str, is_of_each: bool
) -> None:
    assert is_above_each(above, 2) is is_of_each


def test_lists_of_others_below_a_line_on_each_resource_are_not_of_all(desk: Desk) -> None:
    above = "The schema for each resource is defined with the following fields:"
    listed = "- `id`: string\n- **forms**: `a` (string), `b` (number)\n- others: `c`, `d`\n"
    schema = desk.new(shop(ORDERS, USERS, prose=f"# Schema\n\n{above}\n\n{listed}")).schema
    assert {name: [*of["fields"]] for name, of in schema.items()} == {
        "orders": ["id"],
        "users": ["id"],
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Common fields include `id` (string), `n` (number) and `at` (date-time).", "id n at"),
        ("The rows vary. Fields include `id` (string), `n` (number).", "id n"),
        ("Its columns are: `id` (string), `n` (number).", "id n"),
        # What is before the list is not on fields.
        ("The status `open` (string), `id` (string), `n` (number).", "id n"),
    ],
)
def test_the_first_field_of_a_sentence_is_read_as_the_others(
    desk: Desk, text: str, names: str
) -> None:
    schema = desk.new(shop(ORDERS, prose=f"# Schema\n\n{text}\n")).schema
    assert [*schema["orders"]["fields"]] == names.split()


def test_a_field_may_have_the_name_of_its_resource(desk: Desk) -> None:
    """Unless there is no other: then it is around the rows."""
    own = "- **Fields**:\n  - `id`: Number\n  - `orders`: Array or null"
    around = "- `users`: array of objects\n  - `id`: string"
    prose = f"# Schema\n\n### Orders\n\n{own}\n\n### Users\n\n{around}\n"
    schema = desk.new(shop(ORDERS, USERS, prose=prose)).schema
    assert schema["orders"]["fields"] == {"id": "number", "orders": "array?"}
    assert schema["users"]["fields"] == {"id": "string"}


NAMES = ("campaign_performance", "campaigns", "users")


@pytest.mark.parametrize(
    ("above", "owner"),
    [
        ("The performance report has these columns:", "campaign_performance"),
        ("Each campaign has the following fields:", "campaigns"),
        ("All is kept. Columns of the performance report:", "campaign_performance"),
        ("The schema of `users`", "users"),
        ("The performance report takes these parameters:", None),
        ("The report has these columns:", None),
        ("Campaigns and users have these fields:", None),
        ("If it is set, the performance report has these columns:", None),
        ("The error of a campaign has these fields:", None),
    ],
)
def test_a_line_above_a_list_says_whose_fields_are_in_it(above: str, owner: str | None) -> None:
    assert find_owner(above, NAMES) == owner


@pytest.mark.parametrize(
    ("text", "other", "rest"),
    [
        ("as `users`, plus `a`, `b`: string", "users", "`a`, `b`: string"),
        ("all fields of `users` and `a` (string)", "users", "`a` (string)"),
        ("like users", "users", ""),
        ("the same fields as for `users`, with the fields: `a`", "users", "`a`"),
        ("as `users`, without `a`", None, ""),
        ("as `orders`, plus `a`", None, ""),
        ("read as `users`", None, ""),
        ("as `campaigns`", None, ""),
    ],
)
def test_a_list_may_add_to_the_fields_of_another_resource(
    text: str, other: str | None, rest: str
) -> None:
    found = read_reference(text, "campaigns", NAMES)
    assert found == (FieldReference(other, rest) if other else None)


@pytest.mark.parametrize(
    "name", ["`owner.id`", "`a/b`", "`a-b`", "`Order No.`", "`tags[]`", "`$type`", "`90d`"]
)
def test_a_name_that_is_not_a_word_does_not_end_a_list_of_fields(desk: Desk, name: str) -> None:
    """The resource then has a cursor, which is one of the fields."""
    prose = f"# Schema\n\n- orders: `id`, {name}, `status`, `modified_at`\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert written.endpoint("orders")["incremental"] == {"cursor_path": "modified_at"}
