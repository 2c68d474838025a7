"""What a forked process does: execute one run, or report that the process of one has died."""

import multiprocessing
import queue
import signal
import socket
import sys

from dagster._core.instance import DagsterInstance
from dagster._core.origin import JobPythonOrigin
from dagster._grpc.impl import IPCErrorMessage, start_run_in_subprocess
from dagster._grpc.types import ExecuteExternalJobArgs
from dagster._serdes import deserialize_value
from dagster._utils import get_run_crash_explanation
from dagster._utils.hosted_user_process import recon_job_from_origin

from analytics_ingest.orchestration.launcher import worker_socket
from analytics_ingest.orchestration.launcher.protocol import StartRun


def execute_run(request: StartRun, listener: socket.socket) -> None:
    """Execute a run as Dagster's code server does, which keeps its failure in the history."""
    # The warm process ignores the interrupt that a terminal sends to all processes.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    termination = multiprocessing.get_context("fork").Event()
    worker_socket.serve(listener, termination.set)
    messages: queue.SimpleQueue[object] = queue.SimpleQueue()
    job = recon_job_from_origin(deserialize_value(request.job_origin, JobPythonOrigin))
    start_run_in_subprocess(request.arguments, job, messages, termination)
    first = messages.get_nowait()
    if isinstance(first, IPCErrorMessage):
        sys.exit(f"Run {request.run_id} could not begin: {first.message}")


def report_death(request: StartRun, exit_code: int) -> None:
    """Let a run fail whose process died before the run ended."""
    arguments = deserialize_value(request.arguments, ExecuteExternalJobArgs)
    if arguments.instance_ref is None:
        raise ValueError(f"run {request.run_id} has no instance")
    with DagsterInstance.from_ref(arguments.instance_ref) as instance:
        run = instance.get_run_by_id(request.run_id)
        if run is None or run.is_finished:
            return
        # Messages of sensors quote it.
        instance.report_run_failed(run, get_run_crash_explanation("The run's process", exit_code))
