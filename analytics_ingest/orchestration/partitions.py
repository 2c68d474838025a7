"""A declaration's partitions → Dagster's, and a run's partitions → the window to load."""

from datetime import datetime, timezone

import dagster as dg

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.models.api import Partitions

_DEFINITIONS = {
    "hourly": dg.HourlyPartitionsDefinition,
    "daily": dg.DailyPartitionsDefinition,
    "weekly": dg.WeeklyPartitionsDefinition,
    "monthly": dg.MonthlyPartitionsDefinition,
}


def build_partitions(declared: Partitions) -> dg.TimeWindowPartitionsDefinition:
    """Partitions from the declared start on, the one that is still going on included.

    Its rows can be loaded before it ends; it is loaded again, and whole, when it has ended.
    """
    return _DEFINITIONS[declared.every](
        start_date=datetime.fromisoformat(declared.start),
        timezone=declared.timezone,
        end_offset=1,
    )


def partition_keys_of_run(context: dg.AssetExecutionContext) -> tuple[str, ...]:
    """The run's partitions; none for snapshots, which a run of a partition can hold too."""
    return tuple(context.partition_keys) if context.assets_def.partitions_def else ()


def window_of_run(context: dg.AssetExecutionContext) -> Window:
    """The window of a run's partitions; the first partition is open to the past."""
    partitions = context.assets_def.partitions_def
    if not isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return EVERYTHING
    run = context.partition_time_window
    is_first = context.partition_key_range.start == partitions.get_first_partition_key()
    start = None if is_first else run.start.astimezone(timezone.utc)
    return Window(start, run.end.astimezone(timezone.utc))
