"""Whole runs on Celery workers, over Redis: they leave the daemon's machine.

Whatever dies (a worker, one of its processes), the run ends, and is repeated by another worker.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import dagster as dg
import psycopg2
import pytest

from analytics_ingest.orchestration.celery_settings import URL_SETTING
from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev, dagster_dev
from analytics_ingest_tests.end_to_end.helpdesk import ANSWER, DAY, DECLARATION, IDS
from analytics_ingest_tests.end_to_end.processes import processes
from analytics_ingest_tests.support.checkout import ROOT, Checkout
from analytics_ingest_tests.support.commands import Running, running
from analytics_ingest_tests.support.postgres import postgres_server
from analytics_ingest_tests.support.redis_server import redis_server
from analytics_ingest_tests.support.scripted_api import Gate, Reply, ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for

pytestmark = pytest.mark.timeout(480)

LAUNCHER = {
    "module: analytics_ingest.orchestration.launcher": (
        "module: analytics_ingest.orchestration.celery_launcher"
    ),
    "class: WarmRunLauncher": "class: CeleryLauncher",
    "poll_interval_seconds: 30": "poll_interval_seconds: 1",
}
"""What a user changes in dagster.yaml; and the run monitor looks more often."""

WORKER = ("celery", "-A", "analytics_ingest.orchestration.celery_worker", "worker")
SECONDS = 120
"""For each step of a test; a machine with nothing else to do needs a fifth of it."""


@dataclass(frozen=True)
class Cluster:
    """`dagster dev`, workers, and the API that their runs ask."""

    dev: DagsterDev
    api: ScriptedApi
    workers: dict[str, Running]
    warehouse: str

    def launch_held(self, gate: Gate) -> str:
        """Put a run into the queue, and return when it waits for its first answer."""
        asked = len(self.api.asked)
        held = iter([Reply(ANSWER, gate=gate)])
        self.api.on("/tickets", lambda _: next(held, ANSWER))
        run = self.dev.launch("helpdesk/tickets", DAY)
        wait_for(lambda: self.api.asked[asked:], "a request", seconds=SECONDS, tell=self.output)
        return run

    def worker_of(self, run: str) -> tuple[str, int]:
        """The worker that a run was given to, and the process in which it executes."""
        with dg.DagsterInstance.from_config(str(self.dev.checkout.root)) as instance:
            messages = [e.message for e in instance.all_logs(run, dg.DagsterEventType.ENGINE_EVENT)]
        (begun,) = (m for m in messages if m.startswith("Started process for run"))
        process = int(begun.partition("pid: ")[2].rstrip(")."))
        (name,) = (
            name
            for name, worker in self.workers.items()
            if process in [p.pid for p in processes(worker)]
        )
        return name, process

    def ids(self) -> list[int]:
        """What is in the table."""
        with closing(psycopg2.connect(self.warehouse)) as connection:
            cursor = connection.cursor()
            cursor.execute("select id from helpdesk.tickets")
            return sorted(number for (number,) in cursor.fetchall())

    def wait_for_failure_and_retry(self, run: str) -> str:
        """See a run fail, and the one that repeats it succeed."""
        assert self.dev.wait_for_run(run) == "FAILURE", self.output()
        retry = self.dev.wait_for_retry(run)
        assert self.dev.wait_for_run(retry) == "SUCCESS", self.output()
        assert self.ids() == IDS
        return retry

    def output(self) -> str:
        """What all processes have printed."""
        outputs = (self.dev.command.output, *(w.output for w in self.workers.values()))
        return "\n".join(outputs)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("celery_runs")
    checkout = Checkout.create(folder)
    checkout.declare("helpdesk", DECLARATION)
    text = (ROOT / "deploy" / "dagster-postgres.yaml").read_text()
    for old, new in LAUNCHER.items():
        assert old in text
        text = text.replace(old, new)
    (checkout.root / "dagster.yaml").write_text(text)
    with ExitStack() as opened:
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        server = opened.enter_context(postgres_server())
        warehouse = server.create_database()
        api = opened.enter_context(serving()).new_api()
        settings = {
            "DAGSTER_POSTGRES_URL": server.create_database().replace("://", "+psycopg2://"),
            "DESTINATION__WAREHOUSE__DESTINATION_TYPE": "postgres",
            "DESTINATION__WAREHOUSE__CREDENTIALS": warehouse,
            "DAGSTER_HOME": str(checkout.root),
            "SOURCES__HELPDESK__BASE_URL": api.url,
            URL_SETTING: opened.enter_context(redis_server(folder)),
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        # Processes that create the tables of Dagster's storage at once get in each other's way.
        dg.DagsterInstance.from_config(str(checkout.root)).dispose()
        workers = {}
        for name in ("one", "two"):
            options = ("-Q", "dagster", "-c", "1", "-n", f"{name}@%h", "-l", "INFO")
            worker = running(checkout, *WORKER, *options, settings=settings)
            workers[name] = opened.enter_context(worker)
        dev = opened.enter_context(dagster_dev(checkout, settings, "-w", "workspace.yaml"))
        cluster = Cluster(dev, api, workers, warehouse)
        wait_for(
            lambda: all(" ready." in worker.output for worker in workers.values()),
            "the workers",
            seconds=SECONDS,
            tell=cluster.output,
        )
        yield cluster


def test_a_run_executes_on_a_worker(cluster: Cluster) -> None:
    with Gate() as gate:
        run = cluster.launch_held(gate)
        name, _ = cluster.worker_of(run)
        assert name in cluster.workers
        gate.open()
        assert cluster.dev.wait_for_run(run) == "SUCCESS", cluster.output()
    assert cluster.ids() == IDS


def test_a_run_that_is_terminated_ends_and_is_not_repeated(cluster: Cluster) -> None:
    with Gate() as gate:
        run = cluster.launch_held(gate)
        cluster.dev.terminate(run)
        gate.open()
        assert cluster.dev.wait_for_run(run) == "CANCELED", cluster.output()
    later = cluster.dev.launch("helpdesk/tickets", DAY)
    assert cluster.dev.wait_for_run(later) == "SUCCESS", cluster.output()
    assert cluster.dev.retries(run) == []


def test_a_run_whose_process_is_killed_is_repeated(cluster: Cluster) -> None:
    with Gate() as gate:
        run = cluster.launch_held(gate)
        _, process = cluster.worker_of(run)
        os.kill(process, signal.SIGKILL)
        cluster.wait_for_failure_and_retry(run)


def test_a_run_whose_worker_is_killed_is_repeated_by_another(cluster: Cluster) -> None:
    with Gate() as gate:
        run = cluster.launch_held(gate)
        killed, _ = cluster.worker_of(run)
        cluster.workers[killed].kill()
        retry = cluster.wait_for_failure_and_retry(run)
    assert cluster.worker_of(retry)[0] != killed
