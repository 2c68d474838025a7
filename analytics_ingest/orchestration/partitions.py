"""Declared partitions → Dagster's, and the partitions of a run → the window to load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timezone

import dagster as dg

from analytics_ingest.common.window import BEGINNING, EVERYTHING, Window
from analytics_ingest.declaration.models.schedule import Partitions

_DEFINITIONS = {
    "hourly": dg.HourlyPartitionsDefinition,
    "daily": dg.DailyPartitionsDefinition,
    "weekly": dg.WeeklyPartitionsDefinition,
    "monthly": dg.MonthlyPartitionsDefinition,
}


@dataclass(frozen=True)
class LoadedWindow:
    """The window that a run loads."""

    window: Window
    partitions: Mapping[str, dg.TimeWindow]
    """Those that it covers, by key and in order; none for a snapshot."""
    run_id: str
    started: datetime

    @property
    def is_complete(self) -> bool:
        """Whether the window had ended when the load began."""
        return self.window.end is None or self.window.end <= self.started

    @property
    def whole_until(self) -> datetime | None:
        """The end of its last partition that had ended when the load began, else its start."""
        ends = (w.end for w in self.partitions.values() if w.end <= self.started)
        return max(ends, default=self.window.start)

    @property
    def starts(self) -> Sequence[datetime]:
        """The starts of the partitions; that of the first one is the window's."""
        starts = [window.start for window in self.partitions.values()]
        if starts and self.window.start is None:
            starts[0] = BEGINNING
        return starts

    @property
    def past(self) -> Window:
        """The part of the window that had passed when the load began: no row of it can follow."""
        end = self.window.end
        return Window(self.window.start, min(end, self.started) if end else self.started)


def build_partitions(declared: Partitions) -> dg.TimeWindowPartitionsDefinition:
    """Build the partitions from the declared start, the current one included.

    Rows of the current partition can be loaded before it ends; once it has ended, it is due again.
    """
    return _DEFINITIONS[declared.every](
        start_date=datetime.combine(declared.start, time()),
        timezone=declared.timezone,
        end_offset=1,
    )


def get_loaded_window(context: dg.AssetExecutionContext, now: datetime) -> LoadedWindow:
    """Return the window of a run's partitions; a snapshot is always loaded whole.

    The first partition has no start: it also takes all older rows.
    """
    partitions = context.assets_def.partitions_def
    if not isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        # The run itself can still have partitions, those of other assets.
        return LoadedWindow(EVERYTHING, {}, context.run.run_id, now)
    is_first = context.partition_key_range.start == partitions.get_first_partition_key()
    windows = {
        k: _to_utc(partitions.time_window_for_partition_key(k)) for k in context.partition_keys
    }
    run = _to_utc(context.partition_time_window)
    window = Window(None if is_first else run.start, run.end)
    return LoadedWindow(window, windows, context.run.run_id, now)


def get_partition_range(run: dg.DagsterRun) -> tuple[str, str] | None:
    """Return the first and the last partition of a run, the same for a single one.

    None without any.
    """
    single = run.tags.get("dagster/partition")
    first = run.tags.get("dagster/asset_partition_range_start", single)
    last = run.tags.get("dagster/asset_partition_range_end", single)
    return (first, last) if first and last else None


def _to_utc(window: dg.TimeWindow) -> dg.TimeWindow:
    return dg.TimeWindow(*(at.astimezone(timezone.utc) for at in (window.start, window.end)))
