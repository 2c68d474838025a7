"""Whether rows shifted between the pages of a listing while these were prefetched.

The API may serve pages that are requested together out of order. If a row is added
in between, the last row of one page moves to the next page, which was already served: it is on
neither. So the first page of such a listing is read once more, and if it has changed, the listing
is read again without prefetching.
"""

from collections.abc import Sequence
from typing import Any

from analytics_ingest.extract.paging.loop_guard import compute_digest


class ShiftCheck:
    """The shift check of one listing.

    Args:
        primary_key: By which rows are merged. Without it pages are never prefetched, because a
            listing that is read again would be stored twice.
    """

    def __init__(self, primary_key: Sequence[str]) -> None:
        self.allows_prefetch = bool(primary_key)
        self.is_needed = False
        """A prefetched page has been used."""
        self.is_running = False
        """The next response is the first page once more."""
        self._primary_key = primary_key
        self._first_page = ""
        self._totals: set[int] = set()

    def note_page(self, rows: list[Any], total: int | None) -> None:
        """Note a page, and the total that it states."""
        if not self._first_page:
            self._first_page = self._identify(rows)
        if total is not None:
            self._totals.add(total)

    def start(self) -> None:
        """Begin the check: the next response is the first page once more."""
        self.is_running = True

    def finish(self, rows: list[Any]) -> bool:
        """End the check with the rows of the first page; returns whether nothing has shifted."""
        is_unchanged = len(self._totals) <= 1 and self._identify(rows) == self._first_page
        self.is_running = self.is_needed = False
        self.allows_prefetch = is_unchanged
        return is_unchanged

    def _identify(self, rows: list[Any]) -> str:
        return compute_digest(
            [row.get(name) for name in self._primary_key] if isinstance(row, dict) else row
            for row in rows
        )
