"""Leaves the secrets out of an auth block: what remains says how, and what is to be set.

A literal of the document is never written, nor told.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.python.values import Code, Reference

SECRETS: dict[str, dict[str, str]] = {
    "api_key": {"api_key": "api_key"},
    "bearer": {"token": "api_token"},
    "http_basic": {"username": "username", "password": "password"},
    "oauth2_client_credentials": {"client_id": "client_id", "client_secret": "client_secret"},
    "session_token": {"username": "username", "password": "password"},
}
"""Type of auth → its secrets, and the settings from which they are read."""

_OTHER_TYPES = {
    "token": "bearer",
    "httpbearer": "bearer",
    "accesstoken": "bearer",
    "basic": "http_basic",
    "http": "http_basic",
    "oauth": "oauth2_client_credentials",
    "oauth2": "oauth2_client_credentials",
    "oauth2refreshtoken": "oauth2_client_credentials",
    "refreshtoken": "oauth2_client_credentials",
    "clientcredentials": "oauth2_client_credentials",
    "session": "session_token",
}
_TYPES = {**{kind.replace("_", ""): kind for kind in SECRETS}, **_OTHER_TYPES}
_KEYS_THAT_TELL = {
    "login_url": "session_token",
    "client_id": "oauth2_client_credentials",
    "access_token_url": "oauth2_client_credentials",
    "token": "bearer",
    "username": "http_basic",
    "api_key": "api_key",
}
_OTHER_NAMES = {
    "token_url": "access_token_url",
    "token_endpoint": "access_token_url",
    "token_refresh_endpoint": "access_token_url",
    "refresh_url": "access_token_url",
    "scopes": "scope",
    "header_name": "name",
    "param_name": "name",
    "in": "location",
    "inject_into": "location",
}
_FORM = re.compile(r"([a-z]*\W?)\{settings\.\w+\}(\W?[a-z]*)", re.I)
"""A secret and the word beside it; digits may be those of another secret."""
_NEVER_WRITTEN = {name for secrets in SECRETS.values() for name in secrets} | {
    *("refresh_token", "access_token", "session_token", "secret", "key")
}
_LOCATIONS = {"headers": "header", "params": "query", "query_param": "query", "param": "query"}
_URLS = {"oauth2_client_credentials": "access_token_url", "session_token": "login_url"}
_PURPOSES = {
    "api_token": "the bearer token",
    "username": "the name of the user",
    "password": "the password of the user",
    "client_id": "the id of the OAuth2 client",
    "client_secret": "the secret of the OAuth2 client",
}

Json = dict[str, Any]


def auth_without_secrets(written: Any, resource: str | None, notes: ConversionLog) -> Json | None:
    """An auth block in its clean form; None where the document does not say how.

    Args:
        resource: Whose endpoint it is, None for the client.
    """
    if isinstance(written, Reference) and written.kind == "secret":
        notes.assume(resource, "auth is a secret alone, so it is sent as a bearer token")
        written = "bearer"
    if isinstance(written, str):
        written = {"type": written}
    if not isinstance(written, Mapping):
        notes.leave_out(resource, "auth", "its value is not in the document; declare it")
        return None
    given = {_OTHER_NAMES.get(str(key), str(key)): value for key, value in written.items()}
    if kind := _kind(given):
        return clean_auth(kind, given, resource, notes)
    if str(given.get("type")).lower() not in ("none", "no_auth", "noauth"):
        told = f"its type '{given.get('type')}' is unknown; declare it"
        notes.leave_out(resource, "auth", told)
    return None


def clean_auth(kind: str, given: Json, resource: str | None, notes: ConversionLog) -> Json:
    """The block of a type of auth; its secrets are noted as to be set."""
    auth = {"type": kind}
    auth |= {k: v for k, v in given.items() if k != "type" and k not in _NEVER_WRITTEN}
    if kind == "api_key":
        _say_where(auth, given, resource, notes)
    if kind == "http_basic" and given.get("password") in (None, ""):
        auth["password"] = ""
        notes.assume(resource, "basic auth has no password in the document, so none is sent")
    if kind == "oauth2_client_credentials" and "refresh_token" in given:
        if auth.get("grant_type") != "client_credentials":
            auth["grant_type"] = "refresh_token"
        notes.must_set("refresh_token", "the OAuth2 refresh token")
    if (key := _URLS.get(kind)) and not auth.get(key):
        auth[key] = f"{{settings.{key}}}"
        notes.assume(resource, f"auth.{key} is not in the document, so it is a setting")
    for name, setting in SECRETS[kind].items():
        if name not in auth:
            notes.must_set(setting, _PURPOSES.get(setting, "") + _with_its_form(given.get(name)))
        if is_literal(given.get(name)):
            told = "is a literal in the document: it is not written; set it as it stands there"
            notes.assume(resource, f"auth.{name} {told}")
    return auth


def _with_its_form(value: Any) -> str:
    """The word beside a secret of the document: the user `{settings.email}/token`."""
    found = _FORM.fullmatch(value) if isinstance(value, str) else None
    before, after = found.groups() if found else ("", "")
    return f", in the form {before}…{after}" if before or after else ""


def is_literal(value: Any) -> bool:
    """Whether a value is a text of the document rather than a reference."""
    return isinstance(value, str) and value != "" and "{" not in value


def prefix(value: Any) -> str:
    """The word before the secret in a text such as `Token {settings.key}`."""
    found = re.match(r"([^\s{]+)[\s=]+.*\{settings\.", value) if isinstance(value, str) else None
    return found[1] if found else ""


def _kind(given: Json) -> str | None:
    written = given.get("type")
    if not isinstance(written, str):
        return next((kind for key, kind in _KEYS_THAT_TELL.items() if key in given), None)
    plain = re.sub(r"[^a-z0-9]", "", written.lower())
    shorter = re.sub(r"(authenticator|auth)$", "", plain)
    return _TYPES.get(plain) or _TYPES.get(shorter)


def _say_where(auth: Json, given: Json, resource: str | None, notes: ConversionLog) -> None:
    """Settle name and location of an API key."""
    location = auth.get("location", "header")
    auth["location"] = _LOCATIONS.get(str(location).lower(), location)
    if not isinstance(auth.get("name"), str):
        auth["name"] = "Authorization"
        notes.assume(resource, "the key has no name in the document: the header Authorization")
    place = "query parameter" if auth["location"] == "query" else "header"
    notes.must_set("api_key", f"the key, sent in the {place} {auth['name']}")


def auth_of_header(name: str, value: Any, resource: str | None, notes: ConversionLog) -> Json:
    """The auth that a header `Authorization` stands for."""
    text = value.begins or "bearer" if isinstance(value, Code) else value
    word = (text.split() or [""])[0].lower() if isinstance(text, str) else ""
    kind = {"bearer": "bearer", "basic": "http_basic"}.get(word, "api_key")
    notes.assume(resource, f"the header {name} became auth of type {kind}")
    given = {"name": name, "api_key": value} if kind == "api_key" else {}
    unknown = Reference("secret", "password")
    return clean_auth(kind, {**given, "password": unknown}, resource, notes)
