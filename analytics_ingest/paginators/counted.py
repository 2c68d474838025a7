"""What paging by offset and by page number share: a position that each page advances."""

import copy
from typing import TYPE_CHECKING, Any

from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.paginators.base import EndKeys, LimitKeys, Paginator, read_query

if TYPE_CHECKING:
    from requests import Request, Response


class CountedKeys(EndKeys, LimitKeys):
    """Keys of all paginators that count."""


class Counted(Paginator):
    """A paginator that counts; it sends `position` and adds `step` for each page.

    It can ask for a page that the API has not named.
    """

    counts_pages = False
    """Whether positions are pages, not rows."""
    base_index = 0
    """The position of the first row or page."""
    maximum: int | None = None
    """The position at which reading stops."""
    step = 1

    def __init__(self, keys: CountedKeys, settings: Settings, *, position: int) -> None:
        self.position = position
        self.page_size = keys.limit
        self.limit_param = keys.limit_param

    def prefetch_request(self, request: "Request", pages: int) -> "Request | None":
        ahead = copy.copy(self)
        ahead.position += pages * self.step
        if ahead.is_at_maximum:
            return None
        changed = copy.deepcopy(request)
        ahead.update_request(changed)
        return changed

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        self.position += self.step
        self.has_next_page = not self.is_at_maximum

    def skip_rounding(self) -> bool:
        """Advance to the next multiple of the page size; False if it is one already."""
        return False

    @property
    def page_token(self) -> int:
        return self.position

    @property
    def is_at_maximum(self) -> bool:
        """Whether reading stops at this position, as it is declared."""
        return self.maximum is not None and self.position >= self.maximum


def read_sent_size(request: "Request", limit_param: str | None) -> int | None:
    """Read the page size that the declaration's params send, which wins over the paginator's."""
    sent = str(read_query(request).get(limit_param, "")) if limit_param else ""
    return int(sent) if sent.isdecimal() and int(sent) > 0 else None
