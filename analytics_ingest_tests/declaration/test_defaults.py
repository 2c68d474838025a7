"""`resource_defaults` and the client's paginator, merged into a resource as dlt merges them."""

from typing import Any

import pytest
import yaml
from dlt.sources.rest_api.config_setup import expand_and_index_resources

from analytics_ingest_tests.declaration.declaring import BASE, declare, resource
from analytics_ingest_tests.support.yaml_text import read_yaml

DEFAULTS_AND_OWN = [
    pytest.param("params: {a: 1}", "params: {b: 2}", id="params are merged"),
    pytest.param("params: {a: 1, b: 1}", "params: {b: 2}", id="own params win, one by one"),
    pytest.param("params: {a: [1, 2]}", "params: {a: [3]}", id="a list in params is replaced"),
    pytest.param("params: {a: 1}", "params: {}", id="no params of its own"),
    pytest.param("json: {a: 1, b: 1}", "json: {b: 2}", id="json is merged"),
    pytest.param("json: {f: {a: 1}}", "json: {f: {b: 2}}", id="json is merged one level deep"),
    pytest.param("headers: {a: x}", "headers: {b: y}", id="headers are replaced"),
    pytest.param("data: {a: x}", "data: {b: y}", id="form fields are replaced"),
    pytest.param("method: POST", "path: /x", id="what is not written is inherited"),
    pytest.param("data_selector: data", "data_selector: rows", id="a selector is replaced"),
    pytest.param(
        "paginator: {type: offset, limit: 5}",
        "paginator: {type: offset, offset_param: skip}",
        id="a paginator is replaced",
    ),
    pytest.param("paginator: single_page", "path: /x", id="a paginator is inherited"),
    pytest.param(
        "response_actions: [{status_code: 404, action: ignore}]",
        "response_actions: [{status_code: 410, action: ignore}]",
        id="response actions are replaced",
    ),
    pytest.param("path: /all", "params: {a: 1}", id="a default path gives way to the name"),
]


def with_defaults(defaults: str, own: str) -> str:
    """Attributes with a default endpoint, and a resource `a` with its own."""
    return (
        f"resource_defaults: {{primary_key: id, endpoint: {{{defaults}}}}}\n"
        f"resources: [{{name: a, endpoint: {{{own}}}}}]"
    )


def as_dlt_merges(attributes: str) -> dict[str, Any]:
    """The endpoint of the last resource, as dlt's own rest_api completes it."""
    written = {**BASE, **read_yaml(attributes)}
    indexed = expand_and_index_resources(written["resources"], written["resource_defaults"])
    *_, last = indexed.values()
    return last["endpoint"]  # type: ignore[index,return-value]


@pytest.mark.parametrize(("defaults", "own"), DEFAULTS_AND_OWN)
def test_an_endpoint_is_merged_with_the_defaults_as_dlt_does(defaults: str, own: str) -> None:
    attributes = with_defaults(defaults, own)
    expected = as_dlt_merges(attributes)
    merged = resource(attributes)
    written = merged.endpoint.model_dump(by_alias=True, exclude_unset=True)
    paginator = expected.get("paginator")
    if isinstance(paginator, str):
        expected["paginator"] = {"type": paginator}
    assert {"path": merged.path, **written} == expected


@pytest.mark.parametrize(
    ("defaults", "own", "sent"),
    [
        ("params: {limit: 20}", "paginator: {type: offset, limit: 10}", {}),
        ("params: {top: 20}", "paginator: {type: offset, limit: 10, limit_param: top}", {}),
        (
            "params: {n: 20, a: 1}",
            "paginator: {type: page_number, limit: 10, limit_param: n}",
            {"a": 1},
        ),
        ("params: {n: 20}", "paginator: {type: cursor, limit: 10, limit_param: n}", {}),
        ("params: {limit: 20}", "paginator: {type: page_number, limit: 10}", {"limit": 20}),
        ("params: {limit: 20}", "paginator: offset", {"limit": 20}),
        ("params: {limit: 20}", "paginator: {type: offset, limit: null}", {"limit": 20}),
        (
            "params: {limit: 20}",
            "paginator: {type: offset, limit: 10, limit_param: top}",
            {"limit": 20},
        ),
        (
            "params: {limit: 20}",
            "paginator: {type: offset, limit: 10, limit_body_path: n}",
            {"limit": 20},
        ),
        (
            "params: {limit: 20}",
            "params: {limit: 30}, paginator: {type: offset, limit: 10}",
            {"limit": 30},
        ),
        ("paginator: {type: offset, limit: 10}, params: {limit: 20}", "path: /x", {"limit": 20}),
    ],
)
def test_a_page_size_of_the_resources_own_paginator_wins_over_shared_params(
    defaults: str, own: str, sent: dict[str, Any]
) -> None:
    merged = resource(with_defaults(defaults, own))
    assert (merged.endpoint.params or {}) == sent


@pytest.mark.parametrize(
    ("key", "default", "own"),
    [
        ("primary_key", "id", "uuid"),
        ("write_disposition", "merge", {"disposition": "merge", "strategy": "upsert"}),
        ("tags", {"team": "data"}, {"tier": "1"}),
        ("owners", ["team:data"], ["me@example.com"]),
        ("max_table_nesting", 1, 2),
        ("schema_contract", "evolve", "freeze"),
        ("freshness", {"warn_after": "1d", "fail_after": "2d"}, {"fail_after": "9d"}),
    ],
)
def test_every_other_key_of_a_resource_replaces_the_default(
    key: str, default: object, own: object
) -> None:
    attributes = {
        "resource_defaults": {"primary_key": "id", key: default},
        "resources": ["inheriting", {"name": "own", key: own}],
    }
    resources = declare(yaml.safe_dump(attributes)).resources
    assert resources["inheriting"].declared.dump_declared()[key] == default
    assert resources["own"].declared.dump_declared()[key] == own


def test_column_hints_are_merged_with_the_defaults_as_dlt_does() -> None:
    merged = resource(
        "resource_defaults: {primary_key: id, columns: {id: {data_type: text}}}\n"
        "resources: [{name: a, columns: {n: {data_type: bigint}}}]"
    )
    assert set(merged.declared.columns) == {"id", "n"}


@pytest.mark.parametrize(
    ("own", "paginator"),
    [
        pytest.param("{}", "header_link", id="the client's, where it has none"),
        pytest.param("{paginator: offset}", "offset", id="its own"),
        pytest.param("{paginator: auto}", "auto", id="dlt's detection, by name"),
        pytest.param("{paginator: null}", None, id="dlt's detection, by null"),
    ],
)
def test_a_resource_takes_the_clients_paginator_unless_it_has_its_own(
    own: str, paginator: str | None
) -> None:
    declared = resource(
        "client: {base_url: https://shop.test, paginator: header_link}\n"
        f"resources: [{{name: a, endpoint: {own}}}]"
    ).endpoint.paginator
    assert (declared.type if declared else None) == paginator


def test_an_error_handler_of_the_defaults_is_switched_off_by_null() -> None:
    attributes = with_defaults("error_handler: {max_retries: 9}", "error_handler: null")
    assert resource(attributes).endpoint.error_handler is None


def test_what_is_written_is_left_as_it_is() -> None:
    declared = declare(with_defaults("params: {a: 1}", "params: {b: 2}")).declared
    assert declared.resources[0].dump_declared() == {"name": "a", "endpoint": {"params": {"b": 2}}}
