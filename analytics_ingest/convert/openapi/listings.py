"""Chooses the operations that list rows, and in their answer the list that holds the rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.operations import Operation, ResponseShape, read_answer
from analytics_ingest.convert.openapi.paging_names import CURSORS, has_paging, sends_cursor
from analytics_ingest.convert.openapi.schemas import Shape, shape_of, shape_of_any
from analytics_ingest.convert.openapi.words import is_same_word, plain, singular, words

USUAL = (
    *("data", "items", "results", "value", "records", "entries", "rows", "content", "list"),
    *("objects", "elements", "values", "resources", "collection", "nodes", "edges", "result"),
)
_NEVER = {
    *("errors", "warnings", "links", "messages", "included", "notices", "meta", "facets", "sort"),
    *("metadata", "order", "sorting"),
    *("aggregations", "filters", "columns", "headers", "debug", "parameters", "orders_by"),
}
"""Lists that go with rows; they are rows where the path is named after them."""
_AGGREGATES = {"count", "counts", "stats", "statistics", "summary", "aggregate", "aggregates"} | {
    *("totals", "histogram", "ping", "health", "healthcheck", "status", "autocomplete", "typeahead")
}
_MEASURES = {"metrics", "stats", "statistics"}
_SEARCHES = {"search", "query", "list", "find", "filter", "get"}
_IDS = ("id", "_id", "gid", "uuid", "guid", "sid", "uid")
_CALLED = {"list", "lists", "search", "find", "index", "browse"}
_OF_ROWS = {"name", "title", "label", "slug", "createdat", "updatedat", "created", "updated"}
_COUNTS = {"count", "total", "numresults", "totalcount", "totalresults", "resultcount"}
_DEPTH = 4
_MOST_LISTS = 20
Place = tuple[str, ...]
_Lists = list[tuple[Place, Shape]]


@dataclass(eq=False)
class Listing:
    """An operation that lists rows, and the resource that it becomes."""

    operation: Operation
    answer: ResponseShape
    place: Place | None
    """Where the rows are in the answer; None where the document describes a single row."""
    row: Shape
    others: list[str]
    """Other lists in the answer."""
    name: str = ""
    resource: Json = field(default_factory=dict)
    key: str = ""
    """The field that identifies a row, among those of one parent."""
    parent: "Listing | None" = None
    settings: dict[str, str] = field(default_factory=dict)
    """Settings of its request, and what each is."""
    is_selected: bool = True

    @property
    def endpoint(self) -> Json:
        """The endpoint of the resource."""
        return self.resource["endpoint"]

    @property
    def body(self) -> Shape:
        """The shape of the whole answer, without its rows where these are all that is known."""
        schema = self.answer.schema
        return shape_of(schema) if schema and self.place is not None else Shape()


class NotListingError(Exception):
    """Why an operation does not list rows."""


def read_listing(operation: Operation) -> Listing:
    """Read an operation as a listing.

    Raises:
        NotListingError: It is something else.
    """
    fixed = fixed_parts(operation.path)
    noun = next((part for part in reversed(fixed) if part not in _SEARCHES), "")
    is_search = operation.method == "get" or _is_search(operation, fixed[-1] if fixed else "")
    if not is_search and not sends_cursor(operation):
        raise NotListingError("changes something")
    answer = read_answer(operation)
    whole, lists = _rows_of(answer, noun)
    if not lists and not answer.shows_fields:
        answer = answer.as_shown(operation.node)
        whole, lists = _rows_of(answer, noun)
        lists = [each for each in lists if not each[0] or _has_name(each[0], noun)]
    if _is_aggregate(fixed, lists, noun):
        raise NotListingError("aggregates, or says how the API is")
    if answer.schema is None:
        types = ", ".join(answer.types) or "nothing"
        raise NotListingError(f"answers without a schema of JSON ({types})")
    if not is_search and (len(lists) != 1 or not {plain(n) for n in whole.properties} & CURSORS):
        raise NotListingError("changes something")
    if is_search and _describes_row(operation, whole, lists, noun):
        return Listing(operation, answer, None, whole, [])
    return _choose(operation, answer, whole, lists, noun)


def _choose(
    operation: Operation, answer: ResponseShape, whole: Shape, lists: _Lists, noun: str
) -> Listing:
    """The listing with the likeliest of the lists in an answer."""
    pages, is_lookup = has_paging(operation), _is_lookup(operation)
    if is_lookup and not pages and not _counts_rows(operation, whole, lists):
        raise NotListingError("looks up one row")
    if not lists:
        raise NotListingError("answers without a list of objects")
    place, row = lists[0]
    is_row = _is_row(whole, place, noun)
    if (is_row and (is_lookup or not pages)) or not (pages or _is_named(place, noun)):
        raise NotListingError("looks up one row")
    beside = [p for p, _ in lists[1:] if len(p) <= len(place)]
    if beside and not pages and not _has_name(place, noun):
        raise NotListingError("answers with several lists, none of them named after its path")
    return Listing(operation, answer, place, row, [".".join(p) for p, _ in lists[1:]])


def _is_lookup(operation: Operation) -> bool:
    """Whether a path ends with the variable of a row."""
    return without_ending(operation.path).endswith("}")


def _rows_of(answer: ResponseShape, noun: str) -> tuple[Shape, _Lists]:
    """The shape of an answer, and the lists in it that can be its rows, the likeliest first."""
    whole = shape_of(answer.schema) if answer.schema else Shape()
    lists = list(islice(_lists(whole, (), frozenset()), _MOST_LISTS))
    lists.sort(key=lambda candidate: _rank(candidate[0], noun))
    return whole, [candidate for candidate in lists if not _is_beside(candidate[0], noun)]


def _is_aggregate(fixed: list[str], lists: _Lists, noun: str) -> bool:
    """Whether a path is called an aggregate; rows with ids are of what is called a status."""
    if _MEASURES & set(fixed[:-1]):
        return True
    if not fixed or fixed[-1] not in _AGGREGATES:
        return False
    is_named = bool(lists) and (not lists[0][0] or _has_name(lists[0][0], noun))
    has_id = is_named and any(plain(n) in map(plain, _IDS) for n in lists[0][1].properties)
    return not (has_id and fixed[-1] == "status")


def _counts_rows(operation: Operation, whole: Shape, lists: _Lists) -> bool:
    """Whether an answer for a variable that is not an id says how many rows it has."""
    last = words(operation.path.rpartition("{")[2])
    if not lists or len(lists[0][0]) != 1 or not last or last[-1] in (*_IDS, "name", "key"):
        return False
    return lists[0][0][0].lower() in USUAL and any(
        plain(name) in _COUNTS and {"integer", "number"} & set(whole.field(name).types)
        for name in whole.properties
    )


def _describes_row(operation: Operation, whole: Shape, lists: _Lists, noun: str) -> bool:
    """Whether the document describes one row where the operation lists rows in pages."""
    if _is_lookup(operation) or not has_paging(operation):
        return False
    fields = {plain(name) for name in whole.properties}
    if not (fields & set(map(plain, _IDS)) and fields & _OF_ROWS):
        return False
    titles = (operation.node.raw("operationId"), operation.node.text("summary"))
    called = [words(str(title or "")) for title in titles]
    if not any(set(own[:1]) & _CALLED or "all" in own for own in called):
        return False
    if not lists:
        return True
    place = lists[0][0]
    named = {singular(word) for word in words(place[-1])} if place else set()
    return _is_row(whole, place, noun) and not named & {singular(word) for word in words(noun)}


def without_ending(path: str) -> str:
    """A path without the name of a format at its end."""
    return re.sub(r"\.(json|xml)$", "", path.rstrip("/"))


def fixed_parts(path: str) -> list[str]:
    """The parts of a path that are not variables, in small letters, without an ending."""
    parts = without_ending(path).strip("/").split("/")
    return [part.lower() for part in parts if part and "{" not in part]


def _is_search(operation: Operation, last: str) -> bool:
    own = words(str(operation.node.raw("operationId") or ""))
    named = bool({last, *words(last)[-1:]} & _SEARCHES)
    return named or bool(
        set(own[:1]) & (_SEARCHES - {"get"}) or {"search", "query"} & set(own[-1:])
    )


def _lists(shape: Shape, place: Place, above: frozenset[int]) -> Iterator[tuple[Place, Shape]]:
    """Yield the lists of objects in an answer, the outer ones first."""
    if shape.is_array:
        row = shape_of_any(shape.items)
        if row.is_object:
            yield place, row
        return
    if len(place) >= _DEPTH or id(shape) in above:
        return
    inner: _Lists = []
    for name in shape.properties:
        held = shape.field(name)
        if held.is_array or held.properties:
            inner.append(((*place, name), held))
    inner.sort(key=lambda pair: not pair[1].is_array)
    for count, (below, held) in enumerate(inner):
        if count == _MOST_LISTS:
            return
        yield from _lists(held, below, above | {id(shape)})


def _rank(place: Place, last: str) -> tuple[int, int, int]:
    """How likely the rows are in a list: by its depth and its name."""
    if not place:
        return (0, 0, 0)
    name = place[-1].lower()
    named = 0 if is_same_word(name, last) else 1 if name in USUAL else 2
    is_inside = any(is_same_word(part, last) or part.lower() in USUAL for part in place[:-1])
    return (len(place) - (1 if is_inside or place[0] == "_embedded" else 0), named, len(place))


def _is_beside(place: Place, last: str) -> bool:
    """Whether a list goes with rows rather than holds them."""
    return (
        bool(place) and place[-1].strip("_").lower() in _NEVER and not is_same_word(place[-1], last)
    )


def _is_named(place: Place, last: str) -> bool:
    """Whether a list that is not at the top has a name for rows."""
    return len(place) <= 1 or _has_name(place, last)


def _has_name(place: Place, last: str) -> bool:
    """Whether a list is called as the path is, or as lists of rows are."""
    return bool(place) and (is_same_word(place[-1], last) or place[-1].lower() in USUAL)


def _is_row(whole: Shape, place: Place, last: str) -> bool:
    """Whether an object around the list is a row itself, so that the list is a field of it."""
    shape = whole
    for name in place:
        if any(plain(own) in map(plain, _IDS) for own in shape.properties):
            return not (is_same_word(name, last) or name.lower() in USUAL)
        shape = shape.field(name)
    return False
