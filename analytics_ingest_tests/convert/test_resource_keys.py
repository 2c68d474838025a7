"""A statement that names a resource and its key wins over the key of all resources."""

import time

import pytest

from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.prose.fields.primary_keys import read_primary_keys
from analytics_ingest.convert.prose.text.passages import read_prose
from analytics_ingest_tests.convert.writing import Desk, Written, shop

NAMES = ("users", "order_lines", "accounting_years")
RESOURCES = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in NAMES]


def new(desk: Desk, prose: str) -> Written:
    return desk.new(shop(*RESOURCES, prose=f"# Resources\n\n{prose}\n"))


def read(desk: Desk, prose: str) -> dict[str, tuple[str, ...]]:
    """The keys that are not the key of all resources."""
    resources = new(desk, prose).declaration.resources
    return {n: r.primary_key for n, r in resources.items() if r.primary_key != ("id",)}


LISTS = [
    "### Primary keys\n\n- users: uid\n- order_lines: line_number",
    "### Primary keys\n\n- `users`: `uid`\n- `order_lines`: `line_number`",
    "### Primary keys\n\n- **users** \u2013 `uid`\n- **order_lines** \u2013 `line_number`",
    "### Primary keys\n\n- `users` = `uid`\n- `order_lines` = `line_number`",
    "### Primary keys\n\n- `users` \u2192 `uid`\n- `order_lines` \u2192 `line_number`",
    "### 2. Primary key fields\n\n* Users: `uid` (string)\n* Order lines: `line_number` (integer)",
    "### The primary keys of the resources\n\n1. User: `uid`\n2. Order line: `line_number`.",
    "### Primary keys by resource\n\n- `users`: `uid` (a string)\n- `order_lines`: `line_number`",
    "Primary keys:\n\n- `users`: `uid`\n- `order_lines`: `line_number`",
    "**Primary keys**:\n- `users`: `uid`\n- `order_lines`: `line_number`",
    "The primary keys are as follows:\n\n- users: uid\n- order lines: line_number",
    "- **Primary keys**:\n  - `users`: `uid`\n  - `order_lines`: `line_number`",
    "### Primary keys\n\n| Resource | Field |\n|---|---|\n| users | `uid` |\n"
    "| order_lines | `line_number` |",
    "| Resource | Primary key column |\n|---|---|\n| `users` | `uid` |\n"
    "| `order_lines` | `line_number` |",
    "Primary keys: `uid` (users), `line_number` (order lines)",
    "Primary keys: users \u2192 `uid`, order lines \u2192 `line_number`",
    "The primary keys are `uid` for `users` and `line_number` for `order_lines`.",
]


@pytest.mark.parametrize("prose", LISTS)
def test_a_list_names_the_key_of_each_resource(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {"users": ("uid",), "order_lines": ("line_number",)}


USERS = [
    "- **Users**: primary key `uid`",
    "- **Users**: primary key `uid`, sorted by `at`, not filtered",
    "- `users`: sorted by `at`, primary key `uid`",
    "- `users` \u2013 primary key `uid`",
    "- `users` (path `/users`): primary key `uid`",
    "- **Users** have the primary key `uid`.",
    "`users` has `uid` as its primary key.",
    "`users` uses `uid` as the primary key, and its rows change.",
    "The primary key of `users` is `uid`.",
    "The primary key of the users is `uid`.",
    "The primary key of a user is the field `uid`.",
    "The primary key of each record of `users` is `uid`.",
    "For `users` the primary key is `uid`.",
    "`uid` is the primary key of `users`.",
    "`uid` serves as the primary key of users.",
    "`users` are identified by `uid`.",
    "Each user is uniquely identified by `uid`.",
    "`uid` uniquely identifies each user.",
    "For `users`, the primary key is `uid`.",
    "- **Users**: identified by `email`, primary key `uid`",
    "All are sorted; the primary key of the users is `uid`",
]


@pytest.mark.parametrize("prose", USERS)
def test_a_sentence_names_the_key_of_a_resource(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {"users": ("uid",)}


COMPOSITE = [
    "The primary key of the order lines is `order` and `number`.",
    "- `order_lines`: primary key `order`, `number`",
    "The key of `order_lines` is `order` plus `number`.",
    "The key of `order_lines` consists of `order` and `number`.",
    "The key of `order_lines` is `order` plus `number`, since numbers begin anew in each order.",
    "`order_lines` are identified by `order` together with `number`.",
    "### Primary keys\n\n- order_lines: `order` + `number`",
    "### Primary keys\n\n- order_lines: composite (`order`, `number`)",
]


@pytest.mark.parametrize("prose", COMPOSITE)
def test_a_key_has_several_fields(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {"order_lines": ("order", "number")}


@pytest.mark.parametrize(
    "prose",
    [
        "The primary key of `users` and `accounting_years` is `uid`.",
        "- **users**, **accounting_years**: primary key `uid`",
        "### Primary keys\n\n- `users` and `accounting_years`: `uid`",
    ],
)
def test_resources_share_a_key(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {"users": ("uid",), "accounting_years": ("uid",)}


OTHERS = [
    "The primary key of `users` is not `uid`.",
    "The primary key of `users` may be `uid`.",
    "The primary key of `users` was `uid`.",
    "The primary key of `users` is `uid`, if the account has one.",
    "The primary key of `users` is `uid`, but only in reports.",
    "The primary key of `users` is `uid` in webhooks.",
    "The primary key of `users` is `uid` in the exports.",
    "Users are identified by `uid` in paths.",
    "Users are identified by the header `X-User`.",
    "Each user of an accounting year is identified by `uid`.",
    "The primary key of the parent of `users` is `uid`.",
    "The foreign key of `users` is `uid`.",
    "The primary key of `users` and `shops` is `uid`.",
    "The primary keys of `users` and `order_lines` are `uid` and `number`.",
    "- `user_id`: string, the primary key of `users`",
    "- `user_id`: primary key of the user",
    "### Order lines\n\n`user_id` is the primary key of the user.",
    "### Primary keys\n\n- `shops`: `uid`",
    "### Primary keys\n\n- `users`: none",
    "### Primary keys\n\n- `users`: `id` of the parent",
    "### Primary keys\n\n- `users` and `shops`: `uid`",
    "### Primary keys\n\nThe cursors are:\n\n- `users`: `updated_at`",
    "### Sort keys\n\n- `users`: `uid`",
    "### Primary keys in webhooks\n\n- `users`: `uid`",
    "In order lines, users are identified by `uid`.",
    "In webhooks, the primary key of `users` is `uid`.",
    "For `order_lines`, the primary key of `users` is `uid`.",
    "`uid` identifies the user.",
    "- `uid`: uniquely identifies a user",
    "- `uid` \u2013 uniquely identifies a user",
    "The primary key of each record is `id`; users have `uid`.",
]


@pytest.mark.parametrize("prose", OTHERS)
def test_another_statement_changes_no_key(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {}


def test_a_word_that_two_resources_fit_names_none(desk: Desk) -> None:
    names = ("user", "users")
    resources = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in names]
    prose = "The primary key of the Users is `uid`. The primary key of a `userS` is `key`."
    read = desk.new(shop(*resources, prose=prose)).declaration.resources
    assert read["user"].primary_key == ("id",)


def test_statements_that_differ_change_nothing(desk: Desk) -> None:
    prose = "The primary key of `users` is `uid`. The primary key of `users` is `email`."
    assert read(desk, prose) == {}


def test_what_a_resource_configures_wins_and_is_reported(desk: Desk) -> None:
    users = RESOURCES[0].replace('"endpoint"', '"primary_key": "number", "endpoint"')
    written = desk.new(shop(users, prose="### Primary keys\n\n- users: uid"))
    assert written.declaration.resources["users"].primary_key == ("number",)
    assert "users: primary_key is number, as configured; the prose names uid" in written.assumed


def test_a_taken_key_is_reported(desk: Desk) -> None:
    written = new(desk, "`users` are identified by `uid`.")
    assert "users: its primary_key is uid, as the prose says" in written.assumed
    assert "primary_key: uid  # from the document's text" in written.text


def test_long_lines_are_read_quickly() -> None:
    lines = ["the primary key of " + "`users` and " * 20_000, "primary key" + ", `a`" * 20_000]
    document = parse_document("shop.md", "\n\n".join(lines))
    began = time.monotonic()
    read_primary_keys(read_prose(document, NAMES))
    assert time.monotonic() - began < 20


OWN = [
    "- **order_lines**: read in full. The primary key is `order` and `number`.",
    "- **order_lines**: read in full. The key is `order` together with `number`.",
    "- **order_lines**: its key consists of `order` and `number`.",
    "- **order_lines**: the key consists of the order and the line's `number`: `order`, `number`.",
    "- **order_lines**: As an order has several lines, the primary key consists of both: "
    "`order`, `number`.",
    "- **order_lines**: A line appears once for every order, so a record is identified by `order` "
    "and `number`.",
    "### Order lines\n\nEach record is uniquely identified by the combination of `order` and "
    "`number`.",
    "### Order lines\n\nThe composite key is `order`, `number`.",
]
NOT_OWN = [
    "The key of the API is `order` and `number`.",
    "The sort key of `order_lines` is `order` plus `number`.",
    "The foreign key of `order_lines` is `order` plus `number`.",
    "- **order_lines**: If an order has lines, the primary key is `order` and `number`.",
    "- **order_lines**: The key is `order` and `number` in another table.",
    "- **order_lines**: A record may be identified by `order` and `number`.",
    "- **order_lines**: A record is not identified by `order` and `number`.",
    "- **order_lines**: The parent's key is `order` and `number`.",
    "- **order_lines**: The API key is `order` and `number`.",
    "- **order_lines**: The user is identified by `order` and `number`.",
]


@pytest.mark.parametrize("prose", OWN)
def test_a_sentence_on_the_resource_of_its_item_names_its_key(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {"order_lines": ("order", "number")}


@pytest.mark.parametrize("prose", NOT_OWN)
def test_a_sentence_on_something_else_names_no_key(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {}


def test_a_key_may_hold_what_fills_the_path(desk: Desk) -> None:
    stock = '{"name": "stock", "endpoint": {"path": "/users/{user}/stock"}}'
    fields = "# Schema\n\n- **stock**: `place` (integer), `count` (integer)\n"
    prose = f"- **stock**: The primary key is `user` and `place`.\n\n{fields}"
    written = desk.new(shop(*RESOURCES, stock, prose=f"# Resources\n\n{prose}\n"))
    assert written.declaration.resources["stock"].primary_key == ("user", "place")


def test_a_stated_key_whose_fields_are_not_listed_is_named(desk: Desk) -> None:
    fields = "# Schema\n\n- **users**: `id` (integer), `name` (string)\n"
    written = new(desk, f"- **users**: The primary key is `area` and `number`.\n\n{fields}")
    reason = "users: primary_key is id, as configured; the prose names area, number"
    assert reason in written.assumed
