"""The run of a command that was killed holds up no schedule, and `status` and the daemon see it."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.launcher import WorkerStatus
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import should_retry
from dagster._daemon.monitoring.run_monitoring import monitor_started_run

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.command_process import (
    DEATH,
    PROCESS_TAG,
    CommandProcess,
    has_died,
    name_own_process,
)
from analytics_ingest.status.read import read_status
from analytics_ingest.status.report import write_table
from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.deployments import deploy
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.waiting import wait_for
from analytics_ingest_tests.support.yaml_text import read_yaml

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it is another system's number")

NOW = utc(2026, 1, 10, 0, 15)
SETTINGS = (
    "instance_class",
    "code_location",
    "event_log_storage",
    "run_launcher",
    "run_monitoring",
    "run_retries",
    "telemetry",
)
COMMAND = """
import time
import dagster as dg

@dg.op
def begin():
    print("begun", flush=True)
    time.sleep(300)

@dg.job(tags={"analytics_ingest/api": "demo"})
def demo_job():
    begin()

demo_job.execute_in_process(instance=dg.DagsterInstance.get())
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the settings of the project's dagster.yaml that have to do with runs."""
    settings = read_yaml((ROOT / "dagster.yaml").read_text())
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({key: settings[key] for key in SETTINGS}))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


@pytest.fixture
def command(shipped: dg.DagsterInstance) -> Iterator[subprocess.Popen[bytes]]:
    """A command whose run has begun."""
    environment = {**os.environ, "DAGSTER_HOME": shipped.root_directory, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        try:
            yield process
        finally:
            process.kill()


def tick(declaration: ApiDeclaration, instance: dg.DagsterInstance) -> str:
    """Why the schedule asks for nothing; empty where it does."""
    with dg.build_schedule_context(instance, scheduled_execution_time=NOW) as context:
        return deploy(declaration, instance).schedule.evaluate_tick(context).skip_message or ""


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGHUP])
def test_a_killed_command_holds_up_no_schedule_and_counts_as_failed(
    kill: signal.Signals, shipped: dg.DagsterInstance, command: subprocess.Popen[bytes]
) -> None:
    declaration, launcher = declare(resource()), shipped.run_launcher
    (run,) = shipped.get_runs()
    assert run.status == dg.DagsterRunStatus.STARTED
    assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    assert tick(declaration, shipped) == f"run {run.run_id} of demo is still active"
    command.send_signal(kill)
    # Nobody has waited for the process yet, so the system still lists it.
    wait_for(lambda: has_died(run), "the process to die", seconds=30)
    assert tick(declaration, shipped) == ""
    command.wait()
    health = launcher.check_run_worker_health(run)
    assert (health.status, health.msg) == (WorkerStatus.FAILED, DEATH)
    let_the_daemon_look(shipped)
    (ended,) = shipped.get_runs()
    assert ended.status == dg.DagsterRunStatus.FAILURE
    assert not should_retry(ended, shipped)


def let_the_daemon_look(instance: dg.DagsterInstance) -> None:
    """Do what the daemon's run monitor does with each run that has begun."""
    (record,) = instance.get_run_records()
    with WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as context:
        workspace = context.create_request_context()
        monitor_started_run(instance, workspace, record, logging.getLogger(__name__))


def test_status_says_that_the_process_of_a_command_has_died(shipped: dg.DagsterInstance) -> None:
    declaration = declare(resource())
    job = deploy(declaration, shipped).job
    status, tag = dg.DagsterRunStatus.STARTED, PROCESS_TAG
    run = shipped.create_run_for_job(
        job, status=status, asset_selection=frozenset(job.asset_layer.selected_asset_keys)
    )
    assert read_status(shipped, [declaration], NOW)[0].state == "loading"
    shipped.add_run_tags(run.run_id, {tag: run.tags[tag].rpartition(" ")[0] + " 1"})
    read = read_status(shipped, [declaration], NOW)
    assert read[0].state == "failed"
    assert f"run {run.run_id[:8]} failed: {DEATH}" in write_table(read, with_resources=False)


def test_a_process_is_distinguished_from_all_others_that_have_its_number() -> None:
    (text,) = name_own_process("mine").values()
    own = CommandProcess(*text.split(" "))
    cases = {
        own: False,
        own._replace(start="1"): True,
        own._replace(boot="another"): Path("/etc/machine-id").exists(),
        own._replace(pid=str(2**22 + 1)): True,
        # Of these nothing can be said from here.
        own._replace(run_id="another", start="1"): False,
        own._replace(host="another", start="1"): False,
        own._replace(namespace="another", start="1"): False,
    }
    run = dg.DagsterRun(job_name="demo_job", run_id="mine", status=dg.DagsterRunStatus.STARTED)
    assert {
        process: has_died(run.with_tags({PROCESS_TAG: " ".join(process)})) for process in cases
    } == cases
    assert not has_died(run)
