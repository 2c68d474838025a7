"""A server below HTTP: it sends the bytes that it is given, and hangs up."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from socketserver import StreamRequestHandler, ThreadingTCPServer

LOOPBACK = "127.0.0.1"


@dataclass
class RawServer:
    """Where the server is, and how many connections it has answered."""

    url: str
    answered: int = 0


@contextmanager
def sending(answers: Sequence[bytes]) -> Iterator[RawServer]:
    """Give each connection the next of the answers, the last one again and again."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        server = RawServer(f"http://{LOOPBACK}:{listener.getsockname()[1]}")
        over = threading.Event()

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection:
                    if over.is_set():
                        return
                    connection.recv(65536)
                    connection.sendall(answers[min(server.answered, len(answers) - 1)])
                    server.answered += 1

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join()


@contextmanager
def flooding(start: bytes, piece: bytes) -> Iterator[RawServer]:
    """Give each connection a start, then pieces without end until it hangs up."""
    with trickling(start, piece, seconds=0) as server:
        yield server


@contextmanager
def trickling(start: bytes, piece: bytes, seconds: float) -> Iterator[RawServer]:
    """Give each connection a start, then a piece every few seconds until it hangs up."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        server = RawServer(f"http://{LOOPBACK}:{listener.getsockname()[1]}")
        over = threading.Event()

        def trickle(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(start)
                server.answered += 1
                while not over.wait(seconds):
                    connection.sendall(piece)

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                if over.is_set():
                    connection.close()
                    return
                threading.Thread(target=trickle, args=[connection], daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join()


@contextmanager
def answering(
    script: Callable[[str], bytes], *, tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Answer each GET with what a function makes of its target; gives the address.

    Args:
        tls: With it the server speaks TLS alone.
    """

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            target = self.rfile.readline().decode("ascii").split()[1]
            while self.rfile.readline().strip():
                pass
            self.wfile.write(script(target))

    with ThreadingTCPServer((LOOPBACK, 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True)
        thread.start()
        try:
            scheme = "https" if tls else "http"
            yield f"{scheme}://{LOOPBACK}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def http(
    body: bytes, *, status: str = "200 OK", length: int | None = None, more_head: str = ""
) -> bytes:
    """An HTTP answer; a `length` beyond the body's own makes a truncated one."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head += more_head
    return (
        f"{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body
    )


def closed_port() -> str:
    """The address of a port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        return f"http://{LOOPBACK}:{listener.getsockname()[1]}"
