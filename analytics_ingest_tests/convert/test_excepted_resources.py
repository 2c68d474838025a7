"""A line on all resources that excepts some is read as a line on each value."""

import pytest

from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.prose.text.passages import read_prose
from analytics_ingest_tests.convert.writing import Desk, shop

NAMES = ("stories", "labels", "activity", "users")
OTHERS = ("stories", "labels", "users")
Lines = list[tuple[str, tuple[str, ...]]]


def read(text: str) -> Lines:
    """The lines of a text, each with what it is about."""
    parts = read_prose(parse_document("shop.md", text), NAMES).parts
    return [(part.text, scope) for part, scope in parts]


ONE = [
    "`id` for all resources, except `activity` which uses `guid`",
    "`id` (except `activity`, which uses `guid`)",
    "`id`, except for `activity` (`guid`)",
    "`id` (except `activity` (`guid`))",
    "`id`, except `activity`: `guid`",
    "`id` (`guid` for `activity`)",
    "`id`, `guid` for `activity`",
    "`id`, but `guid` for `activity`",
    "`id`; `guid` for `activity` only",
    "`id`; for `activity` it is `guid`",
    "`id`, but `activity` uses `guid`",
    "`id` for all but `activity` (`guid`)",
    "`id` for every resource other than activity (there it is `guid`)",
    "`id`, with the exception of `activity`, whose key is `guid`",
    "`id`, except `activity`, which has `guid` as its key",
]


@pytest.mark.parametrize("said", ONE)
def test_a_label_excepts_a_resource(said: str) -> None:
    expected = [("**Primary Key**: `id`", OTHERS), ("**Primary Key**: `guid`", ("activity",))]
    assert read(f"- **Primary Key**: {said}") == expected


SENTENCES = [
    ("The primary key is {} for all resources except `activity`, which uses `guid`.", "is {}"),
    ("All resources except `activity`, which uses `guid`, have the key {}.", "have the key {}"),
    ("All resources but `activity` (`guid`) have the key {}.", "have the key {}"),
    ("Except for `activity`, which is keyed by `guid`, each resource has the key {}.", "key {}"),
    ("Each resource is identified by the key {}, but activity by `guid`.", "the key {}"),
    ("The primary key of all resources is {}, while `activity` has `guid`.", "key is {}"),
]


@pytest.mark.parametrize(("sentence", "end"), SENTENCES)
def test_a_sentence_excepts_a_resource(sentence: str, end: str) -> None:
    (first, others), (second, named) = read(f"{sentence.format('`id`')}")
    assert (others, named) == (OTHERS, ("activity",))
    assert first.endswith(f"{end.format('`id`')}.")
    assert second.endswith(f"{end.format('`guid`')}.")
    assert second == first.replace("`id`", "`guid`")


SEVERAL: list[tuple[str, Lines]] = [
    (
        "Key: `id`, except `activity` (`guid`) and `users` (`uid`)",
        [("Key: `id`", NAMES[:2]), ("Key: `guid`", NAMES[2:3]), ("Key: `uid`", NAMES[3:])],
    ),
    (
        "Key: `id`, `guid` for `activity`, `uid` for `users`",
        [("Key: `id`", NAMES[:2]), ("Key: `guid`", NAMES[2:3]), ("Key: `uid`", NAMES[3:])],
    ),
    (
        "Key: `id`, except `activity` and `users`, whose key is `uid`",
        [("Key: `id`", NAMES[:2]), ("Key: `uid`", NAMES[2:])],
    ),
    (
        "Key: `id` for `stories`, `guid` for `activity`",
        [("Key: `id`", NAMES[:1]), ("Key: `guid`", NAMES[2:3])],
    ),
    (
        "Key: `a` and `b`, except `users`, which uses `c`",
        [("Key: `a` and `b`", NAMES[:3]), ("Key: `c`", NAMES[3:])],
    ),
    ("Method: GET (POST for `users`)", [("Method: GET", NAMES[:3]), ("Method: POST", NAMES[3:])]),
    ("Size: 100, except `users` with 50", [("Size: 100", NAMES[:3]), ("Size: 50", NAMES[3:])]),
    ("Rows: `data.rows`, `$` for `users`", [("Rows: `data.rows`, `$` for `users`", ())]),
    ("Place: `a.b`, `$` for `users`", [("Place: `a.b`", NAMES[:3]), ("Place: `$`", NAMES[3:])]),
    (
        "Size: 9 for all but `users` (5). It is sent.",
        [("It is sent.", ()), ("Size: 9.", NAMES[:3]), ("Size: 5.", NAMES[3:])],
    ),
    (
        "## Users, labels\n\nKey: `id`, `uid` for `users`",
        [
            ("Users, labels", ("users", "labels")),
            ("Key: `id`", NAMES[1:2]),
            ("Key: `uid`", NAMES[3:]),
        ],
    ),
    (
        "Primary key: `id` for all but `users`",
        [("Primary key: `id`", NAMES[:3]), ("Primary key: another than `id`", NAMES[3:])],
    ),
    (
        "All resources except `users` have `id` as primary key.",
        [
            ("All records have `id` as primary key.", NAMES[:3]),
            ("Primary key: another than `id`", NAMES[3:]),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_each_value_is_a_line_of_its_own(text: str, expected: Lines) -> None:
    assert read(text) == expected


WHOLE = [
    "**Key**: `id` for most resources, but `activity` uses `guid`",
    "**Key**: `id`, except `activity`, which is sorted by `guid`",
    "**Key**: `id`, except `activity`, which uses `guid` if it is set",
    "**Key**: `id`, except `activity`, which may use `guid`",
    "**Key**: `id`, except `activity` or `carts`, which use `guid`",
    "All records have the cursor `at`, except those of `activity`, whose key is `guid`.",
    "The primary key is `id` and the cursor `at`, except for `activity`, which uses `guid`.",
    "All resources except `activity` have `id` as primary key and `at` as cursor.",
    "**Fields**: `id`, `name`, `guid` for `activity`",
    "**Common fields**: `id`, `name`, except `activity`, which has `guid`",
    "**Parameters**: `page`, `since` for `activity`",
    "All timestamps are `%Y`, except `created`, which is `%d`.",
    "All resources are loaded incrementally, except `activity`.",
    "All resources except `activity` take `page` and `per_page`.",
    "The `id` of a user is in `user_id`, and `id` for `activity` is text.",
    "The API returns 429 for `activity`, but 100 for `users`.",
    "The limit is 100 in the API and pages of 10 for `users`.",
    "**Pagination**: Offset-based with a limit of 10 for `stories`, `labels` and `activity`",
    "The path is `/x`, but `users` has `uid`.",
    "Except `activity`, all resources use `id`.",
]
"""Not a plain exception, or not one on a single value."""


@pytest.mark.parametrize("text", WHOLE)
def test_any_other_line_stays_whole(text: str) -> None:
    assert [line for line, _ in read(f"- {text}")] == [text]


LISTED = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in NAMES]


def test_every_setting_may_have_exceptions(desk: Desk) -> None:
    prose = """
# Resources

- **Primary Key**: `id` for all resources, except `activity` which uses `guid`
- **Cursor Field**: `modified_at`, `created_at` for `activity`
- **HTTP Method**: GET (POST for `activity`)
- **Data Selector**: `data` for all resources but `activity` (`results`)
- **Pagination**: Offset-based, with `skip` and `take` (20), except `activity` (50)
"""
    written = desk.new(shop(*LISTED, prose=prose))
    paginator = {"type": "offset", "offset_param": "skip", "limit": 20, "limit_param": "take"}
    for name in NAMES:
        resource, is_other = written.resource(name), name == "activity"
        assert resource.get("primary_key") == ("guid" if is_other else None)
        endpoint = {"path": f"/{name}", "method": "POST"} if is_other else {"path": f"/{name}"}
        assert resource["endpoint"] == {
            **endpoint,
            "paginator": {**paginator, "limit": 50} if is_other else paginator,
            "data_selector": "results" if is_other else "data",
            "incremental": {"cursor_path": "created_at" if is_other else "modified_at"},
        }


def test_an_exception_goes_before_what_all_have(desk: Desk) -> None:
    shared = '"endpoint": {"incremental": {"cursor_path": "at", "lookback": "1d"}}'
    defaults = f'"resource_defaults": {{"primary_key": "id", {shared}}}'
    prose = """
- **Primary Key**: `id`, except `labels`
- **Cursor**: `at` (`updated_at` for `activity`)
- **Pagination**: none for `labels`; cursor-based, except `users`, which is not paginated
"""
    written = desk.new(shop(*LISTED, defaults=defaults, prose=prose))
    cursor = {"cursor_path": "updated_at", "lookback": "1d"}
    assert written.endpoint("activity")["incremental"] == cursor
    assert [n for n in NAMES if "incremental" in written.endpoint(n)] == ["activity"]
    assert [n for n in NAMES if "paginator" in written.endpoint(n)] == ["users"]
    reason = "labels: its primary_key is id; the prose says something else of it"
    assert reason in written.assumed
