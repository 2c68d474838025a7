"""Other names that documents use for keys of a declaration and for types of paginators."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.auth import list_auth_types
from analytics_ingest.paginators import list_paginator_types

OTHER_NAMES = {
    "api": {"defaults": "resource_defaults", "connection": "client"},
    "client": {
        "url": "base_url",
        "api_url": "base_url",
        "url_base": "base_url",
        "authentication": "auth",
        "authenticator": "auth",
        "request_headers": "headers",
    },
    "resource": {"primary_keys": "primary_key", "table": "table_name"},
    "endpoint": {
        "url": "path",
        "url_path": "path",
        "pagination": "paginator",
        "query": "params",
        "query_params": "params",
        "request_params": "params",
        "request_parameters": "params",
        "request_headers": "headers",
        "authenticator": "auth",
        "body": "json",
        "json_body": "json",
        "request_body": "json",
        "request_body_json": "json",
        "selector": "data_selector",
        "data_path": "data_selector",
        "record_path": "data_selector",
        "records_path": "data_selector",
        "records": "data_selector",
        "field_path": "data_selector",
        "error_handling": "error_handler",
        "retry": "error_handler",
    },
    "auth": {
        **{
            name: key
            for kind in list_auth_types().values()
            for name, key in kind.keys.aliases.items()
        },
        "token_endpoint": "access_token_url",
        "token_refresh_endpoint": "access_token_url",
        "refresh_url": "access_token_url",
        "access_token_field": "access_token_path",
        "access_token_key": "access_token_path",
        "scopes": "scope",
        "header_name": "name",
        "param_name": "name",
        "in": "location",
        "inject_into": "location",
        "send_in": "location",
        "placement": "location",
    },
    "paginator": {
        "page_size": "limit",
        "page_size_param": "limit_param",
        "start_page": "start_from_page",
        "initial_page": "start_from_page",
        "page_start": "start_from_page",
        "first_page": "start_from_page",
        "strategy": "type",
        "page_parameter": "page_param",
        "page_size_parameter": "limit_param",
    },
    "error_handler": {
        "status_codes": "retry_on_status_codes",
        "retry_status_codes": "retry_on_status_codes",
        "retries": "max_retries",
        "backoff_strategy": "backoff",
        "backoff_type": "backoff",
    },
    "incremental": {
        "cursor_field": "cursor_path",
        "cursor": "cursor_path",
        "start_parameter": "start_param",
        "end_parameter": "end_param",
    },
}
"""Where a key is → the other names of its keys, each with its own."""

PAGINATORS = {
    name: kind.name for kind in list_paginator_types().values() for name in kind.document_names
}
"""Type of paginator, in small letters → its own name."""


def rename(kind: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block under its own names; a key that is there under its own name wins."""
    names = OTHER_NAMES[kind]
    return {
        names.get(key, key): value
        for key, value in raw.items()
        if names.get(key, key) == key or names[key] not in raw
    }
