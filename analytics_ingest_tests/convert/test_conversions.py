"""Code that converts a cursor to what is sent: the common ways to write it become formats."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, fenced, orders, shop

WINDOW = '"incremental": {"cursor_path": "at", "start_param": "since", "convert": %s}'
PARAM = '"params": {"since": {"type": "incremental", "cursor_path": "at", "convert": %s}}'

DATE, SECONDS = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"
SENT = [
    ("at[:10]", DATE),
    ("at[0:10]", DATE),
    ("str(at)[:10]", DATE),
    ("at[:19]", SECONDS),
    ('at[:19] + "Z"', f"{SECONDS}Z"),
    ('at[:10] + "T00:00:00Z"', f"{DATE}T00:00:00Z"),
    ('at.split("T")[0]', DATE),
    ('at.split(" ")[0]', DATE),
    ('at.strftime("%d.%m.%Y")', "%d.%m.%Y"),
    ('pendulum.parse(at).strftime("%Y%m%d")', "%Y%m%d"),
    ('ensure_pendulum_datetime(at).date().strftime("%Y-%m-%d")', DATE),
    ("pendulum.parse(at).to_date_string()", DATE),
    ('pendulum.parse(at).in_timezone("UTC").to_date_string()', DATE),
    ("datetime.fromisoformat(at).date().isoformat()", DATE),
    ("pendulum.parse(at).to_datetime_string()", "%Y-%m-%d %H:%M:%S"),
    ("at.isoformat()", "iso8601"),
    ('parser.parse(at).isoformat().replace("+00:00", "Z")', "iso8601"),
    ('datetime.fromisoformat(at.replace("Z", "+00:00")).isoformat()', "iso8601"),
    ("int(at.timestamp())", "epoch_s"),
    ("int(pendulum.parse(at).timestamp())", "epoch_s"),
    ("str(int(pendulum.parse(at).timestamp()))", "epoch_s"),
    ("int(dlt.common.time.ensure_pendulum_datetime(at).timestamp())", "epoch_s"),
    ("ensure_pendulum_datetime(at).int_timestamp", "epoch_s"),
    ("int(datetime.fromisoformat(at).astimezone(timezone.utc).timestamp())", "epoch_s"),
    ("int(pendulum.parse(at).timestamp() * 1000)", "epoch_ms"),
    ("int(pendulum.parse(at).timestamp()) * 1000", "epoch_ms"),
    ("pendulum.parse(at).int_timestamp * 1000", "epoch_ms"),
]


def _read_formats(desk: Desk, text: str) -> tuple[str, str]:
    written = desk.new(text)
    assert not any("left out" in line for line in written.assumed)
    incremental = written.declaration.resources["orders"].incremental
    assert incremental
    return incremental.cursor_format, incremental.param_format


@pytest.mark.parametrize(("code", "kind"), SENT)
def test_a_lambda_says_how_bounds_are_sent(desk: Desk, code: str, kind: str) -> None:
    assert _read_formats(desk, orders(WINDOW % f"lambda at: {code}")) == ("iso8601", kind)


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("int(at / 1000)", ("epoch_ms", "epoch_s")),
        ("round(int(at) / 1000)", ("epoch_ms", "epoch_s")),
        ("at * 1000", ("epoch_s", "epoch_ms")),
        ("pendulum.from_timestamp(int(at)).to_date_string()", ("epoch_s", DATE)),
        ("pendulum.from_timestamp(at).isoformat()", ("epoch_s", "iso8601")),
        ("pendulum.from_timestamp(at / 1000).to_date_string()", ("epoch_ms", DATE)),
        ("pendulum.from_timestamp(int(at) // 1000).to_date_string()", ("epoch_ms", DATE)),
        ('datetime.fromtimestamp(at, timezone.utc).strftime("%d.%m.%Y")', ("epoch_s", "%d.%m.%Y")),
        ("datetime.fromtimestamp(int(at), tz=UTC).isoformat()", ("epoch_s", "iso8601")),
        ("datetime.utcfromtimestamp(at).isoformat()", ("epoch_s", "iso8601")),
        ('datetime.strptime(at, "%d.%m.%Y").strftime("%Y-%m-%d")', ("%d.%m.%Y", DATE)),
    ],
)
def test_a_lambda_says_how_the_cursor_is_read(
    desk: Desk, code: str, kinds: tuple[str, str]
) -> None:
    assert _read_formats(desk, orders(WINDOW % f"lambda at: {code}")) == kinds


@pytest.mark.parametrize(
    "window",
    [WINDOW, PARAM, WINDOW.replace("convert", "transform")],
)
def test_a_function_says_how_bounds_are_sent(desk: Desk, window: str) -> None:
    function = 'def to_day(at: str) -> str:\n    """Write the day."""\n    return at[:10]\n'
    text = orders(window % "to_day").replace("source =", f"{function}\nsource =")
    assert _read_formats(desk, text) == ("iso8601", DATE)


def test_a_lambda_in_a_text_says_how_bounds_are_sent(desk: Desk) -> None:
    text = (
        "client: {base_url: https://shop.test, auth: {type: bearer}}\n"
        "resources:\n- name: orders\n  primary_key: id\n  endpoint:\n    path: /orders\n"
        '    incremental: {cursor_path: at, start_param: since, convert: "lambda at: at[:10]"}\n'
    )
    assert _read_formats(desk, fenced(text, "yaml")) == ("iso8601", DATE)


def test_the_conversion_of_the_cursor_of_all_says_how_bounds_are_sent(desk: Desk) -> None:
    shared = f"{{{WINDOW % 'lambda at: at[:10]'}}}"
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {shared}}}'
    assert _read_formats(desk, orders(defaults=defaults)) == ("iso8601", DATE)


def test_an_epoch_that_is_sent_as_a_date_begins_with_an_epoch(desk: Desk) -> None:
    code = "lambda at: pendulum.from_timestamp(int(at)).to_date_string()"
    written = desk.new(orders(WINDOW % f'{code}, "initial_value": 1767225600'))
    assert written.endpoint()["incremental"] == {
        "cursor_path": "at",
        "start_param": "since",
        "initial_value": "2026-01-01T00:00:00Z",
        "cursor_format": "epoch_s",
        "param_format": DATE,
    }
    line = f"bounds are sent as {DATE}, and its cursor is read as epoch_s, as by lambda expression"
    assert any(line in text for text in written.assumed)


OTHERS = [
    "lambda at: at",
    "lambda at: at[:7]",
    "lambda at: other[:10]",
    "lambda at: CURSOR[:10]",
    "lambda at, zone: at[:10]",
    "lambda at: at[:10] or None",
    "lambda at: at[:10].replace('-', '')",
    "lambda at: at.strftime('%s')",
    "lambda at: at.strftime('day')",
    "lambda at: at.strftime(pattern)",
    "lambda at: pendulum.parse(at).add(days=1).to_date_string()",
    "lambda at: pendulum.parse(at).in_timezone('Europe/Berlin').to_date_string()",
    "lambda at: datetime.fromtimestamp(at).isoformat()",
    "lambda at: pendulum.from_timestamp(at * 1000).isoformat()",
    "lambda at: int(parse(at).timestamp())",
    "lambda at: at.timestamp()",
    "lambda at: at.isoformat() + 'Z'",
    "lambda at: int(at.timestamp() * 1000000)",
    "lambda at: " + "-" * 200 + "at",
]


@pytest.mark.parametrize("code", OTHERS)
def test_other_code_is_reported(desk: Desk, code: str) -> None:
    written = desk.new(orders(WINDOW % code))
    assert written.endpoint()["incremental"] == {"cursor_path": "at", "start_param": "since"}
    assert any("incremental.convert is left out" in line for line in written.assumed)


def test_code_that_contradicts_a_format_of_the_document_is_reported(desk: Desk) -> None:
    written = desk.new(orders(WINDOW % 'lambda at: at[:10], "param_format": "%d.%m.%Y"'))
    assert written.endpoint()["incremental"]["param_format"] == "%d.%m.%Y"
    assert any("incremental.convert is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    "body",
    [
        "    day = at[:10]\n    return day\n",
        "    if at:\n        return at[:10]\n    return None\n",
    ],
)
def test_a_function_of_several_statements_is_reported(desk: Desk, body: str) -> None:
    function = f"def to_day(at):\n{body}"
    text = orders(WINDOW % "to_day").replace("source =", f"{function}\nsource =")
    assert any("incremental.convert is left out" in line for line in desk.new(text).assumed)


def test_the_first_value_of_converted_code_says_nothing_of_the_cursor(desk: Desk) -> None:
    one = WINDOW % 'lambda at: to_bound(at), "initial_value": 1767225600'
    written = desk.new(shop(f'{{"name": "orders", "endpoint": {{"path": "/orders", {one}}}}}'))
    assert "cursor_format" not in written.endpoint()["incremental"]


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("at[:19]", "2024-01-01 00:00:00"),
        ("at[:10]", "01/02/2024"),
        ("at[:10]", "20240101"),
    ],
)
def test_code_that_cuts_another_form_of_text_is_reported(desk: Desk, code: str, first: str) -> None:
    block = WINDOW % f'lambda at: {code}, "initial_value": "{first}"'
    assert any("convert is left out" in line for line in desk.new(orders(block)).assumed)


@pytest.mark.parametrize("first", ["2024-01-01", "2024-01-01T00:00:00Z"])
def test_code_that_cuts_a_first_value_in_iso_8601_is_a_format(desk: Desk, first: str) -> None:
    block = WINDOW % f'lambda at: at[:10], "initial_value": "{first}"'
    assert _read_formats(desk, orders(block)) == ("iso8601", DATE)


def test_other_code_beside_an_epoch_is_reported_with_what_is_sent(desk: Desk) -> None:
    block = WINDOW % 'lambda at: at // 86400, "initial_value": 1704067200'
    assert (
        "orders: its bounds are sent as epoch_s, as its first value is written; its code may send "
        "another form"
    ) in desk.new(orders(block)).assumed
