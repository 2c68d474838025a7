"""Finds the resource whose path a line begins with, as an item on it does.

- `GET /orders/{order_id}/lines`, incremental on `changed_at`     - `/users`: paged by offset
"""

import re
from collections.abc import Collection, Mapping

_PATH = re.compile(r"(?<![\w/{}])/[\w{][\w/{}<>:.-]*")
_FIRST = re.compile(rf"[\W_]*?(?:(?:GET|POST)[\s`*:]+)?(?P<path>{_PATH.pattern})", re.IGNORECASE)
_FILLED = re.compile(r"\{[^{}]*\}|:\w+|<[^<>]*>")

Paths = Mapping[str, Collection[str]]
"""Paths, whatever their placeholders are called, and the resources that are read from them."""


def index_paths(paths: Mapping[str, str]) -> Paths:
    """Index the resources by what their paths have in common with how a text writes them.

    Args:
        paths: Of the resources, by their names.
    """
    index: dict[str, list[str]] = {}
    for name, path in paths.items():
        index.setdefault(_simplify(path), []).append(name)
    return index


def find_path_subjects(text: str, paths: Paths) -> list[str]:
    """Find the resource whose path, and no other one, a text begins with."""
    named = {_simplify(path) for path in _PATH.findall(text)} if _FIRST.match(text) else set[str]()
    names = [name for path in named for name in paths.get(path, ())]
    return names if len(names) == 1 else []


def begins_with_path(text: str) -> bool:
    """Return whether a text begins with a path, as an item on one resource does."""
    return _FIRST.match(text) is not None


def _simplify(path: str) -> str:
    return _FILLED.sub("{}", path).strip("/.:").lower()
