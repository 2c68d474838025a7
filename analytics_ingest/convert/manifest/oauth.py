"""`OAuthAuthenticator` → `auth: oauth2_client_credentials`."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.interpolation import Interpolation
from analytics_ingest.convert.manifest.signing import (
    AUTHORIZATION,
    Signing,
    needed_text,
    secret_key,
)

_DEFAULT_NAMES = {
    "client_id_name": "client_id",
    "client_secret_name": "client_secret",
    "refresh_token_name": "refresh_token",
    "grant_type_name": "grant_type",
}


def read_oauth(api: str, item: Component, texts: Interpolation) -> Signing:
    """Read an authenticator that fetches its tokens.

    Raises:
        UnsupportedError: The token request cannot be declared.
    """
    kind = "oauth2_client_credentials"
    grant = str(texts.constant(item.take("grant_type", "refresh_token"), item.parameters))
    if grant not in ("client_credentials", "refresh_token"):
        raise UnsupportedError(f"the OAuth grant {grant} has no counterpart")
    for key, usual in _DEFAULT_NAMES.items():
        if item.take(key, usual) != usual:
            raise UnsupportedError(f"OAuthAuthenticator.{key} has no counterpart")
    if item.take("use_profile_assertion") not in (None, False, "false"):
        raise UnsupportedError("OAuthAuthenticator.use_profile_assertion has no counterpart")
    auth: Json = {"type": kind, "grant_type": grant}
    auth["access_token_url"] = texts.text(
        item.take_text("token_refresh_endpoint") or "", item.parameters
    )
    secrets = ["client_id", "client_secret", *(["refresh_token"] if grant != kind[7:] else [])]
    item.take("refresh_token")
    for key in secrets:
        auth |= secret_key(api, kind, key, needed_text(item, key, texts))
    if scopes := item.take("scopes"):
        auth["scope"] = texts.value(scopes, item.parameters)
    if body := item.take("refresh_request_body"):
        fields = texts.value(body, item.parameters)
        own = {"grant_type", *secrets, *(["scope"] if scopes else [])}
        auth["access_token_request_data"] = _without(fields, own)
    if path := item.take("access_token_name"):
        auth["access_token_path"] = path
    item.take("expires_in_name")
    _read_headers(item, auth)
    return Signing({key: value for key, value in auth.items() if value != {}})


def _read_headers(item: Component, auth: Json) -> None:
    """Take the headers of the token request, which say how the client is authenticated."""
    headers = dict(item.take("refresh_request_headers") or {})
    value = str(headers.pop(AUTHORIZATION, ""))
    if value.startswith("Basic ") and "client_secret" in value:
        auth["client_authentication"] = "basic"
        value = ""
    kinds = [headers.pop(name) for name in list(headers) if name.lower() == "content-type"]
    if value or headers or any("json" in str(kind) for kind in kinds):
        raise UnsupportedError("OAuthAuthenticator.refresh_request_headers has no counterpart")


def _without(fields: Any, names: set[str]) -> Json:
    if not isinstance(fields, Mapping):
        raise UnsupportedError("OAuthAuthenticator.refresh_request_body is one text")
    return {name: value for name, value in fields.items() if name not in names}
