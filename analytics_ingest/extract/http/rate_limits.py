"""How an API says that it is overloaded, and how long to wait: statuses and headers of limits.

`Retry-After` is read from every response. Good responses have the headers of rate limits too,
so they are read only from a 429, and from a 403 that says that no request remains; those that a
`rate` declares are read from every response (`rates.budget`). A 403 that asks for a wait of 0
seconds is a refusal.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from http import HTTPStatus

from requests import Response

from analytics_ingest.declaration.models.endpoint import WaitHeader
from analytics_ingest.extract.rates.header_values import is_number, read_seconds

_RESETS = (
    *("X-RateLimit-Reset-After", "X-Rate-Limit-Reset-After"),
    *("RateLimit-Reset", "X-RateLimit-Reset", "X-Rate-Limit-Reset"),
)
_REMAINING = ("X-RateLimit-Remaining", "X-Rate-Limit-Remaining", "RateLimit-Remaining")
_COUNT = re.compile(r"\b(?:remaining|r)=([0-9]+)")
_RESET = re.compile(r"\b(?:reset|t)=([0-9]+)")


def is_overload(response: Response) -> bool:
    """Return whether a response says that the API can serve nobody now, or not this client."""
    status = response.status_code
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or _is_limited(response)


def retry_after(response: Response) -> float | None:
    """Return seconds that the API asks to wait; None if it does not say."""
    seconds = read_seconds(response.headers.get("Retry-After", ""))
    if seconds is not None or not _is_limited(response) or _read_remaining(response):
        return seconds
    resets = [read_seconds(response.headers.get(name, "")) for name in _RESETS]
    return next((s for s in (*resets, *_read_policy_resets(response)) if s is not None), None)


def read_declared_wait(response: Response, header: WaitHeader) -> float | None:
    """Read seconds that a declared header asks to wait; None if it does not say."""
    text = response.headers.get(header.name, "").strip()
    if header.regex and text:
        # Only here: a load without patterns does not pay for the check of their cost.
        from analytics_ingest.common.expressions.regexes import CostlyPatternError, check_search

        try:
            match = check_search(header.regex, text).match(text)
        except CostlyPatternError:
            match = None  # A header of thousands of characters says no time.
        text = next(filter(None, match.groups()), match[0]) if match else ""
    seconds = _read_until(text) if header.holds == "moment" else _read_plain_seconds(text)
    return max(seconds or 0, header.min_wait) or seconds


def _read_plain_seconds(text: str) -> float | None:
    return float(text) if is_number(text) else read_seconds(text)


def _read_until(text: str) -> float | None:
    """Read seconds until a moment, given as an epoch or a date."""
    if is_number(text):
        return max(0.0, float(text) - datetime.now(timezone.utc).timestamp())
    return read_seconds(text)


def _is_limited(response: Response) -> bool:
    if response.status_code == HTTPStatus.FORBIDDEN:
        asks_to_wait = bool(read_seconds(response.headers.get("Retry-After", "")))
        return asks_to_wait or _read_remaining(response) == 0
    return response.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _read_remaining(response: Response) -> float | None:
    """Return how many requests remain; of several limits, the smallest number."""
    texts = [response.headers.get(name, "").strip() for name in _REMAINING]
    texts += _COUNT.findall(response.headers.get("RateLimit", ""))
    return min((float(text) for text in texts if is_number(text)), default=None)


def _read_policy_resets(response: Response) -> Iterator[float]:
    """Yield the waits of a `RateLimit` header: `remaining=0, reset=5` or `"name";r=0;t=5`."""
    header = response.headers.get("RateLimit", "")
    policies = header.split(",") if ";" in header else [header]
    used_up = [p for p in policies if (count := _COUNT.search(p)) is None or int(count[1]) == 0]
    resets = [float(match[1]) for p in used_up if (match := _RESET.search(p))]
    yield from [max(resets)] if resets else []
