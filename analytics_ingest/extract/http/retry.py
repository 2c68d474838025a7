"""When a request is sent again, and when the API is given a pause.

`retry_policy` turns an endpoint's error handler into tenacity's policy: statuses on its list,
connection errors, time-outs, broken bodies and rate limits are retried. `throttle_pause` says how
long a failed exchange pauses the whole API, `find_scope` whether it speaks of an outage.
"""

import random
import threading
from collections.abc import Callable
from http import HTTPStatus

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.nap import sleep_using_event
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from analytics_ingest.common.errors import list_causes
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.endpoint import ErrorHandler
from analytics_ingest.extract.concurrency.outage import Scope
from analytics_ingest.extract.http.errors import CONNECTION_ERRORS, find_tls_problem
from analytics_ingest.extract.http.rate_limits import is_overload, retry_after
from analytics_ingest.extract.http.token_sender import is_refused_login

JITTER = 0.1
"""Computed waits are lengthened by up to this share, so that clients do not retry in step."""

_NOT_CONNECTED = (ConnectTimeoutError, NewConnectionError)

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
    """Return the policy by which one request is retried.

    Args:
        cancelled: Ends a wait early once it is set.
        on_retry: Called before each retry with the seconds of the wait.
    """
    return Retrying(
        retry=retry_if_exception(lambda error: _is_retryable(error, handler)),
        stop=stop_after_attempt(handler.max_retries + 1),
        wait=lambda state: _wait(state, handler),
        sleep=sleep_using_event(cancelled),
        before_sleep=lambda state: on_retry(_pause(state) or state.upcoming_sleep),
        reraise=True,
    )


def throttle_pause(error: Exception, handler: ErrorHandler, retries: int) -> float | None:
    """Return seconds for which a failed exchange pauses the API.

    None if it is not a sign of overload.

    The pause is 0 if the API is overloaded and does not say for how long.

    Args:
        retries: How often the request has been sent again so far.
    """
    if not isinstance(error, UnusableResponseError):
        return None if find_tls_problem(error) else 0
    response = error.response
    seconds = _find_requested_wait(error, handler, retries)
    is_refusal = error.is_rate_limit or response.status_code >= HTTPStatus.BAD_REQUEST
    if seconds is not None and is_refusal:
        return seconds
    return 0 if error.is_rate_limit or is_overload(response) else None


def find_scope(error: Exception) -> Scope:
    """Return what the failure of an exchange is about."""
    if not isinstance(error, UnusableResponseError):
        if find_tls_problem(error):
            return Scope.REQUEST
        is_connected = not any(isinstance(cause, _NOT_CONNECTED) for cause in list_causes(error))
        return Scope.PATH if is_connected else Scope.API
    if not is_overload(error.response):
        return Scope.REQUEST
    if is_too_long(error):
        return Scope.API_FOR_LONG
    is_unavailable = error.response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    return Scope.API if is_unavailable else Scope.PATH


def read_asked_wait(error: UnusableResponseError) -> float | None:
    """Read seconds that the API asks to wait, in the declared header or a usual one."""
    return retry_after(error.response) if error.wait is None else error.wait


def find_longest_wait(error: UnusableResponseError) -> float:
    """Find the longest wait that a run waits for."""
    return LONGEST_RETRY_AFTER if error.longest_wait is None else error.longest_wait


def is_too_long(error: UnusableResponseError) -> bool:
    """Return whether the API asks for a longer wait than a run waits."""
    return (read_asked_wait(error) or 0) > find_longest_wait(error)


def _find_requested_wait(
    error: UnusableResponseError, handler: ErrorHandler, retries: int
) -> float | None:
    """Find the wait that a response asks for, at least the first computed one.

    None if it does not.
    """
    seconds = read_asked_wait(error)
    if seconds is None or is_too_long(error):
        return None
    # Waits are often rounded down: a 0 is a fraction of a second, and says nothing.
    return max(seconds, handler.backoff_factor) if seconds else _compute_backoff(handler, retries)


def _is_retryable(error: BaseException, handler: ErrorHandler) -> bool:
    if not isinstance(error, UnusableResponseError):
        return isinstance(error, CONNECTION_ERRORS) and not find_tls_problem(error)
    response = error.response
    if is_too_long(error) or (error.is_from_auth and is_refused_login(response)):
        return False
    if error.is_retryable is None:
        is_limit = response.status_code == HTTPStatus.FORBIDDEN and is_overload(response)
        return is_limit or response.status_code in handler.retry_on_status_codes
    return error.is_retryable


def _wait(state: RetryCallState, handler: ErrorHandler) -> float:
    """Return the seconds before the next try; a pause of the API is waited for elsewhere."""
    if _pause(state):
        return 0
    error = state.outcome.exception() if state.outcome else None
    retries = state.attempt_number - 1
    if isinstance(error, UnusableResponseError):
        return _find_requested_wait(error, handler, retries) or _compute_backoff(handler, retries)
    return _compute_backoff(handler, retries)


def _pause(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.pause if isinstance(error, UnusableResponseError) else None


def _compute_backoff(handler: ErrorHandler, retries: int) -> float:
    doublings = 0 if handler.backoff == "constant" else retries
    return handler.backoff_factor * 2**doublings * (1 + random.uniform(0, JITTER))
