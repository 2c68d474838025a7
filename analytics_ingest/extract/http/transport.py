"""The connections to one API: every answer takes a bounded time, and all can be cut off at once.

A time-out of a socket bounds each wait for a byte; a server that sends one now and then would hold
a run for ever. So each exchange has a deadline, and whoever waits for answers calls `cut_overdue`.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from requests import ReadTimeout, RequestException, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class AnswerTimeout(ReadTimeout):
    """An answer began, but did not end in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Exchanges:
    """The exchanges that are going on, at most one a thread.

    Args:
        seconds: From sending a request to the last byte of its answer, at most.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._going_on: dict[int, tuple[socket.socket, float]] = {}
        self._cut: set[int] = set()
        self._closed = False

    def begin(self, connection: socket.socket) -> None:
        """Note that the calling thread sends a request."""
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("the load is over")
            self._going_on[threading.get_ident()] = connection, time.monotonic() + self._seconds

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """A block in which the calling thread exchanges requests and answers.

        Raises:
            AnswerTimeout: One of them took too long.
        """
        thread = threading.get_ident()
        try:
            yield
        except RequestException:
            if thread not in self._cut:
                raise
        finally:
            with self._lock:
                self._going_on.pop(thread, None)
                was_cut = thread in self._cut
                self._cut.discard(thread)
        if was_cut:
            raise AnswerTimeout(self._seconds)

    def cut_overdue(self) -> None:
        """End the exchanges whose time is over."""
        now = time.monotonic()
        with self._lock:
            for thread, (connection, deadline) in self._going_on.items():
                if now > deadline:
                    self._cut.add(thread)
                    _hang_up(connection)

    def close(self) -> None:
        """End all exchanges, and let none begin."""
        with self._lock:
            self._closed = True
            for connection, _ in self._going_on.values():
                _hang_up(connection)


def mount_transport(session: Session, exchanges: Exchanges, connections: int) -> None:
    """Let a session send by connections whose exchanges are bounded."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(exchanges, connections))


class _Adapter(HTTPAdapter):
    def __init__(self, exchanges: Exchanges, connections: int) -> None:
        self._exchanges = exchanges
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, Any]:
        # urllib3 hands arguments that a pool does not know to its connections.
        return {
            "http": partial(_HTTPPool, exchanges=self._exchanges),
            "https": partial(_HTTPSPool, exchanges=self._exchanges),
        }


class _Bounded(HTTPConnection):
    """A connection that tells of its exchanges."""

    debuglevel = 0
    """http.client would print headers, and with them keys, whatever its own class is set to."""

    def __init__(self, *args: Any, exchanges: Exchanges, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._exchanges = exchanges

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        # The socket: an answer that ends by closing the connection keeps it, and leaves none here.
        if self.sock is not None:
            self._exchanges.begin(self.sock)
        super().request(*args, **kwargs)


class _BoundedTLS(_Bounded, HTTPSConnection):
    """The same over TLS."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _Bounded  # pyright: ignore[reportAssignmentType] - urllib3's own do not fit


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTLS  # pyright: ignore[reportAssignmentType] - urllib3's own do not fit


def _hang_up(connection: socket.socket) -> None:
    """Wake the thread that reads from a socket; what it reads is an end of file."""
    try:
        # Of the socket below TLS: closing that properly would wait for the server.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # Already closed, by the server or by the reading thread.
