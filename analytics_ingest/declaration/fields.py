"""The fields of a resource, as a declaration or its schema file gives them.

`string?` becomes a type that dlt knows, and whether the field may be null. The schema file may say
`{type: string?, description: …, tags: …, checks: …}` instead; see `own_checks` for the last.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.declaration.errors import Place

TYPES = {
    "string": "text",
    "number": "double",
    "integer": "bigint",
    "boolean": "bool",
    "timestamp": "timestamp",
    "date": "date",
    "time": "time",
    "decimal": "decimal",
    "object": "json",
    "array": "json",
}
ANY = "any"
"""The type of a field whose values decide it, as if it was not declared."""
SCHEMA_FILE = "schema.yaml"

_TAG = re.compile(r"[\w.-]{1,63}")
_ITEMS = "|".join(TYPES)
_TYPE = re.compile(rf"(?P<name>[a-z]+)(?:(?<=array)<(?:{_ITEMS})>)?(?P<null>\?)?")


@dataclass(frozen=True)
class Field:
    """One declared field: its name in the API, dlt's data type, and whether it may be null."""

    name: str
    data_type: str
    """Empty where the values decide it."""
    nullable: bool
    description: str = ""
    is_list: bool = field(default=False, compare=False)
    tags: tuple[str, ...] = ()
    """Shown in Dagster."""

    @classmethod
    def parse(
        cls, name: str, text: str, description: str = "", tags: tuple[str, ...] = ()
    ) -> "Field":
        """Read a type such as `integer`, `timestamp?` or `array<string>?`."""
        match = _TYPE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or match["name"] not in (*TYPES, ANY):
            raise ValueError(
                f"field '{name}' has the type '{text}'; allowed are {', '.join(TYPES)}, "
                "array<…> and any, each with a ? where it may be null"
            )
        name_of_type, is_null = match["name"], match["null"] is not None
        is_list = name_of_type == "array"
        return cls(name, TYPES.get(name_of_type, ""), is_null, description, is_list, tags)


def parse_fields(place: Place, fields: Mapping[str, Any]) -> dict[str, Field]:
    """Read the declared types of a resource, and descriptions."""
    try:
        return {name: _parse(name, value) for name, value in fields.items()}
    except ValueError as error:
        raise place.build_error("fields", str(error)) from None


def _parse(name: str, value: Any) -> Field:
    if not isinstance(value, Mapping):
        return Field.parse(name, value)
    if unknown := sorted(map(str, set(value) - {"type", "description", "tags", "checks"})):
        allowed = "type, description, tags, checks"
        raise ValueError(f"field '{name}': '{unknown[0]}' is unknown; allowed are {allowed}")
    tags = value.get("tags") or []
    if not isinstance(tags, list) or not all(
        isinstance(t, str) and _TAG.fullmatch(t) for t in tags
    ):
        raise ValueError(f"field '{name}': tags is not a list of words, as [pii]")
    if not isinstance(value.get("description", ""), str):
        raise ValueError(f"field '{name}': description is not a string; put it in quotes")
    return Field.parse(name, value.get("type", ""), value.get("description", ""), tuple(tags))


def check_schema_file(
    api: str, resources: Collection[str], schema: Mapping[str, Mapping[str, Any]]
) -> None:
    """Check that the schema file holds known keys of resources that exist."""
    if not isinstance(schema, Mapping):
        problem = "is not an object; write resource: {fields: …}"
        raise Place(api).build_error(SCHEMA_FILE, problem)
    for name, entry in schema.items():
        problem = _find_problem(name, entry, resources)
        if problem:
            raise Place(api, name).build_error(SCHEMA_FILE, problem)


def _find_problem(name: str, entry: Any, resources: Collection[str]) -> str | None:
    if name not in resources:
        return f"is not a resource; allowed are {', '.join(resources)}"
    if not isinstance(entry, Mapping):
        return "is not an object; write fields and required"
    if unknown := sorted(set(entry) - {"fields", "required", "checks"}):
        return f"'{unknown[0]}' is unknown; allowed are fields, required, checks"
    if not isinstance(entry.get("fields", {}), Mapping):
        return "fields is not an object; write name: type"
    if values := [name for name in entry.get("fields", {}) if not isinstance(name, str)]:
        return f"the field {str(values[0]).lower()} is not a text in YAML; write its name in quotes"
    if not isinstance(entry.get("required", []), list):
        return "required is not a list; write [id, name]"
    return None
