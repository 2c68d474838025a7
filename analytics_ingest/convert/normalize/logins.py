"""Writes what documents call a login, whose response holds the token, as auth of type `login`.

    {type: session_token, login_request: {url, method, json}, token_path, inject_as: bearer}
    {type: oauth2, …, header_name: x-access-token}   {type: oauth2_password, token_url, username, …}

A block that names no request of a login stays as it is. Literals of a login are secrets: they
become settings. What has no counterpart in a login is returned, to be logged.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.request_places import (
    LOCATIONS,
    find_place_key,
    read_option,
)
from analytics_ingest.convert.normalize.session_logins import rename_session_login, rename_use
from analytics_ingest.convert.normalize.similar_words import spell
from analytics_ingest.convert.python.values import Reference, to_setting_name
from analytics_ingest.declaration.airbyte.durations import read_seconds

_REQUESTS = ("login_request", "login_endpoint", "session_request", "token_request", "login")
_URLS = ("login_url", "url", "path", "endpoint", "login_path", "token_url", "access_token_url")
_PARTS = {
    "login_method": ("login_method", "method", "http_method"),
    "login_json": ("login_json", "login_body", "login_payload", "json", "body", "payload"),
    "login_data": ("login_data", "data", "form"),
    "login_params": ("login_params", "params", "query", "query_params"),
    "login_headers": ("login_headers", "headers"),
}
_BODIES = ("login_json", "login_body", "login_payload", "login_data")
_TOKENS = (
    *("token_path", "session_token_path", "access_token_path", "response_token_path"),
    *("token_field", "token_key", "session_token_response_key"),
)
_HEADERS = ("header_name", "header", "token_header")
_WORDS = ("token_type", "inject_as", "prefix", "token_prefix")
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,20}")
_OF_OAUTH = ("client_id", "client_secret", "refresh_token", "username", "password", "scope")
_LIFETIME = re.compile(
    r"(?:(?:session|access|token)_)*(?:expir(?:y|es|es_in|ation)|life_?time|ttl|validity|valid_for)"
    r"(?:_(?:duration|in|seconds|time|after|period))*"
)
_PERSONAL = ("username", "email", "password")
_NAMES = ("_field", "_key", "_param", "_name")
"""Ends of keys that name a field of the body."""
_GRANTS = ("", "password", "refresh_token", "client_credentials")
_SESSION = re.compile(r"session|login|custom|token_request|token_exchange")
_PLAIN = (
    *("grant_type", "strategy", "type", "scope", "response_type", "content-type", "accept"),
    *("accept-language", "accept-encoding", "cache-control", "user-agent", "x-requested-with"),
)
"""Keys of a login whose literals are not secrets."""


def take_login(raw: Mapping[str, Any], renamed: Json) -> tuple[Json, list[str]]:
    """Return auth of type `login` for a block that describes one, and the keys that it drops.

    Args:
        raw: The block as it is in the document.
        renamed: The block under the names of a declaration, returned if it is not a login.
    """
    kind = str(raw.get("type", "")).lower()
    raw = rename_session_login(dict(raw))
    left = {key: value for key, value in raw.items() if key != "type"}
    if "oauth" in kind:
        login = _take_oauth(kind, left)
    elif kind == "login" or not (_SESSION.search(kind) or any(key in raw for key in _REQUESTS)):
        login = None
    else:
        left = rename_use(left)
        login = _take_request(left)
    if login is None or not login.get("login_url"):
        return renamed, []
    return {"type": "login", **login}, list(left)


def names_no_body(raw: Mapping[str, Any]) -> bool:
    """Return whether a block names who logs in, and not what the login sends."""
    own = [key for key in _PERSONAL if key in raw]
    is_named = any(f"{key}{end}" in raw for key in _PERSONAL for end in _NAMES)
    return bool(own) and not is_named and not any(key in raw for key in _BODIES)


def make_setting(key: str, literal: str) -> str:
    """Return a literal of a login, or the setting in its place where it may be a secret."""
    return str(_redact((key,), literal))


def _take_request(left: Json) -> Json | None:
    request = _take(left, _REQUESTS)
    block: Json = dict(request) if isinstance(request, Mapping) else {}
    is_shown = any(key in left for key in _TOKENS) and "session_token_response_key" not in left
    fields = _take_names(left)
    if request is None and not (is_shown or fields or any(key in left for key in _BODIES)):
        return None
    url = _take(block, _URLS) or (request if isinstance(request, str) else _take(left, _URLS))
    login: Json = {"login_url": url, "token_path": _take(left, _TOKENS) or "token"}
    for key, names in _PARTS.items():
        if value := _take(block, names) or _take(left, names):
            login[key] = map_leaves(value, _redact) if isinstance(value, Mapping) else value
    own = [key for key in _PERSONAL if key in left]
    if own and not {"login_json", "login_data", "login_params"} & login.keys():
        body = {fields.get(key, key): _redact((key,), left.pop(key)) for key in own}
        login["login_json"] = body
    if lifetime := _take_lifetime(left):
        login["token_lifetime"] = lifetime
    if basic := _take_basic(block, "auth") or _take_basic(left, "login_auth"):
        login["login_headers"] = {**login.get("login_headers", {}), "Authorization": basic}
    left |= {f"{key} of its login": value for key, value in block.items()}
    return {**login, **_take_place(left)}


def _take_lifetime(left: Json) -> int | None:
    """Take the seconds that the token lasts, a number or a duration in ISO 8601."""
    for key in [key for key in left if _LIFETIME.fullmatch(spell(key))]:
        seconds = left[key] if type(left[key]) is int else read_seconds(str(left[key]))
        if seconds:
            del left[key]
            return seconds
    return None


def _take_names(left: Json) -> dict[str, str]:
    """Take what a login calls the user and the password: `username_field: email`."""
    names = {key: _take(left, tuple(f"{key}{end}" for end in _NAMES)) for key in _PERSONAL}
    return {key: str(name) for key, name in names.items() if name}


def _take_oauth(kind: str, left: Json) -> Json | None:
    """Take a login for an access token: of the grant `password`, or for a header of its own."""
    grant = str(left.get("grant_type") or ("password" if "password" in kind else "")).lower()
    is_password = grant == "password" and {"username", "password"} <= left.keys()
    name = next((left[key] for key in _HEADERS if isinstance(left.get(key), str)), "")
    has_header = bool(name) and name.lower() != "authorization"
    if not (is_password or has_header) or grant not in _GRANTS:
        return None
    left.pop("grant_type", None)
    default = "refresh_token" if "refresh_token" in left else "client_credentials"
    form: Json = {"grant_type": grant or default}
    form |= {key: _write_scope(key, left.pop(key)) for key in _OF_OAUTH if key in left}
    login = {
        "login_url": _take(left, _URLS),
        "login_data": form,
        "token_lifetime_path": "expires_in",
    }
    return {**login, "token_path": _take(left, _TOKENS) or "access_token", **_take_place(left)}


def _write_scope(key: str, value: Any) -> Any:
    if key != "scope":
        return f"{{settings.{key}}}"
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _redact(path: Path, leaf: Any) -> Any:
    """Make a setting of a literal of a login."""
    is_literal = isinstance(leaf, str) and "{" not in leaf
    is_plain = not path or path[-1].lower() in _PLAIN
    return leaf if is_plain or not is_literal else f"{{settings.{to_setting_name(path[-1])}}}"


def _take_place(left: Json) -> Json:
    """Take where the token is sent: as a bearer token unless a header without a word is named."""
    place: Json = {}
    place_key = find_place_key(left)
    block, option_name = read_option(left.get(place_key))
    if block in LOCATIONS:
        place["location"] = LOCATIONS[block]
        del left[place_key]
        left |= {"name": option_name} if isinstance(option_name, str) else {}
    name = _take(left, (*_HEADERS, "name", "token_param"))
    if isinstance(name, str):
        place["name"] = name
    key = next((key for key in _WORDS if _WORD.fullmatch(str(left.get(key, "")))), None)
    if key is not None:
        word = str(left.pop(key))
        place["token_format"] = f"{'Bearer' if word.lower() == 'bearer' else word} {{token}}"
    elif not isinstance(name, str) and place.get("location") != "query":
        place["token_format"] = "Bearer {token}"
    return place


def _take_basic(holder: Json, key: str) -> str | None:
    """Take the header of a login with HTTP Basic, of the settings that its auth names."""
    auth = holder.get(key)
    kind = auth.get("type") if isinstance(auth, Mapping) else auth
    if not isinstance(kind, str) or "basic" not in kind.lower():
        return None
    del holder[key]
    given = auth if isinstance(auth, Mapping) else {}
    user, password = (
        value.name if isinstance(value := given.get(name), Reference) and value.name else name
        for name in ("username", "password")
    )
    return f"Basic {{{{ (settings.{user} ~ ':' ~ settings.{password}) | base64encode }}}}"


def _take(block: Json, names: tuple[str, ...]) -> Any:
    name = next((name for name in names if block.get(name)), None)
    return block.pop(name) if name else None
