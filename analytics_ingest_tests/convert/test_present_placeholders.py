"""Placeholders that mean the present become expressions, which each request evaluates."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest_tests.convert.writing import CLIENT, DEFAULTS, Desk, orders, shop
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.scripted_api import Asked, serving

TODAY = "{{ today_utc() }}"
NOW = "{{ format_datetime(now_utc(), '%Y-%m-%dT%H:%M:%SZ') }}"
PLACEHOLDERS = [
    ("{today}", TODAY),
    ("{current_date}", TODAY),
    ("{{ today }}", TODAY),
    ("${TODAY}", TODAY),
    ("{now}", NOW),
    ("{current_time}", NOW),
    ("{start_date},{today}", "{settings.start_date}," + TODAY),
    ("{today}T00:00:00Z", TODAY + "T00:00:00Z"),
]
DAYS = [
    ("{yesterday}", -1),
    ("{tomorrow}", 1),
    ("{today-1d}", -1),
    ("{today - 30}", -30),
    ("{today+7d}", 7),
    ("{today_minus_2_days}", -2),
]
OTHERS = ["{todays_menu}", "{knows}", "{nowhere}", "{snow}", "{today_or_later}", "{as_of}"]
STATED = [
    ("`end_date` is today's date.", TODAY),
    ("`{end_date}` is always the current date.", TODAY),
    ("- `end_date`: the current date (UTC)", TODAY),
    ("- **End** (`end_date`): today's date", TODAY),
    ("| Name | Value |\n|---|---|\n| `end_date` | today |", TODAY),
    ("`to` is always today.", TODAY),
    ("`end_date` holds the current date and time.", NOW),
    ("`end_date` is replaced by now.", NOW),
    (
        "`end_date` is filled with the current date in the format `YYYYMMDD`.",
        "{{ format_datetime(today_utc(), '%Y%m%d') }}",
    ),
    (
        "`end_date` is the current Unix time in seconds.",
        "{{ format_datetime(now_utc(), '%s') }}",
    ),
]
NOT_STATED = [
    "`end_date` defaults to today.",
    "`end_date` (default today)",
    "`end_date` is today or an earlier date.",
    "`end_date` is today minus 2 days.",
    "`end_date` may be today.",
    "`end_date` is not today.",
    "If it is missing, `end_date` is today.",
    "`end_date` is configured, today at most.",
    "The report runs from the start date to today.",
]


def send(desk: Desk, text: str, prose: str = "") -> Any:
    """What a parameter with a text is in the declaration."""
    return desk.new(orders(f'"params": {{"to": "{text}"}}', prose=prose)).endpoint()["params"]["to"]


@pytest.mark.parametrize(("text", "filled"), PLACEHOLDERS)
def test_the_present_is_an_expression(desk: Desk, text: str, filled: str) -> None:
    assert send(desk, text) == filled


@pytest.mark.parametrize(("text", "days"), DAYS)
def test_a_day_near_the_present_is_counted_from_it(desk: Desk, text: str, days: int) -> None:
    value = evaluate(str(send(desk, text)), {}, "to")
    moment = datetime.now(timezone.utc) + timedelta(days=days)
    assert value in (f"{moment:%Y-%m-%d}", f"{moment - timedelta(minutes=5):%Y-%m-%d}")


@pytest.mark.parametrize("text", OTHERS)
def test_a_placeholder_of_another_name_is_a_setting(desk: Desk, text: str) -> None:
    assert send(desk, text) == f"{{settings.{text[1:-1]}}}"


@pytest.mark.parametrize(("prose", "filled"), STATED)
def test_the_text_may_say_that_a_placeholder_is_the_present(
    desk: Desk, prose: str, filled: str
) -> None:
    assert send(desk, "{end_date}", f"# Requests\n\n{prose}\n") == filled


@pytest.mark.parametrize("prose", NOT_STATED)
def test_what_may_be_another_day_is_a_setting(desk: Desk, prose: str) -> None:
    assert send(desk, "{end_date}", f"# Requests\n\n{prose}\n") == "{settings.end_date}"


def test_a_setting_and_a_field_of_a_query_are_not_the_present(desk: Desk) -> None:
    params = '"params": {"to": dlt.config["today"]}, "json": {"query": "query { now }"}'
    endpoint = desk.new(orders(params)).endpoint()
    assert endpoint["params"] == {"to": "{settings.today}"}
    assert "utc()" not in str(endpoint)


def test_the_present_is_sent_in_what_all_requests_share(desk: Desk) -> None:
    client = CLIENT[:-1] + ', "headers": {"X-Day": "{today}"}}'
    defaults = DEFAULTS[:-1] + ', "endpoint": {"params": {"day": "{yesterday}"}}}'
    written = desk.new(shop(client=client, defaults=defaults))
    assert written.client["headers"] == {"X-Day": TODAY}
    params = written.attributes["resource_defaults"]["endpoint"]["params"]
    assert params == {"day": "{{ format_datetime(today_utc() - duration('P1D'), '%Y-%m-%d') }}"}
    assert len(written.to_be_set) == 1


def test_the_end_of_a_window_stays_one(desk: Desk) -> None:
    sent = '"params": {"from": "{start_date}", "to": "{end_date}"}'
    endpoint = f'{sent}, "incremental": {{"cursor_path": "at"}}'
    written = desk.new(orders(endpoint, prose="# Requests\n\n`end_date` is today's date.\n"))
    assert written.endpoint()["params"]["to"] == "{incremental.end_value}"


def test_the_present_is_sent_in_each_part_of_a_request(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = (
        '"params": {"day": "{today}"}, "headers": {"X-Day": "{today}"}, "json": {"d": "{today}"}'
    )
    document = orders(f'{parts}, "method": "POST"').replace('"/orders"', '"/orders/{today}"')
    written = desk.new(document)
    assert (
        "orders: {today} is filled when a request is made, in UTC, as %Y-%m-%d" in written.assumed
    )
    asked: list[tuple[str, ...]] = []

    def answer(request: Asked) -> list[dict[str, Any]]:
        body = request.json["d"]
        asked.append((request.path, request.query["day"], request.headers["x-day"], body))
        return [{"id": "1", "updated_at": "2026-01-05T00:00:00Z"}]

    days = [f"{datetime.now(timezone.utc) + timedelta(days=n):%Y-%m-%d}" for n in (0, 1)]
    with serving() as hub:
        api = hub.new_api()
        for day in days:
            api.on(f"/orders/{day}", answer)
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "abcdefgh")
        load(written.declaration)
    assert set(asked) <= {(f"/orders/{day}", day, day, day) for day in days}
    assert asked


DEFAULT_STATED = [
    "`day` holds the configured start date (default 2019-01-01) and today's date.",
    "`start_date` (default 2019-01-01)",
    "The start date defaults to 2019-01-01.",
    "- **Start Date**: `start_date`, by default 2019-01-01",
    "The default start date is `2019-01-01`.",
    "- **Start date** (default: 2019-01-01)",
]
NO_DEFAULT_STATED = [
    "The start date is 2019-01-01.",
    "The start date must not be before 2019-01-01.",
    "The start date (see `day`) is 2019-01-01 at first.",
    "`start_date` (default 2019-01-01). `start_date` (default 2020-01-01).",
    "`begin_date` (default 2019-01-01)",
]


@pytest.mark.parametrize("prose", DEFAULT_STATED)
def test_the_default_of_a_setting_beside_others_is_reported(desk: Desk, prose: str) -> None:
    params = '"params": {"day": "{start_date},{today}"}'
    written = desk.new(orders(params, prose=f"# Requests\n\n{prose}\n"))
    purpose = written.to_be_set["SOURCES__SHOP__START_DATE"]
    assert purpose.endswith("; the document's default is 2019-01-01")


@pytest.mark.parametrize("prose", NO_DEFAULT_STATED)
def test_a_default_that_is_not_clear_is_not_reported(desk: Desk, prose: str) -> None:
    params = '"params": {"day": "{start_date},{today}"}'
    written = desk.new(orders(params, prose=f"# Requests\n\n{prose}\n"))
    assert "default" not in written.to_be_set["SOURCES__SHOP__START_DATE"]


@pytest.mark.parametrize(
    ("prose", "said"),
    [
        ("`end_date` defaults to today.", "today"),
        ("The end date (default: today's date) is sent.", "today's date"),
        ("`end_date` is by default `now`.", "now"),
    ],
)
def test_a_default_that_moves_is_reported_and_not_sent(desk: Desk, prose: str, said: str) -> None:
    written = desk.new(orders('"params": {"to": "{end_date}"}', prose=f"# Requests\n\n{prose}\n"))
    assert written.endpoint()["params"] == {"to": "{settings.end_date}"}
    purpose = written.to_be_set["SOURCES__SHOP__END_DATE"]
    assert purpose.endswith(f"; the document's default is {said}")


def test_a_word_of_a_text_is_not_a_setting_of_one_word(desk: Desk) -> None:
    prose = "# Requests\n\nThe report has some days (default 30).\n"
    written = desk.new(orders('"params": {"span": "{days}"}', prose=prose))
    assert "default" not in written.to_be_set["SOURCES__SHOP__DAYS"]


def test_a_date_is_sent_as_the_default_of_a_setting_alone(desk: Desk) -> None:
    prose = "# Requests\n\n- `since` (default 2019-01-01)\n"
    written = desk.new(orders('"params": {"since": "{first_day}"}', prose=prose))
    sent = {"since": "{{ config.get('first_day', '2019-01-01') }}"}
    assert written.endpoint()["params"] == sent
