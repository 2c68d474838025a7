"""Formats of cursors in rows, where they differ from that of the parameters."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

SENT = '"start_param": "since", "end_param": "until"'
USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
FRACTION, BLANK = "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S.%f"


def convert(desk: Desk, keys: str, prose: str = "", cursor: str = "changed") -> dict[str, Any]:
    """Convert a document with these keys of `incremental`; return that of the declaration."""
    endpoint = f'"incremental": {{"cursor_path": "{cursor}", {SENT}, {keys}}}'
    incremental: dict[str, Any] = desk.new(orders(endpoint, prose=prose)).endpoint()["incremental"]
    return incremental


def list_formats(incremental: dict[str, Any]) -> tuple[str | None, str | None]:
    """The formats of the cursor and of the parameters."""
    return incremental.get("cursor_format"), incremental.get("param_format")


CONFIGURED: list[tuple[str, tuple[str | None, str | None]]] = [
    (
        '"datetime_format": "%Y%m%d", "cursor_datetime_format": "%Y-%m-%d"',
        (None, "%Y%m%d"),
    ),
    (
        '"datetime_format": "%Y-%m-%d", "cursor_datetime_format": "%d.%m.%Y"',
        ("%d.%m.%Y", "%Y-%m-%d"),
    ),
    ('"datetime_format": "%Y%m%d", "cursor_datetime_format": "%s"', ("epoch_s", "%Y%m%d")),
    ('"datetime_format": "%Y%m%d", "cursor_datetime_formats": ["%ms"]', ("epoch_ms", "%Y%m%d")),
    ('"datetime_format": "%Y%m%d", "cursor_datetime_formats": "%ms"', ("epoch_ms", "%Y%m%d")),
    ('"param_format": "%Y%m%d", "cursor_datetime_format": "%Y-%m-%d"', (None, "%Y%m%d")),
    ('"param_format": "%Y%m%d", "cursor_datetime_formats": ["%s"]', ("epoch_s", "%Y%m%d")),
    ('"cursor_datetime_formats": ["%d.%m.%Y"]', ("%d.%m.%Y", None)),
    ('"datetime_format": "%s"', ("epoch_s", "epoch_s")),
    (
        '"datetime_format": "%s", "cursor_format": "epoch_ms", '
        '"cursor_datetime_format": "%Y-%m-%d"',
        ("epoch_ms", "epoch_s"),
    ),
]


@pytest.mark.parametrize(("keys", "formats"), CONFIGURED)
def test_formats_of_rows_are_those_of_the_cursor(
    desk: Desk, keys: str, formats: tuple[str | None, str | None]
) -> None:
    assert list_formats(convert(desk, keys)) == formats


STATED = [
    (f"- **Incremental**: `changed` (formats `{FRACTION}` and `{BLANK}`), in steps of a day", None),
    (f"The cursor field is `changed` (`{FRACTION}` in the records).", None),
    ("The cursor field `changed` has the format `%d.%m.%Y`.", "%d.%m.%Y"),
    ("`changed` is returned as `%d.%m.%Y`.", "%d.%m.%Y"),
    ("- **Incremental**: cursor field `changed`, format `%s`", "epoch_s"),
    ("`changed` (format in the records: `%d.%m.%Y`), sent as `since`.", "%d.%m.%Y"),
    (f"For `orders`, `changed` has the formats `{FRACTION}` and `{BLANK}`.", None),
    ("Dates in the records have the format `%d.%m.%Y`.", "%d.%m.%Y"),
    ("Timestamps such as `born` are returned as `%d.%m.%Y`.", "%d.%m.%Y"),
    (f"Cursor values arrive as `{BLANK}` and are normalized to RFC 3339.", None),
    ("The cursor is returned as `%d.%m.%Y`.", "%d.%m.%Y"),
    ("`changed` comes back in the format `%d.%m.%Y`.", "%d.%m.%Y"),
    ("The API returns all dates in ISO 8601.", None),
    ("All timestamps in the responses are ISO 8601 strings.", None),
]


@pytest.mark.parametrize(("sentence", "read"), STATED)
def test_the_prose_may_give_the_formats_of_rows(
    desk: Desk, sentence: str, read: str | None
) -> None:
    incremental = convert(desk, '"datetime_format": "%Y%m%dT%H"', sentence)
    assert list_formats(incremental) == (read, "%Y%m%dT%H")


NOT_OF_ROWS = [
    "`changed` (format `%d.%m.%Y`) is sent in `since`.",
    "The parameter `changed` has the format `%d.%m.%Y`.",
    "Parameters: `since` / `until` in the format `%d.%m.%Y`",
    "`created` has the format `%d.%m.%Y`.",
    "The cursor is formatted as `%d.%m.%Y` and sent in `since`.",
    "In `users`, cursor values arrive as `%d.%m.%Y`.",
    "`changed` may have the format `%d.%m.%Y`.",
    "If it is old, `changed` has the format `%d.%m.%Y`.",
    "In `users`, `changed` has the format `%d.%m.%Y`.",
    "Dates in request parameters have the format `%d.%m.%Y`.",
    "All timestamps have the format `%d.%m.%Y`.",
    "Dates in the records, except `changed`, have the format `%d.%m.%Y`.",
    "Dates such as `since` are written as `%d.%m.%Y`.",
]


@pytest.mark.parametrize("sentence", NOT_OF_ROWS)
def test_other_formats_are_not_those_of_the_cursor(desk: Desk, sentence: str) -> None:
    endpoint = f'"incremental": {{"cursor_path": "changed", {SENT}, "datetime_format": "%Y%m%d"}}'
    own = f'{{"name": "orders", "endpoint": {{"path": "/orders", {endpoint}}}}}'
    incremental = desk.new(shop(own, USERS, prose=sentence)).endpoint()["incremental"]
    assert list_formats(incremental) == ("%Y%m%d", "%Y%m%d")


def test_several_formats_that_one_key_cannot_read_are_named(desk: Desk) -> None:
    sentence = "`changed` (formats `%d.%m.%Y` and `%s`)."
    endpoint = f'"incremental": {{"cursor_path": "changed", {SENT}, "datetime_format": "%Y%m%d"}}'
    written = desk.new(orders(endpoint, prose=sentence))
    assert list_formats(written.endpoint()["incremental"]) == ("%Y%m%d", "%Y%m%d")
    assert any("has several formats, %d.%m.%Y, epoch_s" in line for line in written.assumed)


def test_a_parameter_that_is_called_as_the_cursor_is_leaves_its_format(desk: Desk) -> None:
    sentence = "`since` has the format `%d.%m.%Y`."
    incremental = convert(desk, '"datetime_format": "%Y%m%d"', sentence, cursor="since")
    assert list_formats(incremental) == ("%Y%m%d", "%Y%m%d")


def test_the_cursor_format_of_the_configuration_wins(desk: Desk) -> None:
    sentence = "`changed` has the format `%d.%m.%Y`."
    incremental = convert(desk, '"cursor_format": "epoch_s", "param_format": "%Y%m%d"', sentence)
    assert list_formats(incremental) == ("epoch_s", "%Y%m%d")


def test_a_format_that_resources_share_is_replaced_for_one(desk: Desk) -> None:
    shared = f'{{"incremental": {{"cursor_path": "changed", {SENT}, "datetime_format": "%s"}}}}'
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {shared}}}'
    sentence = f"- **orders**: `changed` has the format `{FRACTION}`."
    two = '{"name": "orders", "endpoint": {"path": "/orders"}}', USERS
    written = desk.new(shop(*two, defaults=defaults, prose=sentence))
    assert written.endpoint()["incremental"]["cursor_format"] == "iso8601"
    assert "cursor_format" not in written.endpoint("users").get("incremental", {})


ROWS, PARAM = "%d.%m.%Y", "%Y%m%dT%H%M%S"
BOTH = [
    f"cursor field `changed` (format `{ROWS}` in the records), sent as `since` in the format "
    f"`{PARAM}`",
    f"`changed` (`{ROWS}` in the rows), sent as `since` (`{PARAM}`)",
    f"`changed` in the format `{ROWS}`, sent as `since` in the format `{PARAM}`",
    f"`changed` with the format `{ROWS}` in the responses, filtered by `since` as `{PARAM}`",
    f"The cursor field is `changed` (format in the records: `{ROWS}`); the parameter `since` has "
    f"the format `{PARAM}`.",
]
PLACES = [
    f'"incremental": {{"cursor_path": "changed", {SENT}}}',
    '"params": {"since": {"type": "incremental", "cursor_path": "changed"}}',
]


def read_formats(desk: Desk, endpoint: str, sentence: str) -> tuple[str | None, str | None]:
    """The formats of the cursor and of the parameters, wherever the document has its cursor."""
    written = desk.new(orders(endpoint, prose=f"- **Incremental**: {sentence}"))
    own = written.endpoint()
    return list_formats(own.get("incremental") or own["params"]["since"])


@pytest.mark.parametrize("endpoint", PLACES)
@pytest.mark.parametrize("sentence", BOTH)
def test_a_sentence_may_give_the_formats_of_rows_and_of_requests(
    desk: Desk, endpoint: str, sentence: str
) -> None:
    assert read_formats(desk, endpoint, sentence) == (ROWS, PARAM)


@pytest.mark.parametrize("endpoint", PLACES)
def test_a_usual_format_of_requests_is_not_that_of_the_rows(desk: Desk, endpoint: str) -> None:
    usual = "%Y-%m-%dT%H:%M:%SZ"
    sentence = f"`changed` (format `{FRACTION}` in the records), sent as `since` in `{usual}`"
    assert read_formats(desk, endpoint, sentence) == (None, None)


OF_REQUESTS = [
    f"`changed`, sent as `since` in the format `{PARAM}`",
    f"`since` (`{PARAM}`) limits `changed`",
    f"`created` (`{ROWS}` in the records), and `since` in the format `{PARAM}`",
]


@pytest.mark.parametrize("endpoint", PLACES)
@pytest.mark.parametrize("sentence", OF_REQUESTS)
def test_a_format_of_requests_alone_is_not_that_of_rows(
    desk: Desk, endpoint: str, sentence: str
) -> None:
    assert read_formats(desk, endpoint, sentence)[0] is None


@pytest.mark.parametrize(
    ("described", "read"),
    [
        ("string", None),
        ("string, nullable", None),
        ("string, Unix timestamp of the change", "epoch_s"),
        ("integer", "epoch_s"),
    ],
)
def test_a_text_is_not_read_as_an_epoch_because_bounds_are_sent_as_one(
    desk: Desk, described: str, read: str | None
) -> None:
    prose = f"The window is sent as Unix timestamps.\n\n# Schema\n\n- `changed`: {described}\n"
    assert list_formats(convert(desk, '"datetime_format": "%s"', prose)) == (read, "epoch_s")


@pytest.mark.parametrize(
    ("pattern", "described", "read"),
    [
        ("%Y%m%d", "date-time", None),
        ("%Y%m%d", "date", None),
        ("%Y%m%dT%H", "date-time", None),
        ("%d.%m.%Y", "date-time", None),
        # Rows may hold what only the pattern reads.
        ("%d.%m.%Y", "date", "%d.%m.%Y"),
        ("%d.%m.%Y %H:%M", "date-time", "%d.%m.%Y %H:%M"),
        ("%Y%m%d", "string", "%Y%m%d"),
        ("%Y%m%d", "integer", "%Y%m%d"),
    ],
)
def test_a_date_is_not_read_as_bounds_are_sent_if_it_is_in_iso8601(
    desk: Desk, pattern: str, described: str, read: str | None
) -> None:
    prose = f"# Schema\n\n**orders**: `id` (string), `changed` ({described})\n"
    assert list_formats(convert(desk, f'"datetime_format": "{pattern}"', prose)) == (read, pattern)


EPOCHS = [
    ('"initial_value": dlt.config["start_date"]', "epoch_s", "a setting is sent as the cursor is"),
    ('"initial_value": "2026-01-01T00:00:00Z"', None, "a first value shows how bounds are sent"),
    ('"initial_value": 1767225600', "epoch_s", "also where it is an epoch"),
]


@pytest.mark.parametrize(("first", "sent", "why"), EPOCHS, ids=[why for *_, why in EPOCHS])
def test_bounds_of_a_cursor_that_is_an_epoch_are_sent_as_one(
    desk: Desk, first: str, sent: str | None, why: str
) -> None:
    incremental = convert(desk, first, "The cursor field `changed` is a Unix timestamp.")
    assert list_formats(incremental) == ("epoch_s", sent)


@pytest.mark.parametrize(
    "prose",
    [
        "The cursor field `changed` is a Unix timestamp. `since` is sent in ISO 8601.",
        "- The cursor field `changed` is a Unix timestamp.\n- `since` is sent as an ISO date.",
        "`since` is sent in ISO 8601; the cursor field `changed` is a Unix timestamp.",
    ],
)
def test_bounds_are_sent_as_the_prose_says_though_the_cursor_is_an_epoch(
    desk: Desk, prose: str
) -> None:
    incremental = convert(desk, '"initial_value": dlt.config["start_date"]', prose)
    assert list_formats(incremental) == ("epoch_s", None)


TWO_CURSORS = [
    "The cursors are `created` (orders, tasks) and `changed` (items) in the format `%d.%m.%Y`.",
    "- **Cursors**: `created` (orders and tasks), `changed` (items), both in the format `%d.%m.%Y`",
    "Incremental by `created` (`orders`, `lead_tasks`) or `changed` (`items`), as `%d.%m.%Y`.",
    "The cursor fields `created` (orders, tasks) / `changed` (items) have the format `%d.%m.%Y`.",
    "The cursor fields are `created` and `changed` in the format `%d.%m.%Y`.",
]
ONE_CURSOR = [
    ("The cursor `created` (orders) has the format `%d.%m.%Y`.", ["orders"]),
    ("The cursors are `created` (orders), `changed` (items) in `%d.%m.%Y`.", ["orders", "items"]),
    ("The cursor `created` (UTC) has the format `%d.%m.%Y`.", ["orders", "lead_tasks"]),
    ("The cursors are `created` (orders), `changed` (items); the start is `%d.%m.%Y`.", []),
    ("The cursor `created` (in `users`) has the format `%d.%m.%Y`.", []),
]


def list_formatted(desk: Desk, prose: str) -> list[str]:
    """The resources whose cursor and bounds have the format of a text."""
    cursors = {"orders": "created", "items": "changed", "lead_tasks": "created"}
    listed = [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", '
        f'"incremental": {{"cursor_path": "{cursor}", {SENT}}}}}}}'
        for name, cursor in cursors.items()
    ]
    written = desk.new(shop(*listed, USERS, prose=f"# Incremental\n\n{prose}\n"))
    pairs = {name: list_formats(written.endpoint(name)["incremental"]) for name in cursors}
    return [name for name, pair in pairs.items() if pair == ("%d.%m.%Y", "%d.%m.%Y")]


@pytest.mark.parametrize("prose", TWO_CURSORS)
def test_a_format_of_several_cursors_is_that_of_each(desk: Desk, prose: str) -> None:
    assert list_formatted(desk, prose) == ["orders", "items", "lead_tasks"]


@pytest.mark.parametrize(("prose", "names"), ONE_CURSOR)
def test_a_format_of_a_cursor_is_that_of_the_resources_behind_it(
    desk: Desk, prose: str, names: list[str]
) -> None:
    assert list_formatted(desk, prose) == names
