"""`OAuthAuthenticator` → `auth: oauth2_client_credentials`, or a login that sends what it does.

The type of OAuth2 knows two grants and the usual names of fields. Any other token request is a
login, which has no refresh tokens that rotate.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.jwt import read_jwt
from analytics_ingest.convert.manifest.auth.signing import (
    AUTHORIZATION,
    Signing,
    build_secret_key,
    read_needed_text,
)
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.jsonpaths import quote

_KIND = "oauth2_client_credentials"
_CREDENTIALS = ("client_id", "client_secret")
_FIELDS = (*_CREDENTIALS, "refresh_token", "grant_type")
_LIFETIME = 3600


def read_oauth(api: str, item: Component, texts: Interpolation) -> Signing:
    """Read an authenticator that fetches its tokens.

    Raises:
        UnsupportedError: The token request cannot be declared.
    """
    if texts.evaluate_constant(item.take("use_profile_assertion"), item.parameters) not in _NO:
        return Signing(_convert_assertion(api, item, texts))
    request = _TokenRequest(item, texts)
    auth = request.as_oauth2(api) if request.is_usual else request.as_login()
    return Signing({key: value for key, value in auth.items() if value not in ({}, None)})


_NO = (None, False, "false", "")
_SENT = ("name", "location", "token_format")
"""How a signed token is sent where it is not exchanged."""


def _convert_assertion(api: str, item: Component, texts: Interpolation) -> Json:
    """Return the exchange of a signed token; neither client nor further fields are sent with it."""
    assertion = item.read_child("profile_assertion", "JwtAuthenticator")
    if assertion is None or assertion.kind != "JwtAuthenticator":
        raise UnsupportedError("OAuthAuthenticator.profile_assertion is not a JwtAuthenticator")
    request = _TokenRequest(item, texts)
    if not request.has_usual_form:
        raise UnsupportedError("an assertion in an unusual token request has no counterpart")
    signed = read_jwt(api, assertion, texts).auth or {}
    auth = {key: value for key, value in signed.items() if key not in _SENT}
    return {**auth, **request.token_place, "type": "oauth2_jwt_bearer"}


class _TokenRequest:
    """The token request of an authenticator."""

    def __init__(self, item: Component, texts: Interpolation) -> None:
        self._item = item
        self._texts = texts
        grant = texts.evaluate_constant(item.take("grant_type", "refresh_token"), item.parameters)
        self._grant = str(grant)
        self._names = {name: str(item.take(f"{name}_name", name)) for name in _FIELDS}
        self._url = read_needed_text(item, "token_refresh_endpoint", texts)
        for key in _CREDENTIALS:
            item.take(key)  # A header may hold them instead.
        self._secrets = [*_CREDENTIALS]
        if item.take("refresh_token") and self._grant != "client_credentials":
            self._secrets.append("refresh_token")
        scopes = texts.convert_value(item.take("scopes"), item.parameters)
        self._scope = scopes or None
        self._body = self._convert_mapping("refresh_request_body")
        self._headers = self._convert_mapping("refresh_request_headers")
        self._is_query = item.take("send_refresh_request_as_query_params") not in _NO
        self._token_name = str(item.take("access_token_name") or "access_token")
        self._lifetime_name = str(item.take("expires_in_name") or "expires_in")

    @property
    def is_usual(self) -> bool:
        """Whether the type of OAuth2 sends it."""
        return self._grant in ("client_credentials", "refresh_token") and self.has_usual_form

    @property
    def has_usual_form(self) -> bool:
        """Whether it is a form, with the usual names of fields."""
        usual_names = all(name == usual for usual, name in self._names.items())
        return usual_names and not self._is_query and self._usual_headers

    @property
    def token_place(self) -> Json:
        """Where tokens are given, and where the response holds one."""
        is_usual = self._token_name == "access_token"
        path = {} if is_usual else {"access_token_path": self._token_name}
        return {"access_token_url": self._url, **path}

    @property
    def _usual_headers(self) -> bool:
        others = {n: str(v) for n, v in self._headers.items() if n != AUTHORIZATION}
        is_form = all(n.lower() == "content-type" and "json" not in v for n, v in others.items())
        return is_form and (AUTHORIZATION not in self._headers or self._is_basic)

    @property
    def _is_basic(self) -> bool:
        value = str(self._headers.get(AUTHORIZATION, ""))
        return value.startswith("Basic ") and "client_secret" in value

    def as_oauth2(self, api: str) -> Json:
        """Return the block of the usual request."""
        item = self._item
        auth: Json = {"type": _KIND, "grant_type": self._grant, **self.token_place}
        secrets = [*_CREDENTIALS, *(["refresh_token"] if self._grant == "refresh_token" else [])]
        for key in secrets:
            auth |= build_secret_key(api, _KIND, key, read_needed_text(item, key, self._texts))
        own = {"grant_type", *secrets, *(["scope"] if self._scope else [])}
        auth["scope"] = self._scope
        auth["access_token_request_data"] = {n: v for n, v in self._body.items() if n not in own}
        auth["client_authentication"] = "basic" if self._is_basic else None
        return auth

    def as_login(self) -> Json:
        """Return a login that sends the request."""
        if self._item.take("refresh_token_updater"):
            raise UnsupportedError(
                "a refresh token that rotates in an unusual request has no counterpart"
            )
        fields: Json = {self._names["grant_type"]: self._grant}
        for key in self._secrets:
            if key not in _CREDENTIALS or AUTHORIZATION not in self._headers:
                fields[self._names[key]] = read_needed_text(self._item, key, self._texts)
        if self._scope:
            scope = self._scope
            fields["scope"] = " ".join(scope) if isinstance(scope, list) else scope
        fields = {name: value for name, value in fields.items() if value != ""}
        return {
            "type": "login",
            "login_url": self._url,
            "login_headers": self._headers,
            "login_params" if self._is_query else "login_data": {**self._body, **fields},
            "token_path": quote(self._token_name),
            "token_lifetime_path": quote(self._lifetime_name),
            "token_lifetime": _LIFETIME,
            "token_format": "Bearer {token}",
        }

    def _convert_mapping(self, key: str) -> Json:
        raw = self._item.take(key) or {}
        if not isinstance(raw, Mapping):
            raise UnsupportedError(f"OAuthAuthenticator.{key} is one text")
        converted: dict[str, Any] = self._texts.convert_value(raw, self._item.parameters)
        return {name: value for name, value in converted.items() if value is not None}
