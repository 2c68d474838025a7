"""The Dagster executor that runs the steps: that of this system, unless a setting names another.

Only the chosen executor's packages are imported.
"""

import os
from collections.abc import Callable

import dagster as dg

from analytics_ingest.common.project import install_command
from analytics_ingest.orchestration.multiprocess import CAN_FORK, forking_executor

SETTING = "ANALYTICS_INGEST_EXECUTOR"


def create_executor() -> dg.ExecutorDefinition:
    """Return the executor that the setting names.

    Raises:
        ValueError: The setting names no executor, or the executor's packages are not installed.
    """
    executors: dict[str, Callable[[], dg.ExecutorDefinition]] = {
        "in_process": lambda: dg.in_process_executor,
        "multiprocess": lambda: forking_executor,
        "celery": _build_celery,
        "k8s": _build_k8s,
    }
    name = os.environ.get(SETTING, "multiprocess" if CAN_FORK else "in_process")
    if name not in executors:
        raise ValueError(f"{SETTING} is '{name}'; allowed are {', '.join(executors)}")
    try:
        return executors[name]()
    except ImportError:
        raise ValueError(
            f"{SETTING} is '{name}', whose packages are not installed; run {install_command(name)}"
        ) from None


def _build_celery() -> dg.ExecutorDefinition:
    from dagster_celery import celery_executor

    from analytics_ingest.orchestration.celery_settings import build_executor_config

    return celery_executor.configured(build_executor_config(), name="celery")


def _build_k8s() -> dg.ExecutorDefinition:
    from dagster_k8s import k8s_job_executor

    return k8s_job_executor
