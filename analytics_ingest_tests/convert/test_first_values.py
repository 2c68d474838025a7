"""The first value of a cursor is written as the cursor: where it is an epoch, so is the cursor."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

FORMS = [
    '"incremental": {"cursor_path": "at", "start_param": "since", "initial_value": %s}',
    '"params": {"since": {"type": "incremental", "cursor_path": "at", "initial_value": %s}}',
    '"params": {"since": dlt.sources.incremental("at", initial_value=%s)}',
]
SCHEMA = "\n# Schema\n\n- `id`: string\n- `at`: {}\n"


def _read_formats(desk: Desk, text: str) -> tuple[str, str]:
    incremental = desk.new(text).declaration.resources["orders"].incremental
    assert incremental
    return incremental.cursor_format, incremental.param_format


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1767225600", "epoch_s"),
        ("1767225600000", "epoch_ms"),
        ('"1767225600"', "epoch_s"),
        ('"2026-01-01T00:00:00Z"', "iso8601"),
        ("2026", "iso8601"),
    ],
)
def test_a_cursor_is_read_as_its_first_value_is_written(
    desk: Desk, form: str, value: str, kind: str
) -> None:
    assert _read_formats(desk, orders(form % value)) == (kind, kind)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("integer", "epoch_s"),
        ("number", "epoch_s"),
        ("string", "iso8601"),
        ("string, date-time", "iso8601"),
        ("date", "iso8601"),
    ],
)
def test_a_cursor_that_is_a_text_among_the_fields_is_read_as_one(
    desk: Desk, form: str, field: str, kind: str
) -> None:
    written = desk.new(orders(form % "1767225600", prose=SCHEMA.format(field)))
    incremental = written.declaration.resources["orders"].incremental
    assert incremental
    assert (incremental.cursor_format, incremental.param_format) == (kind, "epoch_s")
    is_reported = "though its first value is epoch_s" in " ".join(written.assumed)
    assert is_reported == (kind == "iso8601")


@pytest.mark.parametrize(
    ("keys", "formats"),
    [
        ('"cursor_format": "epoch_ms"', ("epoch_ms", "epoch_s")),
        ('"cursor_format": "%d.%m.%Y"', ("%d.%m.%Y", "epoch_s")),
        ('"param_format": "%Y-%m-%d"', ("iso8601", "%Y-%m-%d")),
        ('"datetime_format": "%Y-%m-%d"', ("iso8601", "%Y-%m-%d")),
        ('"convert": to_cursor', ("iso8601", "epoch_s")),
    ],
)
def test_a_format_or_a_conversion_of_the_document_stays(
    desk: Desk, keys: str, formats: tuple[str, str]
) -> None:
    assert _read_formats(desk, orders(FORMS[0] % f"1767225600, {keys}")) == formats


def test_a_first_value_that_is_written_otherwise_than_bounds_is_reported(desk: Desk) -> None:
    written = desk.new(orders(FORMS[0] % '1767225600, "param_format": "%Y-%m-%d"'))
    problem = "orders: its bounds are sent as %Y-%m-%d, though its first value is epoch_s"
    assert any(line.startswith(problem) for line in written.assumed)


def test_a_cursor_without_a_primary_key_is_read_as_its_first_value_is_written(desk: Desk) -> None:
    text = orders(FORMS[0] % "1767225600", defaults='"resource_defaults": {}')
    assert _read_formats(desk, text) == ("epoch_s", "epoch_s")


@pytest.mark.parametrize(
    ("value", "prose"),
    [
        (', "initial_value": 1767225600', ""),
        ("", "\n`at` is a Unix timestamp in seconds.\n"),
    ],
)
def test_the_cursor_of_all_keeps_its_keys_in_a_resource(desk: Desk, value: str, prose: str) -> None:
    shared = f'{{"incremental": {{"cursor_path": "at", "start_param": "since"{value}}}}}'
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {shared}}}'
    incremental = desk.new(orders(defaults=defaults, prose=prose)).declaration.resources["orders"]
    assert incremental.incremental
    assert incremental.incremental.cursor_path == "at"
    assert incremental.incremental.start_param == "since"
    assert incremental.incremental.cursor_format == "epoch_s"


def test_the_first_value_of_all_is_not_that_of_another_cursor(desk: Desk) -> None:
    shared = '{"incremental": {"cursor_path": "at", "initial_value": 1767225600}}'
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {shared}}}'
    own = '"incremental": {"cursor_path": "day", "start_param": "since"}'
    assert _read_formats(desk, orders(own, defaults=defaults)) == ("iso8601", "iso8601")


@pytest.mark.parametrize("between", ["T", " "])
def test_bounds_are_written_without_a_zone_as_the_first_value_is(desk: Desk, between: str) -> None:
    first = f'"2026-01-01{between}00:00:00"'
    keys = f'"cursor_path": "at", "start_param": "since", "initial_value": {first}'
    written = desk.new(orders(f'"incremental": {{{keys}}}'))
    expected = f"%Y-%m-%d{between}%H:%M:%S"
    assert written.endpoint()["incremental"]["param_format"] == expected
    reason = f"orders: its bounds are sent as {expected}, as its first value is written"
    assert reason in written.assumed


@pytest.mark.parametrize("place", ["own", "shared"])
def test_a_first_value_stays_where_only_the_prose_says_what_sends_it(
    desk: Desk, place: str
) -> None:
    cursor = '"incremental": {"cursor_path": "at", "initial_value": "2026-06-01"}'
    prose = "\n- **orders**: the parameter `since` is the start of the window.\n"
    if place == "own":
        written = desk.new(orders(cursor, prose=prose))
    else:
        shared = f'"resource_defaults": {{"primary_key": "id", "endpoint": {{{cursor}}}}}'
        written = desk.new(shop(defaults=shared, prose=prose))
    incremental = written.endpoint()["incremental"]
    assert (incremental["start_param"], incremental["initial_value"]) == ("since", "2026-06-01")


STEPPED = (
    '"incremental": {"cursor_path": "at", "start_param": "day", "initial_value": %s, "step": "P1D"}'
)


@pytest.mark.parametrize(
    ("value", "start"),
    [('"2026-08"', "2026-08-01"), ('"2025"', "2025-01-01"), ('"1999-12"', "1999-12-01")],
)
def test_a_month_or_a_year_is_its_first_day(desk: Desk, value: str, start: str) -> None:
    written = desk.new(orders(STEPPED % value))
    assert written.endpoint()["incremental"]["initial_value"] == start
    assert not any("not a date" in line or "a setting" in line for line in written.assumed)


@pytest.mark.parametrize("value", ["2026", '"2026-13"', '"202608"', '"soon"', '"3026"'])
def test_another_first_value_is_not_a_date(desk: Desk, value: str) -> None:
    written = desk.new(orders(STEPPED % value))
    reason = "orders: its first window begins on 2026-01-01, where the document has no date"
    assert reason in written.assumed


@pytest.mark.parametrize("value", ["dlt.config['start']", "\"{{ config['start_date'] }}\""])
def test_windows_in_steps_begin_on_the_first_partition_where_a_setting_decides(
    desk: Desk, value: str
) -> None:
    written = desk.new(orders(STEPPED % value))
    assert written.endpoint()["incremental"]["initial_value"] == "2026-01-01"
    reason = "orders: its first window begins on 2026-01-01, where the document has a setting"
    assert reason in written.assumed


def test_windows_in_steps_without_a_start_are_requested_from_1970_on(desk: Desk) -> None:
    unknown = "orders: no start is known, so windows of 1d are requested from 1970-01-01 on"
    start = '"start_param": "day", '
    open_step = (STEPPED % "None").replace('"initial_value": None, ', "")
    both = open_step.replace(start, f'{start}"end_param": "last", ')
    written = desk.new(orders(both))
    assert "initial_value" not in written.endpoint()["incremental"]
    assert f"{unknown}; declare initial_value" in written.assumed
    # A start alone that names a day would be requested 20,000 times.
    for sent in (STEPPED % '"2026-01-05"', open_step.replace(start, ""), open_step):
        assert unknown not in desk.new(orders(sent), "--force").report


@pytest.mark.parametrize(
    ("prose", "begin"),
    [
        ("The default start is `2017-01-25T00:00:00Z`, the end is now.", "2017-01-25"),
        ("- `start_date`: default `2017-01-25`", "2017-01-25"),
        ("- `start` (optional, defaults to `2017-01-25`)", "2026-01-01"),
        ("The default page is `2017-01-25`.", "2026-01-01"),
    ],
)
def test_windows_in_steps_begin_on_the_default_of_the_prose(
    desk: Desk, prose: str, begin: str
) -> None:
    written = desk.new(orders(STEPPED % "dlt.config['start']", prose=f"# Settings\n\n{prose}\n"))
    assert written.endpoint()["incremental"]["initial_value"] == begin


BOUNDS = (
    '"incremental": {"cursor_path": "at", "start_param": "since", "datetime_format": "%s", '
    '"initial_value": "2026-01-01"}'
)


@pytest.mark.parametrize(
    ("prose", "is_epoch"),
    [
        ("The cursor is `at` (`%Y-%m-%dT%H:%M:%SZ` in the records).", False),
        ("`at` has the format `%Y-%m-%dT%H:%M:%SZ` in all records.", False),
        ("`at` (`%Y-%m-%dT%H:%M:%SZ` in the request).", True),
        ("The cursor is `at`.", True),
    ],
)
def test_a_cursor_may_be_written_otherwise_than_bounds(
    desk: Desk, prose: str, is_epoch: bool
) -> None:
    incremental = desk.new(orders(BOUNDS, prose=f"# Sync\n\n{prose}\n")).endpoint()["incremental"]
    assert incremental["param_format"] == "epoch_s"
    assert ("cursor_format" in incremental) == is_epoch


def test_windows_in_steps_begin_on_the_date_of_the_document(desk: Desk) -> None:
    written = desk.new(orders(STEPPED % '"2025-03-01"'))
    assert written.endpoint()["incremental"]["initial_value"] == "2025-03-01"


@pytest.mark.parametrize(
    ("keys", "prose", "lookback"),
    [
        ('"initial_value": "2026-01-01", "lag": 3', "", "3d"),
        ('"initial_value": "2026-01-01T00:00:00Z", "lag": 3', "", "3s"),
        ('"lag": 3', SCHEMA.format("date"), "3d"),
        ('"lag": 3', SCHEMA.format("date-time"), "3s"),
        ('"start_param": "since", "datetime_format": "%Y-%m-%d", "lag": 3', "", "3d"),
    ],
)
def test_the_lag_of_a_date_is_in_days(desk: Desk, keys: str, prose: str, lookback: str) -> None:
    written = desk.new(orders(f'"incremental": {{"cursor_path": "at", {keys}}}', prose=prose))
    assert written.endpoint()["incremental"]["lookback"] == lookback


def test_an_rfc_names_how_the_cursor_of_a_resource_is_written(desk: Desk) -> None:
    cursor = '"incremental": {"cursor_path": "at"}'
    listings = [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", {cursor}}}}}'
        for name in ("orders", "users")
    ]
    prose = "\nFor `orders`, `at` is delivered as an RFC 2822 string.\n"
    written = desk.new(shop(*listings, prose=prose))
    pattern = "%a, %d %b %Y %H:%M:%S %z"
    assert written.endpoint("orders")["incremental"]["cursor_format"] == pattern
    assert "cursor_format" not in written.endpoint("users")["incremental"]


@pytest.mark.parametrize(
    "prose",
    [
        "All timestamps are ISO 8601, not RFC 2822.",
        "`at`, unlike the `Date` header (RFC 5322), is ISO 8601.",
        "All times are in RFC 2822 except `at`, which is ISO 8601.",
    ],
)
def test_an_rfc_that_is_denied_sets_none(desk: Desk, prose: str) -> None:
    written = desk.new(orders('"incremental": {"cursor_path": "at"}', prose=f"\n{prose}\n"))
    assert "cursor_format" not in written.endpoint()["incremental"]
