"""How each resource is loaded: by what key and cursor, from when on, and when as a snapshot."""

from datetime import date
from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

NO_KEY = '"resource_defaults": {"write_disposition": "merge"}'


def incremental(desk: Desk, document: str) -> Any:
    """The cursor of the resolved resource `orders`: its path, or None for a snapshot."""
    found = desk.new(document).declaration.resources["orders"].incremental
    return found and found.cursor_path


@pytest.mark.parametrize(
    ("written", "key", "disposition"),
    [
        ('"primary_key": "id", "write_disposition": "merge"', "id", "merge"),
        ('"primary_key": ["a", "b"]', ["a", "b"], None),
        (
            '"primary_key": "id", "write_disposition": {"disposition": "merge", "strategy": '
            '"upsert"}',
            "id",
            {"disposition": "merge", "strategy": "upsert"},
        ),
        ('"primary_key": "id", "write_disposition": "append"', "id", None),
        (
            '"primary_key": "id", "write_disposition": {"disposition": "merge", "strategy": '
            '"scd2"}',
            "id",
            None,
        ),
        ('"primary_key": "id", "write_disposition": "replace"', "id", "replace"),
        ('"write_disposition": "append"', None, None),
        ('"write_disposition": "replace"', None, None),
        ('"write_disposition": "merge", "primary_key": ""', None, None),
        ('"write_disposition": "merge"', None, None),
    ],
)
@pytest.mark.parametrize("place", ["defaults", "resource"])
def test_rows_are_merged_by_their_key_or_replace_the_table(
    desk: Desk, place: str, written: str, key: object, disposition: object
) -> None:
    if place == "defaults":
        document = shop(defaults=f'"resource_defaults": {{{written}}}')
    else:
        document = orders(resource=f"{written},", defaults='"resource_defaults": {}')
    found = desk.new(document)
    holder = (
        found.resource("orders")
        if place == "resource"
        else found.attributes.get("resource_defaults", {})
    )
    kind = holder.get("write_disposition")
    assert holder.get("primary_key") == key
    assert kind == disposition or (key is None and kind in (None, "replace"))
    resolved = found.declaration.resources["orders"]
    assert resolved.is_merged == (key is not None and disposition != "replace")
    assert (resolved.incremental is None) != resolved.is_merged


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            '"write_disposition": "merge"',
            "orders: no primary key is stated: it is loaded whole each time and replaces its table",
        ),
        (
            '"primary_key": "id", "write_disposition": "append"',
            "resource_defaults.write_disposition is left out: 'append' would load rows twice; use "
            "merge, or replace for a snapshot",
        ),
        (
            '"primary_key": "id", "write_disposition": "replace"',
            "orders: it is replaced, so it is loaded whole, without partitions",
        ),
    ],
)
def test_a_way_to_load_that_was_changed_is_reported(desk: Desk, written: str, message: str) -> None:
    assert message in desk.new(shop(defaults=f'"resource_defaults": {{{written}}}')).assumed


def test_a_resource_with_a_key_beside_one_without(desk: Desk) -> None:
    keyed = '{"name": "a", "primary_key": "id", "endpoint": {"path": "/a"}}'
    found = desk.new(shop(keyed, "'b'", defaults=NO_KEY)).declaration.resources
    assert [found["a"].is_merged, found["b"].is_merged] == [True, False]


def test_a_resource_that_is_merged_beside_those_that_are_replaced(desk: Desk) -> None:
    merged = '{"name": "a", "write_disposition": "merge", "endpoint": {"path": "/a"}}'
    defaults = '"resource_defaults": {"primary_key": "id", "write_disposition": "replace"}'
    found = desk.new(shop(merged, "'b'", defaults=defaults)).declaration.resources
    assert [found["a"].is_merged, found["b"].is_merged] == [True, False]


CURSORS = [
    pytest.param('"incremental": {"cursor_path": "changed_at"}', "", id="dlt's form"),
    pytest.param('"incremental": "changed_at"', "", id="a text"),
    pytest.param('"incremental": {"cursor_field": "changed_at"}', "", id="another name"),
    pytest.param('"incremental": dlt.sources.incremental("changed_at")', "", id="a call"),
    pytest.param(
        '"params": {"since": {"type": "incremental", "cursor_path": "changed_at", '
        '"initial_value": "2024-03-01", "convert": lambda x: x}}',
        "",
        id="in params",
    ),
    pytest.param(
        '"params": {"since": dlt.sources.incremental("changed_at", initial_value="2024-03-01")}',
        "",
        id="a call in params",
    ),
    pytest.param("", '"incremental_sync": {"cursor_field": "changed_at"},', id="incremental_sync"),
    pytest.param(
        '"incremental_sync": {"type": "DatetimeBasedCursor", "cursor_field": "changed_at", '
        '"is_data_feed": True, "cursor_granularity": "PT1S"}',
        "",
        id="incremental_sync with keys of its own",
    ),
    pytest.param("", '"incremental": {"cursor_path": "changed_at"},', id="on the resource"),
]


@pytest.mark.parametrize(("endpoint", "resource"), CURSORS)
def test_the_cursor_is_the_documents(desk: Desk, endpoint: str, resource: str) -> None:
    assert incremental(desk, orders(endpoint, resource)) == "changed_at"


def test_parameters_that_send_the_window_are_kept(desk: Desk) -> None:
    found = desk.new(
        orders(
            '"incremental_sync": {"cursor_field": "at", "start_time_option": {"field_name": '
            '"from", '
            '"inject_into": "request_parameter"}, "end_time_option": {"field_name": "to"}, '
            '"datetime_format": "%s"}'
        )
    )
    assert found.endpoint()["incremental"] == {
        "cursor_path": "at",
        "cursor_format": "epoch_s",
        "param_format": "epoch_s",
        "start_param": "from",
        "end_param": "to",
    }


@pytest.mark.parametrize(
    "cursor",
    [
        '"incremental": {"cursor_path": "at", "initial_value": "2025-03-01T00:00:00Z", '
        '"end_value": "2026"}',
        '"incremental": dlt.sources.incremental("at", initial_value="2025-03-01")',
        '"incremental_sync": {"cursor_field": "at", "start_datetime": "2025-03-01T00:00:00Z"}',
        '"incremental_sync": {"cursor_field": "at", "start_datetime": {"datetime": "2025-03-01"}}',
        '"incremental_sync": {"cursor_field": "at", "start_datetime": "1740787200", '
        '"datetime_format": "%s"}',
        '"incremental_sync": {"cursor_field": "at", "start_datetime": 1740787200000, '
        '"datetime_format": "%ms"}',
        '"incremental_sync": {"cursor_field": "at", "datetime_format": "%s", "start_datetime": '
        '{"datetime": "01/03/2025", "datetime_format": "%d/%m/%Y"}}',
    ],
)
def test_partitions_begin_where_the_cursor_does(desk: Desk, cursor: str) -> None:
    assert desk.new(orders(cursor)).attributes["partitions"] == {"start": "2025-03-01"}


@pytest.mark.parametrize(
    ("cursor", "kept"),
    [
        (
            '"incremental": {"cursor_path": "at", "start_param": "a", '
            '"initial_value": "2026-03-01"}',
            True,
        ),
        ('"incremental": {"cursor_path": "at", "initial_value": "2026-03-01"}', False),
        (
            '"incremental": {"cursor_path": "at", "initial_value": "2026-03-01"}, '
            '"params": {"a": "{incremental.start_value}"}',
            True,
        ),
    ],
)
def test_the_first_start_is_kept_where_requests_send_it(
    desk: Desk, cursor: str, kept: bool
) -> None:
    assert ("initial_value" in desk.new(orders(cursor)).endpoint()["incremental"]) == kept


def test_a_first_value_of_the_defaults_is_kept_where_requests_send_it(desk: Desk) -> None:
    shared = '{"incremental": {"cursor_path": "at", "initial_value": "2026-03-01"}}'
    sending = '{"name": "sent", "endpoint": {"path": "/a/{incremental.start_value}"}}'
    other = '{"name": "other", "endpoint": {"path": "/b"}}'
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {shared}}}'
    resources = desk.new(shop(sending, other, defaults=defaults)).declaration.resources
    starts = {n: r.incremental and r.incremental.initial_value for n, r in resources.items()}
    assert starts == {"sent": "2026-03-01", "other": None}


@pytest.mark.parametrize(
    ("cursor", "message"),
    [
        (
            '"incremental": {"initial_value": dlt.config["start"]}',
            "orders: its first value is a setting: partitions.start decides",
        ),
        (
            '"incremental": {"cursor_path": "at", "initial_value": "the beginning"}',
            "orders: its first value is not a date: partitions.start decides",
        ),
        (
            '"incremental": {"cursor_path": "at", "end_value": dlt.config["end"]}',
            "orders: end_value is left out: partitions go on to the present",
        ),
        (
            '"incremental_sync": {"cursor_field": "at", "start_datetime": dlt.config["start"]}',
            "orders: its first value is a setting: partitions.start decides",
        ),
        (
            '"incremental_sync": {"cursor_field": "at", "step": "P30D"}',
            "orders: its step P30D has no partition of that length: daily",
        ),
        (
            '"incremental_sync": {"cursor_field": "at", "start_datetime": "1970-01-01"}',
            "partitions do not begin on 1970-01-01 as written: the first one holds all older rows",
        ),
        (
            '"incremental_sync": {"cursor_field": "at", "lookback_window": "P1Y"}',
            "orders: incremental_sync.lookback_window is left out: 'P1Y' is not a duration such "
            "as P2D or PT6H; write incremental.lookback: 2d",
        ),
        (
            '"incremental_sync": {"start_datetime": "2025-01-01"}',
            "orders: endpoint.incremental_sync is left out: field required",
        ),
        (
            '"incremental_sync": {"cursor_field": "at", "start_time_option": {"field_name": '
            '"a", "inject_into": "path"}}',
            "orders: start_time_option.inject_into is left out: 'path' is unknown; allowed are "
            "request_parameter, header, body_json, body_data",
        ),
    ],
)
def test_what_of_a_cursor_has_no_counterpart_is_reported(
    desk: Desk, cursor: str, message: str
) -> None:
    found = desk.new(orders(cursor))
    assert message in found.assumed
    assert found.attributes.get("partitions", {}).get("start") is None


@pytest.mark.parametrize("start", ["2010-01-01", "2100-01-01", "2026-13-45"])
def test_a_start_that_cannot_be_leaves_the_default(desk: Desk, start: str) -> None:
    cursor = f'"incremental_sync": {{"cursor_field": "at", "start_datetime": "{start}"}}'
    found = desk.new(orders(cursor))
    assert found.declaration.declared.partitions.start == date(2026, 1, 1)
    assert any("partitions" in line for line in found.assumed)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ('"items"', "items"),
        ('"a.*.b"', "a.*.b"),
        ('["a", "b"]', "a.b"),
        ('["a", "*", "b"]', "a.*.b"),
        ('["a b", "c.d"]', ["a b", "c.d"]),
        ("[]", "$"),
        ('"[]"', "$"),
        ('""', "$"),
        ('"$"', "$"),
        ('"$.data"', "$.data"),
        ('"items[]"', "items"),
        ("None", None),
    ],
)
def test_selectors_are_written_as_text_where_that_means_the_same(
    desk: Desk, written: str, plain: object
) -> None:
    assert desk.new(orders(f'"data_selector": {written}')).endpoint().get("data_selector") == plain


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ('{"type": "offset", "limit": "50"}', {"type": "offset", "limit": 50}),
        ('{"type": "OffsetIncrement", "page_size": 50}', {"type": "offset", "limit": 50}),
        (
            '{"type": "page_increment", "start_page": 1}',
            {"type": "page_number", "start_from_page": 1},
        ),
        (
            'OffsetPaginator(50, offset_param="skip")',
            {"type": "offset", "limit": 50, "offset_param": "skip"},
        ),
        ('JSONLinkPaginator(next_url_path="next")', {"type": "json_link", "next_url_path": "next"}),
        ("SinglePagePaginator()", {"type": "single_page"}),
        ('"single_page"', {"type": "single_page"}),
        ('"none"', {"type": "single_page"}),
    ],
)
def test_paginators_have_dlts_names(desk: Desk, written: str, clean: dict[str, object]) -> None:
    assert desk.new(orders(f'"paginator": {written}')).endpoint()["paginator"] == clean


@pytest.mark.parametrize(
    ("body", "written", "expected"),
    [
        pytest.param(
            '{"page": 1, "size": 5}',
            '{"type": "page_number", "limit": 50, "limit_param": "size"}',
            {"type": "page_number", "limit": 50, "page_body_path": "page"},
            id="a page",
        ),
        pytest.param(
            '{"paging": {"from": 0}}',
            '{"type": "offset", "offset_param": "from", "limit": 50}',
            {
                "type": "offset",
                "limit": 50,
                "offset_body_path": "paging.from",
                "limit_body_path": "limit",
            },
            id="an offset within an object",
        ),
        pytest.param(
            '{"query": "{ orders }", "variables": {"first": 5}}',
            '{"type": "cursor", "cursor_path": "next", "cursor_param": "variables.after"}',
            {"type": "cursor", "cursor_path": "next", "cursor_body_path": "variables.after"},
            id="a variable of GraphQL",
        ),
        pytest.param(
            '{"page_size": 5}',
            '{"type": "cursor", "cursor_path": "next", "cursor_param": "after"}',
            {"type": "cursor", "cursor_path": "next", "cursor_param": "after"},
            id="a body that names no key of it",
        ),
    ],
)
def test_pages_are_asked_for_in_the_body_that_names_them(
    desk: Desk, body: str, written: str, expected: dict[str, Any]
) -> None:
    document = orders(f'"method": "POST", "json": {body}, "paginator": {written}')
    assert desk.new(document).endpoint()["paginator"] == expected


def test_the_size_of_pages_that_a_body_holds_is_the_paginators(desk: Desk) -> None:
    paginator = '{"type": "page_number", "page_param": "no", "limit": 50, "limit_param": "size"}'
    body = '{"paging": {"no": 0, "size": 5}, "all": true}'
    document = orders(f'"method": "POST", "json": {body}, "paginator": {paginator}')
    assert desk.new(document).endpoint()["json"] == {"paging": {"no": 0, "size": 50}, "all": True}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "{{ !response.more && response.page === 2 }}",
            "not response.more  and  response.page == 2",
        ),
        (
            "response.data.length !== 20 || !response.more",
            "response.data|length != 20  or  not response.more",
        ),
        ("response.json()['over'] != 'a && !b'", "response['over'] != 'a && !b'"),
        ("response.next is null", "response.next is none"),
        ("response.headers.get('x-more') == null", "headers.get('x-more') == null"),
        ("response.length == 1", "response|length == 1"),
        ("response.lengths.length() == 1", "response.lengths.length() == 1"),
    ],
)
def test_an_expression_in_words_of_another_language_is_taken(
    desk: Desk, written: str, expected: str
) -> None:
    paginator = f'{{"type": "cursor", "cursor_path": "next", "stop_condition": "{written}"}}'
    found = desk.new(orders(f'"paginator": {paginator}')).endpoint()["paginator"]
    assert found["stop_condition"] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('["meta", "next"]', "meta.next"),
        ("\"response.headers['X-Next']\"", "headers['X-Next']"),
        ("\"response.json()['next']\"", "response['next']"),
    ],
)
def test_a_cursor_path_may_be_a_list_and_begin_at_the_answer_of_requests(
    desk: Desk, written: str, expected: str
) -> None:
    paginator = f'"paginator": {{"type": "cursor", "cursor_path": {written}}}'
    assert desk.new(orders(paginator)).endpoint()["paginator"]["cursor_path"] == expected


@pytest.mark.parametrize("more", ["", '"cursor_path": "next",'])
def test_a_cursor_that_cannot_be_evaluated_is_refused_not_omitted(desk: Desk, more: str) -> None:
    paginator = (
        f'{{"type": "cursor", {more} "cursor_param": "p", "cursor_value": "most(response)"}}'
    )
    assert desk.refusal(orders(f'"paginator": {paginator}')) == (
        "shop.orders: endpoint.paginator.cursor_value: 'most' is unknown; allowed are response, "
        "headers, last_record, last_page_size, config, settings"
    )


@pytest.mark.parametrize("more", ["", '"cursor_value": lambda answer: answer["next"]'])
def test_a_cursor_that_is_nowhere_is_reported(desk: Desk, more: str) -> None:
    written = desk.new(orders(f'"paginator": {{"type": "cursor", "cursor_param": "p", {more}}}'))
    assert (
        "orders: the document does not say where an answer holds the cursor: declare "
        "paginator.cursor_path, or no more than the first page may be loaded"
    ) in written.assumed


def test_a_block_that_lacks_a_key_is_omitted_by_its_name(desk: Desk) -> None:
    router = '"partition_router": {"type": "list", "values": ["a", "b"]}'
    assert (
        "orders: partition_router is left out: its cursor_field is required; name the placeholder"
    ) in desk.new(orders(resource=f"{router},")).assumed


def test_a_resource_whose_rows_are_in_the_document_is_reported(desk: Desk) -> None:
    rows = '{"name": "symbols", "data": [{"symbol": "A"}, {"symbol": "B"}]}'
    written = desk.new(shop(rows, '{"name": "orders", "endpoint": {"path": "/orders"}}'))
    assert [resource["name"] for resource in written.attributes["resources"]] == ["orders"]
    assert any("resource symbols is left out: its rows are in" in line for line in written.assumed)
