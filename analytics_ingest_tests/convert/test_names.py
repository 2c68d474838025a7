"""Resources get names that tables can have, and everything that mentions them follows."""

import json
from typing import Any

import pytest

from analytics_ingest.convert.normalize.aliases import OTHER_NAMES, PAGINATORS
from analytics_ingest_tests.convert.writing import Desk, orders, shop


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("orders", "orders"),
        ("Users-List", "users_list"),
        ("CustomFields", "custom_fields"),
        ("pipelineRuns", "pipeline_runs"),
        ("HTTPLogs", "http_logs"),
        ("a__b", "a_b"),
        ("_orders_", "orders"),
        ("2fa", "resource_2fa"),
        ("_dlt_loads", "resource_dlt_loads"),
        ("Über uns", "uber_uns"),
        ("orders / lines", "orders_lines"),
        ("注文", "orders"),
        ("", "orders"),
    ],
)
def test_a_name_that_no_table_can_have_is_changed(desk: Desk, written: str, name: str) -> None:
    found = desk.new(shop(f'{{"name": "{written}", "endpoint": {{"path": "/v1/orders"}}}}'))
    assert [r["name"] for r in found.attributes["resources"]] == [name]
    line = f"{name}: '{written}' does not fit a table, or is taken, so it is called {name}"
    assert (line in found.assumed) == (written not in (name, ""))


def test_names_that_are_the_same_are_distinguished(desk: Desk) -> None:
    names = ("users", "Users", "users", "users_2")
    written = [f'{{"name": "{n}", "endpoint": {{"path": "/{i}"}}}}' for i, n in enumerate(names)]
    found = desk.new(shop(*written))
    assert [(r["name"], r["endpoint"]["path"]) for r in found.attributes["resources"]] == [
        ("users", "/0"),
        ("users_2", "/1"),
        ("users_3", "/2"),
        ("users_2_2", "/3"),
    ]


def test_a_new_name_is_beside_the_old_one_in_the_file(desk: Desk) -> None:
    found = desk.new(shop('{"name": "Users-List", "endpoint": {"path": "/users"}}'))
    assert "- name: users_list  # Users-List in the document\n" in found.text


def test_mentions_of_a_renamed_resource_follow(desk: Desk) -> None:
    users = '{"name": "Users-List", "endpoint": {"path": "/people"}}'
    resolve = '{"type": "resolve", "resource": "Users-List", "field": "id"}'
    router = (
        '{"type": "substream", "parent_stream": "Users-List", "parent_key": "id", '
        '"partition_field": "x"}'
    )
    found = desk.new(
        shop(
            users,
            f'{{"name": "a", "endpoint": {{"path": "/a/{{x}}", "params": {{"x": {resolve}}}}}}}',
            '{"name": "b", "endpoint": {"path": "/b/{resources.Users-List.id}"}}',
            f'{{"name": "c", "endpoint": {{"path": "/c/{{x}}"}}, "partition_router": {router}}}',
            '{"name": "d", "endpoint": {"path": "/d", "params": {"resource": "Users-List"}}}',
        )
    )
    parents = {n: r.parent and r.parent.resource for n, r in found.declaration.resources.items()}
    assert parents == {
        "users_list": None,
        "a": "users_list",
        "b": "users_list",
        "c": "users_list",
        "d": None,
    }
    assert found.endpoint("d")["params"] == {"resource": "Users-List"}


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ('"Users-List"', "Users-List"),
        ('{"name": "Users-List"}', "Users-List"),
        ('{"name": "Users-List", "endpoint": "/u"}', "/u"),
        ('{"name": "Users-List", "path": "/u"}', "/u"),
    ],
)
def test_the_path_stays_what_it_was_in_every_short_form(
    desk: Desk, resource: str, path: str
) -> None:
    assert desk.new(shop(resource)).endpoint("users_list")["path"] == path


def test_resources_may_be_an_object_by_name(desk: Desk) -> None:
    document = shop().replace('[{"name": "orders", ', '{"orders": {').replace("}}]", "}}}")
    assert desk.new(document).endpoint() == {"path": "/orders"}


MISPLACED = [
    ('"resources": [', '"error_handler": {"retry_on_status_codes": [429]}, "resources": ['),
    ('"client": {', '"client": {"error_handler": {"retry_on_status_codes": [429]}, '),
    (
        '"primary_key": "id"',
        '"primary_key": "id", "error_handler": {"retry_on_status_codes": [429]}',
    ),
    ('{"name": "orders"', '{"name": "orders", "error_handler": {"retry_on_status_codes": [429]}'),
    ('"path": "/orders"', '"path": "/orders", "error_handling": {"status_codes": [429]}'),
    ('"path": "/orders"', '"path": "/orders", "error_handler": {"retry_on_status_codes": 429}'),
    ('"path": "/orders"', '"path": "/orders", "error_handler": {"retry_on_status_codes": ["429"]}'),
]


@pytest.mark.parametrize(("old", "new"), MISPLACED)
def test_a_key_that_is_elsewhere_or_has_another_name_is_moved_to_its_place(
    desk: Desk, old: str, new: str
) -> None:
    found = desk.new(shop().replace(old, new))
    handler = found.declaration.resources["orders"].endpoint.error_handler
    assert handler is not None
    assert handler.retry_on_status_codes == [429]


@pytest.mark.parametrize(
    ("endpoint", "resource", "message"),
    [
        ('"colour": "red"', "", "orders: endpoint.colour is left out: not a key of a declaration"),
        (
            '"paginator": {"type": "offset", "x": 1}',
            "",
            "orders: endpoint.paginator.x is left out: not a key of a declaration",
        ),
        (
            '"paginator": {"type": "offset", "cursor_path": "x"}',
            "",
            "orders: endpoint.paginator.cursor_path is left out: does not belong to offset; ",
        ),
        (
            '"paginator": {"type": "magic"}',
            "",
            "orders: endpoint.paginator.type is left out: 'magic' is unknown",
        ),
        (
            '"paginator": {"type": "offset", "limit": "many"}',
            "",
            "orders: endpoint.paginator.limit is left out: input should be a valid integer",
        ),
        ('"method": "DELETE"', "", "orders: endpoint.method is left out: input should be"),
        (
            "",
            '"processing_steps": [{"filter": lambda r: any(r)}],',
            "orders: processing_steps.filter is left out: lambda expression on line 7 is code, "
            "which is not run",
        ),
        (
            "",
            '"table_name": "T-Orders",',
            "orders: table_name is left out: 'T-Orders' is not a name; use a-z, 0-9 and single _",
        ),
        (
            "",
            '"include_from_parent": ["id"],',
            "orders: include_from_parent is left out: has no parent",
        ),
    ],
)
def test_a_key_that_a_declaration_does_not_have_is_omitted_and_reported(
    desk: Desk, endpoint: str, resource: str, message: str
) -> None:
    found = desk.new(orders(endpoint, resource))
    assert any(line.startswith(message) for line in found.assumed), found.assumed
    assert found.declaration.resources["orders"].path == "/orders"


def test_unknown_keys_everywhere_are_omitted(desk: Desk) -> None:
    found = desk.new(
        shop(client='"client": {"base_url": "https://shop.test", "magic": 1}, "version": 2')
    )
    assert found.attributes["client"] == {"base_url": "https://shop.test"}
    assert [line for line in found.assumed if "left out" in line] == [
        "client.magic is left out: not a key of a declaration",
        "version is left out: not a key of a declaration",
    ]


VALUES: dict[str, Any] = {
    **dict.fromkeys(("data_selector", "table_name", "cursor_path", "limit_param"), "orders"),
    **dict.fromkeys(("limit", "max_retries"), 7),
    **{key: {"a": "b"} for key in ("params", "headers", "json")},
    "base_url": "https://a.test",
    "path": "/v1/orders",
    "primary_key": "number",
    "auth": "bearer",
    "paginator": {"type": "offset", "limit": 7},
    "start_from_page": 0,
    "error_handler": {"retry_on_status_codes": [429]},
    "retry_on_status_codes": [429],
    "backoff": "constant",
    "resource_defaults": {"primary_key": "number"},
    "access_token_url": "https://shop.test/token",
    "access_token_path": "token",
    "scope": "read",
    "name": "X-Key",
    "location": "query",
    "type": "page_number",
    "client": {"base_url": "https://a.test"},
    **dict.fromkeys(("page_param", "start_param", "end_param"), "sent"),
}
OTHER = [
    (kind, name, own)
    for kind, names in OTHER_NAMES.items()
    for name, own in names.items()
    if name != own
]


def configured(kind: str, own: str, key: str | None) -> str:
    """A configuration that has a key of some block under another name, or not at all."""
    endpoint: dict[str, Any] = {
        "path": "/orders",
        "paginator": {"type": "page_number"},
        "error_handler": {"retry_on_status_codes": [503]},
        "incremental": {},
    }
    resource: dict[str, Any] = {"name": "orders", "primary_key": "id", "endpoint": endpoint}
    is_of_key = own in ("name", "location")
    auth = {"type": "api_key" if is_of_key else "oauth2_client_credentials"}
    client: dict[str, Any] = {"base_url": "https://shop.test", "auth": auth}
    api = {"client": client, "resources": [resource]}
    places = {
        "api": api,
        "client": client,
        "resource": resource,
        "endpoint": endpoint,
        "auth": auth,
    }
    block: dict[str, Any] = {**places, **endpoint}[kind]
    block.pop(own, None)
    if key:
        block[key] = VALUES[own]
    return json.dumps(api)


@pytest.mark.parametrize(("kind", "name", "own"), OTHER)
def test_a_key_of_another_name_means_the_same(desk: Desk, kind: str, name: str, own: str) -> None:
    without, clean, other = (
        desk.new(configured(kind, own, key), "--force", file="shop.json").attributes
        for key in (None, own, name)
    )
    assert other == clean != without


@pytest.mark.parametrize(("name", "own"), PAGINATORS.items())
def test_a_paginator_of_another_name_is_the_same(desk: Desk, name: str, own: str) -> None:
    found = desk.new(orders(f'"paginator": {{"type": "{name}"}}')).endpoint()
    assert found["paginator"]["type"] == own
