"""The benchmark's own API, a process of its own: python -m benchmarks.server W1 [options].

HTTP/1.1 with connections that stay open, and nothing else that costs time. It says its address in
one line when every page is ready, and ends when its standard input does.
"""

import argparse
import asyncio
import sys

from benchmarks.listings import Answers
from benchmarks.workloads import named

LOOPBACK = "127.0.0.1"


class Connection(asyncio.Protocol):
    """One connection; its requests wait `latency` seconds, and hold up no other connection."""

    def __init__(self, answers: Answers, latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            answer = self._answers.answer(head.split(b" ", 2)[1].decode())
            if self._latency:
                self._loop.call_later(self._latency, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(answers: Answers, latency: float) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    server = await loop.create_server(lambda: Connection(answers, latency), LOOPBACK, 0)
    print(f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}", flush=True)
    loop.add_reader(sys.stdin, over.set)
    await over.wait()


def main() -> None:
    """Prepare the pages of a workload, then serve them."""
    parser = argparse.ArgumentParser(prog="benchmarks.server", description=__doc__)
    parser.add_argument("workload", type=named)
    parser.add_argument("--times", type=int, default=1, help="as many times the rows")
    parser.add_argument("--new-on", help="a day, YYYY-MM-DD: serve that day's new rows too")
    parser.add_argument("--latency", type=float, help="seconds, instead of the workload's")
    options = parser.parse_args()
    workload = options.workload.larger(options.times)
    latency = workload.latency if options.latency is None else options.latency
    asyncio.run(serve(Answers(workload, options.new_on), latency))


if __name__ == "__main__":
    main()
