"""A page of rows, and the buffer of pages between reading and storing.

`Listing` makes a `Page` of each response. `Extractor` puts its rows into a `PageBuffer`, from which
the dlt resources take them; a full buffer holds back further requests.
"""

from collections import deque
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any
from zlib import crc32

from analytics_ingest.common.column_names import add_columns
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.extract.processing.masking import RowMask
from analytics_ingest.extract.stats import Stats


class PageSignal(Enum):
    """What comes in the place of a page of rows."""

    NONE_YET = "none yet"
    """No page has been read yet; other resources may go on."""
    RESTART = "restart"
    """The listing is read again from its beginning: its rows come a second time."""


Rows = list[Any] | PageSignal


@dataclass
class Page:
    """The rows of one response."""

    resource: str
    rows: list[Any]
    filtered: int = 0
    """Number of further rows, which a processing step has filtered out."""
    outside: int = 0
    """Number of further rows, which lie outside the window of the request."""
    is_shift_check: bool = False
    """It is not a page of the listing, but the first page once more: see `ShiftCheck`."""
    is_restart: bool = False
    """The listing is read again from its beginning."""
    is_missing: bool = False
    """The API has no such listing: the parent has no children."""
    is_ignored: bool = False
    """The listing is empty because `response_actions` ignored the response."""
    parent: Sequence[Mapping[str, Any]] = ()
    """The inherited fields, if the listing is missing or ignored."""
    message: str = ""
    """A line for the log."""

    def add_to(self, stats: Stats) -> None:
        """Count the page and its rows."""
        stats.pages += not self.is_shift_check
        stats.listings_missing += self.is_missing
        stats.listings_ignored += self.is_ignored
        if self.is_missing or self.is_ignored:
            stats.absent_parents += crc32(repr(self.parent).encode())
        stats.listings_restarted += self.is_restart
        stats.rows_read += len(self.rows) + self.filtered + self.outside
        stats.rows_outside += self.outside
        stats.rows_filtered = self.filtered + stats.rows_filtered * (not self.is_restart)


def add_to_rows(rows: list[Any], added: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Add columns to each row; several sets of columns make a copy of the row each."""
    if isinstance(rows, LazyList) and len(added) == 1:
        return rows.map(partial(_add, added[0]))
    return [_add(columns, row) for columns in added for row in rows]


def _add(columns: Mapping[str, Any], row: Any) -> Any:
    return add_columns(row, columns) if isinstance(row, dict) else row


BUFFERED_PAGES = 3
"""Pages that may wait in the buffer, for each request that may be in flight."""


class PageBuffer:
    """Pages that were read and are not taken yet, of each wanted resource.

    Args:
        masks: Resource → its mask. Pages of resources without one are dropped.
        requests: How many requests may be in flight.
        failures: Resources whose pages nobody takes. They may be read for their children alone.
    """

    def __init__(
        self, masks: Mapping[str, RowMask], requests: int, failures: Container[str]
    ) -> None:
        self._masks = masks
        self._pages: dict[str, deque[Rows]] = {name: deque() for name in masks}
        self._capacity = BUFFERED_PAGES * requests
        self._failures = failures
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Whether reading has to wait until pages are taken."""
        return self._size >= self._capacity

    @property
    def is_empty(self) -> bool:
        """Whether no page of any resource can be taken."""
        return self._size == 0

    def accepts(self, resource: str) -> bool:
        """Return whether the rows of a resource are stored."""
        return resource in self._pages

    def has_pages(self, resource: str) -> bool:
        """Return whether a page of a resource can be taken."""
        return bool(self._pages[resource])

    def put(self, resource: str, rows: Rows) -> None:
        """Add a page, or a restart."""
        if resource in self._pages and resource not in self._failures:
            masked = self._masks[resource].apply(rows) if isinstance(rows, list) else rows
            self._pages[resource].append(masked)
            self._size += 1

    def take(self, resource: str) -> Rows:
        """Remove the oldest page of a resource; `NONE_YET` if there is none."""
        if not self._pages[resource]:
            return PageSignal.NONE_YET
        self._size -= 1
        return self._pages[resource].popleft()

    def clear(self, resource: str) -> None:
        """Drop the pages of a resource."""
        if resource in self._pages:
            self._size -= len(self._pages[resource])
            self._pages[resource].clear()
