"""Locks that machines share: PostgreSQL's advisory locks, released when a connection ends.

When a process dies, its connection ends at once. When a machine vanishes, the server notices within
`SECONDS_TO_NOTICE`, because each connection sets the server's TCP keepalives.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psycopg2
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from analytics_ingest.common.errors import LimitsError

SECONDS_TO_NOTICE = 25
"""From the last packet of a machine that vanished to the release of its locks: 10 + 3 times 5."""

SECONDS_TO_CONNECT = 30
"""How long the server may be unreachable, as during a restart, before a load fails."""

_SET_KEEPALIVES = """
set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3
"""
_ACQUIRE_ANY = """
select number from unnest(%s::int[]) as number where pg_try_advisory_lock(%s, number) limit 1
"""
_RELEASE = "select pg_advisory_unlock(%s, %s)"
_REFUSED = "FATAL"
"""A server that says so has been reached."""
_PASSING = ("database system is", "not yet accepting", "too many", "slots", "terminating")
"""Parts of refusals that will not last: a start, a stop, too many connections."""
_CONNECTION_LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)


class PostgresLocks:
    """Locks that all processes share which use the same database.

    Every method raises `LimitsError` if the server cannot be used.

    Args:
        url: A `postgresql://` address; a pooler that shares connections cannot be used.
        setting: What the server is and the variable that names it, for errors.
        name: The API's name; it identifies this set of locks.
    """

    polling_interval = 0.01

    def __init__(self, url: str, setting: tuple[str, str], name: str) -> None:
        self._url = url
        self._setting = setting
        self._name = name
        digest = hashlib.sha256(f"analytics_ingest {name}".encode()).digest()
        self._key = int.from_bytes(digest[:4], "big", signed=True)
        self._held: set[int] = set()
        self._failure: LimitsError | None = None
        # Opened by the first request: by then a mistake in the warehouse's settings, which may be
        # the same, has been reported.
        self._connection: Any = None

    def acquire_any(self, numbers: Iterable[int]) -> int | None:
        number = self._query(_ACQUIRE_ANY, list(numbers), self._key)
        if number is not None:
            self._held.add(number)
        return number

    def release(self, number: int) -> None:
        self._held.discard(number)
        self._query(_RELEASE, self._key, number)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
        self._held.clear()

    def _query(self, query: str, *parameters: Any) -> Any:
        if self._connection is None:
            self._connection = self._connect()
        with suppress(*_CONNECTION_LOST):
            return self._execute(query, *parameters)
        try:
            self._reconnect()
            return self._execute(query, *parameters)
        except _CONNECTION_LOST as error:
            raise self._fail(error) from None

    def _execute(self, query: str, *parameters: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            row = cursor.fetchone()
            return row[0] if row else None

    def _reconnect(self) -> None:
        with suppress(*_CONNECTION_LOST):
            self._connection.close()
        self._connection = self._connect()
        # A lock that another run has acquired meanwhile is lost; its request here stays in flight.
        for number in self._held:
            self._execute(_ACQUIRE_ANY, [number], self._key)

    def _connect(self) -> Any:
        if self._failure:
            raise self._failure  # The next request of a load that has failed does not wait again.
        try:
            return Retrying(
                retry=retry_if_exception(_is_outage),
                stop=stop_after_delay(SECONDS_TO_CONNECT),
                wait=wait_fixed(1),
                reraise=True,
            )(self._connect_once)
        except psycopg2.Error as error:
            raise self._fail(error) from None

    def _fail(self, error: psycopg2.Error) -> LimitsError:
        server, variable = self._setting
        # Without the driver's message: it can contain the whole address.
        problem = (
            f"cannot be reached ({type(error).__name__})"
            if _is_outage(error)
            else "cannot be opened: it refuses the user, the password or the database"
        )
        self._failure = LimitsError(
            f"{self._name}: {server} {problem}; check {variable}, and that the server runs"
        )
        return self._failure

    def _connect_once(self) -> Any:
        connection = psycopg2.connect(
            self._url,
            application_name=f"analytics_ingest {self._name}",
            connect_timeout=10,
            # The client's own keepalives: a connection to a vanished server fails in time.
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=20_000,
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_SET_KEEPALIVES)
        return connection


def _is_outage(error: BaseException) -> bool:
    """Whether a server may be reached later: a wrong password or database stays wrong."""
    if not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return False
    text = str(error)
    return _REFUSED not in text or any(part in text for part in _PASSING)
