"""Where no data_selector is declared: the object that holds the list of rows may be a row itself.

    {"id": 1, "total": 5, "items": [{"id": 7}, {"id": 8}]}    one row, or two?

Nothing can tell, so the elements are loaded with a warning, unless something says that the object
is only around them: the list's name, its own kind, a key of another type, or a second page.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from analytics_ingest.extract.selectors.body_lists import (
    ListPath,
    has_cursor,
    has_key,
    join_names,
)
from analytics_ingest.extract.selectors.list_names import is_named, is_similar
from analytics_ingest.extract.selectors.row_object import RowObject, list_objects

_KINDS = ("kind", "object", "type", "@type", "_type", "resourceType", "resource_type")
_KIND_OF_LIST = re.compile(
    r"(?:.*[^A-Za-z])?(?:list|List|LIST|collection|Collection|bundle|Bundle|feed|Feed|array|Array)"
    r"|.*[a-z](?:List|Collection|Bundle|Feed|Array)"
)


class ListHolder:
    """An object that holds the list of the rows and may be a row, and the pages that show which.

    Args:
        path: The keys that lead to the list.
        depth: How many of them lead to the object.
        names: The key of a row.
    """

    def __init__(self, path: ListPath, depth: int, names: Sequence[str]) -> None:
        self._path, self._depth, self._names = path, depth, names
        self._first: tuple[list[Any], Any] | None = None
        name, around = join_names([path]), join_names([path[:depth] or ("$",)])
        self.doubt = (
            f"the object that holds the list {name} has all that a row needs and may be one; "
            f"the elements of {name} are loaded: declare data_selector: {name}, or {around}"
        )
        """A sentence for a warning."""

    def is_around(self, body: Any) -> bool:
        """Return whether a page has other elements than the first one, in the same object."""
        holder = body
        for key in self._path[: self._depth]:
            holder = holder.get(key) if isinstance(holder, dict) else None
        elements = holder
        for key in self._path[self._depth :]:
            elements = elements.get(key) if isinstance(elements, dict) else None
        if not isinstance(holder, dict) or not isinstance(elements, list) or not elements:
            return False
        page = [holder.get(name) for name in self._names], next(iter(elements))
        self._first = first = self._first or page
        return page[0] == first[0] and page[1] != first[1]


def find_holder(
    body: Any, path: ListPath, elements: Sequence[Any], row_object: RowObject
) -> ListHolder | None:
    """Find the object that holds a list and may be a row."""
    resource, rows = row_object.resource, list_objects(elements)
    is_own = is_named(path[-1], resource) or (rows and is_similar(path[-1], resource))
    if is_own or "jsonrpc" in body:
        return None
    for depth, key in enumerate(path):
        has_needed = (
            has_cursor([body], resource)
            if resource.cursor_column
            else has_key([body], resource.primary_key)
        )
        if has_needed and not _is_only_around(body, key, rows, row_object):
            names = resource.primary_key or (resource.cursor_column or "",)
            return ListHolder(path, depth, names)
        body = body[key]
    return None


def _is_only_around(
    holder: Mapping[str, Any], key: str, rows: Sequence[Mapping[str, Any]], row_object: RowObject
) -> bool:
    """Return whether an object with the key of a row is not one, but the response or a list."""
    resource = row_object.resource
    kinds = [kind for name in _KINDS if isinstance(kind := holder.get(name), str)]
    if any(_KIND_OF_LIST.fullmatch(kind) and not is_similar(kind, resource) for kind in kinds):
        return True
    values = [(name, holder.get(name)) for name in resource.primary_key]
    if any(not row_object.is_of_type(name, value) for name, value in values):
        return True
    pairs = [(row.get(name), value) for row in rows for name, value in values]
    if any(own is not None and type(own) is not type(value) for own, value in pairs):
        return True
    return row_object.count_fields(rows) > row_object.count_fields([holder], key)
