"""Corrects `data_selector`: a body has its rows in another place than the declared one."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.extract.selectors.plain_values import unwrap_value
from analytics_ingest.preview.corrections.correction import Correction

_DEPTH = 4
_BESIDE_ROWS = {"errors", "warnings", "messages", "links", "facets", "included", "meta"}
"""Lists that are rows only where a declared field says so."""


def correct_selector(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct a selector that matches no rows, where one list of objects alone can be the rows."""
    if not _is_wrong(preview):
        return
    places = list(_find_lists_of_objects(preview.body))
    if len(places) == 1 and _may_be_rows(preview, places[0]):
        keys = places[0]
        value = ".".join(keys) if all(map(str.isidentifier, keys)) else list(keys)
        shown = ".".join(keys) or "$"
        if (value or "$") == preview.resource.endpoint.data_selector:
            return  # The rows are there, under another key than the declared one.
        evidence = f"the only list of objects in the response is at {shown}"
        yield Correction(
            preview.resource.name, ("endpoint", "data_selector"), value or "$", evidence
        )


def _is_wrong(preview: ResourcePreview) -> bool:
    """Return whether the declared place holds no rows, no objects, or one object around them."""
    if preview.body is None:
        return False
    if not preview.pages:
        return bool(preview.error)
    first, key = preview.pages[0], preview.resource.primary_key
    if not any(isinstance(unwrap_value(row), dict) for row in first):
        return bool(first)
    is_around = len(first) == 1 and bool(key) and not any(name in first[0] for name in key)
    return is_around and any(_find_lists_of_objects(first[0]))


def _may_be_rows(preview: ResourcePreview, place: tuple[str, ...]) -> bool:
    """Return whether a list has a declared field: an empty answer may hold another list."""
    resource, rows = preview.resource, preview.body
    for key in place:
        rows = rows[key]
    cursor = resource.incremental and resource.incremental.cursor_path.partition(".")[0]
    declared = {*resource.primary_key, *resource.fields, *([cursor] if cursor else [])}
    if not declared:
        return not {name.lower() for name in place} & _BESIDE_ROWS
    return any(name in row for row in rows for name in declared)


def _find_lists_of_objects(value: Any, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield the keys that lead to each list of objects, outside other lists."""
    if isinstance(value, list):
        if value and all(isinstance(item, dict) for item in value):
            yield ()
    elif isinstance(value, Mapping) and depth < _DEPTH:
        for key, item in value.items():
            yield from ((str(key), *below) for below in _find_lists_of_objects(item, depth + 1))
