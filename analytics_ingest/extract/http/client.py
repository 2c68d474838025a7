"""Sends the requests of one API: signed, bounded in time, retried, to the API's own origin only.

`send` takes an `ApiRequest` and returns an `ApiResponse` with a parsed body. A request waits for a
slot (`concurrency`), is signed, counted (`rates`) and sent (`origin`, `transport`), and is retried
(`retry`). Every failure becomes an `ApiError` whose message is safe to show (`failures`).
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus

from requests import Request, Response

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.client import Timeouts
from analytics_ingest.declaration.models.rate import Rate
from analytics_ingest.declaration.models.scalars import Bytes
from analytics_ingest.extract.concurrency.adaptive_limit import AdaptiveLimit
from analytics_ingest.extract.concurrency.locks import Locks
from analytics_ingest.extract.concurrency.outage import Outage
from analytics_ingest.extract.concurrency.semaphore import Semaphore
from analytics_ingest.extract.http.acceptances import Acceptances, Attempt
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.body import BodyLimit, spool_encoded
from analytics_ingest.extract.http.connection_messages import Address
from analytics_ingest.extract.http.download_sessions import DownloadSessions
from analytics_ingest.extract.http.errors import CONNECTION_ERRORS, RefusedAddressError
from analytics_ingest.extract.http.failures import Failures
from analytics_ingest.extract.http.origin import (
    OneOriginSession,
    RedirectElsewhereError,
    find_origin,
)
from analytics_ingest.extract.http.rate_limits import read_declared_wait
from analytics_ingest.extract.http.response import ApiResponse, parse_response
from analytics_ingest.extract.http.retry import find_scope, retry_policy, throttle_pause
from analytics_ingest.extract.http.transport import Exchanges, mount_transport
from analytics_ingest.extract.rates.limiter import NoRoomError, RateLimiter
from analytics_ingest.extract.rates.storage import open_rates
from analytics_ingest.extract.settings import name_variable

RESPONSE_TIMEOUT_FACTOR = 5
"""Times the read time-out that a whole response may take, however steadily it trickles in."""

_MOST_RENEWALS = 5
"""Logins that one request may cause; one that is always refused would log in forever."""


class ApiClient:
    """The connections to one API, shared by all its resources and threads.

    Args:
        concurrency: Maximum number of requests in flight, of all runs together.
        secrets: Gives the secrets that are known by now; no message shows them.
        key_settings: Gives the names of the settings that hold them, for messages.
        certificate: The files of the client's certificate and of its key.
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
        secrets: Callable[[], Iterable[str]],
        key_settings: Callable[[], Iterable[str]],
        rates: Sequence[Rate] = (),
        certificate: tuple[str, str] | None = None,
    ) -> None:
        self.api = api
        self.base_url = base_url
        self.timeouts = (timeouts.connect, timeouts.read)
        setting = name_variable(f"sources.{api}.base_url")
        address = Address(base_url, setting, self.timeouts)
        self._failures = Failures(address, secrets, key_settings)
        self._certificate = certificate
        self._closed = threading.Event()
        self.semaphore = Semaphore(concurrency, locks, self._closed)
        self.limit = AdaptiveLimit(self.semaphore, self._closed)
        self._rates = RateLimiter(rates, open_rates(api), base_url, self._closed) if rates else None
        self.outage = Outage()
        self._acceptances = Acceptances()
        self._exchanges = Exchanges(RESPONSE_TIMEOUT_FACTOR * timeouts.read)
        hint = "request smaller pages, or raise client.max_answer"
        self._limit = BodyLimit(max_answer, hint)
        self._session = self.open_session(base_url, self._limit)
        self._session.headers.update(headers)
        self._downloads = DownloadSessions(base_url, self._limit, self._mount, self.timeouts)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is sent."""
        return self._closed.is_set()

    def open_session(self, url: str, limit: BodyLimit) -> OneOriginSession:
        """Open a session for one origin, whose requests end when the client is closed."""
        session = OneOriginSession(url, limit, self._certificate)
        self._mount(session)
        if self._rates and find_origin(url) == find_origin(self.base_url):
            session.before_send = self._rates.hold
        return session

    def is_elsewhere(self, url: str) -> bool:
        """Return whether a URL is one of another origin than the API's."""
        return find_origin(self._session.upgrade_to_https(url)) != find_origin(self.base_url)

    def _mount(self, session: OneOriginSession) -> None:
        mount_transport(session, self._exchanges, self.limit.maximum)

    def close(self) -> None:
        """End the waits between retries and the requests in flight."""
        self._closed.set()
        self.limit.wake()
        self._exchanges.close()
        self.semaphore.close()
        if self._rates:
            self._rates.close()
        self._session.close()
        self._downloads.close()

    def take_message(self) -> str:
        """Return a log line about a wait for other runs or for a budget, once; else empty."""
        message = self.semaphore.take_message()
        return message or (self._rates.take_message() if self._rates else "")

    def holds_back(self, request: Request) -> bool:
        """Return whether a request waits for a rate budget, or would now."""
        return self._rates is not None and self._rates.holds_back(request)

    def abort_overdue(self) -> None:
        """Abort requests whose responses take too long; call it while waiting for them."""
        self._exchanges.abort_overdue()
        if self._rates:
            self._rates.postpone_pending()

    def send(self, request: ApiRequest) -> ApiResponse:
        """Send a request until a response holds data or the retries are used up.

        Raises:
            ApiDownError: The API is overloaded, or does not respond.
            ApiError: It refuses this request.
        """
        attempts = request.attempts
        policy = retry_policy(request.error_handler, request.cancelled, attempts.add_retry)
        with self._failures.explain(request):
            return policy(self._attempt, request)

    def _attempt(self, request: ApiRequest) -> ApiResponse:
        send = partial(self._attempt_now, request)
        if self._rates is None or request.is_download:
            return send(None)
        return self._rates.send(request.http, request.cancelled, request.attempts, send)

    def _attempt_now(self, request: ApiRequest, place: ExitStack | None) -> ApiResponse:
        with self.limit.slot():
            if self.is_closed or request.cancelled.is_set():
                raise ApiError(f"{request.place}: not sent, because its response is not needed")
            try:
                response = self._exchange(request, place)
            except (UnusableResponseError, *CONNECTION_ERRORS) as error:
                self._note_error(request, error)
                raise
            if not request.elsewhere:
                self.outage.note_answer()
            return response

    def _note_error(self, request: ApiRequest, error: Exception) -> None:
        """Send less after a sign of overload, before the slot of the request is released."""
        if request.elsewhere:
            return  # Another host's trouble is not the API's.
        pause = throttle_pause(error, request.error_handler, request.attempts.retries)
        if pause is not None:
            self.limit.decrease(pause)
            if isinstance(error, UnusableResponseError):
                error.pause = pause
        self.outage.note_failure(request.place, find_scope(error))

    def _exchange(self, request: ApiRequest, place: ExitStack | None) -> ApiResponse:
        """Send a request and read its response."""
        response = self._send_signed(request, place)
        try:
            return parse_response(response, request.endpoint, request.place)
        except UnusableResponseError as error:
            handler = request.endpoint.error_handler
            if handler and handler.wait_header:
                error.wait = read_declared_wait(response, handler.wait_header)
                error.longest_wait = handler.wait_header.max_wait
            raise

    def _send_signed(self, request: ApiRequest, place: ExitStack | None) -> Response:
        """Send a request; once more with a renewed key where the old one is refused.

        Renew it again if another request may have used up the new one.
        """
        attempts: list[Attempt] = []
        while True:
            with self._acceptances.attempt(request.place) as attempt:
                response = self._send_once(request, place)
                attempt.is_accepted = response.status_code != HTTPStatus.UNAUTHORIZED
            attempts.append(attempt)
            if attempt.is_accepted or request.elsewhere or not self._may_renew(request, attempts):
                return response
            if request.auth is None or not request.auth.renew(response.request):
                return response

    def _may_renew(self, request: ApiRequest, attempts: Sequence[Attempt]) -> bool:
        if len(attempts) == 1:
            return True
        if len(attempts) > _MOST_RENEWALS:
            return False
        return self._acceptances.has_any_since(attempts[-2], request.place)

    def _send_once(self, request: ApiRequest, place: ExitStack | None) -> Response:
        request.attempts.requests += 1
        try:
            with self._exchanges.limit_time():
                if request.is_download:
                    response = self._downloads.send(str(request.http.url), request.endpoint)
                else:
                    response = self._send_to_api(request, place)
        except (NoRoomError, RefusedAddressError):
            request.attempts.requests -= 1  # Nothing was sent.
            raise
        request.attempts.bytes_received += response.raw.tell()
        return response

    def _send_to_api(self, request: ApiRequest, place: ExitStack | None) -> Response:
        request.redirects.clear()
        prepared = self._session.prepare_request(request.http)
        spool_encoded(prepared, request.endpoint, self._limit)
        sent = self._rates.reserve(prepared, request.place) if self._rates else None
        if place:
            place.close()
        try:
            return self._session.send(prepared, is_counted=True, timeout=self.timeouts)
        except RedirectElsewhereError as error:
            if request.endpoint.job is None or not error.url:
                raise
            request.redirects.append(error.url)
            return self._downloads.send(error.url, request.endpoint)
        finally:
            if sent and self._rates:
                self._rates.give_up(sent)
