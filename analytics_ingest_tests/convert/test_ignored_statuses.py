"""A status that the prose calls no error is ignored for the resources that it means."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
LINES = '{"name": "order_lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
NOTES = '{"name": "order_notes", "endpoint": {"path": "/orders/{order_id}/notes"}}'
ROLES = '{"name": "roles", "endpoint": {"path": "/users/{user_id}/roles"}}'


def ignored(desk: Desk, prose: str) -> dict[str, list[int]]:
    """The statuses that each resource ignores."""
    written = desk.new(shop(ORDERS, USERS, LINES, NOTES, ROLES, prose=f"# Errors\n\n{prose}\n"))
    actions = {
        resource["name"]: resource["endpoint"].get("response_actions", [])
        for resource in written.attributes["resources"]
    }
    return {name: [a["status_code"] for a in each] for name, each in actions.items() if each}


LINES_ONLY = [
    "An order without lines is answered with 404, which is not an error.",
    "For an order without lines the API answers 404. It is ignored.",
    "Orders that have no lines are answered with 404. This is not an error.",
    "An order without lines is answered with 404, which is expected.",
    "An order without lines returns 404 for `order_lines`, which is not treated as an error.",
    "An order without lines gives 404. This response is harmless.",
    "If an order has no lines, the API responds with 404. This status is ignored.",
    "A 404 is not an error for `order_lines`.",
    "- `order_lines`: 404 is not an error",
    "- **order_lines**: 404 is normal",
    "404 for `order_lines` is not a failure.",
    "Orders may be closed. The API then answers 404. This status is ignored for `order_lines`.",
    "An order without lines is answered with 404, which means no rows.",
    "For orders without lines, 404 is expected.",
    "An order without lines is answered with 404. That is normal.",
    "The lines of an order are answered with 404 when there are none, which is not an error.",
    "- **404** on `order_lines`: the order has none, of its `users` or others; it is ignored",
]


@pytest.mark.parametrize("prose", LINES_ONLY)
def test_a_status_is_ignored_for_the_child_that_a_sentence_means(desk: Desk, prose: str) -> None:
    assert ignored(desk, prose) == {"order_lines": [404]}


def test_a_status_without_a_resource_is_that_of_what_is_requested_for_each_value(
    desk: Desk,
) -> None:
    values = '{"sku": {"type": "each", "values": ["a", "b"]}}'
    prices = f'{{"name": "prices", "endpoint": {{"path": "/prices/{{sku}}", "params": {values}}}}}'
    prose = "# Errors\n\n- A 403 response is treated as success and ignored.\n"
    written = desk.new(shop(USERS, prices, prose=prose))
    actions = {
        r["name"]: r["endpoint"].get("response_actions") for r in written.attributes["resources"]
    }
    assert actions == {"users": None, "prices": [{"status_code": 403, "action": "ignore"}]}
    assert "prices: 403 means that a value has no rows, as the prose says" in written.report
    assert "403 fails a resource, though the prose says that it is ignored" in written.report


def test_a_status_of_a_parent_is_that_of_all_its_children(desk: Desk) -> None:
    prose = "An order that was removed meanwhile is answered with 404, which is not an error."
    assert ignored(desk, prose) == {"order_lines": [404], "order_notes": [404]}


@pytest.mark.parametrize(
    "prose",
    [
        "If notes are locked, the API responds with 403. This status is ignored for `order_notes`.",
        "Locked notes are answered with 403. These responses are ignored for `order_notes`.",
        "403 is not an error for `order_notes`.",
        "- `order_notes`: 403 is harmless",
    ],
)
def test_a_status_is_ignored_for_the_resource_that_the_next_sentence_names(
    desk: Desk, prose: str
) -> None:
    assert ignored(desk, prose) == {"order_notes": [403]}


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("Order lines of a locked order answer with 404. Ignore it.", {"order_lines": [404]}),
        (
            "- 403: for the order lines of orders that are locked. These orders are to be skipped.",
            {"order_lines": [403]},
        ),
        (
            "Orders that a token cannot see answer 403 on their sub-resources; those are ignored.",
            {"order_lines": [403], "order_notes": [403]},
        ),
        ("`roles` that take too long answer 504, which is ignored.", {"roles": [504]}),
        ("- **400** on `roles` means that they are being built; it is ignored.", {"roles": [400]}),
        ("An order without lines answers 410. It is ignored.", {"order_lines": [410]}),
        ("- 500 `orders` per page are normal.", {}),
        ("- **429** on `roles` is ignored.", {}),
        (
            "- `403` on a list means that the caller is not allowed to see it; such users are "
            "skipped for `roles`.",
            {"roles": [403]},
        ),
        (
            "Reading order lines of an order may be forbidden (403) if the account is not its "
            "owner; such orders are left out.",
            {"order_lines": [403]},
        ),
        ("403 for `roles` means that the token is not valid; these are never ignored.", {}),
        ("- 400: `roles` are being built; this is never ignored.", {}),
        ("A limit above 500 is ignored.", {}),
        ("With 500 `orders` per page, deleted ones are ignored.", {}),
        ("HTTP 409 for `orders` is normal while an export is running; wait and repeat.", {}),
        ("403 for `orders` means no data access.", {}),
        ("404 errors of `orders` are ignored in metrics.", {}),
        ("A 404 for the order lines of an order is ignored.", {"order_lines": [404]}),
        ("The API returns 500 orders per page, fewer are normal on the last page.", {}),
        ("Each page returns 500 `orders`; empty pages are skipped.", {}),
        ("A 503 is expected during the nightly maintenance of orders.", {}),
        ("Status 400 for `orders` is expected when the range is too large.", {}),
        ("404 is not an error for `order_lines` but for `users`.", {}),
        ("404 is ignored for `order_lines` and 403 raises an error for `users`.", {}),
        ("404 for `order_lines` is expected; 403 for `users` is an error.", {"order_lines": [404]}),
        ("`users` answers 401. This is ignored.", {}),
        ("Orders answer 403. These responses are ignored.", {}),
    ],
)
def test_statuses_are_ignored_for_children_in_words(
    desk: Desk, prose: str, expected: dict[str, list[int]]
) -> None:
    assert ignored(desk, prose) == expected


OTHERS = [
    "404 is ignored for all resources except `users`.",
    "Except for `users`, 404 is ignored.",
    "Unlike `users`, `order_lines` ignore 404.",
    "In contrast to `order_lines`, `users` answer 404, which is ignored.",
    "Requests of `order_lines` that are ignored get a 403.",
    "403 of `order_lines` was ignored before.",
    "A 403 for `order_lines` is ignored during the connection check.",
    "In Airbyte, a 403 for `order_lines` is ignored.",
    "An order without lines is answered with 404, which is an error.",
    "An order without lines is answered with 404. This is not ignored.",
    "404 is not expected for `order_lines`.",
    "404 is an error for `order_lines` and not harmless.",
    "There is no error handling for 404 on `order_lines`.",
    "404 on `order_lines` was formerly not an error: it used to be ignored.",
    "A 403 for users is not an error of the server: the key lacks a scope.",
    "404 for `order_lines` is expected to be reported.",
    "An order without lines is answered with 200, which is not an error.",
    "403 is not an error.",
    "404 means a wrong path for `order_lines`. It is retried.",
    "404 is not an error code of `order_lines`.",
    "A 404 of `order_lines` is no error message.",
    "`order_lines`: 404 is normal, but a missing scope gives it as well.",
]


@pytest.mark.parametrize("prose", OTHERS)
def test_another_sentence_ignores_no_status(desk: Desk, prose: str) -> None:
    assert ignored(desk, prose) == {}


@pytest.mark.parametrize("prose", ["- **Ignored**: 403 and 404", "403 is ignored."])
def test_a_status_that_the_configuration_ignores_is_not_named(desk: Desk, prose: str) -> None:
    actions = ", ".join(f'{{"status_code": {n}, "action": "ignore"}}' for n in (403, 404))
    endpoint = f'"endpoint": {{"response_actions": [{actions}]}}'
    shared = f'"resource_defaults": {{"primary_key": "id", {endpoint}}}'
    written = desk.new(shop(ORDERS, defaults=shared, prose=f"# Errors\n\n{prose}\n"))
    assert "fails a resource" not in written.report


def test_a_status_of_no_child_is_named(desk: Desk) -> None:
    written = desk.new(shop(ORDERS, prose="# Errors\n\n404 is ignored.\n"))
    assert any(line.startswith("404 fails a resource") for line in written.assumed)
