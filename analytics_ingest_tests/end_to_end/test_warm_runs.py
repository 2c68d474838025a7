"""Runs of `dagster dev` are forked from a process that has imported the code.

Whatever dies (a run's process, the one it was forked from, the daemon), no run stays behind and no
row is wrong, and what was changed meanwhile is what the next run loads with.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev, dagster_dev
from analytics_ingest_tests.end_to_end.processes import (
    DAEMON,
    WARM,
    Process,
    children,
    find,
    processes,
)
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Gate, Reply, ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for

pytestmark = pytest.mark.timeout(480)

DECLARATION = """
  client:
    base_url: https://api.example.com
  resources:
    - name: tickets
      primary_key: id
      endpoint: {data_selector: data, paginator: single_page}
"""
DAY = "2026-01-05"
IDS = [1, 2, 3]
ANSWER = {"data": [row(number, f"{DAY}T10:00:00Z") for number in IDS]}
OTHER = """
import dagster as dg

@dg.asset
def report():
    pass

defs = dg.Definitions([report])
"""
WITHIN = 120
"""Seconds; a machine with nothing else to do needs a tenth of it."""


@dataclass(frozen=True)
class Helpdesk:
    """`dagster dev`, and the API that its runs ask."""

    dev: DagsterDev
    api: ScriptedApi

    def launch(self) -> str:
        """Put a run into the queue."""
        return self.dev.launch("helpdesk/tickets", DAY)

    def launch_held(self, gate: Gate) -> str:
        """Put a run into the queue, and return when it waits for its first answer.

        No other request waits: a run may be repeated before the test can open the gate.
        """
        asked = len(self.api.asked)
        held = iter([Reply(ANSWER, gate=gate)])
        self.api.on("/tickets", lambda _: next(held, ANSWER))
        run = self.launch()
        wait_for(
            lambda: self.api.asked[asked:],
            "the run's first request",
            seconds=WITHIN,
            tell=lambda: self.dev.command.output,
        )
        return run

    def answer(self) -> None:
        """Answer all requests at once from now on."""
        self.api.always("/tickets", ANSWER)

    @property
    def warm(self) -> Process:
        """The process that the next run is forked from: the daemon's.

        Workers have the same command line. One whose parent was killed, or a warm process that was
        replaced, lives until its run has ended.
        """
        daemon = find(self.dev.command, DAEMON)
        return wait_for(
            lambda: [p for p in children(self.dev.command, daemon) if WARM in p.line],
            "a process to fork from",
            seconds=WITHIN,
            tell=lambda: str(processes(self.dev.command)),
        )[-1]

    @property
    def worker(self) -> Process:
        """The process of the only run; that of the run before may end after its success."""
        warm = self.warm
        wait_for(
            lambda: len(children(self.dev.command, warm)) == 1,
            "one worker",
            seconds=WITHIN,
            tell=lambda: str(processes(self.dev.command)),
        )
        return children(self.dev.command, warm)[0]

    def load(self) -> None:
        """Run once to success, with the rows that are served."""
        self.answer()
        assert self.dev.wait_for_run(self.launch()) == "SUCCESS", self.dev.command.output
        assert self.ids() == IDS

    def wait_for_failure_and_retry(self, run: str) -> None:
        """See a run fail, and the one that repeats it succeed with the rows that are served."""
        assert self.dev.wait_for_run(run) == "FAILURE"
        self.answer()
        retry = self.dev.wait_for_retry(run)
        assert self.dev.wait_for_run(retry) == "SUCCESS"
        assert self.ids() == IDS

    def stored(self, run: str) -> dg.DagsterRun:
        """A run as Dagster's history has it, which needs no webserver."""
        with dg.DagsterInstance.from_config(str(self.dev.checkout.root)) as instance:
            stored = instance.get_run_by_id(run)
        assert stored
        return stored

    def ids(self) -> list[int]:
        """What is in the table."""
        warehouse = self.dev.checkout.root / "data" / "warehouse.duckdb"
        return sorted(ticket["id"] for ticket in table("helpdesk.tickets", warehouse))


@contextmanager
def _helpdesk(folder: Path) -> Iterator[Helpdesk]:
    checkout = Checkout.create(folder)
    checkout.declare("helpdesk", DECLARATION)
    settings = checkout.root / "dagster.yaml"
    polling = "poll_interval_seconds: "
    settings.write_text(settings.read_text().replace(f"{polling}30", f"{polling}1"))
    (checkout.root / "reports.py").write_text(OTHER)
    workspace = checkout.root / "workspace.yaml"
    workspace.write_text(workspace.read_text() + "  - python_module: reports\n")
    with serving() as hub:
        api = hub.new_api()
        base_url = {"SOURCES__HELPDESK__BASE_URL": api.url}
        with dagster_dev(checkout, base_url, "-w", "workspace.yaml") as dev:
            yield Helpdesk(dev, api)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpdesk]:
    with _helpdesk(tmp_path_factory.mktemp("warm_runs")) as helpdesk:
        yield helpdesk


@pytest.fixture
def helpdesk(started: Helpdesk) -> Helpdesk:
    """`dagster dev` with a warm process; a run before may have used it."""
    started.load()
    return started


def test_one_process_imports_for_many_runs(helpdesk: Helpdesk) -> None:
    warm = helpdesk.warm
    for _ in range(3):
        helpdesk.load()
    assert helpdesk.warm == warm
    wait_for(lambda: not children(helpdesk.dev.command, warm), "all workers to end", seconds=WITHIN)


def test_a_run_that_is_terminated_ends(helpdesk: Helpdesk) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        helpdesk.dev.terminate(run)
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "CANCELED"
    helpdesk.load()


def test_a_run_whose_process_is_killed_fails_at_once_and_is_repeated(helpdesk: Helpdesk) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        helpdesk.worker.kill()
        helpdesk.wait_for_failure_and_retry(run)


def test_a_run_outlives_the_process_that_it_was_forked_from(helpdesk: Helpdesk) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        warm = helpdesk.warm
        warm.kill()
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "SUCCESS"
    helpdesk.load()
    assert helpdesk.warm != warm


def test_a_run_that_dies_after_the_process_that_it_was_forked_from_is_repeated(
    helpdesk: Helpdesk,
) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        warm, worker = helpdesk.warm, helpdesk.worker
        warm.kill()
        worker.kill()
        helpdesk.wait_for_failure_and_retry(run)


def test_a_run_goes_on_with_the_declaration_that_it_began_with(helpdesk: Helpdesk) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        helpdesk.dev.checkout.edit("helpdesk", "data_selector: data", "data_selector: rows")
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "SUCCESS"
        assert helpdesk.ids() == IDS
        # What the declaration of before would not find.
        helpdesk.api.always("/tickets", {"rows": ANSWER["data"]})
        assert helpdesk.dev.wait_for_run(helpdesk.launch()) == "SUCCESS"
    helpdesk.dev.checkout.edit("helpdesk", "data_selector: rows", "data_selector: data")


def test_a_run_of_code_that_cannot_be_imported_says_why(helpdesk: Helpdesk) -> None:
    module = helpdesk.dev.checkout.root / "analytics_ingest" / "definitions.py"
    text = module.read_text()
    module.write_text(f"raise RuntimeError('half edited')\n{text}")
    run = helpdesk.launch()
    assert helpdesk.dev.wait_for_run(run) == "FAILURE"
    module.write_text(text)
    assert "half edited" in helpdesk.dev.command.output
    helpdesk.load()


def test_a_run_that_cannot_be_forked_is_started_once_by_dagster(helpdesk: Helpdesk) -> None:
    module = helpdesk.dev.checkout.root / "analytics_ingest" / "definitions.py"
    text = module.read_text()
    module.write_text(f"import sys\nassert 'warm_process' not in sys.argv[0]\n{text}")
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        # Long enough for the run monitor, which looks every second, to ask whether it lives.
        time.sleep(3)
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "SUCCESS"
    module.write_text(text)
    assert len(helpdesk.dev.retries(run)) == 0
    helpdesk.load()


def test_a_run_of_another_code_location_is_started_by_dagster(helpdesk: Helpdesk) -> None:
    run = helpdesk.dev.launch_elsewhere("reports", "report")
    assert helpdesk.dev.wait_for_run(run) == "SUCCESS"
    assert GRPC_INFO_TAG in helpdesk.stored(run).tags


def test_ctrl_c_interrupts_the_run_and_leaves_no_process(tmp_path: Path) -> None:
    with _helpdesk(tmp_path) as helpdesk, Gate() as gate:
        run = helpdesk.launch_held(gate)
        command = helpdesk.dev.command
        # A page that is being read ends before the run does.
        threading.Timer(1, gate.open).start()
        command.interrupt()
        wait_for(lambda: not processes(command), "all processes to end", seconds=WITHIN)
        assert helpdesk.stored(run).is_finished


def test_a_run_outlives_the_daemon(tmp_path: Path) -> None:
    with _helpdesk(tmp_path) as helpdesk, Gate() as gate:
        run = helpdesk.launch_held(gate)
        command = helpdesk.dev.command
        warm = helpdesk.warm
        find(command, DAEMON).kill()
        gate.open()
        wait_for(lambda: not warm.is_alive(), "the warm process to end", seconds=WITHIN)
        assert helpdesk.stored(run).is_success
        assert helpdesk.ids() == IDS
