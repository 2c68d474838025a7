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


class RowStates:
    """Adds `_as_of` to the rows of one load.

    Args:
        read_since: When reading began; rows of the endpoint are at least that new.
    """

    def __init__(self, resource: ResourceDeclaration, read_since: datetime | None) -> None:
        self._place = f"{resource.api}.{resource.name}"
        self._read_since = None if resource.reads_changes else read_since
        self._primary_key = resource.primary_key
        self._declared_order = resource.incremental and resource.incremental.row_order
        self._is_one_listing = not resource.each
        self.restart()

    def restart(self) -> None:
        """Begin again: the rows of the listing come a second time."""
        self._orders = set[str]()
        self._last: datetime | None = None
        self._changes = Counter[int]()
        """How many changes of a row have come with a moment, by the hash of both."""
        self._is_ambiguous = False

    def add_to(self, row: dict[str, Any], at: datetime | None) -> dict[str, Any]:
        """Return a row with its moment.

        Args:
            at: Its cursor; None if it cannot be read.
        """
        state = self._read_since or (at and self._assign_moment(row, at))
        return add_columns(row, {AS_OF: state})

    def find_problem(self) -> str | None:
        """Return why nothing tells which of two changes of a row is the newer one."""
        if not self._is_ambiguous:
            return None
        return (
            f"{self._place}: changes.endpoint.incremental: two changes of a row have the same "
            "cursor, and nothing tells which is the newer one; declare row_order: desc if the "
            "listing begins with the newest, asc if it begins with the oldest"
        )

    def _assign_moment(self, row: dict[str, Any], at: datetime) -> datetime:
        """Assign a change its moment; the order of equal ones of a row sets them apart."""
        if self._last and at != self._last:
            self._orders.add("asc" if at > self._last else "desc")
        self._last = at
        change = hash((*(repr(row.get(name)) for name in self._primary_key), at))
        number = self._changes[change]
        self._changes[change] += 1
        if not number:
            return at
        order = self._order
        self._is_ambiguous |= order is None
        return at + number * _NEWER[order] if order else at

    @property
    def _order(self) -> str | None:
        """How the listing is sorted: as declared, else as its rows come."""
        if self._declared_order:
            return self._declared_order
        is_sorted = self._is_one_listing and len(self._orders) == 1
        return next(iter(self._orders)) if is_sorted else None
