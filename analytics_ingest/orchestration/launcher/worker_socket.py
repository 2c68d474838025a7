"""The socket of a run's worker: whoever can connect knows that it lives, and can end it.

It belongs to the process itself, so it needs neither the launcher nor the warm process: the
operating system closes it with the worker, however that ends. A process id would not do: it is
given to other processes later, and means nothing in another container.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

_ASK = b"?"
_TERMINATE = b"t"
_SECONDS = 10.0


def listen(path: Path) -> socket.socket:
    """Open the socket that a worker will inherit."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    return listener


def serve(listener: socket.socket, terminate: Callable[[], None]) -> None:
    """Answer on the socket for as long as the process lives, in a thread of its own."""

    def answer() -> None:
        while True:
            connection, _ = listener.accept()
            with closing(connection):
                connection.settimeout(_SECONDS)
                try:
                    message = connection.recv(1)
                    if message == _TERMINATE:
                        terminate()
                    connection.sendall(message)
                except OSError:
                    continue  # Whoever asked has gone; the next one may not.

    threading.Thread(target=answer, name="worker-socket", daemon=True).start()


def is_alive(path: str) -> bool:
    """Whether the worker that listens at a path lives."""
    return _send(path, _ASK)


def terminate(path: str) -> bool:
    """Interrupt a worker, as Ctrl-C does; False where it has ended already."""
    return _send(path, _TERMINATE)


def _send(path: str, message: bytes) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_SECONDS)
        try:
            connection.connect(path)
            connection.sendall(message)
            return connection.recv(1) == message
        except (ConnectionError, FileNotFoundError):
            return False
