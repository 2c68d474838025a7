"""Blocks of Airbyte's manifests that a document keeps, its expressions and its logins."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

RETRIED = [408, 429, 500, 502, 503, 504]
OPTION = '{"type": "RequestOption", "inject_into": "request_parameter", "field_name": '
BLOCKS = [
    pytest.param(
        '"record_selector": {"extractor": {"field_path": ["data", "*"]}}',
        {"data_selector": "data.*"},
        id="a selector",
    ),
    pytest.param(
        '"record_selector": {"extractor": {"field_path": []}}',
        {"data_selector": "$"},
        id="a selector of the whole body",
    ),
    pytest.param(
        '"paginator": {"type": "DefaultPaginator", "pagination_strategy": {"type": '
        '"OffsetIncrement", "page_size": 50}, "page_token_option": '
        + OPTION
        + '"start"}, "page_size_option": '
        + OPTION
        + '"n"}}',
        {"paginator": {"type": "offset", "limit": 50, "offset_param": "start", "limit_param": "n"}},
        id="a paginator and its options",
    ),
    pytest.param(
        '"paginator": {"type": "CursorPagination", "cursor_value": "{{ response.next }}", '
        '"page_token_option": {"inject_into": "body_json", "field_path": ["page", "after"]}}, '
        '"method": "POST"',
        {
            "paginator": {
                "type": "cursor",
                "cursor_value": "response.next",
                "cursor_body_path": "page.after",
            }
        },
        id="a cursor in the body",
    ),
    pytest.param(
        '"paginator": {"type": "offset", "limit": 250, "page_param": "from"}',
        {"paginator": {"type": "offset", "limit": 250, "offset_param": "from"}},
        id="the parameter of an offset",
    ),
    pytest.param(
        '"paginator": {"type": "cursor", "inject_into": "body_json", "cursor_param": "after", '
        '"limit": 10, "limit_param": "size", "cursor_path": "next"}, "method": "POST"',
        {
            "paginator": {"type": "cursor", "cursor_body_path": "after", "cursor_path": "next"},
            "json": {"size": 10},
        },
        id="paging in the body",
    ),
    pytest.param(
        '"error_handler": {"type": "CompositeErrorHandler", "error_handlers": [{"type": '
        '"DefaultErrorHandler", "response_filters": [{"http_codes": [403], "action": "IGNORE"}]}, '
        '{"type": "DefaultErrorHandler", "max_retries": 7, "response_filters": [{"http_codes": '
        '[429], "action": "RETRY"}], "backoff_strategies": [{"type": '
        '"ConstantBackoffStrategy", "backoff_time_in_seconds": 9}]}]}',
        {
            "response_actions": [{"status_code": 403, "action": "ignore"}],
            "error_handler": {
                "backoff": "constant",
                "backoff_factor": 9,
                "max_retries": 7,
                "retry_on_status_codes": RETRIED,
            },
        },
        id="several handlers",
    ),
    pytest.param('"decoder": {"type": "JsonlDecoder"}', {"decoder": "jsonl"}, id="jsonl"),
    pytest.param(
        '"error_handler": {"backoff_strategies": [{"type": "ConstantBackoffStrategy", '
        '"backoff_time_in_seconds": 5}]}',
        {
            "error_handler": {
                "backoff": "constant",
                "backoff_factor": 5,
                "max_retries": 5,
                "retry_on_status_codes": RETRIED,
            }
        },
        id="a constant wait",
    ),
    pytest.param(
        '"error_handler": {"backoff_strategies": [{"type": "WaitTimeFromHeader", "header": "X"}]}',
        {
            "error_handler": {
                "wait_header": "X",
                "max_retries": 5,
                "retry_on_status_codes": RETRIED,
            }
        },
        id="a wait in a header",
    ),
    pytest.param(
        '"incremental": {"cursor_path": "at", "start_param": "a", "datetime_format": "%s"}',
        {
            "incremental": {
                "cursor_path": "at",
                "start_param": "a",
                "cursor_format": "epoch_s",
                "param_format": "epoch_s",
            }
        },
        id="one format of bounds and cursors",
    ),
    pytest.param(
        '"incremental": {"cursor_path": "at", "start_param": "a", "param_format": "%ms"}',
        {"incremental": {"cursor_path": "at", "start_param": "a", "param_format": "epoch_ms"}},
        id="bounds as epochs",
    ),
    pytest.param(
        '"error_handler": {"response_filters": [{"http_codes": [420], "action": "RETRY"}, '
        '{"http_codes": [200], "predicate": "{{ response.state == 1 }}", "action": "RETRY"}]}',
        {
            "response_actions": [
                {"status_code": 420, "action": "retry"},
                {"predicate": "{{ response.state == 1 }}", "action": "retry"},
            ]
        },
        id="a condition beside a status of success",
    ),
]


@pytest.mark.parametrize(("written", "expected"), BLOCKS)
def test_a_block_of_a_manifest_becomes_keys(
    desk: Desk, written: str, expected: dict[str, Any]
) -> None:
    found = desk.new(orders(written))
    assert {key: found.endpoint().get(key) for key in expected} == expected
    assert not [line for line in found.assumed if "left out" in line]


def test_transformations_and_filters_become_steps(desk: Desk) -> None:
    written = desk.new(
        orders(
            resource='"record_filter": {"condition": "{{ record.kind != \'test\' }}"}, '
            '"transformations": [{"type": "AddFields", "fields": [{"path": ["a", "b"], "value": '
            '"{{ record.id }}"}]}, {"type": "RemoveFields", "field_pointers": [["c", "d"]]}],'
        )
    )
    assert written.resource("orders")["processing_steps"] == [
        {"filter": "{{ record.kind != 'test' }}"},
        {"add": {"a.b": "{{ record.id }}"}},
        {"remove": ["c.d"]},
    ]


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("{{ not response.get('paging', {}).get('after') }}", "paging.after"),
        ("{{ response['next'] is none }}", "next"),
        ("not response.meta.cursor", "meta.cursor"),
        ("{{ not response.has_more }}", None),
        ("{{ not response.last_id }}", "last_id"),
        ("{{ not response.moreDataToken }}", "moreDataToken"),
        ("{{ not response.hasNextPage }}", None),
        ("{{ not response.next_exists }}", None),
        ("{{ not response.data }}", None),
        ("{{ not response.results }}", None),
        ("{{ not response.total_pages }}", None),
        ("{{ not response.truncated }}", None),
        ("{{ not response.is_last }}", None),
    ],
)
def test_the_condition_names_the_place_of_the_cursor(
    desk: Desk, condition: str, place: str | None
) -> None:
    paginator = f'"paginator": {{"type": "cursor", "stop_condition": "{condition}"}}'
    assert desk.new(orders(paginator)).endpoint()["paginator"].get("cursor_path") == place


def test_a_cursor_that_is_an_address_is_followed(desk: Desk) -> None:
    paginator = '"paginator": {"type": "cursor", "cursor_path": "links.url", "cursor_param": "c"}'
    written = desk.new(orders(paginator))
    assert written.endpoint()["paginator"] == {"type": "cursor", "cursor_path": "links.url"}
    assert (
        "orders: links.url is an address, which is followed: no param sends it" in written.assumed
    )


def test_names_of_a_condition_are_at_the_root_of_the_response(desk: Desk) -> None:
    paginator = (
        '"paginator": {"type": "cursor", "cursor_path": "after", '
        '"stop_condition": "not pagination.has_more and kind != \'pagination\'"}'
    )
    assert desk.new(orders(paginator)).endpoint()["paginator"]["stop_condition"] == (
        "not response.pagination.has_more and response.kind != 'pagination'"
    )


def test_a_key_of_paths_is_a_key_of_fields(desk: Desk) -> None:
    written = desk.new(orders(resource='"primary_key": [["key"], ["a", "b"]],'))
    assert written.resource("orders")["primary_key"] == ["key", "a.b"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.example.com/oauth/token", "oauth/token"),
        ("https://login.example.com/token", "{settings.access_token_url}"),
        ("https://login.shop.io/token", "https://login.shop.io/token"),
    ],
)
def test_tokens_are_not_asked_of_an_example(desk: Desk, address: str, expected: str) -> None:
    client = (
        '"client": {"base_url": "https://api.example.com", "auth": {"type": "oauth2", '
        '"client_id": dlt.secrets["a"], "client_secret": dlt.secrets["b"], '
        f'"token_url": "{address}"}}}}'
    )
    written = desk.new(shop(client=client))
    assert written.client["auth"]["access_token_url"] == expected
    assert ("SOURCES__SHOP__ACCESS_TOKEN_URL" in written.to_be_set) == expected.startswith("{")


@pytest.mark.parametrize("secret", ["{{ config['k'] }}", "{settings.k}"])
def test_the_word_before_a_key_is_kept(desk: Desk, secret: str) -> None:
    client = (
        '"client": {"base_url": "https://shop.test", "auth": {"type": "api_key", "name": "X-Key", '
        f'"api_key": "Token {secret}", "location": "header"}}}}'
    )
    assert desk.new(shop(client=client)).client["headers"] == {"X-Key": "Token {settings.k}"}


def test_a_filter_comes_before_transformations_wherever_the_document_holds_them(desk: Desk) -> None:
    remove = '{"type": "RemoveFields", "field_pointers": [["kind"]]}'
    written = desk.new(
        shop(
            f'{{"name": "orders", "transformations": [{remove}], "endpoint": {{"path": "/o", '
            '"record_selector": {"extractor": {"field_path": ["a b"]}, '
            '"record_filter": {"condition": "{{ record.kind }}"}}}}',
            f'{{"name": "users", "transformations": [{remove}], "endpoint": {{"path": "/u"}}}}',
            '{"name": "carts", "endpoint": {"path": "/c"}}',
            f'{{"name": "tags", "transform_before_filtering": True, "transformations": [{remove}], '
            '"endpoint": {"path": "/t"}}',
            defaults='"resource_defaults": {"primary_key": "id", "record_filter": '
            '"{{ record.x }}"}',
        )
    )
    removed = {"remove": ["kind"]}
    assert written.endpoint("orders")["data_selector"] == "'a b'"
    assert written.resource("orders")["processing_steps"] == [
        {"filter": "{{ record.kind }}"},
        removed,
    ]
    assert written.resource("users")["processing_steps"] == [{"filter": "{{ record.x }}"}, removed]
    assert written.resource("tags")["processing_steps"] == [removed, {"filter": "{{ record.x }}"}]
    assert "processing_steps" not in written.resource("carts")
    defaults = written.attributes["resource_defaults"]
    assert defaults["processing_steps"] == [{"filter": "{{ record.x }}"}]


def test_conditions_and_types_of_transformations_are_kept(desk: Desk) -> None:
    written = desk.new(
        orders(
            resource='"transformations": [{"type": "AddFields", "condition": "{{ record.a }}", '
            '"fields": [{"path": ["b"], "value": "{{ record.c }}", "value_type": "integer"}]}, '
            '{"type": "RemoveFields", "condition": "{{ record.d }}", "field_pointers": [["e"]]}],'
        )
    )
    assert written.resource("orders")["processing_steps"] == [
        {"add": {"b": {"value": "{{ record.c }}", "type": "integer"}}, "when": "{{ record.a }}"},
        {"remove": ["e"], "when": "{{ record.d }}"},
    ]


@pytest.mark.parametrize(
    ("endpoint", "line"),
    [
        ('"decoder": {"type": "BsonDecoder"}', "decoder is left out: the decoder BsonDecoder has"),
        (
            '"error_handler": {"backoff_strategies": [{"type": "LuckyBackoffStrategy"}]}',
            "LuckyBackoffStrategy has no counterpart: waits are the usual ones",
        ),
        (
            '"record_selector": {"extractor": {"type": "XPathExtractor", "field_path": ["a"]}}',
            "record_selector is left out: the extractor XPathExtractor has no counterpart",
        ),
        (
            '"transformations": [{"type": "Shuffle"}]',
            "transformations is left out: the transformation Shuffle has no counterpart",
        ),
    ],
)
def test_what_has_no_counterpart_in_a_block_is_reported(
    desk: Desk, endpoint: str, line: str
) -> None:
    assert line in " ".join(desk.new(orders(endpoint)).assumed)


def test_a_handler_without_statuses_tries_again_on_those_of_the_defaults(desk: Desk) -> None:
    shared = '{"error_handler": {"retry_on_status_codes": [420]}}'
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {shared}}}'
    written = desk.new(orders('"error_handler": {"max_retries": 7}', defaults=defaults))
    assert written.endpoint()["error_handler"] == {
        "max_retries": 7,
        "retry_on_status_codes": [420],
    }


ODD = [
    '"transformations": [{"type": "AddFields", "fields": 5}]',
    '"transformations": [{"type": "AddFields", "fields": [{"path": ["a"]}]}]',
    '"transformations": [{"type": "AddFields", "fields": [{"value": 1}]}]',
    '"transformations": {"type": "RemoveFields", "field_pointers": 3}',
    '"transformations": 4',
    '"record_filter": {"condition": 4}',
    '"record_filter": 4',
    '"record_selector": {"extractor": {"field_path": 4}}',
    '"record_selector": {"extractor": "x"}',
    '"decoder": {"type": ["JsonDecoder"]}',
    '"decoder": {"type": "GzipDecoder"}',
    '"incremental": {"cursor_path": "a", "datetime_format": "%s", "cursor_datetime_formats": 3}',
    '"incremental": {"cursor_path": "a", "datetime_format": "%s", '
    '"cursor_datetime_formats": [[1]]}',
    '"incremental": {"cursor_path": "a", "param_format": ["%s"]}',
    '"paginator": {"type": "page_number", "limit": 5, "inject_into": "body_json", '
    '"limit_param": ["a"]}, "method": "POST"',
    '"paginator": {"type": "cursor", "cursor_path": "a", "inject_into": "body_json", '
    '"cursor_param": "c"}, "method": "POST", "json": "{}"',
    '"paginator": {"type": "DefaultPaginator", "pagination_strategy": {"type": 4}}',
    '"error_handler": {"response_filters": None, "type": "DefaultErrorHandler"}',
    '"error_handler": {"response_filters": [{"http_codes": 4, "action": None}], '
    '"type": "DefaultErrorHandler"}',
    '"error_handler": {"backoff_strategies": 4}',
    '"error_handler": {"error_handlers": [4]}',
]


@pytest.mark.parametrize("endpoint", ODD)
def test_a_block_of_an_odd_type_ends_in_a_sentence(desk: Desk, endpoint: str) -> None:
    status, printed, problem = desk.run(orders(endpoint), file="shop.md", api="shop")
    assert status in (0, 1)
    assert "Traceback" not in printed + problem


def test_a_step_without_a_cursor_is_reported(desk: Desk) -> None:
    written = desk.new(orders('"incremental": {"start_param": "since", "step": "P1M"}'))
    assert (
        "orders: endpoint.incremental.step is left out: no cursor_path is beside it; "
        in " ".join(written.assumed)
    )
