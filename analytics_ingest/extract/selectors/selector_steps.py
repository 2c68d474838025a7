"""The steps of a data selector, which are the same however it is spelled.

`data.items`, `data['items']` and `["data", "items"]` are two keys. A `*` is a step of its own,
because not every version of jsonpath-ng matches the elements of a list by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from analytics_ingest.common.jsonpaths import compile_path


class Star(Enum):
    """A `*`: each element of a list, or each value of an object."""

    EACH = "*"


EACH = Star.EACH
Step = Any
"""A literal key, `EACH`, or any other part of a JSONPath."""


def parse_steps(path: str | Sequence[str]) -> list[Step]:
    """Return the steps of a path.

    Args:
        path: A JSONPath, or a list of literal keys.

    Raises:
        JSONPathError: It is not one.
    """
    if not isinstance(path, str):
        return [EACH if key == "*" else key for key in path]
    return [path] if path.isidentifier() else list(_split(compile_path(path)))


def find_values(steps: Sequence[Step], values: list[Any]) -> list[Any]:
    """Find what steps match in any of some values."""
    for step in steps:
        if step is EACH:
            values = [item for value in values for item in list_elements(value)]
        elif isinstance(step, str):
            values = [v[step] for v in values if isinstance(v, Mapping) and step in v]
        else:
            values = [match.value for value in values for match in step.find(value)]
    return values


def list_elements(value: Any) -> list[Any]:
    """List the elements of a list, or the values of an object."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def is_search(step: Step) -> bool:
    """Return whether a step looks at any depth: `..`."""
    from jsonpath_ng import Descendants

    return isinstance(step, Descendants)


def _split(path: Any) -> Iterator[Step]:
    from jsonpath_ng import Child, Descendants, Fields, Parent, Root, This

    if isinstance(path, Child) and not isinstance(path.right, Parent):
        yield from _split(path.left)
        yield from _split(path.right)
    elif isinstance(path, Descendants):
        yield from _split(path.left)
        yield Descendants(This(), path.right)
    elif str(path) in ("*", "[*]"):
        yield EACH
    elif isinstance(path, Fields) and len(path.fields) == 1:
        yield path.fields[0]
    elif not isinstance(path, Root | This):
        yield path
