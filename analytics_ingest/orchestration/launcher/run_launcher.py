"""The run launcher: asks the warm process for a worker, or leaves a run to Dagster's launcher."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._config import UserConfigSchema
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import (
    CheckRunHealthResult,
    DefaultRunLauncher,
    LaunchRunContext,
    RunLauncher,
    WorkerStatus,
)
from dagster._core.remote_representation.code_location import GrpcServerCodeLocation
from dagster._serdes import ConfigurableClass, ConfigurableClassData
from typing_extensions import Self

from analytics_ingest.orchestration.command_process import DEATH, has_died
from analytics_ingest.orchestration.launcher.forker import (
    SOCKET_TAG,
    CannotFork,
    Forker,
    Launch,
)
from analytics_ingest.orchestration.launcher.worker_socket import WorkerAddress


class WarmRunLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """Starts each run in a process forked from one that has imported the code already.

    It serves one code location. Runs of others, and all runs where no process can be forked, are
    started by Dagster's own launcher.
    """

    def __init__(self, module: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__()
        self._module = module
        self._inst_data = inst_data
        self._dagsters_own = DefaultRunLauncher()
        self._forker = Forker(module)
        self._reasons: set[str] = set()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        described = dg.Field(
            str,
            default_value="analytics_ingest.definitions",
            description="The module of the code location whose runs are forked.",
        )
        return {"module": described}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> Self:
        return cls(inst_data=inst_data, **config_value)

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        super().register_instance(instance)
        self._dagsters_own.register_instance(instance)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Start a run."""
        if self._is_served(context):
            try:
                self._forker.fork(self._require_local(context))
            except CannotFork as reason:
                self._log_once(context.dagster_run, str(reason))
            else:
                return
        # There may be one of a worker that was not forked, or of the run that this one repeats.
        self._instance.add_run_tags(context.dagster_run.run_id, {SOCKET_TAG: ""})
        self._dagsters_own.launch_run(context)

    def terminate(self, run_id: str) -> bool:
        """Interrupt a run; one whose process has died is over at once."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        worker = _find_worker(run)
        if worker is None:
            return self._dagsters_own.terminate(run_id)
        if not worker.is_reachable():
            message = (
                f"The process of this run is on {worker.host} and cannot be reached from here."
            )
            self._instance.report_engine_event(message, run, cls=type(self))
            return False
        self._instance.report_run_canceling(run)
        if worker.terminate():
            return True
        ended = self._instance.get_run_by_id(run_id)
        if ended and not ended.is_finished:
            self._instance.report_run_canceled(ended, "The process of this run had died.")
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Tell whether the process of a run lives; Dagster watches over those that it started."""
        if has_died(run):
            return CheckRunHealthResult(WorkerStatus.FAILED, DEATH)
        worker = _find_worker(run)
        if worker is None or worker.is_alive():
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "its process has died")

    def dispose(self) -> None:
        self._forker.close()
        self._dagsters_own.dispose()

    def join(self, timeout: int = 30) -> None:
        self._dagsters_own.join(timeout)

    def _is_served(self, context: LaunchRunContext) -> bool:
        origin = context.job_code_origin
        pointer = origin.get_repo_pointer() if origin else None
        return isinstance(pointer, ModuleCodePointer) and pointer.module == self._module

    def _require_local(self, context: LaunchRunContext) -> Launch:
        run, origin, workspace = context.dagster_run, context.job_code_origin, context.workspace
        if sys.platform in ("win32", "darwin"):
            # macOS ends forked processes that ask it for a proxy.
            raise CannotFork("this system does not fork processes safely")
        if origin is None or run.remote_job_origin is None or workspace is None:
            raise CannotFork("the run does not say where its code is")
        if origin.executable_path != sys.executable:
            raise CannotFork(f"its code needs {origin.executable_path}, this is {sys.executable}")
        name = run.remote_job_origin.location_name
        location = workspace.get_code_location(name)
        if not isinstance(location, GrpcServerCodeLocation) or not location.socket:
            # Its server may be on another machine, or have settings of its own.
            raise CannotFork(f"{name} is served at an address")
        return Launch(run, name, origin, run.remote_job_origin, self._instance)

    def _log_once(self, run: dg.DagsterRun, reason: str) -> None:
        if reason in self._reasons:
            return
        self._reasons.add(reason)
        message = f"This run, and others like it, take longer to start: {reason}"
        logging.getLogger(__name__).warning(message)
        self._instance.report_engine_event(message, run, cls=type(self))


def _find_worker(run: dg.DagsterRun) -> WorkerAddress | None:
    address = run.tags.get(SOCKET_TAG)
    return WorkerAddress.parse(address) if address else None
