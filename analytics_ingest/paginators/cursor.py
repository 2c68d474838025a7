"""Paging by cursor: where the next one is, how it is sent, and what ends a listing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin

from analytics_ingest.common.cursor_paths import ResponsePath, RootedPath, build_headers
from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions.syntax import Settings, find_problem
from analytics_ingest.common.link_header import find_next_link
from analytics_ingest.paginators.base import (
    EndKeys,
    LimitKeys,
    Paginator,
    send_page_size,
    send_value,
)

if TYPE_CHECKING:
    from requests import Request, Response

    from analytics_ingest.common.expressions.evaluate import Expression

_CURSOR_PATH = "cursors.next"
_CURSOR_PARAM = "cursor"


class CursorKeys(EndKeys, LimitKeys):
    """Keys of `cursor`."""

    exclusive = (("cursor_param", "cursor_body_path"), ("cursor_value", "cursor_path"))

    cursor_path: str | None = None
    """Where the body (or response., headers., last_record.) holds the next cursor."""
    cursor_value: str | None = None
    """An expression over response, headers and last_record that gives the next cursor."""
    stop_condition: str | None = None
    """An expression that is true of the last page."""
    cursor_param: str | None = None
    """Query parameter that sends the cursor back; where neither it nor cursor_body_path is
    declared, a cursor that is a URL is followed."""
    cursor_body_path: str | None = None
    """Place of the cursor in a JSON request body, or its field in a form."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        for key in ("cursor_value", "stop_condition"):
            text = getattr(self, key)
            if text is not None and (problem := find_problem(text)):
                yield key, problem

    def list_paths(self) -> Iterator[tuple[str, str]]:
        yield from super().list_paths()
        if self.cursor_path and not RootedPath.parse(self.cursor_path):
            yield "cursor_path", self.cursor_path


class Cursor(Paginator):
    """Sends back the cursor of a page for the next one, or follows it where it is a URL."""

    name = "cursor"
    keys = CursorKeys
    params: ClassVar = {"cursor": None, "limit": None}
    dlt_classes = ("JSONResponseCursorPaginator",)
    dlt_arguments = ("cursor_path", "cursor_param")
    document_names = ("cursor_pagination", "cursorpagination", "json_response_cursor")

    def __init__(self, keys: CursorKeys, settings: Settings) -> None:
        self.page_size = keys.limit
        self.limit_param = keys.limit_param
        self._param = _CURSOR_PARAM if keys.cursor_param is None else keys.cursor_param
        self._body_path = keys.cursor_body_path
        self._may_be_url = not keys.cursor_param and not keys.cursor_body_path
        self._path = ResponsePath(keys.cursor_path or _CURSOR_PATH)
        self.is_next_path_declared = bool(keys.cursor_path or keys.cursor_value)
        self.next_path = f"cursor_path '{self._path.text}'"
        if keys.cursor_value is not None:
            self.next_path = "a value of cursor_value"
        self._value = _compile_expression("cursor_value", keys.cursor_value, settings)
        self._stop = _compile_expression("stop_condition", keys.stop_condition, settings)
        self._next: Any = None
        self._is_link = False
        """Whether the next page is at a URL, whichever parameter is declared."""

    def init_request(self, request: "Request") -> None:
        send_page_size(request, self.limit_param, self.page_size)

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        is_last = self._stop is not None and self._stop.is_true(_build_variables(response, rows))
        # The last page may lack what an expression counts with.
        is_needed = self._value is None or not is_last
        self._next = (self._read_next_cursor(response, rows) or None) if is_needed else None
        self.has_next_page = self._next is not None and not is_last
        self.expects_next = self._stop is not None and not is_last and not self.has_next_page

    def update_request(self, request: "Request") -> None:
        is_url = self._is_link or (self._may_be_url and _is_url(self._next))
        if isinstance(self._next, dict) and not self._body_path:
            raise PagingError(f"{self.next_path} holds an object; name the cursor within it")
        if is_url:
            request.url = urljoin(str(request.url), str(self._next))
            request.params = None  # They are in the URL.
        else:
            send_value(request, self._param, self._body_path, self._next)

    @property
    def page_token(self) -> Any:
        return self._next

    def _read_next_cursor(self, response: "Response", rows: list[Any]) -> Any:
        if self._value is not None:
            value = self._value.evaluate(_build_variables(response, rows))
            self.has_next_path = True if value else None
            return value
        if self._path.is_link_header:
            return self._read_link_header(response)
        match = self._path.match(response, last_record=rows[-1] if rows else None)
        self.has_next_path = match is not None
        return match.value if match else None

    def _read_link_header(self, response: "Response") -> str | None:
        """Read the whole Link header: as links, of which the next is followed, else as a token."""
        text = response.headers.get("link")
        self.has_next_path = text is not None
        self._is_link = text is not None and text.lstrip().startswith("<")
        return find_next_link(text) if text and self._is_link else text


def _build_variables(response: "Response", rows: list[Any]) -> dict[str, Any]:
    """Return what expressions may read of a page."""
    return {
        "response": response.json(),
        "headers": build_headers(response),
        "last_record": rows[-1] if rows else None,
        "last_page_size": len(rows),
    }


def _compile_expression(key: str, text: str | None, settings: Settings) -> "Expression | None":
    if text is None:
        return None
    # Only here: a load without expressions does not pay for jinja2.
    from analytics_ingest.common.expressions.evaluate import Expression

    return Expression(key, text, settings)


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "/", "?"))
