"""What a page says about the end of its listing by names that many APIs use, declared or not.

Nothing ends because of them: they are looked at where a listing seems to end, and may contradict.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from dlt.sources.helpers.rest_client.detector import find_next_page_path

from analytics_ingest.common.cursor_paths import find_odata_link
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.common.link_header import find_relation
from analytics_ingest.extract.identity import has_name
from analytics_ingest.extract.paging.evidence import (
    TOTALS_OF_PAGES,
    Total,
    Unit,
    as_flag,
    as_number,
    normalize,
)

UNITS: dict[str, Unit] = {
    **dict.fromkeys(
        (
            *("total", "totalcount", "totalresults", "totalitems", "totalrecords", "totalsize"),
            *("totalhits", "totalelements", "totalrows", "totalentries", "nbhits"),
            *("odatacount", "xtotal", "xtotalcount", "xwptotal", "xpaginationtotalcount"),
            *("totalrecordcount", "totalitemcount", "totalrowcount", "totalfound", "numfound"),
        ),
        "rows",
    ),
    **dict.fromkeys(TOTALS_OF_PAGES, "pages"),
}
"""Names of totals, without signs and capitals → what they count."""

FLAGS = {
    **dict.fromkeys(
        (
            *("hasmore", "hasnext", "hasnextpage", "more", "moreresults", "moreavailable"),
            *("hasmorepages", "hasmoreitems", "hasmoreresults", "hasmorerecords", "hasmoredata"),
            *("hasmorepage", "morerecords", "istruncated", "truncated", "exceededtransferlimit"),
            *("moreitems", "moreitemsavailable", "morerows", "moredata", "morepages"),
        ),
        True,
    ),
    **dict.fromkeys(
        (
            *("islast", "islastpage", "last", "done", "endofstream", "isend", "eof", "nomore"),
            *("endofresults", "endofdata", "endoflist", "exhausted"),
        ),
        False,
    ),
}
"""Names of flags → their value where there is more."""

_COMPLETE = {*("complete", "iscomplete", "finished", "isfinished", "isdone")}
"""Names of flags that are false where there is more, but not in an object with an id or a name."""

LAST = {name for name, value in FLAGS.items() if value is False} | {*_COMPLETE, "lastpage", "end"}
"""Names of flags that are true on the last page, where somebody has declared them."""

FIRST = {
    **dict.fromkeys(("hasprevious", "hasprev", "haspreviouspage", "hasprevpage"), True),
    **dict.fromkeys(("first", "isfirst", "isfirstpage"), False),
}
"""Names of flags → their value where there is an earlier page."""
_EARLIER = ("prev", "previous", "prevpage", "previouspage", "prevpageurl", "previouspageurl")
"""Names of the link to it."""

HOLDERS = re.compile(
    "meta|metadata|responsemetadata|page|pageinfo|paging|pagination|pages|links|cursors?|hits|"
    "results?|response|data|d|info|resultinfo|paginginfo|paginationinfo|pagecontext|pager"
)
"""The objects that hold them, besides the body itself and those that hold the rows."""

DEPTH = 3
DEEPEST = 6

_COUNTS = ("count", "recordcount", "resultcount", "itemcount", "rowcount", "numresults")
"""Names of totals, of the rows of the page, or of the page size."""
_NEXT_NAMES = re.compile(
    "(x|odata)?next(page)?(link|url|cursor|token)?|(x)?continuation(token)?|lastevaluatedkey"
)
_LAST_KEY = "lastevaluatedkey"
"""The name of a cursor that is an object of numbers and texts."""
_TOKEN = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[\w/=-]{8,}")
"""What `offset` holds that is not a number, a time or a zone: `itr7Qx/rec7Qx`."""
_RANGE = re.compile(r"(?!bytes)(\w+ )?(\d+-\d+|\*)/(\d+)")
"""A `Content-Range` of rows."""
_UNKNOWN_TOTAL = re.compile(r"(?!bytes)(\w+ )?\d+-\d+/\*")
"""The same, where the server has not counted all rows."""
_PLAIN = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$-]{0,39}")


@dataclass
class Hints:
    """What one page says by usual names."""

    promises: list[str] = field(default_factory=list)
    """Flags that say that there is more."""
    denials: list[str] = field(default_factory=list)
    """Flags that say that there is not."""
    totals: list[Total] = field(default_factory=list)
    counts: list[Total] = field(default_factory=list)
    """Numbers that may be totals, or something else."""
    earlier: list[str] = field(default_factory=list)
    """What says that there is a page before this one."""

    @property
    def are_empty(self) -> bool:
        """Whether the page says nothing about the end."""
        return not (self.promises or self.denials or self.totals)


def read_hints(body: Any, headers: Mapping[str, str], rows: Sequence[Any]) -> Hints:
    """Read everything except the rows of a page."""
    hints = Hints()
    for name, value in _find_members_beside(body, headers, rows):
        key, is_flag = normalize(name), isinstance(value, bool) or value in ("true", "false")
        # Not 0 and 1 here: under such a name they may be numbers of pages.
        if key in _COMPLETE and is_flag and as_flag(value) is False:
            hints.promises.append(repr(name))
        elif key in FLAGS and is_flag:
            says_more = FLAGS[key] is as_flag(value)
            (hints.promises if says_more else hints.denials).append(repr(name))
        elif key in UNITS and (number := as_number(value)) and number > 0:
            hints.totals.append(Total(number, repr(name), UNITS[key]))
        elif (key in FIRST and is_flag and FIRST[key] is as_flag(value)) or (
            key in _EARLIER and isinstance(value, str) and ("/" in value or "?" in value)
        ):
            hints.earlier.append(repr(name))
    if match := _RANGE.fullmatch(headers.get("content-range", "")):
        hints.totals.append(Total(int(match[3]), "'Content-Range'", "rows"))
    for name, value in body.items() if isinstance(body, dict) else ():
        if normalize(str(name)) in _COUNTS and (number := as_number(value)):
            hints.counts.append(Total(number, repr(name), "rows"))
    return hints


def is_range_without_total(headers: Mapping[str, str]) -> bool:
    """Return whether a page says which rows it has, and not of how many."""
    return _UNKNOWN_TOTAL.fullmatch(headers.get("content-range", "")) is not None


def find_next(body: Any, headers: Mapping[str, str]) -> str | None:
    """Return where a page names the next one; None if it does not."""
    if find_relation(headers.get("link", ""), "next"):
        return "the Link header"
    for name, value in headers.items():
        if value and _NEXT_NAMES.fullmatch(normalize(name)):
            return repr(name)
    if link := find_odata_link(body):
        return repr(link)
    path, value = find_next_page_path(body)
    path = path if path and value else next((path for path, _ in find_next_values(body)), None)
    if not path:
        return None
    # Keys of other spellings may be data.
    is_plain = all(_PLAIN.fullmatch(key) for key in path)
    return repr(".".join(path)) if is_plain else "another place"


def find_next_values(
    body: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the links and cursors of next pages by their places, such as `@nextLink`."""
    is_next = path[-1:] != () and normalize(path[-1]) in ("next", _LAST_KEY)
    is_in_key = any(normalize(name) == _LAST_KEY for name in path)
    for key, value in body.items() if isinstance(body, dict) else ():
        place, name = (*path, str(key)), normalize(str(key))
        # A number under this name is where the page begins.
        is_token = name == "offset" and not path and bool(_TOKEN.fullmatch(str(value)))
        is_named = is_next or _NEXT_NAMES.fullmatch(name) or is_token or is_in_key
        if isinstance(value, str) and value and is_named:
            yield place, value
        elif is_in_key and as_number(value) is not None:
            yield place, str(value)
        elif len(place) < DEEPEST:
            yield from find_next_values(value, place)


def _find_members_beside(
    body: Any, headers: Mapping[str, str], rows: Sequence[Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the members of headers, of the objects that hold the rows, and of their siblings."""
    yield from headers.items()
    yield from _read_members(headers.get("x-pagination", ""))
    # A large list is parsed when it is read; its rows are not objects of the body.
    own = set[int]() if isinstance(rows, LazyList) else {id(row) for row in rows}
    level = [body]
    for _ in range(DEPTH):
        objects = [o for o in level if isinstance(o, dict) and id(o) not in own]
        for held in objects:
            yield from _read_object(held)
        level = [
            value for held in objects for name, value in held.items() if _may_hold(str(name), value)
        ]
    for held in _find_objects_around(body, find_first(rows)) if own else ():
        yield from _read_object(held)


def _read_object(held: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object that may speak of the listing."""
    is_thing = "id" in held or has_name(held)
    for name, value in held.items():
        if not is_thing or normalize(str(name)) not in _COMPLETE:
            yield str(name), value


def _find_objects_around(value: Any, row: Any, depth: int = DEEPEST) -> Iterator[dict[Any, Any]]:
    """Yield the object that holds a row's list, however deep, and its siblings, as in GraphQL."""
    if not isinstance(value, dict) or not depth:
        return
    if any(_is_list_of(row, item) for item in value.values()):
        yield value
        yield from (v for n, v in value.items() if isinstance(v, dict) and _may_hold(str(n), v))
        return
    for item in value.values():
        yield from _find_objects_around(item, row, depth - 1)


def _is_list_of(row: Any, value: Any) -> bool:
    """Return whether a list begins with a row, or with an object that holds it: `edges`, `node`."""
    first = find_first(value) if isinstance(value, list) else None
    inside = first.values() if isinstance(first, dict) else ()
    return first is not None and (first is row or any(item is row for item in inside))


def find_first(values: Sequence[Any]) -> Any:
    """Find the first element that is not null; None if there is none."""
    return next((value for value in values if value is not None), None)


def _read_members(header: str) -> Iterator[tuple[str, Any]]:
    """Yield what a header says that is an object in JSON."""
    with suppress(ValueError):
        yield from json.loads(header).items() if header.startswith("{") else ()


def _may_hold(name: str, value: Any) -> bool:
    """Return whether a part of a body holds the rows or is next to them."""
    if not isinstance(value, dict):
        return False
    holds_list = any(isinstance(item, list) for item in value.values())
    return holds_list or HOLDERS.fullmatch(normalize(name)) is not None
