"""Paging by page number: page after page."""

from typing import TYPE_CHECKING, ClassVar

from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.paginators.base import send_page_size, send_value
from analytics_ingest.paginators.counted import Counted, CountedKeys, read_sent_size

if TYPE_CHECKING:
    from requests import Request


class PageNumberKeys(CountedKeys):
    """Keys of `page_number`."""

    exclusive = (
        ("page_param", "page_body_path"),
        ("total_path", "total_pages_path"),
    )
    aliases: ClassVar = {"start_from_page": "base_page"}

    page: int | None = None
    """The first page to ask for."""
    base_page: int | None = None
    """The number of the API's first page: 0, or 1 where `page` is 1. Without both, and without
    maximum_page, 0 is asked for; if the API refuses that, or has nothing of its own there, pages
    are counted from 1."""
    inject_on_first_request: bool = True
    """false: the first request has no page parameter."""
    page_param: str | None = None
    """Query parameter of the page."""
    page_body_path: str | None = None
    """Place of the page in a JSON request body, or its field in a form."""
    maximum_page: int | None = None
    """Reading stops there."""
    total_pages_path: str | None = None
    """Where the body holds the total of pages."""


class PageNumber(Counted):
    """Asks for page after page; sends the page size only where `limit_param` names it."""

    name = "page_number"
    counts_pages = True
    keys = PageNumberKeys
    params: ClassVar = {"page": "page", "limit": None}
    dlt_classes = ("PageNumberPaginator",)
    dlt_arguments = ("base_page", "page", "page_param", "total_path", "maximum_page")
    document_names = ("page", "page_increment", "pageincrement")

    def __init__(self, keys: PageNumberKeys, settings: Settings) -> None:
        # With dlt's 0 a total of pages would end a listing that begins at 1 a page too early.
        begins_at_one = keys.base_page is None and keys.page == 1
        self.base_index = 1 if begins_at_one else keys.base_page or 0
        first = self.base_index if keys.page is None else keys.page
        super().__init__(keys, settings, position=first)
        # A maximum counts from the first page too.
        self.is_base_open = {keys.base_page, keys.page, keys.maximum_page} == {None}
        self.maximum = keys.maximum_page
        self.asks_for_first_page = keys.inject_on_first_request
        self._param = keys.page_param or "page"
        self._body_path = keys.page_body_path
        self.position_param = self._body_path or self._param

    def init_request(self, request: "Request") -> None:
        self.page_size = read_sent_size(request, self.limit_param) or self.page_size
        send_page_size(request, self.limit_param, self.page_size)
        if self.asks_for_first_page:
            self.update_request(request)

    def update_request(self, request: "Request") -> None:
        send_value(request, self._param, self._body_path, self.position)

    def prefetch_request(self, request: "Request", pages: int) -> "Request | None":
        # Page 1 shows whether it is the second page or the first one again.
        return None if self.may_begin_at_one else super().prefetch_request(request, pages)

    @property
    def may_begin_at_one(self) -> bool:
        """Whether page 0 is the last that was asked for, and the API may have none."""
        return self.is_base_open and self.position <= 1

    def begin_at_one(self) -> None:
        """Count from 1: the API has no page 0."""
        self.base_index, self.position, self.is_base_open = 1, max(self.position, 1), False
