"""Work in processes of its own, which begin in the project of the test and with its settings."""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from dlt.common.runtime import run_context

from analytics_ingest_tests.support.remembered_types import remember_types

_IMPORTED_EARLY = (
    "analytics_ingest_tests.support.event_logs",
    "analytics_ingest_tests.support.kills",
    "dlt.common.libs.pyarrow",
    "dlt.common.libs.sql_alchemy_compat",
    "dlt.destinations.impl.duckdb.duck",
)

PROCESSES = multiprocessing.get_context("forkserver")
"""Forks processes from one that only waits, so that they have imported everything when they begin.

There is one for all tests: nobody else may say what it imports, or all processes import dlt again.
"""
PROCESSES.set_forkserver_preload([__name__, *_IMPORTED_EARLY])


def begin_apart(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Call a function of a module in another process, which is not waited for."""
    given = (Path.cwd(), dict(os.environ), work, arguments)
    process = PROCESSES.Process(target=_work, args=given)
    process.start()
    return process


def _work(
    project: Path, settings: Mapping[str, str], work: Callable[..., None], arguments: tuple[Any]
) -> None:
    os.chdir(project)
    # What forks has the environment of the test that started it.
    os.environ.clear()
    os.environ.update(settings)
    run_context.active().reload()
    remember_types()
    work(*arguments)
