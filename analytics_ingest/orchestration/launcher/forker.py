"""Keeps one warm process and asks it for the worker of each run."""

import socket
import threading
import time
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
        problem = ""
        with self._lock:
            # A second time after code has changed or the warm process has died.
            for _ in range(2):
                client = self._ensure_client(launch)
                problem = self._try(client, launch)
                if not problem:
                    return
                self._close()
        raise CannotFork(problem)

    def close(self) -> None:
        """Let the warm process end when its workers have ended."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._client:
            self._client.close()
        self._client = None

    def _ensure_client(self, launch: Launch) -> WarmClient:
        secrets = _read_secrets(launch)
        if self._client and self._client.secrets != secrets:
            self._close()
        if self._client is None:
            origin = serialize_value(launch.origin.repository_origin)
            code = CodeLocation(launch.location, self._module, origin, time.time_ns())
            try:
                self._client = WarmClient(code, secrets)
            except WarmProcessError as error:
                raise CannotFork(f"no process can import {self._module}: {error}") from error
        return self._client

    def _try(self, client: WarmClient, launch: Launch) -> str:
        """Request a worker; returns why there is none, or an empty text."""
        path = client.choose_socket_path()
        address = WorkerAddress(socket.gethostname(), path)
        launch.instance.add_run_tags(launch.run.run_id, {SOCKET_TAG: str(address)})
        try:
            reply = client.start(_build_request(launch, path))
        except WarmProcessError as error:
            # It may have died just after it forked.
            return "" if address.is_alive() else f"the process to fork from ended: {error}"
        if isinstance(reply, Refused):
            return reply.reason
        return "its files change again and again" if isinstance(reply, Outdated) else ""


def _read_secrets(launch: Launch) -> dict[str, str]:
    loader = launch.instance.get_ref().secrets_loader
    try:
        return dict(loader.get_secrets_for_environment(launch.location)) if loader else {}
    except (OSError, ValueError) as error:
        raise CannotFork(f"the settings of {launch.location} cannot be read") from error


def _build_request(launch: Launch, path: str) -> StartRun:
    arguments = ExecuteExternalJobArgs(
        job_origin=launch.remote_origin,
        run_id=launch.run.run_id,
        instance_ref=launch.instance.get_ref(),
    )
    origin = serialize_value(launch.origin)
    return StartRun(launch.run.run_id, origin, serialize_value(arguments), path)
