"""Whether a listing stood still while its pages were read ahead of need.

Of pages that are asked for at the same time the later one may be served first. A row that is put
before them in between moves the last row of the one page to the other, which has already been
served: it would be on neither. So such a listing is looked at again, and read again if need be.
"""

from collections.abc import Sequence
from typing import Any


class ShiftCheck:
    """What is known of one listing.

    Args:
        primary_key: By which its rows are merged; without it a listing is never read ahead, for
            its rows could not be read twice.
    """

    def __init__(self, primary_key: Sequence[str]) -> None:
        self.may_be_relied_on = bool(primary_key)
        self.is_needed = False
        """A page that was asked for ahead of need has been taken."""
        self.is_being_checked = False
        """The next answer is the first page once more."""
        self._primary_key = primary_key
        self._first_page: list[Any] | None = None
        self._totals: set[int] = set()

    def note(self, rows: list[Any], total: int | None) -> None:
        """Note a page, and the total that it tells."""
        if self._first_page is None:
            self._first_page = self._identities(rows)
        if total is not None:
            self._totals.add(total)

    def is_confirmed_by(self, rows: list[Any]) -> bool:
        """Whether the first page is still the same; if not, the listing is no longer read ahead."""
        is_confirmed = len(self._totals) <= 1 and self._identities(rows) == self._first_page
        self.is_being_checked = self.is_needed = False
        self.may_be_relied_on = is_confirmed
        return is_confirmed

    def _identities(self, rows: list[Any]) -> list[Any]:
        return [
            [row.get(name) for name in self._primary_key] if isinstance(row, dict) else row
            for row in rows
        ]
