"""The requests that all runs together may have on their way to one API, whatever process they are.

A request holds one of the API's slots, a lock that ends with its process. Whoever wants one waits
at a door, a lock as well, which lets in one run at a time: so a run that asks without a pause does
not take each slot that it gives back before another one sees it. A run that the API asked to be
left alone stays in the door for that time, so the other runs leave the API alone as well.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from analytics_ingest.extract.concurrency.locks import QUEUE_LOCK, Locks


class Semaphore:
    """One run's access to the slots of an API.

    Args:
        count: The declared `concurrency`.
        locks: What the slots and the doors are, shared by all runs.
        stop: When it is set, nobody waits any longer.
    """

    def __init__(self, count: int, locks: Locks, stop: threading.Event) -> None:
        self.count = count
        self._locks = locks
        self._stop = stop
        self._silent_until = 0.0
        self._waits_since: float | None = None
        self._held: set[int] = set()
        self._line = threading.Lock()
        """Held by the one thread that waits at the door or in it."""
        self._access = threading.Lock()
        """Held while locks are taken and given back, which threads do not do at once."""
        self._closed = False

    @property
    def silence(self) -> float:
        """Seconds for which the API is still to be left alone."""
        return max(0.0, self._silent_until - time.monotonic())

    @property
    def seconds_held_up(self) -> float:
        """How long the next request has been waiting for those of other runs."""
        since = self._waits_since
        return 0 if since is None or self.silence else time.monotonic() - since

    def leave_alone(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._silent_until = max(self._silent_until, time.monotonic() + seconds)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A block in which a slot is held; waits for one, unless everything is over."""
        with ExitStack() as slot:
            with self._line:
                self._waits_since = time.monotonic()
                with self._holding(lambda: [QUEUE_LOCK]):
                    slot.enter_context(self._holding(self._wanted))
                self._waits_since = None
            yield

    def close(self) -> None:
        """Release everything, also what requests still hold that are being cut off."""
        with self._access:
            self._closed = True
            self._locks.close()

    @contextmanager
    def _holding(self, wanted: Callable[[], list[int]]) -> Iterator[None]:
        taken = self._take_one(wanted)
        try:
            yield
        finally:
            if taken is not None:
                self._give_back(taken)

    def _take_one(self, wanted: Callable[[], list[int]]) -> int | None:
        while not self._stop.is_set():
            with self._access:
                numbers = [] if self._closed else wanted()
                taken = self._locks.take_one(numbers) if numbers else None
                if taken is not None:
                    self._held.add(taken)
                    return taken
            pause = self._locks.seconds_between_tries
            self._stop.wait(pause if numbers else max(pause, self.silence))
        return None

    def _give_back(self, number: int) -> None:
        with self._access:
            self._held.discard(number)
            if not self._closed:
                self._locks.give_back(number)

    def _wanted(self) -> list[int]:
        """The slots to try: none while the API is left alone, and none twice."""
        if self.silence:
            return []
        return [number for number in range(self.count) if number not in self._held]
