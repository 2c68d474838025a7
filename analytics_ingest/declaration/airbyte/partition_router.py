"""Translates Airbyte's `partition_router` into params: a parent, or a list of values."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.declaration.airbyte.placeholders import translate_placeholders
from analytics_ingest.declaration.airbyte.target import Target

_OPTION = "partition_router.request_option"


def translate_router(raw: Any, target: Target) -> None:
    """Add the params that one router, or a list of them, means."""
    for router in raw if isinstance(raw, list) else [raw]:
        if not isinstance(router, Mapping):
            problem = "is not an object; declare type: list or substream"
            raise target.place.error("partition_router", problem)
        if router.get("values") is not None:
            _add_values(router, target)
            continue
        for parent in router.get("parent_stream_configs") or [router]:
            _add_parent(parent, target)


def _add_values(router: Mapping[str, Any], target: Target) -> None:
    name = router.get("cursor_field")
    if option := router.get("request_option"):
        field, block = target.read_option(_OPTION, option)
        if block == "params" and f"{{{name}}}" not in str(target.endpoint):
            name = field
        else:
            name = name or field
            target.inject(block, field, f"{{{name}}}")
    if not isinstance(name, str):
        raise target.place.error(
            "partition_router.cursor_field", "is required; name the placeholder"
        )
    values = translate_placeholders(router["values"])
    target.inject("params", name, {"type": "each", "values": values})


def _add_parent(router: Mapping[str, Any], target: Target) -> None:
    parent = router.get("parent_stream") or router.get("stream")
    if not isinstance(parent, str):
        problem = "names neither values nor a parent_stream; declare one of them"
        raise target.place.error("partition_router", problem)
    parent = parent.rpartition("/")[2]
    field = router.get("parent_key") or "id"
    name = router.get("partition_field") or ""
    placeholder, expression = f"{{{name}}}", f"{{resources.{parent}.{field}}}"
    for block in {"params", "headers", "json", "data"} & target.endpoint.keys():
        target.endpoint[block] = map_strings(
            target.endpoint[block], lambda text: text.replace(placeholder, expression)
        )
    if placeholder in str(target.endpoint.get("path")):
        binding = {"type": "resolve", "resource": parent, "field": field}
        target.inject("params", name, binding)
    if option := router.get("request_option"):
        field_name, block = target.read_option(_OPTION, option)
        target.inject(block, field_name, expression)
