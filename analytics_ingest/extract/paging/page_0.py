"""Recognizes a page 0 that has the rows of other pages, where the API may count from 1.

An API without a page 0 may answer it with any other page: the first (which comes again as page 1),
the last, or one of all rows. Rows without a key would be loaded twice.
"""

from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.page_sizes import PageSizeEvidence
from analytics_ingest.extract.paging.row_keys import FEWEST_ROWS, RowKeys


class PageZero:
    """The rows of page 0 of one listing, until a page shows that they are its own.

    Args:
        row_keys: Those of the listing.
        sizes: What is known of the pages of the resource.
    """

    def __init__(self, row_keys: RowKeys, sizes: PageSizeEvidence) -> None:
        self._row_keys, self._sizes = row_keys, sizes
        self._rows: list[Any] = []
        self._identities: set[int] = set()
        self._has_unique_rows = False
        self.is_only = False
        """Page 0 has rows, and no later page has had some."""

    def note(self, rows: list[Any]) -> None:
        """Note the rows of page 0."""
        identities = self._row_keys.identify(rows)
        self._rows, self._identities = rows, set(identities)
        self._has_unique_rows = len(self._identities) == len(identities)
        self.is_only = bool(rows)

    def compare(self, rows: list[Any], number: int) -> None:
        """Compare a later page with page 0.

        Raises:
            PagingError: It has rows of page 0 again, and page 0 has none twice.
        """
        self.is_only = False
        if not (rows and self._rows and self._has_unique_rows):
            return
        repeated = self._count_in_page_1(rows) if number == 1 else self._count_in_page(rows)
        if repeated:
            raise PagingError(
                f"page {number} has {repeated} of the {len(self._rows)} rows of page 0 again, so "
                "the API may count from 1; declare paginator.base_page: 1 if there is no page 0, "
                "or base_page: 0 if there is one"
            )

    def _count_in_page_1(self, rows: list[Any]) -> int:
        """Count the rows of page 1 that page 0 has; 0 if they are not most of one of the two.

        Page 1 may be page 0 with a row added or changed, or page 0 may have all rows.
        """
        identities = set(self._row_keys.identify(rows))
        same = len(identities & self._identities)
        is_half = 2 * same >= max(len(identities), len(self._identities))
        is_part = FEWEST_ROWS <= same == len(identities)
        return same if is_half or is_part else 0

    def _count_in_page(self, rows: list[Any]) -> int:
        """Count the rows if the page is page 0, as the last one may be; with a key, one is kept."""
        if self._row_keys.primary_key or rows != self._rows:
            return 0
        # Where every page has one or two rows, these may well be equal.
        is_usual = len(rows) < FEWEST_ROWS and len(rows) == self._sizes.longest
        return 0 if is_usual else len(rows)
