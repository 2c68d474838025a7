"""The parameters with which APIs page, by name, as they are in hundreds of working connectors."""

import re

from analytics_ingest.convert.openapi.operations import Operation, Parameter
from analytics_ingest.convert.openapi.words import to_plain

SIZES = {
    *("limit", "perpage", "pagesize", "count", "size", "maxresults", "top", "take", "pagelimit"),
    *(
        "resultsperpage",
        "itemsperpage",
        "maxitems",
        "numresults",
        "rows",
        "maxrecords",
        "batchsize",
    ),
    *("recordsperpage", "maxpagesize", "resultsize", "rowsperpage", "maxcount", "resultslimit"),
}
PAGES = {"page", "pagenumber", "pageno", "pageindex", "currentpage", "pagenum", "p", "pg"}
OFFSETS = {
    *("offset", "skip", "start", "startindex", "startat", "pageoffset", "startposition"),
    *("startrow", "firstresult", "resultoffset", "recordoffset", "from"),
}
CURSORS = {
    *("cursor", "after", "pagetoken", "startingafter", "skiptoken", "nexttoken", "next", "marker"),
    *("pagecursor", "pageafter", "nextcursor", "continuationtoken", "bookmark", "scrollid"),
    *("nextpagetoken", "paginationtoken", "startcursor", "pagingtoken", "aftercursor", "afterid"),
    *(
        "continuation",
        "nextpage",
        "startafter",
        "startingafterid",
        "syncpagetoken",
        "paginationcursor",
        "iterator",
    ),
}
_EVERY = SIZES | PAGES | OFFSETS | CURSORS
_ENDS = {"from": {"to", "until", "till"}, "start": {"end", "stop", "until"}}
"""Names that begin a range where one of the others ends it."""
_WORDY = re.compile(r"date|time|iso|created|updated|modified", re.IGNORECASE)
_RANGE = r"(?:between|from|range)?\s*1\s*(?:and|to|-|\u2013)"
_MOST = (
    r"(?:max(?:imum)?(?:\s+(?:value|page size|limit|allowed|number))?(?:\s+(?:of|is|=|:))*"
    rf"|up to|at most|no more than|{_RANGE}|less than or equal to|cannot exceed|<=)"
)
_IN_TEXT = re.compile(_MOST + r"[\s:=`*]*(\d[\d,]*)(?![\d.]*\s*(?:second|minute|day|kb|mb))", re.I)
_LARGEST = 1000


def has_paging(operation: Operation) -> bool:
    """Return whether an operation has a parameter that pages."""
    return any(find(operation, names) for names in (SIZES, PAGES, OFFSETS, CURSORS))


def has_position(operation: Operation) -> bool:
    """Return whether an operation has a parameter that asks for a later page."""
    return any(find(operation, names) for names in (PAGES, OFFSETS, CURSORS))


def sends_cursor(operation: Operation) -> bool:
    """Return whether the body of an operation has a cursor."""
    cursor = find(operation, CURSORS)
    return cursor is not None and cursor.place == "body"


def is_paging(parameter: Parameter, operation: Operation) -> bool:
    """Return whether a paginator sends a parameter of an operation."""
    is_named = to_plain(parameter.own_name) in _EVERY and _may_page(parameter)
    return is_named and not _begins_range(parameter, operation)


def find(operation: Operation, names: set[str]) -> Parameter | None:
    """Find the parameter of one of some names, that of the query first."""
    named = [p for p in operation.parameters if to_plain(p.own_name) in names]
    fitting = [p for p in named if is_paging(p, operation)]
    fitting.sort(key=lambda p: ("query", "body").index(p.place))
    return fitting[0] if fitting else None


def _begins_range(parameter: Parameter, operation: Operation) -> bool:
    """Return whether another parameter ends what one begins, as of a time."""
    ends = _ENDS.get(to_plain(parameter.own_name), set())
    return any(to_plain(p.own_name) in ends for p in operation.parameters)


def choose_page_size(parameter: Parameter) -> int | None:
    """Choose the page size to ask for: the greatest that the document allows, else its default."""
    shape = parameter.shape
    numbers = [v for v in shape.enum if _is_number(v)]
    match = _IN_TEXT.search(parameter.description)
    in_text = int(match[1].replace(",", "")) if match else None
    candidates = [shape.maximum, max(numbers, default=None), in_text]
    most = next((v for v in candidates if _is_number(v) and 1 < v < 1_000_000), None)
    if most is not None:
        return min(int(most), _LARGEST) if not numbers else int(most)
    default = shape.default
    return int(default) if _is_number(default) and default > 0 else None


def _is_number(value: object) -> bool:
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return is_whole and not isinstance(value, bool)


def _may_page(parameter: Parameter) -> bool:
    shape, name = parameter.shape, to_plain(parameter.own_name)
    if parameter.place not in ("query", "body") or not (shape.is_scalar or not shape.types):
        return False
    if shape.format in ("date", "date-time"):
        return False
    is_number = not shape.types or bool({"integer", "number"} & set(shape.types))
    if name in ("start", "from", "count", "rows", "p", "top", "take"):
        return is_number and not _WORDY.search(parameter.description)
    if name in ("after", "next", "startafter"):
        return not _WORDY.search(parameter.description) or "cursor" in parameter.description.lower()
    return True
