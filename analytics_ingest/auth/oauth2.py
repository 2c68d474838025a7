"""OAuth2: one token for all requests of a load, by client credentials or by a refresh token.

A server may return a new refresh token with each token, and the old one is then invalid. The newest
one is kept between loads, with its token. Runs at the same time share both.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from analytics_ingest.auth.api_key import HEADER, ApiKey
from analytics_ingest.auth.base import AuthContext
from analytics_ingest.auth.http_basic import HttpBasic
from analytics_ingest.auth.token_auth import Token, TokenAuth
from analytics_ingest.auth.token_in_request import TOKEN, find_format_problem
from analytics_ingest.auth.token_response import (
    check_accepted,
    check_header_token,
    is_token,
    read_lifetime,
)
from analytics_ingest.common.declared_types import Keys, Secret
from analytics_ingest.common.jsonpaths import parse_path
from analytics_ingest.common.unusable_response import UnusableResponseError

if TYPE_CHECKING:
    from requests import Request, Response

    from analytics_ingest.common.token_file import TokenFile, Tokens

_GRANT_TYPES = ("client_credentials", "refresh_token")
_LIFETIMES = ("expires_in", "expiresIn")
_REFRESH_TOKENS = ("refresh_token", "refreshToken")


class OAuth2Keys(Keys):
    """Keys of `oauth2_client_credentials`."""

    secrets: ClassVar = {
        "client_id": Secret("client_id", "the id of the OAuth2 client"),
        "client_secret": Secret("client_secret", "the secret of the OAuth2 client"),
        "refresh_token": Secret("refresh_token", "the OAuth2 refresh token", is_optional=True),
    }
    required: ClassVar = {"access_token_url": "where tokens are given"}
    aliases: ClassVar = {
        "token_url": "access_token_url",
        "access_token_name": "access_token_path",
    }

    client_id: str | None = None
    """A dlt key to read it from; without it sources.<api>.client_id."""
    client_secret: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.client_secret."""
    access_token_url: str | None = None
    """Where the token is fetched; a path is relative to the base URL."""
    grant_type: str | None = None
    """client_credentials, or refresh_token."""
    refresh_token: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.refresh_token."""
    scope: str | list[str] | None = None
    """What the token is asked for."""
    access_token_request_data: dict[str, Any] = Field(default_factory=dict)
    """Further fields of the token request."""
    access_token_path: str = "access_token"
    """JSONPath of the token in the response; expires_in and refresh_token are beside it."""
    client_authentication: Literal["body", "basic"] = "body"
    """How client_id and client_secret are sent: as fields of the body, or as a Basic header."""
    token_request_format: Literal["form", "json"] = "form"
    """Format of the token request's body."""
    default_token_expiration: int = 3600
    """Seconds a token lasts when the response does not say."""
    token_format: str = f"Bearer {TOKEN}"
    """What is sent as Authorization, with {token} in it, such as `Token {token}`."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        yield from find_format_problem(self.token_format)
        if self.grant_type not in (None, *_GRANT_TYPES):
            allowed = ", ".join(_GRANT_TYPES)
            yield "grant_type", f"'{self.grant_type}' is unknown; allowed are {allowed}"
        elif self.refresh_token and self.grant_type != "refresh_token":
            yield "refresh_token", "has no effect with grant_type: client_credentials; remove it"
        own = {"scope"} if self.scope else set()
        if self.grant_type == "refresh_token":
            own |= {"grant_type", "refresh_token"}
        for name in sorted(own & self.access_token_request_data.keys()):
            yield "access_token_request_data", f"'{name}' is declared too; remove one of them"


class OAuth2(TokenAuth):
    """Sends a token that is fetched once for all threads, and again when it has expired.

    Args:
        fetch: Sends a token request, with a refresh token if there is one.
        refresh_token: With it the refresh grant is used, else client credentials; a new one that
            comes with a token takes its place.
        kept: Where the tokens of a server that gives new refresh tokens are kept.
        token_format: What is sent, with the place of the token.
    """

    name = "oauth2_client_credentials"
    aliases = ("oauth2",)
    keys = OAuth2Keys
    dlt_classes = ("OAuth2ClientCredentials",)
    dlt_arguments = ("access_token_url", "client_id", "client_secret")
    document_names = ("oauth", "oauth2refreshtoken", "refreshtoken", "clientcredentials")

    def __init__(
        self,
        fetch: "TokenRequest",
        refresh_token: str | None,
        kept: "TokenFile | None",
        token_format: str,
    ) -> None:
        super().__init__()
        self._format = token_format
        self._fetch = fetch
        self._declared = self._refresh_token = refresh_token
        self._kept = kept

    @classmethod
    def build(cls, keys: OAuth2Keys, context: AuthContext) -> "OAuth2":
        from analytics_ingest.common.token_file import TokenFile  # which imports dlt

        fetch = TokenRequest(keys, context)
        if keys.grant_type != "refresh_token":
            return cls(fetch, None, None, keys.token_format)
        refresh_token = context.read_secret(keys, "refresh_token")
        kept = TokenFile(context.api, fetch.url, refresh_token)
        return cls(fetch, refresh_token, kept, keys.token_format)

    def sign_with(self, token: str) -> ApiKey:
        return ApiKey(HEADER, self._format.replace(TOKEN, token), is_header=True)

    def list_obtained_secrets(self) -> Iterator[str]:
        yield from super().list_obtained_secrets()
        yield from filter(None, (self._refresh_token,))
        yield from self._fetch.list_secrets()

    def obtain(self) -> Token:
        """Ask for a token once; the endpoint's error handler decides about another try."""
        if self._kept is None:
            return self._use(self._fetch(None))
        with self._kept.hold():
            kept = self._kept.read()
            self._refresh_token = kept.refresh_token or self._refresh_token
            # A token of this load that is asked for again has expired or was refused.
            if kept.token not in (None, *self._obtained) and time.time() < kept.expires_at:
                return self._use(kept)
            token = self._use(tokens := self._fetch(self._refresh_token))
            if self._refresh_token != self._declared:
                self._kept.write(replace(tokens, refresh_token=self._refresh_token))
            return token

    def _use(self, tokens: "Tokens") -> Token:
        self._obtained.add(self._refresh_token)
        self._refresh_token = tokens.refresh_token or self._refresh_token
        return Token(tokens.token or "", tokens.expires_at - time.time())


class TokenRequest:
    """Asks the token server for a token, in the form that the server wants."""

    def __init__(self, keys: OAuth2Keys, context: AuthContext) -> None:
        self.url = context.resolve_token_url("access_token_url", keys.access_token_url or "")
        self._client = (
            context.read_secret(keys, "client_id"),
            context.read_secret(keys, "client_secret"),
        )
        is_basic = keys.client_authentication == "basic"
        self._signer = HttpBasic(*self._client) if is_basic else None
        self._is_json = keys.token_request_format == "json"
        scope = " ".join(keys.scope) if isinstance(keys.scope, list) else keys.scope
        fields = {**({"scope": scope} if scope else {}), **keys.access_token_request_data}
        self._fields = {name: context.fill(value) for name, value in fields.items()}
        place = f"{context.api}: auth.access_token_path"
        self._path = parse_path(place, keys.access_token_path)
        self._shown_path = keys.access_token_path
        self._lifetime = keys.default_token_expiration
        self._send = context.open_sender(self.url)

    def list_secrets(self) -> Iterator[str]:
        """Yield what the request sends besides the settings."""
        if self._signer:
            yield from self._signer.list_obtained_secrets()

    def __call__(self, refresh_token: str | None) -> "Tokens":
        """Fetch a token.

        Raises:
            UnusableResponseError: The response has no token.
        """
        response = self._send(self._build_request(refresh_token))
        others = "client_secret and refresh_token" if refresh_token else "client_secret"
        hint = (
            f"check access_token_url, client_id, {others}, client_authentication and "
            "token_request_format"
        )
        check_accepted(response, "the token request", hint)
        tokens = self._read_tokens(response)
        if tokens is None:
            raise UnusableResponseError(
                response,
                f"the token response has no usable {self._shown_path}, or an expires_in that is "
                "not a number of seconds",
            )
        check_header_token(
            response, tokens.token or "", self._shown_path, "check access_token_path"
        )
        return tokens

    def _read_tokens(self, response: "Response") -> "Tokens | None":
        from analytics_ingest.common.token_file import Tokens

        try:
            (match, *_) = self._path.find(response.json())
            beside = match.context.value if match.context else {}
            lifetime = read_lifetime(_find_first(beside, _LIFETIMES))
        except (ValueError, TypeError, AttributeError):
            return None
        refresh_token = _find_first(beside, _REFRESH_TOKENS)
        if not isinstance(match.value, str) or not is_token(match.value):
            return None
        expires_at = time.time() + (self._lifetime if lifetime is None else lifetime)
        is_usable = isinstance(refresh_token, str) and refresh_token
        return Tokens(match.value, expires_at, refresh_token if is_usable else None)

    def _build_request(self, refresh_token: str | None) -> "Request":
        from requests import Request

        client_id, client_secret = self._client
        fields = {"grant_type": "client_credentials", **self._fields}
        if not self._signer:
            fields = {"client_id": client_id, "client_secret": client_secret, **fields}
        if refresh_token:
            fields |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
        body = {"json": fields} if self._is_json else {"data": fields}
        return Request("POST", self.url, auth=self._signer, **body)


def _find_first(values: Any, names: tuple[str, ...]) -> Any:
    """Find the first of some fields that is there."""
    return next((values[name] for name in names if name in values), None)
