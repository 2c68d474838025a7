"""Where no data_selector is declared: which of the lists in a body holds the rows?

dlt takes the first one that has a usual name (`data`, `items` …), else the first of all, which may
be one of warnings or links. A list of errors never holds rows. Among others the key or the name of
the resource decides; where neither does, the resource fails or warns.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dlt.sources.helpers.rest_client.detector import (
    RECORD_KEY_PATTERNS,
    find_all_lists,
    find_response_page_data,
)

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.key_names import normalize_name
from analytics_ingest.extract.selectors.row_object import UnclearRowsError, list_objects

ListPath = tuple[str, ...]
"""The keys that lead to a list; `("$",)` where a body has none, or is one."""

_ERRORS = (
    *("error", "errors", "error_messages", "error_details", "exceptions", "faults"),
    *("user_errors", "api_errors", "validation_errors", "partial_errors"),
)


def find_list(body: Any, resource: ResourceDeclaration) -> ListPath:
    """Find the list that dlt takes for the rows of a body, among those that are not of errors."""
    path, elements = find_response_page_data(body)
    while path != ("$",) and _holds_errors(path[-1], elements, resource):
        body = _remove(body, path)
        path, elements = find_response_page_data(body)
    return path


def choose_list(body: Any, path: ListPath, resource: ResourceDeclaration) -> tuple[ListPath, str]:
    """Return the list that holds the rows, and a warning where another one may.

    Args:
        path: dlt's choice.

    Raises:
        UnclearRowsError: dlt's choice holds no objects, and another list does.
    """
    lists = dict(find_all_lists(body, result=[]) or ())
    rivals = [p for p in lists if p == path or not _holds_errors(p[-1], lists[p], resource)]
    if path[-1] in RECORD_KEY_PATTERNS or len(rivals) == 1:
        return path, ""
    for fitting in (
        [p for p in rivals if _is_named(p[-1], resource)],
        [p for p in rivals if _has_key(lists[p], resource.primary_key)],
    ):
        if len(fitting) == 1:
            return fitting[0], ""
    others = [p for p in rivals if p != path and list_objects(lists[p])]
    names = ", ".join(".".join(p) for p in (path, *others))
    problem = f"the response has several lists ({names}), and nothing says which holds the rows"
    if others and not list_objects(lists[path]):
        raise UnclearRowsError(f"{problem}; declare data_selector")
    is_open = any(len(p) <= len(path) for p in others)
    return path, f"{problem}: those of {path[-1]} are loaded; declare data_selector" * is_open


def _holds_errors(name: str, elements: Sequence[Any], resource: ResourceDeclaration) -> bool:
    """Return whether a list is one of errors, and these are not what the resource lists.

    An error may have an id, but has no cursor.
    """
    if normalize_name(name) not in _ERRORS or _is_named(name, resource):
        return False
    cursor = resource.cursor_column
    return not (cursor and _has_key(elements, (*resource.primary_key, cursor)))


def _is_named(name: str, resource: ResourceDeclaration) -> bool:
    """Return whether a list has the name of the resource, or of the end of its path."""
    end_of_path = resource.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return normalize_name(name) in map(normalize_name, (resource.name, end_of_path))


def _remove(body: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Return a body without what is at a path."""
    key, *rest = path
    kept = {name: value for name, value in body.items() if name != key}
    return {**body, key: _remove(body[key], rest)} if rest else kept


def _has_key(elements: Sequence[Any], primary_key: Sequence[str]) -> bool:
    """Return whether the first elements of a list have a primary key."""
    objects = list_objects(elements) if primary_key else []
    return bool(objects) and all(row.get(n) is not None for row in objects for n in primary_key)
