"""Writes what documents call a transformation of rows as Airbyte's.

    {type: add_fields, fields: [{path: [day], value: "record['at'][:10]"}]}
    {type: remove_fields, fields: [notes]}   {add_fields: {day: "{{ record.at }}"}}
    {add_field: name, value: general.name}   {type: flatten, field: a, delete_original: true}
    {add_fields: {order: "{parent.id}"}}   {add_fields: [{order: {from_parent: id}}]}

An item that is none of these stays; a later pass reports it.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import map_leaves
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.request_places import name_partition
from analytics_ingest.convert.python.values import Reference
from analytics_ingest.declaration.models.processing import ProcessingStep

_TYPES = {
    **dict.fromkeys(("add", "addfield", "addfields", "addedfields"), "AddFields"),
    **dict.fromkeys(
        ("remove", "removefield", "removefields", "dropfield", "dropfields", "excludefields"),
        "RemoveFields",
    ),
    **dict.fromkeys(("dpathflattenfields", "flattenfield"), "DpathFlattenFields"),
    **dict.fromkeys(("flatten", "flattenfields"), "FlattenFields"),
    "keysreplace": "KeysReplace",
    "keystolower": "KeysToLower",
    "keystosnakecase": "KeysToSnakeCase",
}
AIRBYTE_TYPES = frozenset(_TYPES.values())
_FILTERS = ("filter", "recordfilter", "filterrecords", "filterrows")
_OWN = {"".join(key.split("_")) for key in ProcessingStep.model_fields}
_ADDED = ("add_fields", "added_fields", "add_field")
_REMOVED = ("exclude_fields", "drop_fields", "remove_fields")
_NAMES = ("path", "name", "field", "field_name", "target")
_VALUES = ("value", "expression", "template", "source")
_GIVEN = (*_VALUES, "from_parent")
_OF_FIELDS = {"path", "value", "value_type", "type", "$parameters"}
_DELETES = ("delete_origin_value", "delete_origin", "delete_original", "remove_original")
_LISTS = ("field_pointers", "fields", "field", "field_names", "paths")
_DOTTED = re.compile(r"(?:\$\.)?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
"""A path of fields: `general.name`."""
_PLAIN_NAME = re.compile(r"[\w.$-]+")
_OF_PARTITION = re.compile(r"(?:stream_)?(?:partition|slice)\.\w+")
_OF_PARENT = re.compile(
    r"(?:\{\{\s*|\{)?parent(?:\.(?P<dotted>\w+)|\[['\"](?P<quoted>\w+)['\"]\])(?:\s*\}\}|\})?"
)
_BARE = re.compile(
    r"(?:record|stream_slice|stream_partition|stream_interval)\b\s*[.\[].*|config\[.*"
)


def normalize_transformation(raw: Mapping[str, Any]) -> Json:
    """Return a transformation under Airbyte's type and keys; another one as it is."""
    item: Json = map_leaves(raw, lambda _, leaf: _write_leaf(leaf))
    if "type" not in item and (kind := next(iter(item), None)) and _squeeze(kind) in _TYPES:
        fields = item.pop(kind)
        is_one = isinstance(fields, str) and bool(item)
        item = {"type": kind, **({"path": fields, **item} if is_one else {"fields": fields})}
        if is_one and isinstance(path := item.get("value"), str) and _DOTTED.fullmatch(path):
            item["source"] = item.pop("value")
    item["type"] = _TYPES.get(_squeeze(str(item.get("type"))), item.get("type"))
    if "when" in item:
        item.setdefault("condition", item.pop("when"))
    if item["type"] == "AddFields":
        item = _normalize_added(item)
    elif item["type"] in ("FlattenFields", "DpathFlattenFields"):
        item = _normalize_flattened(item)
    elif item["type"] == "RemoveFields":
        key = next((key for key in _LISTS if key in item), None)
        fields = item.pop(key) if key else []
        listed = fields if isinstance(fields, list) else [fields]
        paths = [f.get("path", f.get("name")) if isinstance(f, Mapping) else f for f in listed]
        item["field_pointers"] = [[path] if isinstance(path, str) else path for path in paths]
    return item


def is_transformation(step: Mapping[str, Any]) -> bool:
    """Return whether an item of processing_steps is one transformation, written as Airbyte's."""
    added, kind = step.get("add"), _find_kind(step)
    kinds = [key for key in map(_squeeze, step) if key in (*_TYPES, *_FILTERS, *_OWN)]
    if "type" in step or kind not in _OWN:
        return kind in (*_TYPES, *_FILTERS) and ("type" in step or kinds == [kind])
    is_named = isinstance(added, Mapping) and {*_NAMES} & added.keys() and {*_GIVEN} & added.keys()
    is_airbytes = is_named or isinstance(added, list) or isinstance(step.get("filter"), Mapping)
    return bool(is_airbytes) and len(kinds) == 1


def find_condition(item: Mapping[str, Any]) -> tuple[Any, set[str]]:
    """Find the condition of a transformation that filters rows, and the keys that say more of it.

    The condition is None if it does something else.
    """
    if _find_kind(item) not in _FILTERS:
        return None, set()
    block = item if "type" in item else next(iter(item.values()))
    if not isinstance(block, Mapping):
        return block, {*list(item)[1:]}
    others = {*block} - {"type", "condition"} | ({*list(item)[1:]} if block is not item else set())
    return block.get("condition"), others


def take_fields(holder: Json) -> None:
    """Write keys that list fields as transformations: `add_fields: {day: …}`.

    A field may be added from one that is removed.
    """
    for key in [key for key in (*_ADDED, *_REMOVED) if key in holder]:
        fields, before = holder[key], holder.get("transformations")
        listed = fields if isinstance(fields, list) else [fields]
        is_added = key in _ADDED and all(isinstance(item, Mapping) for item in listed)
        if not is_added and not (key in _REMOVED and isinstance(fields, list)):
            continue
        steps = before if isinstance(before, list) else [] if before is None else [before]
        step = {"type": "AddFields" if is_added else "RemoveFields", "fields": holder.pop(key)}
        holder["transformations"] = [*steps, step]


def _normalize_added(item: Json) -> Json:
    if "fields" not in item:
        rest = {key: value for key, value in item.items() if key not in ("type", "condition")}
        item = {key: item[key] for key in ("type", "condition") if key in item} | {"fields": [rest]}
    fields = [_normalize_field(field) for field in _list_added(item["fields"])]
    others = {key for field in fields if isinstance(field, Mapping) for key in field} - _OF_FIELDS
    if others:
        return {**item, "type": f"AddFields with {', '.join(sorted(others))}"}
    return {**item, "fields": fields}


def _normalize_flattened(item: Json) -> Json:
    """Name one object that is flattened as Airbyte's path; without one, all are."""
    name = next((key for key in ("field_path", "path", "field") if key in item), None)
    if name is None:
        return item
    path = item[name] if isinstance(item[name], list) else str(item[name]).split(".")
    block: Json = {"type": "DpathFlattenFields", "field_path": path}
    if any(item.get(key) is True for key in _DELETES):
        block["delete_origin_value"] = True
    others = item.keys() - {name, "type", "key_transformation", "replace_record", *_DELETES}
    if others:
        return {**item, "type": f"flatten with {', '.join(sorted(others))}"}
    kept = {key: item[key] for key in ("key_transformation", "replace_record") if key in item}
    return {**kept, **block}


def _find_kind(item: Mapping[str, Any]) -> str:
    """Find what an item calls itself: by its type, else by its first key."""
    return _squeeze(str(item.get("type", next(iter(item), ""))))


def _squeeze(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _write_leaf(leaf: Any) -> Any:
    """Write a setting, and what a text reads of the partition, as an expression."""
    if isinstance(leaf, Reference):
        return f"{{{{ settings.{leaf.name} }}}}"
    return name_partition(leaf) if isinstance(leaf, str) else leaf


def _list_added(fields: Any) -> list[Any]:
    """List the fields that are added: each by its name and value, or values under their names."""
    listed: list[Any] = []
    for item in fields if isinstance(fields, list) else [fields]:
        is_one = not isinstance(item, Mapping) or _has_name(item, is_listed=item is not fields)
        listed += [item] if is_one else [_name_value(*pair) for pair in item.items()]
    return listed


def _has_name(item: Mapping[str, Any], *, is_listed: bool) -> bool:
    """Return whether an item is one field, whose name or value is under a key of its own.

    Where it is not in a list, `source` and the like may be names of fields.
    """
    names = [item[key] for key in _NAMES if key in item]
    is_named = all(isinstance(n, list) or _PLAIN_NAME.fullmatch(str(n)) for n in names)
    is_pair = is_listed and bool(names) and bool({*_GIVEN} & item.keys())
    return is_named and (is_pair or bool({"path", "name", "value"} & item.keys()))


def _name_value(name: str, value: Any) -> Json:
    is_block = isinstance(value, Mapping) and bool(value) and value.keys() <= {*_GIVEN}
    return {"path": [name], **(value if is_block else {"value": value})}


def _normalize_field(field: Any) -> Any:
    if not isinstance(field, Mapping):
        return field
    name = next((key for key in _NAMES if key in field), None)
    rest = {key: value for key, value in field.items() if key != name}
    path = field[name] if name else []
    path = path if isinstance(path, list) else [path]
    if isinstance(of_parent := rest.pop("from_parent", None), str):
        rest["value"] = f"{{{{ stream_slice['{of_parent}'] }}}}"
    given = next((key for key in _VALUES if key in rest), None)
    value = rest.pop(given) if given else None
    if value == "parent" and len(path) == 1:
        value = f"{{{path[0]}}}"  # What fills the placeholder of its name.
    elif isinstance(value, str):
        value = _write_value(value, is_source=given == "source")
    return {
        **({"path": path} if name else {}),
        **rest,
        **({} if value is None else {"value": value}),
    }


def _write_value(value: str, *, is_source: bool) -> str:
    """Write a value as an expression, or `{parent.id}`, where it says so in other words."""
    of_parent = None if is_source else _OF_PARENT.fullmatch(value)
    if of_parent:
        return f"{{parent.{of_parent['dotted'] or of_parent['quoted']}}}"
    if "{{" in value:
        return value
    if _OF_PARTITION.fullmatch(value):
        return name_partition(f"{{{value}}}")
    if _BARE.fullmatch(value):
        return f"{{{{ {value} }}}}"
    steps = "".join(f"['{step}']" for step in value.removeprefix("$.").split("."))
    return f"{{{{ record{steps} }}}}" if is_source else value
