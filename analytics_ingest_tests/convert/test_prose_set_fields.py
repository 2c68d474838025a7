"""Fields that the prose sets: to a constant, to other fields, or under another name."""

from typing import Any

import pytest

from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
ROW_CHANGES = "## Row changes\n\n- `users`: "
ORIGIN = [{"add": {"origin": "crm"}}]
HIDDEN = [{"add": {"phone": "hidden"}}]
RENAMED = [{"rename": {"label": "title"}}]


def copied(**values: str) -> list[dict[str, Any]]:
    """The step that adds fields by expressions."""
    fields = {name: {"value": f"{{{{ {v} }}}}", "type": "any"} for name, v in values.items()}
    return [{"add": fields}]


NAME = copied(name="[record['own']['first'], record['own']['last-name']] | select | join(' ')")
PAIRED = copied(key="record['item']['uid']", at="record['item']['time']")
CUT = copied(day="record['at'][:10]")
UP_TO_T = copied(day="record['at'].split('T')[0]")
WHOLE_SECONDS = copied(
    day="(record['on']['at'] | regex_replace('[.,][0-9]+', '')) if record['on']['at'] else none"
)
SET: list[tuple[str, list[dict[str, Any]]]] = [
    ("- Users: a field `origin` with the constant value `crm` is added.", ORIGIN),
    ("- `users`: a new field `origin` with the fixed text `crm` is added to each row.", ORIGIN),
    ("To each user a field `origin` is added with the constant value `crm`.", ORIGIN),
    ("Each user gets a field `origin` with the static value `crm`.", ORIGIN),
    ("- `users`: `origin` is always set to `crm`.", ORIGIN),
    ("- `users`: the field `origin` is set to the constant `crm`.", ORIGIN),
    ("The field `origin` of `users` is set to the literal `crm`.", ORIGIN),
    ("- `users`: The field `origin` is set to `crm` on every row.", ORIGIN),
    ("In `users`, the field `origin` is set to `crm` in all records.", ORIGIN),
    ("- `users`: the field `phone` is replaced with the text `hidden`.", HIDDEN),
    ("- `users`: the field `phone` is masked: it is replaced by the text `hidden`.", HIDDEN),
    ("In `users`, the field `phone` is masked with the constant text `hidden`.", HIDDEN),
    ("`phone` is overwritten with the text `hidden` in all records of `users`.", HIDDEN),
    (
        "- `users`: a field `name` is added that consists of `own.first` and `own.last-name`, "
        "separated by a space.",
        NAME,
    ),
    (
        "In `users`, the field `name` is composed of `own.first` and `own.last-name`, joined with "
        "a blank.",
        NAME,
    ),
    (
        "- `users`: `own.first` and `own.last-name` are joined with a space into the field `name`.",
        NAME,
    ),
    (
        "- `users`: The fields `key` and `at` are added at the top level, from `item.uid` and "
        "`item.time`.",
        PAIRED,
    ),
    (f"{ROW_CHANGES}`key` is added from `item.uid`, and `at` from `item.time`.", PAIRED),
    (
        "- `users`: `key` and `at` are added to each record from `item.uid` and `item.time`, "
        "respectively.",
        PAIRED,
    ),
    (
        f"{ROW_CHANGES}`key` is added from `uid`; `uid` is then removed.",
        [*copied(key="record['uid']"), {"remove": ["uid"]}],
    ),
    (
        f"{ROW_CHANGES}The object `data` is flattened: its entries become top-level fields, and "
        "`data` itself is dropped.",
        [{"flatten_path": {"path": ["data"], "delete_origin": True}}],
    ),
    (
        f"{ROW_CHANGES}`own` is dropped. `key` is added from `own.uid`.",
        [*copied(key="record['own']['uid']"), {"remove": ["own"]}],
    ),
    (
        f"{ROW_CHANGES}`label` is renamed to `title`; `key` is added from `label`.",
        [*copied(key="record['label']"), *RENAMED],
    ),
    (f"{ROW_CHANGES}`key` and `at` are copied from `item.uid` and `item.time`", PAIRED),
    ("## Transformations of users\n\n- `day` is the first ten characters of `at`", CUT),
    (f"{ROW_CHANGES}`day` consists of the first 10 characters of `at`.", CUT),
    (f"{ROW_CHANGES}the field `day` is set to the first ten characters of the field `at`", CUT),
    (
        "## Transformations of users\n\n- `day` is the first ten characters of `at`\n"
        "- `at` is removed\n",
        [*CUT, {"remove": ["at"]}],
    ),
    (
        "## Transformations of users\n\n- Each metric is looked up in `stats` by its `kind` and "
        "added as a field of its own\n- `memo` is removed\n- `stats` and `tags` are removed\n",
        [{"remove": ["memo"]}],
    ),
    (f"{ROW_CHANGES}`day` is added from `at`, up to the first `T`.", UP_TO_T),
    (f"{ROW_CHANGES}`day` is the part of `at` before the first `T`.", UP_TO_T),
    (f"{ROW_CHANGES}`day` holds everything before the first `T` of `at`.", UP_TO_T),
    ("- `users`: `day` is added to each row from `at` (the part before the first `T`)", UP_TO_T),
    (
        "**Transformations**\n\n- `users`: the field `day` is added from `on.at`, without the "
        "fraction of a second (everything before the first `.`), e.g. `2024-05-01 10:15:30`.",
        copied(day="record['on']['at'].split('.')[0]"),
    ),
    (f"{ROW_CHANGES}`day` is added from `on.at`, but without milliseconds.", WHOLE_SECONDS),
    (f"{ROW_CHANGES}`label` is renamed to `title`.", RENAMED),
    ("- `users`: in each record `label` is renamed to `title`.", RENAMED),
    ("- **Record changes**: `users` have their field `label` renamed to `title`.", RENAMED),
    ("The field `label` of `users` is renamed to `title`.", RENAMED),
    ("### Users\n\n- **Transformations**: `label` is renamed to `title`.", RENAMED),
    (
        "- `users`: `is_old` users are left out, and `label` is renamed to `title`.",
        [{"filter": "{{ record['is_old'] != true }}"}, *RENAMED],
    ),
    (
        "Users whose `kind` is `bot` are not loaded, and the field `phone` of all others is "
        "masked: it is replaced with the text `hidden`.",
        [{"filter": "{{ record['kind'] != 'bot' }}"}, *HIDDEN],
    ),
]
UNCHANGED = [
    f"{ROW_CHANGES}`day` is added from `at`, rounded to the minute.",
    f"{ROW_CHANGES}`day` is added from `at`, everything before the last `T`.",
    f"{ROW_CHANGES}`day` is added from `at`, everything after the first `T`.",
    f"{ROW_CHANGES}`day` is added from `at`, up to the first `note`.",
    f"{ROW_CHANGES}`a` and `b` are added from `on.a` and `on.b`, up to the first `T`.",
    f"{ROW_CHANGES}`day` is added from `at`, without the fraction of a second if it is zero.",
    "- `users`: a field `origin` with the value `crm` is added.",
    "- `users`: a field `origin` with the constant value `crm` is added to the request.",
    "- `users`: a parameter `origin` with the constant value `crm` is added.",
    "- `users`: a field `origin` with the constant value `crm` may be added.",
    "- `users`: a field `origin` with the constant value `crm` is added by the API.",
    "- `carts`: a field `origin` with the constant value `crm` is added.",
    "A field `origin` with the constant value `crm` is added.",
    "- `users`: the field `origin` is set to `crm`.",
    "- `users`: the field `origin` is always set to `true`.",
    "### Users\n\n| Field | Type |\n|---|---|\n| `crm` | string |\n\nThe field `origin` is set to "
    "`crm` on every row.",
    "- `users`: the field `phone` is replaced with `hidden`.",
    "- `users`: the field `phone` of guests is replaced with the text `hidden`.",
    "- `users`: the fields `phone` and `own.mail` are replaced with the text `hidden`.",
    "- `users`: the field `phone` is replaced with the text `hidden` if it is long.",
    "- `users`: the field `phone` of all others is replaced with the text `hidden`.",
    "- `users`: `id` is replaced with the text `hidden`.",
    "- `users`: `name` consists of `first` and `last`.",
    "- `users`: `name` consists of `first`, `last` or `nick`, separated by a comma.",
    "- `users`: the query `name` consists of `first` and `last`, separated by a comma.",
    "- `users`: the fields `key` and `at` are added from `item`.",
    "- `users`: the fields `key` and `at` are added at the top level, from `a`, `b` and `c`.",
    "- `users`: `key` is added from `uid`.",
    f"{ROW_CHANGES}`key` is added from `orders`.",
    f"{ROW_CHANGES}`day` is the first ten characters of `at` or of `on`.",
    f"{ROW_CHANGES}`day` is not the first ten characters of `at`.",
    f"{ROW_CHANGES}`day` is the first characters of `at`.",
    f"{ROW_CHANGES}`day` is the first ten characters of `at` where it is long.",
    "- `users`: `day` is the first ten characters of `at`.",
    f"{ROW_CHANGES}`key`, `at` and `by` are copied from `item.uid` and `item.time`",
    "- `users`: `label` is renamed to `title`.",
    "- `users`: `label` was renamed to `title` in the rows.",
    "- `users`: in exports `label` is renamed to `title` in the rows.",
    f"{ROW_CHANGES}`id` is renamed to `key`.",
    f"{ROW_CHANGES}`label` is renamed to `id`.",
    f"{ROW_CHANGES}`a` is renamed to `b`, and `b` is renamed to `a`.",
]


@pytest.mark.parametrize(("prose", "expected"), SET)
def test_a_field_is_set_or_renamed(desk: Desk, prose: str, expected: list[dict[str, Any]]) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{prose}\n"))
    assert written.steps == {"users": expected}
    assert any(
        line.startswith("users: ") and "as the prose says" in line for line in written.assumed
    )


@pytest.mark.parametrize("prose", UNCHANGED)
def test_no_field_is_set_or_renamed_by_a_sentence_that_is_not_clear(desk: Desk, prose: str) -> None:
    assert desk.new(shop(ORDERS, USERS, prose=f"\n{prose}\n")).steps == {}


def test_a_joined_field_skips_what_is_missing(desk: Desk) -> None:
    prose = "\n- `users`: `name` consists of `first` and `last`, separated by a space.\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    steps = RowSteps(written.declaration.resources["users"], SettingValues("shop"))
    rows = [{"first": "Ada", "last": "L"}, {"first": "Ada", "last": None}, {}]
    assert [row["name"] for row in steps.apply(rows, {})] == ["Ada L", "Ada", ""]


def test_the_end_of_a_copied_value_is_lost_and_a_null_stays_one(desk: Desk) -> None:
    prose = "\n## Row changes\n\n- `users`: `day` is added from `on.at`, up to the first `T`.\n"
    prose += "- `users`: `at` is added from `on.at`, without fractional seconds.\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    steps = RowSteps(written.declaration.resources["users"], SettingValues("shop"))
    rows = steps.apply([{"on": {"at": "2026-01-02T03:04:05.678Z"}}, {"on": {"at": None}}, {}], {})
    assert [row["day"] for row in rows] == ["2026-01-02", None, None]
    assert [row["at"] for row in rows] == ["2026-01-02T03:04:05Z", None, None]
