"""What the message of a failed run says of several steps, and of interrupted processes."""

import os
import signal
import sys

import dagster as dg
import pytest
from dagster import DagsterEventType
from dagster._core.execution.plan.objects import StepFailureData
from dagster_shared.error import SerializableErrorInfo

from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest.orchestration.executor import create_executor
from analytics_ingest.orchestration.schedules import build_job_and_schedule
from analytics_ingest_tests.support.deployments import Deployment, deploy, partition_range
from analytics_ingest_tests.support.history import record_run
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Webhook

DECLARED = (resource(), resource("labels", incremental=None))
KILLED = "The run's process was terminated by signal 9 (SIGKILL)."

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="steps are forked on Linux"),
    pytest.mark.usefixtures("noon"),
]


def two_steps() -> dg.JobDefinition:
    """The job of an API with partitions and a snapshot."""
    declaration = declare(*DECLARED)
    built = dg.Definitions(build_assets(declaration, "duckdb"), executor=create_executor())
    merged = dg.Definitions.merge(built, build_job_and_schedule(declaration))
    return merged.resolve_job_def(f"{API}_job")


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare(*DECLARED), instance)


def fail(instance: dg.DagsterInstance) -> None:
    """Run the job, which fails."""
    tags = partition_range("2026-01-05", "2026-01-05")
    with dg.execute_job(dg.reconstructable(two_steps), instance, tags=tags) as result:
        assert not result.success


def read_cause(deployment: Deployment, webhook: Webhook) -> str:
    """The cause in the only message about the only run."""
    assert Watch(deployment, "run_failed").tick() == "1 message sent"
    body = webhook.only.body
    return body[body.index("cause: ") + len("cause: ") : body.index("\nrun: ")]


def test_each_step_that_failed_has_its_cause(
    api: ScriptedApi, deployment: Deployment, webhook: Webhook
) -> None:
    fail(deployment.instance)
    lines = read_cause(deployment, webhook).splitlines()
    assert sorted(line.partition(" ")[0] for line in lines) == ["demo.items:", "demo.labels:"]


def test_a_step_whose_process_was_interrupted_says_so(
    api: ScriptedApi, deployment: Deployment, webhook: Webhook
) -> None:
    def interrupt(_: Asked) -> Reply:
        (run,) = deployment.instance.get_runs()
        for entry in deployment.instance.all_logs(run.run_id):
            event = entry.dagster_event
            if event and event.event_type_value == "STEP_WORKER_STARTED" and event.step_key == API:
                os.kill(int(str(event.engine_event_data.metadata["pid"].value)), signal.SIGTERM)
        return Reply({"data": [row(1)]})

    api.on("/items", interrupt)
    api.always("/labels", {"data": [{"id": 1}]})
    fail(deployment.instance)
    cause = read_cause(deployment, webhook)
    assert cause.startswith("the process of the step was interrupted")


def test_steps_that_ended_with_the_process_of_their_run_are_not_its_cause(
    deployment: Deployment, webhook: Webhook
) -> None:
    error = SerializableErrorInfo("interrupted", [], "DagsterExecutionInterruptedError", None, None)
    interrupted = StepFailureData(error, user_failure_data=None)
    job = deployment.job
    step = dg.DagsterEvent(
        DagsterEventType.STEP_FAILURE.value, job.name, event_specific_data=interrupted
    )
    killed = dg.DagsterEvent(DagsterEventType.RUN_FAILURE.value, job.name, message=KILLED)
    record_run(deployment.instance, job, step, step, killed)
    assert read_cause(deployment, webhook) == KILLED
