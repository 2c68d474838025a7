"""Short ways to write a declaration mean exactly what their long forms mean, as in dlt."""

import pytest

from analytics_ingest_tests.declaration.declaring import declare, endpoint, resource

SHORT_AND_LONG = [
    pytest.param(
        "resources: [items]",
        "resources: [{name: items, endpoint: {path: items}}]",
        id="a resource is its name and path",
    ),
    pytest.param(
        "resources: [{name: items, endpoint: /v1/items}]",
        "resources: [{name: items, endpoint: {path: /v1/items}}]",
        id="an endpoint is its path",
    ),
    pytest.param(
        "resource_defaults: {primary_key: id, endpoint: /v1/all}",
        "resource_defaults: {primary_key: id, endpoint: {path: /v1/all}}",
        id="a default endpoint is its path",
    ),
    pytest.param(
        "resources: [{name: items, endpoint: {paginator: single_page}}]",
        "resources: [{name: items, endpoint: {paginator: {type: single_page}}}]",
        id="a paginator is its type",
    ),
    pytest.param(
        "client: {base_url: https://shop.test, paginator: header_link}",
        "client: {base_url: https://shop.test, paginator: {type: header_link}}",
        id="the client's paginator is its type",
    ),
    pytest.param(
        "client: {base_url: https://shop.test, auth: bearer}",
        "client: {base_url: https://shop.test, auth: {type: bearer}}",
        id="auth is its type",
    ),
    pytest.param(
        "resources: [{name: items, endpoint: {auth: http_basic}}]",
        "resources: [{name: items, endpoint: {auth: {type: http_basic}}}]",
        id="an endpoint's auth is its type",
    ),
    pytest.param(
        "partitions: hourly",
        "partitions: {every: hourly}",
        id="partitions are their length",
    ),
]


@pytest.mark.parametrize(("short", "long"), SHORT_AND_LONG)
def test_a_shorthand_means_its_long_form(short: str, long: str) -> None:
    assert declare(short) == declare(long)


def test_an_incremental_param_means_the_endpoints_incremental() -> None:
    short = endpoint("params: {since: {type: incremental, cursor_path: at}, sort: at}")
    long = endpoint("params: {sort: at}, incremental: {start_param: since, cursor_path: at}")
    assert short.endpoint == long.endpoint
    assert short.incremental
    assert short.incremental.start_param == "since"


def test_a_resource_without_an_endpoint_is_listed_under_its_name() -> None:
    assert resource("resources: [{name: items}]").path == "items"


def test_a_resource_with_an_endpoint_of_nothing_is_listed_under_its_name() -> None:
    assert resource("resources: [{name: items, endpoint: null}]").path == "items"


def test_an_auth_block_without_a_type_is_a_bearer_token() -> None:
    auth = declare("client: {base_url: https://shop.test, auth: {}}").declared.client.auth
    assert auth
    assert auth.type == "bearer"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param("{}", ("daily", "2026-01-01", "UTC"), id="not said"),
        pytest.param("partitions: daily", ("daily", "2026-01-01", "UTC"), id="daily"),
        pytest.param("partitions: monthly", ("monthly", "2026-01-01", "UTC"), id="monthly"),
        pytest.param(
            "partitions: {every: weekly, start: '2025-06-02', timezone: Europe/Berlin}",
            ("weekly", "2025-06-02", "Europe/Berlin"),
            id="all said",
        ),
        pytest.param(
            "partitions: {start: '2024-02-29'}", ("daily", "2024-02-29", "UTC"), id="start"
        ),
    ],
)
def test_partitions_are_daily_in_utc_from_2026_unless_declared(
    attributes: str, expected: tuple[str, str, str]
) -> None:
    partitions = declare(attributes).declared.partitions
    assert (partitions.every, str(partitions.start), partitions.timezone) == expected


@pytest.mark.parametrize(
    ("declared", "cursor", "disposition"),
    [
        pytest.param("", "updated_at", "merge", id="merged by updated_at"),
        pytest.param("endpoint: {incremental: {cursor_path: at}}", "at", "merge", id="by another"),
        pytest.param("endpoint: {incremental: {lookback: 2d}}", "updated_at", "merge", id="part"),
        pytest.param("endpoint: {incremental: null}", None, "merge", id="a snapshot with a key"),
        pytest.param(
            "endpoint: {incremental: null}, write_disposition: replace",
            None,
            "replace",
            id="a snapshot that is replaced",
        ),
        pytest.param("primary_key: null", None, "replace", id="no key: a snapshot, replaced"),
        pytest.param("primary_key: []", None, "replace", id="an empty key: a snapshot, replaced"),
    ],
)
def test_what_is_not_said_about_the_load_follows_from_key_and_cursor(
    declared: str, cursor: str | None, disposition: str
) -> None:
    resolved = resource(f"resources: [{{name: a, {declared}}}]")
    assert (resolved.incremental.cursor_path if resolved.incremental else None) == cursor
    assert resolved.write_disposition == disposition


@pytest.mark.parametrize(
    ("declared", "key"),
    [("id", ("id",)), ("[id]", ("id",)), ("[org_id, id]", ("org_id", "id"))],
    ids=["one column", "a list of one", "several columns"],
)
def test_a_primary_key_is_one_column_or_several(declared: str, key: tuple[str, ...]) -> None:
    assert resource(f"resources: [{{name: a, primary_key: {declared}}}]").primary_key == key
