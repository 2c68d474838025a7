"""What the failed attempts of a step have loaded, which a resumed run does not load again.

Dagster repeats the whole step. Each part of a run was recorded when it was stored: partition by
partition, with the facts of the part at its last one. A process that was killed leaves the same
records as one that failed. An asset that failed a blocking check counts as failed: it is loaded and
checked again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import dagster as dg
from dagster import DagsterEventType

from analytics_ingest.extract.stats import Stats
from analytics_ingest.orchestration.partition_metadata import (
    COUNTS,
    PARTITION_ROWS,
    read_run_count,
)
from analytics_ingest.orchestration.run_events import (
    list_newest_checks,
    list_run_events,
    stops_run,
)

Counts = Mapping[str, Any]
"""Metadata of one partition: the counts of its rows."""

_READ = {
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.STEP_SUCCESS,
}
_RESUME_TAG = "dagster/is_resume_retry"
_RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
_OF_TICKS = ("dagster/schedule_name", *_RANGE)
_MOST_TICKS = 20
_FACTS = {f.name for f in fields(Stats)} - {"partitions"}


@dataclass(frozen=True)
class PastCheck:
    """The result of a check in an earlier run."""

    run_id: str
    evaluation: dg.AssetCheckEvaluation


@dataclass(frozen=True)
class EarlierAttempts:
    """What the runs that a step resumes have loaded."""

    loads: dict[dg.AssetKey, dict[str | None, Counts]] = field(default_factory=dict)
    """Asset → partition → its counts. The partition of a snapshot is None."""
    stats: dict[str, Stats] = field(default_factory=dict)
    """Resource → what its parts have cost and yielded."""
    run_ids: list[str] = field(default_factory=list)
    """This run and the earlier runs of the same partitions, newest first."""
    checks: dict[dg.AssetCheckKey, PastCheck] = field(default_factory=dict)
    """Check → its newest result in those runs."""


def find_earlier_attempts(context: dg.AssetExecutionContext) -> EarlierAttempts:
    """Find what this step loaded in the failed runs that it resumes."""
    step = context.op_execution_context.op_handle.name
    resumed = list(_list_resumed(context.instance, context.run, step))
    attempts = EarlierAttempts()
    first = context.instance.get_run_by_id(resumed[-1]) if resumed else context.run
    ticks = _list_failed_ticks(context.instance, first)
    attempts.run_ids.extend([context.run.run_id, *resumed, *ticks])
    for run_id in resumed:
        events = [e for e in _read_events(context.instance, run_id) if e.step_key == step]
        for event in events:
            if event.is_step_materialization and event.asset_key:
                _add(attempts, event, event.asset_key)
        for check in list_newest_checks(events):
            attempts.checks.setdefault(check.asset_check_key, PastCheck(run_id, check))
    _forget_blocked(attempts)
    return attempts


def _forget_blocked(attempts: EarlierAttempts) -> None:
    """Forget what was loaded of assets that have failed a blocking check."""
    checks = attempts.checks.items()
    blocked = {key.asset_key for key, past in checks if stops_run(past.evaluation)}
    for asset in blocked & attempts.loads.keys():
        del attempts.loads[asset]
        attempts.stats.pop(asset.path[-1], None)
    if blocked:
        # Otherwise their stored listings would not be requested again.
        del attempts.run_ids[1:]


def _add(attempts: EarlierAttempts, event: dg.DagsterEvent, asset: dg.AssetKey) -> None:
    described = event.step_materialization_data.materialization.metadata
    metadata = {name: value.value for name, value in described.items()}
    # In records without PARTITION_ROWS, the counts of rows are those of the whole run.
    names = (*COUNTS, PARTITION_ROWS, "is_complete") if PARTITION_ROWS in metadata else ()
    loads = attempts.loads.setdefault(asset, {})
    loads.setdefault(event.partition, {name: metadata[name] for name in names})
    if "requests" in metadata:
        known = {n for n in _FACTS if n in metadata}
        facts = Stats(**{name: read_run_count(metadata, name) for name in known})
        name = asset.path[-1]
        attempts.stats[name] = facts.combine(attempts.stats.get(name))


def _list_resumed(instance: dg.DagsterInstance, run: dg.DagsterRun, step: str) -> Iterator[str]:
    """Yield the ids of the runs that a run resumes: its parent, the parent's parent, and so on."""
    current: dg.DagsterRun | None = run
    while current and current.parent_run_id and _resumes(instance, current, step):
        yield current.parent_run_id
        current = instance.get_run_by_id(current.parent_run_id)


def _list_failed_ticks(instance: dg.DagsterInstance, run: dg.DagsterRun | None) -> Iterator[str]:
    """Yield the failed scheduled runs of the same partitions, newest first.

    They have begun what it loads, unless another run has loaded it since.
    """
    if run is None or not all(name in run.tags for name in _OF_TICKS):
        return
    same = dg.RunsFilter(job_name=run.job_name, tags={name: run.tags[name] for name in _RANGE})
    for other in instance.get_runs(same, cursor=run.run_id, limit=_MOST_TICKS):
        if other.status not in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED):
            return
        yield other.run_id


def _resumes(instance: dg.DagsterInstance, run: dg.DagsterRun, step: str) -> bool:
    """Return whether a run repeats an unfinished step of its parent, and not the whole parent."""
    if run.tags.get(_RESUME_TAG) == "true":
        return True
    if not run.step_keys_to_execute:
        return False
    events = _read_events(instance, run.parent_run_id or "")
    return not any(event.is_step_success and event.step_key == step for event in events)


def _read_events(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterEvent]:
    return list_run_events(instance, run_id, *_READ)
