"""The places for rows in a body: what is in them, what is around them, and what lacks one.

Rows are at the end of the steps of a data selector. Where these go through a list, each of its
elements may be a response of its own: with rows, without any, or an error in their place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analytics_ingest.extract.selectors.selector_steps import EACH, Step, is_search


class Around(NamedTuple):
    """An object that leads to places for rows."""

    name: str
    """The key that leads there; empty if there are several."""
    others: dict[Any, Any]
    """Its members that do not."""
    depth: int


class Element(NamedTuple):
    """An object in a list or a map, with places for rows in it or without any."""

    keys: dict[Any, Any]
    has_rows: bool
    lacks_place: bool


@dataclass
class RowPlaces:
    """What the steps of a selector lead to in a body."""

    values: list[Any] = field(default_factory=list)
    """What is in the places."""
    around: list[Around] = field(default_factory=list)
    """The objects around them, outermost first."""
    missing: list[Any] = field(default_factory=list)
    """What lacks the next key, where no list is before it: there is no place at all."""
    gaps: list[Any] = field(default_factory=list)
    """Elements of lists, or what is in them, without the place that others may have."""
    members: list[Any] = field(default_factory=list)
    """Objects beside those that lead to places; they may be anything."""
    elements: list[Element] = field(default_factory=list)
    """The elements of lists and maps that lead to places or lack them."""
    has_list: bool = False
    """Whether a list is in a place, or leads to places."""

    @property
    def lead_on(self) -> bool:
        """Whether there is a place, or a list that may hold some."""
        return bool(self.values) or self.has_list

    @property
    def has_text(self) -> bool:
        """Whether a text is where rows or an object around them should be."""
        return any(isinstance(value, str) and value for value in (*self.values, *self.missing))


def find_places(steps: Sequence[Step], body: Any, depth: int = 0) -> RowPlaces:
    """Find the places for rows in a body, or in a part of it."""
    if not steps:
        return RowPlaces(values=[body], has_list=isinstance(body, list))
    step = steps[0]
    if isinstance(step, str):
        return _find_below_key(steps, body, depth)
    if step is not EACH:
        return _find_by_query(steps, body, depth)
    if isinstance(body, list):
        return _find_in_elements(steps, body, depth)
    if body and isinstance(body, dict):
        return _find_in_members(steps, body, depth)
    return RowPlaces(values=[body])


def _find_below_key(steps: Sequence[Step], value: Any, depth: int) -> RowPlaces:
    key = steps[0]
    if not isinstance(value, dict) or key not in value:
        return RowPlaces(missing=[value])
    below = find_places(steps[1:], value[key], depth + 1)
    others = {name: item for name, item in value.items() if name != key}
    below.around.insert(0, Around(key, others, depth))
    return below


def _find_in_elements(steps: Sequence[Step], values: list[Any], depth: int) -> RowPlaces:
    if len(steps) == 1:
        return RowPlaces(values=[values], has_list=True)
    parts = [find_places(steps[1:], value, depth + 1) for value in values]
    places = _join(parts)
    places.elements += _list_elements(values, parts)
    places.has_list = True
    return places


def _find_in_members(steps: Sequence[Step], value: dict[str, Any], depth: int) -> RowPlaces:
    """Find places in the values of an object: of all kinds, as those of a map are not."""
    parts = {
        name: find_places(steps[1:], item, depth + 1)
        for name, item in value.items()
        if isinstance(item, dict | list)
    }
    names = [name for name, part in parts.items() if part.lead_on]
    if not names:
        return RowPlaces(values=[] if steps[1:] else [*value.values()], missing=[value])
    places = _join(parts[name] for name in names)
    others = {name: item for name, item in value.items() if name not in names}
    if steps[1:]:
        known = {key for n in names if isinstance(value[n], dict) for key in value[n]}
        alike = [n for n, item in value.items() if n in names or _is_within(item, known)]
        places.elements += _list_elements([value[n] for n in alike], [parts[n] for n in alike])
    places.around.insert(0, Around(names[0] if len(names) == 1 else "", others, depth))
    places.members += [item for item in others.values() if isinstance(item, dict)]
    return places


def _is_within(value: Any, known: Collection[Any]) -> bool:
    """Return whether a value is an object whose keys are all known."""
    return isinstance(value, dict) and all(key in known for key in value)


def _find_by_query(steps: Sequence[Step], value: Any, depth: int) -> RowPlaces:
    """Find places by an index, a slice, a filter, or a search at any depth."""
    matches = steps[0].find(value)
    if not matches and isinstance(value, list):
        return RowPlaces(values=[[]], has_list=True)
    if not matches:
        return RowPlaces(missing=[value])
    values = [match.value for match in matches]
    parts = [find_places(steps[1:], each, depth + 1) for each in values]
    places = _join(parts)
    if steps[1:]:
        places.elements += _list_elements(values, parts)
    places.has_list |= isinstance(value, list)
    if is_search(steps[0]):
        around, members = _look_around(matches, depth)
        places.around[:0] = around
        places.members += members
        places.elements += _list_elements_around(matches)
    return places


def _look_around(matches: Sequence[Any], depth: int) -> tuple[list[Around], list[Any]]:
    """Return the objects that lead to the matches of a search, and the objects beside these."""
    own = {id(match.value) for match in matches}
    levels: dict[int, int] = {}
    holders: dict[int, Any] = {}
    for match in matches:
        chain = _list_holders(match)
        if own.isdisjoint(map(id, chain)):  # Otherwise it is within a row.
            holders.update((id(holder), holder) for holder in chain)
            levels.update((id(holder), level) for level, holder in enumerate(chain))
    around: list[Around] = []
    members: list[Any] = []
    for key, holder in holders.items():
        named = holder.items() if isinstance(holder, dict) else enumerate(holder)
        others = {n: item for n, item in named if id(item) not in own and id(item) not in holders}
        members += [item for item in others.values() if isinstance(item, dict)]
        if isinstance(holder, dict):
            names = [name for name in holder if name not in others]
            name = names[0] if len(names) == 1 else ""
            around.append(Around(name, others, depth + levels[key]))
    return around, members


def _list_elements_around(matches: Sequence[Any]) -> list[Element]:
    """List the elements of the lists that lead to the matches of a search, with or without any."""
    own = {id(match.value) for match in matches}
    values: dict[int, list[Any]] = {}
    lists: dict[int, list[Any]] = {}
    for match in matches:
        chain = _list_holders(match)
        if own.isdisjoint(map(id, chain)):  # Otherwise it is within a row.
            for holder in chain:
                values.setdefault(id(holder), []).append(match.value)
            # What a match is in itself is a list of rows.
            lists.update((id(holder), holder) for holder in chain[:-1] if isinstance(holder, list))
    return [
        Element(
            item,
            has_rows=any(values.get(id(item), ())),
            lacks_place=all(value is None for value in values.get(id(item), ())),
        )
        for elements in lists.values()
        for item in elements
        if isinstance(item, dict)
    ]


def _list_holders(match: Any) -> list[Any]:
    """List the objects and lists around a match, outermost first."""
    holders: list[Any] = []
    while (match := match.context) is not None:
        holders.insert(0, match.value)
    return holders


def _list_elements(values: Sequence[Any], parts: Sequence[RowPlaces]) -> list[Element]:
    """List the objects among values, each with what a selector leads to in it."""
    return [
        Element(
            value,
            has_rows=any(part.values),
            lacks_place=not part.has_list and all(item is None for item in part.values),
        )
        for value, part in zip(values, parts, strict=True)
        if isinstance(value, dict)
    ]


def _join(parts: Iterable[RowPlaces]) -> RowPlaces:
    """Join the places in the elements of a list: what one of them lacks is a gap."""
    places = RowPlaces()
    for part in parts:
        places.values += part.values
        places.around += part.around
        places.gaps += [*part.gaps, *part.missing]
        places.members += part.members
        places.elements += part.elements
        places.has_list |= part.has_list
    return places
