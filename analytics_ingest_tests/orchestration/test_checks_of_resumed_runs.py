"""A run that is executed again from failure has the checks of what it does not load again."""

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import dagster as dg
import pytest

from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest.orchestration.checks.resource_checks import ResourceChecks
from analytics_ingest.orchestration.executor import create_executor
from analytics_ingest_tests.support.deployments import (
    Deployment,
    at,
    deploy,
    execute,
    partition_range,
)
from analytics_ingest_tests.support.loads import API, declare, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Webhook

DAY = "2026-01-05"
NOON = utc(2026, 1, 5, 12)
CLEAN, WITHOUT_KEY = {"data": [row(1)]}, {"data": [row(1), row(None)]}
PRIMARY_KEY = "items/primary_key"
NO_KEY = "1 row without a usable id, kept in items__rejected."
CHECKS = {"schema", "primary_key", "cursor", "freshness", "volume"}


@dg.asset(deps=[dg.AssetKey([API, "items"])])
def report() -> None:
    """What somebody made of the items."""


def job(*, blocking: bool) -> dg.JobDefinition:
    """The job of two resources, and of a report of one of them."""
    declaration = declare(resource(own={"blocking": blocking}), resource("others"))
    everything = dg.define_asset_job("everything", selection="*")
    assets = [*build_assets(declaration, "duckdb"), report]
    built = dg.Definitions(assets, jobs=[everything], executor=create_executor())
    return built.resolve_job_def("everything")


def blocking_job() -> dg.JobDefinition:
    return job(blocking=True)


def lenient_job() -> dg.JobDefinition:
    return job(blocking=False)


def deep_job() -> dg.JobDefinition:
    """The job of items, of their lines, and of the notes of these."""
    of_item = {"item": {"type": "resolve", "resource": "items", "field": "id"}}
    of_line = {"line": {"type": "resolve", "resource": "lines", "field": "id"}}
    declaration = declare(
        resource(own={"blocking": True}),
        resource("lines", path="/items/{item}/lines", params=of_item),
        resource("notes", path="/lines/{line}/notes", params=of_line),
    )
    everything = dg.define_asset_job("everything", selection="*")
    assets, executor = build_assets(declaration, "duckdb"), create_executor()
    built = dg.Definitions(assets, jobs=[everything], executor=executor)
    return built.resolve_job_def("everything")


@dataclass(frozen=True)
class Ended:
    """A run that has ended."""

    run_id: str
    success: bool
    checks: Mapping[str, dg.AssetCheckEvaluation]
    """By `resource/check`."""
    loaded: frozenset[str]
    """The last parts of the keys of its assets."""

    @property
    def failed(self) -> dict[str, str | None]:
        """`resource/check` → description of the checks that failed."""
        return {name: check.description for name, check in self.checks.items() if not check.passed}


def run(
    instance: dg.DagsterInstance,
    parent: Ended | None = None,
    *,
    blocking: bool = False,
    of: Callable[[], dg.JobDefinition] | None = None,
) -> Ended:
    """Run a job, from the failure of another run if there was one."""
    of = of or (blocking_job if blocking else lenient_job)
    first, tags = parent.run_id if parent else None, partition_range(DAY, DAY)
    with execute(of, instance, NOON, tags, first) as result:
        success, run_id = result.success, result.run_id
    events = [e.dagster_event for e in instance.all_logs(run_id) if e.dagster_event]
    evaluations = [
        e.asset_check_evaluation_data
        for e in events
        if e.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    loaded = {e.asset_key.path[-1] for e in events if e.is_step_materialization and e.asset_key}
    checks = {f"{c.asset_key.path[-1]}/{c.check_name}": c for c in evaluations}
    assert len(checks) == len(evaluations)
    return Ended(run_id, success, checks, frozenset(loaded))


def test_what_a_blocking_check_has_stopped_is_loaded_and_checked_again(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", WITHOUT_KEY)
    api.always("/others", CLEAN)
    first = run(instance, blocking=True)
    assert not first.success

    second = run(instance, first, blocking=True)
    assert (second.success, second.loaded) == (False, {"items"})
    assert second.failed == {PRIMARY_KEY: NO_KEY}

    api.always("/items", CLEAN)
    third = run(instance, second, blocking=True)
    assert (third.success, third.failed) == (True, {})
    assert third.loaded == {"items", "report"}
    assert api.paths.count("/items") == 3
    assert api.paths.count("/others") == 1


def test_results_of_the_attempt_that_loaded_an_asset_are_given_again(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", WITHOUT_KEY)
    api.in_turn("/others", [Reply(status=404), Reply(status=404), CLEAN])
    first = run(instance, blocking=False)
    second = run(instance, first, blocking=False)
    third = run(instance, second, blocking=False)
    assert [ended.success for ended in (first, second, third)] == [False, False, True]
    assert third.loaded == {"others", "report"}
    for ended in (first, second, third):
        assert ended.failed == {PRIMARY_KEY: NO_KEY}
    assert {name for name in third.checks if "items" in name} == {f"items/{c}" for c in CHECKS}
    assert third.checks[PRIMARY_KEY].metadata["checked_in"].value == first.run_id
    assert "checked_in" not in third.checks["others/primary_key"].metadata
    assert api.paths.count("/items") == 1


def test_checks_that_a_killed_step_did_not_come_to_are_evaluated(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(1), row(2, None)]})
    api.always("/others", CLEAN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResourceChecks, "run", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        first = run(instance, blocking=False)
    assert (first.success, first.checks) == (False, {})
    assert first.loaded == {"items", "others"}

    second = run(instance, first, blocking=False)
    assert (second.success, second.loaded) == (True, {"report"})
    assert set(second.checks) == {f"{name}/{c}" for name in ("items", "others") for c in CHECKS}
    assert list(second.failed) == ["items/cursor"]
    assert second.checks["items/volume"].description != "Never loaded."
    assert api.paths.count("/items") == 1


def test_what_is_kept_comes_between_its_parent_and_its_child_that_are_loaded_again(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", WITHOUT_KEY)
    api.always("/items/1/lines", CLEAN)
    api.always("/lines/1/notes", Reply(status=404))
    first = run(instance, of=deep_job)
    assert (first.success, first.loaded) == (False, {"items", "lines"})

    api.always("/items", CLEAN)
    api.always("/lines/1/notes", CLEAN)
    second = run(instance, first, of=deep_job)
    assert (second.success, second.loaded) == (True, {"items", "notes"})
    assert {name.partition("/")[0] for name in second.checks} == {"items", "lines", "notes"}


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare(resource(), resource("others")), instance)


def test_the_message_of_a_failed_run_names_the_checks_that_failed_in_it(
    api: ScriptedApi, deployment: Deployment, webhook: Webhook
) -> None:
    api.always("/items", WITHOUT_KEY)
    api.always("/others", Reply(status=404))
    with at(NOON):
        assert not deployment.load(DAY).success
        assert Watch(deployment, "run_failed").tick() == "1 message sent"
    lines = webhook.only.lines
    assert lines["cause"].startswith("demo.others: ")
    assert lines["checks"] == f"demo/items primary_key (error): {NO_KEY}"


def test_a_step_that_dagster_retries_in_its_run_has_the_checks_of_its_last_try(
    api: ScriptedApi, deployment: Deployment, webhook: Webhook
) -> None:
    api.in_turn("/items", [WITHOUT_KEY, CLEAN])
    api.in_turn("/others", [Reply(status=404), CLEAN])
    retried = dg.define_asset_job("retried", op_retry_policy=dg.RetryPolicy(max_retries=1))
    definitions = dg.Definitions.merge(deployment.definitions, dg.Definitions(jobs=[retried]))
    instance = deployment.instance
    with at(NOON):
        result = definitions.resolve_job_def("retried").execute_in_process(
            instance=instance, tags=partition_range(DAY, DAY)
        )
        assert result.success
        checks = [dg.AssetCheckKey(dg.AssetKey([API, "items"]), name) for name in CHECKS]
        storage = instance.event_log_storage
        records = storage.get_latest_asset_check_execution_by_key(checks)
        assert {record.status.value for record in records.values()} == {"SUCCEEDED"}
        assert (
            Watch(Deployment(definitions, instance), "check_failed").tick() == "nothing to report"
        )
