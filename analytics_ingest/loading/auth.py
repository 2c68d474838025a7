"""An auth block and its secrets → the object that signs requests (dlt's own classes)."""

import threading
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import pendulum
from dlt.sources.helpers.rest_client.auth import (
    APIKeyAuth,
    AuthConfigBase,
    BearerTokenAuth,
    HttpBasicAuth,
    OAuth2ClientCredentials,
)
from requests import PreparedRequest, RequestException, Session, exceptions

from analytics_ingest.config.auth import Auth
from analytics_ingest.loading.client import ApiClient
from analytics_ingest.loading.errors import SettingError
from analytics_ingest.loading.retry import UnusableAnswerError
from analytics_ingest.loading.settings import secret


def build_auth(client: ApiClient, auth: Auth | None) -> AuthConfigBase | None:
    """Build the signer of an API's requests, reading its secrets now."""
    if auth is None:
        return None
    api = client.api
    if auth.type == "api_key":
        key = secret(api, "api_key", auth)
        if auth.location == "header":
            check_header(api, key, "api_key")
        return APIKeyAuth(name=auth.name or "Authorization", api_key=key, location=auth.location)
    if auth.type == "bearer":
        token = secret(api, "token", auth)
        check_header(api, token, "api_token")
        return BearerTokenAuth(token=token)
    if auth.type in ("basic", "http_basic"):
        return HttpBasicAuth(secret(api, "username", auth), secret(api, "password", auth))
    if not auth.access_token_url:
        raise SettingError(f"{api}: oauth2 needs access_token_url in its auth block; declare it")
    url = urljoin(client.base_url, auth.access_token_url)
    return _SharedOAuth2(
        access_token_url=url,
        client_id=secret(api, "client_id", auth),
        client_secret=secret(api, "client_secret", auth),
        access_token_request_data=dict(auth.access_token_request_data),
        default_token_expiration=auth.default_token_expiration,
        session=client.session_for(url),
        timeouts=client.timeouts,
    )


def secrets_of(auth: AuthConfigBase) -> Iterator[str]:
    """The values that a signer keeps secret, tokens that it has obtained included."""
    for name in ("api_key", "token", "username", "password", "client_secret", "access_token"):
        value = getattr(auth, name, None)
        if value:
            yield str(value)


def check_header(api: str, value: str, name: str) -> None:
    """Refuse a secret that no header can carry safely, without showing it."""
    if not (value.isascii() and value.isprintable()):
        raise SettingError(
            f"{api}: sources.{api}.{name} holds a line break or another character that a header "
            "cannot carry; set it again without"
        )


class TokenServerConnectionError(exceptions.ConnectionError):
    """The server that gives tokens does not answer."""


class _SharedOAuth2(OAuth2ClientCredentials):
    """Client credentials whose token is fetched once for all threads."""

    def __init__(self, *, session: Session, timeouts: tuple[float, float], **given: Any) -> None:
        super().__init__(**given, session=session)
        self._timeouts = timeouts
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            return super().__call__(request)

    def obtain_token(self) -> None:
        """Ask for a token once; the endpoint's error handler decides about another try."""
        try:
            response = self.session.post(
                self.access_token_url, timeout=self._timeouts, **self.build_access_token_request()
            )
        except RequestException:
            raise TokenServerConnectionError from None
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            told = f"the token request was answered {response.status_code}; check access_token_url"
            raise UnusableAnswerError(response, f"{told}, client_id and client_secret")
        try:
            answer = response.json()
            token, seconds = answer["access_token"], self.parse_expiration_in_seconds(answer)
        except (ValueError, TypeError, KeyError, AttributeError):
            token, seconds = None, 0
        if not isinstance(token, str):
            raise UnusableAnswerError(response, "the token answer holds no usable access_token")
        self.parse_native_representation(token)
        self.token_expiry = pendulum.now().add(seconds=seconds)
