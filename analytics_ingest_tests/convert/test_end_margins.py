"""How long before the present windows end, as prose and expressions say it."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

CURSOR = '"cursor_path": "at", "start_param": "since"'
SENT = f'{CURSOR}, "end_param": "until"'
ORDERS = f'{{"name": "orders", "endpoint": {{"path": "/orders", "incremental": {{{SENT}}}}}}}'
USERS = f'{{"name": "users", "endpoint": {{"path": "/users", "incremental": {{{CURSOR}}}}}}}'
ITEMS = ORDERS.replace("orders", "items").replace("until", "before")
UNKNOWN = "the prose speaks of windows that end before the present: declare incremental.end_margin"


def read_margins(desk: Desk, prose: str) -> tuple[list[str | None], list[str]]:
    written = desk.new(
        shop(ORDERS, ITEMS, USERS, defaults=DEFAULTS, prose=f"\n# Loads\n\n{prose}\n")
    )
    names = ("orders", "items", "users")
    return [written.endpoint(n)["incremental"].get("end_margin") for n in names], written.assumed


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        (
            "- **orders**: The end of the window lies at least two minutes in the past.",
            ["2m", None],
        ),
        ("- **orders**: windows end 5 minutes before now.", ["5m", None]),
        ("- **items**: the window always ends one hour before the present.", [None, "1h"]),
        ("- **orders**: data of the last 2 hours is not requested.", ["2h", None]),
        ("- **orders**: the last 2 hours are left out of each window.", ["2h", None]),
        ("- **orders**: the end is capped at now minus 2 minutes: `until`.", ["2m", None]),
        ("`until` must be at least 120 seconds before the current time.", ["120s", None]),
        ("`before` must not be less than two minutes in the past.", [None, "2m"]),
        ("- **orders**: each window ends no later than 3 days before the request.", ["3d", None]),
        ("The window runs from the last cursor until two minutes ago.", ["2m", "2m"]),
    ],
)
def test_prose_states_an_end_before_the_present(
    desk: Desk, prose: str, expected: list[str | None]
) -> None:
    assert read_margins(desk, prose)[0] == [*expected, None]


@pytest.mark.parametrize(
    "prose",
    [
        "- **orders**: each load reads the last two days again.",
        "- **orders**: the window overlaps: it ends two minutes before now and is read again.",
        "- **orders**: `since` lies at least two minutes in the past.",
        "- **orders**: the start of the window lies at least 2 days in the past.",
        "- **orders**: the window ends before the token expires, five minutes before now.",
        "- **orders**: the rate limit window ends 2 minutes ago.",
        "- **orders**: rows are kept until 30 days ago.",
        "- **orders**: a window covers 2 days at most.",
        "- **orders**: data of the last 2 hours is requested.",
    ],
)
def test_other_times_do_not_end_windows(desk: Desk, prose: str) -> None:
    margins, assumed = read_margins(desk, prose)
    assert margins == [None, None, None]
    assert not [line for line in assumed if UNKNOWN in line]


@pytest.mark.parametrize(
    "prose",
    [
        "- **orders**: the end of the window lies at most two minutes in the past.",
        "- **orders**: the window might end two minutes before now.",
        "- **orders**: the API fails if the window ends less than two minutes in the past.",
        "- **orders**: windows end 2 minutes before now. The window ends 5 minutes before now.",
        "- **orders**: windows end 2 minutes before now.".replace("orders", "users"),
    ],
)
def test_an_end_that_is_not_clear_is_reported(desk: Desk, prose: str) -> None:
    margins, assumed = read_margins(desk, prose)
    assert margins == [None, None, None]
    assert [line for line in assumed if UNKNOWN in line]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ now_utc() - duration('PT2M') }}", "2m"),
        ("{{ (now_utc() - duration('P1D')).strftime('%Y-%m-%d') }}", "1d"),
        ("{{ day_delta(-2, format='%Y-%m-%d') }}", "2d"),
        ("{{ now_utc() }}", None),
        ("{{ today_utc() - duration('P1D') }}", None),
    ],
)
def test_an_expression_ends_windows_before_the_present(
    desk: Desk, value: str, expected: str | None
) -> None:
    orders = ORDERS.replace('"until"', f'"until", "end_value": "{value}"')
    written = desk.new(shop(orders, defaults=DEFAULTS))
    assert written.endpoint()["incremental"].get("end_margin") == expected
    is_reported = any("declare incremental.end_margin" in line for line in written.assumed)
    assert is_reported == ("today" in value)


def test_the_end_of_an_airbyte_cursor_lies_before_the_present(desk: Desk) -> None:
    option = '{"inject_into": "request_parameter", "field_name": "until"}'
    end = """{"type": "MinMaxDatetime", "datetime": "{{ now_utc() - duration('PT2M') }}"}"""
    sync = (
        '"incremental_sync": {"type": "DatetimeBasedCursor", "cursor_field": "at", '
        f'"datetime_format": "%Y-%m-%d", "start_datetime": "2026-01-01", '
        f'"end_time_option": {option}, "end_datetime": {end}}}'
    )
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", {sync}}}}}'
    written = desk.new(shop(one, defaults=DEFAULTS))
    assert written.endpoint()["incremental"]["end_margin"] == "2m"
