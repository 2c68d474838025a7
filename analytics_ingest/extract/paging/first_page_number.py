"""Finds the number of an API's first page where the declaration names none.

Page 0 is asked for, as dlt does. An API that counts from 1 refuses it, has no rows there, or gives
page 1 twice: the listing goes on from page 1, and a warning says what to declare. It may also give
its last page, as Django does: where a listing ends at page 0, a probe asks for page 1 afterwards.
"""

from collections.abc import Sequence
from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.evidence import Total
from analytics_ingest.extract.paging.page_0 import PageZero
from analytics_ingest.extract.paging.resource_evidence import ListingId, ResourceEvidence
from analytics_ingest.extract.paging.row_keys import RowKeys
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.page_number import PageNumber

STATUSES_OF_NO_PAGE = (400, 404, 410, 416, 422)
"""How APIs answer a request for a page that they do not have."""

CORRECTION = "declare paginator.base_page: 0, or 1 if there is no page 0"


PROBED = 20
"""Listings that ended at page 0 and are probed, at most: the first that has no page 1 decides."""


class FirstPageNumber:
    """What the number of the first page of one listing is.

    Args:
        paginator: The listing's own, before its first request.
        shared: What all listings of the resource have shown.
        listing: What a probe needs to ask for its page 0 again.
        row_keys: Those of the listing.
    """

    def __init__(
        self,
        paginator: Paginator,
        shared: ResourceEvidence,
        listing: ListingId,
        row_keys: RowKeys,
    ) -> None:
        self._pages = paginator if isinstance(paginator, PageNumber) else None
        self.shared = shared
        self._listing = listing
        self._page_0 = PageZero(row_keys, shared.sizes)
        self.was_empty = False
        """Page 0 had no rows."""
        self._sign = ""
        """How the API has answered page 0, if page 1 is read in its place."""
        self._may_repeat = False
        """Page 1 is the object of page 0: the first one again, or the only one."""
        self.is_at_page_1 = bool(self._open and shared.begins_at_one)
        """The next page is page 1, as the first or in place of page 0."""
        if self._open and self.is_at_page_1:
            self._open.begin_at_one()

    @property
    def is_open(self) -> bool:
        """Whether page 0 is the last that was asked for, and the API may have none."""
        return self._open is not None

    def pass_refused(self, status: int | None) -> bool:
        """Go on after page 0 was refused; False if its number does not explain that."""
        pages = self._open
        if pages is None or not pages.asks_for_first_page or status not in STATUSES_OF_NO_PAGE:
            return False
        return self._pass(pages, f"the API answers page 0 with status {status}")

    def pass_empty(self) -> bool:
        """Go on after page 0 had no rows; False if other listings have rows there."""
        pages = self._open
        if pages is None or not self._pass(pages, "page 0 has no rows"):
            return False
        self.was_empty = True
        return True

    def pass_repeated(self, rows: Sequence[Any], *, has_key: bool, is_object: bool = False) -> bool:
        """Go on after page 1 repeated page 0; False if something else was repeated.

        Args:
            rows: Those of the page. Without a key, equal ones may come on several pages.
            has_key: Whether they have a primary key.
            is_object: Whether each page is one object, the same.
        """
        pages, is_clear = self._open, has_key or is_object
        if pages is None or (not is_clear and all(row == rows[0] for row in rows)):
            return False
        pages.begin_at_one()
        pages.position += pages.step
        self._may_repeat = is_object
        if not is_object:
            self._warn("page 1 repeats page 0")
        return True

    def note(self, rows: list[Any], count: int) -> None:
        """Note a page after the paginator has read it: its rows, and how many the API counts.

        Raises:
            PagingError: Page 0 has rows, and was refused to another listing, or they come again.
        """
        if self._may_repeat and count:
            self._warn("page 1 repeats page 0")
        if self.is_at_page_1:
            self.is_at_page_1 = False
            self._note_page_1(has_rows=count > 0)
        elif self.is_open:
            self._page_0.note(rows)
            self.shared.has_page_0 |= count > 0
        else:
            if self._pages and self._pages.is_base_open:
                self._page_0.compare(rows, self._pages.position - self._pages.step)
            return
        if self.shared.has_page_0 and self.shared.without_page_0:
            raise PagingError(f"page 0 has rows, and was refused to another listing; {CORRECTION}")

    def note_end(self) -> None:
        """Note that the last page says that it is the last; page 0 may be another page."""
        pages, ended = self._open, self.shared.ended_at_page_0
        if pages and pages.asks_for_first_page and self._page_0.has_rows and len(ended) < PROBED:
            ended.append((self._listing, self._page_0))

    def conclude(self, *, is_cut: bool, is_counted: bool) -> None:
        """Compare page 0 with the pages that a listing has ended with.

        Args:
            is_cut: Whether pages may follow.
            is_counted: Whether a total has ended it.

        Raises:
            PagingError: It may be another page, or all of them.
        """
        if self._pages and self._pages.is_base_open:
            asked = self._pages.page_size
            self._page_0.conclude(asked=asked, is_cut=is_cut, is_counted=is_counted)

    @property
    def refusal_hint(self) -> str:
        """What to declare where page 1 is refused in place of page 0; empty if it was not."""
        if not (self.is_at_page_1 and self._sign):
            return ""
        return f"; {self._sign}: declare paginator.base_page: 0 if pages count from 0"

    @property
    def _open(self) -> PageNumber | None:
        return self._pages if self._pages and self._pages.may_begin_at_one else None

    def _pass(self, pages: PageNumber, sign: str) -> bool:
        """Go on from page 1; False if other listings have a page 0."""
        if not self.shared.has_page_0:
            pages.begin_at_one()
            self._sign, self.is_at_page_1 = sign, True
        return self.is_at_page_1

    def _note_page_1(self, *, has_rows: bool) -> None:
        if has_rows and self._sign:
            self._warn(f"{self._sign}, and page 1 has rows")
        was_refused = bool(self._sign)
        if not self.was_empty and (was_refused or has_rows):
            self.shared.without_page_0.setdefault((was_refused, has_rows), self._listing)
            self.shared.begins_at_one |= has_rows

    def _warn(self, sign: str) -> None:
        said = "the declaration names no first page"
        self.shared.warn("begin", f"{said}, and {sign}; declare paginator.base_page: 1")


def build_uncounted_error(total: Total) -> PagingError:
    """Build the error for a page that a total of pages does not count, if these begin at 0."""
    return PagingError(
        f"page {total.number} has rows, and {total.key} counts {total.number} pages: declare "
        "paginator.base_page: 1 if there is no page 0; if there is one, declare base_page: 0, and "
        f"remove {total.key}, which is the number of the last page"
    )
