"""What a refused request means: the listing ends, fails, or is read from page 1 instead of 0."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.page import Page
from analytics_ingest.extract.paging.ending import Ending
from analytics_ingest.extract.paging.first_page_number import STATUSES_OF_NO_PAGE
from analytics_ingest.extract.parents.skipped_parents import is_missing_listing
from analytics_ingest.extract.windows.window_filter import WindowFilter


class RefusedPages:
    """The refused requests of one listing.

    Args:
        added: The fields of the parent's rows that open it.
    """

    def __init__(
        self,
        template: ListingTemplate,
        ending: Ending,
        window_filter: WindowFilter,
        added: Sequence[Mapping[str, Any]],
    ) -> None:
        self._template = template
        self._ending = ending
        self._window_filter = window_filter
        self._added = added
        self._page_0: Page | None = None
        """How the listing ends if page 1 is refused as well; None if it fails."""

    def ignore(self, status: int, pages: int) -> Page | None:
        """Return the end of the listing where `response_actions` ignore a response.

        Args:
            pages: How many were read before.

        Returns:
            None if page 1 is to be asked for instead.
        """
        page = Page(self._template.resource.name, [], is_ignored=pages == 0, parent=self._added)
        if not pages and self._passes_page_0(status, page):
            return None
        self._ending.note_end("response_actions ignore the response")
        return page

    def explain(self, error: ApiError, pages: int, *, is_first: bool) -> Page | None:
        """Return the end of the listing where an error is one; as `ignore` does.

        Raises:
            ApiError: The same error, if it does not mean the end.
        """
        resource, status = self._template.resource, None if error.is_declared else error.status
        is_missing = is_first and is_missing_listing(resource, status)
        page = Page(resource.name, [], is_missing=is_missing, parent=self._added)
        if is_first and self._passes_page_0(status, page if is_missing else None):
            return None
        if is_missing or (pages and self._ending.ends_at(status)):
            return page
        if is_first and self._page_0 and status in STATUSES_OF_NO_PAGE:
            return self._page_0
        error.args = (f"{error}{self._find_hint(status, pages)}",)
        raise error

    def _passes_page_0(self, status: int | None, page: Page | None) -> bool:
        is_passed = self._ending.first_number.pass_refused(status)
        if is_passed:
            self._page_0 = page
        return is_passed

    def _find_hint(self, status: int | None, pages: int) -> str:
        hint = self._ending.first_number.refusal_hint
        if pages:
            return hint or self._ending.find_refusal_hint(status)
        return self._template.find_window_hint(self._window_filter, status) or hint
