"""Paging by a cursor in a response header."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.common.header_names import find_header_problem
from analytics_ingest.paginators.base import Paginator, send_value

if TYPE_CHECKING:
    from requests import Request, Response


class HeaderCursorKeys(Keys):
    """Keys of `header_cursor`."""

    cursor_key: str | None = None
    """Response header that holds the cursor."""
    cursor_param: str | None = None
    """Query parameter that sends the cursor back."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        if self.cursor_key and (problem := find_header_problem(self.cursor_key)):
            yield "cursor_key", problem


class HeaderCursor(Paginator):
    """Sends back the cursor that a response header holds; a page without one is the last."""

    name = "header_cursor"
    keys = HeaderCursorKeys
    dlt_classes = ("HeaderCursorPaginator",)
    dlt_arguments = ("cursor_key", "cursor_param")

    def __init__(self, keys: HeaderCursorKeys, settings: Settings) -> None:
        self._header = "next" if keys.cursor_key is None else keys.cursor_key
        self.next_path = f"cursor_key '{self._header}'"
        self._param = "cursor" if keys.cursor_param is None else keys.cursor_param
        self._cursor: str | None = None

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        cursor = response.headers.get(self._header)
        self._cursor = cursor or None  # An empty header ends a listing, like none.
        self.has_next_path = cursor is not None
        self.has_next_page = self._cursor is not None

    @property
    def page_token(self) -> str | None:
        return self._cursor

    def update_request(self, request: "Request") -> None:
        send_value(request, self._param, None, self._cursor)
