"""Texts of a manifest: where streams are, and what its parameters and constants decide."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import SPEC, manifest, requester, stream
from analytics_ingest_tests.convert.writing import API, Desk

FILE = "manifest.yaml"
URL = {"url": {"type": "string"}, "fields": {"type": "array", "items": {"type": "string"}}}
WITH_URL = {
    "connection_specification": {
        "properties": {**SPEC["connection_specification"]["properties"], **URL}
    }
}


@pytest.mark.parametrize(
    ("addresses", "base", "paths"),
    [
        (
            ["{{ config['url'] }}/rest/api/3/issue", "{{ config['url'] }}/rest/api/3/project/all"],
            "{settings.url}/rest/api/3",
            ["issue", "project/all"],
        ),
        (
            ["{{ config['url'] }}/v1/orders", "{{ config['url'] }}"],
            "{settings.url}",
            ["v1/orders", ""],
        ),
        (
            ["https://{{ config['shop'] }}.test/v1/orders", "https://{{ config['shop'] }}.test/v2"],
            "https://{settings.shop}.test",
            ["v1/orders", "v2"],
        ),
        (
            ["https://a.test/{{ 'x/' ~ config.shop }}/b", "https://a.test/{{ 'x/' ~ config.url }}"],
            "https://a.test",
            ["{{ 'x/' ~ config.shop }}/b", "{{ 'x/' ~ config.url }}"],
        ),
    ],
)
def test_streams_below_one_address_share_it(
    desk: Desk, addresses: list[str], base: str, paths: list[str]
) -> None:
    streams = [
        stream(name, requester=requester(path="", url_base=None, url=address))
        for name, address in zip(("orders", "others"), addresses, strict=True)
    ]
    written = desk.new(manifest(*streams, spec=WITH_URL), file=FILE)
    assert written.client["base_url"] == base
    assert [written.endpoint(name)["path"] for name in ("orders", "others")] == paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("v1/{{ 'a//b' ~ config.shop }}/orders", "v1/{{ 'a//b' ~ config.shop }}/orders"),
        ("v1/{% for o in ['a'] %}{{ o }}{{ config.shop }}{% endfor %}",) * 2,
        ("v1//orders", "v1/orders"),
        ("//v1/orders//", "/v1/orders/"),
        ("v1//{{ config['shop'] }}//orders", "v1/{settings.shop}/orders"),
        ("v1//orders?next=https://a//b/../c", "v1/orders?next=https://a//b/../c"),
        ("v1//orders#//a", "v1/orders#//a"),
    ],
)
def test_a_path_has_no_empty_segments(desk: Desk, path: str, expected: str) -> None:
    written = desk.new(manifest(stream(requester=requester(path))), file=FILE)
    assert written.endpoint("orders")["path"] == expected


@pytest.mark.parametrize("path", ["../v2/orders", "v1/./orders", "v1/.."])
def test_a_stream_whose_path_has_a_segment_of_dots_is_skipped(desk: Desk, path: str) -> None:
    text = manifest(stream(requester=requester(path)), stream("carts"))
    status, printed, _ = desk.run(text, file=FILE, api=API)
    assert status == 3
    assert "orders: its path has a segment that is . or .." in printed


def test_a_stream_at_the_address_of_another_setting_is_skipped(desk: Desk) -> None:
    odd = requester(url_base="{{ config['url'] }}/v1")
    text = manifest(stream(), stream("carts"), stream("odd", requester=odd), spec=WITH_URL)
    status, printed, _ = desk.run(text, file=FILE, api=API)
    assert status == 3
    assert "odd: its host is {settings.url}; the others use https://shop.test" in printed


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        (["{{ parameters.get('rows') or parameters['name'] }}"], "posts"),
        (["{{ 'data_' ~ parameters.name }}"], "data_posts"),
        (["data", "0", "results"], "data[0].results"),
        (["data", "*", "results"], "data.*.results"),
        (["0"], "[0]"),
        (["data", "2x"], "data.'2x'"),
    ],
)
def test_the_path_of_the_rows_is_read_as_by_airbyte(
    desk: Desk, path: list[str], selector: str
) -> None:
    extractor = {"type": "DpathExtractor", "field_path": path}
    of_rows = {"type": "RecordSelector", "extractor": extractor}
    one = {**stream(record_selector=of_rows), "$parameters": {"name": "posts"}}
    assert desk.new(manifest(one), file=FILE).endpoint("orders")["data_selector"] == selector


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("{{ 'a' + 'b' }}", "ab"),
        ("{{ config['ur' + 'l'] }}", "config.get('url')"),
        (
            "a{{ ', ' + ', '.join(config.get('fields', [])) if config.get('fields') else '' }}",
            "', ' + ', '.join(",
        ),
        ("{{ config['shop'] | join(', ' + ';') }}", "join(', ;')"),
    ],
)
def test_texts_are_added_where_nothing_else_happens_to_them(
    desk: Desk, query: str, sent: Any
) -> None:
    asked = requester(request_parameters={"q": query})
    written = desk.new(manifest(stream(requester=asked), spec=WITH_URL), file=FILE)
    assert sent in written.endpoint()["params"]["q"]


PARENT = stream("parents")
ROUTER = {
    "type": "SubstreamPartitionRouter",
    "parent_stream_configs": [
        {
            "type": "ParentStreamConfig",
            "stream": PARENT,
            "parent_key": "id",
            "partition_field": "parent",
            "extra_fields": [["name"]],
        }
    ],
}
SYNC = {
    "type": "DatetimeBasedCursor",
    "cursor_field": "at",
    "datetime_format": "%Y-%m-%d",
    "start_datetime": "2026-02-01",
}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("{{ stream_partition.get('parent', '') }}", "{{ stream_partition.get('parent', '') }}"),
        ("{{ stream_slice.partition.parent }}", "{resources.parents.id}"),
        ("{{ stream_slice.extra_fields.name }}", "{resources.parents.name}"),
        (
            "{{ (stream_slice.extra_fields or {}).get('name', 'a') }}",
            "{{ stream_slice.extra_fields.get('name', 'a') }}",
        ),
        ("{{ stream_slice.cursor_slice.start_time }}", "{incremental.start_value}"),
        (
            "{{ stream_slice.cursor_slice['end_time'][:4] }}",
            "{{ stream_interval['end_time'][:4] }}",
        ),
    ],
)
def test_requests_hold_what_airbyte_reads_of_a_slice(desk: Desk, text: str, sent: str) -> None:
    asked = requester("/parents/{{ stream_partition.parent }}", request_parameters={"p": text})
    child = stream("kids", requester=asked, partition_router=ROUTER, incremental_sync=SYNC)
    assert desk.new(manifest(PARENT, child), file=FILE).endpoint("kids")["params"]["p"] == sent


@pytest.mark.parametrize(
    "text",
    ["{{ stream_slice }}", "{{ stream_state.get('at') }}", "a-{{ mine(1) }}", "{{ record }}"],
)
def test_an_expression_that_reads_nothing_known_is_never_sent_as_a_text(
    desk: Desk, text: str
) -> None:
    odd = stream("odd", requester=requester(request_parameters={"p": text}))
    status, printed, _ = desk.run(manifest(odd, stream()), file=FILE, api=API)
    assert status == 3
    assert "odd: an expression reads nothing known" in printed


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{{ parameters.d | tojson }}", "an expression reads nothing known"),
        ("{{ 1 == 1 }}", "an expression reads nothing known"),
        ("{{ 3 | string }}", "an expression reads nothing known"),
        ("{{ '' ~ '' }}", "an expression reads nothing known"),
        ("{{ \"'\" ~ 'a' ~ \"'\" }}", "an expression reads nothing known"),
    ],
)
def test_a_constant_that_is_not_sent_alike_everywhere_skips_its_stream(
    desk: Desk, value: str, reason: str
) -> None:
    asked = requester(http_method="POST", request_body_json={"p": value})
    odd = {**stream("odd", requester=asked), "$parameters": {"d": {"a": 1}}}
    status, printed, _ = desk.run(manifest(odd, stream()), file=FILE, api=API)
    assert status == 3
    assert f"odd: {reason}" in printed


def test_a_setting_of_an_address_may_hold_slashes_also_in_a_path(desk: Desk) -> None:
    addresses = {"orders": "https://a.test/{{ config['url'] }}/v1", "others": "https://a.test"}
    streams = [
        stream(name, requester=requester("/x", url_base=address))
        for name, address in addresses.items()
    ]
    written = desk.new(manifest(*streams, spec=WITH_URL), file=FILE)
    assert written.endpoint("orders")["path"] == "{{ config['url'] }}/v1/x"


def test_only_expressions_read_the_parts_of_a_slice(desk: Desk) -> None:
    asked = requester(request_parameters={"p": "stream_slice.cursor_slice"})
    written = desk.new(manifest(stream(requester=asked)), file=FILE)
    assert written.endpoint()["params"]["p"] == "stream_slice.cursor_slice"


def test_a_param_with_the_name_of_a_list_is_sent_beside_its_option(desk: Desk) -> None:
    option = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "opt"}
    router = {"type": "ListPartitionRouter", "values": ["a"], "cursor_field": "team"}
    asked = requester(request_parameters={"team": "{{ stream_partition.team }}"})
    one = stream(requester=asked, partition_router={**router, "request_option": option})
    endpoint = desk.new(manifest(one), file=FILE).endpoint()
    assert endpoint["path"] == "/orders?team={team}"
    assert endpoint["params"] == {"opt": "{team}", "team": {"type": "each", "values": ["a"]}}


def test_a_prefix_that_is_an_expression_skips_its_stream(desk: Desk) -> None:
    names = {"prefix": "{{ config['shop'] }}_"}
    step = {"type": "DpathFlattenFields", "field_path": ["a"], "key_transformation": names}
    text = manifest(stream("odd", transformations=[step]), stream())
    status, printed, _ = desk.run(text, file=FILE, api=API)
    assert status == 3
    assert "odd: KeyTransformation.prefix is an expression" in printed


def test_a_list_of_values_needs_no_primary_key(desk: Desk) -> None:
    router = {"type": "ListPartitionRouter", "values": ["a", "b"], "cursor_field": "team"}
    asked = requester("/teams/{{ stream_partition.team }}")
    one = stream(requester=asked, partition_router=router, primary_key=None)
    written = desk.new(manifest(one), file=FILE)
    assert written.endpoint()["params"] == {"team": {"type": "each", "values": ["a", "b"]}}
