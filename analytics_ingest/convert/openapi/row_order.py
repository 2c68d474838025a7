"""The order in which a listing gives its rows, where its sort parameter names the cursor."""

import re

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.operations import Parameter
from analytics_ingest.convert.openapi.schemas import read_any_shape
from analytics_ingest.convert.openapi.words import to_plain

_SORTS = {"sort", "sortby", "orderby", "order", "ordering", "sortfield", "sortcolumn"}
_DIRECTIONS = {"direction", "sortdirection", "sortorder", "orderdirection", "order"} | {
    *("dir", "sortdir"),
}
_ASC, _DESC = ("asc", "ascending"), ("desc", "descending")


def read_order(listing: Listing, cursor: str, *, has_filter: bool) -> tuple[str, Json]:
    """Read the order, and the parameters that ask for it; empty where the document names no value.

    With a filter the oldest rows come first, else the newest, after which a load can stop. Counted
    pages come newest first: a row that changes meanwhile moves to the front, so others come twice.
    Oldest first, it would move to the end, and another row would take its place unread.
    """
    is_counted = listing.endpoint["paginator"]["type"] in ("offset", "page_number")
    wanted = "asc" if has_filter and not is_counted else "desc"
    field = _to_plain(cursor.rpartition(".")[2])
    queries = listing.operation.list_parameters("query")
    for sort in [p for p in queries if to_plain(p.name) in _SORTS]:
        values = _list_values(sort)
        by_order = {"asc": [], "desc": []}
        for value in values:
            if order := _find_order(value, field, values):
                by_order[order].append(value)
        for order in (wanted,) if is_counted else (wanted, "asc", "desc"):
            if by_order[order]:
                return order, {sort.name: by_order[order][0]}
        bare = next((v for v in values if _to_plain(v) == field), None)
        direction = next(
            (p for p in queries if p is not sort and to_plain(p.name) in _DIRECTIONS), None
        )
        names = _DESC if wanted == "desc" else _ASC
        chosen = [v for v in _list_values(direction) if v.lower() in names] if direction else []
        if bare and direction and chosen:
            return wanted, {sort.name: bare, direction.name: chosen[0]}
    return "", {}


def _to_plain(name: str) -> str:
    """Return a name without signs and words for moments: updated, for updated_at."""
    return re.sub(r"(?<=[de])(at|on|date|time)$|^date(?=[a-z])", "", to_plain(name))


def _list_values(parameter: Parameter) -> list[str]:
    shape = parameter.shape
    items = read_any_shape(shape.items).enum if shape.items else ()
    return [value for value in (*shape.enum, *items) if isinstance(value, str)]


def _find_order(value: str, field: str, values: list[str]) -> str:
    """Find the order that a value asks for; a bare name is ascending if its negative is allowed."""
    text = value.lower()
    if text.startswith("-") and _to_plain(text) == field:
        return "desc"
    if _to_plain(text) == field and any(
        v.startswith("-") and _to_plain(v) == field for v in values
    ):
        return "asc"
    for order, endings in (("asc", _ASC), ("desc", _DESC)):
        own = next((text.removesuffix(e) for e in endings if text.endswith(e)), "")
        if own and _to_plain(own) == field:
            return order
    return ""
