"""Logins of any shape: a request as it is declared gives a token, which all others carry.

    declared request, settings filled in → response → token at a path → header or query parameter

One login serves all threads. Another follows when the token has expired, or the API refuses it.
"""

from collections.abc import Callable, Iterator
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from analytics_ingest.auth.base import AuthContext
from analytics_ingest.auth.token_auth import Token, TokenAuth
from analytics_ingest.auth.token_in_request import TokenKeys
from analytics_ingest.auth.token_response import (
    check_accepted,
    check_header_token,
    is_token,
    read_lifetime,
)
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.header_names import find_header_problem
from analytics_ingest.common.jsonpaths import find_first_value, parse_path
from analytics_ingest.common.unusable_response import UnusableResponseError

if TYPE_CHECKING:
    from requests import Request, Response

    from analytics_ingest.auth.api_key import ApiKey


class LoginTokenKeys(TokenKeys):
    """Keys of `login`."""

    required: ClassVar = {
        "login_url": "where the login is sent",
        "token_path": "where the response to the login holds the token",
    }

    login_url: str | None = None
    """Where the login is sent; a path is relative to the base URL."""
    login_method: Literal["GET", "POST", "PUT"] = "POST"
    """Method of the login."""
    login_params: dict[str, Any] = Field(default_factory=dict)
    """Query parameters of the login, with {settings.<name>} for what is secret."""
    login_headers: dict[str, Any] = Field(default_factory=dict)
    """Headers of the login."""
    login_json: dict[str, Any] = Field(default_factory=dict)
    """JSON body of the login."""
    login_data: dict[str, Any] = Field(default_factory=dict)
    """Form of the login."""
    token_path: str | None = None
    """JSONPath of the token in the response to the login."""

    token_lifetime_path: str | None = None
    """JSONPath of the seconds that the token lasts, where the response to the login says them."""

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """The parts of the login, by their keys."""
        names = ("login_params", "login_headers", "login_json", "login_data")
        return {name: part for name in names if (part := getattr(self, name))}

    def find_problems(self) -> Iterator[tuple[str, str]]:
        yield from super().find_problems()
        if self.login_json and self.login_data:
            problem = "cannot be combined with login_json; a request has one body: remove one"
            yield "login_data", problem
        for name, value in self.login_headers.items():
            if problem := find_header_problem(name):
                yield f"login_headers.{name}", problem
            names_setting = "{settings." in str(value) or find_references(value).settings
            if name.lower() == "authorization" and not names_setting:
                yield f"login_headers.{name}", "holds a literal secret; write {settings.<name>}"


class Login(TokenAuth):
    """Sends a token that the response to a declared request holds.

    Args:
        keys: Where the token is, how it is sent and how long it lasts.
        request: Makes the request of the login.
        send: Sends it.
        checks: Keys and settings to check where it fails.
    """

    name = "login"
    keys = LoginTokenKeys

    def __init__(
        self,
        keys: LoginTokenKeys,
        api: str,
        request: "Callable[[], Request]",
        send: "Callable[[Request], Response]",
        checks: list[str],
    ) -> None:
        super().__init__()
        self._keys = keys
        self._path = parse_path(f"{api}: auth.token_path", keys.token_path or "")
        path = keys.token_lifetime_path
        place = f"{api}: auth.token_lifetime_path"
        self._lifetime_path = parse_path(place, path) if path else None
        self._request = request
        self._send = send
        self._hint = f"check {', '.join(checks)}"

    @classmethod
    def build(cls, keys: LoginTokenKeys, context: AuthContext) -> "Login":
        url = context.resolve_token_url("login_url", keys.login_url or "")

        def build_request() -> "Request":
            return context.login_request(keys.login_method, url, keys.parts)

        build_request()  # Reads the settings now: all that are missing are reported together.
        settings = context.list_settings(keys.login_url, keys.parts)
        checks = ["login_url", "token_path", *settings]
        return cls(keys, context.api, build_request, context.open_sender(url), checks)

    def sign_with(self, token: str) -> "ApiKey":
        return self._keys.build_signer(token)

    def obtain(self) -> Token:
        """Log in."""
        response = self._send(self._request())
        check_accepted(response, "the login", self._hint)
        try:
            body = response.json()
        except ValueError:
            body = None
        token = find_first_value(self._path, body)
        if not is_token(token):
            raise UnusableResponseError(
                response,
                f"the response to the login has no token at {self._keys.token_path}",
                self._hint,
            )
        if self._keys.location == "header":
            check_header_token(response, str(token), str(self._keys.token_path), self._hint)
        return Token(str(token), self._read_lifetime(body))

    def _read_lifetime(self, body: Any) -> float:
        value = find_first_value(self._lifetime_path, body) if self._lifetime_path else None
        try:
            seconds = read_lifetime(value)
        except ValueError:
            seconds = None
        return seconds or self._keys.token_lifetime or inf
