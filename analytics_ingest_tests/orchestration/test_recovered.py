"""A failed run and the one that makes up for it: two messages, each of its kind and with links."""

from collections.abc import Sequence

import dagster as dg
import pytest
from dagster import DagsterEventType
from dagster._core.events import StepMaterializationData

from analytics_ingest_tests.support.deployments import Deployment, at, deploy, partition_range
from analytics_ingest_tests.support.history import evaluation, record_load, record_run
from analytics_ingest_tests.support.loads import API, declare, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Webhook

SUCCEEDED, FAILED = DagsterEventType.RUN_SUCCESS, DagsterEventType.RUN_FAILURE
UI = "https://dagster.example.com"
DAY = "2026-01-05"


@pytest.fixture
def deployment(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("ANALYTICS_INGEST_UI_URL", UI)
    return deploy(declare(resource(), resource("others")), instance)


def loaded(*names: str, days: Sequence[str | None] = (None,)) -> list[dg.DagsterEvent]:
    """That assets were materialized."""
    kind = DagsterEventType.ASSET_MATERIALIZATION.value
    materializations = [
        dg.AssetMaterialization([API, name], partition=day) for name in names for day in days
    ]
    return [
        dg.DagsterEvent(
            kind,
            f"{API}_job",
            event_specific_data=StepMaterializationData(materialization),
        )
        for materialization in materializations
    ]


def test_a_run_that_makes_up_for_a_failed_one_is_reported_once_with_links_to_both(
    api: ScriptedApi, deployment: Deployment, webhook: Webhook, noon: None
) -> None:
    failures, successes = (Watch(deployment, name) for name in ("run_failed", "check_failed"))
    api.always("/items", Reply(status=404))
    api.always("/others", {"data": [row(1)]})
    failed = deployment.load(DAY)
    assert not failed.success
    api.always("/items", {"data": [row(1)]})
    recovered = deployment.load(DAY, only="items")
    assert recovered.success
    assert deployment.load(DAY).success
    assert (failures.tick(), successes.tick()) == ("1 message sent", "1 message sent")
    assert [(m.title, m.kind) for m in webhook.arrived] == [
        ("demo: run failed", "failure"),
        ("demo: recovered", "info"),
    ]
    lines = webhook.arrived[1].lines
    assert lines == {
        "API": "demo",
        "assets": "demo/items",
        "partitions": DAY,
        "attempt": "1",
        "recovered": f"{DAY}, {UI}/runs/{failed.run_id}",
        "run": f"{UI}/runs/{recovered.run_id}",
    }


def test_only_a_run_that_loads_what_was_missing_makes_up_for_it(
    deployment: Deployment, webhook: Webhook
) -> None:
    instance, job = deployment.instance, deployment.job
    watch = Watch(deployment, "check_failed")
    retried = {"dagster/will_retry": "true"}
    runs = [
        [*loaded("items", "others"), SUCCEEDED],
        [*loaded("items"), FAILED],
        [*loaded("items"), SUCCEEDED],
        [evaluation("others/schema"), SUCCEEDED],
        [*loaded("others"), SUCCEEDED],
        [*loaded("items", "others"), SUCCEEDED],
    ]
    ids = [record_run(instance, job, *events) for events in runs]
    record_run(instance, job, FAILED, tags=retried)
    record_run(instance, job, *loaded("items", "others"), SUCCEEDED)
    assert watch.tick() == "1 message sent"
    assert webhook.only.title == "demo: recovered"
    assert webhook.only.lines["run"] == f"{UI}/runs/{ids[4]}"
    assert webhook.only.lines["recovered"] == f"none, {UI}/runs/{ids[1]}"


def test_only_runs_that_load_the_missing_partitions_make_up_for_a_failed_one(
    deployment: Deployment, webhook: Webhook, noon: None
) -> None:
    instance, job = deployment.instance, deployment.job
    watch, names = Watch(deployment, "check_failed"), ("items", "others")
    failed = record_run(instance, job, FAILED, tags=partition_range(DAY, "2026-01-06"))
    for days in (["2026-01-08"], ["2026-01-06"], [DAY], [DAY]):
        tags = partition_range(days[0], days[-1])
        record_run(instance, job, *loaded(*names, days=days), SUCCEEDED, tags=tags)
    assert watch.tick() == "1 message sent"
    assert webhook.only.lines["recovered"] == f"{DAY} to 2026-01-06, {UI}/runs/{failed}"
    assert webhook.only.lines["partitions"] == DAY


@pytest.mark.parametrize(("is_warning", "kind"), [(True, "warning"), (False, "failure")])
def test_failed_checks_are_as_urgent_as_the_worst_of_them(
    is_warning: bool, kind: str, deployment: Deployment, webhook: Webhook
) -> None:
    checks = [
        evaluation("items/cursor", "Rows are late.", is_warning=True),
        evaluation("items/schema", "Columns are missing.", is_warning=is_warning),
    ]
    record_run(deployment.instance, deployment.job, *checks, SUCCEEDED)
    Watch(deployment, "check_failed").tick()
    assert (webhook.only.title, webhook.only.kind) == ("demo: 2 checks failed", kind)


def test_stale_assets_are_a_warning_with_a_link_to_each(
    deployment: Deployment, webhook: Webhook
) -> None:
    for name in ("items", "others"):
        record_load(deployment.instance, utc(2026, 1, 6), DAY, resource=name)
    with at(utc(2026, 1, 10, 12)):
        Watch(deployment, "asset_stale").tick()
    assert webhook.only.kind == "warning"
    links = [f"{UI}/assets/demo/{name}" for name in ("items", "others")]
    assert webhook.only.body.splitlines()[-2:] == [f"see: {links[0]}", links[1]]
