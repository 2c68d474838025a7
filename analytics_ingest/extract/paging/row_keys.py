"""The primary keys of one listing's rows: they show which rows come twice, with any other values.
A merge keeps one of two, so a row that comes twice may have taken the place of another one.

Rows of very large pages are not looked at: that would parse them once more.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.extract.paging.usual_names import find_first
from analytics_ingest.extract.selectors.plain_values import wrap_value

MOST_KEYS = 100_000
"""Keys that are remembered, at most, in about 10 MB."""

FEWEST_ROWS = 3
"""Of a repeated page: one or two rows may come again because they have changed."""

FEWEST_REPEATED = 10
REPEATED_SHARE = 0.1
"""Keys that come twice, of all: a row that is added pushes only one to the next page."""


class RowKeys:
    """The keys of the pages so far.

    Args:
        primary_key: The declared one; without it nothing is known.
        is_merged: Whether a load keeps one of the rows with the same key.
    """

    def __init__(self, primary_key: Sequence[str], *, is_merged: bool = True) -> None:
        self.primary_key, self.is_merged = primary_key, is_merged
        self._names: Sequence[str] = ()
        """Those that rows have when they come: the others are added to them."""
        self._last: set[int] = set()
        self._seen: set[int] = set()
        self._repeated: set[int] = set()
        self._is_complete = bool(primary_key)

    def are_of_last_page(self, rows: list[Any]) -> bool:
        """Return whether a page has just the keys of the one before it."""
        if len(self._last) < FEWEST_ROWS:
            return False
        keys: set[int] = set()
        for key in self._read_keys(rows):
            if key not in self._last:  # Mostly the first one: no other is looked at.
                return False
            keys.add(key)
        return len(keys) == len(self._last)

    def identify(self, rows: list[Any]) -> list[int]:
        """Return what tells rows apart: their keys or, without these, all their values."""
        if self._names or isinstance(rows, LazyList):
            return list(self._read_keys(rows))
        return [hash(repr(row)) for row in rows]

    def note(self, rows: list[Any]) -> None:
        """Note the rows of a page."""
        if not self._names:
            first = wrap_value(find_first(rows))
            fields = first if isinstance(first, dict) else {}
            self._names = [name for name in self.primary_key if name in fields]
        keys = list(self._read_keys(rows))
        self._is_complete &= len(keys) == len(rows)
        self._last = set(keys)
        if len(self._seen) + len(keys) > MOST_KEYS:
            self._is_complete = False
            return
        self._repeated |= self._last & self._seen
        self._seen |= self._last

    @property
    def has_repeated(self) -> bool:
        """Whether a key of one page came again on another."""
        return bool(self._repeated)

    def find_problem(self, rows: int, total: int | None, *, is_counted: bool) -> str:
        """Return why rows may be missing although their number is right; empty if none is.

        Args:
            rows: All that were read.
            total: The least number that the pages have stated of them.
            is_counted: Pages are asked for by their position. A cursor may lead to many versions.
        """
        known, names = len(self._seen), ", ".join(self._names)
        if self._is_complete and total is not None and known < total <= rows:
            what = f"the {rows} rows have {known} different {names}, less than the total of {total}"
        elif is_counted and len(self._repeated) >= max(FEWEST_REPEATED, REPEATED_SHARE * known):
            what = f"rows with {len(self._repeated)} of {known} different {names} came again"
        else:
            return ""
        return (
            f"{what}, so others may be missing: their order may differ between requests, or the "
            "API does not read which page is asked for; declare params that sort by a unique "
            f"field, and check the paginator's keys. If {names} is not unique, correct primary_key"
        )

    def _read_keys(self, rows: list[Any]) -> Iterator[int]:
        if not self._names or isinstance(rows, LazyList):
            return
        for row in map(wrap_value, rows):
            key = tuple(row.get(name) for name in self._names) if isinstance(row, dict) else (None,)
            if None not in key:
                yield _hash(key)


def _hash(key: tuple[Any, ...]) -> int:
    try:
        return hash(key)
    except TypeError:  # A key that is an object or a list.
        return hash(repr(key))
