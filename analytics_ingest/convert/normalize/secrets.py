"""Leaves secrets out of a configuration: out of auth, headers, query and address."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.aliases import rename
from analytics_ingest.convert.normalize.body_keys import take_body_keys
from analytics_ingest.convert.normalize.credentials import (
    build_header_auth,
    is_literal,
    list_needed_secrets,
    normalize_auth,
    read_prefix,
)
from analytics_ingest.convert.normalize.key_formats import write_key
from analytics_ingest.convert.normalize.request_places import read_option
from analytics_ingest.convert.python.values import Reference, to_setting_name

_SECRET_NAME = re.compile(
    r"(^|[-_]|(?=[A-Z][a-z]))(?i:api[-_]?key|token|secret|password|access[-_]?key|app_?id|cookie)$"
)
_OF_A_LOGIN = re.compile(r"key|token|secret|password|auth|session", re.IGNORECASE)
_NO_SECRET = re.compile(r"page|next|cursor|sync|continu|csrf|scroll", re.IGNORECASE)
_USER_OF_URL = re.compile(r"(?<=://)[^/@]+@")
_HOLD_SECRETS = ("headers", "params", "json", "data", "auth", "base_url", "path")
_WITH_LITERAL = re.compile(
    r"\{\{\s*\(?(?:config|settings)(?:\.get\(\s*|\[|\.)['\"]?(?P<setting>\w+)['\"]?\]?"
    r"[^{}]*?['\"][^'\"{}]{4,}['\"][^{}]*\}\}"
)
"""An expression of a setting with a default or another text."""
_IN_QUERY = re.compile(r"(?<=[?&])([\w-]+)=([^&#{}]+)")


def remove_secrets(draft: Draft) -> None:
    """Leave secrets out; each is logged as to be set."""
    known = _list_secrets(draft.client.get("auth"))
    _clean_holder(draft.client, None, draft.log, has_auth=False)
    _clean_holder(draft.shared, None, draft.log, has_auth="auth" in draft.client)
    if "auth" in draft.shared:
        draft.client.setdefault("auth", draft.shared.pop("auth"))
    has_auth = "auth" in draft.client
    for resource, endpoint in ((r["name"], r["endpoint"]) for r in draft.resources):
        raw = endpoint.get("auth")
        _clean_holder(endpoint, resource, draft.log, has_auth=has_auth)
        others = [name for name in _list_secrets(raw) if name not in known]
        if known and len(others) == 1 and isinstance(auth := endpoint.get("auth"), dict):
            _name_secret(draft, auth, others[0])
    take_body_keys(draft)


def _list_secrets(auth: Any) -> list[str]:
    """List the names of the secrets that an auth block refers to."""
    values = auth.values() if isinstance(auth, Mapping) else ()
    return [v.name for v in values if isinstance(v, Reference) and v.kind == "secret" and v.name]


def _name_secret(draft: Draft, auth: Json, name: str) -> None:
    """Let the auth of an endpoint read a secret of its own, not that of the client."""
    secrets = list_needed_secrets(auth["type"])
    if len(secrets) == 1:
        ((key, secret),) = secrets.items()
        setting = to_setting_name(name)
        auth[key] = f"sources.{draft.name}.{setting}"
        draft.log.require(setting, secret.purpose)


def _clean_holder(
    holder: Json, resource: str | None, log: ConversionLog, *, has_auth: bool
) -> None:
    """Leave secrets out of the auth, headers and params of the client or an endpoint."""
    if "auth" in holder:
        holder["auth"] = write_key(holder["auth"])
    is_whole = _move_prefixed_key(holder, resource, log)
    if holder.get("auth") is not None:
        auth = normalize_auth(holder.pop("auth"), resource, log)
        holder |= {"auth": auth} if auth else {}

    def change(path: Path, leaf: Any) -> Any:
        return _without_secret(path, leaf, resource, log) if isinstance(leaf, str) else leaf

    for key in [key for key in _HOLD_SECRETS if key in holder]:
        holder[key] = map_leaves(holder[key], change, (key,))
    if isinstance(holder.get("headers"), Mapping) and not is_whole:
        _take_authorization(holder, resource, log, has_auth=has_auth or "auth" in holder)


def _move_prefixed_key(holder: Json, resource: str | None, log: ConversionLog) -> bool:
    """Make a header of a key that is sent as `Token <key>`, for auth sends it as it is.

    Returns whether it is not a header that a type of auth sends: `Basic` precedes a name and
    a password there, and before the key here.
    """
    raw = holder.get("auth")
    auth = rename("auth", raw) if isinstance(raw, Mapping) else {}
    is_of_key = "bearer" not in str(auth.get("type")).lower()
    value = auth.get("api_key", auth.get("api_token") if is_of_key else None)
    name, location = auth.get("name", auth.get("header")), auth.get("location")
    block, own_name = read_option(location or "header")
    is_header = block == "headers" or (isinstance(location, Mapping) and not block)
    if not read_prefix(value) or not is_header:
        return False
    name = str(own_name or name or "Authorization")
    log.assume(resource, f"auth is the header {name}, which begins with '{read_prefix(value)}'")
    del holder["auth"]
    holder["headers"] = {**(holder.get("headers") or {}), name: value}
    return read_prefix(value).lower() != "bearer"


def _without_secret(path: Path, text: str, resource: str | None, log: ConversionLog) -> str:
    """Return a text of a request, with a setting instead of a literal secret."""
    *above, name = path
    place = ".".join(path)
    if above and name.lower() != "authorization" and is_secret_name(name) and is_literal(text):
        log.assume(resource, f"{place} is a literal secret: it is not written, but a setting")
        return f"{{settings.{to_setting_name(name)}}}"
    if match := _find_default(name, text):
        log.assume(resource, f"the default of {place} is not written: it is a secret")
        return text.replace(match[0], f"{{settings.{to_setting_name(match['setting'])}}}")
    if _USER_OF_URL.search(text):
        text = _USER_OF_URL.sub("", text)
        log.assume(resource, f"{place} names a user, who is not written; declare auth")

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if not is_secret_name(name):
            return match[0]
        reason = f"{place} holds a literal secret, {name}: it is not written, but a setting"
        log.assume(resource, reason)
        return f"{name}={{settings.{to_setting_name(name)}}}"

    return _IN_QUERY.sub(replace, text)


def _find_default(name: str, text: str) -> re.Match[str] | None:
    """Find an expression of a setting that holds a literal besides, where a secret is sent."""
    match = _WITH_LITERAL.search(text)
    is_named = match and any(map(is_secret_name, (name, match["setting"])))
    return match if match and (is_named or name.lower() == "authorization") else None


def holds_secret(name: str, value: Any) -> bool:
    """Return whether a header, a parameter or a key of a body carries a secret."""
    if isinstance(value, Reference):
        return value.kind == "secret"
    is_named = name.lower() == "authorization" or is_secret_name(name)
    is_setting = "{settings." in str(value)
    of_login = _OF_A_LOGIN.search(name) or _OF_A_LOGIN.search(str(value))
    return is_named or bool(read_prefix(value) or (is_setting and of_login))


def is_secret_name(name: str) -> bool:
    """Return whether a name is that of a secret, such as a header or a parameter of a key."""
    return bool(_SECRET_NAME.search(name)) and not _NO_SECRET.search(name)


def _take_authorization(
    holder: Json, resource: str | None, log: ConversionLog, *, has_auth: bool
) -> None:
    """Make auth of the header Authorization, where nothing else says how."""
    headers = holder["headers"]
    name = next((name for name in headers if name.lower() == "authorization"), None)
    if name is None:
        return
    if has_auth:
        log.leave_out(resource, f"headers.{name}", "auth says it")
    elif read_prefix(headers[name]).lower() not in ("", "bearer", "basic"):
        return
    else:
        holder["auth"] = build_header_auth(name, headers[name], resource, log)
    del headers[name]
    if not headers:
        del holder["headers"]
