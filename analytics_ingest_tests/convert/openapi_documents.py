"""OpenAPI documents of the tests: short ways to write one, and what it is converted into."""

import json
from pathlib import Path
from typing import Any

from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.openapi.convert_openapi import Selection, convert_openapi
from analytics_ingest.convert.openapi.document import Document, parse_openapi

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
MOMENT: Json = {"type": "string", "format": "date-time"}
LINK: Json = {"type": "string", "format": "uri"}
ROW: Json = {"id": TEXT, "name": TEXT}
CHANGING: Json = {**ROW, "updated_at": MOMENT}


def thing(properties: Json, **more: Any) -> Json:
    """The schema of an object."""
    return {"type": "object", "properties": properties, **more}


def rows(properties: Json | None = None) -> Json:
    """The schema of a list of objects."""
    return {"type": "array", "items": thing(properties or ROW)}


def query(name: str, schema: Json | None = None, **more: Any) -> Json:
    """A query parameter."""
    return {"name": name, "in": "query", "schema": schema or TEXT, **more}


def answering(schema: Json, *, media: str = "application/json", **more: Any) -> Json:
    """The responses of an operation."""
    return {"200": {"description": "", "content": {media: {"schema": schema, **more}}}}


def get(schema: Json, *parameters: Json, **more: Any) -> Json:
    """The item of a path whose GET answers with a schema."""
    operation = {"parameters": list(parameters), "responses": answering(schema), **more}
    return {"get": operation}


def listing(
    *parameters: Json, row: Json | None = None, beside: Json | None = None, **more: Any
) -> Json:
    """The item of a path whose GET lists rows below `data`, with more beside them."""
    return get(thing({"data": rows(row), **(beside or {})}), *parameters, **more)


def document(paths: Json, **more: Any) -> Json:
    """A document with these paths."""
    servers = [{"url": "https://shop.test/v1"}]
    return {
        "openapi": "3.0.3",
        "info": {"title": "Shop"},
        "servers": servers,
        "paths": paths,
    } | more


def text(paths: Json, **more: Any) -> str:
    """The text of a document."""
    return json.dumps(document(paths, **more))


def converted(value: Json, *only: str, tags: tuple[str, ...] = (), file: str = "") -> Declaration:
    """What a document becomes; files beside `file` belong to it."""
    parsed = parse_openapi(json.dumps(value))
    assert parsed is not None
    read = Document(parsed, Path(file) if file else None)
    return convert_openapi("shop", read, Selection(only, tags))


def merged(declaration: Declaration) -> dict[str, Json]:
    """The resources by name, with what they share."""
    attributes = declaration.attributes
    defaults = dict(attributes.get("resource_defaults", {}))
    shared = defaults.pop("endpoint", {})
    return {
        resource["name"]: {**defaults, **resource, "endpoint": {**shared, **resource["endpoint"]}}
        for resource in attributes["resources"]
    }


def endpoints(paths: Json, **more: Any) -> dict[str, Json]:
    """The endpoints of a document's resources, by name."""
    found = merged(converted(document(paths, **more)))
    return {name: resource["endpoint"] for name, resource in found.items()}
