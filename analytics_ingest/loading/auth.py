"""An auth block and its secrets → the object that signs requests (dlt's own classes)."""

import threading
from urllib.parse import urljoin

from dlt.sources.helpers.rest_client.auth import (
    APIKeyAuth,
    AuthConfigBase,
    BearerTokenAuth,
    HttpBasicAuth,
    OAuth2ClientCredentials,
)
from requests import PreparedRequest, RequestException

from analytics_ingest.config.endpoint import Auth
from analytics_ingest.loading.errors import ApiError, SettingError
from analytics_ingest.loading.settings import secret


def build_auth(api: str, base_url: str, auth: Auth | None) -> AuthConfigBase | None:
    """Build the signer of an API's requests, reading its secrets now."""
    if auth is None:
        return None
    if auth.type == "api_key":
        key = secret(api, "api_key", auth)
        return APIKeyAuth(name=auth.name or "Authorization", api_key=key, location=auth.location)
    if auth.type == "bearer":
        return BearerTokenAuth(token=secret(api, "token", auth))
    if auth.type in ("basic", "http_basic"):
        return HttpBasicAuth(secret(api, "username", auth), secret(api, "password", auth))
    if not auth.access_token_url:
        raise SettingError(f"{api}: oauth2 needs access_token_url in its auth block; declare it")
    return _SharedOAuth2(
        access_token_url=urljoin(base_url, auth.access_token_url),
        client_id=secret(api, "client_id", auth),
        client_secret=secret(api, "client_secret", auth),
        access_token_request_data=dict(auth.access_token_request_data),
        default_token_expiration=auth.default_token_expiration,
    )


class _SharedOAuth2(OAuth2ClientCredentials):
    """Client credentials whose token is fetched once for all threads."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            return super().__call__(request)

    def obtain_token(self) -> None:
        try:
            super().obtain_token()
        except RequestException as error:
            response = error.response
            what = f"status {response.status_code}" if response is not None else "no answer"
            # The cause is left out: its message can hold what was sent.
            raise ApiError(f"the token request ended in {what}; check access_token_url") from None
