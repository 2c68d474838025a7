"""Every key of dlt's own rest_api configuration is known here, but for code and a few others."""

from typing import Any, get_args

import pytest
from dlt.sources.rest_api import typing as dlt_typing

from analytics_ingest.auth import auth_types
from analytics_ingest.common.declared_types import DeclaredType
from analytics_ingest.declaration.models import api as model
from analytics_ingest.declaration.models import auth, endpoint, paginator
from analytics_ingest.paginators import paginator_types

CODE = {"session", "processing_steps", "convert", "last_value_func"}
GIVEN_BY_THE_WINDOW = {"initial_value", "end_value"}
DECIDED_BY_THE_PROJECT = {
    # A window is half-open; a row without a cursor is loaded with every window; rows are merged
    # on the resource's key; lookback is the dialect's lag.
    *("range_start", "range_end", "on_cursor_value_missing", "primary_key", "lag"),
    "allow_external_schedulers",
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
    return set(kind.keys.names())


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
            CODE | GIVEN_BY_THE_WINDOW | DECIDED_BY_THE_PROJECT,
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
    assert keys(typed_dict) - {"type"} <= names(paginator_types()[kind])
    assert names(paginator_types()[kind]) <= known(paginator.Paginator)


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
        auth_types()[kind].keys.names()
    )
    assert names(auth_types()[kind]) <= known(auth.Auth)


def test_every_paginator_and_auth_type_of_dlt_is_known() -> None:
    assert set(get_args(dlt_typing.PaginatorType)) <= set(paginator_types())
    assert set(get_args(dlt_typing.AuthType)) <= set(auth_types())
