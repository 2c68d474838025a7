"""Counts what the API counts on a page: the rows, or the elements that hold them.

A selector such as `groups.*.types` reads several rows from each element, or none, and an offset
that counted the wrong ones would skip rows. So it advances by the smaller number until a page shows
what is counted: rows or elements that come again were counted. They are not loaded twice.
"""

from typing import Any

from analytics_ingest.extract.selectors.selector import Selector
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.counted import Counted


class ItemCounter:
    """Reads the pages of one listing.

    Args:
        paginator: The listing's own.
    """

    def __init__(self, paginator: Paginator) -> None:
        self._paginator = paginator
        self._advances_by_items = isinstance(paginator, Counted) and not paginator.counts_pages
        self._counts_rows: bool | None = None
        """Whether rows are counted, not elements; None as long as no page has shown it."""
        self._before: tuple[list[Any], list[Any]] | None = None
        """The rows and elements of the page before, where their numbers differ."""

    @property
    def is_undecided(self) -> bool:
        """Whether only the next page shows what is counted, so that none can be prefetched."""
        return self._before is not None

    def read(self, selector: Selector, body: Any) -> tuple[list[Any], list[Any]]:
        """Read the rows of a page, and what the API counts on it, which may be the rows."""
        rows, elements = selector.read_rows(body), selector.read_items(body)
        all_rows = rows
        if self._before:
            rows = rows[self._decide_by_overlap(*self._before, rows, elements) :]
            self._before = None
        if self._counts_rows is None and all_rows and len(all_rows) != len(elements):
            if self._advances_by_items:
                self._before = all_rows, elements
                return rows, min(all_rows, elements, key=len)
            self._decide_by_size(len(all_rows), len(elements))
        return rows, all_rows if self._counts_rows else elements

    def _decide_by_overlap(
        self, rows: list[Any], elements: list[Any], next_rows: list[Any], next_elements: list[Any]
    ) -> int:
        """Decide by a page that follows the smaller number; return how many rows come again."""
        if not next_elements:
            return 0
        if len(elements) < len(rows):
            rest = rows[len(elements) :]
            self._counts_rows = next_rows[: len(rest)] == rest
            return len(rest) if self._counts_rows else 0
        rest = elements[len(rows) :]
        self._counts_rows = next_elements[: len(rest)] != rest
        return 0 if self._counts_rows else _measure_overlap(rows, next_rows)

    def _decide_by_size(self, rows: int, elements: int) -> None:
        """Decide by a page that is full: it has as many as were asked for."""
        size = self._paginator.page_size
        if size in (rows, elements):
            self._counts_rows = rows == size
        elif size is not None and (elements < size < rows or rows < size < elements):
            self._counts_rows = rows < size


def _measure_overlap(rows: list[Any], next_rows: list[Any]) -> int:
    """Return how many rows at the end of a page are at the beginning of the next one."""
    longest = min(len(rows), len(next_rows))
    overlaps = (n for n in range(longest, 0, -1) if rows[-n:] == next_rows[:n])
    return next(overlaps, 0)
