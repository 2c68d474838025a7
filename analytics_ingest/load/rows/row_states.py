"""The moment whose state a row shows, where a resource has `changes`: the column `_as_of`.

A row of the endpoint shows the present state, a change that of its own moment. Events often have
moments in whole seconds, and a row may change twice in one: then the order of the listing tells
which change is the newer one.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from analytics_ingest.common.column_names import add_columns
from analytics_ingest.declaration.resolved import AS_OF, ResourceDeclaration

_NEWER = {"asc": timedelta(microseconds=1), "desc": timedelta(microseconds=-1)}
"""How much newer the next one of several changes of a moment is."""


_FEWEST_MOMENTS = 10
"""Moments in a row that are each later, or each earlier, before a listing counts as sorted."""


class RowStates:
    """Adds `_as_of` to the rows of one load.

    Args:
        windows: How many windows are requested; the listings of several come in any order.
    """

    def __init__(self, resource: ResourceDeclaration, windows: int) -> None:
        self._place = f"{resource.api}.{resource.name}"
        self._listed_as_of = resource.listed_as_of
        self._primary_key = resource.primary_key
        job = resource.endpoint.job
        self._is_one_listing = not resource.each and (job is None or job.targets is None)
        self._is_one_window = windows <= 1
        self._declared_order = resource.incremental and resource.incremental.row_order
        self.restart()

    def restart(self) -> None:
        """Begin again: the rows of the listing come a second time."""
        self._orders = Counter[str]()
        self._last: datetime | None = None
        self._changes: dict[int, tuple[int, int]] = {}
        """Row and moment → how many different changes have come, and the hash of the last one."""
        self._has_ties = False
        self._is_ambiguous = False

    def add_to(self, row: dict[str, Any], at: datetime | None) -> dict[str, Any]:
        """Return a row with its moment.

        Args:
            at: Its cursor; None if it cannot be read.
        """
        state = self._listed_as_of or (at and self._assign_moment(row, at))
        return add_columns(row, {AS_OF: state})

    def find_problem(self) -> str | None:
        """Return why nothing tells which of two changes of a row is the newer one."""
        # A listing may prove to be unsorted after the rows whose order it was to tell.
        if not self._is_ambiguous and not (self._has_ties and self._order is None):
            return None
        advice = (
            "declare row_order: desc if the listing begins with the newest, asc if it begins with "
            "the oldest"
            if self._is_one_listing
            else "they come from several listings, so read one: give it all values of `each` in "
            "one request; to load this window, load the first partition too, which reads the "
            "endpoint"
        )
        return (
            f"{self._place}: changes.endpoint.incremental: two changes of a row have the same "
            f"cursor, and nothing tells which is the newer one; {advice}"
        )

    def _assign_moment(self, row: dict[str, Any], at: datetime) -> datetime:
        """Assign a change its moment; the order of different ones of a row sets them apart."""
        if self._last and at != self._last:
            self._orders["asc" if at > self._last else "desc"] += 1
        self._last = at
        # A key may be spelled as a number in one change and as a text in another.
        change = hash((*(str(row.get(name)) for name in self._primary_key), at))
        content = hash(repr(row))
        number, last = self._changes.get(change, (0, content))
        if content != last:
            number += 1
            self._has_ties = True
        self._changes[change] = number, content
        order = self._order
        self._is_ambiguous |= number > 0 and order is None
        return at + number * _NEWER[order] if order else at

    @property
    def _order(self) -> str | None:
        """How the listing is sorted: as declared, else as its rows come; None if that is open."""
        if not self._is_one_listing:
            return None
        declared, orders = self._declared_order, self._orders
        if declared:
            is_contradicted = self._is_one_window and set(orders) - {declared}
            return None if is_contradicted else declared
        is_sorted = self._is_one_window and len(orders) == 1 and orders.total() >= _FEWEST_MOMENTS
        return next(iter(orders)) if is_sorted else None
