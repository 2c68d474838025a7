"""Counts the rows outside the window by where they lie: checks warn where that looks wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.windows.window_filter import WindowFilter, compute_tolerated_bounds

_BEFORE_LOAD = timedelta(minutes=2)
"""How long before the load the cursor of a row may lie that the API sets when it responds: its
clock may be behind, and its cursors may be whole minutes."""


class OutsideRows:
    """Counts the rows of a resource that lie outside the window of a load, as it begins.

    Args:
        filters: What the requests asked for, oldest first; rows long before or after are counted.
        stored_window: Rows that are stored although they lie outside the window.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        filters: Sequence[WindowFilter],
        stored_window: Window,
        stats: Stats,
    ) -> None:
        now = datetime.now(timezone.utc)
        self._earliest, self._latest = compute_tolerated_bounds(resource, filters)
        self._requested_from = now - _BEFORE_LOAD
        self._future_from = now + resource.declared.future_tolerance
        self._stored_window = stored_window
        self._stats = stats

    def add(self, at: datetime) -> None:
        """Count a row by its cursor."""
        stats = self._stats
        stats.rows_outside += 1
        stats.rows_before_start += self._earliest is not None and at < self._earliest
        stats.rows_after_end += self._latest is not None and at > self._latest
        stats.rows_ahead += at > self._future_from
        is_of_request = self._requested_from <= at <= self._future_from
        stats.rows_of_request += is_of_request and at not in self._stored_window
