"""The connections to one API: every response takes a bounded time, and all can be aborted at once.

A socket's time-out bounds the wait for each byte; a server that sends one now and then could hold
a run forever. So each exchange has a deadline, which `abort_overdue` enforces: whoever waits for
responses calls it. A connection registers its socket when it sends a request.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from requests import RequestException, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from analytics_ingest.extract.http.errors import ResponseTimeout


class Exchanges:
    """The exchanges in flight, at most one for each thread.

    Args:
        seconds: Longest time from sending a request to the last byte of its response.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._in_flight: dict[int, tuple[socket.socket, float]] = {}
        self._aborted: set[int] = set()
        self._closed = False

    def begin(self, connection: socket.socket) -> None:
        """Register the exchange that the calling thread begins."""
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("the load is over")
            self._in_flight[threading.get_ident()] = connection, time.monotonic() + self._seconds

    @contextmanager
    def limit_time(self) -> Iterator[None]:
        """Open a block in which the exchanges of the calling thread are bounded in time.

        Raises:
            ResponseTimeout: One of them took too long.
        """
        thread = threading.get_ident()
        try:
            yield
        except RequestException:
            if thread not in self._aborted:
                raise
        finally:
            with self._lock:
                self._in_flight.pop(thread, None)
                was_aborted = thread in self._aborted
                self._aborted.discard(thread)
        if was_aborted:
            raise ResponseTimeout(self._seconds)

    def abort_overdue(self) -> None:
        """Abort the exchanges whose deadline has passed."""
        now = time.monotonic()
        with self._lock:
            for thread, (connection, deadline) in self._in_flight.items():
                if now > deadline:
                    self._aborted.add(thread)
                    _shut_down(connection)

    def check(self) -> None:
        """Raise an error if an exchange of the calling thread was aborted."""
        if threading.get_ident() in self._aborted:
            raise ConnectionAbortedError("the response took too long")

    def close(self) -> None:
        """Abort all exchanges, and let none begin."""
        with self._lock:
            self._closed = True
            for connection, _ in self._in_flight.values():
                _shut_down(connection)


def mount_transport(session: Session, exchanges: Exchanges, connections: int) -> None:
    """Make a session use connections that register their exchanges."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(exchanges, connections))


class _Adapter(HTTPAdapter):
    def __init__(self, exchanges: Exchanges, connections: int) -> None:
        self._exchanges = exchanges
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._build_pools()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._build_pools()
        return manager

    def _build_pools(self) -> dict[str, Any]:
        # urllib3 passes keyword arguments that a pool does not know on to its connections.
        return {
            "http": partial(_HTTPPool, exchanges=self._exchanges),
            "https": partial(_HTTPSPool, exchanges=self._exchanges),
        }


class _Connection(HTTPConnection):
    """A connection that registers its exchanges."""

    debuglevel = 0
    """Always 0: the debug output of http.client prints headers, and with them keys."""
    connecting_seconds = 0.0
    """How long the request that opened it waited for that; whoever reads it sets it to 0."""

    def __init__(self, *args: Any, exchanges: Exchanges, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._exchanges = exchanges

    def connect(self) -> None:
        began = time.monotonic()
        super().connect()
        self.connecting_seconds = time.monotonic() - began

    def _new_conn(self) -> socket.socket:
        # At once: a proxy may trickle its answer before the request can be sent.
        connection = super()._new_conn()
        try:
            self._exchanges.begin(connection)
        except ConnectionAbortedError:
            connection.close()
            raise
        return connection

    def _tunnel(self) -> None:
        super()._tunnel()  # pyright: ignore[reportAttributeAccessIssue] - of http.client
        self._exchanges.check()  # The end of an aborted answer looks like that of its headers.

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        # Register the socket, not this connection: a response that ends when the connection closes
        # takes the socket over, and `self.sock` becomes None.
        if self.sock is not None:
            self._exchanges.begin(self.sock)
        super().request(*args, **kwargs)


class _TLSConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _Connection  # pyright: ignore[reportAssignmentType] - urllib3's own do not fit


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection  # pyright: ignore[reportAssignmentType] - urllib3's own do not fit


def _shut_down(connection: socket.socket) -> None:
    """Wake the thread that reads from a socket: it reads an end of file."""
    try:
        # Shut down the plain socket below TLS: ending TLS properly would wait for the server.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # The server or the reading thread has already closed it.
