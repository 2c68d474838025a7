"""The JSON schema, by which `dg check yaml` and editors check a declaration."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from analytics_ingest.declaration.models.api import Api
from analytics_ingest_tests.declaration.declaring import BASE
from analytics_ingest_tests.support.json_schema import api_schema
from analytics_ingest_tests.support.projects import APIS, DEFS
from analytics_ingest_tests.support.yaml_text import read_yaml

SCHEMA = api_schema()
MODELS: dict[str, dict[str, Any]] = {"Api": SCHEMA, **SCHEMA["$defs"]}


def alternatives(node: Any) -> Iterator[dict[str, Any]]:
    """All branches of all alternatives in a schema."""
    if isinstance(node, dict):
        for word in ("anyOf", "oneOf", "allOf"):
            yield from node.get(word, [])
        for value in node.values():
            yield from alternatives(value)
    elif isinstance(node, list):
        for item in node:
            yield from alternatives(item)


def problems(text: str) -> list[str]:
    """What the JSON schema says to attributes: the path of each problem."""
    attributes = {**BASE, **read_yaml(text)}
    found = Draft202012Validator(SCHEMA).iter_errors(attributes)
    return [".".join(str(part) for part in error.absolute_path) for error in found]


def is_parsed(text: str) -> bool:
    """Whether the declaration can be loaded."""
    try:
        Api.model_validate({**BASE, **read_yaml(text)})
    except ValidationError:
        return False
    return True


def test_an_object_is_never_one_of_several_alternatives_whose_keys_have_no_line() -> None:
    branches = list(alternatives(SCHEMA))
    assert [b for b in branches if "$ref" in b or "properties" in b or b["type"] == "object"] == []


@pytest.mark.parametrize("name", MODELS)
def test_every_object_refuses_unknown_keys_and_says_what_it_is(name: str) -> None:
    assert MODELS[name]["additionalProperties"] is False
    assert MODELS[name]["description"]


@pytest.mark.parametrize("name", MODELS)
def test_every_key_says_what_it_is(name: str) -> None:
    for key, schema in MODELS[name]["properties"].items():
        target = MODELS.get(str(schema.get("$ref", "")).rpartition("/")[2], {})
        assert schema.get("description") or target.get("description"), key


@pytest.mark.parametrize("api", APIS)
def test_the_shipped_declarations_are_valid(api: str) -> None:
    attributes = read_yaml((DEFS / api / "defs.yaml").read_text())["attributes"]
    assert list(Draft202012Validator(SCHEMA).iter_errors(attributes)) == []


def test_a_default_is_written_as_a_user_would_write_it() -> None:
    assert MODELS["Freshness"]["properties"]["warn_after"]["default"] == "26h"
    assert MODELS["Partitions"]["properties"]["start"]["default"] == "2026-01-01"


LOADABLE = [
    "partitions: hourly",
    "resources: [{name: a, endpoint: /v1/a}]",
    "resources: [{name: a, endpoint: null}]",
    "resources: [{name: a, primary_key: [x, y]}]",
    "resources: [{name: a, primary_key: null}]",
    "resources: [{name: a, freshness: null}]",
    "resources: [{name: a, endpoint: {paginator: single_page, auth: bearer}}]",
    "resources: [{name: a, endpoint: {paginator: null, auth: null}}]",
    "resources: [{name: a, endpoint: {incremental: null}}]",
    "resources: [{name: a, endpoint: {incremental: {row_order: null, lookback: null}}}]",
    "resources: [{name: a, endpoint: {error_handler: null}}]",
    "resources: [{name: a, endpoint: {json: null, data: null}}]",
    "resources: [{name: a, endpoint: {paginator: {type: page_number, total_path: null}}}]",
    "resources: [{name: a, incremental_sync: {cursor_field: x, start_time_option: since}}]",
    "resources: [{name: a, partition_router: {type: list, values: [x], cursor_field: y}}]",
    "resources: [{name: a, endpoint: {partition_router: [{parent_stream: b}]}}]",
    "resources: [{name: a, endpoint: {data_selector: [a, '*']}}]",
    "resources: [{name: a, endpoint: {data_selector: []}}]",
    "resources: [{name: a, endpoint: {paginator: {type: cursor, cursor_value: response.a}}}]",
    "resources: [{name: a, endpoint: {auth: {type: oauth2, token_url: x, scope: [a, b]}}}]",
    "client: {base_url: x, auth: {type: session_token, login_url: y, password: ''}}",
    "resource_defaults: {endpoint: null}",
    "client: {base_url: x, auth: null, paginator: null}",
    "freshness: {warn_after: ' 26 h ', fail_after: 1w}",
    "schedule: {cron: '*/15 0-6 * JAN MON#1'}",
]


@pytest.mark.parametrize("written", LOADABLE)
def test_what_can_be_loaded_is_valid_as_well(written: str) -> None:
    assert is_parsed(written)
    assert problems(written) == []


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("partitions: yearly", ""),
        ("partitions: {every: yearly}", "partitions.every"),
        ("resources: {a: {}}", "resources"),
        (
            "resources: [{name: a, endpoint: {paginator: [offset]}}]",
            "resources.0.endpoint.paginator",
        ),
        (
            "resources: [{name: a, endpoint: {paginator: {limit: ten}}}]",
            "resources.0.endpoint.paginator.limit",
        ),
        (
            "resources: [{name: a, endpoint: {paginator: {limt: 10}}}]",
            "resources.0.endpoint.paginator",
        ),
        (
            "resources: [{name: a, endpoint: {error_handler: {retry_on_status_codes: [x]}}}]",
            "resources.0.endpoint.error_handler.retry_on_status_codes.0",
        ),
        (
            "resources: [{name: a, endpoint: {incremental: {row_order: down}}}]",
            "resources.0.endpoint.incremental.row_order",
        ),
        (
            "resources: [{name: a, partition_router: {valeus: [x]}}]",
            "resources.0.partition_router",
        ),
        (
            "resources: [{name: a, endpoint: {partition_router: [{values: 1}]}}]",
            "resources.0.endpoint.partition_router.0.values",
        ),
        (
            "resources: [{name: a, incremental_sync: {cursor_field: 1}}]",
            "resources.0.incremental_sync.cursor_field",
        ),
        (
            "resources: [{name: a, endpoint: {auth: {type: oauth2, scope: 1}}}]",
            "resources.0.endpoint.auth.scope",
        ),
        (
            "resources: [{name: a, endpoint: {data_selector: {a: b}}}]",
            "resources.0.endpoint.data_selector",
        ),
        (
            "resources: [{name: a, endpoint: {paginator: {inject_on_first_request: 7}}}]",
            "resources.0.endpoint.paginator.inject_on_first_request",
        ),
        ("client: {auth: bearer}", "client"),
        ("freshness: {warn_after: tomorrow}", "freshness.warn_after"),
        (
            "resources: [{name: a, endpoint: {incremental: {lookback: 2 fortnights}}}]",
            "resources.0.endpoint.incremental.lookback",
        ),
        ("resources: [{name: a, future_tolerance: 1.5h}]", "resources.0.future_tolerance"),
        ("partitions: {start: '1 Jan 2026'}", "partitions.start"),
        ("schedule: {cron: every day}", "schedule.cron"),
    ],
)
def test_a_wrong_key_or_type_is_located(written: str, place: str) -> None:
    assert not is_parsed(written)
    assert problems(written) == ([place] if place else [])
