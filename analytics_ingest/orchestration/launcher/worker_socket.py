"""The socket of a run's worker: whoever can connect knows that it lives, and can interrupt it.

It belongs to the process itself, so it needs neither the launcher nor the warm process: the
operating system closes it with the worker, however that ends. A process id would not do: it is
given to other processes later, and means nothing in another container.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_ASK = b"?"
_TERMINATE = b"t"
_SECONDS = 10.0
_PAUSE = 0.1


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
            try:
                connection, _ = listener.accept()
                with closing(connection):
                    connection.settimeout(_SECONDS)
                    message = connection.recv(1)
                    if message == _TERMINATE:
                        terminate()
                    connection.sendall(message)
            except OSError:
                time.sleep(_PAUSE)  # Whoever asked has gone, or too many files are open.

    threading.Thread(target=answer, name="worker-socket", daemon=True).start()


@dataclass(frozen=True)
class WorkerAddress:
    """Where a worker listens."""

    host: str
    path: str

    @classmethod
    def parse(cls, text: str) -> "WorkerAddress":
        """Read what `str` made of an address."""
        host, _, path = text.partition(":")
        return cls(host, path)

    def __str__(self) -> str:
        return f"{self.host}:{self.path}"

    def is_reachable(self) -> bool:
        """Return whether the worker's folder is on this machine and in this file system."""
        return self.host == socket.gethostname() and Path(self.path).parent.exists()

    def is_alive(self) -> bool:
        """Return whether the worker lives; one on another machine may."""
        return self.host != socket.gethostname() or self._send(_ASK)

    def terminate(self) -> bool:
        """Interrupt the worker, as Ctrl-C does; False where it does not live."""
        return self._send(_TERMINATE)

    def _send(self, message: bytes) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_SECONDS)
            try:
                connection.connect(self.path)
                connection.sendall(message)
                return connection.recv(1) == message
            except (TimeoutError, BlockingIOError, PermissionError):
                return True  # It has no time to answer, or not for this user.
            except (ConnectionError, FileNotFoundError):
                return False
