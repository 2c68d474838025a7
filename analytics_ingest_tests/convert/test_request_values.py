"""Headers and query parameters of the prose: which requests carry them, and which do not."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
ORDERS = '{"name": "orders", "endpoint": {"path": "/orders"}}'
TITLE = "\n# Resources\n\n"

OF_ALL = [
    "Every request carries the header `X-Shop: main`.",
    "All requests must include the header `X-Shop: main`.",
    "The header `X-Shop: main` is sent with each request.",
    "- The header `X-Shop: main` is required in every request.",
    "- **Headers**: `X-Shop: main`",
    "- **Request headers**: `X-Shop: main`.",
]
NOT_SENT = [
    "Every response carries the header `X-Shop: main`.",
    "Every request is answered with the header `X-Shop: main`.",
    "Every request may carry the header `X-Shop: main`.",
    "Every request carries a header such as `X-Shop: main`.",
    "Every request carries a header, e.g. `X-Shop: main`.",
    "If every request carries the header `X-Shop: main`, the shop is known.",
    "Every request of a webhook carries the header `X-Shop: main`.",
    "Every request without the header `X-Shop: main` fails.",
    "Every request carries the header `X-Shop`.",
    "- **Headers**: `X-Shop: <shop>`",
    "- **Headers**: `X-Shop: main` or another",
    "- **Response headers**: `X-Shop: main`",
    "## Authentication\n\n- **Headers**: `X-Shop: main`",
    "## Error Handling\n\n- **Headers**: `X-Shop: main`",
    "Every request carries the header `X-Shop: <shop>`.",
    "Every request carries the header `Authorization: main`.",
    "Every request sends `X-Shop: main`.",
    "Requests carry the header `X-Shop: main` or `X-Shop: other`.",
    "Every request sends the query parameter `page=1` for the first page.",
    "## Webhooks\n\nEvery request carries the header `X-Shop: main`.",
    "## Response\n\nEvery request carries the header `X-Shop: main`.",
]


@pytest.mark.parametrize("text", OF_ALL)
def test_a_header_of_every_request_is_sent(desk: Desk, text: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"{TITLE}{text}\n"))
    assert written.client["headers"] == {"X-Shop": "main"}
    assert "the header X-Shop is sent, as the prose says" in written.assumed


@pytest.mark.parametrize("text", NOT_SENT)
def test_other_headers_are_not_sent(desk: Desk, text: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"{TITLE}{text}\n"))
    assert "headers" not in written.client
    assert not any("is sent, as the prose" in line for line in written.assumed)


def test_a_parameter_of_every_request_is_sent(desk: Desk) -> None:
    text = f"{TITLE}Every request sends the query parameter `format=json`.\n"
    written = desk.new(shop(USERS, ORDERS, prose=text))
    shared = written.attributes["resource_defaults"]["endpoint"]
    assert shared["params"] == {"format": "json"}


OF_ONE = [
    "- **orders**: `GET /orders` with the query parameter `status=open` (required by the API)",
    "### Orders\n\nRequests send the parameter `status=open`.",
    "### Orders\n\n- The query parameter `status=open` is required.",
    "### Orders\n\n- **Filter**: `status=open` is sent, so that only open ones are returned.",
    "- **orders**: `status=open` is sent.",
    "- **orders**: read in full. The parameter `status` is set to `open`.",
    "### Orders\n\nThe query parameter `status` must be `open`.",
    "- `orders` are requested with `status=open`; the `status` is kept.",
]
NOT_OF_ONE = [
    "### Orders\n\nThe optional query parameter `status=open` is sent by some.",
    "### Orders\n\nOpen orders are requested with the filter parameter `status=open`.",
    "### Orders\n\nThe parameter `status=open` can be sent.",
    "### Orders\n\nThe parameter `status=open` returns open orders.",
    "### Orders\n\nFor example, requests send the parameter `status=open`.",
    "### Orders\n\nA row with `status=open` is open.",
    "### Orders\n\nA row with `status=open` is sent to the warehouse.",
    "### Orders\n\n`status=open` may be sent.",
    "### Orders\n\nThe parameter `status` can be set to `open`.",
    "### Orders\n\nThe parameter `status` is not set to `open`.",
    "### Orders\n\nThe parameter `status` is set to `<status>`.",
    "### Orders\n\nIf needed, the parameter `status` is set to `open`.",
    "### Orders\n\nThe parameter `status` must be `open` or `closed`.",
    "### Orders\n\nThe parameter `status` has to be `open` for open ones, and `all` for others.",
    "### Orders\n\nIn the UI the parameter `status` is set to `open`.",
    "### Orders\n\n`status=open` is sent to get open ones.",
    "### Orders\n\n`status=open` is sent by default by the console.",
    "### Orders\n\nOrders are not requested with `status=open`.",
    "### Orders\n\nOrders with `status=open` are sent by mail.",
    "### Orders\n\nRequests send the parameter `status={status}`.",
    "### Orders\n\nWithout the parameter `status=open` all are sent.",
    "### Orders\n\nTo list open orders, send the parameter `status=open`.",
    "### Orders\n\nThe parameter `expand=lines` includes the lines.",
    "### Orders\n\nThe parameter `expand=lines` sends the lines, and costs more.",
    "### Orders\n\nRows with `status=open` need no parameter.",
    "Some requests send the parameter `status=open`.",
]


@pytest.mark.parametrize("text", OF_ONE)
def test_a_parameter_of_a_resource_is_sent(desk: Desk, text: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"{TITLE}{text}\n"))
    assert written.endpoint()["params"] == {"status": "open"}
    assert "params" not in written.endpoint("users")
    assert "orders: the parameter status is sent, as the prose says" in written.assumed


@pytest.mark.parametrize("text", NOT_OF_ONE)
def test_other_parameters_are_not_sent(desk: Desk, text: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"{TITLE}{text}\n"))
    assert "params" not in written.endpoint()


def test_a_value_of_the_configuration_wins(desk: Desk) -> None:
    text = f"{TITLE}### Orders\n\nRequests send the parameter `status=open`.\n"
    written = desk.new(orders('"params": {"status": "all"}', prose=text))
    assert written.endpoint()["params"] == {"status": "all"}
    reason = "orders: the parameter status is as configured; the prose names another value"
    assert reason in written.assumed


IN_PATH = [
    ("Requests send the parameter `status=open`.", []),
    ("`GET /orders` with the fixed query parameters `status=open`, `sort=id`; not paged", []),
    (
        "Requests send the parameter `status=all`.",
        ["orders: the parameter status is as configured; the prose names another value"],
    ),
    (
        "Requests may carry the parameter `state=open`.",
        [
            "orders: `state: open` is not sent: the prose does not say plainly that requests need"
            " it; add it to endpoint.params if they do"
        ],
    ),
]


@pytest.mark.parametrize(("text", "lines"), IN_PATH)
def test_what_a_path_sends_is_sent(desk: Desk, text: str, lines: list[str]) -> None:
    resource = ORDERS.replace('/orders"', '/orders?status=open&sort=id"')
    written = desk.new(shop(USERS, resource, prose=f"{TITLE}### Orders\n\n{text}\n"))
    assert "params" not in written.endpoint()
    on_values = [n for n in written.assumed if "the prose names an" in n or "is not sent" in n]
    assert on_values == lines


def test_what_a_paginator_sends_is_not_sent_twice(desk: Desk) -> None:
    text = f"{TITLE}### Orders\n\nRequests send the parameter `size=5`.\n"
    paginator = '"paginator": {"type": "offset", "limit": 7, "limit_param": "size"}'
    assert "params" not in desk.new(orders(paginator, prose=text)).endpoint()


def test_of_two_values_none_is_sent(desk: Desk) -> None:
    text = f"{TITLE}{OF_ALL[0]}\n\nEvery request carries the header `X-Shop: other`.\n"
    written = desk.new(shop(USERS, ORDERS, prose=text))
    assert "headers" not in written.client
    assert "the header X-Shop is not sent: the prose names several values" in written.assumed


UNCERTAIN = [
    ("Every request needs the header `X-Shop: main`, except on Sundays.", "X-Shop: main"),
    ("Every request may carry the parameter `debug=true`.", "debug: true"),
    ("### Orders\n\nRequests send the parameter `status=open` to list open ones.", "status: open"),
    ("### Orders\n\nIf there are many, send the query parameter `sort=id`.", "sort: id"),
]


@pytest.mark.parametrize(("text", "value"), UNCERTAIN)
def test_a_value_that_the_prose_may_mean_is_named(desk: Desk, text: str, value: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"{TITLE}{text}\n"))
    assert value not in written.text
    assert any(f"`{value}` is not sent" in line for line in written.assumed)


def test_a_value_of_responses_is_not_named(desk: Desk) -> None:
    text = "### Orders\n\nThe response must include the header `X-Rate: 10`."
    assert "X-Rate" not in desk.new(shop(ORDERS, prose=f"{TITLE}{text}\n")).report
