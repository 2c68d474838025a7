"""Past loads, read from Dagster's event log: due partitions, row counts, resumed attempts.

A load leaves its facts in the metadata of its materialisations (`describe_window`), and the
checks and schedules of later runs read them here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import dagster as dg
from dagster import DagsterEventType

from analytics_ingest.orchestration.partitions import LoadedWindow

PARTITIONS_EXAMINED = 31
"""Only so many of the newest ended partitions are examined for loads from before they ended."""

RECORDS_EXAMINED = 60
"""Only so many of the newest materialisations are searched for earlier loads."""

INCLUDES_OLDER = "includes_older_rows"
"""Metadata: whether the load also took all rows older than its window's partitions."""

_OLD_WINDOW_WITHOUT_START = "[since ever,"
"""How the text in `window` begins for such a load that was recorded without the boolean."""

_RESUME_TAG = "dagster/is_resume_retry"


@dataclass(frozen=True)
class PastLoad:
    """The facts about a load in the metadata of its materialisations."""

    run_id: str
    rows: int
    is_complete: bool
    """Whether the window had ended when it was loaded."""
    kind: tuple[int, bool]
    """Number of partitions, and whether older rows were included; only loads of the same kind have
    comparable row counts."""
    rows_outside: int = 0
    """Rows that were read and lie outside the window."""
    rows_before_start: int = 0
    """Of these, rows that a filter should have kept out: long before the start that was sent."""
    parents_skipped: int = 0
    """Rows of the parent whose listing could not be requested."""


def describe_window(loaded: LoadedWindow) -> dict[str, Any]:
    """The metadata of a materialisation from which `read_past_loads` learns about its load."""
    return {
        "window": str(loaded.window),
        "partitions": len(loaded.partition_keys),
        "is_complete": loaded.is_complete,
        INCLUDES_OLDER: loaded.window.start is None,
    }


def read_past_loads(instance: dg.DagsterInstance, asset: dg.AssetKey) -> list[PastLoad]:
    """Read the last loads of an asset, newest first."""
    loads: dict[str, PastLoad] = {}
    for record in instance.fetch_materializations(asset, limit=RECORDS_EXAMINED).records:
        materialization = record.asset_materialization
        if materialization and record.run_id not in loads:
            metadata = {name: value.value for name, value in materialization.metadata.items()}
            if "rows_loaded" in metadata:
                loads[record.run_id] = _read_load(record.run_id, metadata)
    return list(loads.values())


def _read_load(run_id: str, metadata: Mapping[str, Any]) -> PastLoad:
    includes_older = metadata.get(INCLUDES_OLDER)
    if includes_older is None:
        includes_older = str(metadata.get("window")).startswith(_OLD_WINDOW_WITHOUT_START)
    return PastLoad(
        run_id=run_id,
        rows=metadata["rows_loaded"],
        is_complete=bool(metadata.get("is_complete")),
        kind=(metadata.get("partitions", 0), includes_older),
        rows_outside=metadata.get("rows_outside", 0),
        rows_before_start=metadata.get("rows_before_start", 0),
        parents_skipped=metadata.get("parents_skipped", 0),
    )


def find_last_load(instance: dg.DagsterInstance, asset: dg.AssetKey) -> datetime | None:
    """Find out when an asset was last materialised."""
    event = instance.get_latest_materialization_event(asset)
    return datetime.fromtimestamp(event.timestamp, timezone.utc) if event else None


@lru_cache(maxsize=16)  # all assets of an API ask for the same partitions at the same moment
def list_ended_partitions(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> Mapping[str, datetime]:
    """List the partitions that have ended, oldest first, each with its end."""
    keys = partitions.get_partition_keys(current_time=now)
    ends = {key: partitions.time_window_for_partition_key(key).end for key in keys}
    return MappingProxyType(
        {key: end.astimezone(timezone.utc) for key, end in ends.items() if end <= now}
    )


def find_due_partitions(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    now: datetime,
    just_loaded: Collection[str] = (),
) -> dict[str, datetime]:
    """Find the partitions that have ended and were not loaded since, oldest first.

    Partitions before the first loaded one are not due. Each partition comes with its end.

    Args:
        just_loaded: Partitions that the running step has loaded.
    """
    loaded = instance.get_materialized_partitions(asset) | set(just_loaded)
    ended = list_ended_partitions(partitions, now)
    keys = list(ended)
    first = next((i for i, key in enumerate(keys) if key in loaded), len(keys))
    candidates = keys[first:]
    recent = [key for key in candidates[-PARTITIONS_EXAMINED:] if key in loaded]
    to_examine = {key: ended[key] for key in recent if key not in just_loaded}
    early = _find_loaded_before_end(instance, asset, to_examine)
    return {key: ended[key] for key in candidates if key not in loaded or key in early}


def _find_loaded_before_end(
    instance: dg.DagsterInstance, asset: dg.AssetKey, ends: Mapping[str, datetime]
) -> set[str]:
    """Find the partitions whose last load was before their end."""
    if not ends:
        return set()
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=asset,
            asset_partitions=list(ends),
            after_timestamp=min(ends.values()).timestamp(),
        ),
        limit=RECORDS_EXAMINED * PARTITIONS_EXAMINED,
        ascending=True,
    ).records
    latest = {record.partition_key: record.timestamp for record in records}
    return {key for key, end in ends.items() if latest.get(key, 0) < end.timestamp()}


def find_assets_of_failed_attempts(context: dg.AssetExecutionContext) -> set[dg.AssetKey]:
    """Find what this step loaded in the failed runs that this run resumes.

    Dagster repeats the whole step; these assets need not be loaded again.
    """
    step = context.op_execution_context.op_handle.name
    loaded: set[dg.AssetKey] = set()
    run: dg.DagsterRun | None = context.run
    while run and run.parent_run_id and _resumes(context.instance, run, step):
        for event in _get_step_events(context.instance, run.parent_run_id):
            if event.is_step_materialization and event.step_key == step and event.asset_key:
                loaded.add(event.asset_key)
        run = context.instance.get_run_by_id(run.parent_run_id)
    return loaded


def _resumes(instance: dg.DagsterInstance, run: dg.DagsterRun, step: str) -> bool:
    """Whether a run repeats a failed step of its parent, and not the whole parent."""
    if run.tags.get(_RESUME_TAG) == "true":
        return True
    events = _get_step_events(instance, run.parent_run_id or "") if run.step_keys_to_execute else []
    return any(event.is_step_failure and event.step_key == step for event in events)


def _get_step_events(instance: dg.DagsterInstance, run_id: str) -> Sequence[dg.DagsterEvent]:
    records = instance.get_records_for_run(
        run_id, of_type={DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.STEP_FAILURE}
    ).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event for event in events if event]
