"""What a page says about the end of its listing by names that many APIs use, declared or not.

Nothing ends because of them: they are looked at where a listing seems to end, and may contradict.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlt.sources.helpers.rest_client.detector import find_next_page_path
from requests.utils import parse_header_links

from analytics_ingest.common.cursor_paths import find_odata_link
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.extract.paging.evidence import Total, Unit, as_flag, as_number, normalize

UNITS: dict[str, Unit] = {
    **dict.fromkeys(
        (
            *("total", "totalcount", "totalresults", "totalitems", "totalrecords", "totalsize"),
            *("totalhits", "totalelements", "totalrows", "totalentries", "nbhits"),
            *("odatacount", "xtotal", "xtotalcount", "xwptotal", "xpaginationtotalcount"),
        ),
        "rows",
    ),
    **dict.fromkeys(
        (
            *("totalpages", "pagecount", "pages", "numpages", "nbpages", "lastpage"),
            *("xwptotalpages", "xtotalpages", "xpaginationpagecount"),
        ),
        "pages",
    ),
}
"""Names of totals, without signs and capitals → what they count."""

FLAGS = {
    **dict.fromkeys(
        ("hasmore", "hasnext", "hasnextpage", "more", "moreresults", "moreavailable"), True
    ),
    **dict.fromkeys(("islast", "islastpage", "last", "done", "endofstream", "isend"), False),
}
"""Names of flags → their value where there is more."""

HOLDERS = re.compile(
    "meta|metadata|responsemetadata|page|pageinfo|paging|pagination|pages|links|cursors?|hits|"
    "results?|response|data|d"
)
"""Objects in which they stand, besides the body itself and those that hold the rows."""

DEPTH = 3

_PLAIN = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$-]{0,39}")


@dataclass
class Hints:
    """What one page says by usual names."""

    promises: list[str] = field(default_factory=list)
    """Flags that say that there is more."""
    denials: list[str] = field(default_factory=list)
    """Flags that say that there is not."""
    totals: list[Total] = field(default_factory=list)


def read_hints(body: Any, headers: Mapping[str, str], rows: Sequence[Any]) -> Hints:
    """Read everything beside the rows of a page."""
    hints = Hints()
    for name, value in _beside(body, headers, rows):
        key = normalize(name)
        # Not 0 and 1 here: under such a name they may be numbers of pages.
        if key in FLAGS and (isinstance(value, bool) or value in ("true", "false")):
            says_more = FLAGS[key] is as_flag(value)
            (hints.promises if says_more else hints.denials).append(repr(name))
        elif key in UNITS and (number := as_number(value)) and number > 0:
            hints.totals.append(Total(number, repr(name), UNITS[key]))
    return hints


def find_next(body: Any, headers: Mapping[str, str]) -> str | None:
    """Where a page names the next one; None if it does not."""
    if any(link.get("rel") == "next" for link in parse_header_links(headers.get("link", ""))):
        return "the Link header"
    if link := find_odata_link(body):
        return repr(link)
    path, value = find_next_page_path(body)
    if not path or not value:
        return None
    # Keys of other spellings may be data.
    is_plain = all(_PLAIN.fullmatch(key) for key in path)
    return repr(".".join(path)) if is_plain else "another place"


def _beside(
    body: Any, headers: Mapping[str, str], rows: Sequence[Any]
) -> Iterator[tuple[str, Any]]:
    """Names and values of the headers and of the objects that hold the rows or stand beside."""
    yield from ((name, value) for name, value in headers.items() if name[0] in "xX")
    # A large list is parsed when it is read; its rows are not objects of the body.
    own = set[int]() if isinstance(rows, LazyList) else {id(row) for row in rows}
    level = [body]
    for _ in range(DEPTH):
        objects = [o for o in level if isinstance(o, dict) and id(o) not in own]
        for held in objects:
            yield from ((str(name), value) for name, value in held.items())
        level = [
            value for held in objects for name, value in held.items() if _may_hold(str(name), value)
        ]


def _may_hold(name: str, value: Any) -> bool:
    """Whether a part of a body holds the rows or stands beside them."""
    if not isinstance(value, dict):
        return False
    holds_list = any(isinstance(item, list) for item in value.values())
    return holds_list or HOLDERS.fullmatch(normalize(name)) is not None
