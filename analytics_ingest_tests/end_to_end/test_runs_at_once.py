"""Runs at once, each a process, into one DuckDB file: they read together and load in turn."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from analytics_ingest.load.warehouse.destinations.write_lock import WriteLock
from analytics_ingest_tests.end_to_end.helpdesk import DECLARATION
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import Running, materializing
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Gate, Reply, ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for

LISTED = {
    1: "2024-05-01T10:00:00Z",
    2: "2026-01-01T00:00:00Z",
    3: "2026-01-02T23:59:59Z",
    4: "2026-01-03T12:00:00Z",
    5: "2026-01-04T00:00:00Z",
}
THIRD = ("--partition", "2026-01-03")
RUNS = {
    "a partition, as a schedule starts it": ("helpdesk", *THIRD),
    "the same once more": ("helpdesk", *THIRD),
    "a backfill beside them": ("helpdesk", "--partition-range", "2026-01-01...2026-01-03"),
    "another API": ("hotline", *THIRD),
}

STEP_WITHIN = 150
"""Seconds for each step of all runs; a machine with nothing else to do needs a tenth of it."""


@dataclass(frozen=True)
class Started:
    """Runs that are going on, the APIs that they ask, and the warehouse that they load into."""

    runs: dict[str, Running]
    apis: dict[str, ScriptedApi]
    gate: Gate
    """Holds back all answers."""
    warehouse: Path

    @property
    def requests(self) -> int:
        """How many requests the APIs have been sent."""
        return sum(len(api.asked) for api in self.apis.values())

    def all_say(self, sentence: str) -> bool:
        """Whether each run has logged a sentence."""
        return all(sentence in run.output for run in self.runs.values())

    def output(self) -> str:
        """All that they have printed."""
        return "\n".join(f"{name}:\n{run.output}" for name, run in self.runs.items())


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    checkout = Checkout.create(tmp_path)
    with serving() as hub, ExitStack() as opened:
        gate = opened.enter_context(Gate())
        apis = {name: hub.new_api() for name in ("helpdesk", "hotline")}
        for name, api in apis.items():
            checkout.declare(name, DECLARATION)
            answer = {"data": [row(ticket, at) for ticket, at in LISTED.items()]}
            api.always("/tickets", Reply(answer, gate=gate))
        settings = {f"SOURCES__{name.upper()}__BASE_URL": api.url for name, api in apis.items()}
        # Processes that create the tables of Dagster's history at once get in each other's way.
        dg.DagsterInstance.from_config(str(checkout.root)).dispose()
        runs = {
            name: opened.enter_context(
                materializing(checkout, f"group:{api}", *partitions, settings=settings)
            )
            for name, (api, *partitions) in RUNS.items()
        }
        yield Started(runs, apis, gate, checkout.root / "data" / "warehouse.duckdb")


@pytest.mark.timeout(480)
def test_runs_read_at_once_and_load_one_after_the_other_to_the_right_rows(started: Started) -> None:
    # Nobody has been answered yet.
    wait_for(
        lambda: started.requests == len(RUNS),
        "a request of each run",
        seconds=STEP_WITHIN,
        tell=started.output,
    )
    with WriteLock(Path(f"{started.warehouse}.lock"), None, print).hold():
        started.gate.open()
        wait_for(
            lambda: started.all_say("waiting for another run, which is loading"),
            "all runs to wait for their turn",
            seconds=STEP_WITHIN,
            tell=started.output,
        )
        assert not started.warehouse.exists()
    for name, run in started.runs.items():
        assert (name, run.process.wait(STEP_WITHIN)) == (name, 0), run.output
    assert _ids("helpdesk", started) == [1, 2, 3, 4]
    assert _ids("hotline", started) == [4]


def _ids(api: str, started: Started) -> list[int]:
    return sorted(ticket["id"] for ticket in table(f"{api}.tickets", started.warehouse))
