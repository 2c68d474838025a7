"""The documents' `partition_router` → params: a parent, or a listing for each of some values."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.declaration.airbyte.incremental_sync import inject, option_of
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.placeholders import rewritten


def translated_router(
    api: str, resource: str | None, written: Any, endpoint: dict[str, Any]
) -> None:
    """Add to an endpoint the params that one router, or a list of them, means."""
    for router in written if isinstance(written, list) else [written]:
        if not isinstance(router, Mapping):
            raise DeclarationError(
                api, resource, "partition_router", "is no object; declare type: list or substream"
            )
        if router.get("values") is not None:
            _add_values(api, resource, router, endpoint)
            continue
        for parent in router.get("parent_stream_configs") or [router]:
            _add_parent(api, resource, parent, endpoint)


def _add_values(
    api: str, resource: str | None, router: Mapping[str, Any], endpoint: dict[str, Any]
) -> None:
    name = router.get("cursor_field")
    option = router.get("request_option")
    if option:
        field, place = option_of(api, resource, "partition_router.request_option", option)
        if place == "request_parameter" and f"{{{name}}}" not in str(endpoint):
            name = field
        else:
            name = name or field
            inject(api, resource, endpoint, place, {field: f"{{{name}}}"})
    if not isinstance(name, str):
        raise DeclarationError(
            api, resource, "partition_router.cursor_field", "is required; name the placeholder"
        )
    binding = {"type": "each", "values": rewritten(router["values"])}
    inject(api, resource, endpoint, "request_parameter", {name: binding})


def _add_parent(
    api: str, resource: str | None, router: Mapping[str, Any], endpoint: dict[str, Any]
) -> None:
    parent = router.get("parent_stream") or router.get("stream")
    if not isinstance(parent, str):
        raise DeclarationError(
            api,
            resource,
            "partition_router",
            "names neither values nor a parent_stream; declare one of them",
        )
    parent = parent.rpartition("/")[2]
    field = router.get("parent_key") or "id"
    name = router.get("partition_field") or ""
    expression = f"{{resources.{parent}.{field}}}"
    for key in ("params", "headers", "json", "data"):
        if key in endpoint:
            endpoint[key] = _replaced(endpoint[key], f"{{{name}}}", expression)
    if f"{{{name}}}" in str(endpoint.get("path")):
        binding = {"type": "resolve", "resource": parent, "field": field}
        inject(api, resource, endpoint, "request_parameter", {name: binding})
    if option := router.get("request_option"):
        named, place = option_of(api, resource, "partition_router.request_option", option)
        inject(api, resource, endpoint, place, {named: expression})


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, Mapping):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    return value
