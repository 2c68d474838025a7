"""When a request is sent again: an endpoint's error handler → tenacity's policy.

Listed statuses, connection errors, time-outs and broken bodies are worth another try. The wait is
computed by the handler, unless the answer holds a Retry-After.
"""

import random
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from requests import Response, exceptions
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.nap import sleep_using_event

from analytics_ingest.declaration.models.endpoint import ErrorHandler
from analytics_ingest.declaration.resolve import ResourceDeclaration

JITTER = 0.1
"""Computed waits are lengthened by up to this share, so that clients do not retry in step."""

LONGEST_RETRY_AFTER = 900.0
"""Seconds; an API that asks for a longer wait is given up at once rather than waited for."""

DLT_DEFAULT = ErrorHandler(
    retry_on_status_codes=[429, *range(500, 600)], max_retries=4, backoff_factor=1
)
"""What dlt does for an endpoint that declares no error handler."""

NO_ANSWER = (
    exceptions.ConnectionError,
    exceptions.Timeout,
    exceptions.ChunkedEncodingError,
    exceptions.ContentDecodingError,
)
"""Faults of the connection, which pass."""


class UnusableAnswerError(Exception):
    """An answer that holds no data: an error status, a broken body, a refused redirect."""

    def __init__(self, response: Response, problem: str, *, is_broken: bool = False) -> None:
        super().__init__(problem)
        self.response = response
        self.problem = problem
        self.is_broken = is_broken


class TokenServerConnectionError(exceptions.ConnectionError):
    """The server that gives tokens does not answer."""


def retrying(
    handler: ErrorHandler,
    stop: threading.Event,
    on_retry: Callable[[float], None],
) -> Retrying:
    """The policy of one request.

    Args:
        stop: Ends a wait early, when nobody waits for the answer.
        on_retry: Told the seconds of each wait, computed or asked for, before it begins.
    """
    return Retrying(
        retry=retry_if_exception(lambda error: _is_worth_another_try(error, handler)),
        stop=stop_after_attempt(handler.max_retries + 1),
        # What the API asks for is waited for by everybody, before the next request is let in.
        wait=lambda state: 0 if _asked(state) is not None else _computed(state, handler),
        sleep=sleep_using_event(stop),
        before_sleep=lambda state: on_retry(_asked(state) or state.upcoming_sleep),
        reraise=True,
    )


def without_retries(resource: ResourceDeclaration) -> ResourceDeclaration:
    """The same resource, each request of which is sent once."""
    once = ErrorHandler(max_retries=0)
    return replace(resource, endpoint=resource.endpoint.model_copy(update={"error_handler": once}))


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


def pause_after(error: Exception) -> float | None:
    """Seconds for which an API under strain wants to be left alone, 0 where it does not say.

    None where nothing speaks of strain.
    """
    if not isinstance(error, UnusableAnswerError):
        return 0
    asked = retry_after(error.response)
    if asked is not None:
        return asked if asked <= LONGEST_RETRY_AFTER else 0
    return 0 if is_strained(error.response.status_code) else None


def is_strained(status: int) -> bool:
    """Whether a status says that the API can serve nobody now."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _is_worth_another_try(error: BaseException, handler: ErrorHandler) -> bool:
    if isinstance(error, UnusableAnswerError):
        if (retry_after(error.response) or 0) > LONGEST_RETRY_AFTER:
            return False
        return error.is_broken or error.response.status_code in handler.retry_on_status_codes
    return isinstance(error, NO_ANSWER)


def _asked(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return retry_after(error.response) if isinstance(error, UnusableAnswerError) else None


def _computed(state: RetryCallState, handler: ErrorHandler) -> float:
    doublings = 0 if handler.backoff == "constant" else state.attempt_number - 1
    return handler.backoff_factor * 2**doublings * (1 + random.uniform(0, JITTER))
