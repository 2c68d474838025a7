"""What sentences decide of a resource: key, method, cursor and end; and what they leave open."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

SECTIONS = (
    "\n# Resources\n\n### Orders\n\n- **HTTP Method**: POST\n- **Primary Key**: `shop`, `number`\n"
    "\n### Users\n\n- **Primary Key**: uid\n- `seen`: integer, Unix time in milliseconds\n"
)


def test_what_is_said_of_one_resource_is_nearer_than_the_defaults(desk: Desk) -> None:
    users = '{"name": "users", "endpoint": {"path": "/u", "incremental": {"cursor_path": "seen"}}}'
    written = desk.new(shop(ORDERS, users, prose=SECTIONS))
    assert written.endpoint("orders")["method"] == "POST"
    assert "method" not in written.endpoint("users")
    assert written.resource("orders")["primary_key"] == ["shop", "number"]
    assert written.resource("users")["primary_key"] == "uid"
    assert written.endpoint("users")["incremental"]["cursor_format"] == "epoch_ms"
    assert "orders: its primary_key is shop, number, as the prose says" in written.assumed


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            orders('"paginator": {"type": "page_number"}'),
            "orders: the document names no first page: page 0, or 1 where the API has no page 0; "
            "declare paginator.base_page",
        ),
        (
            shop(ORDERS, '{"name": "old", "endpoint": {"path": "/orders"}}'),
            "orders, old make the same request and get the same rows",
        ),
        (
            shop(
                client='"client": {"base_url": "https://shop.test", "auth": {"type": "api_key", '
                '"name": "api_key", "api_key": dlt.secrets["k"]}}',
                prose="\n# Authentication\n\nThe API key is sent in the header `API-Key`.\n",
            ),
            "the key is sent in api_key; the prose says API-Key",
        ),
    ],
)
def test_what_a_document_leaves_open_or_says_twice_is_reported(
    desk: Desk, document: str, line: str
) -> None:
    assert line in desk.new(document).assumed


@pytest.mark.parametrize(("kind", "expected"), [("integer", "epoch_s"), ("string", None)])
def test_a_number_that_is_sent_as_an_epoch_is_read_as_one(
    desk: Desk, kind: str, expected: str | None
) -> None:
    cursor = '"incremental": {"cursor_path": "at", "start_param": "a", "param_format": "%s"}'
    prose = f"\n## Schema\n\n- `id`: string\n- `at`: {kind}\n"
    written = desk.new(orders(cursor, prose=prose)).endpoint()["incremental"]
    assert written.get("cursor_format") == expected


def test_prose_says_that_only_an_empty_page_ends_a_listing(desk: Desk) -> None:
    prose = "\nA page can hold fewer records. The listing ends with an empty page.\n"
    paginator = '"paginator": {"type": "offset", "limit": 10}'
    written = desk.new(orders(paginator, prose=prose))
    assert written.endpoint()["paginator"]["stop_after_empty_page"] is True
    assert "an empty page ends a listing, as the prose says" in written.assumed


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("`at` holds Unix seconds.", "epoch_s"),
        ("`at` (integer, milliseconds)", "epoch_ms"),
        ("`at` (ISO 8601 with milliseconds) is compared by the client.", None),
        ("`that` holds Unix seconds.", None),
    ],
)
def test_the_unit_of_an_epoch_is_read_where_a_line_names_the_cursor(
    desk: Desk, line: str, expected: str | None
) -> None:
    written = desk.new(orders('"incremental": {"cursor_path": "at"}', prose=f"\n{line}\n"))
    assert written.endpoint()["incremental"].get("cursor_format") == expected


@pytest.mark.parametrize(
    "heading",
    ["Webhook delivery", "Sandbox", "Licences", "Billing", "Dashboard", "Changelog", "Release 2.0"],
)
def test_a_section_on_something_else_states_nothing(desk: Desk, heading: str) -> None:
    text = "The records of `orders` with `status` equal to `failed` are skipped."
    plain = desk.new(orders(prose=f"\n# Orders API\n\n# Resources\n\n{text}\n"))
    assert "processing_steps" in plain.resource("orders")
    other = desk.new(orders(prose=f"\n# Orders API\n\n# {heading}\n\n{text}\n"), api="other")
    assert "processing_steps" not in other.resource("orders")


def test_a_section_of_a_resource_with_such_a_name_states_what_it_says(desk: Desk) -> None:
    webhooks = '{"name": "webhooks", "endpoint": {"path": "/webhooks"}}'
    prose = "\n# Resources\n\n## Webhooks\n\n- **Primary key**: `uid`\n"
    assert (
        desk.new(shop(ORDERS, webhooks, prose=prose)).resource("webhooks")["primary_key"] == "uid"
    )


@pytest.mark.parametrize("step", ["P9999999999D", "P99999999999999999999Y"])
def test_an_endless_step_is_not_a_crash(desk: Desk, step: str) -> None:
    prose = f"\n# Resources\n\n### Orders\n\n`step: {step}`\n"
    assert "max_window" not in desk.new(shop(ORDERS, prose=prose)).text
