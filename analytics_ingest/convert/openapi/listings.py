"""Chooses the operations that list rows, and in their answer the list that holds the rows."""

import re
from dataclasses import dataclass, field

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.operations import Operation, ResponseShape, read_answer
from analytics_ingest.convert.openapi.paging_names import (
    CURSORS,
    has_paging,
    has_position,
    sends_cursor,
)
from analytics_ingest.convert.openapi.row_lists import (
    IDS,
    USUAL,
    Lists,
    Place,
    find_lists,
    has_id,
    has_name,
)
from analytics_ingest.convert.openapi.schemas import Shape, read_shape
from analytics_ingest.convert.openapi.words import is_same_word, to_plain, to_singular

_AGGREGATES = {"count", "counts", "stats", "statistics", "summary", "aggregate", "aggregates"} | {
    *("totals", "histogram", "ping", "health", "healthcheck", "status", "autocomplete", "typeahead")
}
_MEASURES = {"metrics", "stats", "statistics"}
_SEARCHES = {"search", "query", "list", "find", "filter", "get"}
_CALLED = {"list", "lists", "search", "find", "index", "browse"}
_CREATES = {"create", "add", "insert", "save", "update", "delete", "run", "start", "submit"} | {
    *("execute", "trigger", "send", "export", "post", "put", "set", "register", "cancel", "remove"),
    *("import", "upload", "publish", "archive", "generate", "schedule", "enqueue", "launch"),
}
"""Verbs of an operation that changes something; an id begins or ends with one."""
_LOOKUPS = {"info", "get", "retrieve", "show", "describe"}
_CALLS = _SEARCHES | _LOOKUPS
"""Last words of paths that call something, as in /users.list."""
_OF_ROWS = {"name", "title", "label", "slug", "createdat", "updatedat", "created", "updated"}
_COUNTS = {"count", "total", "numresults", "totalcount", "totalresults", "resultcount"}


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
        return read_shape(schema) if schema and self.place is not None else Shape()


class NotListingError(Exception):
    """Why an operation does not list rows."""


def read_listing(operation: Operation) -> Listing:
    """Read an operation as a listing.

    Raises:
        NotListingError: It is something else.
    """
    fixed = list_fixed_parts(operation.path)
    noun = next((part for part in reversed(fixed) if part not in _SEARCHES), "")
    is_search = operation.method == "get" or _is_search(operation, fixed[-1] if fixed else "")
    if not is_search and not sends_cursor(operation):
        raise NotListingError("changes something")
    if operation.method == "post" and operation.takes_form:
        raise NotListingError("takes a form, not JSON")
    answer = read_answer(operation)
    whole, lists = find_lists(operation, answer, noun)
    if not lists and not answer.shows_fields:
        answer = answer.as_shown(operation.node)
        whole, lists = find_lists(operation, answer, noun)
        lists = [each for each in lists if not each[0] or has_name(each[0], noun)]
    if _is_aggregate(fixed, lists, noun):
        raise NotListingError("aggregates, or says how the API is")
    if _is_undescribed(operation, answer, whole):
        return Listing(operation, answer, None, whole, [])
    if answer.schema is None:
        types = ", ".join(answer.types) or "nothing"
        raise NotListingError(f"answers without a schema of JSON ({types})")
    if not is_search and (len(lists) != 1 or not {to_plain(n) for n in whole.properties} & CURSORS):
        raise NotListingError("changes something")
    if is_search and _describes_row(operation, whole, lists, noun):
        return Listing(operation, answer, None, whole, [])
    return _choose(operation, answer, whole, lists, noun)


def _choose(
    operation: Operation, answer: ResponseShape, whole: Shape, lists: Lists, noun: str
) -> Listing:
    """Choose the listing with the likeliest of the lists in an answer."""
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
    if beside and not pages and not has_name(place, noun):
        raise NotListingError("answers with several lists, none of them named after its path")
    return Listing(operation, answer, place, row, [".".join(p) for p, _ in lists[1:]])


def _is_lookup(operation: Operation) -> bool:
    """Return whether a path ends with the variable of a row, or is called as orders.info is."""
    path = without_ending(operation.path)
    call = split_call(path.rpartition("/")[2])
    return path.endswith("}") or (len(call) > 1 and call[-1] in _LOOKUPS)


def _is_aggregate(fixed: list[str], lists: Lists, noun: str) -> bool:
    """Return whether a path is named as an aggregate; a status with ids is not one."""
    if _MEASURES & set(fixed[:-1]):
        return True
    if not fixed or fixed[-1] not in _AGGREGATES:
        return False
    is_named = bool(lists) and (not lists[0][0] or has_name(lists[0][0], noun))
    return not (is_named and fixed[-1] == "status" and has_id(lists[0][1]))


def _counts_rows(operation: Operation, whole: Shape, lists: Lists) -> bool:
    """Return whether an answer for a variable that is not an id says how many rows it has."""
    last = split_words(operation.path.rpartition("{")[2])
    if not lists or len(lists[0][0]) != 1 or not last or last[-1] in (*IDS, "name", "key"):
        return False
    return lists[0][0][0].lower() in USUAL and any(
        to_plain(name) in _COUNTS and {"integer", "number"} & set(whole.get_field(name).types)
        for name in whole.properties
    )


def _describes_row(operation: Operation, whole: Shape, lists: Lists, noun: str) -> bool:
    """Return whether the document describes one row where the operation lists rows."""
    if _is_lookup(operation) or not _is_called_list(operation, noun):
        return False
    fields = {to_plain(name) for name in whole.properties}
    has_own_id = has_id(whole) or f"{to_plain(to_singular(noun))}id" in fields
    if not (has_own_id and fields & _OF_ROWS):
        return False
    if not lists:
        return True
    place = lists[0][0]
    named = {to_singular(word) for word in split_words(place[-1])} if place else set()
    return _is_row(whole, place, noun) and not named & {
        to_singular(word) for word in split_words(noun)
    }


def _is_called_list(operation: Operation, noun: str) -> bool:
    """Return whether an operation is called a list; one without pages is called List Users."""
    titles = (operation.node.get_raw("operationId"), operation.node.get_text("summary"))
    called = [split_words(str(title or "")) for title in titles]
    if not has_paging(operation):
        return to_singular(noun) != noun and any(own[:1] == ["list"] for own in called)
    return any(set(own[:1]) & _CALLED or "all" in own for own in called)


def _is_undescribed(operation: Operation, answer: ResponseShape, whole: Shape) -> bool:
    """Return whether an operation lists rows in pages and its answer is not documented."""
    is_json = answer.schema is not None or not answer.types
    is_open = not whole.properties and not whole.items and set(whole.types) <= {"object", "array"}
    is_paged = operation.method == "get" and has_position(operation)
    is_list = is_paged and not _is_lookup(operation) and _is_called_list(operation, "")
    is_whole = not any(parameter.is_required for parameter in operation.list_parameters("query"))
    return is_list and is_whole and is_json and is_open and not any(answer.examples)


def without_ending(path: str) -> str:
    """Return a path without the name of a format at its end."""
    return re.sub(r"\.(json|xml)$", "", path.rstrip("/"))


def list_fixed_parts(path: str) -> list[str]:
    """List the parts of a path that are not variables, in small letters, without an ending."""
    parts = without_ending(path).strip("/").split("/")
    fixed = [part.lower() for part in parts if part and "{" not in part]
    return [word for part in fixed for word in split_call(part)]


def split_call(part: str) -> list[str]:
    """Return the words of a part that is a call, such as admin.users.list; else the part."""
    pieces = part.split(".")
    return pieces if pieces[-1] in _CALLS and all(pieces) else [part]


def _is_search(operation: Operation, last: str) -> bool:
    own = split_words(str(operation.node.get_raw("operationId") or ""))
    if {*own[:1], *own[-1:]} & _CREATES:
        return False
    said = split_words(last)
    named = bool({last, *said[-1:]} & _SEARCHES)
    if has_position(operation) and set(said[:1]) & (_SEARCHES - {"get"}):
        return True  # nothing that is called list-items and has pages creates an item
    return named or bool(
        set(own[:1]) & (_SEARCHES - {"get"}) or {"search", "query"} & set(own[-1:])
    )


def _is_named(place: Place, last: str) -> bool:
    """Return whether a list that is not at the top has a name for rows."""
    return len(place) <= 1 or has_name(place, last)


def _is_row(whole: Shape, place: Place, last: str) -> bool:
    """Return whether an object around the list is itself a row, which has the list as a field."""
    shape = whole
    for name in place:
        if has_id(shape):
            return not (is_same_word(name, last) or name.lower() in USUAL)
        shape = shape.get_field(name)
    return False
