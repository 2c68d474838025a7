"""During a run the machine's clock jumps forward, or the machine ends the daemon.

The run ends, and after a jump the next one loads. All tests share one `dagster dev`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from analytics_ingest_tests.end_to_end.helpdesk import (
    IDS,
    WITHIN,
    Helpdesk,
    serve_helpdesk,
)
from analytics_ingest_tests.end_to_end.processes import DAEMON, children, find
from analytics_ingest_tests.support.scripted_api import Gate
from analytics_ingest_tests.support.shifted_clock import ShiftedClock
from analytics_ingest_tests.support.waiting import wait_for

pytestmark = pytest.mark.timeout(480)


@dataclass(frozen=True)
class Machine:
    """`dagster dev` on a machine whose clock can be set."""

    helpdesk: Helpdesk
    clock: ShiftedClock

    def load_again(self) -> None:
        """Load when Dagster's code server is back, which ends when the clock jumps."""
        dev = self.helpdesk.dev

        def launch() -> str | None:
            try:
                return self.helpdesk.launch()
            except AssertionError:
                return None

        run = wait_for(launch, "a launch", seconds=WITHIN, tell=lambda: dev.command.output)
        assert dev.wait_for_run(run) == "SUCCESS", dev.command.output
        assert self.helpdesk.ids() == IDS


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("clock")
    clock = ShiftedClock.create(folder)
    with serve_helpdesk(folder, clock.settings) as helpdesk:
        yield Machine(helpdesk, clock)


def test_a_run_goes_on_when_the_clock_jumps(machine: Machine) -> None:
    helpdesk = machine.helpdesk
    helpdesk.load()
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        machine.clock.set_forward(hours=6)
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "SUCCESS", helpdesk.dev.command.output
    assert helpdesk.ids() == IDS
    assert helpdesk.dev.retries(run) == []
    machine.load_again()


def test_a_run_ends_when_the_clock_jumps_beyond_its_longest_time(machine: Machine) -> None:
    helpdesk = machine.helpdesk
    machine.load_again()
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        machine.clock.set_forward(hours=48)
        wait_for(
            lambda: "has exceeded maximum runtime" in helpdesk.dev.command.output,
            "the run monitor",
            seconds=WITHIN,
            tell=lambda: helpdesk.dev.command.output,
        )
    # Its own process and the run monitor both report its end.
    assert helpdesk.dev.wait_for_run(run) in ("FAILURE", "CANCELED"), helpdesk.dev.command.output
    # One run of an API at a time: this one begins when no other holds its place.
    machine.load_again()
    warm = helpdesk.warm
    wait_for(lambda: not children(helpdesk.dev.command, warm), "all workers to end", seconds=WITHIN)


def test_a_run_outlives_the_daemon(machine: Machine) -> None:
    """The last one that uses the machine."""
    helpdesk = machine.helpdesk
    machine.load_again()
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        warm = helpdesk.warm
        find(helpdesk.dev.command, DAEMON).kill()
        gate.open()
        wait_for(lambda: not warm.is_alive(), "the warm process to end", seconds=WITHIN)
        assert helpdesk.stored(run).is_success
        assert helpdesk.ids() == IDS
