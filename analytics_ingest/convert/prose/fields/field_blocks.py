"""Reads the fields that a block of code describes: of one resource, or of each that it names.

    {"properties": {"id": {"type": "string"}}}     {"orders": {"id": ["string", "null"]}}
    orders:                                        {"orders": [{"name": "id", "type": "string"}]}
      id: string, nullable

JSON, YAML, and literals of Python. A block is a schema only if each of its values is a type: one of
examples is not.
"""

import ast
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import yaml

from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.words.field_types import (
    begins_with_type,
    describe_json_schema,
    find_type,
    find_union,
)
from analytics_ingest.convert.yaml_loader import LimitedLoader

Descriptions = dict[str, str]
"""Field → its type, and what else is said of it."""

_PYTHON = re.compile(r"\s*(?:\w+\s*(?::[^=\n]{1,80})?=\s*)?(?P<value>[{\[].*[}\]])\s*", re.DOTALL)
_WRAPPERS = ("properties", "fields", "columns", "schema")
_BESIDE = re.compile(
    r"\$?(?:type|title|description|required|name|resource|stream|table|primary_?key|id|schema"
    r"|additionalProperties|cursor(?:_field)?)"
)
"""Keys beside those of fields."""
_TYPE_KEYS = ("type", "data_type", "dataType")
_NAME_KEYS = ("name", "field", "column")
_OF_RESOURCES = ("schemas", "schema", "tables", "resources", "streams")
_LONGEST = 100_000


class FieldBlock(NamedTuple):
    """What a block says of the fields of a resource."""

    resource: str
    described: Descriptions


def read_block(
    block: Block, named: str | None, resources: Collection[str], *, in_section: bool
) -> list[FieldBlock]:
    """Read the fields that a block describes.

    Args:
        named: The resource that the block is of.
        in_section: Whether it is in a section on fields, where it may be of all resources.
    """
    described = _read_own(block, named) if named else {}
    if in_section and not described:
        listed = _read_schemas(block, named, resources)
        if listed:
            return [FieldBlock(name, fields) for name, fields in listed.items()]
    return [FieldBlock(named, described)] if named else []


def _read_own(block: Block, resource: str) -> Descriptions:
    """Read the types of a JSON schema, and the descriptions of the fields of a resource."""
    data = block.data
    if not isinstance(data, dict):
        return {}
    inner = data.get(resource)
    own = inner if isinstance(inner, dict) else {}
    are_texts = all(isinstance(text, str) for text in own.values())
    texts = own if are_texts else {}
    return {**texts, **describe_json_schema(own), **describe_json_schema(data)}


def _read_schemas(
    block: Block, named: str | None, resources: Collection[str]
) -> dict[str, Descriptions]:
    data = _load(block)
    parts = _list_resources(data, resources)
    if parts and named in (None, *parts):
        read = {name: _read_fields(part) for name, part in parts.items()}
        return {name: fields for name, fields in read.items() if fields}
    fields = _read_fields(data) if named else None
    return {named: fields} if named and fields else {}


def looks_like_schema(block: Block) -> bool:
    """Return whether most values of a block are types, so that it may describe fields."""
    texts = re.findall(r":\s*[\[\"']*([A-Za-z][\w -]*)", block.text)
    typed = [text for text in texts if begins_with_type(text)]
    return len(typed) > 1 and len(typed) * 2 > len(texts)


def _load(block: Block) -> Any:
    if len(block.text) > _LONGEST:
        return None
    if block.data is not None:
        return block.data
    try:
        if value := _PYTHON.fullmatch(block.text):
            return ast.literal_eval(value["value"])
        return yaml.load(block.text, LimitedLoader) if not block.language else None
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, yaml.YAMLError):
        return None


def _list_resources(data: Any, resources: Collection[str]) -> dict[str, Any]:
    """List the parts of a block that are called as resources, if these are most of them."""
    while isinstance(data, dict) and len(data) == 1 and next(iter(data)) in _OF_RESOURCES:
        (data,) = data.values()
    if isinstance(data, list):
        named = [part for part in data if isinstance(part, dict) and "name" in part]
        data = {str(part["name"]): part for part in named} if len(named) == len(data) else {}
    if not isinstance(data, dict):
        return {}
    parts = {to_valid_name(str(key)): value for key, value in data.items()}
    known = {name: part for name, part in parts.items() if name in resources}
    are_blocks = all(isinstance(part, dict | list) for part in known.values())
    return known if are_blocks and len(known) * 2 >= len(parts) else {}


def _read_fields(data: Any) -> Descriptions | None:
    """Read the fields of one resource; None where a value is not a type."""
    if isinstance(data, list):
        return _read_listed(data)
    if not isinstance(data, dict) or not data:
        return None
    for key in _WRAPPERS:
        others = [str(other) for other in data if other != key]
        if isinstance(data.get(key), dict | list) and all(map(_BESIDE.fullmatch, others)):
            is_schema = key == "properties" and isinstance(data[key], dict)
            return describe_json_schema(data) if is_schema else _read_fields(data[key])
    has_unions = any(isinstance(value, list) and "null" in value for value in data.values())
    kinds = {str(name): _describe(value, has_unions=has_unions) for name, value in data.items()}
    read = {name: kind for name, kind in kinds.items() if kind}
    return read if len(read) == len(kinds) else None


def _read_listed(items: list[Any]) -> Descriptions | None:
    """Read fields that are items of a list: `{"name": "id", "type": "string"}`."""
    read: Descriptions = {}
    for item in items:
        name = (
            next((item[k] for k in _NAME_KEYS if k in item), None) if isinstance(item, dict) else 0
        )
        kind = _describe(item, has_unions=True) if isinstance(name, str) else None
        if kind is None or _find_kind(item) is None:
            return None
        read[str(name)] = kind
    return read


def _describe(value: Any, *, has_unions: bool) -> str | None:
    """Describe the type that a value names; None where it names none.

    Args:
        has_unions: Whether a list names several types, not that of its items.
    """
    match value:
        case str():
            return value if begins_with_type(value) and find_type(value) else None
        case [dict()]:
            return "array"
        case [str() as kind] if not has_unions and begins_with_type(kind):
            return "array"
        case list():
            kinds = [kind for kind in value if kind != "null"]
            nullable = ", nullable" if len(kinds) < len(value) else ""
            are_types = all(isinstance(kind, str) and begins_with_type(kind) for kind in kinds)
            text = " or ".join(map(str, kinds))
            is_known = are_types and (len(kinds) == 1 or find_union(text))
            return f"{text}{nullable}" if is_known else None
        case {} if (kind := _find_kind(value)) is not None:
            return _describe_mapping(kind, value)
        case {} if value and _read_fields(value):
            return "object"
        case _:
            return None


def _find_kind(value: Mapping[str, Any]) -> Any:
    """Find the type of a field that a mapping describes; None where its `type` is a field."""
    kind = next((value[key] for key in _TYPE_KEYS if key in value), None)
    is_union = isinstance(kind, list) and all(isinstance(each, str) for each in kind)
    return kind if is_union or isinstance(kind, str) else None


def _describe_mapping(kind: Any, value: Mapping[str, Any]) -> str | None:
    described = _describe(kind, has_unions=True)
    is_certain = value.get("nullable") is False or value.get("required") is True
    is_key = value.get("primary_key") is True
    parts = [described, str(value.get("format") or ""), "required" if is_certain else ""]
    parts.append("primary key" if is_key else "")
    return ", ".join(filter(None, parts)) if described else None
