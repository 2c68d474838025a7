"""The names of resources: of their path's last fixed parts, short, unique, in snake_case."""

import re
from collections.abc import Iterator
from itertools import count

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.openapi.listings import Listing, split_call, without_ending
from analytics_ingest.convert.openapi.parents import find_parent
from analytics_ingest.convert.openapi.settings import VARIABLE
from analytics_ingest.convert.openapi.words import to_singular

_NOISE = re.compile(r"v?\d+([._-]\d+)*|\d{4}-\d\d(-\w+)?|api|rest|latest|public|index")
_TAIL = {"list", "all", "search", "query", "get", "find", "_search", "filter"}


def name_resources(listings: list[Listing]) -> None:
    """Name all listings; of two that would be called alike, the shorter path keeps the name."""
    taken: set[str] = set()
    ordered = sorted(
        listings, key=lambda each: (len(_split_parts(each.operation.path)), each.operation.method)
    )
    for listing in ordered:
        listing.name = next(
            name for name in _names(listing, listings) if name and name not in taken
        )
        taken.add(listing.name)


def _names(listing: Listing, listings: list[Listing]) -> Iterator[str]:
    """Yield names from the shortest on."""
    parts = [p for p in _split_parts(listing.operation.path) if not _NOISE.fullmatch(p.lower())]
    tail = ""
    while len([p for p in parts if "{" not in p]) > 1 and parts[-1].lower() in _TAIL:
        tail = f"_{to_valid_name(parts.pop())}"
    fixed = [(n, to_valid_name(p)) for n, p in enumerate(parts) if "{" not in p]
    operation = str(listing.operation.node.get_raw("operationId") or "")
    if not fixed:
        fixed = [(0, to_valid_name(operation) or "resource")]
    name, first = fixed[-1][1], len(fixed) - 1
    if first > 0:
        (above, word), (here, _) = fixed[first - 1], fixed[first]
        between = [v for part in parts[above + 1 : here] for v in VARIABLE.findall(part)]
        if any(find_parent(listing.operation.path, v, listings) for v in between):
            first -= 1
            name = _join(word, name)
    yield to_valid_name(name)
    while first > 0:
        first -= 1
        name = _join(fixed[first][1], name)
        yield to_valid_name(name)
    if tail:
        yield to_valid_name(name + tail)
    yield to_valid_name(f"{listing.operation.method}_{name}")
    yield to_valid_name(operation)
    for number in count(2):
        yield f"{to_valid_name(name)[:50].rstrip('_')}_{number}"


def _split_parts(path: str) -> list[str]:
    parts = without_ending(path).strip("/").split("/")
    return [word for part in parts if part for word in split_call(part)]


def _join(above: str, name: str) -> str:
    """Return a name with that of its parent before it, unless it begins with it."""
    own = to_singular(above)
    return name if name.startswith((f"{own}_", f"{above}_")) else f"{own}_{name}"
