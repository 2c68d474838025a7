"""Celery workers, over Redis, execute the steps of a run, or whole runs, on other machines.

Whatever dies (a worker, one of its processes), a run goes on, or ends and is repeated by another
worker. All tests share one cluster; a worker that was killed is replaced before the next.
"""

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import dagster as dg
import pytest
import redis

from analytics_ingest.orchestration.celery_settings import URL_SETTING
from analytics_ingest_tests.end_to_end.celery_cluster import (
    NAMES,
    SECONDS,
    Cluster,
    celery_cluster,
)
from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev, dagster_dev
from analytics_ingest_tests.end_to_end.helpdesk import ANSWER, DAY, IDS
from analytics_ingest_tests.end_to_end.processes import processes
from analytics_ingest_tests.support.commands import materializing
from analytics_ingest_tests.support.scripted_api import Gate, Reply
from analytics_ingest_tests.support.waiting import wait_for

pytestmark = pytest.mark.timeout(480)

IN_STEPS = {"ANALYTICS_INGEST_EXECUTOR": "celery"}


@dataclass(frozen=True)
class Launcher:
    """`dagster dev`, which launches runs on the workers."""

    dev: DagsterDev
    cluster: Cluster

    def launch_held(self, gate: Gate, *others: str) -> str:
        """Put a run into the queue, and return when it waits for its first answer.

        Args:
            others: Assets of other APIs, which answer at once.
        """
        api = self.cluster.apis[NAMES[0]]
        asked = len(api.asked)
        held = iter([Reply(ANSWER, gate=gate)])
        api.on("/tickets", lambda _: next(held, ANSWER))
        run = self.dev.launch("helpdesk/tickets", DAY, *others)
        wait_for(lambda: api.asked[asked:], "a request", seconds=SECONDS, tell=self.output)
        return run

    def worker_of(self, run: str) -> tuple[str, int]:
        """The worker that a run was given to, and the process in which it executes."""
        with self.cluster.instance() as instance:
            messages = [e.message for e in instance.all_logs(run, dg.DagsterEventType.ENGINE_EVENT)]
        (begun,) = (m for m in messages if m.startswith("Started process for run"))
        process = int(begun.partition("pid: ")[2].rstrip(")."))
        (name,) = (
            name
            for name, worker in self.cluster.workers.items()
            if process in [p.pid for p in processes(worker)]
        )
        return name, process

    def wait_for_failure_and_retry(self, run: str) -> str:
        """See a run fail, and the one that repeats it succeed."""
        assert self.dev.wait_for_run(run) == "FAILURE", self.output()
        retry = self.dev.wait_for_retry(run)
        assert self.dev.wait_for_run(retry) == "SUCCESS", self.output()
        assert self.cluster.ids() == IDS
        return retry

    def output(self) -> str:
        """What all processes have printed."""
        return f"{self.dev.command.output}\n{self.cluster.output()}"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with celery_cluster(tmp_path_factory.mktemp("celery")) as cluster:
        yield cluster


@pytest.fixture
def cluster(servers: Cluster) -> Cluster:
    """The cluster with two workers, whatever happened to one before."""
    servers.start_workers()
    return servers


@pytest.fixture(scope="module")
def dev(servers: Cluster) -> Iterator[DagsterDev]:
    with dagster_dev(servers.checkout, servers.settings, "-w", "workspace.yaml") as started:
        yield started


@pytest.fixture
def launcher(dev: DagsterDev, cluster: Cluster) -> Launcher:
    return Launcher(dev, cluster)


def test_a_run_is_spread_over_workers_and_goes_on_without_one_that_is_killed(
    cluster: Cluster,
) -> None:
    partition = ("--partition", DAY)
    settings = {**cluster.settings, **IN_STEPS}
    with ExitStack() as opened:
        gate = opened.enter_context(Gate())
        instance = opened.enter_context(cluster.instance())
        for api in cluster.apis.values():
            api.always("/tickets", Reply(ANSWER, gate=gate))
        run = opened.enter_context(
            materializing(cluster.checkout, "*", *partition, settings=settings)
        )

        def output() -> str:
            return run.output + cluster.output()

        under_way = wait_for(
            lambda: _under_way(instance),
            "both workers to be at work",
            seconds=SECONDS,
            tell=output,
        )
        (interrupted, killed), (longer, other) = under_way.items()
        cluster.workers[killed].kill()
        signs = _wait_for_redelivery(cluster)
        # A step that takes longer than the silence of a dead worker is not given to a second one.
        assert max(len(times) for times in signs.values()) > 1
        gate.open()
        wait_for(
            lambda: run.process.poll() is not None, "the run to end", seconds=SECONDS, tell=output
        )
        assert run.process.returncode == 0, output()
        done = _workers_of_steps(instance)
    assert done[interrupted] == [killed, other]
    assert done[longer] == [other]
    assert len(done) == len(NAMES)
    for api in NAMES:
        assert cluster.ids(api) == IDS


def test_a_run_of_several_steps_executes_them_on_one_worker(launcher: Launcher) -> None:
    for api in launcher.cluster.apis.values():
        api.always("/tickets", ANSWER)
    with Gate() as gate:
        run = launcher.launch_held(gate, "hotline/tickets", "mailbox/tickets")
        name, _ = launcher.worker_of(run)
        assert name in launcher.cluster.workers
        gate.open()
        assert launcher.dev.wait_for_run(run) == "SUCCESS", launcher.output()
    assert [launcher.cluster.ids(api) for api in NAMES] == [IDS] * len(NAMES)


def test_a_run_whose_process_is_killed_is_repeated_but_not_one_that_was_terminated(
    launcher: Launcher,
) -> None:
    with Gate() as gate:
        terminated = launcher.launch_held(gate)
        launcher.dev.terminate(terminated)
        gate.open()
        assert launcher.dev.wait_for_run(terminated) == "CANCELED", launcher.output()
    with Gate() as gate:
        run = launcher.launch_held(gate)
        _, process = launcher.worker_of(run)
        os.kill(process, signal.SIGKILL)
        launcher.wait_for_failure_and_retry(run)
    # Dagster looks at runs in the order in which they ended.
    assert launcher.dev.retries(terminated) == []


def test_a_run_whose_worker_is_killed_is_repeated_by_another(launcher: Launcher) -> None:
    with Gate() as gate:
        run = launcher.launch_held(gate)
        killed, _ = launcher.worker_of(run)
        launcher.cluster.workers[killed].kill()
        retry = launcher.wait_for_failure_and_retry(run)
    assert launcher.worker_of(retry)[0] != killed


def _wait_for_redelivery(cluster: Cluster) -> dict[bytes, set[float]]:
    """See the task of a dead worker go back into the queue; the heartbeats of all tasks by then."""
    signs: defaultdict[bytes, set[float]] = defaultdict(set)
    with closing(redis.Redis.from_url(cluster.settings[URL_SETTING])) as broker:

        def is_redelivered() -> bool:
            unacknowledged = dict(broker.zscan_iter("unacked_index"))
            for task, at in unacknowledged.items():
                signs[task].add(at)
            return len(unacknowledged) < len(signs)

        wait_for(is_redelivered, "the redelivery", seconds=SECONDS, tell=cluster.output)
    return signs


def _events(instance: dg.DagsterInstance) -> list[dg.DagsterEvent]:
    runs = instance.get_runs(limit=1)
    logged = instance.all_logs(runs[0].run_id) if runs else []
    return [entry.dagster_event for entry in logged if entry.dagster_event]


def _workers_of_steps(instance: dg.DagsterInstance) -> dict[str, list[str]]:
    """The workers that each step was given to, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in _events(instance):
        worker = event.is_engine_event and event.engine_event_data.metadata.get("Celery worker")
        if worker and event.step_key:
            found[event.step_key].append(str(worker.value).partition("@")[0])
    return found


def _under_way(instance: dg.DagsterInstance) -> dict[str, str]:
    """The steps that have begun and their workers; empty until both have one."""
    begun = {event.step_key for event in _events(instance) if event.is_step_start}
    given = _workers_of_steps(instance)
    workers = {step: names[-1] for step, names in given.items() if step in begun}
    return workers if len(set(workers.values())) > 1 else {}
