"""Runs the peers on a workload, in turn within each round, every run from the same beginning."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from benchmarks.checking import Content, expected
from benchmarks.peers import Peer
from benchmarks.serving import ROOT, pages_a_second, serving
from benchmarks.workloads import Workload

LONGEST_RUN = 1800
"""Seconds."""


class FailedRunError(Exception):
    """A run has ended with an error."""


@dataclass(frozen=True)
class Taken:
    """What one run took."""

    wall: float
    processor: float
    memory: float


@dataclass
class Results:
    """What the runs of one workload took, by peer, and how fast the server is."""

    workload: Workload
    pages_a_second: float
    runs: dict[str, list[Taken]] = field(default_factory=dict)


def environment(folder: Path, peer: Peer, url: str) -> dict[str, str]:
    """The variables of a peer's process in a folder: no settings but its own."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "HOME": str(folder),
        # This is what `pip install -e .` does in the copy's place.
        "PYTHONPATH": str(folder),
        "DAGSTER_HOME": str(folder),
        # Where dlt keeps pipelines: the home, except that of root.
        "DLT_DATA_DIR": str(folder / ".dlt-data"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "API_URL": url,
        "SOURCES__BENCH__BASE_URL": url,
        **peer.settings,
    }


@dataclass(frozen=True)
class Bench:
    """A place for runs.

    Args:
        folder: Holds what the peers write; each run takes place in the same folder in it.
        today: The newest partition is the day before, so that nothing is overdue.
    """

    folder: Path
    today: date
    say: Callable[[str], None]

    def measure(
        self, workload: Workload, peers: Iterable[Peer], rounds: int, *, times: int = 1
    ) -> Results:
        """Run the peers on a workload."""
        scale = ("--times", str(times)) if times > 1 else ()
        served = workload.larger(times) if times > 1 else workload
        with serving(workload.name, "--latency", "0", *scale) as url:
            for peer in peers:
                self._prepare(peer, served, url)
        new_on = self._day.isoformat() if workload.new_rows else None
        contents = expected(served, new_on)
        state = ("--new-on", new_on) if new_on else ()
        with serving(workload.name, *scale, *state) as url:
            results = Results(served, 0 if workload.latency else self._speed(served, url))
            for number in range(rounds):
                for peer in peers:
                    taken = self._measured(peer, url, contents)
                    results.runs.setdefault(peer.name, []).append(taken)
                    self.say(
                        f"{served.name} round {number + 1} {peer.name}: {taken.wall:.2f} s, "
                        f"processor {taken.processor:.2f} s, {taken.memory / 1e6:.0f} MB"
                    )
        return results

    @property
    def _day(self) -> date:
        return self.today - timedelta(days=1)

    @property
    def _run(self) -> Path:
        return self.folder / "run"

    def _prepared(self, peer: Peer) -> Path:
        return self.folder / "prepared" / peer.name

    def _prepare(self, peer: Peer, workload: Workload, url: str) -> None:
        """Bring a peer to where its measured run begins."""
        days_before = 1 if workload.new_rows else peer.partitions - 1
        first_day = self._day - timedelta(days=days_before)
        for folder in (self._run, self._prepared(peer)):
            shutil.rmtree(folder, ignore_errors=True)
        self._run.mkdir(parents=True)
        peer.create(self._run, workload, first_day)
        if peer.first_command:
            self._take(peer, peer.first_command, url)
        if workload.new_rows:
            self._take(peer, peer.command(first_day), url)
            peer.check(self._run, expected(workload, None))
        self._prepared(peer).parent.mkdir(exist_ok=True)
        self._run.rename(self._prepared(peer))

    def _measured(self, peer: Peer, url: str, contents: dict[str, Content]) -> Taken:
        shutil.rmtree(self._run, ignore_errors=True)
        shutil.copytree(self._prepared(peer), self._run)
        taken = self._take(peer, peer.command(self._day), url)
        peer.check(self._run, contents)
        passed = sum(
            "ASSET_CHECK_EVALUATION" in line and " passed" in line
            for line in self._log.read_text().splitlines()
        )
        if passed != peer.checks * len(contents):
            raise FailedRunError(f"{peer.name}: {passed} checks passed, see {self._log}")
        return taken

    @property
    def _log(self) -> Path:
        return self.folder / "run.log"

    def _take(self, peer: Peer, command: tuple[str, ...], url: str) -> Taken:
        """Run a command in the run's folder, with no settings but a peer's."""
        result = self.folder / "taken.json"
        launcher = [sys.executable, "-I", "-S", ROOT / "benchmarks" / "measured.py"]
        with self._log.open("wb") as log:
            subprocess.run(
                [*launcher, result, str(LONGEST_RUN), *command],
                cwd=self._run,
                env=environment(self._run, peer, url),
                stdout=log,
                stderr=subprocess.STDOUT,
                check=True,
            )
        taken = json.loads(result.read_text())
        if status := taken.pop("status"):
            raise FailedRunError(f"{' '.join(command)}: status {status}, see {self._log}")
        return Taken(**taken)

    def _speed(self, workload: Workload, url: str) -> float:
        return pages_a_second(url, f"/{workload.listings[0].table}")
