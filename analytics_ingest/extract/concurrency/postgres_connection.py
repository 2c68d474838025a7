"""A connection to the PostgreSQL server that stores the limits of an API.

When a machine vanishes, the server notices within `SECONDS_TO_NOTICE`, because each connection
sets the server's TCP keepalives.
"""

from collections.abc import Callable
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
_REFUSED = "FATAL"
"""A server that says so has been reached."""
_PASSING = ("database system is", "not yet accepting", "too many", "slots", "terminating")
"""Parts of refusals that will not last: a start, a stop, too many connections."""
_CONNECTION_LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)

Execute = Callable[..., list[tuple[Any, ...]]]


class PostgresConnection:
    """A connection that is opened when it is needed, and once more where it was lost.

    Args:
        url: A `postgresql://` address.
        setting: What the server is and the variable that names it, for errors.
        name: The API's name.
        on_reconnect: Called with what executes queries, once a lost connection is opened again.
    """

    def __init__(
        self,
        url: str,
        setting: tuple[str, str],
        name: str,
        on_reconnect: Callable[[Execute], None] = lambda execute: None,
    ) -> None:
        self._url = url
        self._setting = setting
        self._name = name
        self._on_reconnect = on_reconnect
        self._failure: LimitsError | None = None
        # Opened by the first request: by then a mistake in the warehouse's settings, which may be
        # the same, has been reported.
        self._connection: Any = None

    def query(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query, the last one if there are several.

        Raises:
            LimitsError: The server cannot be used.
        """
        if self._connection is None:
            self._connection = self._connect()
        with suppress(*_CONNECTION_LOST):
            return self._execute(query, *parameters)
        try:
            self._reconnect()
            return self._execute(query, *parameters)
        except _CONNECTION_LOST as error:
            raise self._fail(error) from None

    def close(self) -> None:
        """End the connection, and with it its locks; it can be opened again."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _execute(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def _reconnect(self) -> None:
        with suppress(*_CONNECTION_LOST):
            self._connection.close()
        self._connection = self._connect()
        self._on_reconnect(self._execute)

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
    """Return whether a server may be reached later: a wrong password or database stays wrong."""
    if not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return False
    text = str(error)
    return _REFUSED not in text or any(part in text for part in _PASSING)
