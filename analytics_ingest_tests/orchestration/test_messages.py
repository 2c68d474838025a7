"""What a message about a failed run says, so that somebody woken by it knows where to look."""

from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_ingest.definitions import defs
from analytics_ingest_tests.support.deployments import Deployment, deploy, partition_range
from analytics_ingest_tests.support.history import record_run
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Webhook

FAILED = DagsterEventType.RUN_FAILURE
UI = "ANALYTICS_INGEST_UI_URL"


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare(resource()), instance)


def assets(*names: str) -> frozenset[dg.AssetKey]:
    """Assets of the API."""
    return frozenset(dg.AssetKey([API, name]) for name in names)


def message_fields(deployment: Deployment, webhook: Webhook) -> dict[str, str]:
    """The lines of the message about the run that failed."""
    Watch(deployment, "run_failed").tick()
    return webhook.only.lines


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({}, "none"),
        (partition_range("2026-01-05", "2026-01-05"), "2026-01-05"),
        (partition_range("2026-01-05", "2026-01-09"), "2026-01-05 to 2026-01-09"),
        ({"dagster/partition": "2026-01-05"}, "2026-01-05"),
    ],
    ids=["no partition", "a range of one", "a range", "one partition"],
)
def test_partitions(
    tags: dict[str, str], said: str, deployment: Deployment, webhook: Webhook
) -> None:
    record_run(deployment.instance, deployment.job, FAILED, tags=tags)
    assert message_fields(deployment, webhook)["partitions"] == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "all"),
        (("users", "items"), "demo/items, demo/users"),
        (
            tuple(f"t{n:02}" for n in range(13)),
            ", ".join(f"demo/t{n:02}" for n in range(10)) + ", and 3 more",
        ),
    ],
    ids=["a whole job", "some", "many"],
)
def test_assets(
    names: tuple[str, ...], said: str, deployment: Deployment, webhook: Webhook
) -> None:
    selected = assets(*names) or None
    record_run(deployment.instance, deployment.job, FAILED, assets=selected)
    assert message_fields(deployment, webhook)["assets"] == said


def test_a_run_from_the_assets_page_has_the_name_of_its_api(
    deployment: Deployment, webhook: Webhook
) -> None:
    job = deployment.definitions.get_repository_def().get_implicit_global_asset_job_def()
    record_run(deployment.instance, job, FAILED, assets=assets("items"))
    assert message_fields(deployment, webhook)["API"] == "demo"
    assert webhook.only.title == "demo: run failed"


@pytest.mark.parametrize("base", ["https://dagster.example.com", "https://dagster.example.com/"])
def test_the_run_is_linked(
    base: str, deployment: Deployment, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(UI, base)
    run_id = record_run(deployment.instance, deployment.job, FAILED)
    link = f"https://dagster.example.com/runs/{run_id}"
    assert message_fields(deployment, webhook)["run"] == link


def test_without_an_address_the_run_is_named(
    deployment: Deployment, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(UI, raising=False)
    run_id = record_run(deployment.instance, deployment.job, FAILED)
    assert message_fields(deployment, webhook)["run"] == f"{run_id} (set {UI} for a link)"


def failed_with(message: str, deployment: Deployment) -> None:
    """Let a run fail from outside, with a message."""
    run_id = record_run(deployment.instance, deployment.job)
    run = deployment.instance.get_run_by_id(run_id)
    assert run
    deployment.instance.report_run_failed(run, message)


def test_the_cause_is_one_line(deployment: Deployment, webhook: Webhook) -> None:
    failed_with("\n  The worker died.\nIt was killed.\n", deployment)
    assert message_fields(deployment, webhook)["cause"] == "The worker died."
    assert [line.partition(":")[0] for line in webhook.only.body.splitlines()] == [
        "API",
        "assets",
        "partitions",
        "attempt",
        "cause",
        "run",
    ]


def test_secrets_are_taken_out_of_the_cause(
    deployment: Deployment, webhook: Webhook, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", "k3y/of us")
    (project / ".dlt").mkdir()
    (project / ".dlt" / "secrets.toml").write_text('[sources.other]\napi_token = "t0ken"\n')
    failed_with(
        "GET /v1?key=k3y%2Fof%20us&other=k3y%2Fof+us with t0ken failed: k3y/of us", deployment
    )
    assert (
        message_fields(deployment, webhook)["cause"]
        == "GET /v1?key=***&other=*** with *** failed: ***"
    )


def test_the_three_sensors_tick_only_where_somebody_is_to_be_notified(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("run_failed", "check_failed", "asset_stale")
    status = dg.DefaultSensorStatus
    for expected in (status.RUNNING, status.STOPPED):
        found = {s.name: s.default_status for s in defs().get_repository_def().sensor_defs}
        assert found == dict.fromkeys(names, expected)
        monkeypatch.delenv("ANALYTICS_INGEST_NOTIFY_URLS", raising=False)
