"""Session tokens: one login for all requests of a load, another where the API ends the session."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, ClassVar

from analytics_ingest.auth.api_key import ApiKey
from analytics_ingest.auth.base import AuthContext, check_header
from analytics_ingest.auth.http_basic import LoginKeys
from analytics_ingest.auth.token_auth import Token, TokenAuth
from analytics_ingest.auth.token_response import check_accepted, check_header_token, is_token
from analytics_ingest.common.declared_types import Secret
from analytics_ingest.common.header_names import find_header_problem
from analytics_ingest.common.jsonpaths import find_first_value, parse_path
from analytics_ingest.common.unusable_response import UnusableResponseError

if TYPE_CHECKING:
    from jsonpath_ng import JSONPath
    from requests import Request, Response


class SessionTokenKeys(LoginKeys):
    """Keys of `session_token`."""

    secrets: ClassVar = {
        **LoginKeys.secrets,
        "session_token": Secret("session_token", "a token from before", is_optional=True),
    }
    required: ClassVar = {
        "login_url": "where username and password are sent",
        "session_token_response_key": "where the response to the login holds the token",
    }

    login_url: str | None = None
    """Where username and password are sent; a path is relative to the base URL."""
    session_token_response_key: str | None = None
    """JSONPath of the token in the response."""
    header: str = "X-Session-Token"
    """The header that carries the token."""
    validate_session_url: str | None = None
    """Accepts the token of sources.<api>.session_token as long as it is valid."""
    session_token: str | None = None
    """A dlt key to read a token from that was given before; without it
    sources.<api>.session_token."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        if self.session_token and not self.validate_session_url:
            yield "session_token", "has no effect without validate_session_url; declare it too"
        if problem := find_header_problem(self.header):
            yield "header", problem


class SessionToken(TokenAuth):
    """Sends a token that the API gives for a user and a password.

    Args:
        token_path: Where the response to the login holds the token.
        header: Carries the token.
        known_token: A token from before; it is used if a GET of `validate_url` accepts it.
        validate: Sends that GET.
        send: Sends the login.
    """

    name = "session_token"
    keys = SessionTokenKeys
    document_names = ("session",)

    def __init__(
        self,
        *,
        login_url: str,
        username: str,
        password: str,
        token_path: "JSONPath",
        header: str,
        validate_url: str | None,
        known_token: str | None,
        validate: "Callable[[Request], Response]",
        send: "Callable[[Request], Response]",
    ) -> None:
        super().__init__()
        self._login_url = login_url
        self._credentials = {"username": username, "password": password}
        self._token_path = token_path
        self._header = header
        self._validate_url = validate_url
        self._known_token = known_token if validate_url else None
        self._validate = validate
        self._send = send

    @classmethod
    def build(cls, keys: SessionTokenKeys, context: AuthContext) -> "SessionToken":
        known = context.find_secret(keys, "session_token")
        if known:
            check_header(context.api, known, "session_token")
        validate_url = keys.validate_session_url
        return cls(
            login_url=context.resolve_own_url("login_url", keys.login_url or ""),
            username=context.read_secret(keys, "username"),
            password=context.read_secret(keys, "password"),
            token_path=parse_path(
                f"{context.api}: auth.session_token_response_key",
                keys.session_token_response_key or "",
            ),
            header=keys.header,
            validate_url=validate_url
            and context.resolve_own_url("validate_session_url", validate_url),
            known_token=known,
            validate=context.open_sender(context.base_url),
            send=context.open_sender(context.base_url),
        )

    def sign_with(self, token: str) -> ApiKey:
        return ApiKey(self._header, token, is_header=True)

    def obtain(self) -> Token:
        """Log in, unless the token from before is still valid."""
        return Token(self._validate_known_token() or self._log_in(), inf)

    def _validate_known_token(self) -> str | None:
        from requests import Request

        known, self._known_token = self._known_token, None
        if known is None:
            return None
        response = self._validate(Request("GET", self._validate_url, headers={self._header: known}))
        return known if response.status_code < HTTPStatus.BAD_REQUEST else None

    def _log_in(self) -> str:
        from requests import Request

        response = self._send(Request("POST", self._login_url, json=self._credentials))
        check_accepted(response, "the login", "check login_url, username and password")
        try:
            token = find_first_value(self._token_path, response.json())
        except ValueError:
            token = None
        key = "session_token_response_key"
        if not isinstance(token, str) or not is_token(token):
            raise UnusableResponseError(
                response, f"the response to the login has no token at {key}"
            )
        check_header_token(response, token, key, "check it, and login_url")
        return token
