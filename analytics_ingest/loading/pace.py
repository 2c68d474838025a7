"""How many requests an API is asked at the same time: few at first, fewer at once at trouble.

All threads of a load pass through `turn`. Each answer lets one more in; whenever a request has to
be sent again, half as many are let in, and from then on their number grows slowly. An API that
asks to be left alone for a while is left alone by all of them.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

AT_FIRST = 2


class Pace:
    """The requests to one API that may be on their way.

    Args:
        most: The declared `concurrency`, which is never exceeded.
        stop: When it is set and `wake` is called, nobody waits any longer.
    """

    def __init__(self, most: int, stop: threading.Event) -> None:
        self.most = most
        self._stop = stop
        self._allowed: float = min(AT_FIRST, most)
        self._careful_from: float = most
        self._going_on = 0
        self._silent_until = 0.0
        self._change = threading.Condition()

    @property
    def allowed(self) -> int:
        """Requests that may be on their way now, at least one."""
        return int(self._allowed)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A block in which the calling thread sends a request; waits until it may."""
        with self._change:
            while not self._stop.is_set() and (seconds := self._seconds_to_wait()) != 0:
                self._change.wait(seconds)
            self._going_on += 1
        try:
            yield
        finally:
            with self._change:
                self._going_on -= 1
                self._change.notify_all()

    def faster(self) -> None:
        """A request was answered."""
        with self._change:
            if time.monotonic() < self._silent_until:
                return
            step = 1 if self._allowed < self._careful_from else 1 / self._allowed
            self._allowed = min(self.most, self._allowed + step)
            self._change.notify_all()

    def slower(self, silence: float) -> None:
        """An answer spoke of strain, or none came; nothing is sent for so many seconds."""
        with self._change:
            self._allowed = self._careful_from = max(1, self.allowed // 2)
            self._silent_until = max(self._silent_until, time.monotonic() + silence)

    def wake(self) -> None:
        """Let those who wait see that the load is over."""
        with self._change:
            self._change.notify_all()

    def _seconds_to_wait(self) -> float | None:
        """None: until something changes."""
        silence = self._silent_until - time.monotonic()
        if silence > 0:
            return silence
        return 0 if self._going_on < self.allowed else None
