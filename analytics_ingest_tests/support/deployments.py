"""An API of a test as Dagster runs it: its assets, job, schedule and sensors on a real instance."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg
import duckdb
import time_machine
from dagster._core.definitions.schedule_definition import ScheduleExecutionData

from analytics_ingest.common.project import locate_project
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.alerts.sensors import build_sensors
from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest.orchestration.executor import create_executor
from analytics_ingest.orchestration.schedules import build_job_and_schedule
from analytics_ingest_tests.support.loads import API, WAREHOUSE, utc

NOON = utc(2026, 1, 10, 12)
"""When tests take place unless they say otherwise; the partition of this day is going on."""

CHECKS = ("schema", "primary_key", "cursor", "freshness", "volume")


@dataclass(frozen=True)
class CheckOutcome:
    """The result of a check."""

    passed: bool
    severity: str
    sentence: str
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """A run that has ended."""

    run_id: str
    success: bool
    verdicts: Mapping[str, CheckOutcome]
    """By `resource/check`."""
    loaded: tuple[str, ...]
    """The assets that were materialised, once for each partition."""

    @property
    def failed(self) -> dict[str, str]:
        """`resource/check` → sentence of the checks that failed."""
        return {name: v.sentence for name, v in self.verdicts.items() if not v.passed}


@dataclass(frozen=True)
class Deployment:
    """The definitions of one API, and the instance on which they run."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance

    def load(self, first: str, last: str | None = None, *, only: str | None = None) -> Outcome:
        """Run the API's job over a range of partitions, for all resources or for one."""
        return self._load(partition_range(first, last or first), [only] if only else [])

    def tick(self, moment: datetime) -> ScheduleExecutionData:
        """Let the schedule decide at a moment what it asks for."""
        context = dg.build_schedule_context(self.instance, scheduled_execution_time=moment)
        with at(moment), context:
            return self.schedule.evaluate_tick(context)

    def load_requested(self, moment: datetime) -> list[tuple[dg.RunRequest, Outcome]]:
        """Run all that the schedule asks for at a moment, in order."""
        requests = self.tick(moment).run_requests or []
        with at(moment):
            return [(r, self._load(r.tags, read_request(r)[2])) for r in requests]

    def _load(self, tags: Mapping[str, str], resources: Sequence[str]) -> Outcome:
        result = self.job.execute_in_process(
            instance=self.instance,
            tags=dict(tags),
            asset_selection=[dg.AssetKey([API, name]) for name in resources] or None,
            raise_on_error=False,
        )
        return _outcome(result)

    def check(self, resource: str = "items", *checks: str) -> Outcome:
        """Run checks of a resource alone, all unless some are named."""
        asset = dg.AssetKey([API, resource])
        job = self.definitions.get_repository_def().get_implicit_global_asset_job_def()
        known = set(job.asset_layer.asset_graph.asset_check_keys)
        wanted = {dg.AssetCheckKey(asset, name) for name in checks or CHECKS} & known
        alone = job.get_subset(asset_selection=set(), asset_check_selection=wanted)
        return _outcome(alone.execute_in_process(instance=self.instance, raise_on_error=False))

    @property
    def job(self) -> dg.JobDefinition:
        """The API's job."""
        return self.definitions.resolve_job_def(f"{API}_job")

    @property
    def schedule(self) -> dg.ScheduleDefinition:
        """The API's schedule."""
        return self.definitions.resolve_schedule_def(f"{API}_schedule")


def deploy(
    declaration: ApiDeclaration, instance: dg.DagsterInstance, *others: dg.AssetsDefinition
) -> Deployment:
    """Define an API, and assets of others, on an instance."""
    assets = [*build_assets(declaration, "duckdb"), *others]
    shared = dg.Definitions(assets=assets, sensors=build_sensors(locate_project()))
    return Deployment(dg.Definitions.merge(shared, build_job_and_schedule(declaration)), instance)


def build_job(declaration: ApiDeclaration) -> dg.JobDefinition:
    """Build the API's job with the executor that the project chooses."""
    built = dg.Definitions(build_assets(declaration, "duckdb"), executor=create_executor())
    merged = dg.Definitions.merge(built, build_job_and_schedule(declaration))
    return merged.resolve_job_def(f"{API}_job")


@contextmanager
def execute(
    job: Callable[[], dg.JobDefinition],
    instance: dg.DagsterInstance,
    moment: datetime,
    tags: Mapping[str, str],
    parent_run_id: str | None = None,
) -> Iterator[dg.JobExecutionResult]:
    """Execute a job at a moment, from the failure of another run if there was one.

    Args:
        job: A function of a module, which other processes call too.
    """
    options = dg.ReexecutionOptions.from_failure(parent_run_id, instance) if parent_run_id else None
    with (
        at(moment),
        dg.execute_job(
            dg.reconstructable(job),
            instance=instance,
            tags=dict(tags),
            reexecution_options=options,
        ) as result,
    ):
        yield result


def partition_range(first: str, last: str) -> dict[str, str]:
    """The tags of a run over a range of partitions."""
    return {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }


def read_request(request: dg.RunRequest) -> tuple[str, str, list[str]]:
    """The first and last partition of a run that is asked for, and its resources; none is all."""
    first, last = partition_range("", "")
    names = [asset.path[-1] for asset in request.asset_selection or ()]
    return request.tags[first], request.tags[last], names


def at(moment: datetime) -> time_machine.travel:
    """Let a block take place at a moment."""
    return time_machine.travel(moment, tick=True)


def sql(*statements: str) -> None:
    """Change the warehouse behind everybody's back."""
    with duckdb.connect(str(WAREHOUSE)) as connection:
        for statement in statements:
            connection.execute(statement)


def _outcome(result: dg.ExecuteInProcessResult) -> Outcome:
    verdicts = {
        f"{e.asset_key.path[-1]}/{e.check_name}": CheckOutcome(
            e.passed,
            e.severity.value,
            e.description or "",
            {name: value.value for name, value in e.metadata.items()},
        )
        for e in result.get_asset_check_evaluations()
    }
    events = result.get_asset_materialization_events()
    loaded = tuple("/".join(event.asset_key.path) for event in events if event.asset_key)
    return Outcome(result.run_id, result.success, verdicts, loaded)
