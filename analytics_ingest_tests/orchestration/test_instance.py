"""Runs of commands and of Python belong to a code location, so that the UI can run them again.

A run that fails is retried, however early the daemon reads of the failure.
"""

from pathlib import Path

import dagster as dg
import pytest
import yaml
from click.testing import CliRunner
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import should_retry
from dagster._daemon.controller import create_daemon_of_type
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster_dg_cli.cli.launch import launch_command

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.yaml_text import read_yaml

SHIPPED = read_yaml((ROOT / "dagster.yaml").read_text())
ASSETS = """
import dagster as dg

@dg.asset
def number() -> int:
    return 1

defs = dg.Definitions([number], executor=dg.in_process_executor)
"""


@dg.job
def nothing() -> None:
    pass


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """DAGSTER_HOME of an instance of the shipped class, with some settings of it."""
    settings = {key: SHIPPED[key] for key in ("instance_class", "telemetry", *request.param)}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


@pytest.mark.parametrize("home", [["code_location", "event_log_storage"]], indirect=True)
def test_a_run_of_python_is_one_of_the_named_code_location(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run = instance.get_run_by_id(nothing.execute_in_process(instance=instance).run_id)
    assert run
    assert run.remote_job_origin
    assert run.remote_job_origin.location_name == "analytics_ingest.definitions"
    assert run.remote_job_origin.job_name == "nothing"
    # The daemon leaves a run alone that Ctrl-C has ended.
    assert run.tags["dagster/max_retries"] == "0"


@pytest.mark.parametrize("home", [["event_log_storage"]], indirect=True)
def test_a_run_of_a_command_is_one_of_the_code_location_of_its_module(home: Path) -> None:
    (home / "numbers_of_a_test.py").write_text(ASSETS)
    command = ("--assets", "number", "-m", "numbers_of_a_test")
    launched = CliRunner().invoke(launch_command, command)
    assert launched.exit_code == 0, launched.output
    with dg.DagsterInstance.from_config(str(home)) as instance:
        (run,) = instance.get_runs()
        without = nothing.execute_in_process(instance=instance).run_id
        unnamed = instance.get_run_by_id(without)
    assert run.is_success
    assert run.remote_job_origin
    assert run.remote_job_origin.location_name == "numbers_of_a_test"
    assert run.remote_job_origin.repository_origin.repository_name == "__repository__"
    assert unnamed
    assert unnamed.remote_job_origin is None


@pytest.mark.parametrize("home", [["concurrency", "run_coordinator"]], indirect=True)
def test_the_daemon_reads_the_queue_twice_a_second_within_the_limits(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        daemons = instance.get_required_daemon_types()
        daemon = create_daemon_of_type(QueuedRunCoordinatorDaemon.daemon_type(), instance)
        limits = instance.get_concurrency_config().run_queue_config
    assert daemon.daemon_type() in daemons
    assert isinstance(daemon, QueuedRunCoordinatorDaemon)
    assert daemon.interval_seconds == 0.5
    assert limits
    assert limits.max_concurrent_runs == SHIPPED["concurrency"]["runs"]["max_concurrent_runs"]


@pytest.mark.parametrize("home", [["event_log_storage", "run_retries"]], indirect=True)
def test_a_run_is_to_be_retried_as_soon_as_the_daemon_can_read_of_its_failure(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED)
        to_be_retried = []
        store = instance.event_log_storage.store_event

        def store_and_read(event: dg.EventLogEntry) -> None:
            store(event)
            stored = instance.get_run_by_id(run.run_id)
            assert stored
            to_be_retried.append(should_retry(stored, instance))

        monkeypatch.setattr(instance.event_log_storage, "store_event", store_and_read)
        instance.report_run_failed(run)
    assert to_be_retried == [True]
