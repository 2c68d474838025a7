"""An API's job and its schedule: what is due is loaded, in one run, unless a run is under way.

At each tick the partitions that have ended and are not loaded since are loaded together, as far as
they lie within `catch_up` partitions; so a night without Dagster is made up for at the next tick.
Where nothing is due, the partition that is going on is loaded.
"""

import os
from datetime import datetime, timezone

import dagster as dg
from dagster import DagsterRunStatus

from analytics_ingest.declaration.resolve import ApiDeclaration
from analytics_ingest.orchestration.history import due_partitions, ended_partitions
from analytics_ingest.orchestration.naming import API_TAG, asset_key
from analytics_ingest.orchestration.partitions import build_partitions

SETTING = "ANALYTICS_INGEST_SCHEDULES"

UNDER_WAY = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]

_HOURLY_CRON = "5 * * * *"


def build_job_and_schedule(api: ApiDeclaration) -> dg.Definitions:
    """The job of all assets of an API, and its schedule.

    The schedule is off until it is switched on in the UI, or on by the setting.
    """
    job = dg.define_asset_job(
        f"{api.name}_job",
        selection=dg.AssetSelection.groups(api.name),
        description=f"Loads all resources of {api.name}.",
        tags={API_TAG: api.name},
    )
    declared = api.declared.schedule
    hourly = api.declared.partitions.every == "hourly" and "cron" not in declared.declared()

    def load_what_is_due(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        if run_id := _run_under_way(context.instance, api.name):
            return dg.SkipReason(f"run {run_id} of {api.name} is under way")
        now = context.scheduled_execution_time.astimezone(timezone.utc)
        return _request(context.instance, api, now)

    schedule = dg.ScheduleDefinition(
        name=f"{api.name}_schedule",
        job=job,
        cron_schedule=_HOURLY_CRON if hourly else declared.cron,
        execution_timezone=declared.timezone,
        execution_fn=load_what_is_due,
        default_status=_default_status(),
        description=f"Loads the partitions of {api.name} that are due.",
    )
    return dg.Definitions(jobs=[job], schedules=[schedule])


def partitions_to_load(
    instance: dg.DagsterInstance, api: ApiDeclaration, now: datetime
) -> list[str]:
    """The partitions that a tick loads, oldest first: what is due, else the one going on."""
    partitions = build_partitions(api.declared.partitions)
    assets = [asset_key(api.name, r.name) for r in api.tables if r.incremental]
    due = {
        partition.key
        for asset in assets
        for partition in due_partitions(instance, asset, partitions, now)
    }
    ended = [partition.key for partition in ended_partitions(partitions, now)]
    never_loaded = not any(instance.get_materialized_partitions(asset) for asset in assets)
    if never_loaded and ended:
        return ended[-1:]
    if not due:
        return list(partitions.get_partition_keys(current_time=now)[-1:])
    # The range from the oldest to the newest is loaded, so what is older than it may be stays due.
    newest = max(number for number, key in enumerate(ended) if key in due)
    reach = ended[max(0, newest + 1 - api.declared.schedule.catch_up) : newest + 1]
    return [key for key in reach if key in due]


def _request(
    instance: dg.DagsterInstance, api: ApiDeclaration, now: datetime
) -> dg.RunRequest | dg.SkipReason:
    if not any(resource.incremental for resource in api.tables):
        return dg.RunRequest()
    keys = partitions_to_load(instance, api, now)
    if not keys:
        return dg.SkipReason(f"the first partition of {api.name} has not begun")
    return dg.RunRequest(
        tags={
            "dagster/asset_partition_range_start": keys[0],
            "dagster/asset_partition_range_end": keys[-1],
        }
    )


def _run_under_way(instance: dg.DagsterInstance, api: str) -> str | None:
    """A run of the API's job, or of some of its assets, as the UI starts them without the job."""
    for run in instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)):
        assets = run.asset_selection or ()
        if run.tags.get(API_TAG) == api or any(key.path[0] == api for key in assets):
            return run.run_id
    return None


def _default_status() -> dg.DefaultScheduleStatus:
    value = os.environ.get(SETTING, "off")
    statuses = {
        "on": dg.DefaultScheduleStatus.RUNNING,
        "off": dg.DefaultScheduleStatus.STOPPED,
    }
    if value not in statuses:
        raise ValueError(f"{SETTING} is '{value}'; allowed are on, off")
    return statuses[value]
