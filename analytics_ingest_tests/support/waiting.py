"""Waits for what other processes do, by asking again and again."""

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE = 0.25

Result = TypeVar("Result")


def wait_for(
    look: Callable[[], Result | None],
    what: str,
    *,
    seconds: float,
    tell: Callable[[], str] = str,
    pause: float = PAUSE,
) -> Result:
    """The first thing that `look` finds.

    Args:
        look: Gives what is waited for, or something false while it is not there.
        what: Ends the sentence of the error: "waited 60 s for …".
        seconds: When to give up; far more than it takes on a machine with nothing else to do.
        tell: Gives what helps to understand why it did not come.
        pause: Seconds between two looks, more where a look costs another process time.
    """
    end = time.monotonic() + seconds
    while True:
        if result := look():
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}\n{tell()}")
        time.sleep(pause)
