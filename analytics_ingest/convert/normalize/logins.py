"""Writes what documents call a login, whose response holds the token, as auth of type `login`.

    {type: session_token, login_request: {url, method, json}, token_path, inject_as: bearer}
    {type: oauth2, …, header_name: x-access-token}   {type: oauth2_password, token_url, username, …}

A block that names no request of a login stays as it is.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json

_REQUESTS = ("login_request", "login_endpoint", "session_request", "token_request", "login")
_URLS = ("login_url", "url", "path", "endpoint", "login_path", "token_url", "access_token_url")
_BODIES = ("login_json", "login_body", "login_payload", "json", "body", "payload", "json_body")
_FORMS = ("login_data", "data", "form")
_TOKENS = (
    *("token_path", "session_token_path", "access_token_path", "response_token_path"),
    *("token_field", "token_key", "access_token_field", "session_token_response_key"),
)
_PLACES = ("name", "header_name", "header", "token_header")
_WORDS = ("token_type", "inject_as", "prefix", "token_prefix", "scheme")
_OF_OAUTH = ("client_id", "client_secret", "refresh_token", "username", "password", "scope")
_BASIC = (
    "Basic {{ (settings.username ~ ':' ~ settings.password) | base64encode }}",
    "Basic {{ (settings.client_id ~ ':' ~ settings.client_secret) | base64encode }}",
)


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
    if not block and not any(key in given for key in (*_BODIES[:3], *_FORMS[:1])):
        return given
    url = _find(block, _URLS) or (request if isinstance(request, str) else _find(given, _URLS))
    login = {"type": "login", "login_url": url, "token_path": _find(given, _TOKENS) or "token"}
    if method := _find(block, ("method", "http_method")) or given.get("login_method"):
        login["login_method"] = method
    if body := _find(block, _BODIES) or _find(given, _BODIES):
        login["login_json"] = body
    elif form := _find(block, _FORMS) or _find(given, _FORMS):
        login["login_data"] = form
    if _is_basic(block.get("auth")):
        login["login_headers"] = {"Authorization": _BASIC[0]}
    return {**login, **_read_place(given)}


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
