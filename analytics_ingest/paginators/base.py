"""The interface of all paginators, with defaults for what few of them know.

A listing copies its resource's paginator, then calls `init_request` once and `update_state` and
`update_request` for each page. A copy is shallow: state is replaced, never changed in place.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from analytics_ingest.common.declared_types import DeclaredType, Keys
from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.common.jsonpaths import compile_path, first_value

if TYPE_CHECKING:
    from requests import Request, Response


class Paginator(DeclaredType):
    """Pages one listing.

    Args:
        keys: The keys that are declared, an instance of the class's own `keys`.
        settings: Values for expressions.
    """

    params: ClassVar[Mapping[str, str | None]] = {}
    """What a request carries → its parameter where `<it>_param` is not declared, if it has one."""

    has_next_page: bool = True
    page_size: int | None = None
    """Rows that a page is asked for, where this is known."""
    limit_param: str | None = None
    """Query parameter of the page size."""
    total: int | None = None
    """How many rows or pages the last page said there are."""
    in_doubt: int = 0
    """Rows of the page before, where it is not certain whether it was the last one."""

    def __init__(self, keys: Any, settings: Settings) -> None:
        pass

    def init_request(self, request: "Request") -> None:
        """Change the request of the first page."""

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        """Read from a page whether there is another one, and which.

        Raises:
            PagingError: The page lacks a value that the declaration names.
        """
        raise NotImplementedError

    def update_request(self, request: "Request") -> None:
        """Change the request of one page into that of the next."""

    def prefetch_request(self, request: "Request", pages: int) -> "Request | None":
        """The request of some pages after the next; None where it is unknown or cannot be."""
        return None

    def note_end(self) -> None:
        """Note that an ignored response has ended the listing."""

    def ends_at(self, status: int | None) -> bool:
        """Whether an error status in place of the next page says that there is none."""
        return False

    def ends_with_repeated(self, count: int) -> bool:
        """Whether a page of so many rows that came twice is the last one, sent again."""
        return False

    def take_news(self) -> str:
        """What has turned out since the last call and is worth a line in the log."""
        return ""


class LimitKeys(Keys):
    """The page size."""

    limit: int | None = Field(default=None, gt=0)
    """Page size, never a maximum."""
    limit_param: str | None = None
    """Query parameter of the page size."""


class EndKeys(Keys):
    """What ends a listing."""

    json_paths = ("has_more_path",)

    stop_after_empty_page: bool | None = None
    """An empty page ends the listing."""
    has_more_path: str | None = None
    """Where the body says whether there is more."""


class MoreFlag:
    """The flag by which a body says that there is another page.

    Args:
        path: Where it stands, a JSONPath.
    """

    def __init__(self, path: str) -> None:
        self._text = path
        self._path = compile_path(path)

    def read(self, body: Any) -> bool:
        """Read the flag, which may be a text.

        Raises:
            PagingError: The body has no such flag.
        """
        value = first_value(self._path, body)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise PagingError(f"the page has no true or false at has_more_path '{self._text}'")
        return value


def query_of(request: "Request") -> dict[Any, Any]:
    """The query parameters of a request that are not in its URL."""
    return dict(request.params) if isinstance(request.params, Mapping) else {}


def send_page_size(request: "Request", limit_param: str | None, limit: int | None) -> None:
    """Put the page size into the query, unless the declaration's params send the same name."""
    if limit_param and limit is not None:
        request.params = {limit_param: limit, **query_of(request)}


def send_value(request: "Request", param: str | None, body_path: str | None, value: Any) -> None:
    """Put a value into the query, or into the JSON body where a dotted path is given."""
    if not body_path:
        request.params = {**query_of(request), param: value}
        return
    if request.json is None:
        request.json = {}
    *above, last = body_path.split(".")
    part = request.json
    for key in above:
        part = part.setdefault(key, {})
    part[last] = value
