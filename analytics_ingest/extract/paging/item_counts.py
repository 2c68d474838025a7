"""Counts what the API counts on a page: the rows, or the elements that hold them.

A selector such as `groups.*.types` reads several rows from each element, or none. An offset that
counted the wrong ones would skip rows. A full page tells: it holds as many as were asked for.
"""

from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.selector import Selector
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.counted import Counted


class ItemCounter:
    """Reads the pages of one listing.

    Args:
        place: What declares the listing, for messages.
        paginator: The listing's own.
    """

    def __init__(self, place: str, paginator: Paginator) -> None:
        self._place = place
        self._paginator = paginator
        self._advances_by_rows = isinstance(paginator, Counted) and not paginator.counts_pages
        self._counts_rows: bool | None = None
        """Whether rows are counted, not elements; None as long as no page has shown it."""
        self._doubt = ""

    def read(self, selector: Selector, body: Any) -> tuple[list[Any], list[Any]]:
        """Read the rows of a page, and what the API counts on it, which may be the rows.

        Raises:
            PagingError: Rows follow a page that left open what the API counts.
        """
        rows, elements = selector.read_rows(body), selector.read_items(body)
        if rows and self._doubt:
            raise PagingError(f"{self._place}: {self._doubt}")
        size = self._paginator.page_size
        if size is None or not rows or len(elements) == len(rows):
            return rows, elements
        if self._counts_rows is None:
            self._decide(len(rows), len(elements), size)
        return rows, elements if self._counts_rows is False else rows

    def _decide(self, rows: int, elements: int, size: int) -> None:
        """Decide by a page what is counted: what there are as many of as were asked for."""
        if size in (rows, elements):
            self._counts_rows = rows == size
        elif elements < size < rows or rows < size < elements:
            self._counts_rows = rows < size
        elif self._advances_by_rows:
            self._doubt = (
                f"a page of {rows} rows in {elements} elements is followed by another one, and "
                f"neither is its limit of {size}, so the next offset is unknown; declare as limit "
                "how many rows or elements a full page holds"
            )
