"""One declaration → its problems: those that a run and Dagster's own checks would meet.

The models see all mistakes of keys and values at once. The checks of the declaration as a whole,
then Dagster's of its definitions, each end at the first problem.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
from dagster.components.core.defs_module import ComponentFileModel
from pydantic import BaseModel, ValidationError

from analytics_ingest.components.component_files import (
    Document,
    Problem,
    UnreadableFileError,
    read_documents,
)
from analytics_ingest.components.rest_api import build_definitions
from analytics_ingest.declaration.entries.dynamic_resources import (
    build_api,
    find_model,
    select_schema,
)
from analytics_ingest.declaration.errors import DeclarationError, Place
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.similar_keys import with_suggestions

_IN_SCHEMA_FILE = ("fields", "required", "checks")


def check_declaration(document: Document, project: Path) -> Iterator[Problem]:
    """Find the problems of a declaration.

    Args:
        project: The folder that holds `.dlt` and `data`.
    """
    if problems := list(_check_keys(document)):
        yield from problems
        return
    try:
        schema = _read_schema(document)
    except UnreadableFileError as error:
        yield error.problem
        return
    try:
        api = build_api(document.api, document.value["type"], document.value["attributes"])
        fields = select_schema(document.value["type"], api, schema.value if schema else {})
        declaration = resolve(document.api, api, fields)
        dg.Definitions.validate_loadable(build_definitions(declaration, project))
    except DeclarationError as error:
        yield _locate(document, schema, error)
    except dg.DagsterError as error:
        yield document.build_problem(
            f"{document.api}: {' '.join(str(error).split())}", ["attributes"]
        )


def _check_keys(document: Document) -> Iterator[Problem]:
    yield from _check_model(ComponentFileModel, document, document.value)
    attributes = document.value.get("attributes")
    if isinstance(attributes, dict):
        model = find_model(document.value.get("type"))
        yield from _check_model(model, document, attributes, "attributes")
    elif attributes is None:
        text = f"{document.api}: attributes are missing; declare client and resources"
        yield document.build_problem(text, ["attributes"])


def _check_model(
    model: type[BaseModel], document: Document, value: object, *block: str
) -> Iterator[Problem]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        explained = with_suggestions(model, error)
        places = [(*block, *line["loc"]) for line in explained.errors(include_url=False)]
        for place, one in zip(places, Place(document.api).convert_errors(explained), strict=True):
            yield document.build_problem(str(one), place)


def _read_schema(document: Document) -> Document | None:
    path = document.path.with_name(SCHEMA_FILE)
    return next(iter(read_documents(path)), None) if path.exists() else None


def _locate(document: Document, schema: Document | None, error: DeclarationError) -> Problem:
    """Find the file and line of the key that an error is about."""
    keys = error.key.split(".")
    if schema and error.key == SCHEMA_FILE:
        return schema.build_problem(str(error), [error.resource or ""])
    own = _find_own_place(document, error.resource)
    if (
        schema
        and error.resource
        and keys[0] in _IN_SCHEMA_FILE
        and not document.holds([*own, *keys])
    ):
        return schema.build_problem(str(error), [error.resource, *keys])
    shared = ["attributes", "resource_defaults", *keys]
    return document.build_problem(str(error), [*own, *keys], shared)


def _find_own_place(document: Document, resource: str | None) -> list[int | str]:
    resources: Sequence[object] = document.value["attributes"]["resources"]
    for index, one in enumerate(resources):
        if resource and resource == (one.get("name") if isinstance(one, dict) else one):
            return ["attributes", "resources", index]
    return ["attributes"]
