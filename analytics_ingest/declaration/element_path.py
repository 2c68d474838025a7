"""The data selector of XML → the names of the elements from the root to the rows.

xmltodict makes a list of elements only where there are several, so the decoder has to know which
ones may repeat. A selector can therefore be names only, with a `*` behind each that may.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PART = re.compile(r"""(?:'([^'.]+)'|"([^".]+)"|([^\s'".\[\]$*?()|]+|\*))(?:\.|$)""")


@dataclass(frozen=True)
class ElementPath:
    """Where the rows are.

    Args:
        names: The elements from the root to the rows; empty if the root is the row.
        repeated: The places in `names` of those that may come several times.
    """

    names: tuple[str, ...] = ()
    repeated: frozenset[int] = frozenset()


def parse_element_path(
    selector: str | Sequence[str], *, is_in_list: bool = False
) -> ElementPath | None:
    """Parse a data selector; None if it is anything but names with a `*` behind some.

    Args:
        is_in_list: Whether it selects from a list of documents: then it begins with a `*`.
    """
    parts = _split_selector(selector)
    if is_in_list and parts is not None:
        parts = parts[1:] if parts[:1] == ["*"] else None
    names: list[str] = []
    repeated: set[int] = set()
    for part in parts or ():
        if part != "*":
            names.append(part)
        elif len(names) < 2 or len(names) - 1 in repeated:
            return None
        else:
            repeated.add(len(names) - 1)
    return None if parts is None else ElementPath(tuple(names), _with_last(repeated, names))


def _with_last(repeated: set[int], names: Sequence[str]) -> frozenset[int]:
    return frozenset({*repeated, len(names) - 1} if names else ())


def _split_selector(selector: str | Sequence[str]) -> list[str] | None:
    """Return the names and stars of a selector; None if it holds anything else."""
    if not isinstance(selector, str):
        return list(selector)
    text = selector.removeprefix("$").removeprefix(".")
    parts: list[str] = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            return None
        parts.append(next(name for name in match.groups() if name))
        position = match.end()
    return None if text.endswith(".") else parts
