"""Placeholders of requests that a window fills, where a document's text names the cursor."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

BODY = r"{\"start\":\"{window_start}\",\"end\":\"{window_end}\"}"


def orders(params: str, more: str = "") -> str:
    """A resource with these parameters."""
    return (
        f'{{"name": "orders", "primary_key": "id", "endpoint": {{"path": "/orders", '
        f'"params": {params}{more}}}}}'
    )


def test_bounds_within_a_text_are_filled_where_the_prose_names_the_cursor(desk: Desk) -> None:
    resource = orders(f'{{"changed": "{BODY}"}}')
    prose = "# Incremental\n\n- `orders` are filtered by `changed`.\n- Cursor field: `changed_at`\n"
    endpoint = desk.new(shop(resource, prose=prose)).endpoint()
    start, end = "{incremental.start_value}", "{incremental.end_value}"
    assert endpoint["params"] == {"changed": f'{{{{"start":"{start}","end":"{end}"}}}}'}
    assert endpoint["incremental"]["cursor_path"] == "changed_at"


@pytest.mark.parametrize("name", ["last_value", "since", "updated_since", "modified_after"])
def test_a_last_value_alone_is_the_start_of_the_window(desk: Desk, name: str) -> None:
    cursor = ', "incremental": {"cursor_path": "at"}'
    written = desk.new(shop(orders(f'{{"changed": "{{{name}}}"}}', cursor)))
    assert written.endpoint()["params"] == {"changed": "{incremental.start_value}"}
    assert "SOURCES__SHOP__" + name.upper() not in written.report


def test_a_last_value_of_a_resource_without_a_cursor_is_a_setting(desk: Desk) -> None:
    cursor = ', "incremental": null'
    written = desk.new(shop(orders('{"changed": "{since}"}', cursor)))
    assert written.endpoint()["params"] == {"changed": "{settings.since}"}


DAYS: list[tuple[str, str]] = [
    ("One request per day; `at` is the cursor field.", "%Y-%m-%d"),
    ("`at` is the cursor field; `on` is a day (`DD.MM.YYYY`).", "%d.%m.%Y"),
]


@pytest.mark.parametrize("name", ["date", "day"])
@pytest.mark.parametrize(("text", "form"), DAYS)
def test_a_day_in_a_request_is_that_of_its_window(
    desk: Desk, name: str, text: str, form: str
) -> None:
    resource = orders(f'{{"on": "{{{name}}}"}}')
    endpoint = desk.new(shop(resource, prose=f"# Days\n\n{text}\n")).endpoint()
    assert endpoint["params"] == {"on": "{incremental.start_value}"}
    assert endpoint["incremental"]["max_window"] == "1d"
    assert endpoint["incremental"]["param_format"] == form


REPORTS = [
    '{"name": "views", "primary_key": "id", "endpoint": {"path": "/views"}}',
    '{"name": "clicks", "primary_key": "id", "endpoint": {"path": "/clicks"}}',
    '{"name": "beats", "primary_key": "id", "endpoint": {"path": "/beats"}}',
]
GROUPED = [
    "- **Daily reports** (`views`, `clicks`): one row per day. Cursor field `day`.",
    "- Daily reports (`views` and `clicks`): cursor field `day`",
]


@pytest.mark.parametrize("item", GROUPED)
def test_an_item_on_several_resources_in_brackets_is_on_each(desk: Desk, item: str) -> None:
    prose = f"# Resources\n\n{item}\n- **beats**: cursor field `timestamp`\n"
    written = desk.new(shop(*REPORTS, prose=prose))
    cursors = [written.endpoint(n)["incremental"]["cursor_path"] for n in ("views", "clicks")]
    assert cursors == ["day", "day"]
    assert written.endpoint("beats")["incremental"]["cursor_path"] == "timestamp"


PAIRS = [("from", "to"), ("startTime", "endTime"), ("begin", "end"), ("dateFrom", "dateTo")]


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_two_bounds_are_those_of_the_window_in_any_spelling(
    desk: Desk, start: str, end: str
) -> None:
    params = f'{{"a": "{{{start}}}", "b": "{{{end}}}"}}'
    written = desk.new(shop(orders(params, ', "incremental": {"cursor_path": "at"}')))
    expected = {"a": "{incremental.start_value}", "b": "{incremental.end_value}"}
    assert written.endpoint()["params"] == expected


def test_the_day_of_a_request_that_is_in_the_key_of_rows_is_their_cursor(desk: Desk) -> None:
    stats = (
        '{"name": "stats", "primary_key": ["site", "date"], "endpoint": {"path": "/stats", '
        '"params": {"date": "{date}"}}}'
    )
    written = desk.new(shop(stats))
    assert written.endpoint("stats")["incremental"]["cursor_path"] == "date"
    assert written.endpoint("stats")["incremental"]["max_window"] == "1d"
    reason = "stats: its cursor is date, the day of a request that is in the key of its rows"
    assert reason in written.assumed


def test_the_key_of_the_resource_before_a_placeholder_fills_it(desk: Desk) -> None:
    devices = '{"name": "devices", "primary_key": "serial", "endpoint": {"path": "/all/devices"}}'
    values = '{"name": "values", "endpoint": {"path": "/devices/{serial}/values"}}'
    written = desk.new(shop(devices, values))
    expected = {"serial": {"type": "resolve", "resource": "devices", "field": "serial"}}
    assert written.endpoint("values")["params"] == expected


def test_another_field_than_the_key_of_the_resource_before_it_is_a_setting(desk: Desk) -> None:
    devices = '{"name": "devices", "primary_key": "serial", "endpoint": {"path": "/all/devices"}}'
    values = '{"name": "values", "endpoint": {"path": "/devices/{color}/values"}}'
    written = desk.new(shop(devices, values))
    assert written.endpoint("values")["path"] == "/devices/{settings.color}/values"


REPEATED = ["likewise.", "the same", "Same as above."]
NOT_REPEATED = ["the same, but without a cursor", "likewise large", "same day"]


def list_cursors(desk: Desk, item: str) -> list[object]:
    """The cursors and formats of two resources, of which an item on the second one is this."""
    of_views = "cursor `seen_at` (ISO 8601). The filter takes Unix milliseconds."
    params = [r.replace("}}", ', "params": {"from": "{window_start}"}}}') for r in REPORTS[:2]]
    prose = f"# Incremental\n\n- `views`: {of_views}\n- `clicks`: {item}\n"
    written = desk.new(shop(*params, prose=prose))
    cursors = [written.endpoint(n).get("incremental") or {} for n in ("views", "clicks")]
    return [(cursor.get("cursor_path"), cursor.get("param_format")) for cursor in cursors]


@pytest.mark.parametrize("item", REPEATED)
def test_an_item_that_repeats_the_one_before_says_the_same(desk: Desk, item: str) -> None:
    assert list_cursors(desk, item) == [("seen_at", "epoch_ms")] * 2


@pytest.mark.parametrize("item", NOT_REPEATED)
def test_an_item_that_says_more_repeats_nothing(desk: Desk, item: str) -> None:
    assert list_cursors(desk, item)[1] == (None, None)


SENT = [
    ("The search filter takes milliseconds since the epoch.", "epoch_ms"),
    ("The parameters hold milliseconds since the epoch.", "epoch_ms"),
    ("Start times are sent in Unix seconds.", "epoch_s"),
    ("Timestamps in requests are in milliseconds.", "epoch_ms"),
]


@pytest.mark.parametrize(("text", "form"), SENT)
def test_bounds_are_sent_as_a_sentence_on_all_of_them_says(
    desk: Desk, text: str, form: str
) -> None:
    resource = orders('{"changed": "{since}"}', ', "incremental": {"cursor_path": "at"}')
    written = desk.new(shop(resource, prose=f"# Incremental\n\n{text}\n"))
    assert written.endpoint()["incremental"]["param_format"] == form
