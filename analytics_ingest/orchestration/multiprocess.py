"""Dagster's multiprocess executor, whose steps are forked from the process of their run.

Dagster starts a new interpreter for each step: it imports everything and builds all definitions
again, which costs several seconds of processor time. A fork begins with them. Steps mostly wait for
their APIs, so more of them run at the same time than there are processors. A single step needs no
other process than that of its run.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import dagster as dg
from dagster._core.definitions.executor_definition import (
    MULTI_PROC_CONFIG,
    multiple_process_executor_requirements,
)
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.execution.step_dependency_config import StepDependencyConfig
from dagster._core.executor import child_process_executor
from dagster._core.executor import multiprocess as dagster_multiprocess
from dagster._core.executor.base import Executor
from dagster._core.executor.in_process import InProcessExecutor
from dagster._core.executor.multiprocess import MultiprocessExecutorChildProcessCommand

LIMIT_SETTING = "DAGSTER_MULTIPROCESS_EXECUTOR_MAX_CONCURRENT"
"""Dagster's own; the run's configuration comes before it."""

CAN_FORK = sys.platform == "linux"
"""Elsewhere a fork is not safe (macOS), or not possible (Windows)."""

STEPS_AT_A_TIME = 4

TICK = 0.001
"""Seconds that the run waits for an event of each quiet step before it takes the next one of a busy
step. Dagster's 20 ms leave a step of 40 assets active for seconds after its end."""

RUN_POLL = 1.0
"""Seconds between two looks of a step whether the process of its run is still there."""

GRACE = 5.0
"""Seconds in which an interrupted step has to end after its run was killed."""

_STORED_ONLY = ASSET_EVENTS | ASSET_CHECK_EVENTS
"""Events that a run does not act on."""


class ForkedStep(MultiprocessExecutorChildProcessCommand):
    """A step in a process of its own, which reports to its run what the run acts on.

    Events of assets and checks are stored in this process. A range of partitions has thousands.
    A step whose run was killed is interrupted: the daemon restarts the run, which loads it again.
    """

    def execute(self) -> Iterator[dg.DagsterEvent]:
        is_over = Event()
        Thread(target=self._end_after_run, args=(is_over,), daemon=True).start()
        try:
            for event in super().execute():
                if event.event_type not in _STORED_ONLY:
                    yield event
        finally:
            is_over.set()

    def _end_after_run(self, is_over: Event) -> None:
        run = multiprocessing.parent_process()
        while run and os.getppid() == run.pid:
            time.sleep(RUN_POLL)
        self.term_event.set()
        is_over.wait(GRACE)
        # Python would wait forever for the run to read the events that were sent to it.
        os._exit(1)


class StepsExecutor(Executor):
    """Executes several steps in processes of their own, and a single one in that of the run."""

    def __init__(self, several: Executor) -> None:
        self._several = several
        self._single = InProcessExecutor(several.retries, several.step_dependency_config)

    @property
    def retries(self) -> RetryMode:
        return self._several.retries

    @property
    def step_dependency_config(self) -> StepDependencyConfig:
        return self._several.step_dependency_config

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        # A daemonic process, such as that of a run on a Celery worker, may not have others.
        is_alone = multiprocessing.current_process().daemon
        if is_alone or len(execution_plan.step_keys_to_execute) == 1:
            return self._single.execute(plan_context, execution_plan)
        if CAN_FORK:
            # Importing dlt takes a second, which loading definitions must not cost.
            from analytics_ingest.orchestration.launcher.imported_code import import_for_runs

            import_for_runs()
        return self._several.execute(plan_context, execution_plan)


@dg.executor(
    name="multiprocess",
    config_schema=MULTI_PROC_CONFIG,
    requirements=multiple_process_executor_requirements(),
)
def forking_executor(context: dg.InitExecutorContext) -> Executor:
    """Create the executor of one run, by the configuration of Dagster's own."""
    config: dict[str, Any] = dict(context.executor_config)
    if not config.get("start_method") and CAN_FORK:
        config["start_method"] = {"fork": {}}
        child_process_executor.TICK = TICK
        dagster_multiprocess.MultiprocessExecutorChildProcessCommand = ForkedStep
    if not config.get("max_concurrent") and not os.environ.get(LIMIT_SETTING):
        config["max_concurrent"] = STEPS_AT_A_TIME
    create = dg.multiprocess_executor.executor_creation_fn
    assert create is not None
    return StepsExecutor(create(context._replace(executor_config=config)))
