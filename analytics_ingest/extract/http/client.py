"""Sends the requests of one API: signed, timed, retried, and only to the API's own origin.

A prepared `requests.Request` goes in, an `Answer` with the parsed body comes out; everything else
is an `ApiError` whose message holds neither URL parameters nor the body.
"""

import http.client
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from requests import Request, RequestException, Response
from requests.auth import AuthBase

from analytics_ingest.common.errors import ApiDownError, ApiError
from analytics_ingest.declaration.models.api import Timeouts
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.concurrency.adaptive_limit import AdaptiveLimit
from analytics_ingest.extract.concurrency.locks import Locks
from analytics_ingest.extract.concurrency.semaphore import Semaphore
from analytics_ingest.extract.http.origin import OneOriginSession, RefusedAddressError, shown
from analytics_ingest.extract.http.retry import (
    DLT_DEFAULT,
    LONGEST_RETRY_AFTER,
    NO_ANSWER,
    UnusableAnswerError,
    is_strained,
    pause_after,
    retry_after,
    retrying,
)
from analytics_ingest.extract.http.session_token import renew
from analytics_ingest.extract.http.transport import AnswerTimeout, Exchanges, mount_transport

USER_AGENT = "analytics-ingest"

LONGEST_ANSWER = 5
"""Times the read time-out that a whole answer may take, however steadily it trickles in."""


class ParsedResponse(Response):
    """A response whose body is parsed once, however often it is asked for."""

    parsed: Any

    def json(self, **kwargs: Any) -> Any:
        return self.parsed


@dataclass
class Answer:
    """What came of one request, and what it took so far."""

    response: ParsedResponse = field(default_factory=ParsedResponse)
    ignored: bool = False
    """The declaration says to take this answer for the end of the listing."""
    requests: int = 0
    retries: int = 0
    seconds_waited: float = 0.0
    unwanted: threading.Event = field(default_factory=threading.Event)
    """Set by who no longer waits for it: it is not asked for again."""


class ApiClient:
    """The connection to one API, shared by all its resources and threads.

    Args:
        concurrency: Requests in flight at most.
        redact: Takes what is secret out of an address.
    """

    def __init__(
        self,
        api: str,
        base_url: str,
        headers: Mapping[str, str],
        timeouts: Timeouts,
        *,
        concurrency: int,
        locks: Locks,
        redact: Callable[[str], str],
    ) -> None:
        self.api = api
        self._redact = redact
        self.base_url = base_url
        self.stop = threading.Event()
        self.slots = Semaphore(concurrency, locks, self.stop)
        self.pace = AdaptiveLimit(self.slots, self.stop)
        self.timeouts = (timeouts.connect, timeouts.read)
        self._exchanges = Exchanges(LONGEST_ANSWER * timeouts.read)
        self._session = self.session_for(base_url)
        self._session.headers.update(headers)
        # Proxies and certificates, once: finding them takes a look through the whole environment.
        self._settings = self._session.merge_environment_settings(
            base_url, {}, stream=None, verify=None, cert=None
        )

    def session_for(self, url: str) -> OneOriginSession:
        """A session for one origin, whose requests end when the client is closed."""
        session = OneOriginSession(url)
        session.headers["User-Agent"] = USER_AGENT
        mount_transport(session, self._exchanges, self.pace.most)
        return session

    def close(self) -> None:
        """End waits between retries, and requests in flight."""
        self.stop.set()
        self.pace.wake()
        self._exchanges.close()
        self.slots.close()
        self._session.close()

    def cut_overdue(self) -> None:
        """End the requests whose answers take too long; to be called while waiting for them."""
        self._exchanges.cut_overdue()

    def send(
        self,
        resource: ResourceDeclaration,
        request: Request,
        auth: AuthBase | None,
        answer: Answer,
    ) -> None:
        """Send a request until it is answered with data or its retries are used up.

        Raises:
            ApiDownError: The API refuses everybody, or does not answer.
            ApiError: It refuses this request.
        """
        place = f"{self.api}.{resource.name}: {request.method} {resource.path}"
        request.auth = auth
        handler = resource.endpoint.error_handler or DLT_DEFAULT
        try:
            retrying(handler, answer.unwanted, partial(_note_retry, answer))(
                self._attempt, place, request, answer, resource.endpoint.response_actions
            )
        # The causes are left out of these errors: they hold the URL with its key, and the body.
        except RefusedAddressError as error:
            told = self._redact(_explain_refusal(error, self.base_url))
            raise ApiError(f"{place}: {told}; the key is not sent there") from None
        except UnusableAnswerError as error:
            kind = ApiDownError if is_strained(error.response.status_code) else ApiError
            refusal = kind(f"{place}: {self._redact(_explain(error))}{_after(answer)}")
            refusal.status = error.response.status_code
            raise refusal from None
        except NO_ANSWER as error:
            raise ApiDownError(
                f"{place}: {self._redact(_explain_silence(error, self.base_url))}{_after(answer)}"
            ) from None
        except (RequestException, UnicodeError) as error:
            raise ApiError(
                f"{place}: the request leads nowhere ({type(error).__name__}); compare the "
                "endpoint's keys with an answer of the API"
            ) from None

    def _attempt(
        self, place: str, request: Request, answer: Answer, actions: Sequence[dict[str, Any]]
    ) -> None:
        with self.pace.turn():
            if self.stop.is_set() or answer.unwanted.is_set():
                raise ApiError(f"{place}: not sent, because nobody waits for it")
            answer.requests += 1
            try:
                response = self._exchange(request)
                if response.status_code == HTTPStatus.UNAUTHORIZED and renew(request, response):
                    answer.requests += 1
                    response = self._exchange(request)
                answer.ignored = _is_ignored(response, actions)
                if not answer.ignored:
                    answer.response = _parsed(response)
            except RefusedAddressError:
                answer.requests -= 1  # Nothing was sent.
                raise
            except (UnusableAnswerError, *NO_ANSWER) as error:
                seconds = pause_after(error)
                if seconds is not None:
                    # Within the turn: nobody who waits for one is let in before.
                    self.pace.slower(seconds)
                raise

    def _exchange(self, request: Request) -> Response:
        with self._exchanges.bounded():
            prepared = self._session.prepare_request(request)
            return self._session.send(prepared, **self._settings, timeout=self.timeouts)


def _note_retry(answer: Answer, seconds: float) -> None:
    answer.retries += 1
    answer.seconds_waited += seconds


def _parsed(response: Response) -> ParsedResponse:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        # Not the answer's own reason: an API can write into it whatever it was sent.
        phrase = http.client.responses.get(response.status_code, "")
        raise UnusableAnswerError(
            response, f"the API answered {response.status_code} {phrase}".strip()
        )
    parsed = ParsedResponse()
    parsed.__dict__.update(response.__dict__)
    try:
        # utf-8-sig: some servers put a byte-order mark before the JSON.
        is_empty = response.status_code == HTTPStatus.NO_CONTENT
        parsed.parsed = [] if is_empty else json.loads(response.content.decode("utf-8-sig"))
    except ValueError:
        raise UnusableAnswerError(response, "the answer is not JSON", is_broken=True) from None
    except RecursionError:
        raise UnusableAnswerError(response, "the answer is nested too deeply to be read") from None
    return parsed


def _is_ignored(response: Response, actions: Sequence[dict[str, Any]]) -> bool:
    for action in actions:
        status, content = action.get("status_code"), action.get("content")
        if (status is None or str(status) == str(response.status_code)) and (
            content is None or content in response.text
        ):
            return True
    return False


def _explain(error: UnusableAnswerError) -> str:
    status = error.response.status_code
    asked = retry_after(error.response)
    if status >= HTTPStatus.BAD_REQUEST and asked is not None and asked > LONGEST_RETRY_AFTER:
        return f"{error.problem} and to wait {asked:.0f} s, longer than {LONGEST_RETRY_AFTER:.0f} s"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f"{error.problem}; check the key and its rights"
    return error.problem


def _explain_refusal(error: RefusedAddressError, base_url: str) -> str:
    if error.reason:
        return f"{error.reason}, and would lead to {error.target}"
    return f"the request would go to {error.target}, not to the API's own {shown(base_url)}"


def _explain_silence(error: RequestException, base_url: str) -> str:
    if isinstance(error, AnswerTimeout):
        return f"{shown(base_url)} did not end its answer within {error.seconds:g} s"
    return f"no answer from {shown(base_url)} ({type(error).__name__})"


def _after(answer: Answer) -> str:
    return f" after {answer.requests} requests" if answer.requests > 1 else ""
