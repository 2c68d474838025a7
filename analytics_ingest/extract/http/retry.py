"""When a request is sent again, and when the API is given a pause.

`retry_policy` turns an endpoint's error handler into tenacity's policy: statuses on its list,
connection errors, time-outs and broken bodies are retried. `throttle_pause` says how long a failed
exchange pauses the whole API; a `Retry-After` header is read here and nowhere else.
"""

import random
import re
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from requests import Response
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.nap import sleep_using_event

from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.endpoint import ErrorHandler
from analytics_ingest.extract.http.errors import CONNECTION_ERRORS

JITTER = 0.1
"""Computed waits are lengthened by up to this share, so that clients do not retry in step."""

LONGEST_RETRY_AFTER = 900.0
"""Seconds; a request whose Retry-After is longer fails at once."""

DLT_DEFAULT = ErrorHandler(
    retry_on_status_codes=[429, *range(500, 600)], max_retries=4, backoff_factor=1
)
"""What dlt does for an endpoint that declares no error handler."""

NO_RETRIES = ErrorHandler(max_retries=0)


def retry_policy(
    handler: ErrorHandler, cancelled: threading.Event, on_retry: Callable[[float], None]
) -> Retrying:
    """The policy by which one request is retried.

    Args:
        cancelled: Ends a wait early once it is set.
        on_retry: Called before each retry with the seconds of the wait.
    """
    return Retrying(
        retry=retry_if_exception(lambda error: _is_retryable(error, handler)),
        stop=stop_after_attempt(handler.max_retries + 1),
        # A Retry-After pauses all requests to the API, this one included: no second wait here.
        wait=lambda state: 0 if _retry_after(state) is not None else _backoff(state, handler),
        sleep=sleep_using_event(cancelled),
        before_sleep=lambda state: on_retry(_retry_after(state) or state.upcoming_sleep),
        reraise=True,
    )


def retry_after(response: Response) -> float | None:
    """Seconds of a Retry-After header, given in seconds or as a date; None without a usable one."""
    header = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", header):
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - datetime.now(timezone.utc)).total_seconds())


def throttle_pause(error: Exception) -> float | None:
    """Seconds for which a failed exchange pauses the API; None if it is not a sign of overload.

    The pause is 0 if the API is overloaded and does not say for how long.
    """
    if not isinstance(error, UnusableResponseError):
        return 0
    seconds = retry_after(error.response)
    if seconds is not None:
        return seconds if seconds <= LONGEST_RETRY_AFTER else 0
    return 0 if is_overload(error.response.status_code) else None


def is_overload(status: int) -> bool:
    """Whether a status says that the API can serve nobody now."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _is_retryable(error: BaseException, handler: ErrorHandler) -> bool:
    if isinstance(error, UnusableResponseError):
        if error.is_final or (retry_after(error.response) or 0) > LONGEST_RETRY_AFTER:
            return False
        return error.is_broken or error.response.status_code in handler.retry_on_status_codes
    return isinstance(error, CONNECTION_ERRORS)


def _retry_after(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return retry_after(error.response) if isinstance(error, UnusableResponseError) else None


def _backoff(state: RetryCallState, handler: ErrorHandler) -> float:
    doublings = 0 if handler.backoff == "constant" else state.attempt_number - 1
    return handler.backoff_factor * 2**doublings * (1 + random.uniform(0, JITTER))
