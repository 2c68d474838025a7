"""The sensor run_failed: one message for each run that failed for good, and none for others."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_ingest.orchestration.alerts import sensors
from analytics_ingest_tests.support.deployments import NOON, Deployment, at, deploy
from analytics_ingest_tests.support.history import record_run
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Receiver, Webhook

FAILED = DagsterEventType.RUN_FAILURE
SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare(resource()), instance)


@pytest.fixture
def watch(deployment: Deployment) -> Watch:
    return Watch(deployment, "run_failed")


def fail(watch: Watch, *attempts: str) -> str:
    """Let a run of the job fail, after some attempts; its id."""
    deployment = watch.deployment
    return record_run(deployment.instance, deployment.job, FAILED, attempts=attempts)


def notified_runs(webhook: Webhook) -> list[str]:
    """The ids of the runs that a service was notified of, in order."""
    return [message.lines["run"].split()[0] for message in webhook.arrived]


@dg.asset
def report() -> None:
    raise ValueError("the team's own")


def test_a_failed_run_of_the_teams_own_assets_is_not_reported(
    api: ScriptedApi, instance: dg.DagsterInstance, webhook: Webhook, noon: None
) -> None:
    api.always("/items", {"data": []})
    deployment = deploy(declare(resource()), instance, report)
    job = deployment.definitions.get_repository_def().get_implicit_global_asset_job_def()
    for selected in ([report.key], [report.key, dg.AssetKey(["demo", "items"])]):
        tags = {"dagster/partition": "2026-01-05"}
        run = job.execute_in_process(
            instance=instance, tags=tags, asset_selection=selected, raise_on_error=False
        )
        assert not run.success
    watch = Watch(deployment, "run_failed")
    assert watch.tick() == "1 message sent"
    assert webhook.only.lines["assets"] == "demo/items, report"


def test_a_failed_load_is_reported_once(
    api: ScriptedApi, watch: Watch, webhook: Webhook, noon: None
) -> None:
    api.always("/items", Reply(status=404))
    run = watch.deployment.load("2026-01-05", "2026-01-06")
    assert not run.success
    assert watch.tick() == "1 message sent"
    assert watch.tick() == "nothing to report"
    assert webhook.only.title == "demo: run failed"
    lines = webhook.only.lines
    assert lines["API"] == "demo"
    assert lines["partitions"] == "2026-01-05 to 2026-01-06"
    assert lines["attempt"] == "1"
    assert lines["cause"].startswith("demo.items: ")
    assert "404" in lines["cause"]
    assert run.run_id in lines["run"]


def test_successful_runs_and_cancelled_ones_are_not_reported(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    for end in (DagsterEventType.RUN_SUCCESS, DagsterEventType.RUN_CANCELED):
        record_run(deployment.instance, deployment.job, end)
    assert watch.tick() == "nothing to report"
    assert webhook.arrived == []


def test_several_failures_are_reported_oldest_first(watch: Watch, webhook: Webhook) -> None:
    failed = [fail(watch) for _ in range(3)]
    assert watch.tick() == "3 messages sent"
    later = fail(watch)
    assert watch.tick() == "1 message sent"
    assert notified_runs(webhook) == [*failed, later]


def test_a_flood_of_failures_is_reported_over_several_ticks(
    watch: Watch, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensors, "EVENTS_A_TICK", 2)
    failed = [fail(watch) for _ in range(5)]
    said = [watch.tick() for _ in range(4)]
    assert said == ["2 messages sent", "2 messages sent", "1 message sent", "nothing to report"]
    assert notified_runs(webhook) == failed


def test_what_failed_long_before_the_first_tick_is_history(watch: Watch, webhook: Webhook) -> None:
    with at(utc(2026, 1, 10, 11, 40)):
        fail(watch)
    with at(utc(2026, 1, 10, 11, 50)):
        recent = fail(watch)
    with at(NOON):
        watch.tick()
        later = fail(watch)
        watch.tick()
    assert notified_runs(webhook) == [recent, later]


def test_runs_of_another_code_location_are_not_ours(
    deployment: Deployment, webhook: Webhook
) -> None:
    """Other teams may use the instance; only the daemon's contexts know where they are."""
    theirs, ours = (
        record_run(deployment.instance, deployment.job, FAILED, location=location)
        for location in ("theirs", "analytics_ingest.definitions")
    )
    repository = deployment.definitions.get_repository_def()
    origin = deployment.instance.get_run_by_id(ours)
    assert origin
    assert origin.remote_job_origin
    context = dg.SensorEvaluationContext(
        instance_ref=None,
        instance=deployment.instance,
        last_tick_completion_time=None,
        last_run_key=None,
        cursor=None,
        repository_name=None,
        repository_def=repository,
        code_location_origin=origin.remote_job_origin.repository_origin.code_location_origin,
    )
    repository.get_sensor_def("run_failed").evaluate_tick(context)
    assert notified_runs(webhook) == [ours]
    assert theirs != ours


def test_without_the_setting_the_tick_says_so_and_what_failed_is_never_reported(
    watch: Watch, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    for _ in range(2):
        fail(watch)
        assert watch.tick() == (
            f"{SETTING} is not set, so no alert is sent; set it to one or more Apprise URLs"
        )
    webhook = receiver.new()
    monkeypatch.setenv(SETTING, webhook.url)
    assert watch.tick() == "nothing to report"
    later = fail(watch)
    assert watch.tick() == "1 message sent"
    assert notified_runs(webhook) == [later]


@pytest.fixture
def retrying(storage: dg.DagsterInstance, deployment: Deployment) -> Iterator[Deployment]:
    """The same deployment where Dagster tries failed runs again, twice."""
    config = Path(storage.root_directory) / "retrying.yaml"
    config.write_text("telemetry: {enabled: false}\nrun_retries: {enabled: true, max_retries: 2}\n")
    with dg.DagsterInstance.from_config(storage.root_directory, config.name) as instance:
        yield Deployment(deployment.definitions, instance)


def test_a_run_that_is_tried_again_is_reported_on_its_last_attempt(
    retrying: Deployment, webhook: Webhook
) -> None:
    watch = Watch(retrying, "run_failed")
    first = fail(watch)
    assert watch.tick() == "nothing to report"
    second = fail(watch, first)
    assert watch.tick() == "nothing to report"
    last = fail(watch, first, second)
    assert watch.tick() == "1 message sent"
    assert notified_runs(webhook) == [last]
    assert webhook.only.lines["attempt"] == "3"


def test_a_failure_is_not_reported_before_dagster_has_decided_on_another_attempt(
    watch: Watch, retrying: Deployment, webhook: Webhook
) -> None:
    with at(NOON):
        undecided = fail(watch)
        patient = Watch(retrying, "run_failed")
        assert patient.tick() == "nothing to report"
    with at(utc(2026, 1, 10, 12, 2)):
        assert patient.tick() == "1 message sent"
    assert notified_runs(webhook) == [undecided]


def test_a_run_that_dagster_means_to_try_again_and_does_not_is_reported(
    retrying: Deployment, webhook: Webhook
) -> None:
    """As it does not if the backfill of the run has ended, or if its job is not there any more."""
    with at(NOON):
        watch = Watch(retrying, "run_failed")
        forgotten = fail(watch)
        stored = retrying.instance.get_run_by_id(forgotten)
        assert stored
        assert stored.tags["dagster/will_retry"] == "true"
        assert watch.tick() == "nothing to report"
    with at(utc(2026, 1, 10, 12, 2)):
        assert watch.tick() == "1 message sent"
    assert notified_runs(webhook) == [forgotten]
