"""The keys of a resource over those of `resource_defaults`, merged by dlt's rules."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.changes import Changes
from analytics_ingest.declaration.models.resource import Resource, ResourceDefaults


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
    """Merge by dlt's rule: the resource's keys win; `params` and `json` are merged key by key."""
    merged = {**defaults, **own}
    for key in ("params", "json"):
        shared, other = defaults.get(key) or {}, own.get(key) or {}
        if isinstance(shared, dict) and isinstance(other, dict) and (shared or other):
            merged[key] = {**shared, **other}
    return merged


def _merge_columns(defaults: Any, own: Any) -> dict[str, Any]:
    """Merge hints by dlt's rule: column by column, and within a column hint by hint."""
    merged: dict[str, Any] = {}
    for columns in (defaults or {}, own or {}):
        named = columns if isinstance(columns, dict) else {c["name"]: c for c in columns}
        for name, hints in named.items():
            merged[name] = {**merged.get(name, {}), **hints}
    return merged
