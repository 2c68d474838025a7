"""OAuth2: one token for all requests of a load, by client credentials or by a refresh token."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from analytics_ingest.auth.base import Auth, AuthContext
from analytics_ingest.common.declared_types import Keys, Secret
from analytics_ingest.common.unusable_response import UnusableResponseError

if TYPE_CHECKING:
    from requests import PreparedRequest, Request, Response

_GRANT_TYPES = ("client_credentials", "refresh_token")


class OAuth2Keys(Keys):
    """Keys of `oauth2_client_credentials`."""

    secrets: ClassVar = {
        "client_id": Secret("client_id", "the id of the OAuth2 client"),
        "client_secret": Secret("client_secret", "the secret of the OAuth2 client"),
        "refresh_token": Secret("refresh_token", "the OAuth2 refresh token", is_optional=True),
    }
    required: ClassVar = {"access_token_url": "where tokens are given"}
    aliases: ClassVar = {"token_url": "access_token_url"}

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
    default_token_expiration: int = 3600
    """Seconds a token lasts when the response does not say."""

    def problems(self) -> Iterator[tuple[str, str]]:
        if self.grant_type not in (None, *_GRANT_TYPES):
            allowed = ", ".join(_GRANT_TYPES)
            yield "grant_type", f"'{self.grant_type}' is unknown; allowed are {allowed}"


class OAuth2(Auth):
    """Sends a token that is fetched once for all threads, and again when it has expired.

    Args:
        refresh_token: With it the refresh grant is used, else client credentials; a new one that
            comes with a token takes its place.
        data: Further fields of the token request.
        lifetime: Seconds a token lasts when the response does not say.
        send: Sends the token request.
    """

    name = "oauth2_client_credentials"
    aliases = ("oauth2",)
    keys = OAuth2Keys
    dlt_classes = ("OAuth2ClientCredentials",)
    dlt_arguments = ("access_token_url", "client_id", "client_secret")
    document_names = ("oauth", "oauth2refreshtoken", "refreshtoken", "clientcredentials")

    def __init__(
        self,
        *,
        url: str,
        client_id: str,
        client_secret: str,
        refresh_token: str | None,
        data: Mapping[str, Any],
        lifetime: int,
        send: "Callable[[Request], Response]",
    ) -> None:
        self._url = url
        self._fields = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
            **data,
        }
        self._refresh_token = refresh_token
        self._lifetime = lifetime
        self._send = send
        self._token: str | None = None
        self._expires_at = 0.0
        self._lock = threading.Lock()

    @classmethod
    def build(cls, keys: OAuth2Keys, context: AuthContext) -> "OAuth2":
        url = context.token_url("access_token_url", keys.access_token_url or "")
        scope = " ".join(keys.scope) if isinstance(keys.scope, list) else keys.scope
        fields = {**({"scope": scope} if scope else {}), **keys.access_token_request_data}
        is_refreshed = keys.grant_type == "refresh_token"
        return cls(
            url=url,
            client_id=context.secret(keys, "client_id"),
            client_secret=context.secret(keys, "client_secret"),
            refresh_token=context.secret(keys, "refresh_token") if is_refreshed else None,
            data={name: context.fill(value) for name, value in fields.items()},
            lifetime=keys.default_token_expiration,
            send=context.sender_to(url),
        )

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        with self._lock:
            if self._token is None or time.time() >= self._expires_at:
                self._fetch_token()
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def obtained_secrets(self) -> Iterator[str]:
        yield from filter(None, (self._token, self._refresh_token))

    def _fetch_token(self) -> None:
        """Ask for a token once; the endpoint's error handler decides about another try."""
        response = self._send(self._token_request())
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            others = "client_secret and refresh_token" if self._refresh_token else "client_secret"
            raise UnusableResponseError(
                response,
                f"the token request was answered {response.status_code}",
                f"check access_token_url, client_id, {others}",
                is_from_auth=True,
            )
        try:
            body = response.json()
            token = body["access_token"]
            expires_at = time.time() + int(body.get("expires_in", self._lifetime))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            body, token, expires_at = {}, None, 0.0
        if not isinstance(token, str):
            raise UnusableResponseError(response, "the token response has no usable access_token")
        self._token, self._expires_at = token, expires_at
        rotated = body.get("refresh_token")
        if self._refresh_token and isinstance(rotated, str) and rotated:
            self._refresh_token = rotated

    def _token_request(self) -> "Request":
        from requests import Request

        grant = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        return Request(
            "POST",
            self._url,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            data={**self._fields, **(grant if self._refresh_token else {})},
        )
