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
