"""Which Dagster executor runs the steps: one process by default, a setting for more."""

import os

import dagster as dg

SETTING = "ANALYTICS_INGEST_EXECUTOR"


def configured_executor() -> dg.ExecutorDefinition:
    """`in_process` (default: no second import of everything) or `multiprocess`, by setting."""
    executors = {
        "in_process": dg.in_process_executor,
        "multiprocess": dg.multiprocess_executor,
    }
    name = os.environ.get(SETTING, "in_process")
    if name not in executors:
        raise ValueError(f"{SETTING} is '{name}'; allowed are {', '.join(executors)}")
    return executors[name]
