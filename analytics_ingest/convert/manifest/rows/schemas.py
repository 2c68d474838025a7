"""The JSON schema of a stream → the fields of `schema.yaml`: their types and descriptions."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.convert.manifest.components.component import Component

_INLINE = "InlineSchemaLoader"
_NAMES = ("string", "number", "integer", "boolean", "object", "array")
_NOT_TEXTS = {"boolean", "integer", "number"}
_FORMATS = {"date-time": "timestamp", "date": "date", "time": "time"}


def read_fields(loaders: list[Component]) -> dict[str, str] | None:
    """Read the fields of the schemas in the manifest; None where none does."""
    if all(loader.kind != _INLINE for loader in loaders):
        return None
    types = {name: read_field_type(schema) for name, schema in _iterate_properties(loaders)}
    return {name: kind for name, kind in types.items() if kind}


def rename_same_columns(fields: dict[str, str], needed: Collection[str]) -> dict[str, str]:
    """Rename fields that have the column of another field, such as `startDate` and `start_date`.

    Args:
        fields: Changed in place.
        needed: Those that rows are merged or windowed by; they keep their names.

    Returns:
        Field → its new name.
    """
    by_column: dict[str, list[str]] = {}
    for field in fields:
        by_column.setdefault(to_snake_case(field), []).append(field)
    renamed: dict[str, str] = {}
    for column, names in by_column.items():
        kept = min(names, key=lambda name: (name not in needed, name != column))
        others = [n for n in names if n != kept and n not in needed and "." not in n]
        for number, name in enumerate(others, 2):
            renamed[name] = f"{name}_{number}"
    for name, new in renamed.items():
        fields[new] = fields.pop(name)
    return renamed


def list_field_names(loaders: list[Component]) -> set[str] | None:
    """List the names of all fields in the schemas of the manifest; None where there is none."""
    if all(loader.kind != _INLINE for loader in loaders):
        return None
    return {name for name, _ in _iterate_properties(loaders)}


def read_descriptions(loaders: list[Component]) -> dict[str, str]:
    """Read the descriptions of fields, each on one line."""
    texts = {
        n: s.get("description") for n, s in _iterate_properties(loaders) if isinstance(s, Mapping)
    }
    return {n: " ".join(text.split()) for n, text in texts.items() if isinstance(text, str)}


def has_mixed_fields(loaders: list[Component]) -> bool:
    """Return whether a field may be a text or a number: its column is one of texts."""
    return any(
        read_field_type(schema) == "string?" and _NOT_TEXTS & set(_iterate_type_names(schema))
        for _, schema in _iterate_properties(loaders)
    )


def _iterate_properties(loaders: list[Component]) -> Iterator[tuple[str, Any]]:
    for loader in loaders:
        schema = loader.take("schema") if loader.kind == _INLINE else None
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        for name, field in (properties if isinstance(properties, Mapping) else {}).items():
            yield str(name), field


def read_field_type(schema: Any) -> str | None:
    """Read the type of a field, that which holds all where there are several.

    None where none does.
    """
    names = list(dict.fromkeys(_iterate_type_names(schema)))
    optional = "" if names and "null" not in names else "?"
    kinds = [name for name in names if name != "null"]
    if set(kinds) == {"integer", "number"}:
        kinds = ["number"]
    if not kinds:
        return None
    if len(kinds) != 1:
        if {"object", "array"} & set(kinds):
            return "object?"
        # A flag or a number would become a text.
        return None if set(kinds) <= _NOT_TEXTS else "string?"
    return f"{kinds[0]}{optional}"


def _iterate_type_names(schema: Any) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    for key in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(key)
        for branch in branches if isinstance(branches, list) else []:
            yield from _iterate_type_names(branch)
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind == "string":
            yield _FORMATS.get(str(schema.get("format")), "string")
        elif kind in _NAMES or kind == "null":
            yield str(kind)
