"""Keeps one warm process and asks it for the worker of each run."""

import socket
import threading
from dataclasses import dataclass

import dagster as dg
from dagster._core.origin import JobPythonOrigin
from dagster._core.remote_origin import RemoteJobOrigin
from dagster._core.storage.tags import HIDDEN_TAG_PREFIX
from dagster._grpc.types import ExecuteExternalJobArgs
from dagster._serdes import serialize_value

from analytics_ingest.orchestration.launcher.protocol import (
    CodeLocation,
    Outdated,
    Refused,
    StartRun,
)
from analytics_ingest.orchestration.launcher.warm_client import WarmClient, WarmProcessError
from analytics_ingest.orchestration.launcher.worker_socket import WorkerAddress

SOCKET_TAG = f"{HIDDEN_TAG_PREFIX}analytics_ingest/worker_socket"
"""Where a run's worker listens; empty where Dagster's own launcher started it."""


class CannotFork(Exception):
    """No process executes the run."""


@dataclass(frozen=True)
class Launch:
    """A run to start, and the code that it needs."""

    run: dg.DagsterRun
    location: str
    origin: JobPythonOrigin
    remote_origin: RemoteJobOrigin
    instance: dg.DagsterInstance


class Forker:
    """Starts the runs of one code location in forked processes."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._client: WarmClient | None = None
        self._lock = threading.Lock()

    def fork(self, launch: Launch) -> None:
        """Start a run.

        Raises:
            CannotFork: It was not started.
        """
        with self._lock:
            # A second time after code has changed or the warm process has died.
            for _ in range(2):
                self._client = self._client or self._start(launch)
                if self._is_started(self._client, launch):
                    return
                self.close()
        raise CannotFork("the process to fork from ends, or its files change, again and again")

    def close(self) -> None:
        """Let the warm process end when its workers have ended."""
        if self._client:
            self._client.close()
        self._client = None

    def _start(self, launch: Launch) -> WarmClient:
        origin, reference = launch.origin.repository_origin, launch.instance.get_ref()
        code = CodeLocation(
            launch.location, self._module, serialize_value(origin), serialize_value(reference)
        )
        try:
            return WarmClient(code)
        except WarmProcessError as error:
            raise CannotFork(f"no process has imported {self._module}: {error}") from error

    def _is_started(self, client: WarmClient, launch: Launch) -> bool:
        path = client.new_socket_path()
        address = WorkerAddress(socket.gethostname(), path)
        launch.instance.add_run_tags(launch.run.run_id, {SOCKET_TAG: str(address)})
        try:
            reply = client.start(_request(launch, path))
        except WarmProcessError:
            # It may have died just after it forked.
            return address.is_alive()
        if isinstance(reply, Refused):
            raise CannotFork(reply.reason)
        return not isinstance(reply, Outdated)


def _request(launch: Launch, path: str) -> StartRun:
    arguments = ExecuteExternalJobArgs(
        job_origin=launch.remote_origin,
        run_id=launch.run.run_id,
        instance_ref=launch.instance.get_ref(),
    )
    origin = serialize_value(launch.origin)
    return StartRun(launch.run.run_id, origin, serialize_value(arguments), path)
