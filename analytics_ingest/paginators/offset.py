"""Paging by offset: `limit` rows from `offset` on, or as many as the API gives."""

from typing import TYPE_CHECKING, Any, ClassVar

from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.paginators.base import send_value
from analytics_ingest.paginators.counted import Counted, CountedKeys, read_sent_size

if TYPE_CHECKING:
    from requests import Request, Response

DEFAULT_LIMIT = 100
"""The page size where none is declared."""


class OffsetKeys(CountedKeys):
    """Keys of `offset`."""

    exclusive = (("offset_param", "offset_body_path"), ("limit_param", "limit_body_path"))

    limit_body_path: str | None = None
    """Place of the page size in a JSON request body, or its field in a form."""
    offset: int | None = None
    """Where the listing starts."""
    offset_param: str | None = None
    """Query parameter of the offset."""
    offset_body_path: str | None = None
    """Place of the offset in a JSON request body, or its field in a form."""
    maximum_offset: int | None = None
    """Reading stops there."""


class Offset(Counted):
    """Asks for `limit` rows from `offset` on; with `limit: null` for the next rows."""

    name = "offset"
    keys = OffsetKeys
    params: ClassVar = {"offset": "offset", "limit": "limit"}
    dlt_classes = ("OffsetPaginator",)
    dlt_arguments = (
        *("limit", "offset", "offset_param", "limit_param", "total_path", "maximum_offset"),
    )
    document_names = ("offset_increment", "offsetincrement", "offset_limit", "limit_offset")

    def __init__(self, keys: OffsetKeys, settings: Settings) -> None:
        super().__init__(keys, settings, position=keys.offset or 0)
        self._first = self.position
        self._has_skipped = False
        is_unsized = "limit" in keys.model_fields_set and keys.limit is None
        self.page_size = self._limit = None if is_unsized else keys.limit or DEFAULT_LIMIT
        self.step = self._limit or 0
        self.maximum = keys.maximum_offset
        self._body_paths = (keys.offset_body_path, keys.limit_body_path)
        self._offset_param = keys.offset_param or "offset"
        self.position_param = keys.offset_body_path or self._offset_param
        has_param = not (is_unsized or keys.limit_body_path)
        self.limit_param = keys.limit_param or (self.params["limit"] if has_param else None)

    @property
    def asks_for_size(self) -> bool:
        return self._limit is not None

    def prefetch_request(self, request: "Request", pages: int) -> "Request | None":
        return super().prefetch_request(request, pages) if self.step else None

    def init_request(self, request: "Request") -> None:
        if sent := read_sent_size(request, self.limit_param):
            self._limit = self.page_size = self.step = sent
        self.update_request(request)

    def skip_rounding(self) -> bool:
        # Some APIs read the offset as a page number, offset // limit, so that the offset after a
        # short page leads to the same page again.
        if not self._limit or not (rest := (self.position - self._first) % self._limit):
            return False
        self.position += self._limit - rest
        self._has_skipped = True
        return True

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        if self._has_skipped and rows:
            raise PagingError(
                f"the API rounds {self.position_param} down to a multiple of its page size, so the "
                f"rows before {self.position} cannot be read; declare a limit that it returns in "
                "full, or another paginator"
            )
        # The next row, not the next page: a page may hold fewer or more rows than were asked for.
        self.step = len(rows) or self._limit or 0
        super().update_state(response, rows)

    def update_request(self, request: "Request") -> None:
        in_offset, in_limit = self._body_paths
        send_value(request, self._offset_param, in_offset, self.position)
        if self._limit is not None:
            send_value(request, self.limit_param, in_limit, self._limit)
