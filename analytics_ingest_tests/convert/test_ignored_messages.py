"""Responses that the prose calls ignored by their status and message."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

LINES = '{"name": "order_lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'


def write_action(status: int, text: str = "No rows yet", key: str = "message") -> dict[str, Any]:
    return {"status_code": status, key: text, "action": "ignore"}


def read(desk: Desk, prose: str) -> dict[str | None, list[dict[str, Any]]]:
    """The actions of each resource, and those that all share under None."""
    attributes = desk.new(shop(ORDERS, LINES, prose=f"# Errors\n\n{prose}\n")).attributes
    holders = {None: attributes["resource_defaults"]}
    holders |= {resource["name"]: resource for resource in attributes["resources"]}
    actions = {
        name: holder.get("endpoint", {}).get("response_actions") for name, holder in holders.items()
    }
    return {name: each for name, each in actions.items() if each}


@pytest.mark.parametrize(
    "prose",
    [
        '- **400** with the message "No rows yet": ignored.',
        "- **400** with the message \u201cNo rows yet.\u201d: ignored.",
        "A 400 whose message contains `No rows yet` is ignored.",
        "Status 400 is ignored if the error message is 'No rows yet'.",
        'Responses with status 400 are skipped when the message says: "No rows yet".',
        '400 with "No rows yet" in the message means no rows.',
        '- `400` with an error message containing "No rows yet": ignored',
    ],
)
def test_a_status_is_ignored_with_its_message_by_all_resources(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {None: [write_action(400)]}


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        (
            '- **400** with the message "No rows yet" on `orders`: ignored.',
            {"orders": [write_action(400)]},
        ),
        (
            '## Orders\n\n- **400** with the message "No rows yet": ignored.',
            {"orders": [write_action(400)]},
        ),
        (
            "A 404 is not an error if the message contains `none` for `order_lines`.",
            {"order_lines": [write_action(404, "none")]},
        ),
        (
            '- 400 with the message "No rows yet" or "Gone. Ask again": ignored',
            {None: [write_action(400), write_action(400, "Gone. Ask again")]},
        ),
        (
            '- 400 and 409 with the body "No rows yet": ignored',
            {None: [write_action(n, key="content") for n in (400, 409)]},
        ),
    ],
)
def test_messages_of_some_resources(
    desk: Desk, prose: str, expected: dict[str | None, list[dict[str, Any]]]
) -> None:
    assert read(desk, prose) == expected


UNREAD = [
    "- 400 with a message about absent rows: ignored.",
    '- 400 with the message "No rows of <name>": ignored.',
    '- 400 with the message "No rows \u2026": ignored.',
    '- 400 with the message "No rows yet" where the account is new: ignored.',
    '- 400 with the message "No rows yet" is ignored except for `orders`.',
]


@pytest.mark.parametrize("prose", UNREAD)
def test_a_message_that_is_not_plain_is_named(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, LINES, prose=f"# Errors\n\n{prose}\n"))
    assert "response_actions:" not in written.text
    reason = "400 fails a resource, though the prose says that it is ignored with a message"
    assert f"{reason}; declare response_actions" in written.assumed


@pytest.mark.parametrize(
    "prose",
    [
        '- 400 with the message "No rows yet": the load fails.',
        '- 400 with the message "No rows yet": not ignored.',
        '- 400 with the message "ignored": retried.',
        '- 429 with the message "No rows yet": ignored.',
        'The message "No rows yet" is ignored.',
        "- 400: the message is logged and ignored by the server.",
    ],
)
def test_another_sentence_on_a_message_ignores_nothing(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == {}


def test_actions_of_the_configuration_stay(desk: Desk) -> None:
    own = '"response_actions": [{"status_code": 403, "action": "ignore"}]'
    orders = f'{{"name": "orders", "endpoint": {{"path": "/orders", {own}}}}}'
    prose = '# Errors\n\n- 400 with the message "No rows yet": ignored.\n'
    written = desk.new(shop(orders, LINES, prose=prose))
    kept = {"status_code": 403, "action": "ignore"}
    assert written.endpoint()["response_actions"] == [kept, write_action(400)]


RETRIED = [
    "If `response.error.code` is 32001, the request is retried with backoff (factor 2).",
    "Requests are retried up to 3 times where `error.code` equals 32002.",
    "- `error.code == 32003`: retried",
    "- A response whose `error.error_code` is `-32004` or 32005 is retried.",
]
WITHOUT_A_PLACE = [
    "If the response contains the error code 32006, the request is retried.",
    "An error with the code `32007` is retried 5 times.",
    "- Error code: 32008, retried after 60 seconds",
]
NOT_RETRIED = [
    "HTTP status code 429 is retried up to 30000 times.",
    "The error code 32009 is not retried.",
    "The error code 32010 fails the sync.",
    "`retry.max_retries`: 32011 retries.",
    "Requests are retried after 32012 ms, for `limit.code` is full.",
    "Error code 32013 may be retried.",
    "The `error.code` is a number. Retries are 32014.",
]


def test_error_codes_of_the_body_are_retried_where_the_prose_says_so(desk: Desk) -> None:
    prose = "\n\n".join(("# Errors", *RETRIED, *WITHOUT_A_PLACE, *NOT_RETRIED, ""))
    written = desk.new(shop(ORDERS, LINES, prose=prose))
    places = [("code", 32001), ("code", 32002), ("code", 32003), ("error_code", -32004)]
    assert written.attributes["resource_defaults"]["endpoint"]["response_actions"] == [
        {"predicate": f"{{{{ response.error.{name} == {code} }}}}", "action": "retry"}
        for name, code in [*places, ("error_code", 32005)]
    ]
    reason = "the prose retries on the error code"
    assert [line.split(",")[0] for line in written.assumed if line.startswith(reason)] == [
        f"{reason} {code}" for code in (32006, 32007, 32008)
    ]
    assert not any(f"320{code}" in written.text for code in ("09", 10, 11, 12, 13, 14))


def test_error_codes_that_actions_know_are_not_added(desk: Desk) -> None:
    action = '{"predicate": "{{ response.error.code == 32001 }}", "action": "retry"}'
    orders = f'{{"name": "orders", "endpoint": {{"path": "/o", "response_actions": [{action}]}}}}'
    written = desk.new(shop(orders, prose=f"# Errors\n\n{RETRIED[0]}\n"))
    assert len(written.endpoint()["response_actions"]) == 1
