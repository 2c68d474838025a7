"""Configurations in other words: streams, requesters, fragments; refusals say what to do."""

from typing import Any

import pytest
import yaml

from analytics_ingest_tests.convert.writing import Desk, fenced, orders, shop

Json = dict[str, Any]

BASE: Json = {"base_url": "https://shop.test"}
TOKEN = "{{ config['k'] }}"
STREAM: Json = {"name": "orders", "path": "/orders", "primary_key": "id"}
OPTION = {"inject_into": "request_parameter", "field_name": "since"}


def block(*streams: Json, **keys: Any) -> str:
    """A document with a YAML block in other words."""
    data = {"base_url": "https://shop.test", **keys, "streams": list(streams) or [STREAM]}
    return fenced(yaml.safe_dump(data, sort_keys=False), "yaml")


CLIENTS: list[tuple[Json, Json]] = [
    ({"url_base": "https://a.test"}, {"base_url": "https://a.test"}),
    ({"client": {"url_base": "https://a.test"}}, {"base_url": "https://a.test"}),
    ({"requester": {"url_base": "https://a.test"}}, {"base_url": "https://a.test"}),
    ({"client": {"requester": {"url_base": "https://a.test"}}}, {"base_url": "https://a.test"}),
    ({"connection": BASE}, BASE),
    ({**BASE, "authentication": {"type": "bearer"}}, {**BASE, "auth": {"type": "bearer"}}),
    (
        {**BASE, "authenticator": {"type": "BearerAuthenticator", "api_token": TOKEN}},
        {**BASE, "auth": {"type": "bearer"}},
    ),
    (
        {
            **BASE,
            "authenticator": {
                "type": "ApiKeyAuthenticator",
                "api_token": TOKEN,
                "inject_into": {"inject_into": "request_parameter", "field_name": "key"},
            },
        },
        {**BASE, "auth": {"type": "api_key", "name": "key", "location": "query"}},
    ),
    (
        {**BASE, "authenticator": {"type": "ApiKeyAuthenticator", "header": "X-Key"}},
        {**BASE, "auth": {"type": "api_key", "name": "X-Key", "location": "header"}},
    ),
    ({**BASE, "request_headers": {"X-Shop": "a"}}, {**BASE, "headers": {"X-Shop": "a"}}),
    ({**BASE, "requester": {"headers": {"X-Shop": "a"}}}, {**BASE, "headers": {"X-Shop": "a"}}),
    ({"client": BASE, "requester": {"url_base": "https://b.test"}}, BASE),
]


@pytest.mark.parametrize(("keys", "client"), CLIENTS)
def test_the_client_is_known_by_other_names(desk: Desk, keys: Json, client: Json) -> None:
    data = {**keys, "streams": [STREAM]}
    written = desk.new(fenced(yaml.safe_dump(data, sort_keys=False), "yaml"))
    assert written.client == client
    assert not any("api_token" in line for line in written.assumed)


@pytest.mark.parametrize(
    "streams", [[STREAM], {"orders": {"path": "/orders", "primary_key": "id"}}]
)
def test_streams_with_paths_are_resources(desk: Desk, streams: Any) -> None:
    data = {**BASE, "streams": streams}
    written = desk.new(fenced(yaml.safe_dump(data), "yaml"))
    assert written.endpoint()["path"] == "/orders"


def test_resources_win_over_streams(desk: Desk) -> None:
    one = {"name": "orders", "endpoint": {"path": "/orders"}}
    data = {"client": BASE, "resources": [one], "streams": [{"name": "users", "path": "/u"}]}
    written = desk.new(fenced(yaml.safe_dump(data), "yaml"))
    assert list(written.declaration.resources) == ["orders"]


ENDPOINTS: list[tuple[Json, Json]] = [
    ({"http_method": "POST"}, {"method": "POST"}),
    ({"requester": {"http_method": "POST", "request_parameters": {"a": "b"}}}, {"method": "POST"}),
    ({"field_path": ["data", "a"]}, {"data_selector": "data.a"}),
    ({"records": ["data"]}, {"data_selector": "data"}),
    ({"records": "data.items"}, {"data_selector": "data.items"}),
    (
        {"incremental": {"cursor_field": "at", "start_parameter": "a", "end_parameter": "b"}},
        {"incremental": {"cursor_path": "at", "start_param": "a", "end_param": "b"}},
    ),
    (
        {"incremental": {"cursor_field": "at", "start_time_option": "since"}},
        {"incremental": {"cursor_path": "at", "start_param": "since"}},
    ),
    (
        {"incremental": {"cursor_field": "at", "start_time_option": OPTION}},
        {"incremental": {"cursor_path": "at", "start_param": "since"}},
    ),
    (
        {"paginator": {"strategy": "PageIncrement", "page_size": 2, "page_parameter": "p"}},
        {"paginator": {"type": "page_number", "limit": 2, "page_param": "p"}},
    ),
]


@pytest.mark.parametrize(("keys", "endpoint"), ENDPOINTS)
def test_a_stream_is_known_by_other_names(desk: Desk, keys: Json, endpoint: Json) -> None:
    written = desk.new(block({**STREAM, **keys}))
    assert endpoint.items() <= written.endpoint().items()


def test_what_is_above_the_streams_is_shared(desk: Desk) -> None:
    paginator = {
        "type": "cursor",
        "cursor_path": "next",
        "page_size": 3,
        "page_token_option": {"inject_into": "body_json", "field_name": "cursor"},
        "page_size_option": {"inject_into": "body_json", "field_name": "limit"},
    }
    selector = {"extractor": {"field_path": ["rows"]}}
    written = desk.new(block(http_method="POST", record_selector=selector, paginator=paginator))
    shared = written.attributes["resource_defaults"]["endpoint"]
    assert shared == {"method": "POST", "json": {"limit": 3}, "data_selector": "rows"}
    assert written.client["paginator"]["cursor_body_path"] == "cursor"


LINES = {"name": "lines", "path": "/orders/{no}/lines", "primary_key": "id"}
BOUND = {"no": {"type": "resolve", "resource": "orders", "field": "number"}}


@pytest.mark.parametrize(
    "keys",
    [
        {"parent": {"stream": "orders", "key": "number", "as": "no"}},
        {"parent": {"resource": "orders", "parent_key": "number", "partition_field": "no"}},
        {"parent": "orders.number -> no"},
        {"parent": "orders.number \u2192 {no}"},
        {"parent_stream": "orders", "parent_key": "number", "partition_field": "no"},
    ],
)
def test_a_parent_is_known_by_other_names(desk: Desk, keys: Json) -> None:
    assert desk.new(block(STREAM, {**LINES, **keys})).endpoint("lines")["params"] == BOUND


@pytest.mark.parametrize(
    "parent",
    ["orders", {"stream": "orders"}, {"stream": "orders", "key": "number", "as": "no", "x": 1}],
)
def test_a_parent_in_unknown_words_is_reported(desk: Desk, parent: Any) -> None:
    written = desk.new(block(STREAM, {**LINES, "parent": parent}))
    assert any("parent is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("partitions", "path", "params"),
    [
        ({"request_parameter": "area"}, "/o", {"area": {"type": "each", "values": ["a", "b"]}}),
        ({"path_variable": "area"}, "/o/{area}", {"area": {"type": "each", "values": ["a", "b"]}}),
    ],
)
def test_a_list_of_values_is_a_partition(
    desk: Desk, partitions: Json, path: str, params: Json
) -> None:
    one = {**STREAM, "path": path, "partitions": {"values": ["a", "b"], **partitions}}
    assert desk.new(block(one)).endpoint()["params"] == params


FRAGMENT = """\
"client": {"base_url": "https://shop.test", "headers": {"X-A": dlt.config["a"]}},
"resource_defaults": {"primary_key": "no", "endpoint": {"params": {"per_page": 3}}},
"resources": [{"name": "orders", "endpoint": {"path": "/orders"}}]"""


@pytest.mark.parametrize("end", ["", ",", "  # the end"])
def test_all_keys_of_a_fragment_are_taken(desk: Desk, end: str) -> None:
    written = desk.new(fenced(FRAGMENT + end))
    assert written.client["headers"] == {"X-A": "{settings.a}"}
    assert written.attributes["resource_defaults"]["primary_key"] == "no"
    assert written.attributes["resource_defaults"]["endpoint"]["params"] == {"per_page": 3}


def test_defaults_of_another_block_are_taken(desk: Desk) -> None:
    other = fenced('defaults = {"resource_defaults": {"primary_key": "no"}}')
    written = desk.new(shop(defaults='"x": 1') + other)
    assert written.declaration.resources["orders"].primary_key == ("no",)
    written = desk.new(shop() + other, "--force")
    assert written.declaration.resources["orders"].primary_key == ("id",)


def test_defaults_of_blocks_that_differ_are_not_taken(desk: Desk) -> None:
    others = [fenced(f'{{"resource_defaults": {{"primary_key": "{key}"}}}}') for key in "ab"]
    written = desk.new(orders(resource='"primary_key": "id",', defaults='"x": 1') + "".join(others))
    assert "resource_defaults" not in written.attributes
    assert any("resource_defaults is left out" in line for line in written.assumed)


NOTHING = (
    "shop.md: holds no configuration; give one rest_api_source({...}), or a dict with client and "
    "resources"
)
SEEN = [
    (
        fenced("base_url: https://shop.test\npaginator: {type: offset}", "yaml"),
        ". The block on line 6 has base_url, paginator, but no resources with paths: add "
        "resources, a list of objects that have a name and a path",
    ),
    (
        fenced('{"base_url": "https://shop.test", "streams": [{"name": "orders"}]}', "json"),
        ". The block on line 6 has base_url, streams, but no resources with paths: add "
        "resources, a list of objects that have a name and a path",
    ),
    (
        fenced("base_url: [", "yaml"),
        ". The block on line 6 is not valid yaml: correct it",
    ),
    (
        "| Stream | Path |\n|---|---|\n| orders | /orders |",
        ". It has a table of resources, which is not read: write it as resources, a list of "
        "objects that have a name and a path",
    ),
    ("| Field | Type |\n|---|---|\n| id | string |", ""),
    (fenced('{"id": 1, "path": "/a"}', "json"), ""),
]


@pytest.mark.parametrize(("text", "seen"), SEEN)
def test_a_refusal_says_what_was_seen_and_what_to_write(desk: Desk, text: str, seen: str) -> None:
    assert desk.refusal(text) == f"{NOTHING}{seen}"
