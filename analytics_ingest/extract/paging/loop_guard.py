"""What a listing has asked for and got so far: whether it still leads to an end."""

from collections.abc import Sequence
from typing import Any

FRUITLESS_PAGES = 100
"""Pages in a row without a new row, after which a listing without `max_pages` is given up."""


class LoopGuard:
    """The requests and pages of one listing.

    Args:
        primary_key: By which its rows are told apart, where they have one.
    """

    def __init__(self, primary_key: Sequence[str]) -> None:
        self.pages = 0
        self._primary_key = primary_key
        self._asked: set[str] = set()
        self._last_rows: list[Any] = []
        self._seen: set[int] = set()
        self._fruitless = 0

    def ask(self, key: str) -> bool:
        """Note a request; whether it has not been made before."""
        is_new = key not in self._asked
        self._asked.add(key)
        return is_new

    def is_repeated(self, rows: list[Any]) -> bool:
        """Whether a page holds the same rows as the one before it."""
        return bool(rows) and rows == self._last_rows

    def note(self, rows: list[Any]) -> None:
        """Note a page that has come."""
        self._last_rows = rows
        seen = hash(self._identity(rows))
        self._fruitless = self._fruitless + 1 if not rows or seen in self._seen else 0
        self._seen.add(seen)

    @property
    def is_fruitless(self) -> bool:
        """Whether nothing new has come for so long that nothing will."""
        return self._fruitless >= FRUITLESS_PAGES

    def _identity(self, rows: list[Any]) -> str:
        """What a page is known by: its first and last key, or where there are none, its rows."""
        ends = [row for row in (*rows[:1], *rows[-1:]) if isinstance(row, dict)]
        keys = [row.get(name) for row in ends for name in self._primary_key]
        return repr(rows if not keys or None in keys else (len(rows), keys))
