"""Runs that are launched while `dagster dev` is up, as its UI, schedules and sensors launch them.

python -m benchmarks.launched --workloads W5,W2,W6 --rounds 5

Beside them, in the same round, tuned dlt and plain dlt as scripts. Each run begins without a
warehouse; the first run of each `dagster dev` is not measured.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from statistics import median

from benchmarks.__main__ import say
from benchmarks.checking import expected
from benchmarks.dagster_dev import DagsterDev, dagster_dev
from benchmarks.peers import PEERS, Peer
from benchmarks.report import line, machine
from benchmarks.running import Bench, Taken
from benchmarks.serving import serving
from benchmarks.workloads import WORKLOADS, Workload

SCRIPTS = ("tuned-dlt", "plain-dlt")
REFERENCE = SCRIPTS[0]


@dataclass(frozen=True)
class Launched:
    """A peer whose runs are launched.

    Args:
        group: The asset group of its assets.
        options: What its user adds to `dagster dev`.
    """

    peer: Peer
    group: str
    options: tuple[str, ...] = ()
    is_partitioned: bool = False


LAUNCHED = (
    Launched(PEERS["ours"], "bench", is_partitioned=True),
    Launched(PEERS["dagster-dlt"], "default", ("-f", "pipeline.py")),
)

Runs = dict[str, list[Taken]]


def measure(workload: Workload, rounds: int, folder: Path, today: date) -> Runs:
    """Run scripts and launched runs in turn within each round."""
    day = today - timedelta(days=1)
    contents = expected(workload, None)
    runs: Runs = {}
    bench = Bench(folder / "scripts", today, say)
    with serving(workload.name) as url, ExitStack() as stack:
        started: dict[str, tuple[Launched, DagsterDev]] = {}
        for launched in LAUNCHED:
            place = folder / launched.peer.name
            place.mkdir(parents=True)
            launched.peer.create(place, workload, day)
            dev = stack.enter_context(dagster_dev(place, launched.peer, url, *launched.options))
            started[f"{launched.peer.name}, launched"] = (launched, dev)
        for number in range(rounds + 1):
            for name, (launched, dev) in started.items():
                _forget(dev.folder, launched.peer)
                partition = day.isoformat() if launched.is_partitioned else None
                taken = dev.run(launched.group, partition)
                launched.peer.check(dev.folder, contents)
                if number:
                    _keep(runs, workload, name, taken)
            if number:
                results = bench.measure(workload, [PEERS[name] for name in SCRIPTS], 1)
                for name in SCRIPTS:
                    _keep(runs, workload, name, *results.runs[name])
    return runs


def report(results: Sequence[tuple[Workload, Runs]]) -> Iterator[str]:
    """The lines of a report, in Markdown."""
    yield from ("# Launched runs", "", *machine(), "")
    yield line(["", *(f"{w.name}: {w.title}" for w, _ in results)])
    yield line(["---"] * (len(results) + 1))
    for name in results[0][1]:
        yield line([f"{name}, wall", *(_cell(runs, name, "wall") for _, runs in results)])
        yield line([f"{name}, processor", *(_cell(runs, name, "processor") for _, runs in results)])


def _cell(runs: Runs, name: str, figure: str) -> str:
    seconds = median(getattr(taken, figure) for taken in runs[name])
    reference = median(getattr(taken, figure) for taken in runs[REFERENCE])
    return f"{seconds:.2f} s, {seconds / reference:.2f}"


def _keep(runs: Runs, workload: Workload, name: str, *taken: Taken) -> None:
    runs.setdefault(name, []).extend(taken)
    for one in taken:
        say(f"{workload.name} {name}: {one.wall:.2f} s, processor {one.processor:.2f} s")


def _forget(folder: Path, peer: Peer) -> None:
    """Remove the warehouse, and what dlt remembers of it."""
    (folder / peer.warehouse).unlink(missing_ok=True)
    shutil.rmtree(folder / ".dlt-data", ignore_errors=True)


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.launched", description=__doc__)
    parser.add_argument("--workloads", default="W5,W2,W6")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    today = datetime.now(timezone.utc).date()
    results = [
        (WORKLOADS[name], measure(WORKLOADS[name], options.rounds, folder / name, today))
        for name in options.workloads.split(",")
    ]
    shutil.rmtree(folder)
    text = "\n".join(report(results)) + "\n"
    if options.results:
        options.results.write_text(text)
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
