"""Launches runs as Celery tasks, so that they execute on the machines of the workers.

`run_launcher` in dagster.yaml names it. It is Dagster's `CeleryRunLauncher` with the settings that
its workers have, and with a run that can be terminated.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from celery import Celery, Task
from dagster._config import UserConfigSchema
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import ConfigurableClassData, unpack_value
from dagster_celery.defaults import task_default_queue
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tasks import create_execute_job_task
from typing_extensions import Self

from analytics_ingest.orchestration.celery_settings import build_app_arguments


class CeleryLauncher(CeleryRunLauncher):
    """Starts each run on a worker; the setting of the Redis server is read when it is needed."""

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> Self:
        return cls(task_default_queue, **build_app_arguments(), inst_data=inst_data)

    def terminate(self, run_id: str) -> bool:
        """Interrupt a run.

        Dagster's launcher does not note that a user has asked for it, so that the run would count
        as one whose worker died, and be repeated.
        """
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return super().terminate(run_id)


class RunTask(Task):
    """A run on a worker. One that has begun before is over: its worker has died.

    Dagster ignores such a task, because it expects another program to start the run again. Without
    this, the run would look alive until `max_runtime_seconds`.
    """

    abstract = True

    def before_start(self, task_id: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """End a run that was under way on another worker; what executes it then leaves it alone."""
        run_id = unpack_value(kwargs["execute_job_args_packed"], as_type=ExecuteRunArgs).run_id
        with dg.DagsterInstance.get() as instance:
            end_begun_run(instance, run_id)


def end_begun_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Let a run that has begun fail, so that the daemon repeats it, or end as a user asked for."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return
    message = "The worker of this run has died."
    if run.status == dg.DagsterRunStatus.STARTED:
        instance.report_run_failed(run, message)
    elif run.status == dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, message)


def create_run_task(app: Celery) -> None:
    """Let a worker execute runs."""
    create_execute_job_task(app, base=RunTask)  # pyright: ignore[reportArgumentType]
