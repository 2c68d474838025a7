"""Writes what documents call the parent or the partitions of a resource as Airbyte's router.

    parent: {stream: orders, key: id, as: order_id}   parent: orders.id -> order_id
    partitions: {values: [a, b], request_parameter: region}

A block that is none of these stays; a later pass reports it.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json

_PARENT = {
    "parent_stream": ("parent_stream", "stream", "resource", "parent", "parent_resource", "name"),
    "parent_key": ("parent_key", "key", "field", "parent_field"),
    "partition_field": ("partition_field", "as", "placeholder", "path_variable", "param"),
}
_VALUES = {
    "values": ("values",),
    "request_parameter": ("request_parameter", "param"),
    "path_variable": ("path_variable", "placeholder", "cursor_field"),
}
_TEXT = re.compile(r"(\w+)\.(\w+)\s*(?:->|\u2192|as)\s*\{?(\w+)\}?")


def take_router(resource: Json) -> None:
    """Write the parent or the partitions of a resource as its router, unless it has one."""
    for holder in (resource, resource.get("endpoint")):
        if isinstance(holder, dict) and isinstance(holder.get("partition_router"), Mapping):
            holder["partition_router"] = _rename_router(holder["partition_router"])
            return
    if "partition_router" in resource:
        return
    if set(_PARENT) <= resource.keys():
        resource["partition_router"] = {key: resource.pop(key) for key in _PARENT}
    elif router := _read_parent(resource.get("parent")):
        del resource["parent"]
        resource["partition_router"] = router
    elif router := _read_values(resource.get("partitions")):
        del resource["partitions"]
        resource["partition_router"] = router


def _rename_router(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a router of one parent under Airbyte's keys; another one as it is."""
    router = _read_parent({key: value for key, value in raw.items() if key != "type"})
    return router or raw


def _read_parent(raw: Any) -> Json | None:
    if isinstance(raw, str) and (match := _TEXT.fullmatch(raw.strip())):
        return dict(zip(_PARENT, match.groups(), strict=True))
    router = _rename(raw, _PARENT) or {}
    is_whole = router.keys() == _PARENT.keys()
    return router if is_whole and all(isinstance(v, str) for v in router.values()) else None


def _read_values(raw: Any) -> Json | None:
    block = _rename(raw, _VALUES) or {}
    if len(block) != 2 or not isinstance(block.get("values"), list):
        return None
    values = {"type": "list", "values": block["values"]}
    if name := block.get("path_variable"):
        return {**values, "cursor_field": name}
    name = block["request_parameter"]
    option = {"inject_into": "request_parameter", "field_name": name}
    return {**values, "cursor_field": name, "request_option": option}


def _rename(raw: Any, names: Mapping[str, tuple[str, ...]]) -> Json | None:
    """Return a block under other names; None where one of its keys is unknown or there twice."""
    if not isinstance(raw, Mapping):
        return None
    renamed: Json = {}
    for key, value in raw.items():
        own = next((own for own, others in names.items() if key in others), None)
        if own is None or own in renamed:
            return None
        renamed[own] = value
    return renamed
