"""Locks that machines share: PostgreSQL's advisory locks, released when a connection ends.

A process that dies ends its connection at once. When a machine vanishes, the server notices within
`SECONDS_TO_NOTICE`: it has been told to look that often whether anybody is still there.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psycopg2
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from analytics_ingest.common.errors import ApiDownError

SECONDS_TO_NOTICE = 25
"""From the last word of a machine that vanished to the end of its locks: 10 + 3 times 5."""

SECONDS_TO_RECONNECT = 30
"""How long the server may be away, as when it is started anew, before requests fail."""

_LOOK_OFTEN = """
set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3
"""
_TAKE_ONE = """
select number from unnest(%s::int[]) as number where pg_try_advisory_lock(%s, number) limit 1
"""
_GIVE_BACK = "select pg_advisory_unlock(%s, %s)"
_GONE = (psycopg2.OperationalError, psycopg2.InterfaceError)


class PostgresLocks:
    """Locks of all processes that name the same database.

    Args:
        url: A `postgresql://` address, not that of a pooler which shares connections.
        setting: What it is and the variable that names it, for the error.
        name: The API's; tells this set of locks from others.

    Raises:
        ApiDownError: The server does not answer; by every method.
    """

    seconds_between_tries = 0.01

    def __init__(self, url: str, setting: tuple[str, str], name: str) -> None:
        self._url = url
        self._setting = setting
        self._name = name
        digest = hashlib.sha256(f"analytics_ingest {name}".encode()).digest()
        self._key = int.from_bytes(digest[:4], "big", signed=True)
        self._held: set[int] = set()
        # Opened by the first request: by then the warehouse, if it is the same, has been looked at.
        self._connection: Any = None

    def take_one(self, numbers: Iterable[int]) -> int | None:
        taken = self._ask(_TAKE_ONE, list(numbers), self._key)
        if taken is not None:
            self._held.add(taken)
        return taken

    def give_back(self, number: int) -> None:
        self._held.discard(number)
        self._ask(_GIVE_BACK, self._key, number)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
        self._held.clear()

    def _ask(self, query: str, *parameters: Any) -> Any:
        if self._connection is None:
            self._connection = self._connect(seconds=0)
        with suppress(*_GONE):
            return self._execute(query, *parameters)
        try:
            self._reconnect()
            return self._execute(query, *parameters)
        except _GONE as error:
            raise self._down(error) from None

    def _execute(self, query: str, *parameters: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            row = cursor.fetchone()
            return row[0] if row else None

    def _reconnect(self) -> None:
        with suppress(*_GONE):
            self._connection.close()
        self._connection = self._connect(SECONDS_TO_RECONNECT)
        # What others have taken meanwhile is theirs, although a request here is still on its way.
        for number in self._held:
            self._execute(_TAKE_ONE, [number], self._key)

    def _connect(self, seconds: float) -> Any:
        try:
            return Retrying(
                retry=retry_if_exception_type(psycopg2.OperationalError),
                stop=stop_after_delay(seconds),
                wait=wait_fixed(1),
                reraise=True,
            )(self._connect_once)
        except psycopg2.Error as error:
            raise self._down(error) from None

    def _down(self, error: psycopg2.Error) -> ApiDownError:
        what, variable = self._setting
        # Without the message: it can hold the whole address.
        return ApiDownError(
            f"{self._name}: {what} cannot be opened ({type(error).__name__}); check "
            f"{variable}, and that it can be reached from here"
        )

    def _connect_once(self) -> Any:
        connection = psycopg2.connect(
            self._url,
            application_name=f"analytics_ingest {self._name}",
            connect_timeout=10,
            # This side's: a server that vanished is given up instead of being waited for.
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=20_000,
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_LOOK_OFTEN)
        return connection
