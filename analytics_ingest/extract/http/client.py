"""Sends the requests of one API: signed, bounded in time, retried, to the API's own origin only.

`send` takes an `ApiRequest` and returns an `ApiResponse` with a parsed body. A request
waits for a slot (`concurrency`), is signed and sent (`origin`, `transport`), and is retried
(`retry`). Every failure becomes an `ApiError` whose message is safe to show (`error_messages`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from requests import Request, RequestException, Response

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.errors import ApiDownError, ApiError
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.client import Timeouts
from analytics_ingest.declaration.models.endpoint import ErrorHandler
from analytics_ingest.declaration.models.scalars import Bytes
from analytics_ingest.extract.concurrency.adaptive_limit import AdaptiveLimit
from analytics_ingest.extract.concurrency.locks import Locks
from analytics_ingest.extract.concurrency.semaphore import Semaphore
from analytics_ingest.extract.http.body import BodyLimit
from analytics_ingest.extract.http.error_messages import (
    address_message,
    connection_message,
    invalid_request_message,
    response_message,
)
from analytics_ingest.extract.http.errors import (
    CONNECTION_ERRORS,
    RefusedAddressError,
)
from analytics_ingest.extract.http.origin import OneOriginSession
from analytics_ingest.extract.http.response import ApiResponse, parse_response
from analytics_ingest.extract.http.retry import is_overload, retry_policy, throttle_pause
from analytics_ingest.extract.http.transport import Exchanges, mount_transport

USER_AGENT = "analytics-ingest"

RESPONSE_TIMEOUT_FACTOR = 5
"""Times the read time-out that a whole response may take, however steadily it trickles in."""


@dataclass
class Attempts:
    """What one request has cost so far."""

    requests: int = 0
    """Requests sent, retries included."""
    retries: int = 0
    seconds_waited: float = 0.0
    """Seconds of waiting before retries."""

    def add_retry(self, seconds: float) -> None:
        """Count a retry and the wait before it."""
        self.retries += 1
        self.seconds_waited += seconds


@dataclass(frozen=True)
class ApiRequest:
    """A request to send, with what decides about its retries.

    It carries its own count of attempts: a request that fails or is cancelled counts as well.
    """

    place: str
    """Resource, method and declared path, for error messages."""
    http: Request
    auth: Auth | None
    error_handler: ErrorHandler
    response_actions: Sequence[Mapping[str, Any]]
    attempts: Attempts = field(default_factory=Attempts)
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set when the response is no longer needed: the request is not sent again."""


class ApiClient:
    """The connections to one API, shared by all its resources and threads.

    Args:
        concurrency: Maximum number of requests in flight, of all runs together.
        max_answer: The longest response, decompressed.
        redact: Removes the secrets from a text.
    """

    def __init__(
        self,
        api: str,
        base_url: str,
        headers: Mapping[str, str],
        timeouts: Timeouts,
        *,
        concurrency: int,
        max_answer: Bytes,
        locks: Locks,
        redact: Callable[[str], str],
    ) -> None:
        self.api = api
        self.base_url = base_url
        self.timeouts = (timeouts.connect, timeouts.read)
        self._redact = redact
        self._closed = threading.Event()
        self.semaphore = Semaphore(concurrency, locks, self._closed)
        self.limit = AdaptiveLimit(self.semaphore, self._closed)
        self._exchanges = Exchanges(RESPONSE_TIMEOUT_FACTOR * timeouts.read)
        hint = "request smaller pages, or raise client.max_answer"
        self._session = self.session_for(base_url, BodyLimit(max_answer, hint))
        self._session.headers.update(headers)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is sent."""
        return self._closed.is_set()

    def session_for(self, url: str, limit: BodyLimit) -> OneOriginSession:
        """A session for one origin, whose requests end when the client is closed."""
        session = OneOriginSession(url, limit)
        session.headers["User-Agent"] = USER_AGENT
        mount_transport(session, self._exchanges, self.limit.maximum)
        return session

    def close(self) -> None:
        """End the waits between retries and the requests in flight."""
        self._closed.set()
        self.limit.wake()
        self._exchanges.close()
        self.semaphore.close()
        self._session.close()

    def abort_overdue(self) -> None:
        """Abort requests whose responses take too long; call it while waiting for them."""
        self._exchanges.abort_overdue()

    def send(self, request: ApiRequest) -> ApiResponse:
        """Send a request until a response holds data or the retries are used up.

        Raises:
            ApiDownError: The API is overloaded, or does not respond.
            ApiError: It refuses this request.
        """
        attempts = request.attempts
        policy = retry_policy(request.error_handler, request.cancelled, attempts.add_retry)
        try:
            return policy(self._attempt, request)
        # The chain of causes is cut: it holds the URL with its key, and the body.
        except RefusedAddressError as error:
            raise self._error(ApiError, request, address_message(error, self.base_url)) from None
        except UnusableResponseError as error:
            status = error.response.status_code
            kind = ApiDownError if is_overload(status) else ApiError
            refusal = self._error(kind, request, response_message(error, attempts.requests))
            refusal.status = None if error.is_from_auth else status
            raise refusal from None
        except CONNECTION_ERRORS as error:
            message = connection_message(error, self.base_url, attempts.requests)
            raise self._error(ApiDownError, request, message) from None
        except (RequestException, UnicodeError) as error:
            raise self._error(ApiError, request, invalid_request_message(error)) from None

    def _error(self, kind: type[ApiError], request: ApiRequest, message: str) -> ApiError:
        return kind(f"{request.place}: {self._redact(message)}")

    def _attempt(self, request: ApiRequest) -> ApiResponse:
        with self.limit.slot():
            if self.is_closed or request.cancelled.is_set():
                raise ApiError(f"{request.place}: not sent, because its response is not needed")
            try:
                return self._exchange(request)
            except (UnusableResponseError, *CONNECTION_ERRORS) as error:
                pause = throttle_pause(error)
                if pause is not None:
                    # Before the slot is released, so that no other request slips in first.
                    self.limit.decrease(pause)
                raise

    def _exchange(self, request: ApiRequest) -> ApiResponse:
        response = self._send_once(request)
        is_refused = response.status_code == HTTPStatus.UNAUTHORIZED
        if is_refused and request.auth and request.auth.renew(response.request):
            response = self._send_once(request)
        return parse_response(response, request.response_actions)

    def _send_once(self, request: ApiRequest) -> Response:
        request.attempts.requests += 1
        try:
            with self._exchanges.bounded():
                prepared = self._session.prepare_request(request.http)
                return self._session.send(prepared, timeout=self.timeouts)
        except RefusedAddressError:
            request.attempts.requests -= 1  # Nothing was sent.
            raise
