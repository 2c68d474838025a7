"""How far each load goes back, as prose says it."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

CURSOR = '"incremental": {"cursor_path": "at", "start_param": "since"}'
ORDERS = f'{{"name": "orders", "endpoint": {{"path": "/orders", {CURSOR}}}}}'
USERS = f'{{"name": "users", "endpoint": {{"path": "/users", {CURSOR}}}}}'
ITEMS = '{"name": "items", "endpoint": {"path": "/items", "incremental": null}}'
UNKNOWN = "orders, users: the prose speaks of a lookback: declare incremental.lookback"


@pytest.mark.parametrize(
    ("prose", "orders", "users"),
    [
        ("- **orders**: use a lookback of 2 days", "2d", None),
        ("- **orders**: with a 3-day lookback", "3d", None),
        ("- **users**: rows may arrive late: use a lookback window of one week.", None, "1w"),
        ("`orders` and `users`: every run goes back 12 hours.", "12h", "12h"),
        ("Orders are corrected later, so each run reads the last 3 days again.", "3d", None),
        ("A lookback of 2 days holds for all resources.", "2d", "2d"),
        ("A lookback of 2 days is used.", "2d", "2d"),
        ("- **Lookback Window**: 2 hours", "2h", "2h"),
        ("- **Lookback**: `P3D`", "3d", "3d"),
        ("- Lookback period: one month", "31d", "31d"),
        ("| Key | Value |\n|---|---|\n| Lookback | 60 seconds |", "60s", "60s"),
        ("Each run of orders goes back `PT1H`.", "1h", None),
    ],
)
def test_prose_states_a_lookback(
    desk: Desk, prose: str, orders: str | None, users: str | None
) -> None:
    written = desk.new(
        shop(ORDERS, USERS, ITEMS, defaults=DEFAULTS, prose=f"\n# Loads\n\n{prose}\n")
    )
    declared = [
        written.endpoint(name)["incremental"].get("lookback") for name in ("orders", "users")
    ]
    assert declared == [orders, users]
    assert written.endpoint("items")["incremental"] is None


@pytest.mark.parametrize(
    "prose",
    ["A lookback is used.", "Consider a lookback window.", "A lookback might be 2 days."],
)
def test_a_lookback_that_is_not_clear_is_reported(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, defaults=DEFAULTS, prose=f"\n# Loads\n\n{prose}\n"))
    assert UNKNOWN in written.assumed
    assert "lookback" not in written.endpoint()["incremental"]


@pytest.mark.parametrize(
    "prose",
    [
        "The orders endpoint goes back 90 days.",
        "The conversion lookback window of orders is 30 days.",
        "The maximum lookback of `orders` is 30 days.",
    ],
)
def test_how_far_an_api_goes_back_is_not_a_lookback(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, defaults=DEFAULTS, prose=f"\n{prose}\n"))
    assert "lookback" not in written.endpoint()["incremental"]


@pytest.mark.parametrize("prose", ["- **Lookback Window**: None", "- Lookback: 0", "No lookback."])
def test_a_document_without_a_lookback_is_not_warned_about(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, defaults=DEFAULTS, prose=f"\n{prose}\n"))
    assert "lookback" not in written.endpoint()["incremental"]
    assert not any("lookback" in line for line in written.assumed)


def test_a_configured_lookback_wins_over_prose(desk: Desk) -> None:
    own = ORDERS.replace('"start_param"', '"lookback": "1d", "start_param"')
    written = desk.new(shop(own, defaults=DEFAULTS, prose="\nA lookback of 2 days is used.\n"))
    assert written.endpoint()["incremental"]["lookback"] == "1d"
    assert not any("lookback" in line for line in written.assumed)


LATE = [
    ("Rows of the last 3 days may change, so they are loaded again.", "3d"),
    ("Numbers of the last three days may still change.", "3d"),
    ("Late rows arrive up to 2 hours later.", "2h"),
    ("The last 7 days are reloaded with each run.", "7d"),
    ("Data of the past 3 days is requested again each time.", "3d"),
]
NOT_LATE = [
    "Data of the last 30 days is available.",
    "Orders of the last 90 days can be requested.",
    "Rows never arrive 2 days late.",
    "Invoices are sent 14 days later.",
    "The last 7 days are not loaded again.",
]


@pytest.mark.parametrize(("text", "length"), LATE)
def test_rows_that_come_or_change_late_are_loaded_again(desk: Desk, text: str, length: str) -> None:
    written = desk.new(shop(ORDERS, USERS, ITEMS, prose=f"# Notes\n\n{text}\n"))
    for name in ("orders", "users"):
        assert written.endpoint(name)["incremental"]["lookback"] == length
    assert written.endpoint("items")["incremental"] is None


@pytest.mark.parametrize("text", NOT_LATE)
def test_rows_that_do_not_come_late_are_loaded_once(desk: Desk, text: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"# Notes\n\n{text}\n"))
    assert "lookback" not in written.text
