"""Finds the number of an API's first page where the declaration names none.

Page 0 is asked for, as dlt does. An API that counts from 1 refuses it, has no rows there, or gives
page 1 twice: the listing goes on from page 1, and a warning says what to declare.
"""

from collections.abc import Sequence
from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.resource_evidence import ResourceEvidence
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.page_number import PageNumber

STATUSES_OF_NO_PAGE = (400, 404, 410, 416, 422)
"""How APIs answer a request for a page that they do not have."""


class FirstPageNumber:
    """What the number of the first page of one listing is.

    Args:
        paginator: The listing's own, before its first request.
        shared: What all listings of the resource have shown.
    """

    def __init__(self, paginator: Paginator, shared: ResourceEvidence) -> None:
        self.was_empty = self.is_at_page_1 = False
        """Page 0 had no rows, so that page 1 is asked for; it is the next one."""
        self._pages = paginator if isinstance(paginator, PageNumber) else None
        self._shared = shared
        if self._pages and self._pages.is_base_open and shared.begins_at_one:
            self._pages.begin_at_one()

    def pass_refused(self, status: int | None) -> bool:
        """Go on after page 0 was refused; False if its number does not explain that."""
        pages = self._open
        if pages is None or self._shared.has_page_0 or status not in STATUSES_OF_NO_PAGE:
            return False
        pages.begin_at_one()
        self._shared.begins_at_one = True
        self._warn(f"the API answers page 0 with status {status}")
        return True

    def pass_repeated(self, rows: Sequence[Any], *, has_key: bool) -> bool:
        """Go on after page 1 repeated page 0; False if something else was repeated.

        Args:
            rows: Those of the page. Without a key, equal ones may come on several pages.
            has_key: Whether they have a primary key.
        """
        pages = self._open
        if pages is None or (not has_key and all(row == rows[0] for row in rows)):
            return False
        pages.begin_at_one()
        pages.position += pages.step
        self._warn("page 1 repeats page 0")
        return True

    def pass_empty(self) -> bool:
        """Go on after page 0 had no rows; False if other listings have rows there."""
        pages = self._open
        if pages is None or self._shared.has_page_0:
            return False
        pages.begin_at_one()
        self.was_empty = self.is_at_page_1 = True
        return True

    def note(self, count: int) -> None:
        """Note the rows of a page, after the paginator has read it.

        Raises:
            PagingError: Page 0 has rows, and was refused to another listing.
        """
        if self.is_at_page_1 and count:
            self._warn("page 0 has no rows, and page 1 has some")
        self.is_at_page_1 = False
        if not count or self._open is None:
            return
        self._shared.has_page_0 = True
        if self._shared.begins_at_one:
            raise PagingError(
                "page 0 has rows, and was refused to another listing; declare paginator.base_page"
            )

    @property
    def _open(self) -> PageNumber | None:
        """The paginator, if page 0 was the last that was asked for and the API may have none."""
        return self._pages if self._pages and self._pages.may_begin_at_one else None

    def _warn(self, sign: str) -> None:
        said = "the declaration names no first page"
        self._shared.warn("begin", f"{said}, and {sign}; declare paginator.base_page: 1")
