"""All runs together keep an API's `concurrency`, whatever their processes; dead ones keep no slot.

The limits are tested in files of one machine, and in a PostgreSQL server as several machines share
it.
"""

import os
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from analytics_ingest.common.errors import (
    ApiError,
    LimitsError,
    PartialLoadError,
    SettingError,
)
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.concurrency import postgres_connection
from analytics_ingest.extract.concurrency.lock_storage import open_locks
from analytics_ingest.extract.concurrency.locks import WRITE_LOCK, FileLocks, SharedLock
from analytics_ingest.load.warehouse.destinations.write_lock import WriteLock
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.kills import KILLED
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import by_offset, rows
from analytics_ingest_tests.support.postgres import PASSWORD
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import Asked, Gate, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.waiting import wait_for

NAMES = ("first", "second", "third", "fourth")
OFFSET = {"type": "offset", "limit": 10}

SECONDS = 60
"""For what takes one or two on a machine with nothing else to do."""

ENDING_CONNECTIONS = """
CREATE SCHEMA ending;
CREATE FUNCTION ending.pg_try_advisory_lock(int, int) RETURNS bool LANGUAGE sql
AS 'SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())';
SELECT 1
"""
"""A schema that, before the others, makes whoever takes a lock lose the connection."""

pytestmark = pytest.mark.timeout(180)


def declared(concurrency: int) -> ApiDeclaration:
    """An API with four listings."""
    return declare(*(resource(n, paginator=OFFSET) for n in NAMES), concurrency=concurrency)


def read(declaration: ApiDeclaration, *names: str) -> None:
    """Read listings to their end."""
    extract(declaration, *names, log=print)


@contextmanager
def reading(declaration: ApiDeclaration, *names: str) -> Iterator[list[BaseProcess]]:
    """Read each listing in a process of its own, all at once; those left over are killed."""
    processes = [begin_apart(read, declaration, name) for name in names]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()


def ended(processes: list[BaseProcess]) -> list[int | None]:
    """The exit codes of processes, when they have ended."""
    for process in processes:
        process.join(SECONDS)
    return [process.exitcode for process in processes]


def after(seconds: float, script: Script) -> Script:
    """Give each answer so much later."""
    return lambda asked: Reply(script(asked), delay=seconds)


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(
    ("limits", "concurrency", "runs"),
    [("files", 3, 4), ("files", 1, 2), ("postgresql", 5, 2)],
    indirect=["limits"],
)
def test_runs_together_keep_the_limit_and_use_it(
    api: ScriptedApi, concurrency: int, runs: int
) -> None:
    for name in NAMES:
        api.on(f"/{name}", after(0.03, by_offset(rows(300))))
    with reading(declared(concurrency), *NAMES[:runs]) as processes:
        assert ended(processes) == [0] * runs
    assert api.most_at_once == concurrency
    for name in NAMES[:runs]:
        assert len(set(api.sent(f"/{name}", "offset"))) >= 31


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(
    ("limits", "concurrency"), [("files", 4), ("postgresql", 1)], indirect=["limits"]
)
def test_a_run_that_comes_later_gets_its_share(api: ScriptedApi, concurrency: int) -> None:
    endless = rows(100_000)
    api.on("/first", after(0.03, by_offset(endless)))
    api.on("/second", after(0.03, by_offset(rows(400))))
    with reading(declared(concurrency), "first"):
        wait_for(lambda: len(api.asked) > 20, "the first to be under way", seconds=SECONDS)
        with reading(declared(concurrency), "second") as later:
            assert ended(later) == [0]
    begin, end = (api.requests_of("/second")[place].at for place in (5, 35))
    meanwhile = [asked for asked in api.requests_of("/first") if begin < asked.at < end]
    assert 10 <= len(meanwhile) <= 90
    assert api.most_at_once == concurrency


@pytest.mark.usefixtures("limits")
def test_a_killed_run_keeps_no_slot(api: ScriptedApi) -> None:
    pages = by_offset(rows(300))
    with Gate() as gate:
        api.on("/first", lambda asked: Reply(pages(asked), gate=_after_offset(asked, 100, gate)))
        api.on("/second", pages)
        with reading(declared(4), "first") as (killed,):
            wait_for(lambda: _hung(api) == 4, "all slots to be taken", seconds=SECONDS)
            with reading(declared(4), "second") as others:
                time.sleep(2)
                assert api.requests_of("/second") == []
                assert killed.pid
                os.kill(killed.pid, signal.SIGKILL)
                at = time.monotonic()
                assert ended(others) == [0]
            assert ended([killed]) == [KILLED]
    # Busy machines take more than a second to end a process.
    assert api.requests_of("/second")[0].at - at < 10
    assert len(set(api.sent("/second", "offset"))) >= 31


def test_one_of_three_killed_in_the_middle_holds_nobody_up(api: ScriptedApi) -> None:
    for name in NAMES:
        api.on(f"/{name}", after(0.03, by_offset(rows(300))))
    with reading(declared(2), *NAMES[:3]) as processes:
        wait_for(lambda: len(api.requests_of("/first")) > 10, "the first", seconds=SECONDS)
        processes[0].kill()
        assert ended(processes) == [KILLED, 0, 0]


@pytest.mark.usefixtures("limits")
def test_all_runs_leave_an_api_alone_that_asks_one_of_them(api: ScriptedApi) -> None:
    pages = by_offset(rows(50))
    paused_at: list[float] = []

    def script(asked: Asked) -> Reply:
        if asked.query["offset"] == "20" and not paused_at:
            paused_at.append(time.monotonic())
            return Reply(status=429, headers={"Retry-After": "3"})
        return Reply(pages(asked))

    api.on("/first", script)
    api.on("/second", after(0.05, by_offset(rows(100_000))))
    with reading(declared(4), "second"):
        wait_for(lambda: len(api.asked) > 20, "the second to be under way", seconds=SECONDS)
        with reading(declared(4), "first") as processes:
            assert ended(processes) == [0]
        wait_for(lambda: api.asked[-1].at > paused_at[0] + 3, "it to go on", seconds=SECONDS)
    assert [
        asked for asked in api.asked if paused_at[0] + 0.5 < asked.at < paused_at[0] + 2.9
    ] == []


def test_a_run_that_others_hold_up_says_so(api: ScriptedApi, project: Path) -> None:
    api.on("/first", by_offset(rows(5)))
    other = FileLocks(project / "data" / "locks" / "demo")
    assert other.acquire_any([0]) == 0
    lines: list[str] = []

    def end(line: str) -> None:
        lines.append(line)
        other.close()

    load(declared(1), "first", log=end)
    assert lines[0] == "waiting for other runs, which use the whole concurrency of 1"
    assert table("first") == [1, 2, 3, 4, 5]


def test_locks_that_the_server_lost_are_taken_again(
    api: ScriptedApi, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the address of Dagster's storage is written.
    monkeypatch.setenv("LIMITS__URL", postgres_url.replace("://", "+psycopg2://"))
    pages = by_offset(rows(30))

    def script(asked: Asked) -> object:
        if asked.query["offset"] == "10":
            _end_connections(postgres_url)
        return pages(asked)

    api.on("/first", script)
    assert len(read_ids(declared(2), "first")) == 30


WRONG = {
    "a wrong database": lambda url: f"{url}_of_nobody",
    "a wrong password": lambda url: url.replace(PASSWORD, "canary-of-nobody"),
    "a wrong user": lambda url: url.replace("://loader", "://nobody"),
}


@pytest.mark.parametrize("spell", WRONG.values(), ids=list(WRONG))
def test_a_server_that_refuses_fails_the_load_at_once_without_telling_its_password(
    api: ScriptedApi,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    spell: Callable[[str], str],
) -> None:
    monkeypatch.setenv("LIMITS__URL", spell(postgres_url))
    began = time.monotonic()
    error = failure(declared(2), "first")
    assert isinstance(error, LimitsError)
    assert not isinstance(error, ApiError)
    assert str(error) == (
        "demo: the PostgreSQL server that stores the limits cannot be opened: it refuses the user, "
        "the password or the database; check LIMITS__URL, and that the server runs"
    )
    assert "canary" not in repr(error)
    assert api.asked == []
    assert time.monotonic() - began < 10


def test_a_server_that_ends_every_connection_fails_the_load(
    api: ScriptedApi, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _query(postgres_url, ENDING_CONNECTIONS)
    monkeypatch.setenv("LIMITS__URL", f"{postgres_url}?options=-csearch_path%3Dending,pg_catalog")
    error = failure(declared(2), "first")
    assert isinstance(error, LimitsError)
    assert str(error).startswith("demo: the PostgreSQL server that stores the limits cannot be ")
    assert api.asked == []


def test_a_server_that_is_away_for_a_moment_when_it_is_first_asked_is_waited_for(
    api: ScriptedApi, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.on("/first", by_offset(rows(5)))
    with coming_up(postgres_url) as url:
        monkeypatch.setenv("LIMITS__URL", url)
        assert len(read_ids(declared(2), "first")) == 5


def test_so_is_one_that_is_away_when_the_warehouse_is_to_be_locked(
    project: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with coming_up(postgres_url) as url:
        monkeypatch.setenv("LIMITS__URL", url)
        lock = SharedLock(open_locks("demo"), WRITE_LOCK)
        with WriteLock(lock, None, print).hold():
            assert len(_locks(postgres_url)) == 1


def test_one_that_stays_away_fails_the_load_once_for_all_resources(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connection, "SECONDS_TO_CONNECT", 3)
    address = closed_port().partition("://")[2]
    monkeypatch.setenv("LIMITS__URL", f"postgresql://nobody:canary@{address}/limits")
    lines: list[str] = []
    began = time.monotonic()
    with pytest.raises(PartialLoadError) as caught:
        extract(declared(4), log=lines.append)
    assert time.monotonic() - began < 20
    assert set(caught.value.failures) == set(NAMES)
    assert all(isinstance(e, LimitsError) for e in caught.value.failures.values())
    assert "cannot be reached (OperationalError); check LIMITS__URL" in str(caught.value)
    assert "its limits cannot be kept, no further request is sent" in "".join(lines)
    assert "is down" not in "".join(lines) + str(caught.value)
    assert "canary" not in "".join(lines) + str(caught.value)


def test_try_says_so_too(project: Path, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_connection, "SECONDS_TO_CONNECT", 1)
    address = closed_port().partition("://")[2]
    monkeypatch.setenv("LIMITS__URL", f"postgresql://nobody:canary@{address}/limits")
    run = try_(resource("first"))
    assert run.status == 1
    assert run.words.startswith("demo: the PostgreSQL server that stores the limits cannot be ")


@pytest.mark.parametrize(
    ("url", "shown"),
    [("redis://:canary@localhost", "'redis://…'"), ("host=db password=canary", "not an address")],
    ids=["of another server", "in another form"],
)
def test_an_address_that_is_not_one_of_postgresql_is_refused_without_showing_it(
    url: str, shown: str, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMITS__URL", url)
    error = failure(declared(2))
    assert isinstance(error, SettingError)
    assert str(error) == (
        f"demo: limits.url is {shown}; set LIMITS__URL to a postgresql:// address, or to 'files' "
        "for limits of this machine only"
    )


def hold_the_warehouse() -> None:
    """Take the turn at a warehouse and keep it; in a process of its own."""
    with WriteLock(SharedLock(open_locks("demo"), WRITE_LOCK), None, print).hold():
        Path("held").touch()
        time.sleep(SECONDS)


@pytest.mark.usefixtures("limits")
def test_runs_of_an_api_lock_a_warehouse_that_they_share(project: Path) -> None:
    lines: list[str] = []
    holder = begin_apart(hold_the_warehouse)
    wait_for((project / "held").exists, "the other run to hold it", seconds=SECONDS)

    def kill(line: str) -> None:
        lines.append(line)
        holder.kill()

    with WriteLock(SharedLock(open_locks("demo"), WRITE_LOCK), None, kill).hold():
        assert lines == ["waiting for another run, which is loading", lines[-1]]
    assert ended([holder]) == [KILLED]


def test_a_warehouse_in_postgresql_keeps_the_limits(
    api: ScriptedApi, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTINATION__WAREHOUSE__DESTINATION_TYPE", "postgres")
    monkeypatch.setenv("DESTINATION__WAREHOUSE__CREDENTIALS", postgres_url)
    held: list[int] = []
    pages = by_offset(rows(5))

    def script(asked: Asked) -> object:
        held.append(len(_locks(postgres_url)))
        return pages(asked)

    api.on("/first", script)
    assert len(read_ids(declared(2), "first")) == 5
    assert set(held) == {1}
    assert _locks(postgres_url) == []


@contextmanager
def coming_up(url: str) -> Iterator[str]:
    """A server whose port opens after two seconds; gives its address."""
    parts = urlsplit(url)
    target = str(parts.hostname), parts.port or 0
    address = closed_port().partition("://")[2]
    over = threading.Event()

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(target) as server:
                there = threading.Thread(target=pump, args=[self.request, server], daemon=True)
                there.start()
                pump(server, self.request)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def serve() -> None:
        time.sleep(2)
        host, _, port = address.partition(":")
        with socketserver.ThreadingTCPServer((host, int(port)), Relay) as relay:
            relay.daemon_threads = True
            thread = threading.Thread(target=relay.serve_forever, args=[0.05], daemon=True)
            thread.start()
            over.wait()
            relay.shutdown()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield url.replace(f"{parts.hostname}:{parts.port}", address)
    finally:
        over.set()
        thread.join()


def _after_offset(asked: Asked, offset: int, gate: Gate) -> Gate | None:
    return gate if int(asked.query["offset"]) > offset else None


def _hung(api: ScriptedApi) -> int:
    return sum(int(asked.query["offset"]) > 100 for asked in api.asked)


def _query(url: str, query: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


def _locks(url: str) -> list[tuple[object, ...]]:
    return _query(url, "select objid from pg_locks where locktype = 'advisory'")


def _end_connections(url: str) -> None:
    _query(
        url,
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name like 'analytics_ingest %'",
    )
