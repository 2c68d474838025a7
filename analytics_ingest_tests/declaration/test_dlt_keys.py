"""Every key of dlt's own rest_api configuration is known here, but for code and a few others."""

from typing import Any, get_args

import pytest
from dlt.sources.helpers.rest_client import auth as auth_of_dlt
from dlt.sources.helpers.rest_client import paginators as paginators_of_dlt
from dlt.sources.rest_api import typing as dlt_typing
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from analytics_ingest.auth import list_auth_types
from analytics_ingest.common.declared_types import DeclaredType
from analytics_ingest.declaration.models import api as model
from analytics_ingest.declaration.models import auth, endpoint, paginator
from analytics_ingest.paginators import list_paginator_types
from analytics_ingest_tests.declaration.declaring import (
    BASE,
    declare,
    endpoint_mistake,
    parsing_error,
    resource,
)
from analytics_ingest_tests.support.json_schema import api_schema
from analytics_ingest_tests.support.yaml_text import read_yaml

SCHEMA = api_schema()

CODE = {"last_value_func"}
DECIDED_BY_THE_PROJECT = {
    # Rows are merged on the resource's key; Dagster is the scheduler.
    *("primary_key", "allow_external_schedulers"),
}
ONE_RESOURCE_IS_ONE_TABLE = {"table_name", "parent_table_name"}


def keys(typed_dict: Any) -> set[str]:
    """The keys of one of dlt's typed dicts."""
    return set(typed_dict.__annotations__)


def known(vocabulary: type[endpoint.DeclarationModel]) -> set[str]:
    """The keys of one of our models, as they are written."""
    return {field.alias or name for name, field in vocabulary.model_fields.items()}


def names(kind: type[DeclaredType]) -> set[str]:
    """The keys of one of our types of paginator or auth."""
    return set(kind.keys.list_names())


@pytest.mark.parametrize(
    ("typed_dict", "vocabulary", "without"),
    [
        (dlt_typing.RESTAPIConfig, model.Api, set()),
        (dlt_typing.ClientConfig, model.Client, CODE),
        (
            dlt_typing.EndpointResourceBase,
            model.ResourceDefaults,
            CODE | ONE_RESOURCE_IS_ONE_TABLE,
        ),
        (dlt_typing.EndpointResource, model.Resource, CODE | {"parent_table_name"}),
        (dlt_typing.Endpoint, endpoint.Endpoint, set()),
        (
            dlt_typing.IncrementalConfig,
            endpoint.Incremental,
            CODE | DECIDED_BY_THE_PROJECT,
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_key_of_dlt_is_known(
    typed_dict: Any, vocabulary: type[endpoint.DeclarationModel], without: set[str]
) -> None:
    assert keys(typed_dict) - known(vocabulary) <= without


@pytest.mark.parametrize(
    ("typed_dict", "kind"),
    [
        (dlt_typing.OffsetPaginatorConfig, "offset"),
        (dlt_typing.PageNumberPaginatorConfig, "page_number"),
        (dlt_typing.JSONResponseCursorPaginatorConfig, "cursor"),
        (dlt_typing.HeaderCursorPaginatorConfig, "header_cursor"),
        (dlt_typing.HeaderLinkPaginatorConfig, "header_link"),
        (dlt_typing.JSONLinkPaginatorConfig, "json_link"),
        (dlt_typing.JSONLinkPaginatorConfig, "json_response"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_key_of_a_paginator_of_dlt_belongs_to_it(typed_dict: Any, kind: str) -> None:
    assert keys(typed_dict) - {"type"} <= names(list_paginator_types()[kind])
    assert names(list_paginator_types()[kind]) <= known(paginator.Paginator)


@pytest.mark.parametrize(
    ("typed_dict", "kind"),
    [
        (dlt_typing.BearerTokenAuthConfig, "bearer"),
        (dlt_typing.ApiKeyAuthConfig, "api_key"),
        (dlt_typing.HttpBasicAuthConfig, "http_basic"),
        (dlt_typing.OAuth2ClientCredentialsConfig, "oauth2_client_credentials"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_key_of_an_auth_of_dlt_belongs_to_it(typed_dict: Any, kind: str) -> None:
    # An access token is fetched, never declared; a session is code.
    assert keys(typed_dict) - {"type", "access_token", "session"} <= set(
        list_auth_types()[kind].keys.list_names()
    )
    assert names(list_auth_types()[kind]) <= known(auth.Auth)


def test_every_paginator_and_auth_type_of_dlt_is_known() -> None:
    assert set(get_args(dlt_typing.PaginatorType)) <= set(list_paginator_types())
    assert set(get_args(dlt_typing.AuthType)) <= set(list_auth_types())


NULLS = [
    *(f"client: {{base_url: x, {key}: null}}" for key in known(model.Client) - {"base_url"}),
    *(f"{key}: null" for key in known(model.Api) - {"client", "resources"}),
    *(f"resources: [{{name: a, {key}: null}}]" for key in known(model.Resource) - {"name"}),
    *(f"resources: [{{name: a, endpoint: {{{key}: null}}}}]" for key in known(endpoint.Endpoint)),
]


@pytest.mark.parametrize("written", sorted(NULLS))
def test_an_explicit_null_is_an_absent_key(written: str) -> None:
    declare(written)
    valid = Draft202012Validator(SCHEMA)
    assert list(valid.iter_errors({**BASE, **read_yaml(written)})) == []


def test_a_null_replaces_a_default_only_where_it_has_a_meaning() -> None:
    defaults = "resource_defaults: {primary_key: id, max_table_nesting: 1, owners: [a@b.test]}"
    declared = declare(f"{defaults}\nresources: [{{name: a, max_table_nesting: null}}]")
    assert declared.resources["a"].declared.max_table_nesting == 1


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("client: {base_url: x, session: dlt.session}", "client.session"),
        ("resources: [{name: a, processing_steps: [{filter: f}]}]", "resources.0.processing_steps"),
    ],
)
def test_code_is_refused_as_code(written: str, key: str) -> None:
    (problem,) = parsing_error(written).errors()
    assert ".".join(map(str, problem["loc"])) == key
    assert "code" in problem["msg"]


def test_an_empty_list_of_processing_steps_is_accepted() -> None:
    declare("resources: [{name: a, processing_steps: []}]")


def test_two_bodies_of_a_request_are_refused_by_name() -> None:
    assert endpoint_mistake("method: POST, json: {a: 1}, data: {b: 1}") == (
        "shop.b: endpoint.data: cannot be combined with json; a request has one body: remove one"
    )


def test_a_form_that_is_a_list_of_objects_is_refused_by_name() -> None:
    assert endpoint_mistake("method: POST, data: [{a: 1}]") == (
        "shop.b: endpoint.data: is a list, which is not a form; write fields and their values, or "
        "json"
    )
    declare("resources: [{name: a, endpoint: {method: POST, data: [[a, 1], [a, 2]]}}]")


def test_an_empty_selector_is_not_a_selector() -> None:
    assert resource("resources: [{name: a, endpoint: {data_selector: ''}}]").endpoint == (
        resource("resources: [{name: a, endpoint: {}}]").endpoint
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auth", auth_of_dlt.HttpBasicAuth("name", "password")),
        ("auth", auth_of_dlt.BearerTokenAuth("token")),
        ("auth", auth_of_dlt.APIKeyAuth("key", "value")),
        ("paginator", paginators_of_dlt.OffsetPaginator(2)),
        ("paginator", paginators_of_dlt.JSONLinkPaginator()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_of_dlt_is_code(key: str, value: object) -> None:
    with pytest.raises(ValidationError, match=f"client.{key}\n.*this is code in dlt"):
        model.Api.model_validate({**BASE, "client": {**BASE["client"], key: value}})
