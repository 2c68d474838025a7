"""Translates Airbyte's `partition_router` into params: a parent, or a list of values."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.declaration.airbyte.placeholders import translate_placeholders
from analytics_ingest.declaration.airbyte.target import Target

_OPTION = "partition_router.request_option"
_LIST = ("list", "listpartitionrouter")
_SUBSTREAM = ("substream", "substreampartitionrouter", "parentstreamconfig")
_TEXTS = {"params", "headers", "json", "data"}
_OF_PARENTS = (
    *("parent_stream", "stream", "parent_key", "partition_field", "parent_stream_configs"),
    "incremental_dependency",
)


def translate_router(raw: Any, target: Target) -> None:
    """Add the params that one router, or a list of them, means."""
    for router in raw if isinstance(raw, list) else [raw]:
        if not isinstance(router, Mapping):
            problem = "is not an object; declare type: list or substream"
            raise target.place.build_error("partition_router", problem)
        _check_type(router, target)
        if router.get("values") is not None:
            _add_values(router, target)
            continue
        for parent in router.get("parent_stream_configs") or [router]:
            _add_parent(parent, target)


def asks_changed(raw: Any) -> bool:
    """Return whether a router, or one of a list, asks only for children of parents that changed."""
    routers = [r for r in (raw if isinstance(raw, list) else [raw]) if isinstance(r, Mapping)]
    parents = [p for r in routers for p in r.get("parent_stream_configs") or [r]]
    return any(p.get("incremental_dependency") for p in parents if isinstance(p, Mapping))


def _check_type(router: Mapping[str, Any], target: Target) -> None:
    has_values, kind = router.get("values") is not None, router.get("type")
    expected = _LIST if has_values else _SUBSTREAM
    if kind is not None and str(kind).lower() not in expected:
        problem = f"'{kind}' is not the type of these keys; write {expected[0]}, or remove it"
        raise target.place.build_error("partition_router.type", problem)
    if has_values and (other := next((key for key in _OF_PARENTS if router.get(key)), None)):
        problem = "cannot be combined with values; write a list of two routers"
        raise target.place.build_error(f"partition_router.{other}", problem)


def _add_values(router: Mapping[str, Any], target: Target) -> None:
    name = router.get("cursor_field")
    if option := router.get("request_option"):
        field, block = target.read_option(_OPTION, option)
        if block == "params" and not _is_named(name, target.endpoint):
            name = field
        else:
            name = name or field
            target.inject(block, field, f"{{{name}}}")
    if not isinstance(name, str):
        raise target.place.build_error(
            "partition_router.cursor_field", "is required; name the placeholder"
        )
    values = translate_placeholders(router["values"])
    target.inject("params", name, {"type": "each", "values": values})


def _is_named(name: Any, endpoint: Mapping[str, Any]) -> bool:
    """Return whether a placeholder or an expression of the request reads a partition's field."""
    parts = {key: endpoint.get(key) for key in ("path", *_TEXTS)}
    return name in find_references(parts).partition or f"{{{name}}}" in str(parts)


def _add_parent(router: Mapping[str, Any], target: Target) -> None:
    parent = router.get("parent_stream") or router.get("stream")
    if not isinstance(parent, str):
        problem = "names neither values nor a parent_stream; declare one of them"
        raise target.place.build_error("partition_router", problem)
    parent = parent.rpartition("/")[2]
    field = router.get("parent_key") or "id"
    name = router.get("partition_field") or ""
    placeholder, expression = f"{{{name}}}", f"{{resources.{parent}.{field}}}"
    if not router.get("request_option") and not _is_named(name, target.endpoint):
        problem = f"'{name}' is not in the request; write {placeholder} where it belongs"
        raise target.place.build_error("partition_router.partition_field", problem)
    for block in _TEXTS & target.endpoint.keys():
        target.endpoint[block] = map_strings(
            target.endpoint[block], lambda text: text.replace(placeholder, expression)
        )
    if _is_named(name, target.endpoint):
        binding = {"type": "resolve", "resource": parent, "field": field}
        target.inject("params", name, binding)
    if option := router.get("request_option"):
        field_name, block = target.read_option(_OPTION, option)
        target.inject(block, field_name, expression)
