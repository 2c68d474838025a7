"""One listing of the API: the pages of a resource, for one row of its parent where it has one.

A `ListingTemplate` is made once for each resource; `open` makes a `Listing`, which gives the
request of one page after the other, takes the answers in this order, and says when it has ended.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlt.sources.helpers.rest_client.detector import (
    PaginatorFactory,
    find_response_page_data,
    single_entity_path,
)
from dlt.sources.helpers.rest_client.paginators import SinglePagePaginator
from jsonpath_ng.exceptions import JSONPathError
from requests import Request
from requests.auth import AuthBase

from analytics_ingest.config.declaration import ResourceDeclaration
from analytics_ingest.loading.client import Answer, ApiClient
from analytics_ingest.loading.errors import ApiError, PagingError
from analytics_ingest.loading.narrowing import has_passed
from analytics_ingest.loading.paginators import build_paginator
from analytics_ingest.loading.paginators.ranges import Range
from analytics_ingest.loading.paths import check_paths
from analytics_ingest.loading.request_template import RequestTemplate
from analytics_ingest.loading.selector import Selector
from analytics_ingest.loading.settings import SettingValues
from analytics_ingest.loading.steadiness import Steadiness
from analytics_ingest.loading.window import Window

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
    told: str = ""
    """Why the listing is read again from its beginning; empty where it is not."""


class ListingTemplate:
    """What all listings of one resource share.

    Args:
        window: Sent along and used to stop paging where the declaration says how; EVERYTHING for
            a listing that must be read whole, because children or a snapshot need all of it.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        client: ApiClient,
        auth: AuthBase | None,
        window: Window,
        settings: SettingValues,
    ) -> None:
        check_paths(resource)
        self.resource = resource
        self.client = client
        self.auth = auth
        self.paginator = build_paginator(resource.endpoint.paginator, settings)
        single = single_entity_path(resource.path)
        if single and self.paginator is None:
            self.paginator = SinglePagePaginator()
        path = resource.endpoint.data_selector or ("$" if single else None)
        self.selector = Selector(path) if path else None
        self.has_passed = has_passed(resource.incremental, window)
        self.request_template = RequestTemplate(resource, client.base_url, window, settings)

    def open(self, bindings: Mapping[str, Any], inherited: Mapping[str, Any]) -> "Listing":
        """Begin a listing.

        Args:
            bindings: Values of the placeholders that a parent's row or a list of values fills.
            inherited: Fields of the parent's row to put into each row of the listing.
        """
        return Listing(self, self.request_template.filled(bindings), inherited)


class Listing:
    """The pages of one listing, in order."""

    def __init__(
        self, template: ListingTemplate, request: Request, inherited: Mapping[str, Any]
    ) -> None:
        self.template = template
        self.ended = False
        self._opening = request
        self._inherited = inherited
        self._selector = template.selector
        resource = template.resource
        self._steadiness = Steadiness(resource.primary_key if resource.is_merged else ())
        self._begin()

    def _begin(self) -> None:
        self._pages = 0
        self._asked: set[str] = set()
        self._last_rows: list[Any] = []
        self._request = copy.deepcopy(self._opening)
        # Its state is replaced, never changed in place, so a shallow copy is a fresh paginator.
        self._paginator = copy.copy(self.template.paginator)
        if self._paginator:
            self._paginator.init_request(self._request)

    def next_request(self) -> Request:
        """The request of the next page.

        Raises:
            PagingError: It has been sent before.
        """
        key = self.pending()
        self._refuse_repetition(key in self._asked, "asks for a page again")
        self._asked.add(key)
        return copy.deepcopy(self._request)

    def pending(self) -> str:
        """What tells the next request from others."""
        return fingerprint(self._request)

    def request_ahead(self, pages: int) -> Request | None:
        """The request of some pages after the next one, where it is known and worth a try.

        The more pages have come, the more are asked for: a short listing wastes no requests.
        """
        most = self.template.resource.endpoint.max_pages
        if not isinstance(self._paginator, Range) or pages >= self._pages - UNPROVEN_PAGES:
            return None
        if not self._steadiness.may_be_relied_on:
            return None
        if most is not None and self._pages + pages >= most:
            return None
        return self._paginator.request_ahead(self._request, pages)

    def go_on_with_what_was_sent(self) -> None:
        """Note that the next request has been sent ahead of need."""
        self.next_request()
        self._steadiness.is_needed = True

    def accept(self, answer: Answer) -> Page:
        """Take the answer to the next request.

        Raises:
            ApiError: It does not hold what the declaration says.
        """
        resource = self.template.resource
        if self._steadiness.is_being_checked:
            return self._checked(answer)
        self._pages += 1
        if answer.ignored:
            self._end()
            return Page(resource.name, [], answer)
        try:
            rows = self._select_and_advance(answer)
        except RecursionError:
            raise ApiError(f"{self._place()}: the answer is nested too deeply to be read") from None
        total = self._paginator.total if isinstance(self._paginator, Range) else None
        self._steadiness.note(rows, total)
        if self.ended:
            self._end()
        if self._inherited:
            rows = [{**row, **self._inherited} if isinstance(row, dict) else row for row in rows]
        return Page(resource.name, rows, answer)

    def _end(self) -> None:
        """End the listing, unless pages overlapped: the first page then shows what has moved."""
        self.ended = not self._steadiness.is_needed
        if not self.ended:
            self._begin()
            self._steadiness.is_being_checked = True

    def _checked(self, answer: Answer) -> Page:
        resource = self.template.resource
        selector = None if answer.ignored else self._selector
        rows = selector.rows(answer.response.json()) if selector else []
        self.ended = self._steadiness.is_confirmed_by(rows)
        told = ""
        if not self.ended:
            self._begin()
            told = (
                f"{resource.api}.{resource.name}: rows moved while pages were read ahead of need; "
                "the listing is read again, one page after the other"
            )
        return Page(resource.name, [], answer, is_check=True, told=told)

    def _select_and_advance(self, answer: Answer) -> list[Any]:
        body = answer.response.json()
        if self._selector is None:
            self._selector = self._found_selector(body)
        rows = self._selector.rows(body)
        self._refuse_repetition(bool(rows) and rows == self._last_rows, "gets the same page again")
        self._last_rows = rows
        if self._paginator is None:
            self._paginator, _ = PaginatorFactory().create_paginator(answer.response)
        try:
            paginator = self._paginator or SinglePagePaginator()
            paginator.update_state(answer.response, self._selector.items(body))
            self.ended = not paginator.has_next_page or self.template.has_passed(rows)
            if not self.ended:
                paginator.update_request(self._request)
        except PagingError as error:
            raise PagingError(f"{self._place()}: {error}") from None
        except (ValueError, TypeError, AttributeError) as error:
            # dlt's paginators put the page's rows into their messages.
            raise PagingError(
                f"{self._place()}: the page does not hold what the paginator needs "
                f"({type(error).__name__}); compare its keys with an answer of the API"
            ) from None
        most = self.template.resource.endpoint.max_pages
        if most is not None and self._pages >= most and not self.ended:
            raise PagingError(f"{self._place()}: is longer than max_pages: {most}")
        return rows

    def _found_selector(self, body: Any) -> Selector:
        found, _ = find_response_page_data(body)
        keys = [key if key == "$" else f'"{key}"' for key in found]
        try:
            return Selector(".".join(keys) or "$")
        except JSONPathError:
            raise ApiError(
                f"{self._place()}: the list of rows has a name that is no JSONPath; declare "
                "data_selector"
            ) from None

    def _refuse_repetition(self, repeated: bool, what: str) -> None:
        if repeated:
            raise PagingError(
                f"{self._place()}: {what} after page {self._pages}, so the listing would never "
                "end; check the paginator's keys"
            )

    def _place(self) -> str:
        resource = self.template.resource
        return f"{resource.api}.{resource.name}: {self._request.method} {resource.path}"


def fingerprint(request: Request) -> str:
    """What tells one page's request from another's."""
    return json.dumps(
        [request.url, request.params, request.json, request.data], sort_keys=True, default=str
    )
