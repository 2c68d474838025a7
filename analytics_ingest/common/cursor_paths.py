"""Paths in an answer that say where they begin: `response['a'][-1].b`, `headers.link.next.url`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ROOT = re.compile(r"response|headers|last_record")
_STEP = re.compile(r"""\.([^.\[\]]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(-?\d+)\]""")


@dataclass(frozen=True)
class RootedPath:
    """One path: the root, and a key or the index in a list for each step from there."""

    root: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> "RootedPath | None":
        """Read a path; None where it does not begin at a root."""
        found = _ROOT.match(text)
        if found is None:
            return None
        root, at, steps = found[0], found.end(), []
        while at < len(text):
            found = _STEP.match(text, at)
            if found is None:
                return None
            steps.append(int(found[4]) if found[4] else found[found.lastindex or 0])
            at = found.end()
        return cls(root, tuple(steps)) if steps else None

    def find(self, roots: Mapping[str, Any]) -> Any:
        """What stands there, None where nothing does."""
        value = roots[self.root]
        for step in self.steps:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step in range(-len(value), len(value)):
                value = value[int(step)]
            else:
                return None
        return value
