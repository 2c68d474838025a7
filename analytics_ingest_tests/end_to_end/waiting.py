"""Waits for what other processes do, by asking again and again."""

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE = 0.25
"""Seconds between two looks."""

Found = TypeVar("Found")


def wait_for(
    look: Callable[[], Found | None], what: str, *, seconds: float, tell: Callable[[], str] = str
) -> Found:
    """The first thing that `look` finds.

    Args:
        look: Gives what is waited for, or something false while it is not there.
        what: Ends the sentence of the error: "waited 60 s for …".
        seconds: When to give up; far more than it takes on a machine with nothing else to do.
        tell: Gives what helps to understand why it did not come.
    """
    end = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}\n{tell()}")
        time.sleep(PAUSE)
