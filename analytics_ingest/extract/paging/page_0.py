"""Recognizes a page 0 that has the rows of other pages, where the API may count from 1.

An API without a page 0 may answer it with any other page: the first (which comes again as page 1),
the last, or one of all rows. Rows without a key would be loaded twice.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.page_sizes import PageSizeEvidence
from analytics_ingest.extract.paging.row_keys import FEWEST_ROWS, RowKeys

REMEDY = "declare paginator.base_page: 1 if there is no page 0, or base_page: 0 if there is one"
"""What to do where page 0 may be another page."""


class PageZero:
    """The rows of page 0 of one listing.

    Args:
        row_keys: Those of the listing.
        sizes: What is known of the pages of the resource.
    """

    def __init__(self, row_keys: RowKeys, sizes: PageSizeEvidence) -> None:
        self._row_keys, self._sizes = row_keys, sizes
        self._rows: list[Any] = []

    @cached_property
    def _identities(self) -> list[int]:
        return self._row_keys.identify(self._rows)

    @property
    def has_rows(self) -> bool:
        """Whether page 0 has rows."""
        return bool(self._rows)

    def note(self, rows: list[Any]) -> None:
        """Note the rows of page 0."""
        self._rows = rows

    def holds(self, rows: list[Any]) -> bool:
        """Return whether page 0 has all of some rows."""
        identities = self._row_keys.identify(rows)
        is_part = bool(identities) and set(self._identities).issuperset(identities)
        return rows == self._rows or is_part

    def compare(self, rows: list[Any], number: int) -> None:
        """Compare a later page with page 0.

        Raises:
            PagingError: It has rows of page 0 again.
        """
        is_merged = bool(self._row_keys.primary_key) and self._row_keys.is_merged
        # Of rows that come twice a merge keeps one, but a total that counts page 0 ends too early.
        if (is_merged and number > 1) or not self._is_repeated(rows, has_parts=not is_merged):
            return
        raise PagingError(
            f"page {number} has rows of page 0 again, so the API may count from 1; {REMEDY}"
        )

    def _is_repeated(self, rows: list[Any], *, has_parts: bool) -> bool:
        """Return whether a page is page 0 with a row added or changed, or one is part of the other.

        Not where every page has one or two rows, or page 0 has one twice: they may well be equal.
        """
        if len(rows) < FEWEST_ROWS and len(rows) == self._sizes.longest:
            return False
        known, identities = self._identities, self._row_keys.identify(rows)
        if len(set(known)) < len(known):
            return rows == self._rows and any(row != rows[0] for row in rows)
        same = len(set(known).intersection(identities))
        is_half = same > 0 and 2 * same >= max(len(known), len(set(identities)))
        return is_half or (has_parts and (_is_run(identities, known) or _is_run(known, identities)))


def _is_run(part: Sequence[int], whole: Sequence[int]) -> bool:
    """Return whether rows come in others, one after the other."""
    if len(part) < FEWEST_ROWS or part[0] not in whole:
        return False
    at = whole.index(part[0])
    return list(whole[at : at + len(part)]) == list(part)
