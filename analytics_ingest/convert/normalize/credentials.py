"""Leaves the secrets out of an auth block: what remains says how to log in, and what to set.

A literal of the document is neither written nor reported.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.auth import list_auth_types
from analytics_ingest.common.declared_types import Secret
from analytics_ingest.convert.conversion_log import ASSUMED_BODY, ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.aliases import rename
from analytics_ingest.convert.normalize.body_keys import BODIES, is_in_body
from analytics_ingest.convert.normalize.logins import names_no_body, take_login
from analytics_ingest.convert.normalize.request_places import LOCATIONS, read_option
from analytics_ingest.convert.python.values import Code, Reference

_TYPES = {
    **{name.replace("_", ""): kind for name, kind in list_auth_types().items()},
    **{name: kind for kind in list_auth_types().values() for name in kind.document_names},
}
_REFERENCE = r"(?:\{settings\.\w+\}|\{\{[^{}]*\}\})"
_FORM = re.compile(rf"([a-z]*\W?){_REFERENCE}(\W?[a-z]*)", re.I)
"""A secret and the word next to it; digits may be those of another secret."""
_PREFIX = re.compile(rf"([^\s{{]+)[\s=]+[^{{]*{_REFERENCE}")
_NEVER_WRITTEN = {key for kind in list_auth_types().values() for key in kind.keys.secrets} | {
    *("access_token", "secret", "key")
}
_AIRBYTE_KEYS = {
    "api_key": {"api_token": "api_key", "header": "name"},
    "bearer": {"api_token": "token"},
}


def list_needed_secrets(kind: str) -> dict[str, Secret]:
    """List the secrets that a type of auth cannot do without, by key."""
    secrets = list_auth_types()[kind].keys.secrets
    return {key: secret for key, secret in secrets.items() if not secret.is_optional}


def normalize_auth(raw: Any, resource: str | None, log: ConversionLog) -> Json | None:
    """Normalize an auth block; None where the document does not say how.

    Args:
        resource: Whose endpoint it is, None for the client.
    """
    if isinstance(raw, Reference) and raw.kind == "secret":
        log.assume(resource, "auth is only a secret, so it is sent as a bearer token")
        raw = "bearer"
    if isinstance(raw, str):
        raw = {"type": raw}
    if not isinstance(raw, Mapping):
        log.leave_out(resource, "auth", "its value is not in the document; declare it")
        return None
    given, dropped = take_login(raw, rename("auth", raw))
    for key in dropped:
        log.leave_out(resource, f"auth.{key}", "it has no counterpart in a login")
    if given.get("type") == "login" and "login_json" in given and names_no_body(raw):
        log.comments[resource, "client.auth.login_json"] = ASSUMED_BODY
    if kind := find_kind(given):
        _rename_airbyte_keys(kind, given)
        return clean_auth(kind, given, resource, log)
    if str(given.get("type")).lower() not in ("none", "no_auth", "noauth"):
        problem = f"its type '{given.get('type')}' is unknown; declare it"
        log.leave_out(resource, "auth", problem)
    return None


def _rename_airbyte_keys(kind: str, given: Json) -> None:
    """Rename Airbyte's keys that are another one's in another type of auth."""
    for key, own in _AIRBYTE_KEYS.get(kind, {}).items():
        if key in given:
            given.setdefault(own, given.pop(key))


def clean_auth(kind: str, given: Json, resource: str | None, log: ConversionLog) -> Json:
    """Return the block of a type of auth; its secrets are logged as to be set."""
    auth = {"type": kind}
    auth |= {k: v for k, v in given.items() if k != "type" and k not in _NEVER_WRITTEN}
    if kind == "api_key":
        _settle_location(auth, given, resource, log)
    if kind == "http_basic" and given.get("password") in (None, ""):
        auth["password"] = ""
        log.assume(resource, "basic auth has no password in the document, so none is sent")
    if kind == "oauth2_client_credentials" and "refresh_token" in given:
        if auth.get("grant_type") != "client_credentials":
            auth["grant_type"] = "refresh_token"
        log.require("refresh_token", "the OAuth2 refresh token")
    for key in list_auth_types()[kind].keys.required:
        if key.endswith("_url") and not auth.get(key):
            auth[key] = f"{{settings.{key}}}"
            log.assume(resource, f"auth.{key} is not in the document, so it is a setting")
    for name, secret in list_needed_secrets(kind).items():
        if name not in auth:
            log.require(secret.setting, secret.purpose + _with_its_form(given.get(name)))
        if is_literal(given.get(name)):
            reason = "is a literal in the document: it is not written; set it as it is there"
            log.assume(resource, f"auth.{name} {reason}")
    return auth


def _with_its_form(value: Any) -> str:
    """Return the word next to a secret of the document: the user `{settings.email}/token`."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    before, after = match.groups() if match else ("", "")
    return f", in the form {before}…{after}" if before or after else ""


def is_literal(value: Any) -> bool:
    """Return whether a value is a text of the document rather than a reference."""
    return isinstance(value, str) and value != "" and "{" not in value


def read_prefix(value: Any) -> str:
    """Read the word before the secret in a text such as `Token {settings.key}`."""
    match = _PREFIX.match(value) if isinstance(value, str) else None
    return match[1] if match else ""


def find_kind(given: Json) -> str | None:
    """Find the type of auth that a block means; None for an unknown one."""
    raw = given.get("type")
    if not isinstance(raw, str):
        # A block without a type is known by its keys.
        own = {k.name: {*k.keys.required, *k.keys.secrets} for k in list_auth_types().values()}
        likeliest = max(own, key=lambda kind: len(own[kind] & set(given)))
        return likeliest if own[likeliest] & set(given) else None
    plain = re.sub(r"[^a-z0-9]", "", raw.lower())
    kind = _TYPES.get(plain) or _TYPES.get(re.sub(r"(authenticator|auth)$", "", plain))
    if kind is None and plain.startswith("oauth2"):
        kind = _TYPES["oauth2"]
    return kind.name if kind else None


def _settle_location(auth: Json, given: Json, resource: str | None, log: ConversionLog) -> None:
    """Settle name and location of an API key."""
    location = auth.get("location", "header")
    block, name = read_option(location)
    auth |= {"name": name} if isinstance(name, str) else {}
    unknown = "header" if isinstance(location, Mapping) else location
    auth["location"] = LOCATIONS.get(block, block if block in BODIES else unknown)
    if is_in_body(auth):
        # It is taken out of auth, see normalize/body_keys.py.
        form = _with_its_form(given.get("api_key"))
        log.require("api_key", f"the key, sent in the body as {auth.get('name')}{form}")
        return
    if not isinstance(auth.get("name"), str):
        auth["name"] = "Authorization"
        log.assume(resource, "the key has no name in the document: the header Authorization")
    place = "query parameter" if auth["location"] == "query" else "header"
    log.require("api_key", f"the key, sent in the {place} {auth['name']}")


def describe_header_auth(name: str, kind: str) -> str:
    """Describe for the report which type of auth a header has become."""
    return f"the header {name} became auth of type {kind}"


def build_header_auth(name: str, value: Any, resource: str | None, log: ConversionLog) -> Json:
    """Build the auth that a header `Authorization` amounts to."""
    text = value.begins or "bearer" if isinstance(value, Code) else value
    word = (text.split() or [""])[0].lower() if isinstance(text, str) else ""
    kind = {"bearer": "bearer", "basic": "http_basic"}.get(word, "api_key")
    log.assume(resource, describe_header_auth(name, kind))
    given = {"name": name, "api_key": value} if kind == "api_key" else {}
    unknown = Reference("secret", "password")
    return clean_auth(kind, {**given, "password": unknown}, resource, log)
