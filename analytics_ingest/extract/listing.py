"""One listing of the API: the pages of a resource, for one row of its parent where it has one.

A `Listing` is made of its resource's template; it gives the request of one page after the other,
takes the answers in this order, and says when it has ended.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from dlt.sources.helpers.rest_client.detector import PaginatorFactory
from dlt.sources.helpers.rest_client.paginators import SinglePagePaginator
from jsonpath_ng.exceptions import JSONPathError
from requests import Request

from analytics_ingest.common.errors import ApiError, PagingError
from analytics_ingest.extract.http.client import Answer
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.paging.loop_guard import FRUITLESS_PAGES, LoopGuard
from analytics_ingest.extract.paging.offset_and_page import OffsetOrPage
from analytics_ingest.extract.paging.shift_check import ShiftCheck
from analytics_ingest.extract.probes.error_bodies import refusal
from analytics_ingest.extract.selector import Selector, detected

UNPROVEN_PAGES = 3
"""How many more pages a listing must have given than are then asked for at the same time."""


@dataclass
class Page:
    """The rows of one answer."""

    resource: str
    rows: list[Any]
    answer: Answer
    is_check: bool = False
    """It is no page of the listing, but shows whether rows have moved."""
    is_read_again: bool = False
    """The listing is read again from its beginning."""
    is_missing: bool = False
    """The API has no such listing: its parent has no children."""
    told: str = ""
    """What is worth a line in the log."""


class Listing:
    """The pages of one listing, in order.

    Args:
        bindings: Values of the placeholders that a parent's row or a list of values fills.
        inherited: Fields of the parent's row to put into each row of the listing.
    """

    def __init__(
        self,
        template: ListingTemplate,
        bindings: Mapping[str, Any],
        inherited: Mapping[str, Any],
    ) -> None:
        self.template = template
        self.ended = False
        self._opening = template.request_template.filled(bindings)
        self._inherited = {**inherited, **template.request_template.columns_of(bindings)}
        self._selector = template.selector
        resource = template.resource
        self._shift_check = ShiftCheck(resource.primary_key if resource.is_merged else ())
        self._begin()

    def _begin(self) -> None:
        self._loop_guard = LoopGuard(self.template.resource.primary_key)
        self._request = copy.deepcopy(self._opening)
        # A fresh paginator: its state is replaced, and only what it knows of page sizes is shared.
        self._paginator = copy.copy(self.template.paginator)
        if self._paginator:
            self._paginator.init_request(self._request)

    def next_request(self) -> Request:
        """The request of the next page.

        Raises:
            PagingError: It has been sent before.
        """
        if not self._loop_guard.ask(self.pending()):
            raise self._endless("asks for a page again")
        return copy.deepcopy(self._request)

    def pending(self) -> str:
        """What tells the next request from others."""
        return fingerprint(self._request)

    def request_ahead(self, pages: int) -> Request | None:
        """The request of some pages after the next one, where it is known and worth a try.

        The more pages have come, the more are asked for: a short listing wastes no requests.
        """
        most = self.template.resource.endpoint.max_pages
        if (
            not isinstance(self._paginator, OffsetOrPage)
            or pages >= self._loop_guard.pages - UNPROVEN_PAGES
        ):
            return None
        if not self._shift_check.may_be_relied_on:
            return None
        if most is not None and self._loop_guard.pages + pages >= most:
            return None
        return self._paginator.request_ahead(self._request, pages)

    def go_on_with_what_was_sent(self) -> None:
        """Note that the next request has been sent ahead of need."""
        self.next_request()
        self._shift_check.is_needed = True

    def accept(self, answer: Answer) -> Page:
        """Take the answer to the next request.

        Raises:
            ApiError: It does not hold what the declaration says.
        """
        resource = self.template.resource
        if self._shift_check.is_being_checked:
            return self._checked(answer)
        self._loop_guard.pages += 1
        if answer.ignored:
            if isinstance(self._paginator, OffsetOrPage):
                self._paginator.end_doubt(is_end=True)
            self._end()
            return Page(resource.name, [], answer)
        try:
            rows = self._select_and_advance(answer)
        except RecursionError:
            raise ApiError(
                f"{self.template.place}: the answer is nested too deeply to be read"
            ) from None
        total = self._paginator.total if isinstance(self._paginator, OffsetOrPage) else None
        self._shift_check.note(rows, total)
        if self.ended:
            self._end()
        if self._inherited:
            rows = [{**row, **self._inherited} if isinstance(row, dict) else row for row in rows]
        return Page(resource.name, rows, answer, told=self._news())

    def accept_refusal(self, answer: Answer, error: ApiError) -> Page:
        """Take a refusal of the next request for the end of the listing.

        Raises:
            ApiError: It means something else.
        """
        resource, pages = self.template.resource, self._loop_guard.pages
        is_missing = (
            pages == 0
            and resource.parent is not None
            and error.status == HTTPStatus.NOT_FOUND
            and not self._shift_check.is_being_checked
        )
        if not is_missing and not (
            pages
            and isinstance(self._paginator, OffsetOrPage)
            and self._paginator.ends_at(error.status)
        ):
            raise error
        self._end()
        return Page(resource.name, [], answer, is_missing=is_missing)

    def _end(self) -> None:
        """End the listing, unless pages overlapped: the first page then shows what has moved."""
        self.ended = not self._shift_check.is_needed
        if not self.ended:
            self._begin()
            self._shift_check.is_being_checked = True

    def _checked(self, answer: Answer) -> Page:
        resource = self.template.resource
        selector = None if answer.ignored else self._selector
        rows = selector.rows(answer.response.json()) if selector else []
        self.ended = self._shift_check.is_confirmed_by(rows)
        told = ""
        if not self.ended:
            self._begin()
            told = (
                f"{resource.api}.{resource.name}: rows moved while pages were read ahead of need; "
                "the listing is read again, one page after the other"
            )
        return Page(
            resource.name, [], answer, is_check=True, is_read_again=not self.ended, told=told
        )

    def _select_and_advance(self, answer: Answer) -> list[Any]:
        body = answer.response.json()
        if self._selector is None:
            self._selector = self._detected_selector(body)
        rows = self._selector.rows(body)
        problem = refusal(body, self._selector, rows, self.template.resource.primary_key)
        if problem:
            raise ApiError(f"{self.template.place}: {problem}")
        if self._loop_guard.is_repeated(rows):
            if not self._is_last_one_repeated(len(self._selector.items(body))):
                raise self._endless("gets the same page again")
            self.ended = True
            return []
        self._loop_guard.note(rows)
        if self._paginator is None:
            self._paginator, _ = PaginatorFactory().create_paginator(answer.response)
        try:
            paginator = self._paginator or SinglePagePaginator()
            paginator.update_state(answer.response, self._selector.items(body))
            self.ended = not paginator.has_next_page or self.template.has_passed(rows)
            if not self.ended:
                paginator.update_request(self._request)
        except PagingError as error:
            raise PagingError(f"{self.template.place}: {error}") from None
        except (ValueError, TypeError, AttributeError) as error:
            # dlt's paginators put the page's rows into their messages.
            raise PagingError(
                f"{self.template.place}: the page does not hold what the paginator needs "
                f"({type(error).__name__}); compare its keys with an answer of the API"
            ) from None
        if not self.ended:
            self._refuse_endlessness()
        return rows

    def _is_last_one_repeated(self, items: int) -> bool:
        return isinstance(self._paginator, OffsetOrPage) and self._paginator.ends_with_repeated(
            items
        )

    def _news(self) -> str:
        """A sentence about pages that are shorter than asked for, the first time this is seen."""
        paginator = self._paginator
        if not isinstance(paginator, OffsetOrPage) or not (found := paginator.sizes.take_news()):
            return ""
        resource = self.template.resource
        return (
            f"{resource.api}.{resource.name}: {paginator.page_size} rows a page were asked for, "
            f"and {found}"
        )

    def _refuse_endlessness(self) -> None:
        """Raise an error where further pages promise nothing."""
        most = self.template.resource.endpoint.max_pages
        if most is None:
            if self._loop_guard.is_fruitless:
                raise self._endless(f"gets no new row on {FRUITLESS_PAGES} pages in a row")
            return
        # A page that was asked for only to see whether there is one may be one too many.
        is_allowed = isinstance(self._paginator, OffsetOrPage) and self._paginator.in_doubt
        if self._loop_guard.pages - bool(is_allowed) >= most:
            raise PagingError(f"{self.template.place}: is longer than max_pages: {most}")

    def _detected_selector(self, body: Any) -> Selector:
        try:
            return detected(body)
        except JSONPathError:
            raise ApiError(
                f"{self.template.place}: the list of rows has a name that is no JSONPath; declare "
                "data_selector"
            ) from None

    def _endless(self, what: str) -> PagingError:
        return PagingError(
            f"{self.template.place}: {what} after page {self._loop_guard.pages}, so the listing "
            "would never end; check the paginator's keys"
        )


def fingerprint(request: Request) -> str:
    """What tells one page's request from another's."""
    return json.dumps(
        [request.url, request.params, request.json, request.data], sort_keys=True, default=str
    )
