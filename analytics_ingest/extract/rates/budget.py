"""One declared rate budget: which requests it counts, and when the next one may be sent."""

import hashlib
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase

from requests import Response

from analytics_ingest.declaration.models.rate import LONGEST, Rate
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.extract.rates.header_values import is_number, read_seconds
from analytics_ingest.extract.rates.state import BudgetState, RateStorage, Ring

MARGIN = 0.005
"""The share of its span by which a budget is stricter than declared: requests that were sent evenly
can arrive closer together."""
LONGEST_MARGIN = 1.0
"""Seconds."""
_NOTICED = 0.5
"""The share of the margin beyond which a request counts as late."""
_ALLOWANCE = 0.05
"""The share of a span by which a request may count as late, on average of one run."""
_STEP = 0.125
"""The share of a span by which a request is later each time its moment is postponed while it waits
for its response."""
_LONGEST_RESET = LONGEST.total_seconds()
"""A reset that is further ahead, or further than `per`, is in another unit or wrong: all runs would
wait for it."""
_LARGEST_COUNT = 1e15
_PROBED = -1
"""The number of remaining requests while the answer to the first one after a reset is awaited."""
_PROBE = 0.2
"""Seconds to wait for that answer: it says how many more may be sent."""


class Budget:
    """A declared budget."""

    def __init__(self, declared: Rate) -> None:
        self._declared = declared
        per = (declared.per or timedelta()).total_seconds()
        self.per = per
        self._margin = min(per * MARGIN, LONGEST_MARGIN)
        self._most_lateness = per * max(1.0, (declared.requests or 0) * _ALLOWANCE)
        self._lateness = self._most_lateness
        """The seconds by which requests may count as late from now on."""
        self._path = declared.path and _normalize_path(declared.path)
        headers = declared.remaining_header, declared.reset_header
        known = (declared.requests, per, self._path, declared.method, *headers)
        key = hashlib.sha256(repr(known).encode()).hexdigest()[:16]
        self.ring = Ring(key, declared.requests or 0)
        self.max_wait = declared.max_wait.total_seconds()

    def __str__(self) -> str:
        declared = self._declared
        which = " ".join(filter(None, (declared.method, declared.path)))
        suffix = f" for {which}" if which else ""
        if declared.requests is None or declared.per is None:
            return f"the rate budget in {declared.remaining_header}{suffix}"
        count = "1 request" if declared.requests == 1 else f"{declared.requests} requests"
        return f"the rate budget of {count} in {format_duration(declared.per)}{suffix}"

    def counts(self, method: str, path: str) -> bool:
        """Return whether a request counts.

        Args:
            path: Below the base URL.
        """
        if self._declared.method not in (None, method):
            return False
        return self._path is None or fnmatchcase(_normalize_path(path), self._path)

    def wait(self, state: BudgetState, now: float) -> float:
        """Return seconds until the next request may be sent; 0 if it may be sent now."""
        seconds = (
            state.oldest + self.per + self._margin - now if self.ring.size and state.oldest else 0.0
        )
        reset = state.resets_at - now
        if state.remaining is not None and state.remaining <= 0 and reset <= _LONGEST_RESET:
            seconds = max(seconds, reset)
        return max(0.0, seconds)

    def count_request(self, state: BudgetState, now: float) -> None:
        """Count a request that is sent now.

        After a reset, nothing but the next answer says what remains of a budget that only headers
        state. Requests that wait together would all be sent before it.
        """
        is_first = state.remaining not in (None, _PROBED) and state.resets_at <= now
        state.add(now)
        if is_first and not self.ring.size:
            state.remaining, state.resets_at = _PROBED, now + _PROBE

    def allow_lateness(self) -> None:
        """Let requests count as late by a little more; call it for each request."""
        self._lateness = min(self._lateness + self.per * _ALLOWANCE, self._most_lateness)

    def take_lateness(self, seconds: float, *, is_final: bool) -> float:
        """Return by how much a request that is late by some seconds counts as late.

        Args:
            is_final: Whether it has its response.
        """
        least = self._margin * _NOTICED if is_final else self.per * _STEP
        if seconds <= least or not self.ring.size:
            return 0.0
        taken = min(seconds, self._lateness)
        self._lateness -= taken
        return taken

    def read_use(self, storage: RateStorage) -> tuple[int, int | None]:
        """Return how many requests count now, and how many remain, where headers have said it."""
        with storage.lock([self.ring]) as (now, (state,)):
            used = storage.count_since(self.ring, now - self.per) if self.ring.size else 0
            if state.remaining is None or state.resets_at <= now:
                return used, None
            return used, max(0, state.remaining)

    def count_remaining(self, response: Response) -> tuple[int, float] | None:
        """Return how many requests the API says remain, and for how many seconds.

        None if it does not.
        """
        declared = self._declared
        if declared.remaining_header is None:
            return None
        count = response.headers.get(declared.remaining_header, "").strip()
        reset = response.headers.get(declared.reset_header or "", "")
        seconds = read_seconds(reset) or self.per
        if seconds > (self.per or _LONGEST_RESET):
            seconds = self.per
        if not is_number(count) or not seconds:
            return None
        return int(min(float(count), _LARGEST_COUNT)), seconds


def format_moment_after(seconds: float) -> str:
    """Return the moment a number of seconds from now, for messages."""
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _normalize_path(path: str) -> str:
    return "/" + path.strip("/")
