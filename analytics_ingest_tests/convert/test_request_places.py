"""The words for where a value is sent mean the same in each block of a document."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, build_client, orders, shop

QUERY = ['"in": "query"', '"inject_into": "request_parameter"', '"location": "Query String"']
HEADER = ['"location": "headers"', '"in": "Header"', '"inject_into": "http_header"']
BODY = ['"in": "body"', '"send_in": "json-body"', '"inject_into": "request_body_json"']


@pytest.mark.parametrize("place", QUERY)
def test_words_for_the_query(desk: Desk, place: str) -> None:
    client = build_client(f'{{"type": "api_key", "name": "k", "api_key": None, {place}}}')
    window = f'"incremental": {{"cursor_path": "at", "start_param": "from", {place}}}'
    page = f'"paginator": {{"type": "offset", "limit": 2, {place}}}'
    router = f'"partition_router": {{"type": "list", "values": ["a"], "name": "kind", {place}}}'
    written = desk.new(shop(_order(f"{window}, {page}, {router}"), client=client))
    assert written.client["auth"] == {"type": "api_key", "name": "k", "location": "query"}
    endpoint = written.endpoint()
    assert endpoint["incremental"] == {"cursor_path": "at", "start_param": "from"}
    assert endpoint["paginator"] == {"type": "offset", "limit": 2}
    assert endpoint["params"] == {"kind": {"type": "each", "values": ["a"]}}


@pytest.mark.parametrize("place", HEADER)
def test_words_for_a_header(desk: Desk, place: str) -> None:
    client = build_client(f'{{"type": "api_key", "name": "k", "api_key": None, {place}}}')
    window = f'"incremental": {{"cursor_path": "at", "start_param": "From", {place}}}'
    written = desk.new(shop(_order(window), client=client))
    assert written.client["auth"] == {"type": "api_key", "name": "k", "location": "header"}
    assert written.endpoint()["headers"] == {"From": "{incremental.start_value}"}


@pytest.mark.parametrize("place", BODY)
def test_words_for_the_body(desk: Desk, place: str) -> None:
    window = f'"incremental": {{"cursor_path": "at", "start_param": "from", {place}}}'
    page = f'"paginator": {{"type": "page_number", "page_param": "page", {place}}}'
    written = desk.new(orders(f'"method": "POST", {window}, {page}')).endpoint()
    assert written["json"] == {"from": "{incremental.start_value}"}
    assert written["paginator"] == {"type": "page_number", "page_body_path": "page"}


def test_paging_that_is_in_the_body_of_another_resource_is_named(desk: Desk) -> None:
    page = (
        '"method": "POST", "paginator": {"type": "cursor", "cursor_param": "p", "cursor_path": "n"}'
    )
    names = ("assets", "tasks", "users", "items")
    rows = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}", {page}}}}}' for name in names]
    rows[3] = rows[3].replace('"POST"', '"GET"')
    prose = (
        "# Resources\n\n- **assets**: the token is sent in the request body as `p`\n"
        "- **users**: `p` is sent in the query\n"
    )
    written = desk.new(shop(*rows, prose=prose))
    assert written.endpoint("assets")["paginator"]["cursor_body_path"] == "p"
    assert written.endpoint("tasks")["paginator"]["cursor_param"] == "p"
    assert [line for line in written.assumed if "is sent in the query" in line] == [
        "tasks: p is sent in the query: that it is in the body, the document says of assets only; "
        "declare paginator.cursor_body_path if it is here too"
    ]


def _order(endpoint: str) -> str:
    return f'{{"name": "orders", "endpoint": {{"path": "/orders", {endpoint}}}}}'
