"""`dagster dev` with an API of one resource, whose runs wait for an answer or are killed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import dagster as dg
import duckdb

from analytics_ingest.orchestration.alerts.own_runs import WILL_RETRY_TAG
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
from analytics_ingest_tests.support.scripted_api import Asked, Gate, Reply, ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for

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
import duckdb

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

        No other request waits: a run may be repeated before the test can open the gate, and one
        that repeats an earlier run may still come.
        """
        wait_for(self._is_idle, "earlier runs to end", seconds=WITHIN)
        own, held = Event(), list[str]()

        def answer(_: Asked) -> Any:
            own.wait(WITHIN)
            if held or self.stored(run).status != dg.DagsterRunStatus.STARTED:
                return ANSWER
            held.append(run)
            return Reply(ANSWER, gate=gate)

        self.api.on("/tickets", answer)
        run = self.launch()
        own.set()
        wait_for(
            lambda: held,
            "the run's first request",
            seconds=WITHIN,
            tell=lambda: self.dev.command.output,
        )
        return run

    def _is_idle(self) -> bool:
        """Whether every run has ended, and every one that Dagster repeats has been repeated."""
        with dg.DagsterInstance.from_config(str(self.dev.checkout.root)) as instance:
            runs = instance.get_runs()
        repeated = {run.parent_run_id for run in runs}
        return all(
            run.is_finished and (run.tags.get(WILL_RETRY_TAG) != "true" or run.run_id in repeated)
            for run in runs
        )

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

    def failures(self, run: str) -> list[str]:
        """The messages with which a run has failed."""
        with dg.DagsterInstance.from_config(str(self.dev.checkout.root)) as instance:
            records = instance.get_records_for_run(
                run, of_type=dg.DagsterEventType.RUN_FAILURE
            ).records
        return [r.event_log_entry.get_dagster_event().message or "" for r in records]

    def ids(self) -> list[int]:
        """What is in the table, read when no run holds the file: one may be repeated just now."""
        warehouse = self.dev.checkout.root / "data" / "warehouse.duckdb"

        def read() -> list[int] | None:
            try:
                return sorted(ticket["id"] for ticket in table("helpdesk.tickets", warehouse))
            except duckdb.IOException:
                return None

        return wait_for(read, "the warehouse's file to be free", seconds=WITHIN)


@contextmanager
def serve_helpdesk(
    folder: Path, settings: Mapping[str, str] | None = None, *, with_reports: bool = False
) -> Iterator[Helpdesk]:
    """Start it in a copy of the project; the run monitor looks every second.

    Args:
        with_reports: Start another code location too, which holds the asset `report`.
    """
    checkout = Checkout.create(folder)
    checkout.declare("helpdesk", DECLARATION)
    instance = checkout.root / "dagster.yaml"
    polling = "poll_interval_seconds: "
    instance.write_text(instance.read_text().replace(f"{polling}30", f"{polling}1"))
    if with_reports:
        (checkout.root / "reports.py").write_text(OTHER)
        workspace = checkout.root / "workspace.yaml"
        workspace.write_text(workspace.read_text() + "  - python_module: reports\n")
    with serving() as hub:
        api = hub.new_api()
        settings = {"SOURCES__HELPDESK__BASE_URL": api.url, **(settings or {})}
        with dagster_dev(checkout, settings, "-w", "workspace.yaml") as dev:
            yield Helpdesk(dev, api)
