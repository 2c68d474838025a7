"""What the runs of an API share of a rate budget, and the protocol of what stores it.

The moments of the last `requests` requests form a ring, in order: request number n takes the place
of the oldest, and may be sent once that one is `per` ago. A moment is stored before its request is
sent: a run that is killed holds nothing. One that arrived late is postponed (`arrivals`).

No moment is further ahead of the clock than `LEAD`. If one is, the clock was set back: those
moments become the present, so that the budget is neither exceeded nor waited for longer than `per`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

LEAD = 0.005
"""Seconds by which a request is counted ahead of its moment: to wake, to sign and to count it takes
time, which would otherwise add up."""


@dataclass(frozen=True)
class Ring:
    """Where a budget is stored."""

    key: str
    size: int
    """How many moments it keeps; 0 for a budget that only headers state."""


@dataclass
class BudgetState:
    """The state of one budget; moments are seconds since 1970, 0 is long ago."""

    number: int = 0
    """How many requests were counted."""
    newest: float = 0.0
    """When the last of them was counted."""
    oldest: float = 0.0
    """When the one was counted whose place the next one takes."""
    remaining: int | None = None
    """How many the API still takes until `resets_at`, if its headers said so."""
    resets_at: float = 0.0
    postponed: tuple[float, float] | None = None
    """The moment of a request, and to when it is postponed."""

    def add(self, now: float) -> None:
        """Count a request."""
        self.number += 1
        self.newest = now
        if self.remaining is not None:
            self.remaining = self.remaining - 1 if self.resets_at > now else None

    def postpone(self, before: float, after: float) -> None:
        """Postpone the moment of a request, unless another one has taken its place."""
        self.postponed = before, after

    def is_ahead(self, now: float) -> bool:
        """Return whether the clock was set back."""
        return not self.newest <= now + LEAD

    def set_back(self, now: float) -> None:
        """Forget what lies ahead of a clock that was set back."""
        self.newest, self.oldest = now, min(self.oldest, now)
        self.remaining, self.resets_at = None, 0.0


class RateStorage(Protocol):
    """Stores the state of budgets; call it from one thread at a time.

    It raises `LimitsError` if it cannot be used.
    """

    def lock(
        self, rings: Sequence[Ring]
    ) -> AbstractContextManager[tuple[float, list[BudgetState]]]:
        """Open a block in which no other run counts: the present, and the state of each ring.

        What the block changes is stored at its end.
        """
        ...

    def count_since(self, ring: Ring, moment: float) -> int:
        """Return how many requests were counted after a moment; call it in the block of `lock`."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
