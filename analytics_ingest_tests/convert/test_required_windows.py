"""Windows that the prose calls required begin somewhere, also where a parent is read whole."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

WINDOW = '"incremental": {"cursor_path": "at", "start_param": "since", "end_param": "until"}'
ORDERS = f'{{"name": "orders", "endpoint": {{"path": "/orders", {WINDOW}}}}}'
LINES = '{"name": "lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
REQUIRED = [
    "- **orders**: `since` and `until` (both `YYYY-MM-DD`) are mandatory.",
    "- **orders** - requires `shop` and a window given by `since` / `until`.",
    "Both `since` and `until` must be given.",
]


@pytest.mark.parametrize("sentence", REQUIRED)
def test_a_required_window_begins_when_no_row_is_older(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(ORDERS, LINES, prose=f"\n# Resources\n\n{sentence}\n"))
    incremental = written.endpoint()["incremental"]
    assert (incremental["initial_value"], incremental["end_margin"]) == ("1970-01-01", "1s")
    reason = "orders: the prose requires bounds: its first window begins on 1970-01-01"
    assert any(line.startswith(reason) for line in written.assumed)


def test_a_required_window_without_children_has_no_margin(desk: Desk) -> None:
    written = desk.new(shop(ORDERS, prose=f"\n# Resources\n\n{REQUIRED[0]}\n"))
    incremental = written.endpoint()["incremental"]
    assert incremental["initial_value"] == "1970-01-01"
    assert "end_margin" not in incremental


def test_a_configured_first_value_of_a_required_window_stays(desk: Desk) -> None:
    orders = ORDERS.replace('"at"', '"at", "initial_value": "2026-01-01"')
    written = desk.new(shop(orders, LINES, prose=f"\n# Resources\n\n{REQUIRED[0]}\n"))
    assert written.endpoint()["incremental"]["initial_value"] == "2026-01-01"


def test_a_required_window_of_a_body_begins_too(desk: Desk) -> None:
    body = f'"method": "POST", {WINDOW[:-1]}, "inject_into": "body"}}'
    written = desk.new(
        shop(ORDERS.replace(WINDOW, body), prose=f"\n# Resources\n\n{REQUIRED[0]}\n")
    )
    assert written.endpoint()["incremental"]["initial_value"] == "1970-01-01"


OTHERS = [
    "- **orders**: `since` requires the scope `read:history`.",
    "- **orders**: One of `since` and `page` is required.",
    "- **orders**: A time zone is required in `since`.",
    "For lines, `since` is required.",
    "- **orders**: `since` and `until` are optional.",
    "- **orders**: `since` is not required.",
    "- **orders**: A token is required. `since` and `until` bound the window.",
    "- **orders**: For exports, `since` and `until` are required.",
    "- **orders**: If `until` is given, `since` is required.",
    "- **lines**: `since` is required.",
]


@pytest.mark.parametrize("sentence", OTHERS)
def test_another_sentence_on_bounds_begins_no_window(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(ORDERS, LINES, prose=f"\n# Resources\n\n{sentence}\n"))
    assert "initial_value" not in written.endpoint()["incremental"]


def test_windows_of_two_bounds_whose_first_value_is_a_setting_have_both(desk: Desk) -> None:
    orders = ORDERS.replace('"at"', '"at", "initial_value": dlt.config["start_date"]')
    users = orders.replace("orders", "users").replace(', "end_param": "until"', "")
    lines = '{"name": "lines", "endpoint": {"path": "/carts/{cart_id}/lines"}}'
    written = desk.new(shop(orders, users, orders.replace("orders", "carts"), lines))
    assert written.endpoint()["incremental"]["initial_value"] == "1970-01-01"
    line = "orders: its first value is a setting: its first window begins on 1970-01-01"
    assert f"{line}; declare the true one" in written.assumed
    # A start alone, or that of a parent, would leave out rows without a cursor.
    assert "initial_value" not in written.endpoint("users")["incremental"]
    assert "initial_value" not in written.endpoint("carts")["incremental"]
    reason = "its first window has no start, as its first value is a setting"
    line = f"users, carts: {reason}: declare initial_value if the API needs one"
    assert line in written.assumed
    assert not any("partitions.start decides" in line for line in written.assumed)


def test_a_window_without_a_first_value_has_none_of_a_setting(desk: Desk) -> None:
    written = desk.new(shop(ORDERS))
    assert "initial_value" not in written.endpoint()["incremental"]
    line = "orders: its first window has no start: declare initial_value if the API needs one"
    assert line in written.assumed
    assert not any("a setting" in line for line in written.assumed)
