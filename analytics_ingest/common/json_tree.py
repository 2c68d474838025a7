"""Walks through JSON: objects, lists and the leaves in them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

Path = tuple[str, ...]
"""The keys that lead to a leaf; the items of a list share the list's path."""

DROPPED = object()
"""What a leaf becomes when it leaves the object or list that holds it."""


def walk(value: Any) -> Iterator[Any]:
    """Yield a value and everything in it."""
    yield value
    if isinstance(value, Mapping):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def map_leaves(value: Any, change: Callable[[Path, Any], Any], path: Path = ()) -> Any:
    """Copy a value with its leaves changed; `change` gets the path and the leaf."""
    if isinstance(value, Mapping):
        changed = {k: map_leaves(item, change, (*path, str(k))) for k, item in value.items()}
        return {key: item for key, item in changed.items() if item is not DROPPED}
    if isinstance(value, list):
        items = [map_leaves(item, change, path) for item in value]
        return [item for item in items if item is not DROPPED]
    return change(path, value)


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Copy a value with its strings changed."""
    return map_leaves(value, lambda _, leaf: change(leaf) if isinstance(leaf, str) else leaf)


def copy_tree(value: Any) -> Any:
    """Copy a value so that no two places in it share an object."""
    return map_leaves(value, lambda _, leaf: leaf)


def spell(value: Any) -> Any:
    """Return a leaf as it is sent in text: `true` as in JSON, a date of YAML as it is written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return spell_date(value)


def spell_date(value: Any) -> Any:
    """Return a date of YAML in ISO 8601; any other leaf as it is."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def spell_all(value: Any) -> Any:
    """Return a value with its leaves as they are sent in text."""
    return map_leaves(value, lambda _, leaf: spell(leaf))
