"""Host names without a network: each connection begins with a look-up, which a test answers."""

import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

Address = tuple[str, int]
"""Host and port, as they are looked up."""


@contextmanager
def lookups(own: Collection[Address], port: int) -> Iterator[list[Address]]:
    """Let some addresses lead to a port of this machine, and all others nowhere.

    Yields:
        What is looked up in the block, in order.
    """
    asked: list[Address] = []
    look_up = socket.getaddrinfo

    def answer(host: str, of: int, *args: Any, **kwargs: Any) -> Any:
        asked.append((host, of))
        if (host, of) not in own:
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        return look_up("127.0.0.1", port, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", answer)
        yield asked
