"""What paging by offset and by page number share: when a listing ends.

A total or a flag decides where the body has one. An empty page ends a listing. So does a page
shorter than the page size, once it is proven that the API gives longer ones.
"""

import copy
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.common.jsonpaths import compile_path, first_value
from analytics_ingest.paginators.base import EndKeys, LimitKeys, MoreFlag, Paginator, query_of
from analytics_ingest.paginators.page_size_evidence import PageSizeEvidence

if TYPE_CHECKING:
    from requests import Request, Response

IMPLIED_TOTAL = "total"
"""Where dlt looks for the total when the declaration does not say."""

EMPTY_BODIES: tuple[Any, ...] = ({}, [], None)
"""Bodies without any row, total or flag, by which some APIs end a listing."""

STATUSES_BEYOND_THE_END = (400, 404, 410, 416, 422)
"""How APIs answer a request for a page that they do not have."""


class CountedKeys(EndKeys, LimitKeys):
    """Keys of all paginators that count."""

    json_paths = ("total_path", "has_more_path")

    total_path: str | None = None
    """Where the body holds the total; without it a total is used when the body has one."""


class Counted(Paginator):
    """A paginator that counts; it sends `position` and adds `step` for each page.

    A shallow copy pages another listing of the same resource, and shares what is known of its
    page sizes.
    """

    base_index = 0
    """The position of the first row or page."""
    maximum: int | None = None
    """The position at which reading stops."""
    step = 1
    rows = 0
    """Rows of all pages so far."""

    def __init__(self, keys: CountedKeys, settings: Settings, *, position: int) -> None:
        self.position = position
        self.page_size = keys.limit
        self.limit_param = keys.limit_param
        self.total_is_declared = keys.total_path is not None
        self._total_text = keys.total_path or IMPLIED_TOTAL
        self._total_path = compile_path(self._total_text)
        self._flag = MoreFlag(keys.has_more_path) if keys.has_more_path else None
        self._stops_after_empty_page = keys.stop_after_empty_page is not False
        self._evidence = PageSizeEvidence()

    def prefetch_request(self, request: "Request", pages: int) -> "Request | None":
        ahead = copy.copy(self)
        ahead.position += pages * self.step
        if ahead.is_beyond_the_end():
            return None
        changed = copy.deepcopy(request)
        ahead.update_request(changed)
        return changed

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        count, body = len(rows), response.json()
        self._settle_doubt(is_end=count == 0)
        self._evidence.note_page(count)
        self.rows += count
        self.position += self.step
        if body in EMPTY_BODIES or (count == 0 and self._stops_after_empty_page):
            self.has_next_page = False
            return
        self.total = self._read_total(body)
        self.has_next_page = not self.is_beyond_the_end() and self._goes_on(count, body)

    def note_end(self) -> None:
        self._settle_doubt(is_end=True)

    def ends_at(self, status: int | None) -> bool:
        proves_end = self.in_doubt > 0 and status in STATUSES_BEYOND_THE_END
        is_end = proves_end or (status == HTTPStatus.NOT_FOUND and not self.total_says_more())
        if is_end:
            self.note_end()
        return is_end

    def ends_with_repeated(self, count: int) -> bool:
        if not self.is_short(count) or self.total_says_more():
            return False
        self._evidence.note_repeated(count)
        self.note_end()
        return True

    def take_news(self) -> str:
        news = self._evidence.take_news()
        return f"{self.page_size} rows a page were requested, and {news}" if news else ""

    def is_short(self, count: int) -> bool:
        """Whether a page holds fewer rows than were asked for."""
        return self.page_size is not None and count < self.page_size

    def is_beyond_the_end(self) -> bool:
        """Whether the position is known to be past the last row or page."""
        return (self.total is not None and self.position >= self.total + self.base_index) or (
            self.maximum is not None and self.position >= self.maximum
        )

    def total_says_more(self) -> bool | None:
        """Whether the total says that there is another page; None where it is not certain."""
        return None if self.total is None else not self.is_beyond_the_end()

    def _goes_on(self, count: int, body: Any) -> bool:
        if self._flag is not None:
            return self._flag.read(body)
        if not self.is_short(count):
            return True
        says_more = self.total_says_more()
        if says_more is None:
            says_more = count > 0 and not self._evidence.is_last(count)
            self.in_doubt = count if says_more and not self._evidence.are_cut else 0
        return says_more

    def _settle_doubt(self, *, is_end: bool) -> None:
        """Note whether rows have followed the page that was in doubt, if one was."""
        if self.in_doubt and is_end:
            self._evidence.note_end(self.in_doubt)
        elif self.in_doubt:
            self._evidence.note_followed(self.in_doubt)
        self.in_doubt = 0

    def _read_total(self, body: Any) -> int | None:
        value = first_value(self._total_path, body)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if self.total_is_declared:
            raise PagingError(f"the page has no whole number at total_path '{self._total_text}'")
        return None


def sent_size(request: "Request", limit_param: str | None) -> int | None:
    """The page size that the declaration's params send, which wins over the paginator's."""
    sent = str(query_of(request).get(limit_param, "")) if limit_param else ""
    return int(sent) if sent.isdecimal() and int(sent) > 0 else None
