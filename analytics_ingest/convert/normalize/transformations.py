"""Writes what documents call a transformation of rows as Airbyte's.

    {type: add_fields, fields: [{path: [day], value: "record['at'][:10]"}]}
    {type: remove_fields, fields: [notes]}   {add_fields: {day: "{{ record.at }}"}}

An item that is none of these stays; a later pass reports it.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import map_leaves
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.python.values import Reference

_TYPES = {
    **dict.fromkeys(("add", "addfield", "addfields", "addedfields"), "AddFields"),
    **dict.fromkeys(
        ("remove", "removefield", "removefields", "dropfield", "dropfields", "excludefields"),
        "RemoveFields",
    ),
    "dpathflattenfields": "DpathFlattenFields",
    "flattenfields": "FlattenFields",
    "keysreplace": "KeysReplace",
    "keystolower": "KeysToLower",
    "keystosnakecase": "KeysToSnakeCase",
}
_NAMES = ("path", "name", "field", "field_name")
_LISTS = ("field_pointers", "fields", "field", "field_names", "paths")
_BARE = re.compile(r"(?:record|stream_slice|stream_partition|stream_interval|config)\b\s*[.\[].*")


def normalize_transformation(raw: Mapping[str, Any]) -> Json:
    """Return a transformation under Airbyte's type and keys; another one as it is."""
    item: Json = map_leaves(raw, lambda _, leaf: _write_reference(leaf))
    if "type" not in item and len(item) == 1:
        ((kind, fields),) = item.items()
        item = {"type": kind, "fields": fields}
    item["type"] = _TYPES.get(_squeeze(str(item.get("type"))), item.get("type"))
    if item["type"] == "AddFields":
        item["fields"] = [_normalize_field(field) for field in _list_added(item.get("fields"))]
    elif item["type"] == "RemoveFields":
        key = next((key for key in _LISTS if key in item), None)
        fields = item.pop(key) if key else []
        listed = fields if isinstance(fields, list) else [fields]
        item["field_pointers"] = [[f] if isinstance(f, str) else f for f in listed]
    return item


def _squeeze(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _write_reference(leaf: Any) -> Any:
    return f"{{{{ settings.{leaf.name} }}}}" if isinstance(leaf, Reference) else leaf


def _list_added(fields: Any) -> list[Any]:
    if isinstance(fields, Mapping) and not {"path", "name", "value"} & fields.keys():
        return [{"path": [name], "value": value} for name, value in fields.items()]
    return fields if isinstance(fields, list) else [fields]


def _normalize_field(field: Any) -> Any:
    if not isinstance(field, Mapping):
        return field
    name = next((key for key in _NAMES if key in field), None)
    rest = {key: value for key, value in field.items() if key != name}
    path = {"path": field[name] if isinstance(field[name], list) else [field[name]]} if name else {}
    value = rest.get("value")
    if isinstance(value, str) and _BARE.fullmatch(value):
        rest["value"] = f"{{{{ {value} }}}}"
    return {**path, **rest}
