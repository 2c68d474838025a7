"""The first request for an asset that failed: from there on its partitions are due.

A tick that finds the API down loads nothing and leaves no materialization. Dagster's history still
says which run was to load which assets.
"""

from datetime import datetime, timezone
from typing import NamedTuple

import dagster as dg
from dagster._core.events import RunFailureReason
from dagster._core.storage.tags import RUN_FAILURE_REASON_TAG

from analytics_ingest.orchestration.command_process import has_died, is_of_command
from analytics_ingest.orchestration.partitions import get_partition_range

_REQUESTS_READ = 100
"""Of an asset that was never loaded; more are of runs that somebody has canceled or deleted."""


class FailedRequest(NamedTuple):
    """A run that was to load an asset, and failed."""

    first_partition: str
    moment: datetime
    """When it was requested."""


def find_first_failed_request(
    instance: dg.DagsterInstance, asset: dg.AssetKey
) -> FailedRequest | None:
    """Find the first run that was to load partitions of an asset and failed."""
    planned = dg.EventRecordsFilter(
        dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, asset_key=asset
    )
    records = instance.event_log_storage.get_event_records(
        planned, limit=_REQUESTS_READ, ascending=True
    )
    moments: dict[str, float] = {}
    for record in records:
        moments.setdefault(record.run_id, record.timestamp)
    for run_id, moment in moments.items():
        run = instance.get_run_by_id(run_id)
        if run is None or not _has_failed(run):
            continue
        if partitions := get_partition_range(run):
            return FailedRequest(partitions[0], datetime.fromtimestamp(moment, timezone.utc))
    return None


def _has_failed(run: dg.DagsterRun) -> bool:
    """Return whether a run failed, and not because somebody canceled it, or pressed Ctrl-C.

    Nobody wants what such a run would have loaded.
    """
    if has_died(run):
        return True
    reason = run.tags.get(RUN_FAILURE_REASON_TAG)
    is_interrupted = reason == RunFailureReason.UNEXPECTED_TERMINATION.value
    is_by_hand = is_interrupted and is_of_command(run)
    return run.status == dg.DagsterRunStatus.FAILURE and not is_by_hand
