"""Paths that begin at a part of the response: `response['a'][-1].b`, `headers.link.next.url`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ROOT = re.compile(r"response|headers|last_record")
_STEP = re.compile(r"""\.([^.\[\]]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(-?\d+)\]""")


@dataclass(frozen=True)
class RootedPath:
    """A root (`response`, `headers` or `last_record`) and the keys or list indexes below it."""

    root: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> "RootedPath | None":
        """Parse a path; None if it does not begin at a root."""
        match = _ROOT.match(text)
        if match is None:
            return None
        root, position, steps = match[0], match.end(), []
        while position < len(text):
            match = _STEP.match(text, position)
            if match is None:
                return None
            steps.append(int(match[4]) if match[4] else match[match.lastindex or 0])
            position = match.end()
        return cls(root, tuple(steps)) if steps else None

    def find(self, roots: Mapping[str, Any]) -> Any:
        """The value at the path; None if there is none."""
        value = roots[self.root]
        for step in self.steps:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step in range(-len(value), len(value)):
                value = value[int(step)]
            else:
                return None
        return value
