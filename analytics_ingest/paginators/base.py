"""The interface of all paginators, with defaults for what few of them have.

A listing copies its resource's paginator, then calls `init_request` once and `update_state` and
`update_request` for each page. A copy is shallow: state is replaced, never changed in place.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from analytics_ingest.common.cursor_paths import RootedPath
from analytics_ingest.common.declared_types import DeclaredType, Keys
from analytics_ingest.common.expressions.syntax import Settings

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
    """Whether there is a request to send next: a link, a cursor, a position below the maximum.
    `extract.paging.ending` decides whether it is sent."""
    page_size: int | None = None
    """Rows that a page is asked for, where this is known."""
    limit_param: str | None = None
    """Query parameter of the page size; cursor and page_number ignore it without a limit, which
    page_number also reads from params."""
    position_param: str = ""
    """Where a request carries the number that asks for a page, if it does."""
    is_base_open: bool = False
    """Whether pages are counted from 0 because nothing declares or shows what else."""
    next_path: str = ""
    """Where a page names the next one: the key and its value, for messages."""
    has_next_path: bool | None = None
    """Whether the last page has `next_path`, even with null; None if none is known."""
    is_next_path_declared: bool = True
    """Whether the declaration says where a page names the next one."""
    expects_next: bool = False
    """A declared condition says that another page follows the last one, which names none."""

    @property
    def asks_for_size(self) -> bool:
        """Whether requests carry the page size."""
        return self.page_size is not None and self.limit_param is not None

    @property
    def page_token(self) -> Any:
        """What asks for the next page: expressions read it as `next_page_token`."""
        return None

    def __init__(self, keys: Any, settings: Settings) -> None:
        pass

    def init_request(self, request: "Request") -> None:
        """Change the request of the first page."""

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        """Read from a page which one follows it, if any.

        Raises:
            PagingError: The page lacks a value that the declaration names.
        """
        raise NotImplementedError

    def update_request(self, request: "Request") -> None:
        """Change the request of one page into that of the next."""

    def prefetch_request(self, request: "Request", pages: int) -> "Request | None":
        """Build the request of some pages after the next; None if it is not known in advance."""
        return None


class LimitKeys(Keys):
    """The page size."""

    limit: int | None = Field(default=None, gt=0)
    """Page size, never a maximum. offset sends it, or nothing where it is null; cursor and
    page_number send it only with limit_param, and cursor ignores it otherwise."""
    limit_param: str | None = None
    """Query parameter of the page size."""


class EndKeys(Keys):
    """What says where a listing ends."""

    stop_after_empty_page: bool | None = None
    """An empty page ends the listing; with true a short page does not."""
    has_more_path: str | None = None
    """Where the body says whether there is more."""
    total_path: str | None = None
    """Where the body holds the total; null where its `total` is something else. It counts rows;
    with page_number pages where its last name says so (`totalPages`), else pages or rows."""

    def list_paths(self) -> Iterator[tuple[str, str]]:
        yield from super().list_paths()
        for key in ("has_more_path", "total_path", "total_pages_path"):
            path = getattr(self, key, None)
            if path and not RootedPath.parse(path):
                yield key, path


def read_query(request: "Request") -> dict[Any, Any]:
    """Read the query parameters of a request that are not in its URL."""
    return dict(request.params) if isinstance(request.params, Mapping) else {}


def send_page_size(request: "Request", limit_param: str | None, limit: int | None) -> None:
    """Put the page size into the query, unless the declaration's params send the same name."""
    if limit_param and limit is not None:
        request.params = {limit_param: limit, **read_query(request)}


def send_value(request: "Request", param: str | None, body_path: str | None, value: Any) -> None:
    """Put a value into the query, or where a dotted path is given into the form or JSON body."""
    if not body_path:
        request.params = {**read_query(request), param: value}
        return
    if isinstance(request.data, dict) and request.data:
        request.data[body_path] = value
        return
    if request.json is None:
        request.json = {}
    *above, last = body_path.split(".")
    part = request.json
    for key in above:
        part = part.setdefault(key, {})
    part[last] = value
