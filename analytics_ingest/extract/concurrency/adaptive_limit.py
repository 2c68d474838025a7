"""How many requests one load has in flight: few at first, half as many after a sign of overload.

The limit starts at `INITIAL_LIMIT` and grows by one with each response. A 429, a 5xx, a time-out or
a broken connection halves it, and from then on it grows more slowly (additive increase,
multiplicative decrease, as in TCP). Each request also holds a slot of the `Semaphore`, which bounds
all runs together.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from analytics_ingest.extract.concurrency.semaphore import Semaphore

INITIAL_LIMIT = 4


class AdaptiveLimit:
    """The limit of the requests in flight of one load.

    Args:
        semaphore: The API's; its size is the maximum.
        closed: Once it is set and `wake` is called, no thread waits any longer.
    """

    def __init__(self, semaphore: Semaphore, closed: threading.Event) -> None:
        self.maximum = semaphore.size
        self._semaphore = semaphore
        self._closed = closed
        self._value: float = min(INITIAL_LIMIT, self.maximum)
        self._slow_growth_from: float = self.maximum
        self._in_flight = 0
        self._changed = threading.Condition()

    @property
    def current(self) -> int:
        """How many requests may be in flight now, at least one."""
        return int(self._value)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Open a block for one request in flight, once a slot is free."""
        with self._changed:
            while not self._closed.is_set() and (seconds := self._compute_wait()) != 0:
                self._changed.wait(seconds)
            self._in_flight += 1
        try:
            with self._semaphore.slot():
                yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def increase(self) -> None:
        """Raise the limit after a response."""
        with self._changed:
            if self._semaphore.seconds_paused:
                return
            step = 1 if self._value < self._slow_growth_from else 1 / self._value
            self._value = min(self.maximum, self._value + step)
            self._changed.notify_all()

    def decrease(self, pause: float) -> None:
        """Halve the limit after a sign of overload, and send nothing for `pause` seconds."""
        with self._changed:
            self._value = self._slow_growth_from = max(1, self.current // 2)
            self._semaphore.pause(pause)

    def wake(self) -> None:
        """Make waiting threads notice that the client is closed."""
        with self._changed:
            self._changed.notify_all()

    def _compute_wait(self) -> float | None:
        """Compute seconds until a request may be sent; None if another one must end first."""
        paused = self._semaphore.seconds_paused
        # During a pause one thread takes the semaphore, so that other runs wait too.
        if self._in_flight < (1 if paused else self.current):
            return 0
        return paused or None
