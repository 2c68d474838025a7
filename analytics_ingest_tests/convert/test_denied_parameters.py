"""Parameters of windows that the prose says are not to be sent."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

ORDERS, USERS = (
    f'{{"name": "{name}", "endpoint": {{"path": "/{name}", '
    '"incremental": {"cursor_path": "updated_at"}}}'
    for name in ("orders", "users")
)
DENIED = [
    "There is a parameter `updated_since`; do not send it.",
    "`orders` takes the parameter `updated_since`, but it is broken.",
    "The parameter `updated_since` exists. It must not be used, because it hides cancelled orders.",
    "`updated_since` is sent by the mobile app.",
    "The parameter `updated_since` filters the orders. It may be added later.",
    "Since the parameter `updated_since` skips old orders, it should only be sent for `users`.",
    "The list is filtered with `updated_since`. Please never use this filter: it is slow.",
    "The parameter `updated_since` limits the list. However, it does not work with a page size.",
    "Changes are limited by the parameter `updated_since`, which is no longer supported.",
]
SENT = [
    "The parameter `updated_since` limits the list. It is sent as a date-time.",
    "Orders are filtered by the parameter `updated_since`, sent by the connector.",
    "The list takes the parameter `updated_since`. It must not be in the future.",
    "The list takes the parameter `updated_since`. Archived orders are not sent.",
]


@pytest.mark.parametrize("sentences", DENIED)
def test_a_parameter_that_is_not_to_be_sent_is_only_named(desk: Desk, sentences: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n## orders\n\n{sentences}\n"))
    assert "start_param" not in written.text
    assert any("updated_since" in line for line in written.assumed)


@pytest.mark.parametrize("sentences", SENT)
def test_a_parameter_without_a_denial_is_sent(desk: Desk, sentences: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n## orders\n\n{sentences}\n"))
    assert written.endpoint()["incremental"]["start_param"] == "updated_since"


CONFIGURED = (
    '{"name": "orders", "endpoint": {"path": "/orders", "incremental": '
    '{"cursor_path": "updated_at", "initial_value": dlt.config["start_date"]}}}'
)
NOT_A_BOUND = [
    "The range starts at `start_date` and ends at the current time.",
    "- The window begins with `start_date`.",
    "The interval is that between `start_date` and the present.",
    "The range starts at `from_date`. The API has no date parameters.",
    "The window is between `from_date` and `to_date`; no date parameters are sent to the API.",
    "The window begins at `from_date`. Records are filtered on the client.",
    "The API does not filter by date. The range is `from_date` to `to_date`.",
    "`orders` has no date filter. The list is limited by the parameter `from_date`.",
    "The range starts at `from_date`. Older records are dropped after extraction.",
    "The range starts at `from_date`; the date range is not sent.",
    "The range starts at `from_date`.\n\n# Notes\n\nThe API has no date parameters.",
]
A_BOUND = [
    ("The list is limited by the parameter `start_date`.", "start_date"),
    ("The range begins at `from_date` and ends at `to_date`.", "from_date"),
    ("`from_date` filters the list. No date parameters are required.", "from_date"),
    ("The list is filtered by `from_date`; there are no other date parameters.", "from_date"),
    (
        "The parameter `from_date` filters it.\n\n# Notes\n\nThe API has no date parameters.",
        "from_date",
    ),
    ("The parameter `from_date` is sent; older records are dropped on the client.", "from_date"),
    ("The range begins at `from_date`. The API has no filter by status.", "from_date"),
    ("The range begins at `from_date`. `users` has no date parameters.", "from_date"),
    ("The range begins at `from_date`. Other resources have no date filter.", "from_date"),
]


@pytest.mark.parametrize("sentences", NOT_A_BOUND)
def test_where_a_range_begins_is_no_parameter_without_one(desk: Desk, sentences: str) -> None:
    written = desk.new(shop(CONFIGURED, USERS, prose=f"\n# Loading\n\n## orders\n\n{sentences}\n"))
    assert "start_param" not in written.text


@pytest.mark.parametrize(("sentences", "parameter"), A_BOUND)
def test_a_bound_is_sent_unless_it_is_denied_for_it(
    desk: Desk, sentences: str, parameter: str
) -> None:
    written = desk.new(shop(CONFIGURED, USERS, prose=f"\n# Loading\n\n## orders\n\n{sentences}\n"))
    assert written.endpoint()["incremental"]["start_param"] == parameter
