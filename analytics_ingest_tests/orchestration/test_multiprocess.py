"""Several steps are forked from their run, and wait at the same time."""

import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from analytics_ingest.orchestration.multiprocess import STEPS_AT_A_TIME, forking_executor
from analytics_ingest_tests.support.waiting import wait_for

ONLY_IN_THE_RUN = "a_module_that_only_the_process_of_the_run_has"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="steps are forked on Linux")


@dg.op(config_schema={"folder": str})
def wait_for_the_others(context: dg.OpExecutionContext) -> None:
    folder = Path(context.op_config["folder"])
    name = "imported" if ONLY_IN_THE_RUN in sys.modules else "not imported"
    folder.joinpath(f"{context.op_handle}: {name}").touch()
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < STEPS_AT_A_TIME:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


@dg.job(executor_def=forking_executor)
def four_steps() -> None:
    for number in range(STEPS_AT_A_TIME):
        wait_for_the_others.alias(f"step_{number}")()


@dg.asset(
    partitions_def=dg.DailyPartitionsDefinition("2026-01-01"),
    check_specs=[dg.AssetCheckSpec("rows", asset="events")],
)
def events() -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@dg.asset(deps=[events])
def summary() -> None:
    pass


def two_assets() -> dg.JobDefinition:
    job = dg.define_asset_job("two_assets", executor_def=forking_executor)
    return dg.Definitions([events, summary], jobs=[job]).resolve_job_def("two_assets")


def test_each_event_of_a_range_of_partitions_is_stored_once(tmp_path: Path) -> None:
    tags = {
        "dagster/asset_partition_range_start": "2026-01-01",
        "dagster/asset_partition_range_end": "2026-01-05",
    }
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run = dg.execute_job(dg.reconstructable(two_assets), instance, tags=tags)
        assert run.success
        kinds = Counter(e.dagster_event_type for e in instance.all_logs(run.run_id))
        assert len(instance.get_materialized_partitions(events.key)) == 5
    assert kinds[dg.DagsterEventType.ASSET_MATERIALIZATION] == 6
    assert kinds[dg.DagsterEventType.ASSET_CHECK_EVALUATION] == 1
    assert kinds[dg.DagsterEventType.STEP_SUCCESS] == 2


@dg.op
def tell_process() -> None:
    raise dg.Failure(metadata={"process": os.getpid()})


@dg.job(executor_def=forking_executor)
def one_step() -> None:
    tell_process()


def test_a_single_step_is_executed_in_the_process_of_its_run(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run = dg.execute_job(dg.reconstructable(one_step), instance)
    (failure,) = run.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data
    assert failure.step_failure_data.user_failure_data.metadata["process"].value == os.getpid()


@dg.op
def pass_by() -> None:
    pass


@dg.job(executor_def=forking_executor)
def two_steps() -> None:
    for number in range(2):
        pass_by.alias(f"step_{number}")()


def run_two_steps(home: str) -> None:
    with dg.DagsterInstance.local_temp(home) as instance:
        assert dg.execute_job(dg.reconstructable(two_steps), instance).success


def test_the_run_of_a_celery_worker_executes_its_steps_itself(tmp_path: Path) -> None:
    """Its process is daemonic, and may not have others."""
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=run_two_steps, args=(str(tmp_path),), daemon=True)
    worker.start()
    worker.join(60)
    assert worker.exitcode == 0


@dg.op(config_schema={"folder": str}, out={f"out_{n}": dg.Out(dg.Nothing) for n in range(40)})
def emit_much(context: dg.OpExecutionContext) -> Iterator[dg.Output]:
    """End after the run was killed, with more events than fit into a pipe."""
    Path(context.op_config["folder"], str(os.getpid())).touch()
    run = os.getppid()
    while os.getppid() == run:
        time.sleep(0.001)
    for number in range(40):
        yield dg.Output(None, f"out_{number}", metadata={"text": "x" * 10_000})


@dg.op(config_schema={"folder": str})
def never_end(context: dg.OpExecutionContext) -> None:
    Path(context.op_config["folder"], str(os.getpid())).touch()
    while True:
        time.sleep(0.01)


@dg.job(executor_def=forking_executor)
def two_orphans() -> None:
    never_end()
    emit_much()


def run_orphans(home: str, folder: str) -> None:
    """The run of a process that is going to be killed."""
    config = {"config": {"folder": folder}}
    with dg.DagsterInstance.local_temp(home) as instance:
        ops = {"never_end": config, "emit_much": config}
        dg.execute_job(dg.reconstructable(two_orphans), instance, run_config={"ops": ops})


def test_the_steps_of_a_run_that_was_killed_end(tmp_path: Path) -> None:
    folder = tmp_path / "pids"
    folder.mkdir()
    context = multiprocessing.get_context("fork")
    run = context.Process(target=run_orphans, args=(str(tmp_path), str(folder)))
    run.start()
    try:
        wait_for(lambda: len(list(folder.iterdir())) == 2, "both steps", seconds=60)
    finally:
        run.kill()
        run.join()
    for step in folder.iterdir():
        ended = partial(has_ended, int(step.name))
        wait_for(ended, "the end of a step", seconds=30)


def has_ended(pid: int) -> bool:
    return not Path("/proc", str(pid)).exists()


def test_four_steps_wait_at_the_same_time_and_import_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, ONLY_IN_THE_RUN, sys)
    home, folder = tmp_path / "home", tmp_path / "begun"
    home.mkdir()
    folder.mkdir()
    config = {"config": {"folder": str(folder)}}
    ops = {f"step_{number}": config for number in range(STEPS_AT_A_TIME)}
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        job = dg.reconstructable(four_steps)
        assert dg.execute_job(job, instance, run_config={"ops": ops}).success
    begun = sorted(path.name for path in folder.iterdir())
    assert begun == [f"step_{number}: imported" for number in range(STEPS_AT_A_TIME)]
