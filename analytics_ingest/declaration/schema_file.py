"""Reads what a schema file says of a resource's fields, refusing what it cannot mean."""

from collections.abc import Iterable, Mapping
from typing import Any

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import Field


def check_schema_file(
    api: str, resources: Iterable[str], schema: Mapping[str, Mapping[str, Any]]
) -> None:
    """Check that the schema file speaks of resources that exist, in known keys."""
    known = list(resources)
    if not isinstance(schema, Mapping):
        raise DeclarationError(
            api, None, "schema.yaml", "is not an object; write resource: {fields: …}"
        )
    for name, entry in schema.items():
        if name not in known:
            raise DeclarationError(
                api, name, "schema.yaml", f"is not a resource; allowed are {', '.join(known)}"
            )
        if not isinstance(entry, Mapping):
            raise DeclarationError(
                api, name, "schema.yaml", "is not an object; write fields and required"
            )
        if unknown := sorted(set(entry) - {"fields", "required"}):
            raise DeclarationError(
                api,
                name,
                "schema.yaml",
                f"'{unknown[0]}' is unknown; allowed are fields, required",
            )
        if not isinstance(entry.get("fields", {}), Mapping):
            raise DeclarationError(api, name, "schema.yaml", "fields is not an object of types")
        if not isinstance(entry.get("required", []), list):
            raise DeclarationError(api, name, "schema.yaml", "required is not a list of fields")


def parse_fields(api: str, resource: str, fields: Mapping[str, str]) -> dict[str, Field]:
    """Read the declared types."""
    try:
        return {name: Field.parse(name, text) for name, text in fields.items()}
    except ValueError as error:
        raise DeclarationError(api, resource, "fields", str(error)) from None
