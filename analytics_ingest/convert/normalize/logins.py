"""Writes what documents call a login, whose response holds the token, as auth of type `login`.

    {type: session_token, login_request: {url, method, json}, token_path, inject_as: bearer}
    {type: oauth2, …, header_name: x-access-token}   {type: oauth2_password, token_url, username, …}

A block that names no request of a login stays as it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json

_REQUESTS = ("login_request", "login_endpoint", "session_request", "token_request", "login")
_URLS = ("login_url", "url", "path", "endpoint", "login_path", "token_url", "access_token_url")
_BODIES = ("login_json", "login_body", "login_payload", "json", "body", "payload", "json_body")
_FORMS = ("login_data", "data", "form")
_PARAMS = ("login_params", "params", "query", "query_params")
_METHODS = ("login_method", "method", "http_method")
_LIFETIMES = ("expires_in", "token_lifetime", "expiry_seconds", "lifetime", "ttl")
_SESSION = re.compile(r"session|login|custom|token_request|token_exchange")
_TOKENS = (
    *("token_path", "session_token_path", "access_token_path", "response_token_path"),
    *("token_field", "token_key", "access_token_field", "session_token_response_key"),
)
_PLACES = ("name", "header_name", "header", "token_header")
_WORDS = ("token_type", "inject_as", "prefix", "token_prefix", "scheme")
_OF_OAUTH = ("client_id", "client_secret", "refresh_token", "username", "password", "scope")
_BASIC = "Basic {{ (settings.username ~ ':' ~ settings.password) | base64encode }}"
_PARTS = {
    "login_method": _METHODS,
    "login_json": _BODIES,
    "login_data": _FORMS,
    "login_params": _PARAMS,
}


def take_login(given: Json) -> Json:
    """Return auth of type `login` for a block that describes one; another as it is."""
    kind = str(given.get("type", "")).lower()
    if kind == "login":
        return given
    if _is_password_grant(given):
        return _build_password_login(given)
    name = _find(given, _PLACES)
    if "oauth" in kind and isinstance(name, str) and name.lower() != "authorization":
        return _build_oauth_login(given)
    request = _find(given, _REQUESTS)
    block: Mapping[str, Any] = request if isinstance(request, Mapping) else {}
    if not block and not _describes_login(given, kind):
        return given
    own_url = request if isinstance(request, str) else _find(given, _URLS)
    url, token = _find(block, _URLS) or own_url, _find(given, _TOKENS) or "token"
    login = {"type": "login", "login_url": url, "token_path": token}
    return {**login, **_read_request(given, block), **_read_place(given)}


def _describes_login(given: Json, kind: str) -> bool:
    """Return whether a block holds a body of a login, or says where its response has the token."""
    names_body = any(key in given for key in (*_BODIES[:3], *_FORMS[:1]))
    is_session = bool(_SESSION.search(kind)) and "session_token_response_key" not in given
    return names_body or bool(is_session and _find(given, _TOKENS) and _find(given, _URLS))


def _read_request(given: Json, block: Mapping[str, Any]) -> Json:
    """Read the request of a login from its own block, else from the block of auth."""
    login: Json = {}
    for key, names in _PARTS.items():
        if value := _find(block, names) or _find(given, names):
            login[key] = value
    own = [key for key in ("username", "email", "password") if key in given]
    if own and not {"login_json", "login_data", "login_params"} & login.keys():
        login["login_json"] = {key: given[key] for key in own}
    if isinstance(lifetime := _find(given, _LIFETIMES), int):
        login["token_lifetime"] = lifetime
    if _is_basic(block.get("auth")):
        login["login_headers"] = {"Authorization": _BASIC}
    return login


def _is_password_grant(given: Json) -> bool:
    kind = str(given.get("type", "")).lower()
    is_oauth = "oauth" in kind and {"username", "password"} <= given.keys()
    return is_oauth and ("password" in kind or given.get("grant_type") == "password")


def _build_password_login(given: Json) -> Json:
    """Build the login of OAuth's grant `password`: a form with the client's and user's secrets."""
    own = [key for key in _OF_OAUTH if key in given and key != "refresh_token"]
    form = {"grant_type": "password", **{key: f"{{settings.{key}}}" for key in own}}
    return _build_token_login(given, form)


def _build_oauth_login(given: Json) -> Json:
    """Build a login for an access token that another header than Authorization carries."""
    own = [key for key in _OF_OAUTH if key in given and key not in ("username", "password")]
    grant = "refresh_token" if "refresh_token" in given else "client_credentials"
    form = {"grant_type": grant, **{key: f"{{settings.{key}}}" for key in own}}
    return _build_token_login(given, form)


def _build_token_login(given: Json, form: Json) -> Json:
    login: Json = {"type": "login", "login_url": _find(given, _URLS)}
    path = _find(given, _TOKENS) or "access_token"
    lifetime = {"token_lifetime_path": "expires_in"}
    return {**login, "login_data": form, "token_path": path, **lifetime, **_read_place(given)}


def _read_place(given: Json) -> Json:
    """Read where the token is sent: as a bearer token unless a header without a word is named."""
    name, word = _find(given, _PLACES), _find(given, _WORDS)
    place: Json = {}
    if isinstance(name, str):
        place["name"] = name
    if given.get("location") in ("query", "header"):
        place["location"] = given["location"]
    if isinstance(word, str) and word.strip():
        text = "Bearer" if word.strip().lower() == "bearer" else word.strip()
        place["token_format"] = f"{text} {{token}}"
    elif not isinstance(name, str) and place.get("location") != "query":
        place["token_format"] = "Bearer {token}"
    return place


def _is_basic(auth: Any) -> bool:
    return "basic" in str(auth.get("type") if isinstance(auth, Mapping) else auth).lower()


def _find(block: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((block[name] for name in names if block.get(name)), None)
