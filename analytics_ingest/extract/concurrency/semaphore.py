"""A cross-process semaphore: all runs together have at most `concurrency` requests in flight.

A request holds one of the API's slots, a lock that ends with its process. A queue lock in front of
the slots lets in one run at a time, so that a busy run cannot take back each slot that it releases.
A run that the API has throttled keeps the queue lock during the pause: other runs wait as well.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from analytics_ingest.extract.concurrency.locks import QUEUE_LOCK, Locks

REPORT_AFTER = 5.0
"""Seconds of waiting for other runs after which this is logged, once."""


class Semaphore:
    """One run's access to the slots of an API.

    Args:
        size: The declared `concurrency`.
        locks: The slots and the queue lock, shared by all runs.
        closed: Once it is set, no thread waits any longer.
    """

    def __init__(self, size: int, locks: Locks, closed: threading.Event) -> None:
        self.size = size
        self._locks = locks
        self._closed = closed
        self._paused_until = 0.0
        self._waiting_since: float | None = None
        self._held: set[int] = set()
        self._thread_queue = threading.Lock()
        """Held by the one thread of this run that waits for the queue lock or a slot."""
        self._locks_access = threading.Lock()
        """Held during each call of `locks`, which are not thread-safe."""
        self._is_released = False
        self._is_reported = False

    @property
    def seconds_paused(self) -> float:
        """Seconds for which the API is still paused."""
        return max(0.0, self._paused_until - time.monotonic())

    @property
    def seconds_waiting(self) -> float:
        """Seconds for which the next request has been waiting for other runs."""
        since = self._waiting_since
        return 0 if since is None or self.seconds_paused else time.monotonic() - since

    def take_message(self) -> str:
        """Return a line for the log about a long wait, the first time; otherwise empty."""
        if self._is_reported or self.seconds_waiting <= REPORT_AFTER:
            return ""
        self._is_reported = True
        return f"waiting for other runs, which use the whole concurrency of {self.size}"

    def pause(self, seconds: float) -> None:
        """Send nothing for some seconds; a longer pause stays in force."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Open a block that holds a slot; waits for one, unless the client is closed."""
        with ExitStack() as slot:
            with self._thread_queue:
                self._waiting_since = time.monotonic()
                with self._hold(lambda: [QUEUE_LOCK]):
                    slot.enter_context(self._hold(self._list_free_slots))
                self._waiting_since = None
            yield

    def close(self) -> None:
        """Release all locks, also those of requests that are being aborted."""
        with self._locks_access:
            self._is_released = True
            self._locks.close()

    @contextmanager
    def _hold(self, candidates: Callable[[], list[int]]) -> Iterator[None]:
        """Open a block that holds one of the candidate locks."""
        number = self._acquire(candidates)
        try:
            yield
        finally:
            if number is not None:
                self._release(number)

    def _acquire(self, candidates: Callable[[], list[int]]) -> int | None:
        while not self._closed.is_set():
            with self._locks_access:
                numbers = [] if self._is_released else candidates()
                number = self._locks.acquire_any(numbers) if numbers else None
                if number is not None:
                    self._held.add(number)
                    return number
            interval = self._locks.polling_interval
            self._closed.wait(interval if numbers else max(interval, self.seconds_paused))
        return None

    def _release(self, number: int) -> None:
        with self._locks_access:
            self._held.discard(number)
            if not self._is_released:
                self._locks.release(number)

    def _list_free_slots(self) -> list[int]:
        """List the slots to try: none during a pause, and none that this run holds already."""
        if self.seconds_paused:
            return []
        return [number for number in range(self.size) if number not in self._held]
