"""What the prose says of windows: how their bounds are written, and how long one is at most."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

WINDOW = '"incremental": {"cursor_path": "at", "start_param": "from", "end_param": "to"}'
SENT: dict[str, Any] = {"cursor_path": "at", "start_param": "from", "end_param": "to"}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("`from` and `to` are Unix seconds and filter `at`.", {"param_format": "epoch_s"}),
    ("`from` is the lower bound, in milliseconds since the epoch.", {"param_format": "epoch_ms"}),
    ("`from` and `to` are dates (`YYYY-MM-DD`, inclusive).", {"param_format": "%Y-%m-%d"}),
    ('The window is sent with `datetime_format: "%Y%m%d"`.', {"param_format": "%Y%m%d"}),
    ("`from` and `to`, in the format `%Y-%m-%dT%H:%M:%SZ`.", {}),
    ("`from` and `to` are at most 10 days apart.", {"max_window": "10d"}),
    ("A window longer than 30 days is rejected, hence `step: P30D`.", {"max_window": "30d"}),
    ("The window is sent in steps of a month, `step: P1M`.", {"max_window": "30d"}),
    ("A request may cover at most one month of the window.", {"max_window": "28d"}),
    ("The window is sent; no more than 10 days can be requested at once.", {"max_window": "10d"}),
    ("**Window format**: `%Y-%m-%d`, both inclusive", {"param_format": "%Y-%m-%d"}),
    ("All dates are formatted like `2026-01-31`.", {"param_format": "%Y-%m-%d"}),
    (
        "`from` and `to` are `%Y-%m-%d %H:%M:%S` without a zone.",
        {"param_format": "%Y-%m-%d %H:%M:%S"},
    ),
    ("Timestamps in parameters have the format `%Y%m%d`.", {"param_format": "%Y%m%d"}),
    ("- **Incremental**: `at`, format `%Y-%m-%d`", {"param_format": "%Y-%m-%d"}),
    ("The field `created` holds Unix seconds.", {}),
    ("The API keeps rows for at most 30 days.", {}),
    ("Other times are formatted as `%d.%m.%Y`.", {}),
    ("A key is valid for at most 10 days.", {}),
]


@pytest.mark.parametrize(("sentence", "expected"), CASES)
def test_a_sentence_on_the_window_says_how_it_is_sent(
    desk: Desk, sentence: str, expected: dict[str, Any]
) -> None:
    written = desk.new(orders(WINDOW, prose=f"\n# Resources\n\n{sentence}\n"))
    assert written.endpoint()["incremental"] == {**SENT, **expected}
    for key, value in expected.items():
        assert f"orders: incremental.{key} is {value}, as the prose says" in written.assumed


def test_a_sentence_holds_for_the_resource_that_it_begins_with(desk: Desk) -> None:
    users = f'{{"name": "users", "endpoint": {{"path": "/users", {WINDOW}}}}}'
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", {WINDOW}}}}}'
    prose = "\n- **orders**: `from` and `to` are Unix seconds.\n- **users**: read by window.\n"
    written = desk.new(shop(one, users, prose=prose))
    assert written.endpoint("orders")["incremental"] == {**SENT, "param_format": "epoch_s"}
    assert written.endpoint("users")["incremental"] == SENT


def test_the_configuration_wins_over_sentences_on_the_window(desk: Desk) -> None:
    own = WINDOW.replace("}", ', "param_format": "epoch_ms", "max_window": "7d"}')
    prose = "\n`from` and `to` are Unix seconds, at most 10 days apart.\n"
    expected = {**SENT, "param_format": "epoch_ms", "max_window": "7d"}
    assert desk.new(orders(own, prose=prose)).endpoint()["incremental"] == expected


def test_bounds_are_dates_where_the_cursor_is_one(desk: Desk) -> None:
    prose = "\n# Schema\n\n- `id`: string\n- `at`: date\n"
    written = desk.new(orders(WINDOW, prose=prose))
    assert written.endpoint()["incremental"] == {**SENT, "param_format": "%Y-%m-%d"}


def test_no_format_is_taken_where_no_window_is_sent(desk: Desk) -> None:
    prose = "\nThe window is in Unix seconds.\n"
    assert desk.new(shop(ORDERS, prose=prose)).endpoint().get("incremental") is None


LETTERS = {
    "YYYY-MM-DDTHH:MM:SS.mmmZ": "%Y-%m-%dT%H:%M:%S.000Z",
    "yyyy-MM-dd'T'HH:mm:ss.SSSSSSZ": "%Y-%m-%dT%H:%M:%S.000000Z",
    "YYYY-MM-DD hh:mm:ss": "%Y-%m-%d %H:%M:%S",
    "DD.MM.YYYY": "%d.%m.%Y",
    "YYYYMMDDHHmmss": "%Y%m%d%H%M%S",
}


@pytest.mark.parametrize(("letters", "pattern"), LETTERS.items())
def test_letters_of_a_format_are_read(desk: Desk, letters: str, pattern: str) -> None:
    written = desk.new(orders(WINDOW, prose=f"\n`from` and `to` have the format `{letters}`.\n"))
    assert written.endpoint()["incremental"] == {**SENT, "param_format": pattern}


def test_a_sentence_on_all_timestamps_holds_for_bounds_and_rows(desk: Desk) -> None:
    sent = '"since": {"type": "incremental", "cursor_path": "at"}'
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", "params": {{{sent}}}}}}}'
    prose = "\nAll timestamps, in records and in parameters, are Unix seconds (`%s`).\n"
    expected = {"type": "incremental", "cursor_path": "at"}
    expected |= {"cursor_format": "epoch_s", "param_format": "epoch_s"}
    assert desk.new(shop(one, prose=prose)).endpoint()["params"] == {"since": expected}


def test_a_configured_format_of_iso_8601_is_not_taken_from_the_prose(desk: Desk) -> None:
    own = WINDOW.replace("}", ', "datetime_format": "%Y-%m-%dT%H:%M:%SZ"}')
    written = desk.new(orders(own, prose="\nThe window is by `at` (`%Y-%m-%d`).\n"))
    assert written.endpoint()["incremental"] == SENT


NUMBERS = {
    "- `id` (string), `updated_at` (integer)": "epoch_s",
    "- orders: `id` string, `updated_at` integer (ms)": "epoch_ms",
    "- orders: `id` string, `updated_at` integer": "epoch_s",
    "- orders: `id` string, `updated_at` string": None,
    "- orders: `id` string, `updated_at` date-time": None,
    "- orders: `id` string, `updated_at` integer\n\nDates such as `at` are Unix ms.": "epoch_ms",
    "- orders: `id` string, `updated_at` string\n\nDates such as `at` are Unix ms.": None,
}


@pytest.mark.parametrize(("fields", "kind"), NUMBERS.items())
def test_a_cursor_that_is_a_number_is_an_epoch(desk: Desk, fields: str, kind: str | None) -> None:
    written = desk.new(shop(ORDERS, prose=f"\n# Schema\n\n{fields}\n"))
    assert (written.endpoint().get("incremental") or {}).get("cursor_format") == kind
    assert ("updated_at is read as" in written.report) == (kind is not None)


def test_names_of_fields_without_types_tell_the_cursor(desk: Desk) -> None:
    users = '{"name": "users", "endpoint": {"path": "/users"}}'
    tags = '{"name": "tags", "endpoint": {"path": "/tags"}}'
    fields = "- orders: `id`, `name`\n- users: `id`, `last_modified`\n- tags: `id`, `updated_at`\n"
    written = desk.new(shop(ORDERS, users, tags, prose=f"\n# Schema\n\n{fields}"))
    assert written.endpoint("orders")["incremental"] is None
    assert written.endpoint("users")["incremental"] == {"cursor_path": "last_modified"}
    assert "incremental" not in written.endpoint("tags")


def test_fields_of_all_resources_may_hold_the_cursor(desk: Desk) -> None:
    prose = "\n# Schema\n\nEach row has `id` and `updated_at`.\n\n- orders: `name`, `note`\n"
    assert (
        "incremental"
        not in desk.new(shop(ORDERS, ORDERS.replace("orders", "users"), prose=prose)).endpoint()
    )


def test_of_several_clauses_the_one_on_the_parameter_counts(desk: Desk) -> None:
    users = f'{{"name": "users", "endpoint": {{"path": "/users", {WINDOW}}}}}'.replace(
        "from", "begin"
    )
    users = users.replace('"to"', '"until"')
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", {WINDOW}}}}}'
    prose = "\nSome take `from` as `YYYY-MM-DD`; others take `begin` as `YYYY-MM-DD HH:MM:SS`.\n"
    written = desk.new(shop(one, users, prose=prose))
    assert written.endpoint("orders")["incremental"]["param_format"] == "%Y-%m-%d"
    assert written.endpoint("users")["incremental"]["param_format"] == "%Y-%m-%d %H:%M:%S"


def test_a_sentence_on_the_parameters_of_another_resource_does_not_count(desk: Desk) -> None:
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", {WINDOW}}}}}'
    two = one.replace("orders", "users").replace('"from"', '"begin"').replace('"to"', '"until"')
    prose = (
        "\nSome take `from` and `to` as days (`YYYY-MM-DD`). Others take `begin` and `until` in "
        "the form `YYYY-MM-DD HH:MM`, and return the rows between them.\n"
    )
    written = desk.new(shop(one, two, prose=prose))
    assert written.endpoint("orders")["incremental"]["param_format"] == "%Y-%m-%d"
    assert written.endpoint("users")["incremental"]["param_format"] == "%Y-%m-%d %H:%M"


def test_a_sentence_on_the_date_parameters_holds_for_all(desk: Desk) -> None:
    prose = "\nThe date parameters have the format `YYYY-MM-DD HH:MM:SS`.\n"
    written = desk.new(orders(WINDOW, prose=prose))
    assert written.endpoint()["incremental"] == {**SENT, "param_format": "%Y-%m-%d %H:%M:%S"}


def test_a_sentence_on_all_timestamps_of_the_api_holds_for_bounds_and_rows(desk: Desk) -> None:
    prose = (
        "\nAll timestamps of this API are Unix timestamps in seconds, in the records as well as in "
        "`from` and `to`. The setting `start` is a date such as `2026-10-01 00:00:00`.\n"
    )
    written = desk.new(orders(WINDOW, prose=prose)).endpoint()["incremental"]
    assert (written["param_format"], written["cursor_format"]) == ("epoch_s", "epoch_s")


DAYS = [
    ("The window of a request starts and ends on the same day.", True),
    ("The same date is sent as both bounds.", True),
    ("It starts and ends on the same day, e.g. `from=2026-10-01`.", True),
    ("The window does not start and end on the same day.", None),
    ("The window starts on one day and ends on the next.", None),
]


@pytest.mark.parametrize(("sentence", "is_inclusive"), DAYS)
def test_a_window_of_one_day_ends_on_it(
    desk: Desk, sentence: str, is_inclusive: bool | None
) -> None:
    dates = WINDOW.replace('"at"', '"at", "datetime_format": "%Y-%m-%d"')
    prose = f"\n## Orders\n\n{sentence}\n"
    written = desk.new(orders(dates, prose=prose)).endpoint()["incremental"]
    assert written.get("inclusive_end") is is_inclusive


@pytest.mark.parametrize(
    ("prose", "kind"),
    [
        ("Timestamps of this API are integers, in milliseconds.", "epoch_ms"),
        ("`created_at` is given in milliseconds.", "epoch_ms"),
        ("`created_at` is in seconds.", "epoch_s"),
        ("- Cursor field: `created_at` (milliseconds)", "epoch_ms"),
        ("Syncs go by `created_at`, which is a timestamp in milliseconds.", "epoch_ms"),
        ("The cursor is `created_at` (a timestamp in milliseconds).", "epoch_ms"),
        ("The cursor is `created_at` (a Unix timestamp in seconds).", "epoch_s"),
        ("The cursor is `created_at`, an epoch in ms.", "epoch_ms"),
        ("The cursor is `created_at`, given in milliseconds since 1970.", "epoch_ms"),
        ("`created_at`, which holds the number of milliseconds since 1970.", "epoch_ms"),
        ("Syncs go by `created_at`, which is refreshed in seconds.", None),
        ("Syncs go by `created_at`, which is not in milliseconds.", None),
        ("`created_at` is a timestamp with milliseconds.", None),
        ("Syncs go by `created_at`, with a lookback in seconds.", None),
        ("`duration` is given in milliseconds, `created_at` is not.", None),
        ("Timestamps of webhooks are integers, in milliseconds.", None),
        ("The cursor is `created_at`. All of them are Unix timestamps in seconds.", "epoch_s"),
        (
            "Incremental: `created_at`. The parameter `after` takes Unix time in milliseconds.",
            None,
        ),
        ("Timestamps such as `seen` are integers in milliseconds since the epoch.", "epoch_ms"),
        ("Timestamps, e.g. `seen`, are Unix milliseconds.", "epoch_ms"),
        ("All dates (including `seen` and `born`) are epoch ms.", "epoch_ms"),
        ("- **Timestamps**: 13-digit numbers", "epoch_ms"),
        ("| Kind | Format |\n|---|---|\n| Timestamps | Unix seconds |", "epoch_s"),
        ("The API returns all dates as epoch milliseconds.", "epoch_ms"),
        ("Time fields hold whole numbers, the seconds since 1 January 1970.", "epoch_s"),
        ("All timestamps are Unix seconds; `created_at` is in milliseconds.", "epoch_ms"),
        ("All timestamps except `created_at` are epoch milliseconds.", None),
        ("All timestamps are epoch milliseconds, except `created_at`.", None),
        ("Timestamps may be Unix milliseconds.", None),
        ("Timestamps are not Unix seconds.", None),
        ("Time fields are Unix seconds. Times in the responses are epoch milliseconds.", None),
        ("Timestamps such as `seen` are in the time zone of the shop.", None),
    ],
)
def test_prose_says_that_a_cursor_is_a_number(desk: Desk, prose: str, kind: str | None) -> None:
    written = desk.new(orders('"incremental": {"cursor_path": "created_at"}', prose=f"\n{prose}\n"))
    assert written.endpoint()["incremental"].get("cursor_format") == kind


@pytest.mark.parametrize(
    ("prose", "pattern"),
    [
        ("Timestamps have the form `Mon, 05 Jan 2026 10:00:00 +0000`.", "%a, %d %b %Y %H:%M:%S %z"),
        ("`created_at` looks like `01/31/2026`.", "%m/%d/%Y"),
        ("`created_at` is written as `31.01.2026`.", "%d.%m.%Y"),
        ("`created_at` has the form `31.01.2026`.", "%d.%m.%Y"),
        ("`created_at` looks like `05/01/2026`.", None),
        ("`created_at` looks like `2026-01-31T10:00:00Z`.", None),
        ("`day` looks like `01/31/2026`, unlike the others.", None),
    ],
)
def test_an_example_says_how_a_cursor_is_written(
    desk: Desk, prose: str, pattern: str | None
) -> None:
    written = desk.new(orders('"incremental": {"cursor_path": "created_at"}', prose=f"\n{prose}\n"))
    assert written.endpoint()["incremental"].get("cursor_format") == pattern


def test_a_format_holds_for_each_bound_that_its_clause_names(desk: Desk) -> None:
    """A resource in brackets is that of the parameter before it, not of the clause."""
    listed = '{{"name": "{0}", "endpoint": {{"path": "/{0}", "incremental": {1}}}}}'
    window = '{{"cursor_path": "at", "start_param": "{}"}}'
    users = listed.format("users", window.format("at:min"))
    own = listed.format("orders", window.format("min_at"))
    prose = "\nThe lower bound is sent as a date (`%Y-%m-%d`) in `at:min` (`min_at` for orders).\n"
    written = desk.new(shop(users, own, prose=prose))
    for name in ("users", "orders"):
        assert written.endpoint(name)["incremental"]["param_format"] == "%Y-%m-%d"
