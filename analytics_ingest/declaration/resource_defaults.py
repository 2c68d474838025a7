"""The keys of a resource over those of `resource_defaults`, merged by dlt's rules."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.changes import Changes
from analytics_ingest.declaration.models.resource import Resource, ResourceDefaults
from analytics_ingest.paginators import list_paginator_types


def merge_changes(defaults: ResourceDefaults, resource: Resource) -> Resource:
    """Return a resource whose `changes` also hold those of `resource_defaults`."""
    if resource.changes is None or defaults.changes is None:
        return resource
    shared, own = defaults.changes.dump_declared(), resource.changes.dump_declared()
    endpoint = merge_endpoints(shared.get("endpoint") or {}, own.get("endpoint") or {})
    merged = Changes.model_validate({**shared, **own, "endpoint": endpoint})
    return resource.model_copy(update={"changes": merged})


def merge_defaults(api: Api, resource: Resource) -> dict[str, Any]:
    """Return the keys of a resource over those of `resource_defaults` and of the client."""
    defaults, own = api.resource_defaults.dump_declared(), resource.dump_declared()
    defaults.pop("changes", None)  # They hold only for resources that have some.
    endpoint = merge_endpoints(
        defaults.get("endpoint") or {}, {"path": resource.name, **(own.get("endpoint") or {})}
    )
    if "paginator" not in endpoint and api.client.paginator:
        endpoint["paginator"] = api.client.paginator.dump_declared()
    keys = {**defaults, **own, "endpoint": endpoint}
    if "mask" in defaults:
        keys["mask"] = {**(defaults["mask"] or {}), **(own.get("mask") or {})}
    if "columns" in defaults and "columns" in own:
        keys["columns"] = _merge_columns(defaults["columns"], own["columns"])
    return keys


def merge_endpoints(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Merge by dlt's rule: the resource's keys win; `params` and `json` are merged key by key.

    A page size among the shared `params` gives way to that of the resource's own paginator.
    """
    merged = {**defaults, **own}
    for key in ("params", "json"):
        shared, other = defaults.get(key) or {}, own.get(key) or {}
        if isinstance(shared, dict) and isinstance(other, dict) and (shared or other):
            merged[key] = {**shared, **other}
    size, params = _find_size_param(own.get("paginator")), merged.get("params")
    if isinstance(params, dict) and size in params and size not in (own.get("params") or {}):
        merged["params"] = {k: v for k, v in params.items() if k != size}
    return merged


def _find_size_param(paginator: Any) -> str | None:
    """Find the query parameter in which a paginator sends a page size of its own."""
    if not isinstance(paginator, dict) or paginator.get("limit") is None:
        return None
    kind = list_paginator_types().get(str(paginator.get("type")))
    default = kind.params.get("limit") if kind and "limit_body_path" not in paginator else None
    return paginator.get("limit_param") or default


def _merge_columns(defaults: Any, own: Any) -> dict[str, Any]:
    """Merge hints by dlt's rule: column by column, and within a column hint by hint."""
    merged: dict[str, Any] = {}
    for columns in (defaults or {}, own or {}):
        named = columns if isinstance(columns, dict) else {c["name"]: c for c in columns}
        for name, hints in named.items():
            merged[name] = {**merged.get(name, {}), **hints}
    return merged
