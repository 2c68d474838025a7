"""Chooses the operations that list rows, and in their answer the list that holds the rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.operations import Answer, Operation, read_answer
from analytics_ingest.convert.openapi.paging_names import has_paging
from analytics_ingest.convert.openapi.schemas import Shape, shape_of, shape_of_any
from analytics_ingest.convert.openapi.words import is_same_word, plain, words

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
_DEPTH = 4
_MOST_LISTS = 20
Place = tuple[str, ...]


@dataclass(eq=False)
class Listing:
    """An operation that lists rows, and the resource that it becomes."""

    operation: Operation
    answer: Answer
    place: Place
    """Where the rows are in the answer."""
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
        """The shape of the whole answer."""
        return shape_of(self.answer.schema) if self.answer.schema else Shape()


class NotListingError(Exception):
    """Why an operation does not list rows."""


def read_listing(operation: Operation) -> Listing:
    """Read an operation as a listing.

    Raises:
        NotListingError: It is something else.
    """
    last = fixed_parts(operation.path)[-1:] or [""]
    noun = next((p for p in reversed(fixed_parts(operation.path)) if p not in _SEARCHES), "")
    if operation.method == "post" and not _is_search(operation, last[0]):
        raise NotListingError("changes something")
    if last[0] in _AGGREGATES or _MEASURES & set(fixed_parts(operation.path)[:-1]):
        raise NotListingError("aggregates, or says how the API is")
    answer = read_answer(operation)
    if answer.schema is None:
        types = ", ".join(answer.types) or "nothing"
        raise NotListingError(f"answers without a schema of JSON ({types})")
    pages = has_paging(operation)
    whole = shape_of(answer.schema)
    is_lookup = without_ending(operation.path).endswith("}")
    if is_lookup and not pages:
        raise NotListingError("looks up one row")
    lists = list(islice(_lists(whole, (), frozenset()), _MOST_LISTS))
    ranked = sorted(lists, key=lambda candidate: _rank(candidate[0], noun))
    fitting = [candidate for candidate in ranked if not _is_beside(candidate[0], noun)]
    if not fitting:
        raise NotListingError("answers without a list of objects")
    place, row = fitting[0]
    is_row = _is_row(whole, place, noun)
    if (is_row and (is_lookup or not pages)) or not (pages or _is_named(place, noun)):
        raise NotListingError("looks up one row")
    beside = [p for p, _ in fitting[1:] if len(p) <= len(place)]
    if beside and not pages and not _has_name(place, noun):
        raise NotListingError("answers with several lists, none of them named after its path")
    return Listing(operation, answer, place, row, [".".join(p) for p, _ in fitting[1:]])


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
    inner: list[tuple[Place, Shape]] = []
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
