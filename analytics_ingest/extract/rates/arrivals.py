"""Counts a request from its arrival on: the API does, and some requests take long to get there.

    age        seconds from the moment that is stored to the response's headers
    usual      the smallest age of the last requests of the same place, without connecting
    lateness   age - usual: the request arrived at most so much later than usual

A lateness beyond the margin postpones the stored moment. An API that takes now longer, now shorter
looks like a network that delays requests, so a run has an allowance of seconds for it.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

from requests import PreparedRequest, Response

from analytics_ingest.extract.rates.budget import Budget
from analytics_ingest.extract.rates.state import RateStorage

_REMEMBERED = 100
"""Requests of a place after which an age begins to be forgotten: clocks drift, and APIs change."""
_KNOWN = 5
"""Requests of a place that say what is usual there; until then the fastest place does."""


@dataclass(eq=False)
class SentRequest:
    """A request that was counted.

    Args:
        place: Of the same place are requests that usually take the same time.
        at: The moment that was stored.
        counted: The budgets that have counted it, with its number in each.
    """

    place: str
    at: float
    counted: Sequence[tuple[Budget, int]]
    postponed: dict[Budget, float] = field(default_factory=dict)
    """By how many seconds."""
    began: float = field(default_factory=time.monotonic)
    """The same moment by the clock of ages."""


class Arrivals:
    """The requests of one run that are in flight.

    Args:
        access: Held during each use of the storage.
        closed: Once it is set, nothing is stored any longer.
    """

    def __init__(
        self, storage: RateStorage, access: threading.Lock, closed: threading.Event
    ) -> None:
        self._storage = storage
        self._access = access
        self._closed = closed
        self._places: dict[str, _Place] = {}
        self._pending: dict[SentRequest, None] = {}

    def expect(self, sent: SentRequest, request: PreparedRequest) -> None:
        """Wait for the response to a request, which is about to be sent; `access` is held."""
        request.register_hook("response", partial(self._note_response, sent))
        self._pending[sent] = None
        for budget, _ in sent.counted:
            budget.allow_lateness()

    def give_up(self, sent: SentRequest) -> None:
        """Expect no response to a request any longer: it may have arrived until now."""
        with self._access:
            if sent in self._pending:
                self._postpone_pending(sent, is_final=True)
                del self._pending[sent]

    def count_pending(self, budget: Budget, before: int) -> int:
        """Return how many requests that a budget counted before one have no response yet.

        `access` is held.

        Args:
            before: The number of that request in the budget.
        """
        numbers = (number for sent in self._pending for b, number in sent.counted if b is budget)
        return sum(number < before for number in numbers)

    def postpone_pending(self) -> None:
        """Postpone the moments of requests whose responses take longer than usual."""
        if not self._pending:
            return
        with self._access:
            for sent in list(self._pending):
                self._postpone_pending(sent)

    def _note_response(self, sent: SentRequest, response: Response, **_: Any) -> None:
        age = time.monotonic() - sent.at
        connecting = _take_connecting_seconds(response)
        with self._access:
            if sent not in self._pending:
                return  # A redirect takes the hooks along.
            del self._pending[sent]
            place = self._places.setdefault(sent.place, _Place())
            for each, its_age in place.add(sent, age, age - connecting):
                self._postpone(each, its_age - self._find_usual(sent.place), is_final=True)

    def _postpone_pending(self, sent: SentRequest, *, is_final: bool = False) -> None:
        age = time.monotonic() - sent.at
        self._postpone(sent, age - self._find_usual(sent.place), is_final=is_final)

    def _find_usual(self, name: str) -> float:
        place = self._places.get(name)
        if place and place.count >= _KNOWN:
            return place.usual
        return min((place.usual for place in self._places.values()), default=inf)

    def _postpone(self, sent: SentRequest, lateness: float, *, is_final: bool) -> None:
        later: dict[Budget, float] = {}
        for budget, _ in sent.counted:
            if time.monotonic() - sent.began > budget.per:
                continue  # Its place is another request's by now.
            known = sent.postponed.get(budget, 0.0)
            if seconds := budget.take_lateness(lateness - known, is_final=is_final):
                later[budget] = known + seconds
        if not later or self._closed.is_set():
            return
        with self._storage.lock([budget.ring for budget in later]) as (now, states):
            for state, (budget, seconds) in zip(states, later.items(), strict=True):
                known = sent.postponed.get(budget, 0.0)
                after = min(sent.at + seconds, now)
                state.postpone(sent.at + known, after)
                sent.postponed[budget] = after - sent.at


class _Place:
    """The last requests of a place: the last 100, and the smallest age of up to 200."""

    def __init__(self) -> None:
        self._recent: deque[tuple[SentRequest, float]] = deque(maxlen=_REMEMBERED)
        self.count = 0
        self._smallest = (inf, inf)

    @property
    def usual(self) -> float:
        """The smallest age.

        Ages are differences of two clocks: how far those are apart is in all of them.
        """
        return min(self._smallest)

    def add(
        self, sent: SentRequest, age: float, without_connecting: float
    ) -> Iterable[tuple[SentRequest, float]]:
        """Add a request; returns those that are later than was known, with their ages.

        The first requests of a run meet: what is usual shows when they have passed.
        """
        self._recent.append((sent, age))
        is_faster = without_connecting < self.usual
        if self.count % _REMEMBERED == 0:
            self._smallest = (self._smallest[1], inf)
        self.count += 1
        self._smallest = (self._smallest[0], min(self._smallest[1], without_connecting))
        return self._recent if is_faster or self.count <= _KNOWN else [(sent, age)]


def _take_connecting_seconds(response: Response) -> float:
    """Return seconds that the request of a response waited for a new connection; call it once."""
    connection: Any = getattr(response.raw, "connection", None)
    if not hasattr(connection, "connecting_seconds"):
        return 0.0
    seconds, connection.connecting_seconds = connection.connecting_seconds, 0.0
    return seconds
