"""Holds each request of one run back until the API's rate budgets have room for it.

    queue     → one thread of the run waits for a set of budgets; the others wait behind it
    reserve   → the moment is stored, right before the request is sent
    arrivals  → it is postponed, if the response comes later than usual
    note      → the response says how many requests remain

A request waits without a slot of the semaphore. One that is sent in the middle of another, such as
a login or a redirect, waits where it is.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Request, Response

from analytics_ingest.common.errors import BudgetUsedUpError
from analytics_ingest.declaration.models.rate import Rate
from analytics_ingest.extract.rates.arrivals import Arrivals, SentRequest
from analytics_ingest.extract.rates.budget import Budget, format_moment_after
from analytics_ingest.extract.rates.state import LEAD, RateStorage
from analytics_ingest.extract.stats import Attempts

POLLING_INTERVAL = 0.5
"""Seconds between two looks whether a request that waits is still needed."""

Result = TypeVar("Result")


class NoRoomError(Exception):
    """A request was not counted, because a budget has no room for some seconds."""

    def __init__(self, budget: Budget, seconds: float) -> None:
        super().__init__()
        self.budget = budget
        self.seconds = seconds


class RateLimiter:
    """One run's access to the budgets of an API.

    Args:
        base_url: Of the API; the paths of budgets are below it.
        closed: Once it is set, nothing waits any longer.
    """

    def __init__(
        self, rates: Sequence[Rate], storage: RateStorage, base_url: str, closed: threading.Event
    ) -> None:
        self._budgets = [Budget(rate) for rate in rates]
        self._storage = storage
        self._base_path = unquote(urlsplit(base_url).path).rstrip("/")
        self._closed = closed
        self._access = threading.Lock()
        """Held during each use of the storage, which is not thread-safe."""
        self._arrivals = Arrivals(storage, self._access, closed)
        self._queues: dict[tuple[Budget, ...], threading.Lock] = {}
        self._used_up: set[tuple[Budget, ...]] = set()
        """Budgets for which a thread waits now."""
        self._message = ""
        self._is_reported = False

    def send(
        self,
        request: Request,
        cancelled: threading.Event,
        attempts: Attempts,
        send: Callable[[ExitStack], Result],
    ) -> Result:
        """Send a request when all its budgets have room for it.

        Args:
            cancelled: Ends a wait.
            attempts: Counts the seconds that it has waited.
            send: Counts and sends it; raises `NoRoomError` where it cannot be counted.
        """
        with self.queue(request) as place:
            while True:
                try:
                    return send(place)
                except NoRoomError as error:
                    budgets = tuple(self._list_budgets(request))
                    self._used_up.add(budgets)
                    try:
                        attempts.seconds_waited += self.wait(error, cancelled)
                    finally:
                        self._used_up.discard(budgets)

    def holds_back(self, request: Request) -> bool:
        """Return whether a request of the same budgets waits for them now."""
        return bool(self._used_up) and tuple(self._list_budgets(request)) in self._used_up

    @contextmanager
    def queue(self, request: Request | PreparedRequest) -> Iterator[ExitStack]:
        """Open a block in which no other thread of the run waits for the same budgets.

        Close the stack to leave it early.
        """
        budgets = tuple(self._list_budgets(request))
        with self._access:
            queue = self._queues.setdefault(budgets, threading.Lock())
        with ExitStack() as place:
            place.enter_context(queue)
            yield place

    def reserve(self, request: PreparedRequest, place: str = "") -> SentRequest | None:
        """Count a request; it may be sent when this returns. None if no budget counts it.

        Args:
            place: Of the same place are requests that usually take the same time.

        Raises:
            NoRoomError: One of its budgets has no room for it.
        """
        self.postpone_pending()
        budgets = self._list_budgets(request)
        rings = [budget.ring for budget in budgets]
        if not budgets or self._closed.is_set():
            return None
        with self._access, self._storage.lock(rings) as (now, states):
            waits = [b.wait(state, now) for b, state in zip(budgets, states, strict=True)]
            seconds = max(waits)
            if seconds > LEAD:
                raise NoRoomError(budgets[waits.index(seconds)], seconds - LEAD)
            for budget, state in zip(budgets, states, strict=True):
                budget.count_request(state, now + seconds)
            counted = [(b, state.number) for b, state in zip(budgets, states, strict=True)]
            sent = SentRequest(place, now + seconds, counted)
            request.register_hook("response", partial(self.note, sent))
            self._arrivals.expect(sent, request)
        time.sleep(seconds)
        return sent

    def wait(self, error: NoRoomError, ended: threading.Event) -> float:
        """Wait for room; returns the seconds that it took.

        Args:
            ended: Ends the wait too.

        Raises:
            BudgetUsedUpError: The wait would be too long.
        """
        budget, seconds = error.budget, error.seconds
        if seconds > budget.max_wait:
            raise BudgetUsedUpError(
                f"{budget} is used up until {format_moment_after(seconds)}, longer than the "
                f"{budget.max_wait:.0f} s that a run waits; run the load again later, or raise "
                "rate.max_wait"
            )
        self._message = self._message or f"waiting for {budget}"
        began = time.monotonic()
        while not (self._closed.is_set() or ended.is_set()):
            left = began + seconds - time.monotonic()
            if left <= 0:
                break
            ended.wait(min(left, POLLING_INTERVAL))
        return time.monotonic() - began

    def hold(self, request: PreparedRequest) -> None:
        """Count a request that is sent in the middle of another, and wait until it may be sent.

        Raises:
            BudgetUsedUpError: The wait would be too long.
        """
        while True:
            try:
                self.reserve(request)
            except NoRoomError as error:
                self.wait(error, self._closed)
            else:
                return

    def postpone_pending(self) -> None:
        """Count requests as late if their responses are; call it regularly."""
        self._arrivals.postpone_pending()

    def give_up(self, sent: SentRequest) -> None:
        """Expect no response to a request any longer."""
        self._arrivals.give_up(sent)

    def note(self, sent: SentRequest, response: Response, **_: Any) -> None:
        """Store how many requests remain, where the response says so."""
        said = [
            (b, number, left) for b, number in sent.counted if (left := b.count_remaining(response))
        ]
        if not said or self._closed.is_set():
            return
        rings = [budget.ring for budget, *_ in said]
        with self._access, self._storage.lock(rings) as (now, states):
            for state, (budget, number, (count, seconds)) in zip(states, said, strict=True):
                # Requests that were sent after this one are not in its count, and those without a
                # response may not be.
                others = state.number - number + self._arrivals.count_pending(budget, number)
                state.remaining = max(0, count - others)
                state.resets_at = now + seconds

    def take_message(self) -> str:
        """Return a line for the log about the first wait, once; otherwise empty."""
        if not self._message or self._is_reported:
            return ""
        self._is_reported = True
        return self._message

    def close(self) -> None:
        """Let go of the storage; call it after `closed` was set."""
        with self._access:
            self._storage.close()

    def _list_budgets(self, request: Request | PreparedRequest) -> list[Budget]:
        method, path = str(request.method), unquote(urlsplit(str(request.url)).path)
        if self._base_path and (path + "/").startswith(self._base_path + "/"):
            path = path[len(self._base_path) :]
        return [budget for budget in self._budgets if budget.counts(method, path)]
