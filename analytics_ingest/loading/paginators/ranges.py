"""Paging by offset and by page number, with the dialect's rules for the end of a listing.

dlt's own raise when a body holds no total. Here a total is used where there is one; an empty page,
and one shorter than the page size, ends a listing.
"""

import copy
from typing import Any

from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.paginators import (
    OffsetPaginator,
    PageNumberPaginator,
    RangePaginator,
)
from requests import Request, Response

from analytics_ingest.loading.errors import PagingError
from analytics_ingest.loading.paginators.more import has_more
from analytics_ingest.loading.paginators.page_size import send_page_size, sent_size

IMPLIED_TOTAL = "total"
"""Where dlt looks for the total when the declaration does not say."""


class Range(RangePaginator):
    """What offset and page number share: when a listing ends."""

    page_size: int | None = None
    total_is_declared: bool = False
    total: int | None = None

    def request_ahead(self, request: Request, pages: int) -> Request | None:
        """The request of some pages after the next one; None where that page cannot be."""
        ahead = copy.copy(self)
        ahead.current_value += pages * self.value_step
        if ahead._is_beyond_the_end():
            return None
        asked = copy.deepcopy(request)
        ahead.update_request(asked)
        return asked

    def _is_beyond_the_end(self) -> bool:
        return (self.total is not None and self.current_value >= self.total + self.base_index) or (
            self.maximum_value is not None and self.current_value >= self.maximum_value
        )

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        count = len(data or ())
        body = response.json()
        self.current_value += self.value_step
        self.total = self._total(body)
        self._has_next_page = not (
            (count == 0 and self.stop_after_empty_page)
            or (self.page_size is not None and count < self.page_size)
            or self._is_beyond_the_end()
            or (self.has_more_path is not None and not has_more(body, self.has_more_path))
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


class Offset(Range, OffsetPaginator):
    """Asks for `limit` rows from `offset` on."""

    def __init__(self, limit: int = 100, total_path: str | None = None, **keys: Any) -> None:
        OffsetPaginator.__init__(self, limit, total_path=total_path or IMPLIED_TOTAL, **keys)
        self.page_size = limit
        self.total_is_declared = total_path is not None

    def init_request(self, request: Request) -> None:
        if sent := sent_size(request, self.limit_param):
            self.limit = self.page_size = self.value_step = sent
        super().init_request(request)


class PageNumber(Range, PageNumberPaginator):
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
        self.inject_on_first_request = inject_on_first_request

    def init_request(self, request: Request) -> None:
        self.page_size = sent_size(request, self.limit_param) or self.page_size
        send_page_size(request, self.limit_param, self.page_size)
        if self.inject_on_first_request:
            super().init_request(request)
