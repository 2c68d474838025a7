"""Paging by offset and by page number, with the dialect's rules for the end of a listing.

dlt's own raise when a body holds no total. Here a total or a flag is used where there is one; an
empty page ends a listing, and so does one shorter than the page size once it is proven that the
API gives longer ones.
"""

import copy
from http import HTTPStatus
from typing import Any

from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.paginators import (
    OffsetPaginator,
    PageNumberPaginator,
    RangePaginator,
)
from requests import Request, Response

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.more import has_more
from analytics_ingest.extract.paging.page_size import send_page_size, sent_size
from analytics_ingest.extract.paging.page_size_evidence import PageSizeEvidence

IMPLIED_TOTAL = "total"
"""Where dlt looks for the total when the declaration does not say."""

EMPTY_BODIES: tuple[Any, ...] = ({}, [], None)
"""Bodies without any row, total or flag, by which some APIs end a listing."""

REFUSALS_BEYOND_THE_END = (400, 404, 410, 416, 422)
"""How APIs refuse a page that they do not have, the second one of a listing."""


class OffsetOrPage(RangePaginator):
    """What offset and page number share: when a listing ends.

    A shallow copy pages another listing of the same resource, and learns of its page sizes too.
    """

    page_size: int | None = None
    total_is_declared: bool = False
    total: int | None = None
    sizes: PageSizeEvidence
    in_doubt: int = 0
    """Rows of the page before, where it is not known whether it was the last one."""
    rows: int = 0
    """Rows of all pages so far."""

    def request_ahead(self, request: Request, pages: int) -> Request | None:
        """The request of some pages after the next one; None where that page cannot be."""
        ahead = copy.copy(self)
        ahead.current_value += pages * self.value_step
        if ahead._is_beyond_the_end():
            return None
        asked = copy.deepcopy(request)
        ahead.update_request(asked)
        return asked

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        count = len(data or ())
        body = response.json()
        self.end_doubt(is_end=count == 0)
        self.sizes.note_page(count)
        self.rows += count
        self.current_value += self.value_step
        if body in EMPTY_BODIES or (count == 0 and self.stop_after_empty_page):
            self._has_next_page = False
            return
        self.total = self._total(body)
        self._has_next_page = not self._is_beyond_the_end() and self._goes_on(count, body)

    def end_doubt(self, *, is_end: bool) -> None:
        """Note whether rows have followed the page that was in doubt, if one was."""
        if self.in_doubt and is_end:
            self.sizes.note_end(self.in_doubt)
        elif self.in_doubt:
            self.sizes.note_followed(self.in_doubt)
        self.in_doubt = 0

    def ends_at(self, status: int | None) -> bool:
        """Whether a refusal of the next page says that there is none."""
        is_proof = self.in_doubt and status in REFUSALS_BEYOND_THE_END
        is_end = is_proof or (status == HTTPStatus.NOT_FOUND and not self._total_says_more())
        if is_end:
            self.end_doubt(is_end=True)
        return bool(is_end)

    def ends_with_repeated(self, count: int) -> bool:
        """Whether a page that came before can be the last one, come again for want of another."""
        if not self.is_short(count) or self._total_says_more():
            return False
        self.sizes.note_repeated(count)
        self.end_doubt(is_end=True)
        return True

    def is_short(self, count: int) -> bool:
        """Whether a page holds fewer rows than were asked for."""
        return self.page_size is not None and count < self.page_size

    def _goes_on(self, count: int, body: Any) -> bool:
        if self.has_more_path is not None:
            return has_more(body, self.has_more_path)
        if not self.is_short(count):
            return True
        says_more = self._total_says_more()
        if says_more is None:
            says_more = count > 0 and not self.sizes.is_last(count)
            self.in_doubt = count if says_more and not self.sizes.are_cut else 0
        return says_more

    def _total_says_more(self) -> bool | None:
        """Whether the total says that there is another page; None where it says nothing certain."""
        return None if self.total is None else not self._is_beyond_the_end()

    def _is_beyond_the_end(self) -> bool:
        return (self.total is not None and self.current_value >= self.total + self.base_index) or (
            self.maximum_value is not None and self.current_value >= self.maximum_value
        )

    def _total(self, body: Any) -> int | None:
        values = jsonpath.find_values(self.total_path, body) if self.total_path else []
        value = values[0] if values else None
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if self.total_is_declared:
            raise PagingError(f"the page holds no whole number at total_path '{self.total_path}'")
        return None


class Offset(OffsetOrPage, OffsetPaginator):
    """Asks for `limit` rows from `offset` on."""

    def __init__(self, limit: int = 100, total_path: str | None = None, **keys: Any) -> None:
        OffsetPaginator.__init__(self, limit, total_path=total_path or IMPLIED_TOTAL, **keys)
        self.page_size = limit
        self.total_is_declared = total_path is not None
        self.sizes = PageSizeEvidence()

    def init_request(self, request: Request) -> None:
        if sent := sent_size(request, self.limit_param):
            self.limit = self.page_size = self.value_step = sent
        super().init_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        # The next row, not the next page that was meant: a page may hold fewer rows than asked for.
        count = len(data or ())
        self.value_step = count if count and self.is_short(count) else self.limit
        super().update_state(response, data)


class PageNumber(OffsetOrPage, PageNumberPaginator):
    """Asks for page after page; sends the page size only where `limit_param` names it.

    Args:
        inject_on_first_request: Whether the first page is asked for by its number too.
    """

    def __init__(
        self,
        limit: int | None = None,
        limit_param: str | None = None,
        start_from_page: int | None = None,
        inject_on_first_request: bool = True,
        total_path: str | None = None,
        **keys: Any,
    ) -> None:
        if start_from_page is not None:
            keys["base_page"] = start_from_page
        PageNumberPaginator.__init__(self, total_path=total_path or IMPLIED_TOTAL, **keys)
        self.page_size = limit
        self.limit_param = limit_param
        self.total_is_declared = total_path is not None
        self.sizes = PageSizeEvidence()
        self.inject_on_first_request = inject_on_first_request

    def init_request(self, request: Request) -> None:
        self.page_size = sent_size(request, self.limit_param) or self.page_size
        send_page_size(request, self.limit_param, self.page_size)
        if self.inject_on_first_request:
            super().init_request(request)

    def _total_says_more(self) -> bool | None:
        """A total counts pages, as in dlt; one that nobody declared may as well count rows."""
        if self.total is None or self.total_is_declared or self._is_beyond_the_end():
            return super()._total_says_more()
        return None if self.rows > self.total else self.rows < self.total
