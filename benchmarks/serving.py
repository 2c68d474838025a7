"""Starts the server as a process of its own, and measures how many pages a second it gives."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
CONNECTIONS = 4


@contextmanager
def serving(workload: str, *options: str) -> Iterator[str]:
    """Serve a workload; gives the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", workload, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"the server did not start, its status is {process.wait()}")
        try:
            yield url
        finally:
            process.stdin.close()


def pages_a_second(url: str, path: str, *, seconds: float = 1.0) -> float:
    """Ask for a listing's pages over and over, by several connections at the same time."""
    counts: list[int] = []
    asking = [
        threading.Thread(target=lambda: counts.append(_ask(url, path, seconds)))
        for _ in range(CONNECTIONS)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return sum(counts) / seconds


def _ask(url: str, path: str, seconds: float) -> int:
    address = urlsplit(url)
    request = f"GET {path}?limit=100&offset=0 HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()
    buffer = bytearray(2**20)
    pages = 0
    place = address.hostname or "", address.port or 80
    with socket.create_connection(place) as connection:
        length = 0
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            connection.sendall(request)
            received = connection.recv_into(buffer)
            if not length:
                head, _, _ = bytes(buffer[:received]).partition(b"\r\n\r\n")
                length = len(head) + 4 + int(head.rpartition(b": ")[2])
            while received < length:
                received += connection.recv_into(buffer)
            pages += 1
    return pages
