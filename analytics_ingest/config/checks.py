"""Refuses declarations that parse but cannot work, each with one sentence that says what to do."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics_ingest.config.endpoint import Auth, Incremental, Paginator
from analytics_ingest.config.errors import DeclarationError
from analytics_ingest.config.fields import Field
from analytics_ingest.config.model import Api
from analytics_ingest.config.types import AUTH_KEYS, PAGINATOR_KEYS

if TYPE_CHECKING:
    from analytics_ingest.config.declaration import ResourceDeclaration

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SECRET_REFERENCE = re.compile(r"sources(\.[A-Za-z_][A-Za-z0-9_]*)+")
_SECRETS = ("api_key", "token", "username", "password", "client_id", "client_secret")


def check_api(name: str, api: Api) -> None:
    """Check what concerns the API as a whole."""
    if not _NAME.fullmatch(name) or "__" in name:
        raise DeclarationError(
            name, None, "folder", f"'{name}' is not a name; use a-z, 0-9 and single _"
        )
    if not api.resources:
        raise DeclarationError(name, None, "resources", "is empty; declare at least one")
    check_auth(name, None, "client.auth", api.client.auth)
    check_paginator(name, None, "client.paginator", api.client.paginator)
    for key, zone in (("partitions", api.partitions), ("schedule", api.schedule)):
        try:
            ZoneInfo(zone.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise DeclarationError(
                name, None, f"{key}.timezone", f"'{zone.timezone}' is unknown; use e.g. UTC"
            ) from None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", api.partitions.start):
        raise DeclarationError(
            name,
            None,
            "partitions.start",
            f"'{api.partitions.start}' is not a date; use e.g. '2026-01-01'",
        )


def check_resource(resource: "ResourceDeclaration") -> None:
    """Check what concerns one resource, its defaults merged."""
    api, name = resource.api, resource.name
    if not _NAME.fullmatch(name) or "__" in name:
        raise DeclarationError(
            api, name, "name", f"'{name}' is not a name; use a-z, 0-9 and single _"
        )
    if resource.declared.table_name not in (None, name):
        raise DeclarationError(
            api,
            name,
            "table_name",
            f"'{resource.declared.table_name}' differs from the name; leave it out",
        )
    check_auth(api, name, "endpoint.auth", resource.endpoint.auth)
    check_paginator(api, name, "endpoint.paginator", resource.endpoint.paginator)
    _check_disposition(resource)
    _check_response_actions(resource)
    if resource.declared.include_from_parent and not resource.parent:
        raise DeclarationError(api, name, "include_from_parent", "has no parent; remove it")
    if unknown := [field for field in resource.required if field not in resource.fields]:
        raise DeclarationError(
            api, name, "required", f"'{unknown[0]}' is not among the fields; declare its type"
        )


def check_auth(api: str, resource: str | None, key: str, auth: Auth | None) -> None:
    """Check an auth block; the value of a secret is never part of the message."""
    if auth is None:
        return
    if auth.type not in AUTH_KEYS:
        raise DeclarationError(api, resource, f"{key}.type", _unknown(auth.type, AUTH_KEYS))
    _check_keys(api, resource, key, auth, AUTH_KEYS)
    for name in _SECRETS:
        value = getattr(auth, name)
        if value is not None and not _SECRET_REFERENCE.fullmatch(value):
            raise DeclarationError(
                api,
                resource,
                f"{key}.{name}",
                "holds a literal secret; leave it out and set it as sources."
                f"{api}.{'api_token' if name == 'token' else name}, in the environment or in "
                ".dlt/secrets.toml",
            )


def check_paginator(api: str, resource: str | None, key: str, paginator: Paginator | None) -> None:
    """Check that the type is known and each key belongs to it."""
    if paginator is None:
        return
    if paginator.type not in PAGINATOR_KEYS:
        raise DeclarationError(
            api, resource, f"{key}.type", _unknown(paginator.type, PAGINATOR_KEYS)
        )
    _check_keys(api, resource, key, paginator, PAGINATOR_KEYS)
    for one, other in (
        ("offset_param", "offset_body_path"),
        ("limit_param", "limit_body_path"),
        ("page_param", "page_body_path"),
        ("cursor_param", "cursor_body_path"),
        ("start_from_page", "base_page"),
    ):
        if getattr(paginator, one) is not None and getattr(paginator, other) is not None:
            raise DeclarationError(
                api, resource, f"{key}.{other}", f"stands beside {one}; remove one of them"
            )


def check_schema_file(
    api: str, resources: Iterable[str], schema: Mapping[str, Mapping[str, Any]]
) -> None:
    """Check that the schema file speaks of resources that exist, in known keys."""
    known = list(resources)
    for name, entry in schema.items():
        if name not in known:
            raise DeclarationError(
                api, name, "schema.yaml", f"is not a resource; allowed are {', '.join(known)}"
            )
        if not isinstance(entry, Mapping) or set(entry) - {"fields", "required"}:
            raise DeclarationError(
                api, name, "schema.yaml", "holds other keys than fields and required; remove them"
            )


def parse_fields(api: str, resource: str, fields: Mapping[str, str]) -> dict[str, Field]:
    """Read the declared types."""
    try:
        return {name: Field.parse(name, text) for name, text in fields.items()}
    except ValueError as error:
        raise DeclarationError(api, resource, "fields", str(error)) from None


def expand_incremental_params(api: str, resource: str, endpoint: dict[str, Any]) -> dict[str, Any]:
    """Turn dlt's `params: {since: {type: incremental, …}}` into `incremental.start_param`."""
    params = endpoint.get("params") or {}
    found = [
        name for name, v in params.items() if isinstance(v, dict) and v.get("type") == "incremental"
    ]
    if not found:
        return endpoint
    if len(found) > 1 or endpoint.get("incremental"):
        raise DeclarationError(
            api, resource, f"endpoint.params.{found[-1]}", "is a second incremental; keep one"
        )
    own = {key: value for key, value in params[found[0]].items() if key != "type"}
    unknown = set(own) - set(Incremental.model_fields)
    if unknown:
        raise DeclarationError(
            api,
            resource,
            f"endpoint.params.{found[0]}.{sorted(unknown)[0]}",
            f"is unknown; allowed are {', '.join(Incremental.model_fields)} (the window gives "
            "initial_value and end_value)",
        )
    rest = {name: value for name, value in params.items() if name != found[0]}
    return {**endpoint, "params": rest, "incremental": {"start_param": found[0], **own}}


def _check_disposition(resource: "ResourceDeclaration") -> None:
    value = resource.write_disposition
    kind = value.get("disposition") if isinstance(value, dict) else value
    if kind not in ("merge", "replace"):
        problem = f"'{kind}' would load rows twice; use merge, or replace for a snapshot"
    elif kind == "merge" and not resource.primary_key:
        problem = "merge needs a primary_key; declare it, or use replace with incremental: null"
    elif kind == "replace" and resource.incremental and resource.primary_key:
        problem = "replace would wipe the other partitions; use merge, or incremental: null"
    else:
        return
    raise DeclarationError(resource.api, resource.name, "write_disposition", problem)


def _check_response_actions(resource: "ResourceDeclaration") -> None:
    for action in resource.endpoint.response_actions:
        if set(action) - {"status_code", "content", "action"} or action.get("action") != "ignore":
            raise DeclarationError(
                resource.api,
                resource.name,
                "endpoint.response_actions",
                "only {status_code, content, action: ignore} can be declared; a declaration holds "
                "no code",
            )


def _check_keys(
    api: str,
    resource: str | None,
    key: str,
    written: Auth | Paginator,
    allowed: Mapping[str, tuple[str, ...]],
) -> None:
    kind = written.type
    for name, value in written.declared().items():
        if name != "type" and name not in allowed[kind] and value is not None:
            keys = ", ".join(allowed[kind]) or "no further key"
            raise DeclarationError(
                api, resource, f"{key}.{name}", f"does not belong to {kind}; allowed are {keys}"
            )


def _unknown(value: str, allowed: Iterable[str]) -> str:
    return f"'{value}' is unknown; allowed are {', '.join(allowed)}"
