"""Refuses declarations that parse but cannot work, each with one sentence that says what to do."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics_ingest.declaration.block_validation import check_auth, check_paginator
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.placeholders import SETTING, more_than_a_name, setting_names

if TYPE_CHECKING:
    from analytics_ingest.declaration.resolve import ResourceDeclaration

_NAME = re.compile(r"[a-z]([a-z0-9_]*[a-z0-9])?")
_CRON = re.compile(r"[\d*/,A-Z#L-]+( +[\d*/,A-Z#L-]+){4}", re.IGNORECASE)


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
    if {"{", "}"} & set(SETTING.sub("", api.client.base_url)):
        raise DeclarationError(
            name, None, "client.base_url", "holds a brace; write {settings.<name>} for a setting"
        )
    if expression := more_than_a_name(api.client.headers):
        raise DeclarationError(
            name,
            None,
            "client.headers",
            f"{expression} says more than a name; write {{settings.<name>}}",
        )
    _check_headers(name, None, "client.headers", api.client.headers)
    if not _CRON.fullmatch(api.schedule.cron):
        raise DeclarationError(
            name,
            None,
            "schedule.cron",
            f"'{api.schedule.cron}' is not five cron fields; use e.g. '15 0 * * *'",
        )
    if not _is_date(api.partitions.start):
        raise DeclarationError(
            name,
            None,
            "partitions.start",
            f"'{api.partitions.start}' is not a date; use e.g. '2026-01-01'",
        )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
    _check_headers(api, name, "endpoint.headers", resource.endpoint.headers)
    _check_formats(resource)
    if resource.declared.include_from_parent and not resource.parent:
        raise DeclarationError(api, name, "include_from_parent", "has no parent; remove it")
    if unknown := [field for field in resource.required if field not in resource.fields]:
        raise DeclarationError(
            api, name, "required", f"'{unknown[0]}' is not among the fields; declare its type"
        )


def _check_disposition(resource: "ResourceDeclaration") -> None:
    value = resource.write_disposition
    kind = value.get("disposition") if isinstance(value, dict) else value
    strategy = value.get("strategy") if isinstance(value, dict) else None
    if kind == "append":
        problem = f"'{kind}' would load rows twice; use merge, or replace for a snapshot"
    elif kind not in ("merge", "replace"):
        problem = f"'{kind}' is unknown; use merge, or replace for a snapshot"
    elif strategy not in (None, "delete-insert", "upsert"):
        problem = f"'{strategy}' does not fit windows; allowed are delete-insert, upsert"
    elif resource.incremental and not resource.primary_key and kind == "replace":
        problem = "a window can only be merged; declare a primary_key, or incremental: null"
    elif kind == "merge" and not resource.primary_key:
        problem = "merge needs a primary_key; declare it, or use replace with incremental: null"
    elif kind == "replace" and resource.incremental:
        problem = "replace would wipe the other partitions; use merge, or incremental: null"
    else:
        return
    raise DeclarationError(resource.api, resource.name, "write_disposition", problem)


def _check_headers(api: str, resource: str | None, key: str, headers: Mapping[str, Any]) -> None:
    for name, value in headers.items():
        if name.lower() == "authorization" and not setting_names(value):
            raise DeclarationError(
                api, resource, f"{key}.{name}", "holds a literal secret; declare auth instead"
            )


def _check_formats(resource: "ResourceDeclaration") -> None:
    for key in ("cursor_format", "param_format"):
        value = getattr(resource.incremental, key, "%")
        if value not in ("iso8601", "epoch_s", "epoch_ms") and "%" not in value:
            raise DeclarationError(
                resource.api,
                resource.name,
                f"endpoint.incremental.{key}",
                f"'{value}' is unknown; allowed are iso8601, epoch_s, epoch_ms, or a pattern "
                "such as %d.%m.%Y",
            )


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
