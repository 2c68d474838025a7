"""Which partitions Dagster's history records as loaded, and the warehouse does not hold.

A warehouse that was restored from a backup, deleted or replaced lacks them, and no schedule loads
them again, because only the history says what is due.
"""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg

from analytics_ingest.common.window import Window, merge_windows, subtract_windows
from analytics_ingest.load.warehouse.profiles.table_profile import RecordedWindows
from analytics_ingest.orchestration.due import list_ended_partitions, list_partitions_in
from analytics_ingest.orchestration.load_history import RECORDS_AT_ONCE, read_load_history


def find_absent_partitions(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    now: datetime,
    *,
    recorded: RecordedWindows,
    just_loaded: Window | None = None,
) -> list[str]:
    """Find them among the partitions that have ended, oldest first.

    Args:
        recorded: What the warehouse itself records as loaded. Loads from before its records began
            are not missed.
        just_loaded: What the running step has loaded.
    """
    windows = read_load_history(instance, asset, partitions).windows
    loaded_now = [just_loaded] if just_loaded else []
    absent = subtract_windows(windows, merge_windows([*recorded.windows, *loaded_now]))
    if absent and recorded.since:
        unrecorded = read_load_history(instance, asset, partitions, before=recorded.since).windows
        absent = subtract_windows(absent, unrecorded)
    ended = list_ended_partitions(partitions, now)
    touched = list_partitions_in(absent, ended, now)
    if not touched:
        return []
    by_hand = _find_marked_by_hand(instance, asset, touched)
    return [key for key in touched if key not in by_hand]


def _find_marked_by_hand(
    instance: dg.DagsterInstance, asset: dg.AssetKey, keys: Sequence[str]
) -> set[str]:
    """Find the partitions that somebody has only reported as materialized: no load is missing."""
    reported, loaded = set[str](), set[str]()
    records, cursor, has_more = dg.AssetRecordsFilter(asset, asset_partitions=keys), None, True
    while has_more:
        page = instance.fetch_materializations(records, RECORDS_AT_ONCE, cursor)
        cursor, has_more = page.cursor, page.has_more
        for record in page.records:
            (loaded if record.run_id else reported).add(record.partition_key or "")
    return reported - loaded
