"""One declared rate budget: which requests it counts, and when the next one may be sent."""

import hashlib
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase

from requests import Response

from analytics_ingest.declaration.models.rate import LONGEST, Rate
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.extract.rates.header_values import is_number, seconds_in
from analytics_ingest.extract.rates.state import BudgetState, Ring

MARGIN = 0.018
"""The share of its span by which a budget is stricter than declared: requests that were sent evenly
can arrive closer together."""
LONGEST_MARGIN = 1.0
"""Seconds."""
_LONGEST_RESET = LONGEST.total_seconds()
"""A reset that is further ahead is in another unit, or wrong: all runs would wait for it."""
_LARGEST_COUNT = 1e15


class Budget:
    """A declared budget."""

    def __init__(self, declared: Rate) -> None:
        self._declared = declared
        per = (declared.per or timedelta()).total_seconds()
        self._per = per
        self._span = per + min(per * MARGIN, LONGEST_MARGIN)
        self._path = declared.path and _spelled(declared.path)
        known = (declared.requests, per, self._path, declared.method, declared.remaining_header)
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
        """Whether a request counts.

        Args:
            path: Below the base URL.
        """
        if self._declared.method not in (None, method):
            return False
        return self._path is None or fnmatchcase(_spelled(path), self._path)

    def wait(self, state: BudgetState, now: float) -> float:
        """Seconds until the next request may be sent; 0 if it may be sent now."""
        seconds = state.oldest + self._span - now if self.ring.size and state.oldest else 0.0
        reset = state.resets_at - now
        if state.remaining is not None and state.remaining <= 0 and reset <= _LONGEST_RESET:
            seconds = max(seconds, reset)
        return max(0.0, seconds)

    def remaining(self, response: Response) -> tuple[int, float] | None:
        """How many requests the API says remain, and for how many seconds; None if it does not."""
        declared = self._declared
        if declared.remaining_header is None:
            return None
        count = response.headers.get(declared.remaining_header, "").strip()
        reset = response.headers.get(declared.reset_header or "", "")
        seconds = seconds_in(reset) or self._per
        seconds = seconds if seconds <= _LONGEST_RESET else self._per
        if not is_number(count) or not seconds:
            return None
        return int(min(float(count), _LARGEST_COUNT)), seconds


def moment_after(seconds: float) -> str:
    """The moment so many seconds from now, for messages."""
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _spelled(path: str) -> str:
    return "/" + path.strip("/")
