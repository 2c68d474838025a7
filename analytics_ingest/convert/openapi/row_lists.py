"""Finds in an answer the lists of objects that can be its rows, the likeliest first."""

from collections.abc import Iterator
from itertools import islice

from analytics_ingest.convert.openapi.operations import Operation, ResponseShape
from analytics_ingest.convert.openapi.paging_names import has_paging
from analytics_ingest.convert.openapi.schemas import Shape, read_any_shape, read_shape
from analytics_ingest.convert.openapi.words import is_same_word, to_plain

USUAL = (
    *("data", "items", "results", "value", "records", "entries", "rows", "content", "list"),
    *("objects", "elements", "values", "resources", "collection", "nodes", "edges", "result"),
    "hits",
)
IDS = ("id", "_id", "gid", "uuid", "guid", "sid", "uid")
_MAYBE = {"links", "messages", "columns", "filters", "order"}
_NEVER = _MAYBE | {
    *("errors", "warnings", "included", "notices", "meta", "facets", "sort"),
    *("metadata", "sorting"),
    *("aggregations", "headers", "debug", "parameters", "orders_by"),
}
"""Lists that go with rows; they are rows where the path is named after them."""
_DEPTH = 4
_FIELDS_OF_NOTICE = 6
_MOST_LISTS = 20
Place = tuple[str, ...]
Lists = list[tuple[Place, Shape]]


def find_lists(operation: Operation, answer: ResponseShape, noun: str) -> tuple[Shape, Lists]:
    """Find the shape of an answer, and the lists in it that can be its rows, the likeliest first.

    Args:
        noun: The last word of the path, which often names the rows.
    """
    whole = read_shape(answer.schema) if answer.schema else Shape()
    lists = _rank_lists(_find_lists(whole), noun)
    likely = _without_beside(lists, noun)
    if not likely and has_paging(operation):
        likely = [each for each in lists if each[0][-1].lower() in _MAYBE and _is_rich(each[1])]
    if not likely:
        likely = _without_beside(_rank_lists(_open_lists(operation, answer, whole), noun), noun)
    return whole, likely


def _rank_lists(lists: Lists, noun: str) -> Lists:
    return sorted(lists, key=lambda candidate: _rank(candidate[0], noun))


def _without_beside(lists: Lists, noun: str) -> Lists:
    return [candidate for candidate in lists if not _is_beside(candidate[0], noun)]


def _find_lists(whole: Shape) -> Lists:
    return list(islice(_iterate_lists(whole, (), frozenset()), _MOST_LISTS))


def _open_lists(operation: Operation, answer: ResponseShape, whole: Shape) -> Lists:
    """Open the lists whose items the schema leaves open, with the rows that an example shows."""
    shown = answer.as_shown(operation.node)
    if whole == Shape() or shown is answer or shown.schema is None:
        return []
    return [each for each in _find_lists(read_shape(shown.schema)) if _is_open(whole, each[0])]


def _is_open(whole: Shape, place: Place) -> bool:
    shape = whole
    for name in place:
        shape = shape.get_field(name)
    items = read_any_shape(shape.items)
    return shape.is_array and not items.types and not items.enum


def _is_rich(row: Shape) -> bool:
    """Return whether an object is more than a notice or a link is."""
    return has_id(row) or len(row.properties) > _FIELDS_OF_NOTICE


def has_id(shape: Shape) -> bool:
    """Return whether an object has a field that is called an id."""
    return any(to_plain(name) in map(to_plain, IDS) for name in shape.properties)


def _iterate_lists(
    shape: Shape, place: Place, above: frozenset[int]
) -> Iterator[tuple[Place, Shape]]:
    """Yield the lists of objects in an answer, the outer ones first."""
    if shape.is_array:
        row = read_any_shape(shape.items)
        if row.is_object:
            yield place, row
        return
    if len(place) >= _DEPTH or id(shape) in above:
        return
    inner: Lists = []
    for name in shape.properties:
        held = shape.get_field(name)
        if held.is_array or held.properties:
            inner.append(((*place, name), held))
    inner.sort(key=lambda pair: not pair[1].is_array)
    for count, (below, held) in enumerate(inner):
        if count == _MOST_LISTS:
            return
        yield from _iterate_lists(held, below, above | {id(shape)})


def _rank(place: Place, last: str) -> tuple[int, int, int]:
    """Return how likely the rows are in a list: by its depth and its name."""
    if not place:
        return (0, 0, 0)
    name = place[-1].lower()
    named = 0 if is_same_word(name, last) else 1 if name in USUAL else 2
    is_inside = any(is_same_word(part, last) or part.lower() in USUAL for part in place[:-1])
    return (len(place) - (1 if is_inside or place[0] == "_embedded" else 0), named, len(place))


def _is_beside(place: Place, last: str) -> bool:
    """Return whether a list goes with rows rather than holds them."""
    return (
        bool(place) and place[-1].strip("_").lower() in _NEVER and not is_same_word(place[-1], last)
    )


def has_name(place: Place, last: str) -> bool:
    """Return whether a list is called as the path is, or as lists of rows are."""
    return bool(place) and (is_same_word(place[-1], last) or place[-1].lower() in USUAL)
