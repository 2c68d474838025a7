"""Recognizes a page 0 that has the rows of other pages, where the API may count from 1.

An API without a page 0 may answer it with any other page: the first (which comes again as page 1),
the last, or one of all rows. Rows without a key would be loaded twice.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.extract.paging.page_sizes import PageSizeEvidence
from analytics_ingest.extract.paging.row_keys import FEWEST_ROWS, REPEATED_SHARE, RowKeys

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
        self._later = LaterRows()

    @cached_property
    def _identities(self) -> list[int]:
        return identify(self._row_keys, self._rows)

    @property
    def has_rows(self) -> bool:
        """Whether page 0 has rows."""
        return bool(self._rows)

    def note(self, rows: list[Any]) -> None:
        """Note the rows of page 0."""
        self._rows = rows

    def holds(self, rows: list[Any]) -> bool:
        """Return whether page 0 has all of some rows, each as often."""
        identities = identify(self._row_keys, rows)
        is_part = bool(identities) and Counter(identities) <= Counter(self._identities)
        return rows == self._rows or is_part

    def compare(self, rows: list[Any], number: int) -> None:
        """Compare a later page with page 0.

        Raises:
            PagingError: It has rows of page 0 again.
        """
        # Of rows that come twice a merge keeps one, but a total that counts page 0 ends too early.
        if not rows or (self._is_merged and number > 1):
            return
        identities = identify(self._row_keys, rows)
        self._later.note(identities, number, most=2 * len(self._identities))
        if self._is_repeated(rows, identities):
            raise self._build_error()

    def conclude(self, *, asked: int | None, is_cut: bool, is_counted: bool) -> None:
        """Compare page 0 with what a listing has ended with, however few or alike its rows are.

        Args:
            asked: Rows of a page that were asked for; None if that is not known.
            is_cut: Whether pages may follow.
            is_counted: Whether a total of pages, which counts page 0 too, may have omitted one.

        Raises:
            PagingError: Page 0 may be the last page, or all pages.
        """
        if self._is_merged or not self._identities:
            return
        known, later = self._identities, self._later
        # Longer than asked for, it may have made a full page seem short.
        is_cut |= asked is not None and len(known) > asked
        most_missing = len(known) if is_cut else later.first if is_counted else 0
        if later.last == known or self._is_all(most_missing):
            raise self._build_error()

    @property
    def _is_merged(self) -> bool:
        return bool(self._row_keys.primary_key) and self._row_keys.is_merged

    def _is_all(self, most_missing: int) -> bool:
        """Return whether page 0 is all later pages: it is longer than the first of them.

        Args:
            most_missing: Rows of page 0 that the later pages may lack at its end.
        """
        known, later = self._identities, self._later
        if not later.rows or later.first >= len(known):
            return False
        if self._are_distinct and _share_half(known, later.rows):
            return True
        missing = len(known) - len(later.rows)
        may_lack = missing <= most_missing and len(set(known)) > 1
        return later.rows == known[: len(later.rows)] and (not missing or may_lack)

    @cached_property
    def _are_distinct(self) -> bool:
        """Whether the rows of page 0 tell it apart: nearly none of them comes twice."""
        known = self._identities
        return len(known) - len(set(known)) <= REPEATED_SHARE * len(known)

    def _is_repeated(self, rows: list[Any], identities: list[int]) -> bool:
        """Return whether a page is page 0 with a row added or changed, or one is part of the other.

        Not where every page has one or two rows, or rows of page 0 are alike: pages may well be
        equal. There only the end of the listing shows it.
        """
        known = self._identities
        if len(known) == len(rows) == self._sizes.longest < FEWEST_ROWS:
            return False
        if not self._are_distinct:
            return identities == known and len(set(known)) > 1
        is_part = _is_run(identities, known) or _is_run(known, identities)
        return _share_half(known, identities) or (is_part and not self._is_merged)

    def _build_error(self) -> PagingError:
        number = self._later.number
        return PagingError(
            f"page {number} has rows of page 0 again, so the API may count from 1; {REMEDY}"
        )


class LaterRows:
    """What tells the rows of the pages after page 0 apart."""

    def __init__(self) -> None:
        self.number = self.first = 0
        """The number of the last page, and how many rows the first has."""
        self.last: list[int] = []
        self.rows: list[int] | None = []
        """Those of all pages; None where they are too many to be those of page 0."""

    def note(self, identities: list[int], number: int, *, most: int) -> None:
        """Note a page that has rows."""
        self.number, self.first, self.last = number, self.first or len(identities), identities
        if self.rows is not None:
            self.rows.extend(identities)
            self.rows = self.rows if len(self.rows) <= most else None


def identify(row_keys: RowKeys, rows: list[Any]) -> list[int]:
    """Return what tells the rows of a page apart, of however large a page."""
    blocks = rows.iterate_blocks() if isinstance(rows, LazyList) else [rows]
    return [identity for block in blocks for identity in row_keys.identify(block)]


def _share_half(known: Sequence[int], identities: Sequence[int]) -> bool:
    """Return whether two pages have half of their different rows in common, or more."""
    same = len(set(known).intersection(identities))
    return same > 0 and 2 * same >= max(len(set(known)), len(set(identities)))


def _is_run(part: Sequence[int], whole: Sequence[int]) -> bool:
    """Return whether rows come in others, one after the other."""
    if len(set(part)) < FEWEST_ROWS:
        return False
    starts = (at for at, one in enumerate(whole) if one == part[0])
    return any(list(whole[at : at + len(part)]) == list(part) for at in starts)
