"""Paging by cursor: where the next one is found, how it is sent, and what ends a listing."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from requests import Request, Response
from requests.structures import CaseInsensitiveDict

from analytics_ingest.common.cursor_paths import RootedPath
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.extract.paging.more import has_more
from analytics_ingest.extract.paging.page_size import send_page_size
from analytics_ingest.extract.settings import SettingValues

if TYPE_CHECKING:
    from analytics_ingest.extract.paging.expressions import Expression


class Cursor(JSONResponseCursorPaginator):
    """Sends back the cursor of a page for the next one, or follows it where it is a URL.

    Args:
        cursor_path: A JSONPath in the body, or a path from `response`, `headers`, `last_record`.
        cursor_value: An expression that gives the cursor instead.
        stop_condition: An expression that is true of the last page.
    """

    def __init__(
        self,
        *,
        settings: SettingValues,
        cursor_path: str = "cursors.next",
        cursor_value: str | None = None,
        stop_condition: str | None = None,
        limit: int | None = None,
        limit_param: str | None = None,
        has_more_path: str | None = None,
        **keys: Any,
    ) -> None:
        super().__init__(**keys)
        self.limit = limit
        self.limit_param = limit_param
        self.more_path = compile_path(has_more_path) if has_more_path else None
        self._may_be_url = not keys.get("cursor_param") and not keys.get("cursor_body_path")
        self._path = RootedPath.parse(cursor_path) or compile_path(cursor_path)
        self._value = _expression("cursor_value", cursor_value, settings)
        self._stop = _expression("stop_condition", stop_condition, settings)

    def init_request(self, request: Request) -> None:
        send_page_size(request, self.limit_param, self.limit)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        variables = {
            "response": response.json(),
            "headers": _headers(response),
            "last_record": data[-1] if data else None,
            "last_page_size": len(data or ()),
        }
        self._next_reference = self._next(variables) or None
        ended = (
            (self.stop_after_empty_page and not data)
            or (self.more_path is not None and not has_more(response.json(), self.more_path))
            or (self._stop is not None and self._stop.is_true(variables))
        )
        if ended:
            self._has_next_page = False

    def update_request(self, request: Request) -> None:
        following = self._next_reference
        if self._may_be_url and _is_url(following):
            request.url = urljoin(str(request.url), following)
            request.params = None  # They stand in the URL.
        else:
            super().update_request(request)

    def _next(self, variables: dict[str, Any]) -> Any:
        if self._value is not None:
            return self._value.value(variables)
        path, body = self._path, variables["response"]
        if not isinstance(path, RootedPath):
            found = jsonpath.find_values(path, body)
            return found[0] if found else None
        if path.root == "response" and isinstance(body, dict) and "response" in body:
            return path.find(body) or path.find(variables)
        return path.find(variables)


def _expression(key: str, text: str | None, settings: SettingValues) -> "Expression | None":
    if text is None:
        return None
    # Only here: a load without expressions does not pay for jinja2.
    from analytics_ingest.extract.paging.expressions import Expression

    return Expression(key, text, settings)


def _headers(response: Response) -> CaseInsensitiveDict[Any]:
    """The headers by their names in any case; `link` holds the Link header's relations."""
    return CaseInsensitiveDict({**response.headers, "link": response.links})


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "/", "?"))
