"""Whether a key that was refused may be renewed once more: an API may refuse some requests always.

Others may use up a new key before a refused request is repeated. Then they were accepted with it,
after the attempt before was sent: their responses are counted, or still in flight.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Attempt:
    """A request that was sent once.

    Args:
        count: How many requests the API had accepted before.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.is_accepted = False


class Acceptances:
    """The requests of a load whose keys the API has accepted."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._counts: Counter[str] = Counter()
        """How often the API has accepted the key of each place."""
        self._in_flight: set[Attempt] = set()

    @contextmanager
    def attempt(self, place: str) -> Iterator[Attempt]:
        """Open a block that signs and sends a request, and sets the attempt's outcome."""
        with self._change:
            attempt = Attempt(self._counts.total())
            self._in_flight.add(attempt)
        try:
            yield attempt
        finally:
            with self._change:
                self._in_flight.remove(attempt)
                if attempt.is_accepted:
                    self._counts[place] += 1
                self._change.notify_all()

    def has_any_since(self, attempt: Attempt, place: str) -> bool:
        """Return whether a request was accepted since an attempt, after those in flight have ended.

        It is False for a place that was never accepted: its key is not what is wrong.
        """

        def has_any() -> bool:
            return place in self._counts and self._counts.total() > attempt.count

        with self._change:
            in_flight = set(self._in_flight)
            self._change.wait_for(lambda: has_any() or in_flight.isdisjoint(self._in_flight))
            return has_any()
