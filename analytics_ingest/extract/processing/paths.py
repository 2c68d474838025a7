"""Fields of a row by their paths: `a.b` is the field b of the object a."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

MISSING = object()


def get(row: Any, path: Sequence[str]) -> Any:
    """Return the value at a path, or MISSING."""
    for key in path:
        if isinstance(row, dict) and key in row:
            row = row[key]
        elif isinstance(row, list) and key.isdecimal() and int(key) < len(row):
            row = row[int(key)]
        else:
            return MISSING
    return row


def put(row: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Set the value at a path; what is in its way is replaced by an object."""
    *above, last = path
    for key in above:
        if not isinstance(row.get(key), dict):
            row[key] = {}
        row = row[key]
    row[last] = value


def delete(
    row: Any, path: Sequence[str], is_deleted: Callable[[Any], bool] = lambda _: True
) -> None:
    """Delete what is at a path; `*` in a key is any text, and `**` any number of keys."""
    first, *rest = path
    if first == "**":
        delete(row, rest or ["*"], is_deleted)
        for _, child in _list_items(row):
            delete(child, path, is_deleted)
        return
    for key, child in _list_items(row):
        if fnmatchcase(key, first):
            if rest:
                delete(child, rest, is_deleted)
            # An object is part of all that is below it: a.** is a too.
            if rest in ([], ["**"]) and isinstance(row, dict) and is_deleted(child):
                del row[key]


def _list_items(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(str(key), item) for key, item in value.items()]
    return [(str(n), item) for n, item in enumerate(value)] if isinstance(value, list) else []
