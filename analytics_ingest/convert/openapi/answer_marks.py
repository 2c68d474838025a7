"""What an answer says about the next page: links, cursors, flags and totals next to its rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.row_lists import Place
from analytics_ingest.convert.openapi.schemas import Shape
from analytics_ingest.convert.openapi.words import to_plain

_FLAGS = {
    *("hasmore", "hasnext", "hasnextpage", "more", "moreresults", "moreavailable", "hasmorepages"),
    *("hasmoreitems", "hasmoreresults", "hasmorerecords", "hasmoredata", "morerecords"),
}
_ENDS = {"done", "isdone", "islast", "islastpage", "lastpage", "isend"}
_TOTALS = {
    *("total", "totalcount", "totalresults", "totalitems", "totalrecords", "totalhits"),
    *("totalelements", "totalentries", "totalrows"),
}
_PAGES = {"totalpages", "pagecount", "numpages", "totalpagecount"}
_NEXT = re.compile(
    r"(odata)?next(page|link|url|uri|href|cursor|token|pagetoken|pageurl|pagelink|pageuri|marker|"
    r"offset|pagecursor|startingafter|pageid|startcursor|id)?|continuation(token)?|nextrecordsurl"
)
_TOKENS = {
    *("cursor", "endcursor", "scrollid", "pagetoken", "bookmark", "marker", "after", "iterator"),
    *("startingafter", "offset", "token"),
}
"""Names that are the next cursor on their own, or within an object that is."""
_OWN = {"cursor", "endcursor", "scrollid", "pagetoken", "bookmark", "marker", "iterator"}
_TOKEN = "cursor|token|marker|offset|continuation|id$"
_LINKS = {"link", "links", "url", "uri", "href"}
_DEPTH = 4
_MOST = 400
_URL = re.compile(r"\b(url|link|uri|href)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """One value next to the rows."""

    path: Place
    shape: Shape
    is_certain: bool
    """The document requires it in every answer that has it."""
    is_token: bool = False
    """The document names the parameter that sends it back."""

    @property
    def dotted(self) -> str:
        """Its path as a declaration has it."""
        parts = [p if re.fullmatch(r"[\w$@.]+", p) else f"'{p}'" for p in self.path]
        return ".".join(parts)

    @property
    def description(self) -> str:
        """What the document says of it."""
        return self.shape.description

    @property
    def is_link(self) -> bool | None:
        """Whether it is a URL; None where the document leaves it open."""
        if self.is_token:
            return False
        name, above = to_plain(self.path[-1]), [to_plain(part) for part in self.path[:-1]]
        example = str(self.shape.example or "")
        if self.shape.format.startswith(("uri", "url")) or example.startswith(("http", "/")):
            return True
        if name.endswith(("link", "url", "uri", "href")) or _LINKS & set(above):
            return True
        if name != "next" and (_TOKENS & {name} or re.search(_TOKEN, name)):
            return False
        if "cursors" in above or "cursor" in above:
            return False
        return True if _URL.search(self.shape.description) else None


def read_marks(listing: Listing) -> list[Mark]:
    """Read all values next to the rows, the outer ones first."""
    level: list[Mark] = [Mark((), listing.body, is_certain=True)]
    marks: list[Mark] = []
    for _ in range(_DEPTH):
        inner = (inner for mark in level for inner in _iterate_inside(mark, listing.place))
        level = list(islice(inner, _MOST))
        marks += level
    return marks


def _iterate_inside(mark: Mark, rows: Place | None) -> Iterator[Mark]:
    for name in mark.shape.properties:
        path = (*mark.path, name)
        if path != rows:
            shape = mark.shape.get_field(name)
            is_certain = mark.is_certain and name in mark.shape.required and not shape.is_nullable
            yield Mark(path, shape, is_certain)


def list_next_marks(marks: list[Mark]) -> list[Mark]:
    """List values that name the next page."""
    return [mark for mark in marks if mark.shape.is_scalar and is_next(mark)]


def list_number_marks(marks: list[Mark]) -> list[Mark]:
    """List numbers that name the next page, such as the id after which it begins."""
    named = [
        m for m in marks if "integer" in m.shape.types and _NEXT.fullmatch(to_plain(m.path[-1]))
    ]
    return [replace(mark, is_token=True) for mark in named if mark.shape.is_scalar]


def says_more(marks: list[Mark]) -> str | None:
    """Return what shows that a listing can have several pages."""
    names = _FLAGS | _PAGES | {"nextpage"}
    return next((mark.dotted for mark in marks if to_plain(mark.path[-1]) in names), None)


def find_flag(marks: list[Mark]) -> str | None:
    """Return where the answer says whether there is more."""
    flags = [m for m in marks if to_plain(m.path[-1]) in _FLAGS and m.shape.types == ("boolean",)]
    return flags[0].dotted if flags else None


def find_end(marks: list[Mark], token: Mark) -> str | None:
    """Find the expression that is true of the last page, where the answer says that it is the last.

    It is in the object of the token, or around it: elsewhere something else is done.
    """
    ends = [m for m in marks if to_plain(m.path[-1]) in _ENDS and m.shape.types == ("boolean",)]
    beside = [mark for mark in ends if mark.path[:-1] == token.path[: len(mark.path) - 1]]
    named = [mark for mark in beside if all(map(str.isidentifier, mark.path))]
    return f"{{{{ response.{named[0].dotted} }}}}" if named else None


def find_total(marks: list[Mark], rows: str = "", *, pages: bool = False) -> str | None:
    """Return where every answer has a total, of rows or of pages.

    Args:
        rows: What the answer calls its rows.
    """
    names = _PAGES if pages else _TOTALS | {f"total{to_plain(rows)}"}
    fitting = [m for m in marks if to_plain(m.path[-1]) in names and m.is_certain]
    return next((m.dotted for m in fitting if set(m.shape.types) & {"integer", "number"}), None)


def is_next(mark: Mark) -> bool:
    """Return whether the name of a value says that it leads to the next page."""
    name, above = to_plain(mark.path[-1]), [to_plain(part) for part in mark.path[:-1]]
    if above and above[-1].startswith("prev"):
        return False
    is_number = bool(mark.shape.types) and "string" not in mark.shape.types
    if any(_NEXT.fullmatch(part) for part in above):
        return name in _TOKENS | _LINKS and not (is_number and name != "offset")
    if above and above[-1] in ("cursors", "cursor"):
        return name in ("after", "next")
    if is_number:
        return name in _OWN or name in ("nextcursor", "nextoffset")
    return _NEXT.fullmatch(name) is not None or name in _OWN
