"""The order in which a listing gives its rows, where its sort parameter names the cursor."""

import re

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.operations import Parameter
from analytics_ingest.convert.openapi.schemas import shape_of_any
from analytics_ingest.convert.openapi.words import plain

_SORTS = {"sort", "sortby", "orderby", "order", "ordering", "sortfield", "sortcolumn"}
_DIRECTIONS = {"direction", "sortdirection", "sortorder", "orderdirection", "order"} | {
    *("dir", "sortdir"),
}
_ASC, _DESC = ("asc", "ascending"), ("desc", "descending")


def read_order(listing: Listing, cursor: str, *, has_filter: bool) -> tuple[str, Json]:
    """The order, and the parameters that ask for it; empty where the document names no value.

    With a filter the oldest rows come first, else the newest, after which a load can stop. Counted
    pages come newest first: a row that changes meanwhile moves to the front, so others come twice.
    Oldest first, it would move to the end, and another row would take its place unread.
    """
    is_counted = listing.endpoint["paginator"]["type"] in ("offset", "page_number")
    wanted = "asc" if has_filter and not is_counted else "desc"
    field = _plain(cursor.rpartition(".")[2])
    queries = listing.operation.of("query")
    for sort in [p for p in queries if plain(p.name) in _SORTS]:
        values = _values(sort)
        by_order = {"asc": [], "desc": []}
        for value in values:
            if order := _order_of(value, field, values):
                by_order[order].append(value)
        for order in (wanted,) if is_counted else (wanted, "asc", "desc"):
            if by_order[order]:
                return order, {sort.name: by_order[order][0]}
        bare = next((v for v in values if _plain(v) == field), None)
        direction = next(
            (p for p in queries if p is not sort and plain(p.name) in _DIRECTIONS), None
        )
        names = _DESC if wanted == "desc" else _ASC
        chosen = [v for v in _values(direction) if v.lower() in names] if direction else []
        if bare and direction and chosen:
            return wanted, {sort.name: bare, direction.name: chosen[0]}
    return "", {}


def _plain(name: str) -> str:
    """A name without signs and without what says that it is a moment: updated, updated_at."""
    return re.sub(r"(?<=[de])(at|on|date|time)$|^date(?=[a-z])", "", plain(name))


def _values(parameter: Parameter) -> list[str]:
    shape = parameter.shape
    items = shape_of_any(shape.items).enum if shape.items else ()
    return [value for value in (*shape.enum, *items) if isinstance(value, str)]


def _order_of(value: str, field: str, values: list[str]) -> str:
    """The order that a value asks for; a name alone is ascending where its negative is allowed."""
    text = value.lower()
    if text.startswith("-") and _plain(text) == field:
        return "desc"
    if _plain(text) == field and any(v.startswith("-") and _plain(v) == field for v in values):
        return "asc"
    for order, endings in (("asc", _ASC), ("desc", _DESC)):
        own = next((text.removesuffix(e) for e in endings if text.endswith(e)), "")
        if own and _plain(own) == field:
            return order
    return ""
