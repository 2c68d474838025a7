"""Loads in processes of their own, which are killed at a chosen moment, as `kill -9` does it.

Moments are counted in events: a file is made, renamed or removed, a request is sent, a statement of
SQL begins, a transaction or a connection to the warehouse is about to end.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
from dlt.destinations.impl.duckdb.configuration import DuckDbConnectionPool
from dlt.destinations.impl.duckdb.sql_client import DuckDbSqlClient
from dlt.destinations.impl.postgres.sql_client import Psycopg2SqlClient

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.load.warehouse.destinations.postgres import CopyJob
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.loads import load

KILLED = -signal.SIGKILL
"""The exit code of a process that was killed."""

_RECORD = Path("events.txt")
_OF_FILES = ("os.mkdir", "os.rmdir", "os.rename", "os.remove", "shutil.rmtree")
_OF_REQUESTS = ("http.client.connect", "http.client.send")


@dataclass(frozen=True)
class Event:
    """Something that a load did."""

    phase: str
    """`open`, `extract`, `normalize`, `load` or `close`."""
    what: str


@dataclass(frozen=True)
class Moment:
    """An event of a phase, by its number from 1 among those that hold a text."""

    phase: str
    number: int
    text: str = ""

    def is_counted(self, event: Event) -> bool:
        """Whether an event is one of those that are numbered."""
        return event.phase == self.phase and self.text in event.what


def find_moment(events: Sequence[Event], phase: str, part: float, text: str) -> Moment:
    """Find the event at a part of those events of a phase that hold a text."""
    sought = Moment(phase, 1, text)
    count = sum(sought.is_counted(event) for event in events)
    assert count, (text, events)
    return Moment(phase, 1 + int(part * count), text)


def load_apart(
    declaration: ApiDeclaration, window: Window, moment: Moment | None = None
) -> tuple[int | None, list[Event]]:
    """Load in another process, killed at a moment if one is given; its exit code and its events."""
    process = start_load(declaration, window, moment)
    process.join()
    lines = _RECORD.read_text().splitlines()
    _RECORD.unlink()
    return process.exitcode, [Event(*line.split("\t")) for line in lines]


def start_load(
    declaration: ApiDeclaration, window: Window, moment: Moment | None = None
) -> BaseProcess:
    """Begin to load in another process."""
    return begin_apart(_load, declaration, window, moment)


def _load(declaration: ApiDeclaration, window: Window, moment: Moment | None) -> None:
    watch = _Watch(moment, os.open(_RECORD, os.O_WRONLY | os.O_CREAT))
    watch.follow()
    watch.enter("open")
    load(declaration, window=window, run_id="killed")
    watch.enter("")


class _Watch:
    """Records the events of this process, and kills it at one of them."""

    def __init__(self, moment: Moment | None, record: int) -> None:
        self._moment = moment
        self._record = record
        self._phase = ""
        self._number = 0
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Record all events from now on."""
        sys.addaudithook(self._audit)
        for name in ("extract", "normalize", "load"):
            step = getattr(WarehousePipeline, name)
            setattr(WarehousePipeline, name, self._as_phase(name, step))
        self._record_before(DuckDbSqlClient, "commit_transaction")
        self._record_before(DuckDbConnectionPool, "return_conn")
        self._record_statements()
        self._record_before(Psycopg2SqlClient, "commit_transaction")
        self._record_before(CopyJob, "copy_rows")
        self._record_queries()

    def enter(self, phase: str) -> None:
        """Give what happens from now on to another phase."""
        if self._moment and self._moment.phase == self._phase:
            # The order of threads varies: the event that was last may not happen again.
            _kill()
        self._phase = phase

    def happens(self, what: str) -> None:
        """Count an event, before its effect."""
        event = Event(self._phase, " ".join(what.split()))
        if not event.phase:
            return
        with self._lock:
            os.write(self._record, f"{event.phase}\t{event.what}\n".encode())
            if self._moment and self._moment.is_counted(event):
                self._number += 1
                if self._number == self._moment.number:
                    _kill()

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            path, _, flags = arguments
            if isinstance(path, str) and flags & (os.O_WRONLY | os.O_RDWR):
                self.happens(f"open {path}")
        elif name in _OF_FILES:
            self.happens(f"{name} {arguments[0]}")
        elif name in _OF_REQUESTS:
            self.happens(name)

    def _as_phase(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def followed(pipeline: WarehousePipeline, *args: Any, **kwargs: Any) -> Any:
            self.enter(name)
            result = step(pipeline, *args, **kwargs)
            if name == "load":
                self.enter("close")
            return result

        return followed

    def _record_before(self, owner: type[Any], name: str) -> None:
        method = getattr(owner, name)

        def followed(*args: Any, **kwargs: Any) -> Any:
            self.happens(name)
            return method(*args, **kwargs)

        setattr(owner, name, followed)

    def _record_statements(self) -> None:
        execute = DuckDbSqlClient.execute_query

        def followed(client: DuckDbSqlClient, query: str, *args: Any, **kwargs: Any) -> Any:
            # One after the other, as DuckDB takes the statements of a query itself.
            statements = [query] if args else [s.query for s in duckdb.extract_statements(query)]
            for statement in statements[:-1]:
                self.happens(statement)
                with execute(client, statement):
                    pass
            self.happens(statements[-1])
            return execute(client, statements[-1], *args, **kwargs)

        DuckDbSqlClient.execute_query = followed  # pyright: ignore[reportAttributeAccessIssue]

    def _record_queries(self) -> None:
        execute = Psycopg2SqlClient.execute_query

        def followed(client: Psycopg2SqlClient, query: Any, *args: Any, **kwargs: Any) -> Any:
            # Several statements are one query, which PostgreSQL takes as a whole.
            self.happens(
                query if isinstance(query, str) else query.as_string(client.native_connection)
            )
            return execute(client, query, *args, **kwargs)

        Psycopg2SqlClient.execute_query = followed  # pyright: ignore[reportAttributeAccessIssue]


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
