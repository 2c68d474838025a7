"""An auth block and its secrets → the object that signs requests."""

from collections.abc import Iterator
from urllib.parse import urljoin

from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from dlt.sources.helpers.rest_client.utils import join_url
from requests.auth import AuthBase

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.jsonpaths import checked_path
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.oauth2 import SharedOAuth2
from analytics_ingest.extract.http.origin import origin
from analytics_ingest.extract.http.session_token import SessionToken
from analytics_ingest.extract.settings import (
    SettingValues,
    is_in_the_clear,
    optional_secret,
    secret,
)

_SECRETS = (
    *("api_key", "token", "username", "password", "client_secret", "access_token"),
    *("refresh_token", "known_token"),
)


def build_auth(
    client: ApiClient, auth: Auth | None, settings: SettingValues, *, allow_http: bool = False
) -> AuthBase | None:
    """Build the signer of an API's requests, reading its secrets now.

    Args:
        allow_http: Whether a client's secret may be sent to a token server in the clear.
    """
    if auth is None:
        return None
    api = client.api
    if auth.type == "api_key":
        key = secret(settings, "api_key", auth)
        if auth.location == "header":
            check_header(api, key, "api_key")
        return APIKeyAuth(name=auth.name or "Authorization", api_key=key, location=auth.location)
    if auth.type == "bearer":
        token = secret(settings, "token", auth)
        check_header(api, token, "api_token")
        return BearerTokenAuth(token=token)
    if auth.type == "http_basic":
        return HttpBasicAuth(secret(settings, "username", auth), secret(settings, "password", auth))
    if auth.type == "session_token":
        return _session_token(client, auth, settings)
    url = urljoin(client.base_url, settings.filled(auth.access_token_url or ""))
    if origin(url) is None and not settings.has_missing:
        raise SettingError(f"{api}: auth.access_token_url is not an http address; correct it")
    if is_in_the_clear(url) and not allow_http:
        raise SettingError(
            f"{api}: auth.access_token_url is plain http, so the client's secret would be sent in "
            "the clear; write an https address, or declare client.allow_http: true"
        )
    return _oauth2(client, auth, settings, url)


def _oauth2(client: ApiClient, auth: Auth, settings: SettingValues, url: str) -> SharedOAuth2:
    scope = " ".join(auth.scope) if isinstance(auth.scope, list) else auth.scope
    fields = {**({"scope": scope} if scope else {}), **auth.access_token_request_data}
    is_refreshed = auth.grant_type == "refresh_token"
    return SharedOAuth2(
        access_token_url=url,
        client_id=secret(settings, "client_id", auth),
        client_secret=secret(settings, "client_secret", auth),
        refresh_token=secret(settings, "refresh_token", auth) if is_refreshed else None,
        access_token_request_data={
            name: settings.filled(value) if isinstance(value, str) else value
            for name, value in fields.items()
        },
        default_token_expiration=auth.default_token_expiration,
        session=client.session_for(url),
        timeouts=client.timeouts,
    )


def _session_token(client: ApiClient, auth: Auth, settings: SettingValues) -> SessionToken:
    api = client.api
    known = optional_secret(api, "session_token", auth)
    if known:
        check_header(api, known, "session_token")
    return SessionToken(
        login_url=_own_url(client, "login_url", settings.filled(auth.login_url or "")),
        username=secret(settings, "username", auth),
        password=secret(settings, "password", auth),
        token_path=checked_path(
            f"{api}: auth.session_token_response_key", auth.session_token_response_key or ""
        ),
        header=auth.header,
        validate_url=auth.validate_session_url
        and _own_url(client, "validate_session_url", settings.filled(auth.validate_session_url)),
        known_token=known,
        session=client.session_for(client.base_url),
        timeouts=client.timeouts,
    )


def _own_url(client: ApiClient, key: str, written: str) -> str:
    url = written if "://" in written else join_url(client.base_url, written)
    if origin(url) != origin(client.base_url):
        raise SettingError(
            f"{client.api}: auth.{key} leads to another host than the base URL; the password is "
            "not sent there; correct it, or the base URL"
        )
    return url


def secrets_of(auth: AuthBase) -> Iterator[str]:
    """The values that a signer keeps secret, tokens that it has obtained included."""
    for name in _SECRETS:
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
