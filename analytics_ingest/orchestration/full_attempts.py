"""Attempts to read more than the window, because that is due: a full reading, or a full pass.

Such an attempt may fail where the window alone would not: a daily quota, a time-out. So each is
recorded before it begins, as an observation of the asset. After one that failed, only windows are
loaded for a while, at least one, and in the retries of its run.
"""

from datetime import datetime, timedelta, timezone
from itertools import takewhile

import dagster as dg

from analytics_ingest.orchestration.load_history import read_materializations

ATTEMPT = "attempt"
"""Metadata of the observation: what is attempted."""

_PAUSE = timedelta(hours=20)
"""The shortest time between two attempts."""

_OBSERVATIONS = 200
"""How many of the newest are searched: an asset may have others."""


def is_repeated(context: dg.AssetExecutionContext) -> bool:
    """Return whether a run repeats another one, whose tags it inherits."""
    return context.run.parent_run_id is not None


def begin_attempt(context: dg.AssetExecutionContext, asset: dg.AssetKey, kind: str) -> None:
    """Record that an attempt begins."""
    context.log_event(dg.AssetObservation(asset, metadata={ATTEMPT: kind}))


def may_attempt(
    context: dg.AssetExecutionContext,
    asset: dg.AssetKey,
    kind: str,
    *,
    now: datetime,
    every: timedelta,
) -> bool:
    """Return whether what is due may be attempted in this run.

    After an attempt that failed, a load of the window comes first, and some time passes.

    Args:
        every: How often it is due.
    """
    if is_repeated(context):
        return False
    attempt = _read_attempt(context.instance, asset, kind)
    if attempt is None:
        return True
    runs = _read_runs_since(context.instance, asset, attempt.timestamp)
    if attempt.run_id in runs:
        return True
    seconds = min(_PAUSE, every / 2).total_seconds()
    return bool(runs) and now.timestamp() - attempt.timestamp >= seconds


def read_failed_attempt(
    instance: dg.DagsterInstance, asset: dg.AssetKey, kind: str
) -> datetime | None:
    """Read when the last attempt began; None if its run has loaded the asset."""
    attempt = _read_attempt(instance, asset, kind)
    if attempt is None or attempt.run_id in _read_runs_since(instance, asset, attempt.timestamp):
        return None
    return datetime.fromtimestamp(attempt.timestamp, timezone.utc)


def _read_attempt(
    instance: dg.DagsterInstance, asset: dg.AssetKey, kind: str
) -> dg.EventLogEntry | None:
    for record in instance.fetch_observations(asset, limit=_OBSERVATIONS).records:
        observation = record.event_log_entry.asset_observation
        value = observation and observation.metadata.get(ATTEMPT)
        if value and value.value == kind:
            return record.event_log_entry
    return None


def _read_runs_since(
    instance: dg.DagsterInstance, asset: dg.AssetKey, timestamp: float
) -> set[str]:
    """Read the runs that have loaded an asset since a moment."""
    events = takewhile(lambda e: e.timestamp >= timestamp, read_materializations(instance, asset))
    return {event.run_id for event in events}
