"""Which Dagster executor runs the steps: one process by default, a setting for more.

What the others need is imported only when one of them is chosen.
"""

import os
from collections.abc import Callable

import dagster as dg

SETTING = "ANALYTICS_INGEST_EXECUTOR"


def configured_executor() -> dg.ExecutorDefinition:
    """The executor that the setting names; `in_process` imports nothing a second time."""
    executors: dict[str, Callable[[], dg.ExecutorDefinition]] = {
        "in_process": lambda: dg.in_process_executor,
        "multiprocess": lambda: dg.multiprocess_executor,
        "celery": _celery,
        "k8s": _k8s,
    }
    name = os.environ.get(SETTING, "in_process")
    if name not in executors:
        raise ValueError(f"{SETTING} is '{name}'; allowed are {', '.join(executors)}")
    try:
        return executors[name]()
    except ImportError:
        raise ValueError(
            f"{SETTING} is '{name}', for which packages are missing; "
            f"pip install 'analytics-ingest[{name}]'"
        ) from None


def _celery() -> dg.ExecutorDefinition:
    from dagster_celery import celery_executor

    from analytics_ingest.orchestration.celery_settings import executor_config

    return celery_executor.configured(executor_config(), name="celery")


def _k8s() -> dg.ExecutorDefinition:
    from dagster_k8s import k8s_job_executor

    return k8s_job_executor
