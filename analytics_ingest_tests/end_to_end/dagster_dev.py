"""`dagster dev` in a copy of the project, and what its UI asks of it: launches, runs, ticks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import requests

from analytics_ingest.demo.sample_api.app import SAMPLE_KEY, create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import BASE_PATHS, SampleServer
from analytics_ingest_tests.end_to_end.processes import WARM, processes
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, Running, free_port, running
from analytics_ingest_tests.support.waiting import wait_for

STARTS_WITHIN = 180
RUNS_WITHIN = 180
ENDS_WITHIN = 60
"""Seconds; a machine with nothing else to do needs a tenth of it."""

BETWEEN_QUERIES = 0.5
"""Seconds; each query costs the webserver processor time."""

REPOSITORY = {
    "repositoryName": "__repository__",
    "repositoryLocationName": "analytics_ingest.definitions",
}

_LAUNCH = """mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on InvalidSubsetError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}"""
_REEXECUTE = """mutation ($params: ReexecutionParams!) {
  launchRunReexecution(reexecutionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}"""
_RUN = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
_TERMINATE = """mutation ($id: String!) {
  terminateRun(runId: $id) {
    __typename
    ... on TerminateRunFailure { message }
    ... on PythonError { message }
  }
}"""
_RETRIES = """query ($id: String!) {
  runsOrError(filter: {tags: [{key: "dagster/parent_run_id", value: $id}]}) {
    ... on Runs { results { runId } }
  }
}"""
_TICKS = """query ($repository: RepositorySelector!) {
  sensorsOrError(repositorySelector: $repository) {
    ... on Sensors { results { name sensorState { ticks { status } } } }
  }
}"""
_MATERIALISED = "{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { runId } } }"


@dataclass(frozen=True)
class DagsterDev:
    """A webserver, a daemon and a code server that run."""

    url: str
    command: Running
    checkout: Checkout

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask the webserver in GraphQL, as the UI does."""
        answer = requests.post(
            f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60
        )
        answer.raise_for_status()
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def launch(self, asset: str, partition: str, *others: str) -> str:
        """Put a run of one partition of assets `api/resource` into the queue; returns its id."""
        selected = [{"path": name.split("/")} for name in (asset, *others)]
        tags = {"dagster/partition": partition}
        return self._launch({"jobName": "__ASSET_JOB", "assetSelection": selected}, tags)

    def launch_job(self, job: str, first: str, last: str) -> str:
        """Put a run of a job for a range of partitions into the queue; returns its id."""
        range_ = "dagster/asset_partition_range"
        return self._launch({"jobName": job}, {f"{range_}_start": first, f"{range_}_end": last})

    def launch_elsewhere(self, location: str, asset: str) -> str:
        """Put a run of an asset of another code location into the queue; returns its id."""
        selector = {"jobName": "__ASSET_JOB", "assetSelection": [{"path": [asset]}]}
        return self._launch({**selector, "repositoryLocationName": location}, {})

    def reexecute(self, run_id: str) -> str:
        """Put a run that repeats another one into the queue, as the UI does; returns its id."""
        params = {"parentRunId": run_id, "strategy": "ALL_STEPS"}
        launched = self.ask(_REEXECUTE, params=params)["launchRunReexecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def _launch(self, selector: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        listed = [{"key": key, "value": value} for key, value in tags.items()]
        params = {"selector": {**REPOSITORY, **selector}, "executionMetadata": {"tags": listed}}
        launched = self.ask(_LAUNCH, params=params)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def wait_for_run(self, run_id: str) -> str:
        """The status in which a run ends."""

        def ended() -> str | None:
            status = self.ask(_RUN, id=run_id)["runOrError"]["status"]
            return status if status in ("SUCCESS", "FAILURE", "CANCELED") else None

        return wait_for(
            ended,
            f"run {run_id} to end",
            seconds=RUNS_WITHIN,
            tell=lambda: self.command.output,
            pause=BETWEEN_QUERIES,
        )

    def terminate(self, run_id: str) -> None:
        """Press the button that ends a run."""
        ended = self.ask(_TERMINATE, id=run_id)["terminateRun"]
        assert ended["__typename"] == "TerminateRunSuccess", ended

    def wait_for_retry(self, run_id: str) -> str:
        """The id of the run that repeats another one."""

        (retry, *_) = wait_for(
            lambda: self.retries(run_id),
            f"a retry of {run_id}",
            seconds=RUNS_WITHIN,
            tell=lambda: self.command.output,
        )
        return retry

    def retries(self, run_id: str) -> list[str]:
        """The ids of the runs that repeat another one."""
        runs = self.ask(_RETRIES, id=run_id)["runsOrError"]["results"]
        return [run["runId"] for run in runs]

    def ticks(self) -> Mapping[str, int]:
        """How often each sensor has ticked to the end."""
        sensors = self.ask(_TICKS, repository=REPOSITORY)["sensorsOrError"]["results"]
        return {
            sensor["name"]: sum(t["status"] != "STARTED" for t in sensor["sensorState"]["ticks"])
            for sensor in sensors
        }

    def materialised(self) -> set[str]:
        """The assets, as `api/resource`, that the UI shows as loaded."""
        nodes = self.ask(_MATERIALISED)["assetNodes"]
        return {"/".join(n["assetKey"]["path"]) for n in nodes if n["assetMaterializations"]}

    def latest_run(self, asset: str) -> str:
        """The id of the run that has last loaded an asset."""
        nodes = self.ask(_MATERIALISED)["assetNodes"]
        (found,) = [n for n in nodes if "/".join(n["assetKey"]["path"]) == asset]
        return found["assetMaterializations"][0]["runId"]

    def is_up(self) -> bool:
        """Whether the UI answers."""
        try:
            return requests.get(f"{self.url}/server_info", timeout=10).ok
        except requests.ConnectionError:
            return False


@contextmanager
def dagster_dev(
    checkout: Checkout,
    settings: Mapping[str, str],
    *options: str,
    port: int | None = None,
    module: str = "dagster",
) -> Iterator[DagsterDev]:
    """Start `dagster dev`, and kill all its processes: those that end by themselves take 5 s more.

    Args:
        module: Has the command `dev`.
    """
    port = port or free_port()
    home = {"DAGSTER_HOME": str(checkout.root)}
    command = (module, "dev", "-h", LOOPBACK, "-p", str(port), *options)
    with running(checkout, *command, settings={**home, **settings}) as started:
        dev = DagsterDev(f"http://{LOOPBACK}:{port}", started, checkout)
        wait_for_ui(dev)
        yield dev
        for process in processes(started):
            if WARM not in process.line:
                process.kill()
        # The warm process removes its folder.
        wait_for(lambda: not processes(started), "the warm process to end", seconds=ENDS_WITHIN)


@contextmanager
def served_sample() -> Iterator[dict[str, str]]:
    """Serve the sample API, its rows until now; gives the settings of all five APIs."""
    data = SampleData(now=datetime.now(timezone.utc))
    with SampleServer(create_app(data, rate_limit_every=0)) as server:
        settings = {}
        for api in BASE_PATHS:
            section = f"SOURCES__{api.upper()}__"
            settings[f"{section}BASE_URL"] = server.build_base_url(api)
            settings[f"{section}API_KEY"] = settings[f"{section}API_TOKEN"] = SAMPLE_KEY
        yield settings


def wait_for_ui(dev: DagsterDev, *, seconds: float = STARTS_WITHIN) -> None:
    """Return when the UI answers; an error where its command ends before."""

    def answers_or_ended() -> bool:
        return dev.is_up() or dev.command.process.poll() is not None

    wait_for(answers_or_ended, "the UI", seconds=seconds, tell=lambda: dev.command.output)
    assert dev.command.process.poll() is None, dev.command.output
