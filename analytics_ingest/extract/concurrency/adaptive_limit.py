"""How many requests an API is asked at the same time: few at first, fewer at once at trouble.

All threads of a load pass through `turn`. Each answer lets one more in; whenever a request has to
be sent again, half as many are let in, and from then on their number grows slowly. Who is let in
waits for a slot, of which all runs have `concurrency` together.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from analytics_ingest.extract.concurrency.semaphore import Semaphore

AT_FIRST = 2


class AdaptiveLimit:
    """The requests of one load that may be on their way.

    Args:
        slots: The API's, whose number is never exceeded.
        stop: When it is set and `wake` is called, nobody waits any longer.
    """

    def __init__(self, slots: Semaphore, stop: threading.Event) -> None:
        self.most = slots.count
        self._slots = slots
        self._stop = stop
        self._allowed: float = min(AT_FIRST, self.most)
        self._careful_from: float = self.most
        self._going_on = 0
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
            with self._slots.held():
                yield
        finally:
            with self._change:
                self._going_on -= 1
                self._change.notify_all()

    def faster(self) -> None:
        """A request was answered."""
        with self._change:
            if self._slots.silence:
                return
            step = 1 if self._allowed < self._careful_from else 1 / self._allowed
            self._allowed = min(self.most, self._allowed + step)
            self._change.notify_all()

    def slower(self, silence: float) -> None:
        """An answer spoke of strain, or none came; nothing is sent for so many seconds."""
        with self._change:
            self._allowed = self._careful_from = max(1, self.allowed // 2)
            self._slots.leave_alone(silence)

    def wake(self) -> None:
        """Let those who wait see that the load is over."""
        with self._change:
            self._change.notify_all()

    def _seconds_to_wait(self) -> float | None:
        """None: until something changes."""
        silence = self._slots.silence
        # While the API is left alone, one waits in front of the slots for all.
        if self._going_on < (1 if silence else self.allowed):
            return 0
        return silence or None
