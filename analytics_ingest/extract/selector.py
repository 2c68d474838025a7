"""A data selector: the body of a response → its rows."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.detector import find_response_page_data

from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.common.lazy_list import LazyList, to_plain

_STAR = re.compile(r"(?:^|\.)\*|\[\*\]")

Part = Callable[[Any], list[Any]]
"""A function from a value to what one part of the path matches in it."""


class Selector:
    """A path to the rows, where `*` matches each element of a list or an object.

    The parts around each `*` are separate JSONPaths, because not every version of jsonpath-ng
    matches the elements of a list by `*`.

    Args:
        path: A JSONPath, or a list of literal keys.
    """

    def __init__(self, path: str | Sequence[str]) -> None:
        self.path = path
        self._simple = path if isinstance(path, str) and path.isidentifier() else None
        self._parts = _compile_text(path) if isinstance(path, str) else _build_parts(path)
        self._keys = list(_list_leading_keys(path))

    def read_rows(self, body: Any) -> list[Any]:
        """Read the rows of a body: the elements of a list; null and an empty object have none."""
        if self._simple and isinstance(body, dict):
            matches = [body.get(self._simple)]
        else:
            matches = self._matches(body, len(self._parts))
        if len(matches) == 1 and isinstance(matches[0], LazyList):
            return matches[0]
        rows: list[Any] = []
        for match in matches:
            if isinstance(match, list):
                rows.extend(match)
            elif match is not None and match != {}:
                rows.append(to_plain(match))
        return rows

    def read_items(self, body: Any) -> list[Any]:
        """Read the elements that the API counts on a page: the matches of the path's first part."""
        if len(self._parts) == 1:
            return self.read_rows(body)
        return [item for match in self._matches(body, 1) for item in _list_elements(match)]

    def matches(self, body: Any) -> bool:
        """Return whether a body has a place for rows, even an empty one."""
        return bool(self._matches(body, 1))

    def has_list(self, body: Any) -> bool:
        """Return whether a body has a list in the place for rows, even an empty one."""
        return any(isinstance(match, list) for match in self._matches(body, len(self._parts)))

    def list_objects_above(self, body: Any) -> list[dict[str, Any]]:
        """List the objects around the place for rows, outermost first, without what is inside."""
        objects: list[dict[str, Any]] = []
        for key in self._keys:
            if not isinstance(body, dict) or key not in body:
                break
            objects.append({name: value for name, value in body.items() if name != key})
            body = body[key]
        return objects

    def list_names_above(self, body: Any) -> list[str]:
        """List the key that leads on to the place for rows from each of `list_objects_above`."""
        return self._keys[: len(self.list_objects_above(body))]

    def list_parts_without_place(self, body: Any) -> list[Any]:
        """List the objects that lead to the place for rows, and the object or list without its key.

        Empty where the path is more than keys, or the place is there.
        """
        objects = self.list_objects_above(body)
        for key in self._keys[: len(objects)]:
            body = body[key]
        is_missing = self._has_keys_alone and len(objects) < len(self._keys)
        return [*objects, body] if is_missing and isinstance(body, dict | list) else []

    def has_text(self, body: Any) -> bool:
        """Return whether a path of keys alone leads to a text in the place for rows."""
        if not self._has_keys_alone:
            return False
        return any(isinstance(match, str) and match for match in self._matches(body, 1))

    @property
    def _has_keys_alone(self) -> bool:
        path = self.path if isinstance(self.path, str) else ".".join(self.path)
        return path.removeprefix("$.") == ".".join(self._keys)

    def _matches(self, body: Any, parts: int) -> list[Any]:
        values = [body]
        for number, part in enumerate(self._parts[:parts]):
            if number:
                values = [item for value in values for item in _list_elements(value)]
            values = [match for value in values for match in part(value)]
        return values


def detect_selector(body: Any) -> Selector:
    """Return the selector of the list that dlt takes for the rows of a body.

    Raises:
        JSONPathError: Its name is not a JSONPath.
    """
    path, _ = find_response_page_data(body)
    keys = [key if key == "$" else f'"{key}"' for key in path]
    return Selector(".".join(keys) or "$")


def _list_leading_keys(path: str | Sequence[str]) -> Iterator[str]:
    """Yield the keys with which a path begins, up to its first `*`, index or filter."""
    parts = path.removeprefix("$").split(".") if isinstance(path, str) else path
    for part in parts[1:] if parts and not parts[0] else parts:
        key, bracket, _ = part.partition("[")
        if key in ("", "*"):
            return
        yield key.strip("\"'")
        if bracket:
            return


def _compile_text(path: str) -> list[Part]:
    texts = [part.lstrip(".") for part in _STAR.split(path)]
    return [
        partial(jsonpath.find_values, compile_path(text)) if text else _find_itself
        for text in texts
    ]


def _build_parts(path: Sequence[str]) -> list[Part]:
    parts: list[list[str]] = [[]]
    for key in path:
        if key == "*":
            parts.append([])
        else:
            parts[-1].append(key)
    return [partial(_find_below, keys) for keys in parts]


def _find_below(keys: list[str], value: Any) -> list[Any]:
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            return []
        value = value[key]
    return [value]


def _find_itself(value: Any) -> list[Any]:
    return [value]


def _list_elements(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []
