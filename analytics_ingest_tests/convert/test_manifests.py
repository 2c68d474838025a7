"""What `new` makes of a manifest in Airbyte's low-code language."""

import json
from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import SPEC, manifest, requester, stream
from analytics_ingest_tests.convert.writing import API, DEFS, Desk, Written

FILE = "manifest.yaml"
SYNC = {
    "type": "DatetimeBasedCursor",
    "cursor_field": "changed",
    "datetime_format": "%Y-%m-%d",
    "start_datetime": "2026-02-01",
    "start_time_option": {"type": "RequestOption", "field_name": "since"},
}


def new(desk: Desk, *streams: Any, **keys: Any) -> Written:
    """Convert a manifest with these streams, whole."""
    return desk.new(manifest(*streams, **keys), file=FILE)


def part(desk: Desk, *streams: Any) -> tuple[Written, str]:
    """Convert a manifest of which a part is skipped; what the report says of that."""
    status, printed, problem = desk.run(manifest(*streams), file=FILE, api=API)
    assert (status, problem) == (3, "")
    return Written(DEFS / API, printed), printed.partition("Skipped:\n")[2].strip()


def paged(strategy: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A stream with a paginator."""
    token = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "at"}
    paginator = {
        "type": "DefaultPaginator",
        "pagination_strategy": strategy,
        "page_token_option": token,
        **keys,
    }
    return stream(paginator=paginator)


def test_a_stream_becomes_a_resource(desk: Desk) -> None:
    written = new(desk)
    assert written.client == {
        "base_url": "https://shop.test/v1",
        "auth": {"type": "bearer", "token": f"sources.{API}.api_key"},
    }
    assert written.resource("orders") == {
        "name": "orders",
        "primary_key": "id",
        "endpoint": {
            "path": "/orders",
            "paginator": {"type": "single_page"},
            "data_selector": "$",
            "incremental": None,
        },
    }


def test_json_is_a_manifest_as_well(desk: Desk) -> None:
    assert desk.new(manifest(), file="manifest.json").resource("orders")


def test_references_and_parameters_are_resolved(desk: Desk) -> None:
    definitions = {
        "requester": requester("{{ parameters['path'] }}"),
        "orders": stream(requester={"$ref": "#/definitions/requester"}),
    }
    one = {"$ref": "#/definitions/orders", "$parameters": {"path": "/all_orders"}}
    assert new(desk, one, definitions=definitions).endpoint()["path"] == "/all_orders"


def test_a_reference_to_itself_is_refused(desk: Desk) -> None:
    definitions = {"a": "#/definitions/b", "b": "#/definitions/a"}
    text = manifest({"$ref": "#/definitions/a"}, definitions=definitions)
    assert "references form a cycle" in desk.refusal(text, file=FILE)


@pytest.mark.parametrize(
    "path",
    [
        "/{{ config['shop'] }}/orders",
        "/{{ config.shop | lower }}/orders",
        "/{{ config[ 'shop' ] | lower }}/orders",
        '/{{ config["shop"] | lower }}/orders',
        '/{{ config.get("shop") | lower }}/orders',
        "/{{ config.get('shop', 'x') | lower }}/orders",
    ],
)
def test_the_settings_are_listed_with_meaning_and_default(desk: Desk, path: str) -> None:
    asked = requester(path)
    written = new(desk, stream(requester=asked))
    assert written.to_be_set == {
        f"SOURCES__{API}__SHOP".upper(): "Which shop. (default main)",
        f"SOURCES__{API}__API_KEY".upper(): "The shop's key. (secret)",
    }
    assert written.attributes["settings"] == {"shop": "main"}
    assert "#   shop  Which shop. (default main)" in written.text


def test_settings_of_the_same_name_are_distinguished(desk: Desk) -> None:
    texts = {"type": "object", "properties": {"id": {"type": "string"}}}
    spec = {"connection_specification": {"properties": {"shop": texts, "user": texts}}}
    asked = requester(
        "/{{ config['shop']['id'] }}/{{ config.user.id }}", authenticator={"type": "NoAuth"}
    )
    path = new(desk, stream(requester=asked), spec=spec).endpoint()["path"]
    assert path == "/{settings.shop_id}/{settings.user_id}"


def test_a_schema_gives_the_fields_and_their_descriptions(desk: Desk) -> None:
    properties = {
        "id": {"type": "integer", "description": "The order's number:\n  unique."},
        "at": {"type": ["null", "string"], "format": "date-time", "description": ""},
        "tags": {"type": ["array", "null"]},
        "either": {"anyOf": [{"type": "object"}, {"type": "string"}]},
        "flag_or_count": {"type": ["boolean", "number", "null"]},
        "anything": {},
    }
    loader = {"type": "InlineSchemaLoader", "schema": {"properties": properties}}
    described = {"type": "integer", "description": "The order's number: unique."}
    assert new(desk, stream(schema_loader=loader)).schema["orders"] == {
        "required": ["id"],
        "fields": {"id": described, "at": "timestamp?", "tags": "array?", "either": "object?"},
    }


@pytest.mark.parametrize(
    ("strategy", "block"),
    [
        (
            {"type": "PageIncrement", "page_size": 50, "start_from_page": 1},
            {
                "type": "page_number",
                "base_page": 1,
                "inject_on_first_request": False,
                "limit": 50,
                "page_param": "at",
            },
        ),
        (
            {"type": "OffsetIncrement", "page_size": "{{ 50 }}"},
            {"type": "offset", "limit": None, "offset_param": "at"},
        ),
        (
            {"type": "CursorPagination", "cursor_value": "{{ response.get('next', {}).token }}"},
            {"type": "cursor", "cursor_path": "next.token", "cursor_param": "at"},
        ),
        (
            {"type": "CursorPagination", "cursor_value": "{{ last_record['id'] }}"},
            {"type": "cursor", "cursor_value": "last_record['id']", "cursor_param": "at"},
        ),
    ],
)
def test_paginators_are_translated(
    desk: Desk, strategy: dict[str, Any], block: dict[str, Any]
) -> None:
    assert new(desk, paged(strategy)).endpoint()["paginator"] == block


@pytest.mark.parametrize(
    ("strategy", "name", "block"),
    [
        (
            {"type": "OffsetIncrement", "page_size": 50},
            "offset",
            {"type": "offset", "limit": 50},
        ),
        (
            {"type": "PageIncrement", "page_size": 50},
            "page",
            {"type": "page_number", "base_page": 0, "inject_on_first_request": False, "limit": 50}
            | {"limit_param": "limit"},
        ),
    ],
)
def test_usual_names_of_parameters_are_not_written(
    desk: Desk, strategy: dict[str, Any], name: str, block: dict[str, Any]
) -> None:
    token, size = (
        {"type": "RequestOption", "inject_into": "request_parameter", "field_name": field}
        for field in (name, "limit")
    )
    page = paged(strategy, page_token_option=token, page_size_option=size)
    assert new(desk, page).endpoint()["paginator"] == block


def test_a_page_size_is_sent_where_the_manifest_injects_it(desk: Desk) -> None:
    strategy = {"type": "PageIncrement", "page_size": 50}
    size = {"type": "RequestOption", "inject_into": "header", "field_name": "X-Size"}
    assert new(desk, paged(strategy, page_size_option=size)).client["headers"] == {"X-Size": 50}


TOKEN = "{{ next_page_token['next_page_token'] }}"


@pytest.mark.parametrize(
    ("strategy", "keys", "paginator"),
    [
        pytest.param(
            {"type": "OffsetIncrement"},
            {"request_body_json": {"of": {"start": TOKEN, "a": 1}}},
            {"type": "offset", "limit": None, "offset_body_path": "of.start"},
            id="in the body",
        ),
        pytest.param(
            {"type": "PageIncrement", "start_from_page": 1},
            {"request_parameters": {"p": "{{ next_page_token.next_page_token }}"}},
            {
                "type": "page_number",
                "base_page": 1,
                "inject_on_first_request": False,
                "page_param": "p",
            },
            id="in the query",
        ),
        pytest.param(
            {"type": "CursorPagination", "cursor_value": "{{ response.next }}"},
            {"request_body_json": {"query": f"of({TOKEN})"}},
            {"type": "cursor", "cursor_path": "next"},
            id="within a text",
        ),
    ],
)
def test_an_expression_may_send_the_page_token(
    desk: Desk, strategy: dict[str, Any], keys: dict[str, Any], paginator: dict[str, Any]
) -> None:
    paged = {"type": "DefaultPaginator", "pagination_strategy": strategy}
    asked = requester(http_method="POST", **keys)
    endpoint = new(desk, stream(requester=asked, paginator=paged)).endpoint()
    assert endpoint["paginator"] == paginator
    assert endpoint.get("json") in (None, {"of": {"a": 1}}, keys.get("request_body_json"))


def test_one_parameter_cannot_send_both_page_size_and_page(desk: Desk) -> None:
    option = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "start"}
    options = {"page_size_option": option, "page_token_option": option}
    strategy = {"type": "OffsetIncrement", "page_size": 5}
    broken = {**paged(strategy, **options), "name": "broken"}
    _, printed, _ = desk.run(manifest(stream(), broken), file=FILE, api=API)
    assert "broken: start is sent twice, as the page size and as the page" in printed


def test_a_cursor_may_be_sent_in_a_header(desk: Desk) -> None:
    token = {"type": "RequestOption", "inject_into": "header", "field_name": "X-After"}
    strategy = {"type": "CursorPagination", "cursor_value": "{{ response.next }}"}
    endpoint = new(desk, paged(strategy, page_token_option=token)).endpoint()
    assert endpoint["paginator"] == {"type": "cursor", "cursor_path": "next"}
    assert endpoint["headers"] == {"X-After": TOKEN}


def test_a_paginator_that_sends_no_token_reads_one_page(desk: Desk) -> None:
    size = {"type": "RequestOption", "field_name": "size"}
    strategy = {"type": "PageIncrement", "page_size": 5}
    paged = {"type": "DefaultPaginator", "pagination_strategy": strategy, "page_size_option": size}
    written = new(desk, stream(paginator=paged))
    assert written.endpoint()["paginator"] == {"type": "single_page"}
    assert written.endpoint()["params"] == {"size": 5}
    assert written.assumed == [
        "orders: its paginator sends no page token, so only one page is read"
    ]


def test_a_parent_fills_the_requests_of_its_child(desk: Desk) -> None:
    router = {
        "type": "SubstreamPartitionRouter",
        "parent_stream_configs": [
            {
                "type": "ParentStreamConfig",
                "stream": stream(),
                "parent_key": "id",
                "partition_field": "order",
            }
        ],
    }
    child = stream("items", "/orders/{{ stream_partition.order }}/items", partition_router=router)
    written = new(desk, stream(), child)
    assert written.endpoint("items")["path"] == "/orders/{resources.orders.id}/items"


def test_a_parent_that_is_not_a_stream_of_its_own_has_no_table(desk: Desk) -> None:
    parent = {"stream": stream("shops"), "parent_key": "id", "partition_field": "shop"}
    router = {"type": "SubstreamPartitionRouter", "parent_stream_configs": [parent]}
    child = stream(path="/{{ stream_slice['shop'] }}/orders", partition_router=router)
    written = new(desk, child)
    assert written.resource("shops")["selected"] is False


def test_a_list_of_values_asks_for_a_listing_each(desk: Desk) -> None:
    option = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "is"}
    router = {
        "type": "ListPartitionRouter",
        "values": ["open", "closed"],
        "cursor_field": "state",
        "request_option": option,
    }
    written = new(desk, stream(partition_router=router))
    assert written.endpoint()["params"] == {"is": {"type": "each", "values": ["open", "closed"]}}


def test_a_cursor_gives_the_window_and_its_first_day(desk: Desk) -> None:
    written = new(desk, stream(incremental_sync={**SYNC, "lookback_window": "P2D"}))
    assert written.endpoint()["incremental"] == {
        "cursor_path": "changed",
        "param_format": "%Y-%m-%d",
        "start_param": "since",
        "lookback": "2d",
        "initial_value": "2026-02-01",
    }
    assert written.attributes["partitions"] == {"start": "2026-02-01"}


def test_cursors_may_be_written_otherwise_than_the_window(desk: Desk) -> None:
    sync = {**SYNC, "datetime_format": "%s", "cursor_datetime_formats": ["%d.%m.%Y"]}
    incremental = new(desk, stream(incremental_sync=sync)).endpoint()["incremental"]
    assert (incremental["cursor_format"], incremental["param_format"]) == ("%d.%m.%Y", "epoch_s")


def test_rows_without_a_key_replace_those_of_their_window(desk: Desk) -> None:
    sync = {**SYNC, "cursor_field": "day"}
    written = new(desk, stream(primary_key=None, incremental_sync=sync))
    assert written.resource("orders")["write_disposition"] == "merge"
    assert "primary_key" not in written.resource("orders")
    assert written.endpoint()["incremental"]["start_param"] == "since"
    assert written.assumed == [
        "orders: has a cursor but no primary key: a load replaces the rows of its window"
    ]


def test_rows_whose_cursor_moves_with_changes_are_loaded_whole_since_the_start(desk: Desk) -> None:
    sync = {**SYNC, "start_datetime": "{{ config['shop'] }}"}
    endpoint = new(desk, stream(primary_key=None, incremental_sync=sync)).endpoint()
    assert endpoint["incremental"] is None
    assert endpoint["params"] == {"since": "{{ format_datetime(config['shop'], '%Y-%m-%d') }}"}


@pytest.mark.parametrize(
    ("keys", "declared", "assumed"),
    [
        (["at"], None, "its key at is made of the clock, so there is none"),
        (
            ["id", "at"],
            ["id", "at"],
            "its key holds the moment of the load (at), so each adds rows",
        ),
    ],
)
def test_rows_are_not_merged_by_the_clock(
    desk: Desk, keys: list[str], declared: Any, assumed: str
) -> None:
    """Rows of one second would replace each other, and those of the load before would stay."""
    added = {"path": ["at"], "value": "{{ now_utc().timestamp() }}"}
    steps = [{"type": "AddFields", "fields": [{"type": "AddedFieldDefinition", **added}]}]
    written = new(desk, stream(primary_key=keys, transformations=steps))
    assert written.resource("orders").get("primary_key") == declared
    assert written.assumed == [f"orders: {assumed}"]


@pytest.mark.parametrize(("kind", "is_reported"), [("string", True), ("integer", False)])
def test_a_copied_text_that_stays_one_by_the_schema_is_reported(
    desk: Desk, kind: str, is_reported: bool
) -> None:
    added = {"path": ["key"], "value": "{{ record['of']['key'] }}"}
    steps = [{"type": "AddFields", "fields": [{"type": "AddedFieldDefinition", **added}]}]
    loader = {"type": "InlineSchemaLoader", "schema": {"properties": {"key": {"type": kind}}}}
    report = new(desk, stream(schema_loader=loader, transformations=steps)).report
    assert ("orders: a text that rows get from another field stays one" in report) is is_reported


@pytest.mark.parametrize(
    ("kinds", "is_reported"),
    [
        (["number", "string", "null"], True),
        (["string", "null"], False),
        (["integer", "number"], False),
        (["object", "string"], False),
    ],
)
def test_a_number_that_becomes_a_text_because_its_field_may_be_one_is_reported(
    desk: Desk, kinds: list[str], is_reported: bool
) -> None:
    loader = {"type": "InlineSchemaLoader", "schema": {"properties": {"source": {"type": kinds}}}}
    assumed = new(desk, stream(schema_loader=loader)).assumed
    line = "orders: a field that may be a text or a number is loaded as a text"
    assert (line in assumed) is is_reported


def test_expressions_in_requests_stay_expressions(desk: Desk) -> None:
    params = {
        "state": "{{ 'all' if config['shop'] == 'main' else 'open' }}",
        "fields[]": "{{ ['a', 'b'] }}",
        "kind": "{{ parameters['kind'] + '_' + \"x\" }}\n",
    }
    one = {**stream(requester=requester(request_parameters=params)), "$parameters": {"kind": "k"}}
    assert new(desk, one).endpoint()["params"] == {
        "state": "{{ 'all' if config['shop'] == 'main' else 'open' }}",
        "fields[]": ["a", "b"],
        "kind": "k_x",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ {'type': 'payment.*', 'n': 5} }}", {"type": "payment.*", "n": 5}),
        ("{'type': 'payment'}", {"type": "payment"}),
        ("{{ {'shop': config['shop']} }}", {"shop": "{settings.shop}"}),
        (
            "{{ {'a': 'x', 'shop': config['shop'] | upper} }}",
            {"a": "x", "shop": "{{ config['shop'] | upper }}"},
        ),
        ("{{ {'a': 'x', 'b': none} }}", {"a": "x"}),
    ],
)
def test_a_mapping_that_is_one_text_is_read_entry_by_entry(
    desk: Desk, text: str, expected: dict[str, object]
) -> None:
    asked = stream(requester=requester(request_parameters=text))
    assert new(desk, asked).endpoint()["params"] == expected


@pytest.mark.parametrize(
    "text", ["{{ config['shop'] }}", "a=b", "{{ {'a': 1} if config.shop else {} }}", "{{ {1: 2} }}"]
)
def test_parameters_that_are_another_text_leave_the_stream_out(desk: Desk, text: str) -> None:
    broken = stream(requester=requester(request_parameters=text))
    _, skipped = part(desk, broken, stream("users"))
    assert skipped == "orders: HttpRequester.request_parameters is one text"


def test_a_parameter_whose_text_is_a_list_sends_each_item_by_itself(desk: Desk) -> None:
    params = {"state": "['open', 'closed']", "name": "[draft] a", "in": "['{{ config.shop }}']"}
    form = {"kinds": "[1, 2]", "text": "a"}
    asked = requester(request_parameters=params, request_body_data=form, http_method="POST")
    endpoint = new(desk, stream(requester=asked)).endpoint()
    assert endpoint["params"] == {**params, "state": ["open", "closed"], "in": ["{settings.shop}"]}
    assert endpoint["data"] == {"kinds": [1, 2], "text": "a"}


def test_a_json_body_holds_values_in_their_types(desk: Desk) -> None:
    properties = {"deep": {"type": "boolean", "default": False}}
    body = {"kinds": "[ 'a_b' ]", "limit": "{{ 5 }}", "deep": "{{ config['deep'] }}", "text": "a b"}
    asked = requester(request_body_json=body, http_method="POST")
    spec = {"connection_specification": {"properties": properties}}
    assert new(desk, stream(requester=asked), spec=spec).endpoint()["json"] == {
        "kinds": ["a_b"],
        "limit": 5,
        "deep": "{{ true if config.get('deep') else false }}",
        "text": "a b",
    }


QUERY = "query ($n: Int) { orders(first: $n) { nodes { id } } }"


@pytest.mark.parametrize(
    ("body", "method", "is_simplified"),
    [
        pytest.param({"query": QUERY + "\n", "variables": {"n": 5}}, "POST", True, id="query"),
        pytest.param({"query": QUERY}, "POST", True, id="no variables"),
        pytest.param({"query": "{ a { id } }", "operationName": "a"}, "POST", True, id="operation"),
        pytest.param(
            {"query": QUERY, "variables": {"n": "{{ config['shop'] }}"}}, "POST", True, id="setting"
        ),
        pytest.param({"query": QUERY}, "GET", False, id="GET"),
        pytest.param(
            {"query": "{ a(s: \"{{ config['shop'] }}\") { id } }"}, "POST", False, id="filled"
        ),
        pytest.param({"query": QUERY, "cache": True}, "POST", False, id="another key"),
        pytest.param({"query": "status = open"}, "POST", False, id="another language"),
    ],
)
def test_a_query_in_graphql_is_written_as_it_is_if_nothing_fills_it(
    desk: Desk, body: dict[str, Any], method: str, is_simplified: bool
) -> None:
    asked = requester(request_body_json=body, http_method=method)
    endpoint = new(desk, stream(requester=asked)).endpoint()
    assert ("graphql" in endpoint, "json" in endpoint) == (is_simplified, not is_simplified)
    if is_simplified:
        assert "method" not in endpoint
        assert endpoint["graphql"]["query"] == body["query"].strip()


def test_a_page_token_is_sent_beside_a_query_in_graphql(desk: Desk) -> None:
    option = {"type": "RequestOption", "inject_into": "body_json"}
    token = {**option, "field_path": ["variables", "after"]}
    size = {**option, "field_path": ["variables", "n"]}
    strategy = {"type": "CursorPagination", "cursor_value": "{{ response.next }}", "page_size": 5}
    pages = {"type": "DefaultPaginator", "pagination_strategy": strategy}
    pages |= {"page_token_option": token, "page_size_option": size}
    body = {"query": QUERY, "variables": {"a": None}}
    asked = requester(request_body_json=body, http_method="POST")
    endpoint = new(desk, stream(requester=asked, paginator=pages)).endpoint()
    assert endpoint["graphql"] == {"query": QUERY, "variables": {"a": None, "n": 5}}
    assert endpoint["paginator"]["cursor_body_path"] == "variables.after"


def test_a_setting_that_names_a_key_of_the_body_is_listed(desk: Desk) -> None:
    body = {"filters": {"{{ config['field'] }}": "x"}}
    spec = {"connection_specification": {"properties": {"field": {"default": "state"}}}}
    asked = requester(request_body_json=body, http_method="POST")
    written = new(desk, stream(requester=asked), spec=spec)
    assert written.to_be_set["SOURCES__SHOP__FIELD"] == "field (default state)"


LISTS: dict[str, Any] = {
    "kinds": {"type": "array", "items": {"type": "string"}, "default": ["a"]},
    "shops": {"type": "array"},
    "rules": {"type": "array", "items": {"type": "object"}},
}


def test_a_setting_that_is_a_list_is_one_in_expressions(desk: Desk) -> None:
    params = {
        "kinds": "{{ ','.join(config['kinds']) }}",
        "shops": "{{ config.shops }}",
        "first": "{{ config['shops'][0] }}",
        "rules": "{{ config.get('rules', []) | length }}",
    }
    spec = {"connection_specification": {"properties": LISTS, "required": ["rules"]}}
    written = new(desk, stream(requester=requester(request_parameters=params)), spec=spec)
    assert written.endpoint()["params"] == {
        "kinds": "{{ ','.join((config['kinds'] | list)) }}",
        "shops": "{{ (config.get('shops', []) | list) }}",
        "first": "{{ (config.get('shops', []) | list)[0] }}",
        "rules": "{{ config.get('rules', []) | length }}",
    }
    assert {name.rpartition("__")[2]: text for name, text in written.to_be_set.items()} == {
        "KINDS": "kinds (separated by commas, default a)",
        "SHOPS": "shops (optional, separated by commas)",
        "RULES": "rules (a JSON list)",
        "API_KEY": "api_key (optional)",
    }


def test_rows_are_filtered_and_changed_in_airbytes_order(desk: Desk) -> None:
    selector = {
        "type": "RecordSelector",
        "extractor": {"type": "DpathExtractor", "field_path": ["data", "*"]},
        "record_filter": {"type": "RecordFilter", "condition": "{{ record.id > 1 }}"},
    }
    added = {"path": ["of", "shop"], "value": "{{ config['shop'] }}", "value_type": "string"}
    transformations = [
        {"type": "AddFields", "fields": [{"type": "AddedFieldDefinition", **added}]},
        {"type": "RemoveFields", "field_pointers": [["a", "b"]], "condition": "{{ property }}"},
        {"type": "KeysToLower"},
    ]
    written = new(desk, stream(record_selector=selector, transformations=transformations))
    assert written.endpoint()["data_selector"] == "data.*"
    assert written.resource("orders")["processing_steps"] == [
        {"filter": "{{ record.id > 1 }}"},
        {"add": {"of.shop": {"value": "{{ config['shop'] }}", "type": "string"}}},
        {"remove": ["a.b"], "when": "{{ property }}"},
        {"keys": "lower"},
    ]


def test_a_step_limits_the_window_that_is_asked_for(desk: Desk) -> None:
    end = {"type": "RequestOption", "field_name": "until"}
    sync = {**SYNC, "step": "P1M", "cursor_granularity": "P1D", "end_time_option": end}
    assert new(desk, stream(incremental_sync=sync)).endpoint()["incremental"]["max_window"] == "30d"


@pytest.mark.parametrize(
    ("step", "longest", "is_reported"),
    [("P1D", "1d", False), ("P1W", "7d", False), ("P1M", "28d", False), ("P30D", None, True)],
)
def test_a_start_that_may_name_a_day_or_a_month_is_sent_for_each(
    desk: Desk, step: str, longest: str | None, is_reported: bool
) -> None:
    sync = {**SYNC, "step": step, "cursor_granularity": "P1D"}
    written = new(desk, stream(incremental_sync=sync))
    assert written.endpoint()["incremental"].get("max_window") == longest
    assert ("one reads all since its start" in written.report) is is_reported


def test_a_month_in_a_path_is_requested_for_each(desk: Desk) -> None:
    path = "/{{ stream_slice['start_time'][:7] }}"
    sync = {key: value for key, value in SYNC.items() if key != "start_time_option"}
    monthly = {**sync, "step": "P1M", "cursor_granularity": "P1D"}
    written = new(desk, stream(requester=requester(path), incremental_sync=monthly))
    assert written.endpoint()["incremental"]["max_window"] == "28d"


@pytest.mark.parametrize(
    ("authenticator", "auth", "headers"),
    [
        ({"type": "NoAuth"}, None, None),
        (
            {
                "type": "ApiKeyAuthenticator",
                "api_token": "{{ config['api_key'] }}",
                "inject_into": {"inject_into": "request_parameter", "field_name": "key"},
            },
            {"type": "api_key", "name": "key", "location": "query"},
            None,
        ),
        (
            {
                "type": "ApiKeyAuthenticator",
                "api_token": "Token {{ config['api_key'] }}",
                "header": "Authorization",
            },
            {
                "type": "api_key",
                "name": "Authorization",
                "api_key": "Token {settings.api_key}",
            },
            None,
        ),
        (
            {
                "type": "BearerAuthenticator",
                "api_token": "{{ config['api_key'] if config['api_key'] else config['shop'] }}",
            },
            {
                "type": "bearer",
                "token": "{{ config['api_key'] if config['api_key'] else config['shop'] }}",
            },
            None,
        ),
        (
            {
                "type": "ApiKeyAuthenticator",
                "api_token": "{{ config['api_key'] }}",
                "inject_into": {"inject_into": "header", "field_name": "X-Key"},
            },
            {"type": "api_key", "name": "X-Key"},
            None,
        ),
        (
            {
                "type": "BasicHttpAuthenticator",
                "username": "api",
                "password": "{{ config['api_key'] }}",
            },
            None,
            {"Authorization": "Basic {{ ('api' ~ ':' ~ config['api_key']) | base64encode }}"},
        ),
        (
            {"type": "BasicHttpAuthenticator", "username": "{{ config['api_key'] }}"},
            {"type": "http_basic", "username": f"sources.{API}.api_key", "password": ""},
            None,
        ),
        (
            {
                "type": "OAuthAuthenticator",
                "token_refresh_endpoint": "https://login.test/token",
                "client_id": "{{ config['client_id'] }}",
                "client_secret": "{{ config['client_secret'] }}",
                "refresh_token": "{{ config['refresh_token'] }}",
                "scopes": ["read"],
            },
            {
                "type": "oauth2_client_credentials",
                "access_token_url": "https://login.test/token",
                "grant_type": "refresh_token",
                "scope": ["read"],
            },
            None,
        ),
    ],
)
def test_authenticators_are_translated(
    desk: Desk, authenticator: Any, auth: Any, headers: Any
) -> None:
    client = new(desk, stream(requester=requester(authenticator=authenticator))).client
    assert (client.get("auth"), client.get("headers")) == (auth, headers)


def test_what_all_streams_share_is_written_once(desk: Desk) -> None:
    written = new(desk, stream(), stream("users"), stream("carts"))
    assert written.attributes["resource_defaults"] == {
        "primary_key": "id",
        "endpoint": {
            "paginator": {"type": "single_page"},
            "data_selector": "$",
            "incremental": None,
        },
    }
    assert written.resource("carts") == {"name": "carts", "endpoint": {"path": "/carts"}}


def test_parameters_that_all_streams_send_are_written_once_and_no_others(desk: Desk) -> None:
    shared = {"order": "asc", "region": "north"}
    of_users, of_carts = ({**shared, "of": name, "some": 1} for name in ("users", "carts"))
    written = new(
        desk,
        stream(requester=requester(request_parameters=shared)),
        stream("users", requester=requester("/users", request_parameters=of_users)),
        stream("carts", requester=requester("/carts", request_parameters=of_carts)),
    )
    assert written.attributes["resource_defaults"]["endpoint"]["params"] == shared
    assert "params" not in written.endpoint()
    assert written.endpoint("users")["params"] == {"of": "users", "some": 1}
    params = {r.name: r.endpoint.params for r in written.declaration.resources.values()}
    assert params == {"orders": shared, "users": of_users, "carts": of_carts}


def test_what_most_streams_share_is_the_default_of_all(desk: Desk) -> None:
    changing = stream("carts", incremental_sync=SYNC, primary_key=["number"])
    written = new(desk, stream(), stream("users"), changing)
    assert written.attributes["resource_defaults"]["primary_key"] == "id"
    assert written.attributes["resource_defaults"]["endpoint"]["incremental"] is None
    assert written.resource("users") == {"name": "users", "endpoint": {"path": "/users"}}
    resources = written.declaration.resources
    assert [r.name for r in resources.values() if r.incremental] == ["carts"]
    assert resources["carts"].primary_key == ("number",)


def test_streams_below_several_addresses_of_a_host_share_what_these_begin_with(
    desk: Desk,
) -> None:
    other = requester("/users", url_base="https://shop.test/v2/")
    written = new(desk, stream(), stream("users", requester=other))
    assert written.client["base_url"] == "https://shop.test"
    paths = [written.endpoint(name)["path"] for name in ("orders", "users")]
    assert paths == ["v1/orders", "v2/users"]


def test_an_address_without_a_path_gets_no_slash(desk: Desk) -> None:
    bases = {"orders": "v1/orders", "carts": "v1/carts/", "lines": "v1"}
    streams = [
        stream(
            n, requester=requester(f"/{n}" if n == "lines" else "", url_base=f"https://s.test/{b}")
        )
        for n, b in bases.items()
    ]
    written = new(desk, *streams)
    assert written.client["base_url"] == "https://s.test/v1"
    paths = {name: written.endpoint(name)["path"] for name in bases}
    assert paths == {"orders": "orders", "carts": "carts/", "lines": "/lines"}


def test_a_stream_of_another_host_is_skipped(desk: Desk) -> None:
    other = requester(url_base="https://stock.test/v1")
    _, skipped = part(desk, stream(), stream("carts"), stream("stock", requester=other))
    assert skipped == "stock: its host is https://stock.test; the others use https://shop.test"


def test_names_that_fit_no_table_are_changed_and_reported(desk: Desk) -> None:
    written = new(desk, stream("All Orders", "/all"))
    assert written.resource("all_orders")
    assert written.assumed == ["names that do not fit a table: All Orders → all_orders"]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (
            {"requester": {**requester(), "type": "CustomRequester", "class_name": "a.b.Mine"}},
            "needs Python of its own: Mine",
        ),
        ({"decoder": {"type": "OtherDecoder"}}, "the decoder OtherDecoder has no counterpart"),
        (
            {"requester": requester(fetch_properties_from_endpoint={"type": "X"})},
            "X has no counterpart",
        ),
        (
            {"primary_key": None, "incremental_sync": {**SYNC, "datetime_format": "%d.%m.%Y"}},
            "it has a cursor, but no primary key to merge its rows by",
        ),
        (
            {"primary_key": None, "incremental_sync": {**SYNC, "step": "P1D"}},
            "it has a cursor, but no primary key to merge its rows by",
        ),
    ],
)
def test_a_stream_that_cannot_be_converted_is_skipped_with_its_reason(
    desk: Desk, keys: dict[str, Any], reason: str
) -> None:
    written, skipped = part(desk, stream("odd", **keys), stream())
    assert [r["name"] for r in written.attributes["resources"]] == ["orders"]
    assert skipped == f"odd: {reason}"


def test_the_children_of_a_stream_that_is_skipped_are_skipped_too(desk: Desk) -> None:
    odd = stream("odd", decoder={"type": "OtherDecoder"})
    parent = {"stream": odd, "parent_key": "id", "partition_field": "odd"}
    router = {"type": "SubstreamPartitionRouter", "parent_stream_configs": [parent]}
    child = stream("child", "/{{ stream_partition.odd }}", partition_router=router)
    _, skipped = part(desk, odd, child, stream())
    assert "child: its parent odd is skipped" in skipped


def test_nothing_is_written_where_every_stream_is_skipped(desk: Desk) -> None:
    text = manifest(stream(decoder={"type": "OtherDecoder"}))
    assert "no stream of the manifest can be converted" in desk.refusal(text, file=FILE)


def test_a_key_that_is_a_literal_is_never_written(desk: Desk) -> None:
    asked = requester(authenticator={"type": "BearerAuthenticator", "api_token": "s3cret"})
    problem = desk.refusal(manifest(stream(requester=asked)), file=FILE)
    assert "the key is a literal in the manifest" in problem
    assert "s3cret" not in problem


@pytest.mark.parametrize("streams", [[1], [{}], [{"name": "a"}], [{"retriever": []}], {}, None])
def test_a_broken_manifest_is_refused_in_one_sentence(desk: Desk, streams: Any) -> None:
    text = json.dumps({"type": "DeclarativeSource", "streams": streams, "spec": SPEC})
    assert len(desk.refusal(text, file=FILE).splitlines()) == 1
