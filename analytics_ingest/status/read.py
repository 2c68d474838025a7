"""Dagster's instance → the status of APIs: a few queries for all resources together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorStatus, InstigatorType
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.base import AssetRecord
from dagster._utils.schedules import get_next_cron_tick

from analytics_ingest.common.errors import LimitsError
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.extract.rates.budget import Budget
from analytics_ingest.extract.rates.storage import open_rates
from analytics_ingest.orchestration.alerts.messages import describe_end
from analytics_ingest.orchestration.checks.freshness import PARTITIONS_ABSENT, check_freshness
from analytics_ingest.orchestration.checks.specs import build_check_specs
from analytics_ingest.orchestration.command_process import DEATH, has_died
from analytics_ingest.orchestration.due import find_due_partitions, list_ended_partitions
from analytics_ingest.orchestration.partition_metadata import read_run_count
from analytics_ingest.orchestration.partitions import build_partitions
from analytics_ingest.orchestration.run_events import list_run_events
from analytics_ingest.orchestration.schedules import find_cron, is_on_by_default
from analytics_ingest.orchestration.specs import build_asset_key
from analytics_ingest.status.model import ApiStatus, BudgetUse, Freshness, ResourceStatus, State


@dataclass(frozen=True)
class _Facts:
    """What the instance knows of all resources."""

    instance: dg.DagsterInstance
    now: datetime
    assets: Mapping[dg.AssetKey, AssetRecord]
    runs: Mapping[str, dg.DagsterRun]
    """The newest run of each asset."""
    causes: Mapping[str, str]
    """Run → why it failed."""
    failing: Mapping[dg.AssetCheckKey, dg.AssetCheckEvaluation]
    """Check → its last result, if that is a failure."""
    schedules: Mapping[str, bool]
    """Schedule → whether somebody has switched it on, or off."""


def read_status(
    instance: dg.DagsterInstance, apis: Sequence[ApiDeclaration], now: datetime
) -> list[ApiStatus]:
    """Read the status of some APIs."""
    keys = [build_asset_key(api.name, resource.name) for api in apis for resource in api.tables]
    assets = {record.asset_entry.asset_key: record for record in instance.get_asset_records(keys)}
    ids = {record.asset_entry.last_run_id for record in assets.values()} - {None}
    newest = instance.get_runs(dg.RunsFilter(run_ids=sorted(map(str, ids)))) if ids else []
    runs = {run.run_id: run for run in newest}
    facts = _Facts(
        instance,
        now,
        assets,
        runs,
        dict(_find_causes(instance, runs.values())),
        dict(_find_failing_checks(instance, apis)),
        _read_schedules(instance),
    )
    return [_read_api(facts, api) for api in apis]


def _read_api(facts: _Facts, api: ApiDeclaration) -> ApiStatus:
    resources = [_read_resource(facts, api, resource) for resource in api.tables]
    newest = {resource.run_id for resource in resources}
    causes = {run: cause for run, cause in facts.causes.items() if run in newest}
    is_on = facts.schedules.get(f"{api.name}_schedule", is_on_by_default())
    zone = api.declared.schedule.timezone
    tick = get_next_cron_tick(find_cron(api), facts.now, zone) if is_on else None
    next_tick = tick and tick.astimezone(timezone.utc)
    command = _format_load_command(facts, api)
    return ApiStatus(api.name, resources, next_tick, causes, command, *_read_budgets(api))


def _format_load_command(facts: _Facts, api: ApiDeclaration) -> str:
    """Format the command that first loads an API: its newest partition that has ended."""
    ended = list(list_ended_partitions(build_partitions(api.declared.partitions), facts.now))
    has_partitions = ended and any(resource.incremental for resource in api.tables)
    partition = f" --partition {ended[-1]}" if has_partitions else ""
    return f"dg launch --assets 'group:{api.name}'{partition}"


def _read_resource(
    facts: _Facts, api: ApiDeclaration, resource: ResourceDeclaration
) -> ResourceStatus:
    key = build_asset_key(api.name, resource.name)
    record = facts.assets.get(key)
    if record is None:
        return ResourceStatus(resource.name, State.NEVER_LOADED)
    entry = record.asset_entry
    run_id, event = entry.last_run_id, entry.last_materialization
    state = _find_state(facts, f"{api.name}.{resource.name}", run_id, event)
    materialization = event.asset_materialization if event else None
    if event is None or materialization is None:
        return ResourceStatus(resource.name, state, run_id=run_id)
    last_load = datetime.fromtimestamp(event.timestamp, timezone.utc)
    freshness, why = _judge_freshness(facts, api, resource, last_load)
    values = {name: value.value for name, value in materialization.metadata.items()}
    return ResourceStatus(
        resource.name,
        state,
        last_load,
        read_run_count(values, "rows_loaded"),
        read_run_count(values, "requests") if "requests" in values else None,
        freshness,
        why,
        {k.name: _name_severity(e) for k, e in facts.failing.items() if k.asset_key == key},
        run_id,
    )


def _find_state(
    facts: _Facts, name: str, run_id: str | None, event: dg.EventLogEntry | None
) -> State:
    """Return what the newest run came to: one that failed may have loaded the resource before."""
    run = facts.runs.get(run_id or "")
    is_loaded = event is not None and event.run_id == run_id
    if run and not run.is_finished and not is_loaded:
        return State.FAILED if has_died(run) else State.LOADING
    if run and run.status == dg.DagsterRunStatus.FAILURE:
        if not is_loaded or f"{name}: " in facts.causes.get(run.run_id, ""):
            return State.FAILED
    elif run and run.status == dg.DagsterRunStatus.CANCELED and not is_loaded:
        return State.CANCELED
    return State.LOADED if event else State.NEVER_LOADED


def _judge_freshness(
    facts: _Facts, api: ApiDeclaration, resource: ResourceDeclaration, last_load: datetime
) -> tuple[Freshness, str]:
    due: Mapping[str, datetime] = {}
    key = build_asset_key(api.name, resource.name)
    if resource.incremental:
        partitions = build_partitions(api.declared.partitions)
        due = find_due_partitions(facts.instance, key, partitions, facts.now)
    limits = resource.declared.freshness or api.declared.freshness
    outcome = check_freshness(facts.now, last_load, None, due, limits)
    if outcome.passed:
        # What the warehouse lacks is known from the last load: it is not opened here.
        last = facts.failing.get(dg.AssetCheckKey(key, "freshness"))
        if last and PARTITIONS_ABSENT in last.metadata:
            return Freshness.LATE, last.description or ""
        return Freshness.FRESH, ""
    return Freshness.LATE if outcome.is_warning else Freshness.STALE, outcome.description


def _find_causes(
    instance: dg.DagsterInstance, runs: Iterable[dg.DagsterRun]
) -> Iterator[tuple[str, str]]:
    """Yield each failed run, with what its steps failed with: a load's error names its resource."""
    for run in runs:
        if has_died(run):
            yield run.run_id, DEATH
        if run.status != dg.DagsterRunStatus.FAILURE:
            continue
        events = list_run_events(instance, run.run_id, dg.DagsterEventType.STEP_FAILURE)
        causes = [_describe_failure(event) for event in events]
        yield run.run_id, "\n".join(causes) or "its process ended; see the run in Dagster"


def _describe_failure(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    if end := describe_end(data):
        return f"{event.step_key}: {end}"
    # The message of another error may hold rows.
    kind = data.error.cls_name if data.error else None
    return f"{event.step_key}: {kind or 'failed'}; see the run in Dagster"


def _find_failing_checks(
    instance: dg.DagsterInstance, apis: Sequence[ApiDeclaration]
) -> Iterator[tuple[dg.AssetCheckKey, dg.AssetCheckEvaluation]]:
    keys = [
        spec.key
        for api in apis
        for resource in api.tables
        for spec in build_check_specs(api, resource)
    ]
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    for key, record in latest.items():
        event = record.event and record.event.dagster_event
        if record.status != AssetCheckExecutionRecordStatus.FAILED or event is None:
            continue
        yield key, event.asset_check_evaluation_data


def _name_severity(evaluation: dg.AssetCheckEvaluation) -> str:
    return "warning" if evaluation.severity == dg.AssetCheckSeverity.WARN else "error"


def _read_schedules(instance: dg.DagsterInstance) -> dict[str, bool]:
    """Read schedules that were switched on or off; of two code locations, one that is on counts."""
    switched: dict[str, bool] = {}
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE):
        if state.status in (InstigatorStatus.RUNNING, InstigatorStatus.STOPPED):
            is_on = state.status == InstigatorStatus.RUNNING
            switched[state.name] = is_on or switched.get(state.name, False)
    return switched


def _read_budgets(api: ApiDeclaration) -> tuple[list[BudgetUse], str]:
    """Read the use of an API's budgets, and why it cannot be read."""
    uses: list[BudgetUse] = []
    if not api.declared.rates:
        return uses, ""
    try:
        with closing(open_rates(api.name)) as storage:
            for rate in api.declared.rates:
                budget = Budget(rate)
                used, remaining = budget.read_use(storage)
                uses.append(BudgetUse(str(budget), used, rate.requests, remaining))
    except LimitsError as error:
        return uses, str(error)
    return uses, ""
