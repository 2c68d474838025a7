"""What was loaded when, read from Dagster's event log: due partitions and earlier row counts."""

from collections.abc import Collection, Iterable
from datetime import datetime, timezone

import dagster as dg

from analytics_ingest.orchestration.checks.freshness import DuePartition

PARTITIONS_LOOKED_AT = 31
"""The newest ended partitions are looked at for loads from before they ended."""

RECORDS_LOOKED_AT = 60
"""Materialisations that are searched for earlier loads of the same kind."""


def ended_partitions(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> list[DuePartition]:
    """All partitions that have ended, oldest first."""
    keys = partitions.get_partition_keys(current_time=now)
    windows = ((key, partitions.time_window_for_partition_key(key).end) for key in keys)
    return [DuePartition(key, end.astimezone(timezone.utc)) for key, end in windows if end <= now]


def due_partitions(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    now: datetime,
    loaded_now: Collection[str] = (),
) -> list[DuePartition]:
    """Partitions since the first loaded one that have ended and are not loaded since they did.

    Args:
        loaded_now: Partitions that the running step has just loaded.
    """
    loaded = instance.get_materialized_partitions(asset) | set(loaded_now)
    ended = ended_partitions(partitions, now)
    since_first = ended[_index_of_first(ended, loaded) :]
    recent = [p for p in since_first[-PARTITIONS_LOOKED_AT:] if p.key in loaded]
    early = _loaded_before_they_ended(
        instance, asset, [p for p in recent if p.key not in loaded_now]
    )
    return [p for p in since_first if p.key not in loaded or p.key in early]


def last_load(instance: dg.DagsterInstance, asset: dg.AssetKey) -> datetime | None:
    """When the asset was last materialised."""
    event = instance.get_latest_materialization_event(asset)
    return datetime.fromtimestamp(event.timestamp, timezone.utc) if event else None


def earlier_row_counts(
    instance: dg.DagsterInstance, asset: dg.AssetKey, partitions: int, without_run: str | None
) -> list[int]:
    """Rows of the last loads of as many ended partitions, newest first, one count a run."""
    records = instance.fetch_materializations(asset, limit=RECORDS_LOOKED_AT).records
    counts: dict[str, int] = {}
    for record in records:
        materialization = record.asset_materialization
        run_id = record.run_id
        if materialization is None or run_id in counts or run_id == without_run:
            continue
        values = {name: value.value for name, value in materialization.metadata.items()}
        if values.get("partitions") == partitions and values.get("is_complete"):
            rows = values.get("rows_loaded")
            if isinstance(rows, int):
                counts[run_id] = rows
    return list(counts.values())


def _index_of_first(ended: Iterable[DuePartition], loaded: Collection[str]) -> int:
    keys = [partition.key for partition in ended]
    return next((i for i, key in enumerate(keys) if key in loaded), len(keys))


def _loaded_before_they_ended(
    instance: dg.DagsterInstance, asset: dg.AssetKey, partitions: Collection[DuePartition]
) -> set[str]:
    if not partitions:
        return set()
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=asset,
            asset_partitions=[partition.key for partition in partitions],
            after_timestamp=min(partition.ended.timestamp() for partition in partitions),
        ),
        limit=RECORDS_LOOKED_AT * PARTITIONS_LOOKED_AT,
        ascending=True,
    ).records
    latest = {record.partition_key: record.timestamp for record in records}
    return {p.key for p in partitions if latest.get(p.key, 0) < p.ended.timestamp()}
