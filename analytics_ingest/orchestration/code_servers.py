"""Lets Ctrl-C end the code servers of `dagster dev` for good.

Ctrl-C interrupts all processes of a terminal, and code servers end at once. The webserver and the
daemon take seconds, in which `dagster dev` would find that a code server has ended and start
another one. Nobody ends that one: it goes on for a minute.
"""

import signal
import sys
from threading import Event
from types import FrameType, ModuleType
from typing import Any


def let_interrupts_end_code_servers() -> None:
    """Let `dagster dev`, if this process is one, start no code server after Ctrl-C."""
    if dev := sys.modules.get("dagster._cli.dev"):
        _watch_until_interrupted(dev)


def _watch_until_interrupted(dev: ModuleType) -> None:
    from dagster._cli.proxy_server_manager import ProxyServerManager

    class InterruptibleManager(ProxyServerManager):
        """Looks after code servers until Ctrl-C."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            interrupt = signal.getsignal(signal.SIGINT)
            is_over: Event | None = vars(self).get("_ProxyServerManager__shutdown_event")
            if is_over is None or not callable(
                interrupt
            ):  # another version of Dagster, or SIGINT is ignored
                return

            def end(number: int, frame: FrameType | None) -> None:
                is_over.set()
                signal.signal(signal.SIGINT, interrupt)
                signal.raise_signal(number)

            signal.signal(signal.SIGINT, end)

    setattr(dev, ProxyServerManager.__name__, InterruptibleManager)
