"""The lists of a body that may hold rows, and what shows whether they do: their names and keys."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.key_names import normalize_name
from analytics_ingest.extract.selectors.list_names import is_named, is_similar, is_usual
from analytics_ingest.extract.selectors.row_object import list_objects

ListPath = tuple[str, ...]
"""The keys that lead to a list; `("$",)` where a body has none, or is one."""
Lists = Mapping[ListPath, Sequence[Any]]

DEEPEST = 4
_MOST_NAMES = 5
_ERRORS = (
    *("error", "errors", "error_messages", "error_details", "exceptions", "faults"),
    *("user_errors", "api_errors", "validation_errors", "partial_errors"),
)
_SIDE_LISTS = (
    *("included", "includes", "include", "links", "warnings", "warning", "messages", "notices"),
    *("facets", "filters", "aggregations", "tags", "meta", "metadata", "pagination", "headers"),
)
"""What is beside rows: with objects of its own in it, it puts no listing in doubt."""


class OneRow(list[Any]):
    """An object in place of a list, under a name that only resembles that of the resource."""


def list_lists(body: Any, chosen: ListPath, resource: ResourceDeclaration) -> Lists:
    """List the lists of a body that are not of errors, and one that was chosen.

    One row under a likely name counts as one; where the name only resembles the resource's, it may
    be the thing that the request is about, unless no list has objects.
    """
    lists = {
        path: elements
        for path, elements in _iterate_lists(body, resource)
        if path == chosen or not holds_errors(path, elements, resource)
    }
    of_rows = [p for p, e in lists.items() if not isinstance(e, OneRow) and not is_beside(p)]
    if not any(list_objects(lists[path]) for path in of_rows):
        return lists
    return {path: e for path, e in lists.items() if not isinstance(e, OneRow)}


def _iterate_lists(
    body: Any, resource: ResourceDeclaration, path: ListPath = ()
) -> Iterator[tuple[ListPath, Sequence[Any]]]:
    """Yield the lists of a body, one row under a likely name, and null under the resource's."""
    for key, value in body.items() if isinstance(body, dict) else ():
        place, is_of_resource = (*path, key), is_named(key, resource)
        if isinstance(value, list) or (is_of_resource and value is None):
            yield place, value or []
        elif (is_of_resource or is_usual(key)) and _is_one_row(value, resource):
            yield place, [value]
        elif len(place) < DEEPEST:
            is_like = is_similar(key, resource) and not is_beside(place)
            if is_like and _is_one_row(value, resource):
                yield place, OneRow([value])
            yield from _iterate_lists(value, resource, place)


def _is_one_row(value: Any, resource: ResourceDeclaration) -> bool:
    """Return whether an object in place of a list is a row, and holds no list of rows."""
    if not isinstance(value, dict) or not has_key([value], resource.primary_key):
        return False
    lists = [(key, inner) for key, inner in value.items() if isinstance(inner, list)]
    return not any(is_named(k, resource) or has_key(e, resource.primary_key) for k, e in lists)


def holds_errors(path: ListPath, elements: Sequence[Any], resource: ResourceDeclaration) -> bool:
    """Return whether a list is one of errors, and these are not what the resource lists.

    An error may have an id, but has no cursor.
    """
    is_of_errors = any(normalize_name(key) in _ERRORS for key in path)
    if not is_of_errors or any(is_named(key, resource) for key in path):
        return False
    return not (resource.cursor_column and has_cursor(elements, resource))


def is_beside(path: ListPath) -> bool:
    return any(normalize_name(key) in _SIDE_LISTS for key in path)


def list_fitting(lists: Lists, resource: ResourceDeclaration) -> list[ListPath]:
    """List the lists whose elements have the key, and the cursor where one of them has that."""
    fitting = [path for path in lists if has_key(lists[path], resource.primary_key)]
    with_cursor = [path for path in fitting if has_cursor(lists[path], resource)]
    return with_cursor or fitting


def has_cursor(elements: Sequence[Any], resource: ResourceDeclaration) -> bool:
    """Return whether the first elements of a list have the key, and one of them the cursor."""
    cursor = resource.cursor_column
    has_cursor = any(row.get(cursor) is not None for row in list_objects(elements) if cursor)
    return has_cursor and (not resource.primary_key or has_key(elements, resource.primary_key))


def has_key(elements: Sequence[Any], primary_key: Sequence[str]) -> bool:
    """Return whether the first elements of a list have a primary key."""
    objects = list_objects(elements) if primary_key else []
    return bool(objects) and all(row.get(n) is not None for row in objects for n in primary_key)


def join_names(paths: Sequence[ListPath]) -> str:
    """Join the names of the first lists: keys may be data, of which there may be thousands."""
    names = [".".join(path) if all(map(is_name, path)) else "…" for path in paths[:_MOST_NAMES]]
    return ", ".join([*dict.fromkeys(names), *(["…"] if len(paths) > _MOST_NAMES else [])])


def is_name(key: str) -> bool:
    """Return whether a key can be shown, as it is a name and hardly data."""
    is_plain = key.isascii() and key.replace("-", "_").isidentifier()
    return key in ("$", "*") or is_plain
