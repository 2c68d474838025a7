"""The hints of the last page of a listing, read when they are asked for."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from analytics_ingest.extract.paging.usual_names import (
    Hints,
    find_next,
    is_range_without_total,
    read_hints,
)
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.single_page import SinglePage

if TYPE_CHECKING:
    from requests import Response


class ListingHints:
    """What the last page says by usual names.

    An empty page that says nothing does not contradict the page before it, so its hints still hold.

    Args:
        paginator: The listing's own: one that asks for one page has asked for no part.
    """

    def __init__(self, paginator: Paginator) -> None:
        self.body: Any = None
        """The last page, without its raw content."""
        self._headers: Mapping[str, str] = {}
        self._rows: Sequence[Any] = ()
        self._before = Hints()
        self._hints: Hints | None = Hints()
        self._asks_for_all = isinstance(paginator, SinglePage)
        self._is_part = False
        """The last page says that it is a part, and not of how many rows."""

    @property
    def is_body_empty(self) -> bool:
        """Whether the last page holds no row, total or flag: so some APIs end a listing."""
        return self.body in ({}, [], None)

    def note(self, response: "Response", rows: Sequence[Any]) -> None:
        """Note a page."""
        self._before = Hints() if rows else self.read()
        self.body, self._headers, self._rows = response.json(), response.headers, rows
        self._hints = None
        is_partial = response.status_code == HTTPStatus.PARTIAL_CONTENT
        is_unasked = self._asks_for_all and is_partial
        self._is_part = is_unasked and is_range_without_total(response.headers)

    def read(self) -> Hints:
        """Read the hints of the last page."""
        if self._hints is None:
            hints = read_hints(self.body, self._headers, self._rows)
            if self._is_part:
                hints.promises.append("'Content-Range' of a 206 without a total")
            self._hints = hints if self._rows or not hints.are_empty else self._before
        return self._hints

    def find_next(self) -> str | None:
        """Return where the last page names a next one, wherever that is."""
        return find_next(self.body, self._headers)
