"""An API's job and its schedule: each tick loads what is due, unless a run is active.

A tick loads all due partitions of a resource together, at most `catch_up` of them. So the first
tick after a night without Dagster loads what that night missed, and later ticks what is older; so
does the first one after nights on which the API was down, also before the first load. If nothing is
due, a tick loads the current partition. Resources with the same range are loaded in one run: one
that the API refuses makes no other be loaded again.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone

import dagster as dg
from dagster import DagsterRunStatus

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.command_process import has_died
from analytics_ingest.orchestration.due import find_due_partitions, list_ended_partitions
from analytics_ingest.orchestration.load_history import read_load_history
from analytics_ingest.orchestration.partitions import build_partitions
from analytics_ingest.orchestration.specs import API_TAG, build_asset_key

SETTING = "ANALYTICS_INGEST_SCHEDULES"

ACTIVE = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]

HOURS_BETWEEN_OLDEST = 5
"""Once in this many hours a tick loads the oldest due range, otherwise the newest.

So a hole that `catch_up` does not reach is filled, even if newer partitions are due at every tick.
"""

_HOURLY_CRON = "5 * * * *"


def build_job_and_schedule(api: ApiDeclaration) -> dg.Definitions:
    """Build the job of all assets of an API, and its schedule.

    The schedule is off unless the setting or the UI switches it on.
    """
    job = dg.define_asset_job(
        f"{api.name}_job",
        selection=dg.AssetSelection.groups(api.name),
        description=f"Loads all resources of {api.name}.",
        tags={API_TAG: api.name},
    )

    def load_due_partitions(
        context: dg.ScheduleEvaluationContext,
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        if run_id := _find_active_run(context.instance, api.name):
            yield dg.SkipReason(f"run {run_id} of {api.name} is still active")
            return
        now = context.scheduled_execution_time.astimezone(timezone.utc)
        yield from _request_runs(context, api, now)

    schedule = dg.ScheduleDefinition(
        name=f"{api.name}_schedule",
        job=job,
        cron_schedule=find_cron(api),
        execution_timezone=api.declared.schedule.timezone,
        execution_fn=load_due_partitions,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING
            if is_on_by_default()
            else dg.DefaultScheduleStatus.STOPPED
        ),
        description=f"Loads the partitions of {api.name} that are due.",
    )
    return dg.Definitions(jobs=[job], schedules=[schedule])


def find_cron(api: ApiDeclaration) -> str:
    """Return when the schedule of an API ticks: as declared, or hourly if its partitions do."""
    declared = api.declared.schedule
    hourly = api.declared.partitions.every == "hourly" and "cron" not in declared.dump_declared()
    return _HOURLY_CRON if hourly else declared.cron


def select_partitions(
    instance: dg.DagsterInstance, api: ApiDeclaration, resource: str, now: datetime
) -> list[str]:
    """Select the partitions of a resource that a tick loads, oldest first.

    Those are the due ones, else the current one; of a resource that nobody has requested, the
    newest that has ended.
    """
    asset = build_asset_key(api.name, resource)
    partitions = build_partitions(api.declared.partitions)
    ended = list(list_ended_partitions(partitions, now))
    due = find_due_partitions(instance, asset, partitions, now)
    if not due:
        if ended and not read_load_history(instance, asset, partitions).windows:
            return ended[-1:]
        return list(partitions.get_partition_keys(current_time=now)[-1:])
    # A run loads the whole range from the oldest to the newest, and `catch_up` limits that range.
    numbers = [number for number, key in enumerate(ended) if key in due]
    length = api.declared.schedule.catch_up
    is_oldest_first = int(now.timestamp()) // 3600 % HOURS_BETWEEN_OLDEST == 0
    first = numbers[0] if is_oldest_first else max(0, numbers[-1] + 1 - length)
    return [key for key in ended[first : first + length] if key in due]


def _request_runs(
    context: dg.ScheduleEvaluationContext, api: ApiDeclaration, now: datetime
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    if not any(resource.incremental for resource in api.tables):
        yield dg.RunRequest()
        return
    ranges: dict[tuple[str, str], list[dg.AssetKey]] = {}
    for name in (resource.name for resource in api.tables if resource.incremental):
        if keys := select_partitions(context.instance, api, name, now):
            ranges.setdefault((keys[0], keys[-1]), []).append(build_asset_key(api.name, name))
    if not ranges:
        yield dg.SkipReason(f"the first partition of {api.name} has not begun")
        return
    main, *apart = sorted(ranges, key=lambda ends: len(ranges[ends]), reverse=True)
    if not apart:
        yield _request_run(main)
        return
    # The first run has all other assets of the job too, such as snapshots.
    job = context.repository_def.get_job(f"{api.name}_job")
    taken = {asset for ends in apart for asset in ranges[ends]}
    yield _request_run(main, job.asset_layer.selected_asset_keys - taken)
    for ends in apart:
        yield _request_run(ends, ranges[ends])


def _request_run(ends: tuple[str, str], assets: Iterable[dg.AssetKey] = ()) -> dg.RunRequest:
    """Request a run over a range of partitions, of some assets; of all of the job without any."""
    first, last = ends
    return dg.RunRequest(
        run_key=f"{first}...{last}" if assets else None,
        asset_selection=sorted(assets) if assets else None,
        tags={
            "dagster/asset_partition_range_start": first,
            "dagster/asset_partition_range_end": last,
        },
    )


def _find_active_run(instance: dg.DagsterInstance, api: str) -> str | None:
    """Find an active run of the API's job, or of its assets: the UI starts these without a job.

    The run of a command that was killed is not active, though Dagster may not know it.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=ACTIVE)):
        assets = run.asset_selection or ()
        if has_died(run):
            continue
        if run.tags.get(API_TAG) == api or any(key.path[0] == api for key in assets):
            return run.run_id
    return None


def is_on_by_default() -> bool:
    """Return whether schedules run that nobody has switched on or off.

    Raises:
        ValueError: The setting is neither on nor off.
    """
    value = os.environ.get(SETTING, "off")
    if value not in ("on", "off"):
        raise ValueError(f"{SETTING} is '{value}'; allowed are on, off")
    return value == "on"
