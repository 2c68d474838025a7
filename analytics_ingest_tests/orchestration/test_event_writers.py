"""Processes that store events at once, are killed while they do, or fork."""

import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from analytics_ingest.orchestration.event_storage import PooledEventLogStorage
from analytics_ingest_tests.support.apart import PROCESSES
from analytics_ingest_tests.support.event_logs import (
    RUN,
    Kind,
    checked,
    count_events,
    entry,
    materialized,
    open_files,
    storing,
)
from analytics_ingest_tests.support.waiting import wait_for

WITHIN = 60
"""Seconds; a machine with nothing else to do needs a tenth of it."""

WRITERS = (PooledEventLogStorage, PooledEventLogStorage, SqliteEventLogStorage)
EACH = 15


@pytest.mark.parametrize("size", [1, 20], ids=["each", "in batches"])
def test_a_killed_process_leaves_every_event_that_it_had_stored(tmp_path: Path, size: int) -> None:
    stored = PROCESSES.Value("i", 0)
    process = start(store_forever, str(tmp_path), size, stored)
    wait_for(lambda: stored.value > 5 * size, "some events", seconds=WITHIN)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with storing(SqliteEventLogStorage, tmp_path) as storage:
        assert len(storage.get_logs_for_run(RUN)) >= stored.value
    in_run, in_index = (count_events(tmp_path / f"{name}.db") for name in (RUN, "index"))
    assert stored.value <= in_index <= in_run <= stored.value + size
    assert in_run % size == in_index % size == 0


def test_processes_store_at_once_and_lose_no_event(tmp_path: Path) -> None:
    barrier = PROCESSES.Barrier(len(WRITERS))
    processes = [
        start(store_at_once, kind, str(tmp_path), f"run{number}", barrier)
        for number, kind in enumerate(WRITERS)
    ]
    for process in processes:
        process.join(WITHIN)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert [count_events(tmp_path / f"run{number}.db") for number in range(3)] == [EACH] * 3
    assert count_events(tmp_path / f"{RUN}.db") == 3 * EACH
    assert count_events(tmp_path / "index.db") == 2 * 3 * EACH


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="lists the open files of a process")
def test_a_forked_process_inherits_no_connection_and_opens_its_own(tmp_path: Path) -> None:
    process = start(store_and_fork, str(tmp_path))
    process.join(WITHIN)
    assert process.exitcode == 0
    stored = 1 + 2 * EACH
    assert count_events(tmp_path / f"{RUN}.db") == count_events(tmp_path / "index.db") == stored


def start(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Let a process of its own call a function."""
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process


def store_forever(folder: str, size: int, stored: "Synchronized[int]") -> None:
    with storing(PooledEventLogStorage, Path(folder)) as storage:
        while True:
            storage.store_event_batch([entry(materialized("a", "2026-01-01"))] * size)
            stored.value += size


def store_at_once(kind: Kind, folder: str, run_id: str, barrier: Barrier) -> None:
    barrier.wait(WITHIN)
    with storing(kind, Path(folder)) as storage:
        for number in range(EACH):
            storage.store_event(entry(materialized("shared"), RUN, number))
            storage.store_event(entry(checked(run_id, f"check{number}"), run_id, number))


def store_and_fork(folder: str) -> None:
    with storing(PooledEventLogStorage, Path(folder)) as storage:
        storage.store_event(entry(materialized("a")))
        assert open_files(Path(folder))
        child = os.fork()
        assert open_files(Path(folder)) == []
        for number in range(EACH):
            storage.store_event(entry(materialized("a"), second=number))
        if child == 0:
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert status == 0
