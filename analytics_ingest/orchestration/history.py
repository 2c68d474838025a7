"""What was loaded when, read from Dagster's event log: due partitions and earlier row counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

import dagster as dg

from analytics_ingest.common.window import Window
from analytics_ingest.orchestration.checks.freshness import DuePartition

PARTITIONS_LOOKED_AT = 31
"""The newest ended partitions are looked at for loads from before they ended."""

RECORDS_LOOKED_AT = 60
"""Materialisations that are searched for earlier loads."""

SINCE_EVER = str(Window()).partition(",")[0]
"""How the window of a load begins that also takes everything older."""


@dataclass(frozen=True)
class PastLoad:
    """What the materialisations of a run tell of its load."""

    run_id: str
    rows: int
    is_complete: bool
    """Whether the window had ended when it was loaded."""
    kind: tuple[int, bool]
    """Number of partitions, and whether everything older was loaded too; equal where row counts
    can be compared."""


@lru_cache(maxsize=16)  # the same for all assets of an API that are looked at together
def ended_partitions(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> tuple[DuePartition, ...]:
    """All partitions that have ended, oldest first."""
    keys = partitions.get_partition_keys(current_time=now)
    ends = ((key, partitions.time_window_for_partition_key(key).end) for key in keys)
    return tuple(DuePartition(key, end.astimezone(timezone.utc)) for key, end in ends if end <= now)


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


def past_loads(instance: dg.DagsterInstance, asset: dg.AssetKey) -> list[PastLoad]:
    """The last loads of an asset, newest first."""
    loads: dict[str, PastLoad] = {}
    for record in instance.fetch_materializations(asset, limit=RECORDS_LOOKED_AT).records:
        materialization = record.asset_materialization
        if materialization and record.run_id not in loads:
            values = {name: value.value for name, value in materialization.metadata.items()}
            if "rows_loaded" in values:
                loads[record.run_id] = _past_load(record.run_id, values)
    return list(loads.values())


def _past_load(run_id: str, values: Mapping[str, Any]) -> PastLoad:
    return PastLoad(
        run_id=run_id,
        rows=values["rows_loaded"],
        is_complete=bool(values.get("is_complete")),
        kind=(values.get("partitions", 0), str(values.get("window")).startswith(SINCE_EVER)),
    )


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
