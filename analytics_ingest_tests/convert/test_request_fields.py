"""Fields that rows get from their request are added where the prose names them."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

DAYS = (
    '{"name": "days", "primary_key": "date", "endpoint": {"path": "/days", "params": '
    '{"day": "{incremental.start_value}"}, "incremental": {"cursor_path": "date", '
    '"datetime_format": "%d-%m-%Y"}}}'
)
SHOPS = '{"name": "shops", "endpoint": {"path": "/shops"}}'
ORDERS = '{"name": "orders", "endpoint": {"path": "/shops/{shop_id}/orders"}}'
START = "{{ stream_interval.start_time }}"
DAY = {
    "The day of the request is written to the field `date`.": START,
    "Rows lack it, so the day of each request is stored in `date` as `DD-MM-YYYY`.": START,
    "The requested `date` is added to the record, as the response does not contain it.": START,
    "As rows lack it, the requested day `date` is stored with each row.": START,
    "The start of the window is kept in `date` (`YYYY-MM-DD`).": (
        "{{ format_datetime(stream_interval.start_time, '%Y-%m-%d', '%d-%m-%Y') }}"
    ),
}
NOT_DAY = [
    "The day of the request is not stored in the field `date`.",
    "The requested `date` is not added to the record.",
    "The requested `page` is added to the record.",
    "The requested `date` is added to the log.",
    "The day of the order is stored in the field `date`.",
    "If there is none, the day of the request is stored in `date`.",
]


@pytest.mark.parametrize(("sentence", "value"), DAY.items())
def test_the_day_of_a_request_is_added(desk: Desk, sentence: str, value: str) -> None:
    written = desk.new(shop(DAYS, prose=f"\n### Days\n\n{sentence}\n"))
    (step,) = written.resource("days")["processing_steps"]
    assert step == {"add": {"date": {"value": value, "type": "string"}}}


@pytest.mark.parametrize("sentence", NOT_DAY)
def test_other_days_are_not_added(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(DAYS, prose=f"\n### Days\n\n{sentence}\n"))
    assert "processing_steps" not in written.resource("days")


def test_the_day_of_a_request_that_is_added_under_no_name_is_reported(desk: Desk) -> None:
    prose = "\n### Days\n\nThe day of the request is added to each record.\n"
    written = desk.new(shop(DAYS.replace('"date", "endpoint"', '"id", "endpoint"'), prose=prose))
    assert written.steps == {}
    reason = "the prose adds the day of its request to its rows, and names no field"
    assert f"days: {reason}: declare processing_steps" in written.assumed


def test_the_day_of_a_request_with_an_incremental_parameter_is_added(desk: Desk) -> None:
    days = (
        '{"name": "days", "primary_key": "date", "endpoint": {"path": "/days", "params": '
        '{"day": {"type": "incremental", "cursor_path": "date", "initial_value": "2026-01-01"}}}}'
    )
    prose = "\n### Days\n\nThe day of the request is written to the field `date`.\n"
    (step,) = desk.new(shop(days, prose=prose)).resource("days")["processing_steps"]
    assert step == {"add": {"date": {"value": START, "type": "string"}}}


PARENT = [
    "Rows lack the id of the shop, which is therefore added as `shop`.",
    "The id of the shop is stored with each of them in the field `shop`.",
    "Orders do not name it, so the `id` of each shop is added as `shop`.",
]
NOT_PARENT = [
    "The id of the shop is stored in the field `id`.",
    "The id of the order is stored in the field `shop`.",
    "The `slug` of the shop is stored in the field `shop`.",
    "The id of the shop is never stored in `shop`.",
    "The id of the shop is added to the request as `shop`.",
]


@pytest.mark.parametrize("sentence", PARENT)
def test_a_field_of_the_parent_is_added(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(SHOPS, ORDERS, prose=f"\n# Resources\n\n{sentence}\n"))
    (step,) = written.resource("orders")["processing_steps"]
    assert step == {"add": {"shop": {"value": "{{ stream_partition.shop_id }}", "type": "any"}}}
    assert "orders: shop is the id of its row of shops, as the prose says" in written.assumed


@pytest.mark.parametrize("sentence", NOT_PARENT)
def test_other_fields_are_not_added(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(SHOPS, ORDERS, prose=f"\n# Resources\n\n{sentence}\n"))
    assert "processing_steps" not in written.text


ARCHIVE = (
    '{"name": "archive", "endpoint": {"path": "/v1/{year}/{month}.json", '
    '"incremental": {"cursor_path": "at"}}}'
)
MONTHS = {
    "": "%m",
    "An example is `/v1/2026/9.json`.": "%-m",
    "An example is `/v1/2026/09.json`, without a leading zero in days.": "%m",
    "An example is `/v1/2026/11.json`.": "%m",
    "The month has no leading zero.": "%-m",
}


@pytest.mark.parametrize(("sentence", "month"), MONTHS.items())
def test_parts_of_dates_in_a_path_are_those_of_the_window(
    desk: Desk, sentence: str, month: str
) -> None:
    endpoint = desk.new(shop(ARCHIVE, prose=f"\n{sentence}\n")).endpoint("archive")
    year, rest = (
        f"{{{{ format_datetime(stream_interval.start_time, '{part}') }}}}" for part in ("%Y", month)
    )
    assert endpoint["path"] == f"/v1/{year}/{rest}.json"
    assert endpoint["incremental"] == {"cursor_path": "at", "max_window": "28d"}


def test_parts_of_dates_without_a_cursor_are_settings(desk: Desk) -> None:
    written = desk.new(
        shop(ARCHIVE.replace('"incremental": {"cursor_path": "at"}', '"method": "GET"'))
    )
    assert written.endpoint("archive")["path"] == "/v1/{settings.year}/{settings.month}.json"


SENT = {
    "account": "{{ config['account'] }}",
    "startDate": "{{ stream_interval.start_time }}",
    "endDate": "{{ stream_interval.end_time }}",
    "kind": "{{ stream_partition.kind }}",
}
SENT_FIELDS = {
    "`account`, `startDate` and `endDate` (the bounds of the window) are added to each record.": [
        "account",
        "startDate",
        "endDate",
    ],
    "`account` is added to each record.": ["account"],
    "Each row gets the `startDate` and the `endDate` of its window.": ["startDate", "endDate"],
    "**Transformations**: `endDate` is added to every row.": ["endDate"],
    "The `startDate` is written into all records.": ["startDate"],
    "The `startDate` and the `endDate` of the request are added to each record.": [
        "startDate",
        "endDate",
    ],
    "- **Incremental**: One request per day, the start is added to each record as `startDate`.": [
        "startDate"
    ],
    "One request for each account, `account` is added to each row.": ["account"],
    "- **Rows**: one request per kind, the kind is added to each record as `kind`": ["kind"],
    "The kind of the request is added to each record as `kind`.": ["kind"],
    "The load date is added to each record as `endDate`.": [],
    "One request per day, the total is added to each record as `total`.": [],
    "`account` may be added to each record.": [],
    "`account` was added to each record.": [],
    "`account` is added to each request.": [],
    "`account` is added to each record by the API.": [],
    "`limit` is added to each record.": [],
    "Each row gets the `total` and the `endDate`.": [],
    "If there is none, `account` is added to each record.": [],
}


def write_reports(*names: str) -> list[str]:
    """Resources whose requests hold a setting and both bounds of the window."""
    body = '{"startDate": "{incremental.start_value}", "endDate": "{incremental.end_value}"}'
    return [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", "method": "POST", "json": {body}, '
        '"params": {"account": dlt.config["account"], "limit": 5, "kind": {"type": "each", '
        '"values": ["a", "b"]}}, '
        '"incremental": {"cursor_path": "day"}}}'
        for name in names
    ]


def build_step(fields: list[str]) -> dict[str, dict[str, dict[str, str]]]:
    return {"add": {field: {"value": SENT[field], "type": "any"} for field in fields}}


def test_what_a_request_holds_is_added_to_the_rows_that_are_said_to_get_it(desk: Desk) -> None:
    said = {f"report_{number}": text for number, text in enumerate(SENT_FIELDS)}
    prose = "\n\n".join(f"### {name}\n\n{text}" for name, text in said.items())
    written = desk.new(shop(*write_reports(*said), prose=f"\n# Resources\n\n{prose}\n"))
    expected = {name: SENT_FIELDS[text] for name, text in said.items() if SENT_FIELDS[text]}
    assert written.steps == {name: [build_step(fields)] for name, fields in expected.items()}


@pytest.mark.parametrize("is_of_all", [True, False])
def test_every_record_gets_what_all_requests_hold(desk: Desk, *, is_of_all: bool) -> None:
    others = [] if is_of_all else ['{"name": "shops", "endpoint": {"path": "/shops"}}']
    prose = (
        "\n# Rows\n\nAll of them are flat.\n\n`account` and `endDate` are added to each record.\n"
    )
    written = desk.new(shop(*write_reports("days", "weeks"), *others, prose=prose))
    step = [build_step(["account", "endDate"])]
    assert written.steps == ({"days": step, "weeks": step} if is_of_all else {})
    assert ("the prose speaks of rows" in written.report) != is_of_all


WINDOWED = (
    '{"name": "orders", "endpoint": {"path": "/orders", "incremental": {"cursor_path": "at", '
    '"start_param": "start", "end_param": "end", "initial_value": "2026-01-01"}}}'
)
ON_WINDOWS = [
    "- **orders**: exported in windows of at most 24 hours given by `start` and `end`.",
    "- **orders**: `start` and `end` are both included.",
    "- **orders**: the window includes `start` and `end`.",
    "- **orders** receives `start` and `end` as ISO dates.",
]


@pytest.mark.parametrize("sentence", ON_WINDOWS)
def test_the_bounds_of_a_window_are_not_fields_of_rows(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(WINDOWED, SHOPS, prose=f"\n# Resources\n\n{sentence}\n"))
    assert "processing_steps" not in written.resource("orders")
