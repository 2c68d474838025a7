"""Eleven rows in pages of two, which one server gives to all paginators, and what it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest_tests.support.loads import declare, open_items, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

ROWS = rows(11)
SIZE = 2
PAGES = 6

PAGINATORS: dict[str, dict[str, Any]] = {
    "offset": {"type": "offset", "limit": SIZE},
    "page_number": {
        "type": "page_number",
        "base_page": 1,
        "limit": SIZE,
        "limit_param": "per_page",
    },
    "page_number, size not sent": {"type": "page_number", "base_page": 1, "limit": SIZE},
    "page_number, size unknown": {"type": "page_number", "base_page": 1},
    "cursor": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
    "json_link": {"type": "json_link", "next_url_path": "link"},
    "header_link": {"type": "header_link"},
    "header_cursor": {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "cursor"},
}
COUNTED = tuple(name for name in PAGINATORS if name.startswith(("offset", "page_number")))
FOLLOWING = tuple(name for name in PAGINATORS if name not in COUNTED)


@dataclass(frozen=True)
class Page:
    """One page as the server makes it."""

    number: int
    """From 1; one too many is empty."""
    rows: list[Any]
    read: int
    """Rows up to the end of this page."""

    is_last: bool


Says = Callable[[Page], Mapping[str, Any]]
"""What stands beside the rows of a page."""


def page_of(asked: Asked, served: Sequence[Any]) -> Page:
    query = asked.query
    start = int(query.get("offset", query.get("cursor", 0)))
    if "page" in query:
        start = (int(query["page"]) - 1) * SIZE
    end = min(start + SIZE, len(served))
    return Page(start // SIZE + 1, list(served[start:end]), end, is_last=end == len(served))


def serve(
    api: ScriptedApi,
    says: Says,
    served: Sequence[Any] = ROWS,
    *,
    beyond: Any = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Serve rows to all paginators.

    Args:
        beyond: What answers the request of a page after the last one; else it is empty.
        headers: Further headers of each page.
    """

    further = headers or {}

    def answer(asked: Asked) -> Any:
        page = page_of(asked, served)
        if not page.rows and beyond is not None:
            return beyond
        body: dict[str, Any] = {"data": page.rows}
        headers = dict(further)
        if not page.is_last:
            following = f"?cursor={page.read}"
            body |= {"next": page.read, "link": following}
            headers |= {"X-Next": str(page.read), "Link": f'<{following}>; rel="next"'}
        return Reply({**body, **says(page)}, headers=headers)

    api.on("/items", answer)


@dataclass(frozen=True)
class Case:
    """What a page says, by which keys, and what comes of it."""

    says: Says
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the paginator."""
    of: tuple[str, ...] = tuple(PAGINATORS)
    warning: tuple[str, ...] = ()
    """Parts of a warning; none without them."""


def says(**beside: Any) -> Says:
    return lambda _: beside


TOTAL = {"total_path": "meta.total"}
MORE = {"has_more_path": "more"}
WITH_TOTAL_PATH = (*COUNTED, "cursor")

FOUR = ROWS[:4]


def declared(paginator: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    return resource(paginator={**PAGINATORS[paginator], **keys})


def outcome(paginator: str, keys: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """The rows in the table and the warnings."""
    with open_items(declare(declared(paginator, keys))) as (items, stats):
        ids = [one["id"] for one in items]
    return list(dict.fromkeys(ids)), stats["items"].warnings
