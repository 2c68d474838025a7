"""The JSON schema of a stream → the types of its fields in `schema.yaml`."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.manifest.component import Component

_NAMES = ("string", "number", "integer", "boolean", "object", "array")
_FORMATS = {"date-time": "timestamp", "date": "date", "time": "time"}


def read_fields(loaders: list[Component]) -> dict[str, str] | None:
    """The fields of the schemas in the manifest; None where none does."""
    fields: dict[str, str] = {}
    inline = [loader for loader in loaders if loader.kind == "InlineSchemaLoader"]
    for loader in inline:
        schema = loader.take("schema")
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        for name, field in (properties if isinstance(properties, Mapping) else {}).items():
            if kind := field_type(field):
                fields[str(name)] = kind
    return fields if inline else None


def field_type(schema: Any) -> str | None:
    """The type of a field, that which holds all where there are several; None without any."""
    names = list(dict.fromkeys(_type_names(schema)))
    optional = "" if names and "null" not in names else "?"
    kinds = [name for name in names if name != "null"]
    if set(kinds) == {"integer", "number"}:
        kinds = ["number"]
    if not kinds:
        return None
    if len(kinds) != 1:
        is_nested = {"object", "array"} & set(kinds)
        return f"{'object' if is_nested else 'string'}?"
    return f"{kinds[0]}{optional}"


def _type_names(schema: Any) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    for key in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(key)
        for branch in branches if isinstance(branches, list) else []:
            yield from _type_names(branch)
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind == "string":
            yield _FORMATS.get(str(schema.get("format")), "string")
        elif kind in _NAMES or kind == "null":
            yield str(kind)
