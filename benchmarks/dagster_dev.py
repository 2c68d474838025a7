"""`dagster dev` of a peer: runs launched as its UI launches them, and what each of them took."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from analytics_ingest_tests.support.commands import free_port
from benchmarks.peers import Peer
from benchmarks.running import FailedRunError, Taken, environment

STARTS_WITHIN = 120
ENDS_WITHIN = 300
"""Seconds."""
_LAUNCH = """mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } } }
}"""
_ASSETS = """{ assetNodes {
  groupName isMaterializable assetKey { path } repository { name location { name } }
} }"""
_RUN = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status endTime } } }"
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class DagsterDev:
    """A webserver, a daemon and a code server that wait."""

    url: str
    folder: Path
    session: int

    def run(self, group: str, partition: str | None) -> Taken:
        """Launch a run of a group's assets, and wait for its success."""
        params = self._params(group, partition)
        before = self._processor()
        launched = time.time()
        answer = self.ask(_LAUNCH, params=params)["launchRun"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise FailedRunError(f"the run was not launched: {answer}")
        ended = self._wait(answer["run"]["runId"])
        # The history says that the run has ended; its process may not have yet.
        time.sleep(1)
        return Taken(ended - launched, self._processor() - before, 0)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask in GraphQL."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as response:
            return json.load(response)["data"]

    def _params(self, group: str, partition: str | None) -> dict[str, Any]:
        nodes = [
            n
            for n in self.ask(_ASSETS)["assetNodes"]
            if n["isMaterializable"] and n["groupName"] == group
        ]
        repository = nodes[0]["repository"]
        tags = [{"key": "dagster/partition", "value": partition}] if partition else []
        return {
            "selector": {
                "repositoryName": repository["name"],
                "repositoryLocationName": repository["location"]["name"],
                "jobName": "__ASSET_JOB",
                "assetSelection": [node["assetKey"] for node in nodes],
            },
            "executionMetadata": {"tags": tags},
        }

    def _wait(self, run_id: str) -> float:
        until = time.monotonic() + ENDS_WITHIN
        while time.monotonic() < until:
            run = self.ask(_RUN, id=run_id)["runOrError"]
            if run["status"] == "SUCCESS":
                return run["endTime"]
            if run["status"] in ("FAILURE", "CANCELED"):
                raise FailedRunError(f"run {run_id}: {run['status']}, see {self.folder}")
            time.sleep(0.1)
        raise FailedRunError(f"run {run_id} has not ended after {ENDS_WITHIN} s")

    def _processor(self) -> float:
        """Processor seconds of the session's processes that have ended: those of the runs."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(") ")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == self.session:
                ticks += int(fields[13]) + int(fields[14])
        return ticks / _TICKS_PER_SECOND


@contextmanager
def dagster_dev(folder: Path, peer: Peer, url: str, *options: str) -> Iterator[DagsterDev]:
    """Start `dagster dev` in a peer's folder, and end it with all its processes."""
    port = free_port()
    command = ("dagster", "dev", "-h", "127.0.0.1", "-p", str(port), *options)
    variables = environment(folder, peer, url)
    executable = shutil.which("dagster", path=variables["PATH"])
    with (folder / "dev.log").open("wb") as log:
        process = subprocess.Popen(
            [executable or "dagster", *command[1:]],
            cwd=folder,
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    dev = DagsterDev(f"http://127.0.0.1:{port}", folder, process.pid)
    try:
        _wait_for_ui(dev, process)
        yield dev
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def _wait_for_ui(dev: DagsterDev, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(f"{dev.url}/server_info", timeout=10).close()
        except URLError:
            time.sleep(0.25)
        else:
            return
    raise FailedRunError(f"dagster dev did not start, see {dev.folder}/dev.log")
