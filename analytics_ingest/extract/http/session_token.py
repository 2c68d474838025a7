"""Session tokens: one login for all requests of a load, another where the API ends the session."""

import threading
from http import HTTPStatus

from dlt.common import jsonpath
from jsonpath_ng import JSONPath
from requests import PreparedRequest, Request, RequestException, Response, Session
from requests.auth import AuthBase

from analytics_ingest.extract.http.retry import TokenServerConnectionError, UnusableAnswerError


class SessionToken(AuthBase):
    """Signs requests by a token that username and password are given for.

    Args:
        token_path: Where the answer to the login holds the token.
        header: Carries the token.
        known_token: One that was given before; it is used if a GET of `validate_url` says so.
        session: Sends the login, in a bounded time.
    """

    def __init__(
        self,
        *,
        login_url: str,
        username: str,
        password: str,
        token_path: JSONPath,
        header: str,
        validate_url: str | None,
        known_token: str | None,
        session: Session,
        timeouts: tuple[float, float],
    ) -> None:
        self.username = username
        self.password = password
        self.header = header
        self.known_token = known_token if validate_url else None
        self.token: str | None = None
        self._login_url = login_url
        self._validate_url = validate_url
        self._token_path = token_path
        self._session = session
        self._timeouts = timeouts
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            if self.token is None:
                self.token = self._validated() or self._logged_in()
            request.headers[self.header] = self.token
        return request

    def forget(self, refused: PreparedRequest) -> None:
        """Log in again for the next request, unless another thread has done so meanwhile."""
        with self._lock:
            if refused.headers.get(self.header) == self.token:
                self.token = None

    def _validated(self) -> str | None:
        known, self.known_token = self.known_token, None
        if known is None:
            return None
        response = self._sent(Request("GET", self._validate_url, headers={self.header: known}))
        return known if response.status_code < HTTPStatus.BAD_REQUEST else None

    def _logged_in(self) -> str:
        credentials = {"username": self.username, "password": self.password}
        response = self._sent(Request("POST", self._login_url, json=credentials))
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            told = f"the login was answered {response.status_code}; check login_url"
            raise UnusableAnswerError(response, f"{told}, username and password")
        try:
            found = jsonpath.find_values(self._token_path, response.json())
        except ValueError:
            found = []
        if not found or not isinstance(found[0], str) or not found[0]:
            raise UnusableAnswerError(
                response, "the answer to the login holds no token at session_token_response_key"
            )
        return found[0]

    def _sent(self, request: Request) -> Response:
        prepared = self._session.prepare_request(request)
        try:
            return self._session.send(prepared, timeout=self._timeouts)
        except RequestException:
            raise TokenServerConnectionError from None


def renew(request: Request, refused: Response) -> bool:
    """Whether a request that was refused is signed anew when it is sent once more."""
    if not isinstance(request.auth, SessionToken):
        return False
    request.auth.forget(refused.request)
    return True
