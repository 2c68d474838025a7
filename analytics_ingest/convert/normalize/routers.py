"""Writes what documents call the parent or the partitions of a resource as Airbyte's router.

    parent: {stream: orders, key: id, as: order_id}   parent: orders.id -> order_id
    partitions: {values: [a, b], request_parameter: region}
    partitions: [{param: region, values: [a, b]}, {param: kind, values: [c]}]

A block that is none of these stays; a later pass reports it.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json, build_parent_param
from analytics_ingest.convert.normalize.request_places import (
    AIRBYTE_PLACES,
    PLACE_KEYS,
    find_block,
    find_place_key,
    name_partition_in_requests,
)
from analytics_ingest.convert.normalize.secrets import holds_secret
from analytics_ingest.convert.python.values import Reference, to_setting_name

_PARENT = {
    "parent_stream": ("parent_stream", "stream", "resource", "parent", "parent_resource", "name"),
    "parent_key": ("parent_key", "key", "field", "parent_field"),
    "partition_field": ("partition_field", "as", "placeholder", "path_variable", "param"),
}
_VALUES = {
    "values": ("values",),
    "request_parameter": ("request_parameter", "request_param", "param", "query_param"),
    "path_variable": ("path_variable", "placeholder", "cursor_field"),
}
_PARENTS = ("parent", "depends_on", "parent_resource")
_PARTITIONS = ("partitions", "partition", "partition_by", "for_each", "iterate_over")
_NAMES = ("field", "name", "key", "variable", "parameter", "as")
"""What a list of values fills: a placeholder of the path if there is one, else a parameter."""
_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_REQUEST_NAMES = ("request_parameter", "request_param", "param", "query_param")
_VALUE_NAMES = ("cursor_field", "partition_field", *_REQUEST_NAMES, "name")
_TEXT = re.compile(r"(\w+)\.(\w+)\s*(?:->|\u2192|as)\s*\{?(\w+)\}?")


def take_router(resource: Json, endpoint: Json) -> None:
    """Write the parent or the partitions of a resource as its router, unless it has one."""
    if any(key in holder for holder in (resource, endpoint) for key in _PARTITIONS):
        name_partition_in_requests(endpoint)
    _lift_partitions(resource, endpoint)
    _complete_parent(resource, endpoint)
    _take_several(resource, endpoint)
    _take_lists(endpoint)
    _take_path_params(endpoint)
    for holder in (resource, endpoint):
        router = holder.get("partition_router")
        if isinstance(router, Mapping | list):
            items = router if isinstance(router, list) else [router]
            renamed = [_rename_router(r) if isinstance(r, Mapping) else r for r in items]
            holder["partition_router"] = renamed if isinstance(router, list) else renamed[0]
            return
    if "partition_router" in resource:
        return
    if set(_PARENT) <= resource.keys():
        resource["partition_router"] = {key: resource.pop(key) for key in _PARENT}
    elif router := _read_parent(resource.get("parent")):
        del resource["parent"]
        resource["partition_router"] = router
    elif router := _read_values(resource.get("partitions"), str(endpoint.get("path"))):
        del resource["partitions"]
        resource["partition_router"] = router


def _lift_partitions(resource: Json, endpoint: Json) -> None:
    """Put the parent or the partitions under one key of the resource, wherever they are."""
    for key in [key for key in (*_PARENTS, "parents", *_PARTITIONS) if key in endpoint]:
        if key not in resource:
            resource[key] = endpoint.pop(key)
    for key in _PARTITIONS:
        block = resource.get(key)
        if not isinstance(block, Mapping) or not block:
            continue
        if "values" in block:
            if "partitions" not in resource:
                resource["partitions"] = resource.pop(key)
        elif all(_is_list(block[name]) and not holds_secret(name, block[name]) for name in block):
            # {kind: [a, b]}: a placeholder or parameter → its values
            params = endpoint.setdefault("params", {})
            if isinstance(params, dict):
                params |= {k: {"type": "each", "values": v} for k, v in block.items()}
                del resource[key]
    for key in [key for key in _PARENTS[1:] if key in resource]:
        resource.setdefault("parent", resource.pop(key))


def _complete_parent(resource: Json, endpoint: Json) -> None:
    """Name the placeholder that a parent fills: the only one of the path."""
    parent, names = resource.get("parent"), _PLACEHOLDER.findall(str(endpoint.get("path")))
    own = {key for name in ("parent_stream", "parent_key") for key in _PARENT[name]}
    if not isinstance(parent, dict) or len(parent) != 2 or not parent.keys() <= own:
        return
    if len(names) == 1:
        resource["parent"] = {**parent, "partition_field": names[0]}


def _take_several(resource: Json, endpoint: Json) -> None:
    """Write several parents or lists of values as parameters that they fill."""
    for key in ("parents", "parent", *_PARTITIONS):
        read = [_read_param(item, endpoint) for item in _list_blocks(resource.get(key))]
        filled = dict(pair for pair in read if pair is not None)
        is_whole = bool(read) and len(filled) == len(read)
        if is_whole and isinstance(params := endpoint.setdefault("params", {}), dict):
            del resource[key]
            # A list replaces a parameter of its name; the field of a parent does not.
            given = {name for name in params if filled.get(name, {}).get("type") != "each"}
            endpoint["params"] = params | {n: p for n, p in filled.items() if n not in given}


def _list_blocks(raw: Any) -> list[Any]:
    """List several blocks: as they are, or each with the name of what it fills as its key."""
    blocks = raw.items() if isinstance(raw, Mapping) else ()
    is_named = all(isinstance(block, Mapping) and "values" in block for _, block in blocks)
    named = [{"param": name, **block} for name, block in blocks] if is_named else []
    return raw if isinstance(raw, list) else named


def _read_param(raw: Any, endpoint: Json) -> tuple[str, Json] | None:
    """Read a parent's field or a list of values, and the name of the parameter that it fills."""
    if parent := _read_parent(raw):
        param = build_parent_param(parent["parent_stream"], parent["parent_key"])
        return parent["partition_field"], param
    if isinstance(raw, Mapping) and len(raw) == 1 and "values" not in raw:
        ((name, values),) = raw.items()
        raw = {"param": name, "values": values}
    router = _read_values(raw, str(endpoint.get("path")))
    if router is None or not _is_list(router["values"]):
        return None
    return router["cursor_field"], {"type": "each", "values": router["values"]}


def _take_lists(endpoint: Json) -> None:
    """Write a parameter that takes one value after the other: `{type: list, values: […]}`."""
    params = endpoint.get("params")
    for value in params.values() if isinstance(params, dict) else ():
        is_list = isinstance(value, dict) and value.get("type") == "list"
        if is_list and value.keys() == {"type", "values"}:
            value["type"] = "each"


def _take_path_params(endpoint: Json) -> None:
    """Fill the placeholders of a path by what a document names for them."""
    given, path = endpoint.get("path_params"), endpoint.get("path")
    if not isinstance(given, Mapping) or not isinstance(path, str):
        return
    params = endpoint.setdefault("params", {})
    are_placed = all(f"{{{name}}}" in path for name in given)
    if not isinstance(params, dict) or not are_placed or not all(map(_is_plain, given.values())):
        return
    del endpoint["path_params"]
    for name, value in given.items():
        if isinstance(value, Mapping):
            params.setdefault(name, value)
        elif isinstance(value, list):
            params.setdefault(name, {"type": "each", "values": value})
        else:
            setting = value.name if isinstance(value, Reference) else name
            is_setting = isinstance(value, Reference) or holds_secret(name, value)
            text = f"{{settings.{to_setting_name(setting)}}}" if is_setting else str(value)
            path = path.replace(f"{{{name}}}", text)
    endpoint["path"] = path


def _is_plain(value: Any) -> bool:
    is_list = isinstance(value, list) and all(isinstance(item, str | int) for item in value)
    is_value = isinstance(value, str | int) and not isinstance(value, bool)
    return is_list or is_value or isinstance(value, Mapping | Reference)


def _rename_router(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a router of one parent under Airbyte's keys; another one as it is."""
    router = {key: value for key, value in raw.items() if key != "type"}
    return _read_parent(router) or _read_list(router) or raw


def _read_list(raw: Json) -> Json | None:
    """Read a list of values that a parameter of the query takes, or a placeholder of the path."""
    name = next((raw[key] for key in _VALUE_NAMES if isinstance(raw.get(key), str)), None)
    place = raw.get(find_place_key(raw))
    known = {"values", *PLACE_KEYS, *_VALUE_NAMES}
    is_list = isinstance(raw.get("values"), list | Reference)
    if name is None or not is_list or raw.keys() - known:
        return None
    router = {"type": "list", "values": raw["values"], "cursor_field": name}
    sent = next((raw[key] for key in _REQUEST_NAMES if isinstance(raw.get(key), str)), None)
    if place is None and sent is None:
        return router
    into = AIRBYTE_PLACES.get(find_block(place), place or "request_parameter")
    option = {"inject_into": into, "field_name": sent or name}
    return {**router, "request_option": option}


def _read_parent(raw: Any) -> Json | None:
    if isinstance(raw, str) and (match := _TEXT.fullmatch(raw.strip())):
        return dict(zip(_PARENT, match.groups(), strict=True))
    router = _rename(raw, _PARENT) or {}
    is_whole = router.keys() == _PARENT.keys()
    return router if is_whole and all(isinstance(v, str) for v in router.values()) else None


def _read_values(raw: Any, path: str) -> Json | None:
    if isinstance(raw, Mapping):
        named = next((key for key in _NAMES if key in raw), None)
        place = "placeholder" if named and f"{{{raw[named]}}}" in path else "param"
        words = {key: value for key, value in raw.items() if (key, value) != ("type", "list")}
        raw = {place if key == named else key: value for key, value in words.items()}
    block = _rename(raw, _VALUES) or {}
    name = str(block.get("path_variable") or block.get("request_parameter"))
    if holds_secret(name, block.get("values")):
        return None
    if len(block) != 2 or not isinstance(block.get("values"), list | Reference):
        return None
    values = {"type": "list", "values": block["values"]}
    if name := block.get("path_variable"):
        return {**values, "cursor_field": name}
    name = block["request_parameter"]
    option = {"inject_into": "request_parameter", "field_name": name}
    return {**values, "cursor_field": name, "request_option": option}


def _is_list(value: Any) -> bool:
    """Return whether a value lists values: itself, or as a setting."""
    return isinstance(value, Reference) or (isinstance(value, list) and bool(value))


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
