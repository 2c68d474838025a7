"""One listing of the API: the pages of a resource, for one row of its parent if it has one.

`build_next_request` gives the request of the next page, `accept` takes its response and returns a
`Page`, until `ended`. Responses are accepted in page order; `prefetch_request` looks ahead.
"""

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from requests import Request

from analytics_ingest.common.errors import ApiError, PagingError
from analytics_ingest.extract.http.errors import UnexpectedErrors
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.page import Page, add_to_rows
from analytics_ingest.extract.paging.ending import Ending
from analytics_ingest.extract.paging.item_counts import ItemCounter
from analytics_ingest.extract.paging.loop_guard import LoopGuard, compute_fingerprint
from analytics_ingest.extract.paging.row_keys import RowKeys
from analytics_ingest.extract.paging.shift_check import ShiftCheck
from analytics_ingest.extract.refused_pages import RefusedPages
from analytics_ingest.extract.shared_keys import number_listing
from analytics_ingest.extract.windows.row_order import RowOrder
from analytics_ingest.extract.windows.window_filter import WindowFilter


class Listing:
    """The pages of one listing, in order.

    Args:
        bindings: Values of the placeholders that a parent's row or a list of values fills.
        inherited: Fields of each parent row that opens it; each row is copied for each of them.
        window_filter: What the requests ask for; without it the template's last one.
    """

    def __init__(
        self,
        template: ListingTemplate,
        bindings: Mapping[str, Any],
        inherited: Sequence[Mapping[str, Any]] = ({},),
        window_filter: WindowFilter | None = None,
    ) -> None:
        self.template, self.bindings, self.ended = template, bindings, False
        self.number = number_listing(bindings)
        """Tells the listings of a resource apart."""
        self.window_filter = own = window_filter or template.window_filters[-1]
        self._process = partial(template.process_rows, bindings=bindings, window_filter=own)
        request_template = template.request_template
        self._first_request = request_template.build_first_request(bindings, self.window_filter)
        columns = request_template.build_columns(bindings)
        self._added = [row for own in inherited if (row := {**own, **columns})]
        self.selector, resource = template.selector, template.resource
        self._shift_check = ShiftCheck(resource.primary_key if resource.is_merged else ())
        self._begin()

    def _begin(self) -> None:
        template, resource = self.template, self.template.resource
        keys = RowKeys(resource.primary_key, is_merged=resource.is_merged)
        self._header_check = template.header_checks.get(self.bindings)
        window = self.window_filter.window
        self._row_order = RowOrder(resource, window)
        self._loop_guard = LoopGuard(template.place, keys, resource.endpoint.max_pages)
        self._request = copy.deepcopy(self._first_request)
        self._paginator, self._ending = template.paging.start(keys, self.bindings, window)
        self._refused = RefusedPages(template, self._ending, self.window_filter, self._added)
        self._counter = ItemCounter(self._paginator)
        self._paginator.init_request(self._request)
        if self._ending.first_number.is_at_page_1:
            self._request_next_page()

    @property
    def may_miss_rows(self) -> bool:
        """Whether a row that moves now may come to a page that has been read."""
        return bool(self._paginator.position_param) and self._loop_guard.pages > 0

    def build_next_request(self) -> Request:
        """Build the request of the next page, about to be sent.

        Raises:
            PagingError: It has been sent before.
        """
        fingerprint = self.compute_next_fingerprint()
        self._loop_guard.check_request(fingerprint, may_repeat=self._ending.may_keep_cursor)
        return copy.deepcopy(self._request)

    def compute_next_fingerprint(self) -> str:
        """Compute the fingerprint of the next page's request."""
        return compute_fingerprint(self._request)

    def prefetch_request(self, pages: int) -> Request | None:
        """Return the request of the page `pages` after the next one; None if it must wait."""
        most = self.template.resource.endpoint.max_pages
        is_last = most is not None and self._loop_guard.pages + pages >= most
        reads_token = self.template.request_template.reads_page_token
        is_open = self._counter.is_undecided or self._ending.first_number.was_empty
        if is_last or is_open or reads_token or not self._shift_check.allows_prefetch:
            return None
        may_end_early = self._row_order.may_end_early
        is_allowed = self._ending.prefetch.allows(pages, may_end_early=may_end_early)
        return self._paginator.prefetch_request(self._request, pages) if is_allowed else None

    def use_prefetched(self) -> None:
        """Note that the next request has been prefetched.

        Raises:
            PagingError: It has been sent before.
        """
        self._loop_guard.check_request(self.compute_next_fingerprint())
        self._shift_check.is_needed = True

    def accept(self, response: ApiResponse) -> Page:
        """Take the response to the next request, and advance to the page after it.

        Raises:
            ApiError: It does not match the declaration.
        """
        resource, guard = self.template.resource, self._loop_guard
        if self._shift_check.is_running:
            return self._finish_shift_check(response)
        if response.is_ignored:
            return self._follow(self._refused.ignore(response.status_code, guard.pages))
        guard.pages += 1
        with UnexpectedErrors(self.template.place):
            rows, filtered = self._select_and_advance(response)
        self._shift_check.note_page(rows, self._ending.total)
        if self.ended:
            self._end()
        rows = add_to_rows(rows, self._added) if self._added else rows
        own_rows = self.template.keep_own_rows(rows, self.window_filter)
        message = self.template.describe_page_size(self._paginator.page_size)
        return Page(resource.name, own_rows, filtered, len(rows) - len(own_rows), message=message)

    def accept_error(self, error: ApiError) -> Page:
        """End the listing if the failed request was beyond its last page.

        Raises:
            ApiError: The same error, if it does not mean the end.
        """
        pages = self._loop_guard.pages
        is_first = pages == 0 and not self._shift_check.is_running
        return self._follow(self._refused.explain(error, pages, is_first=is_first))

    def _follow(self, refused: Page | None) -> Page:
        """End the listing, or ask for page 1 where nothing is refused for good."""
        if refused is None:
            self._request_next_page()
            return Page(self.template.resource.name, [])
        self._end()
        return refused

    def _end(self) -> None:
        """End the listing, or start the shift check if pages were prefetched."""
        self.template.paging.evidence.warn_if("order", self._row_order.problem)
        self.ended = not self._shift_check.is_needed
        if self.ended:
            self._conclude(self._ending)
        else:
            self._checked = self._ending
            self._begin()
            self._shift_check.start()

    def _conclude(self, ending: Ending) -> None:
        try:
            ending.conclude()
        except PagingError as error:
            raise PagingError(f"{self.template.place}: {error}") from None

    def _finish_shift_check(self, response: ApiResponse) -> Page:
        """End the listing if nothing has shifted, else read it again."""
        name, place = self.template.resource.name, self.template.place
        selector = None if response.is_ignored else self.selector
        rows = self._process(selector.read_rows(response.body)) if selector else []
        self.ended = self._shift_check.finish(rows)
        if self.ended:
            self._conclude(self._checked)
            return Page(name, [], is_shift_check=True)
        self._begin()
        again = "reading the listing again, one page at a time"
        message = f"{place}: rows shifted while pages were prefetched; {again}"
        return Page(name, [], is_shift_check=True, is_restart=True, message=message)

    def _select_and_advance(self, response: ApiResponse) -> tuple[list[Any], int]:
        """Advance the paginator; the rows to load, and the number of filtered rows."""
        body, guard, ending = response.body, self._loop_guard, self._ending
        if (selector := self.selector) is None or selector.is_open:
            selector = self.selector = self.template.detect_selector(body, self.bindings)
        rows, items = self._counter.read(selector, body)
        if problem := self.template.find_error(body, selector, rows, self.bindings):
            if rows or not ending.ends_with_error_body():
                raise ApiError(f"{self.template.place}: {problem}")
            self.ended = True
            return [], 0
        if problem := self._header_check.find_problem(body, response):
            raise ApiError(f"{self.template.place}: {problem}")
        counted = bool(self._paginator.position_param)
        if ending.one_object.note(body, rows) or guard.is_repeated(rows, items, is_counted=counted):
            self.ended = ending.ends_with_repeated(rows)
            if rows and not self.ended:
                self._skip_repeated(rows)
            if rows or self.ended:
                return [], 0
        guard.note(rows, items, is_known=ending.one_object.is_known)
        processed = self._process(rows)
        self._advance(response, rows, items, is_past=self._row_order.is_past(processed))
        if not self.ended:
            guard.check_further_page(ending.is_uncertain + ending.first_number.was_empty)
        return processed, len(rows) - len(processed)

    def _skip_repeated(self, rows: list[Any]) -> None:
        """Ask for another page in place of one that came twice, end the listing, or fail."""
        ending, guard, unread = self._ending, self._loop_guard, self.template.paging.evidence.unread
        if ending.skip_repeated(rows, has_key=bool(self.template.resource.primary_key)):
            guard.pages -= 1
            self._request_next_page()
        elif ending.ends_with_object():
            self.ended = True
        else:
            param, problem = self._paginator.position_param, ending.one_object.problem
            raise guard.describe_repeated_page(param, unread, problem)

    def _request_next_page(self) -> None:
        paginator, own = self._paginator, self.window_filter
        self.template.request_next_page(paginator, self._request, self.bindings, own)

    def _advance(
        self, response: ApiResponse, rows: list[Any], items: list[Any], *, is_past: bool
    ) -> None:
        """Change the request into that of the next page, or end the listing."""
        paginator, ending = self._paginator, self._ending
        try:
            paginator.update_state(response, items)
            ending.note_page(response, rows, len(items))
            is_past &= not ending.first_number.is_open
            self.ended = is_past or not ending.has_next_page()
            if is_past:
                ending.note_early_end(is_cut=not self._row_order.ends_at_start)
            if not self.ended:
                self._request_next_page()
        except PagingError as error:
            raise PagingError(f"{self.template.place}: {error}") from None
        except (ValueError, TypeError, AttributeError) as error:
            # The messages of dlt's paginators contain rows.
            raise PagingError(
                f"{self.template.place}: the response lacks a value that the paginator reads "
                f"({type(error).__name__}); compare the paginator's paths with a real response"
            ) from None
