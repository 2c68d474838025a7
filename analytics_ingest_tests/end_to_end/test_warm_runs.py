"""Runs of `dagster dev` are forked from a process that has imported the code.

Whatever dies (a run's process, the one it was forked from, the daemon), and however far the clock
jumps, no run stays behind and no row is wrong. What was changed meanwhile is what the next run
loads with. All tests share one `dagster dev`: that a run leaves nothing behind which is in the way
of the next one, the next test sees.
"""

import time
from collections.abc import Iterator

import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

from analytics_ingest_tests.end_to_end.helpdesk import (
    ANSWER,
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


@pytest.fixture(scope="module")
def clock_if_possible(tmp_path_factory: pytest.TempPathFactory) -> ShiftedClock | None:
    return ShiftedClock.create(tmp_path_factory.mktemp("clock"))


@pytest.fixture
def clock(clock_if_possible: ShiftedClock | None) -> ShiftedClock:
    """The clock of the machine; a test is skipped where none can be set."""
    if clock_if_possible is None:
        pytest.skip("no clock can be shifted: this is not Linux, or cc is not in PATH")
    return clock_if_possible


@pytest.fixture(scope="module")
def helpdesk(
    tmp_path_factory: pytest.TempPathFactory, clock_if_possible: ShiftedClock | None
) -> Iterator[Helpdesk]:
    """`dagster dev` with a warm process; a run before may have used it."""
    folder = tmp_path_factory.mktemp("warm_runs")
    settings = clock_if_possible.settings if clock_if_possible else {}
    with serve_helpdesk(folder, settings, with_reports=True) as helpdesk:
        helpdesk.load()
        yield helpdesk


def test_one_process_imports_for_many_runs(helpdesk: Helpdesk) -> None:
    warm = helpdesk.warm
    for _ in range(2):
        helpdesk.load()
    assert helpdesk.warm == warm
    wait_for(lambda: not children(helpdesk.dev.command, warm), "all workers to end", seconds=WITHIN)


def test_a_run_that_is_terminated_ends(helpdesk: Helpdesk) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        helpdesk.dev.terminate(run)
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "CANCELED"


def test_a_run_whose_process_is_killed_fails_at_once_and_is_repeated(helpdesk: Helpdesk) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        helpdesk.worker.kill()
        helpdesk.wait_for_failure_and_retry(run)
    # The run monitor, which looks every second here, may notice it before the warm process does.
    noticed = ("The run's process was terminated by signal 9", "Detected run worker status FAILED")
    assert all(failure.startswith(noticed) for failure in helpdesk.failures(run))


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


def test_a_run_goes_on_when_the_clock_jumps(helpdesk: Helpdesk, clock: ShiftedClock) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        clock.set_forward(hours=6)
        gate.open()
        assert helpdesk.dev.wait_for_run(run) == "SUCCESS", helpdesk.dev.command.output
    assert helpdesk.ids() == IDS
    assert helpdesk.dev.retries(run) == []


def test_a_run_ends_when_the_clock_jumps_beyond_its_longest_time(
    helpdesk: Helpdesk, clock: ShiftedClock
) -> None:
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        clock.set_forward(hours=48)
        wait_for(
            lambda: "has exceeded maximum runtime" in helpdesk.dev.command.output,
            "the run monitor",
            seconds=WITHIN,
            tell=lambda: helpdesk.dev.command.output,
        )
    # Its own process and the run monitor both report its end.
    assert helpdesk.dev.wait_for_run(run) in ("FAILURE", "CANCELED"), helpdesk.dev.command.output
    # One run of an API at a time: this one begins when no other holds its place.
    helpdesk.load()
    warm = helpdesk.warm
    wait_for(lambda: not children(helpdesk.dev.command, warm), "all workers to end", seconds=WITHIN)


def test_a_run_outlives_the_daemon(helpdesk: Helpdesk) -> None:
    """The last one that uses it."""
    with Gate() as gate:
        run = helpdesk.launch_held(gate)
        warm = helpdesk.warm
        find(helpdesk.dev.command, DAEMON).kill()
        gate.open()
        wait_for(lambda: not warm.is_alive(), "the warm process to end", seconds=WITHIN)
        assert helpdesk.stored(run).is_success
        assert helpdesk.ids() == IDS
