"""Which failed run a successful one makes up for, so that a message can say that it is over.

It must have loaded all partitions of assets that the failed run was to load, and that neither that
run nor one in between has loaded. A failure that Dagster retries is not reported, so neither is its
end.
"""

from collections.abc import Collection

import dagster as dg
from dagster import DagsterEventType

from analytics_ingest.orchestration.alerts.own_runs import (
    get_assets,
    is_own_run,
    will_be_retried,
)
from analytics_ingest.orchestration.partitions import get_partition_range
from analytics_ingest.orchestration.run_events import list_run_events

Loaded = set[tuple[dg.AssetKey, str | None]]
"""Assets with their partitions; None also stands for any partition."""

RUNS_EXAMINED = 100
"""How many of the newest runs that ended are searched."""


def find_recovered_run(
    context: dg.SensorEvaluationContext, run: dg.DagsterRun
) -> dg.DagsterRun | None:
    """Find the newest failed run whose work a successful one has done; None if there is none."""
    repository, instance = context.repository_def, context.instance
    record = instance.get_run_record_by_id(run.run_id)
    if repository is None or record is None or record.end_time is None:
        return None
    loaded = _get_materialized(instance, run)
    in_between: Loaded = set()
    for before in _list_earlier_runs(instance, record.end_time) if loaded else ():
        if not is_own_run(context, before) or will_be_retried(before):
            continue
        materialized = _get_materialized(instance, before)
        if before.status == dg.DagsterRunStatus.SUCCESS:
            in_between |= materialized
            if loaded <= in_between:
                return None
            continue
        wanted = _get_wanted(before, repository)
        missing = (wanted - materialized or wanted) - in_between
        if missing and missing <= loaded:
            return before
    return None


def _list_earlier_runs(instance: dg.DagsterInstance, before: float) -> list[dg.DagsterRun]:
    """List the runs that succeeded or failed before a moment, newest first."""
    statuses = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS]
    records = instance.get_run_records(dg.RunsFilter(statuses=statuses), limit=RUNS_EXAMINED)
    earlier = [(r.end_time, r.dagster_run) for r in records if r.end_time and r.end_time < before]
    return [run for _, run in sorted(earlier, key=lambda pair: pair[0], reverse=True)]


def _get_materialized(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Loaded:
    """Return what a run has loaded."""
    events = list_run_events(instance, run.run_id, DagsterEventType.ASSET_MATERIALIZATION)
    loaded = {(event.asset_key, event.partition) for event in events if event.asset_key}
    return loaded | {(asset, None) for asset, _ in loaded}


def _get_wanted(run: dg.DagsterRun, repository: dg.RepositoryDefinition) -> Loaded:
    """Return what a run was to load."""
    ends = get_partition_range(run)
    graph, wanted = repository.asset_graph, Loaded()
    for asset in get_assets(run, repository):
        partitions = graph.get(asset).partitions_def if graph.has(asset) else None
        keys: Collection[str | None] = [None]
        if partitions and ends:
            keys = _list_partitions(partitions, *ends)
        wanted |= {(asset, key) for key in keys}
    return wanted


def _list_partitions(
    partitions: dg.PartitionsDefinition[str], first: str, last: str
) -> Collection[str]:
    """List the partitions of a range; only its ends if they are not partitions any more."""
    ends = {first, last}
    is_known = all(partitions.has_partition_key(key) for key in ends)
    key_range = dg.PartitionKeyRange(first, last)
    return partitions.get_partition_keys_in_range(key_range) if is_known else ends
