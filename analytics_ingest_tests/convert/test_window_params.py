"""Which parameters send the bounds of a window, as prose says it."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

NAMES = ("orders", "users")
CURSOR = '"incremental": {"cursor_path": "updated_at"}'
RESOURCES = [f'{{"name": "{n}", "endpoint": {{"path": "/{n}", {CURSOR}}}}}' for n in NAMES]
SINCE, BOTH = {"start_param": "since"}, {"start_param": "from", "end_param": "to"}
DATES = {"param_format": "%Y-%m-%d"}

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("- **orders**: the parameters `from` and `to` delimit the interval.", BOTH, {}),
    ("The request parameters `from` and `to` restrict the orders by their dates.", BOTH, {}),
    ("The orders can be restricted with the parameter `since`; users cannot.", SINCE, {}),
    ("- **orders**: an interval, `from` and `to`\n- **users**: the same parameters", BOTH, BOTH),
    ("Time filters: `orders` with `since`, `users` with `from` and `to`.", SINCE, BOTH),
    (
        "- **orders**: filtered by `updatedFrom` and `updatedTo`",
        {"start_param": "updatedFrom", "end_param": "updatedTo"},
        {},
    ),
    (
        "| Resource | Window |\n|---|---|\n| orders | `from`, `to` |\n| users | |",
        BOTH,
        {},
    ),
    (
        "- **orders**: `from` and `to` (`%Y-%m-%d`) are required filters, at most 90 days apart.",
        {**BOTH, **DATES, "max_window": "90d", "initial_value": "1970-01-01"},
        {},
    ),
    (
        "- **orders**: the parameter `changed` restricts the rows to those since this time.",
        {"start_param": "changed"},
        {},
    ),
    (
        "- **orders**: the window is sent as `updated_at[gte]`.",
        {"start_param": "updated_at[gte]"},
        {},
    ),
    (
        "- **orders**: the parameters `from` and `to` delimit them, in dates like `2026-01-31`.",
        {**BOTH, **DATES},
        {},
    ),
    (
        "- **orders**: the parameter `since` is the lower bound (`2026-01-01T00:00:00.000Z`).",
        {**SINCE, "param_format": "%Y-%m-%dT%H:%M:%S.000Z"},
        {},
    ),
]
UNTAKEN = [
    "- **orders**: the parameter `created_after` restricts them.",
    "- **orders**: the parameters `from` and `to` are pages between which it reads.",
    "- **orders**: the body has the filters `from` and `to`.",
    "- **orders**: without the filters `from` and `to` all are returned.",
    "- **orders**: if the filter `since` is sent, archived ones are missing.",
    "- **orders**: filtered by `status` and `to`.",
    "- **orders**: the export is limited by `from` and `to`.",
    "Filters `from` and `to` exist.",
    "- **orders**: filtered by the delivery window with `start_date` and `end_date`.",
    "- **orders**: by due date with the filters `due_after` and `due_before`.",
    "- **orders**: the pagination parameters are `limit` and `after`.",
    "- **orders**: limited in the UI by the dates `from` and `to`.",
    "| Resource | Filter |\n|---|---|\n| orders | `from`, `to` |",
    "## Legacy\n\n- **orders**: the parameters `from` and `to` delimit the interval.",
    "- **orders**: filtered by the price range, `min_price` and `max_price`.",
    "- **orders**: the filters `id_from` and `id_to` restrict the range.",
    "- **orders**: the parameter `since_id` returns newer rows.",
    "- **orders**: `starting_after` and `ending_before` are parameters of a cursor.",
    "- **orders**: delivery dates are filtered by `delivery_from` and `delivery_to`.",
    "- **orders**: messages are filtered by `from` and `to`.",
    "- **orders**: `from` (offset) and `size` limit the interval.",
    "- **orders**: the fields `start_time` and `end_time` delimit the shift.",
    "- **orders**: the window for retries is limited by `start`.",
    "- **orders**: the report is filtered by the dates `from` and `to`.",
]


@pytest.mark.parametrize(("prose", "orders", "users"), CASES)
def test_prose_says_which_parameters_send_the_bounds(
    desk: Desk, prose: str, orders: dict[str, Any], users: dict[str, Any]
) -> None:
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=f"\n# Loading\n\n{prose}\n"))
    sent = [written.endpoint(name)["incremental"] for name in NAMES]
    assert sent == [{"cursor_path": "updated_at", **own} for own in (orders, users)]


@pytest.mark.parametrize("prose", UNTAKEN)
def test_parameters_that_may_filter_otherwise_are_not_sent(desk: Desk, prose: str) -> None:
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=f"\n# Loading\n\n{prose}\n"))
    assert written.endpoint()["incremental"] == {"cursor_path": "updated_at"}


def test_no_bounds_are_sent_where_the_cursor_is_only_assumed(desk: Desk) -> None:
    own = '{"name": "orders", "endpoint": {"path": "/orders"}}'
    prose = "\n- **orders**: the parameters `from` and `to` delimit the interval.\n"
    written = desk.new(shop(own, defaults=DEFAULTS, prose=prose))
    assert "incremental" not in written.endpoint()
    assert (
        "orders: the text names from, to; nothing in the declaration uses them" in written.assumed
    )


def test_parameters_of_the_prose_are_reported(desk: Desk) -> None:
    prose = "\n- **orders**: the parameters `from` and `to` delimit the interval.\n"
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=prose))
    assert "orders: incremental.start_param is from, as the prose says" in written.assumed
    assert "orders: incremental.end_param is to, as the prose says" in written.assumed
