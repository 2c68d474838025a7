"""Attempts to read more than the window, because that is due: a full reading, or a full pass.

Such an attempt may fail where the window alone would not: a daily quota, a time-out. So each is
recorded before it begins, as an observation of the asset. After one that failed, the window alone
is loaded until the next day, and so it is in the retries of a run.
"""

from datetime import datetime, timedelta, timezone

import dagster as dg

ATTEMPT = "attempt"
"""Metadata of the observation: what is attempted."""

_PAUSE = timedelta(hours=20)
"""Between two attempts; shorter than a day, so that a daily schedule attempts it each time."""

_OBSERVATIONS = 10
"""How many of the newest are searched: an asset may have others."""


def is_repeated(context: dg.AssetExecutionContext) -> bool:
    """Whether a run repeats another one, whose tags it inherits."""
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
    """Whether what is due may be attempted in this run: only some time after the last one.

    Args:
        every: How often it is due.
    """
    if is_repeated(context):
        return False
    last = read_last_attempt(context.instance, asset, kind)
    return last is None or now - last >= min(_PAUSE, every / 2)


def read_last_attempt(
    instance: dg.DagsterInstance, asset: dg.AssetKey, kind: str
) -> datetime | None:
    """Read when the last attempt began."""
    for record in instance.fetch_observations(asset, limit=_OBSERVATIONS).records:
        observation = record.event_log_entry.asset_observation
        value = observation and observation.metadata.get(ATTEMPT)
        if value and value.value == kind:
            return datetime.fromtimestamp(record.timestamp, timezone.utc)
    return None
