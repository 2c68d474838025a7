"""Skips the resources that a declaration refuses, until the others can be resolved."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.draft import Draft
from analytics_ingest.declaration.errors import DeclarationError, Place
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve


def keep_resolvable(draft: Draft, schema: dict[str, Any]) -> None:
    """Skip each resource that the declaration refuses, its children likewise.

    Where it cannot ask only changed parents, it asks all of them; where it cannot read changes, it
    is loaded whole.

    Raises:
        ConversionError: What it refuses is not part of a resource.
    """
    while draft.resources:
        error = _find_refusal(draft, schema)
        if error is None:
            return
        if error.resource is None or error.resource not in draft.by_name:
            raise ConversionError(str(error))
        if error.key == "parents":
            del draft.by_name[error.resource]["parents"]
            draft.log.assume(error.resource, f"all parents are asked: {error.problem}")
            continue
        if error.key.startswith("changes"):
            _drop_changes(draft, error)
            continue
        _leave_out(draft, schema, error.resource, f"{error.key} {error.problem}")


def _drop_changes(draft: Draft, error: DeclarationError) -> None:
    """Make a resource a snapshot, whose changes cannot be read."""
    resource = draft.by_name[str(error.resource)]
    del resource["changes"]
    resource["endpoint"]["incremental"] = None
    reason = f"loaded whole each time: {error.key} {error.problem}"
    draft.log.assume(error.resource, reason)


def _find_refusal(draft: Draft, schema: Mapping[str, Any]) -> DeclarationError | None:
    try:
        api = Api.model_validate(draft.attributes)
        resolve(draft.name, api, schema)
    except ValidationError as error:
        return _convert_error(draft, error)
    except DeclarationError as error:
        return error
    return None


def _convert_error(draft: Draft, error: ValidationError) -> DeclarationError:
    line = error.errors()[0]
    place, loc = Place(draft.name), line["loc"]
    if loc[:1] == ("resources",) and len(loc) > 1 and isinstance(loc[1], int):
        place = Place(draft.name, draft.resources[loc[1]]["name"])
        loc = loc[2:]
    return place.build_error(".".join(map(str, loc)), line["msg"])


def _leave_out(draft: Draft, schema: dict[str, Any], name: str, reason: str) -> None:
    draft.log.skip_stream(name, reason)
    gone = [name]
    while gone:
        first = gone.pop()
        schema.pop(first, None)
        draft.resources = [r for r in draft.resources if r["name"] != first]
        for resource in draft.resources:
            text = str(resource["endpoint"])
            is_child = f"{{resources.{first}." in text or f"'resource': '{first}'" in text
            if is_child and resource["name"] not in gone:
                draft.log.skip_stream(resource["name"], f"its parent {first} is skipped")
                gone.append(resource["name"])
