"""An API's job and its schedule: each tick loads what is due, unless a run is active.

Each run that a tick requests is over at most `catch_up` partitions. So the first tick after a night
without Dagster loads what that night missed, and later ticks what is older; so does the first one
after nights on which the API was down, also before the first load. If nothing is due, a tick loads
the current partition. What all resources lack is one run of all assets. Before it, runs of their
own load what only some lack: one that the API refuses makes no other be loaded again.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from itertools import groupby

import dagster as dg
from dagster import DagsterRunStatus

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.command_process import has_died
from analytics_ingest.orchestration.due import (
    list_due_partitions,
    list_ended_partitions,
    list_partitions,
)
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
        yield from _request_runs(context.instance, api, now)

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
    history = read_load_history(instance, asset, partitions)
    due = list_due_partitions(history, partitions, now)
    if not due:
        if ended and not history.windows:
            return ended[-1:]
        return list(list_partitions(partitions, now)[-1:])
    # A run loads the whole range from the oldest to the newest, and `catch_up` limits that range.
    numbers = [number for number, key in enumerate(ended) if key in due]
    length = api.declared.schedule.catch_up
    is_oldest_first = int(now.timestamp()) // 3600 % HOURS_BETWEEN_OLDEST == 0
    first = numbers[0] if is_oldest_first else max(0, numbers[-1] + 1 - length)
    return [key for key in ended[first : first + length] if key in due]


def _request_runs(
    instance: dg.DagsterInstance, api: ApiDeclaration, now: datetime
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Request a run of all assets over the newest range, after those of what is older."""
    names = [resource.name for resource in api.tables if resource.incremental]
    keys = list_partitions(build_partitions(api.declared.partitions), now)
    if not names:
        yield dg.RunRequest()
        return
    if not keys:
        yield dg.SkipReason(f"the first partition of {api.name} has not begun")
        return
    numbers = {key: number for number, key in enumerate(keys)}
    selections = {
        build_asset_key(api.name, name): [
            numbers[key] for key in select_partitions(instance, api, name, now)
        ]
        for name in names
    }
    newest = max(selected[0] for selected in selections.values())
    last = max(selected[-1] for selected in selections.values())
    older = list(_divide_older(selections, newest))
    for assets, lacking in older:
        yield _request_run(keys[lacking[0]], keys[lacking[-1]], assets, is_only=False)
    yield _request_run(keys[newest], keys[last], is_only=not older)


def _divide_older(
    selections: Mapping[dg.AssetKey, Sequence[int]], newest: int
) -> Iterator[tuple[Sequence[dg.AssetKey], Sequence[int]]]:
    """Divide what assets lack before a partition where others lack it too, oldest first.

    So no asset is loaded, and checked, without older rows of another one that it refers to.

    Args:
        selections: Asset → the numbers of the partitions that it lacks.
    """
    older = {asset: [n for n in some if n < newest] for asset, some in selections.items()}
    ranges = {asset: range(some[0], some[-1] + 1) for asset, some in older.items() if some}

    def list_lacking(number: int) -> list[dg.AssetKey]:
        return [asset for asset, lacking in ranges.items() if number in lacking]

    first = min((lacking[0] for lacking in ranges.values()), default=newest)
    for assets, numbers in groupby(range(first, newest), list_lacking):
        if assets:
            yield assets, list(numbers)


def _request_run(
    first: str, last: str, assets: Sequence[dg.AssetKey] | None = None, *, is_only: bool
) -> dg.RunRequest:
    """Request a run over a range of partitions, of all assets of the job unless some are given.

    Args:
        is_only: The tick requests no other run, from which Dagster would distinguish it by a key.
    """
    return dg.RunRequest(
        run_key=None if is_only else f"{first}...{last}",
        asset_selection=assets,
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
