"""Keys that cannot act where they stand are refused, each with the reason in one sentence."""

import pytest

from analytics_ingest_tests.declaration.declaring import (
    declare,
    endpoint_mistake,
    mistake,
    parsing_error,
)

ENDPOINTS = {
    "paginator: single_page, max_pages: 3": (
        "max_pages: has no effect, because single_page requests one page"
    ),
    "paginator: single_page, incremental: {row_order: asc}": (
        "incremental.row_order: has no effect, because single_page requests one page"
    ),
    "incremental: {cursor_format: epoch_s, timezone: Asia/Tokyo}": (
        "incremental.timezone: has no effect, because an epoch is the same in every zone"
    ),
    "incremental: {max_window: 31d, start_param: since}": (
        "incremental.max_window: has no effect, because the request does not hold both bounds"
    ),
    "paginator: {type: cursor, cursor_path: a, cursor_value: '{{ response.a }}'}": (
        "paginator.cursor_path: cannot be combined with cursor_value; remove one of them"
    ),
    "paginator: {type: cursor, total_path: ''}": "paginator.total_path: is empty",
    "paginator: {type: header_cursor, cursor_key: X Next}": (
        "paginator.cursor_key: 'X Next' is not the name of a header; use letters, digits and -"
    ),
    "paginator: {type: offset, offset_body_path: page.at}, method: POST, data: {a: 1}": (
        "paginator.offset_body_path: is not the name of a field in the form endpoint.data"
    ),
    "paginator: {type: offset, offset_body_path: a.at}, method: POST, json: {a: 1}": (
        "paginator.offset_body_path: writes into the body, but endpoint.json.a is a value"
    ),
    "paginator: {type: offset, offset_body_path: a.b.at}, method: POST, json: {a: {b: []}}": (
        "paginator.offset_body_path: writes into the body, but endpoint.json.a.b is a list"
    ),
    "paginator: page_number, params: {page: 1}": (
        "params.page: has no effect, because the paginator sends 0 there first"
    ),
    "paginator: {type: offset, offset_param: from, offset: 9}, params: {from: 10}": (
        "params.from: has no effect, because the paginator sends 9 there first"
    ),
    "paginator: {type: offset, limit_body_path: page.size}, json: {page: {size: 5}}": (
        "json.page.size: has no effect, because the paginator sends 100 there first"
    ),
    "headers: {X Key: a}": "headers.X Key: 'X Key' is not the name of a header",
    "headers: {'X-Key:': a}": "headers.X-Key:: 'X-Key:' is not the name of a header",
    "headers: {'': a}": "headers.: '' is not the name of a header",
    "headers: {x-key: a}, auth: {type: api_key, name: X-Key}": (
        "headers.x-key: has no effect, because auth sends it; remove one of the two"
    ),
    "headers: {Authorization: '{settings.a}'}, auth: bearer": (
        "headers.Authorization: has no effect, because auth sends it"
    ),
    "params: {key: a}, auth: {type: api_key, name: key, location: query}": (
        "params.key: has no effect, because auth sends it"
    ),
    "auth: {type: api_key, name: X Key}": "auth.name: 'X Key' is not the name of a header",
    "auth: {type: oauth2, token_url: /a, access_token_url: /b}": (
        "auth.access_token_url: cannot be combined with token_url; remove one of them"
    ),
    "auth: {type: oauth2, token_url: /a, grant_type: client_credentials, "
    "refresh_token: sources.a.b}": (
        "auth.refresh_token: has no effect with grant_type: client_credentials; remove it"
    ),
    "auth: {type: oauth2, token_url: /a, scope: all, access_token_request_data: {scope: b}}": (
        "auth.access_token_request_data: 'scope' is declared too; remove one of them"
    ),
    "auth: {type: session_token, login_url: /a, session_token_response_key: b, "
    "session_token: sources.a.b}": (
        "auth.session_token: has no effect without validate_session_url; declare it too"
    ),
    "auth: {type: session_token, login_url: /a, session_token_response_key: b, header: a b}": (
        "auth.header: 'a b' is not the name of a header"
    ),
    "error_handler: {retry_on_status_codes: [200]}": (
        "error_handler.retry_on_status_codes: 200 is the status of every response with rows"
    ),
    "http_method: GET, method: POST": (
        "http_method: 'GET' conflicts with method: POST; remove one of them"
    ),
    **{
        f"response_actions: [{{{action}}}]": f"response_actions: {problem}"
        for action, problem in {
            "action: ignore": "an action needs status_code, content, message, predicate or empty",
            "content: '', action: fail": "content: '' is part of every response",
            "content: 5, action: fail": "content: 5 is not a text; put it in quotes",
            "status_code: 200, action: ignore": "status_code: 200 alone fits every response",
            "status_code: 20, action: fail": "status_code: 20 is not a status of a response",
            "status_code: 4xx, action: fail": "status_code: 4xx is not a status of a response",
            "status_code: 404, empty: false, action: fail": "empty: False has no effect",
            "content: a, empty: true, action: fail": "empty: true and content fit no response",
            "status_code: 404, action: fail}, {status_code: '404', action: retry": (
                "two actions are for status_code: 404, and the first decides; remove one of them"
            ),
        }.items()
    },
}


@pytest.mark.parametrize(("keys", "message"), ENDPOINTS.items(), ids=list(ENDPOINTS))
def test_a_key_of_an_endpoint_that_cannot_act_is_refused(keys: str, message: str) -> None:
    assert endpoint_mistake(keys).startswith(f"shop.b: endpoint.{message}")


DECLARATIONS = {
    "resources: [{name: a, endpoint: {incremental: null}, future_tolerance: 2h}]": (
        "shop.a: future_tolerance: has no effect, because a snapshot has no cursor; remove it"
    ),
    "resources: [{name: a, primary_key: null, merge_key: b}]": (
        "shop.a: merge_key: has no effect, because the table is replaced, not merged; remove it"
    ),
    "resources: [{name: a, nested_hints: {b: {}}}]": (
        "shop.a: nested_hints: has no effect, because there are no nested tables; declare "
        "max_table_nesting, or remove it"
    ),
    "resources: [{name: a, max_table_nesting: 2, schema_contract: {columns: freeze}}]": (
        "shop.a: max_table_nesting: has no effect, because dlt nests no new table with a "
        "schema_contract; remove one"
    ),
    "resource_defaults: {primary_key: id, endpoint: {paginator: single_page, max_pages: 3}}": (
        "shop: resource_defaults.endpoint.max_pages: has no effect, because single_page requests "
        "one page; remove it"
    ),
    "client: {base_url: x, headers: {X-Key: a}, auth: {type: api_key, name: x-key}}": (
        "shop: client.headers.X-Key: has no effect, because auth sends it; remove one of the two"
    ),
    "client: {base_url: x, headers: {X Key: a}}": (
        "shop: client.headers.X Key: 'X Key' is not the name of a header; use letters, digits and -"
    ),
    "resources: [{name: a, incremental_sync: {cursor_field: b}, "
    "endpoint: {incremental_sync: {cursor_field: c}}}]": (
        "shop.a: incremental_sync: is in endpoint too; remove one of the two"
    ),
    "resources: [a, {name: b, partition_router: {parent_stream: a, partition_field: c}}]": (
        "shop.b: partition_router.partition_field: 'c' is not in the request; write {c} where it "
        "belongs"
    ),
    "resources: [{name: b, partition_router: {type: substream, values: [a], cursor_field: c}}]": (
        "shop.b: partition_router.type: 'substream' is not the type of these keys; write list, or "
        "remove it"
    ),
    "resources: [{name: b, partition_router: {values: [a], cursor_field: c, parent_key: d}}]": (
        "shop.b: partition_router.parent_key: cannot be combined with values; write a list of "
        "two routers"
    ),
}


@pytest.mark.parametrize(("written", "message"), DECLARATIONS.items(), ids=list(DECLARATIONS))
def test_a_key_that_cannot_act_is_refused(written: str, message: str) -> None:
    assert mistake(written) == message


MODELS = {
    "endpoint: {error_handler: {retry_on_status_codes: [42]}}": (
        "'42' is not the status of a response; use 200 to 599"
    ),
    "endpoint: {error_handler: {max_retries: 0, backoff: constant}}": (
        "backoff has no effect with max_retries: 0; remove one of them"
    ),
    "volume: {low: 5}": "low '5' is greater than high '4'; swap them",
}


@pytest.mark.parametrize(("keys", "message"), MODELS.items(), ids=list(MODELS))
def test_values_that_cannot_act_together_are_refused(keys: str, message: str) -> None:
    (problem,) = parsing_error(f"resources: [{{name: a, {keys}}}]").errors()
    assert problem["msg"] == f"Value error, {message}"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(
            "resource_defaults: {primary_key: id, endpoint: {max_pages: 9}}\n"
            "resources: [a, {name: b, endpoint: {paginator: single_page}}]",
            id="a default that some resources can use",
        ),
        pytest.param(
            "resources: [{name: a, endpoint: {paginator: page_number, params: {page: 0}}}]",
            id="a param that says what the paginator sends",
        ),
        pytest.param(
            "resources: [{name: a, endpoint: {params: {page: 7}, "
            "paginator: {type: page_number, inject_on_first_request: false}}}]",
            id="a param that the first request sends",
        ),
        pytest.param(
            "resources: [{name: a, endpoint: {error_handler: {retry_on_status_codes: [200]}, "
            "response_actions: [{content: no rows, action: ignore}]}}]",
            id="a listed 200 whose text decides",
        ),
        pytest.param(
            "resources: [{name: a, endpoint: {headers: {X-Key: null}, auth: "
            "{type: api_key, name: X-Key}}}]",
            id="a null beside auth",
        ),
        pytest.param(
            "resources: [{name: a, incremental_sync: "
            "{cursor_field: at, datetime_format: '%Y-%m-%d'}}]",
            id="a format that the reference calls ignored where no window is sent",
        ),
        pytest.param(
            "resources: [{name: a, endpoint: {paginator: {type: cursor, limit: 5}}}]",
            id="a page size that the reference calls ignored",
        ),
        pytest.param(
            "resources: [a, {name: b, selected: false, table_format: delta}]",
            id="what a table would be that is not selected",
        ),
    ],
)
def test_a_key_that_can_act_is_accepted(written: str) -> None:
    declare(written)
