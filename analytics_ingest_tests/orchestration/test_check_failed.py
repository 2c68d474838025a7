"""The sensor check_failed: one message for each successful run in which checks failed."""

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_ingest_tests.support.deployments import Deployment, deploy
from analytics_ingest_tests.support.history import evaluation, record_run
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Webhook

SUCCEEDED, FAILED = DagsterEventType.RUN_SUCCESS, DagsterEventType.RUN_FAILURE
DAY = "2026-01-05"


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare(resource()), instance)


@pytest.fixture
def watch(deployment: Deployment) -> Watch:
    return Watch(deployment, "check_failed")


def test_a_load_whose_check_failed_is_reported_once_and_a_mended_one_is_not(
    api: ScriptedApi, watch: Watch, webhook: Webhook, noon: None
) -> None:
    api.always("/items", {"data": [row(None), row(1)]})
    run = watch.deployment.load(DAY)
    assert run.success
    assert watch.tick() == "1 message sent"
    assert watch.tick() == "nothing to report"
    assert webhook.only.title == "demo: a check failed"
    lines = webhook.only.lines
    assert lines["API"] == "demo"
    assert lines["partitions"] == DAY
    assert lines["checks"] == (
        "demo/items primary_key (error): 1 row without a usable id, kept in items__rejected."
    )
    assert run.run_id in lines["run"]
    api.always("/items", {"data": [row(1)]})
    assert watch.deployment.load(DAY).failed == {}
    assert watch.tick() == "nothing to report"


def test_all_checks_that_failed_in_a_run_are_one_message(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    record_run(
        deployment.instance,
        deployment.job,
        evaluation("items/schema", "Columns are missing: name."),
        evaluation("items/cursor", "Rows are late.", is_warning=True),
        evaluation("items/volume"),
        SUCCEEDED,
    )
    assert watch.tick() == "1 message sent"
    assert webhook.only.title == "demo: 2 checks failed"
    assert webhook.only.body.splitlines()[4:6] == [
        "checks: demo/items schema (error): Columns are missing: name.",
        "demo/items cursor (warn): Rows are late.",
    ]


def test_at_most_ten_checks_are_listed(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    failed = [evaluation(f"table{n}/schema", "Columns are missing: a.") for n in range(12)]
    record_run(deployment.instance, deployment.job, *failed, SUCCEEDED)
    watch.tick()
    assert webhook.only.title == "demo: 12 checks failed"
    assert webhook.only.body.count("Columns are missing") == 10
    assert "and 2 more" in webhook.only.body.splitlines()


def test_checks_of_a_failed_run_are_left_to_the_other_sensor(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    found = evaluation("items/schema", "Columns are missing: name.")
    record_run(deployment.instance, deployment.job, found, FAILED)
    assert watch.tick() == "nothing to report"
    assert Watch(deployment, "run_failed").tick() == "1 message sent"


def test_checks_that_ran_alone_are_reported_with_their_assets(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    job = deployment.definitions.get_repository_def().get_implicit_global_asset_job_def()
    record_run(
        deployment.instance,
        job,
        evaluation("items/schema", "Columns are missing: name."),
        SUCCEEDED,
        assets=frozenset(),
        checks=frozenset([dg.AssetCheckKey(dg.AssetKey([API, "items"]), "schema")]),
    )
    watch.tick()
    assert webhook.only.title == "demo: a check failed"
    assert webhook.only.lines["assets"] == "demo/items"
    assert webhook.only.lines["partitions"] == "none"


def test_a_run_that_its_blocking_check_stopped_is_reported_with_what_the_check_said(
    api: ScriptedApi, instance: dg.DagsterInstance, webhook: Webhook, noon: None
) -> None:
    api.always("/items", {"data": [row(None), row(1, None)]})
    deployment = deploy(declare(resource(), blocking=True), instance)
    assert not deployment.load(DAY).success
    assert Watch(deployment, "run_failed").tick() == "1 message sent"
    assert Watch(deployment, "check_failed").tick() == "nothing to report"
    assert webhook.only.lines["cause"] == (
        "demo/items primary_key (error): 1 row without a usable id, kept in items__rejected."
    )
