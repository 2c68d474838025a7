"""Whether the rest of a listing lies outside the window, by the row order that is declared.

Rows that come in another order end nothing: the listing is read to its end, with a warning. Nor
does one row outside the window: only the rows after it show whether it is in order.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.windows.repeated_hours import measure_repeated_hour
from analytics_ingest.extract.windows.window_filter import build_row_cursor_reader

_CERTAIN = 2
"""Rows in a row that lie outside the window: a single one may be the only one out of order."""


class RowOrder:
    """The order of the cursors of one listing.

    Args:
        window: What its requests ask for.
    """

    def __init__(self, resource: ResourceDeclaration, window: Window) -> None:
        self._declared = resource.incremental.row_order if resource.incremental else None
        if self._declared:
            self._read = build_row_cursor_reader(resource)
            self._zone = resource.cursor_zone
        self._window = window
        self._last: list[datetime] = []
        self._outside = 0
        self._rises = self._falls = False

    @property
    def may_end_early(self) -> bool:
        """Whether the listing may end before its last page."""
        bound = self._window.start if self._declared == "desc" else self._window.end
        return bool(self._declared) and bound is not None

    @property
    def ends_at_start(self) -> bool:
        """Whether the listing ends where the window begins."""
        return self._declared == "desc"

    def is_past(self, rows: Sequence[Any]) -> bool:
        """Note a page; whether all pages after it lie outside the window."""
        if not self._declared:
            return False
        moments = [at for at in map(self._read, rows) if at is not None]
        for earlier, later in pairwise([*self._last, *moments]):
            self._rises |= earlier < later
            self._falls |= earlier > later
        self._last = moments[-1:] or self._last
        for at in moments:
            self._outside = self._outside + 1 if self._is_outside(at) else 0
        is_as_declared = self._falls if self._declared == "desc" else self._rises
        is_certain = is_as_declared and not self.problem
        return bool(moments) and is_certain and self._outside >= _CERTAIN

    def _is_outside(self, at: datetime) -> bool:
        start, end = self._window.start, self._window.end
        if self._declared == "desc":
            is_outside = start is not None and at < start
        else:
            is_outside = end is not None and at >= end
        # In a repeated hour, rows that are in order can have cursors that are not.
        return is_outside and not measure_repeated_hour(at, self._zone)

    @property
    def problem(self) -> str:
        """How the order differs from the declared one; empty if it does not."""
        if not (self._rises if self._declared == "desc" else self._falls) or not self._declared:
            return ""
        other = "ascending" if self._declared == "desc" else "descending"
        order = "in no order" if self._rises and self._falls else other
        return (
            f"incremental declares row_order: {self._declared}, but the rows come {order}, so the "
            "listing was read to its end; remove row_order or correct it"
        )
