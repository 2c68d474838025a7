"""Leaves secrets out of a configuration, wherever they stand: auth, headers, query, address."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.normalize.credentials import (
    auth_of_header,
    auth_without_secrets,
    is_literal,
    prefix,
)
from analytics_ingest.convert.normalize.structure import with_resources
from analytics_ingest.convert.python.values import setting_name

_SECRET_NAME = re.compile(
    r"(^|[-_]|(?=[A-Z][a-z]))(?i:api[-_]?key|token|secret|password|access[-_]?key|app_?id|cookie)$"
)
_NO_SECRET = re.compile(r"page|next|cursor|sync|continu|csrf|scroll", re.IGNORECASE)
_USER_OF_URL = re.compile(r"(?<=://)[^/@]+@")
_IN_QUERY = re.compile(r"(?<=[?&])([\w-]+)=([^&#{}]+)")

Json = dict[str, Any]


def without_secrets(api: Json, notes: ConversionLog) -> Json:
    """The configuration without its secrets, which are noted as to be set."""
    client = _holder(api["client"], None, notes, has_auth=False)
    defaults = dict(api.get("resource_defaults", {}))
    if "endpoint" in defaults:
        shared = _holder(defaults["endpoint"], None, notes, has_auth="auth" in client)
        if "auth" in shared:
            client.setdefault("auth", shared.pop("auth"))
        defaults["endpoint"] = shared
    resources = [
        {
            **resource,
            "endpoint": _holder(
                resource["endpoint"], resource["name"], notes, has_auth="auth" in client
            ),
        }
        for resource in api["resources"]
    ]
    return with_resources({**api, "client": client}, defaults, resources)


def _holder(written: Json, resource: str | None, notes: ConversionLog, *, has_auth: bool) -> Json:
    """The client or an endpoint, its auth, headers and params without secrets."""
    holder = _with_prefixed_key_as_header(written, resource, notes)
    if holder.get("auth") is not None:
        auth = auth_without_secrets(holder.pop("auth"), resource, notes)
        holder |= {"auth": auth} if auth else {}
    for key in ("headers", "params", "json", "data", "auth", "base_url", "path"):
        if key in holder:
            holder[key] = _value("", key, holder[key], resource, notes)
    if isinstance(holder.get("headers"), Mapping):
        _take_authorization(holder, resource, notes, has_auth=has_auth or "auth" in holder)
    return holder


def _with_prefixed_key_as_header(written: Json, resource: str | None, notes: ConversionLog) -> Json:
    """A key that is sent as `Token <key>` is a header, for auth sends it as it is."""
    auth = written.get("auth")
    value = auth.get("api_key") if isinstance(auth, Mapping) else None
    if not isinstance(auth, Mapping) or not prefix(value) or auth.get("location") == "query":
        return dict(written)
    name = str(auth.get("name") or "Authorization")
    notes.assume(resource, f"auth is the header {name}, which begins with '{prefix(value)}'")
    rest = {key: item for key, item in written.items() if key != "auth"}
    return {**rest, "headers": {**(rest.get("headers") or {}), name: value}}


def _value(key: str, name: str, value: Any, resource: str | None, notes: ConversionLog) -> Any:
    """A part of a request; settings in the place of literal secrets."""
    place = f"{key}.{name}".lstrip(".")
    if isinstance(value, Mapping):
        return {k: _value(place, str(k), item, resource, notes) for k, item in value.items()}
    if isinstance(value, list):
        return [_value(key, name, item, resource, notes) for item in value]
    if not isinstance(value, str):
        return value
    if key and name.lower() != "authorization" and _is_secret(name) and is_literal(value):
        told = f"{place} is a literal secret: it is not written, but a setting"
        notes.assume(resource, told)
        return f"{{settings.{setting_name(name)}}}"
    return _address(place, value, resource, notes)


def _address(place: str, text: str, resource: str | None, notes: ConversionLog) -> str:
    """A text, which may be an address, without the user and the secrets in its query."""
    if _USER_OF_URL.search(text):
        text = _USER_OF_URL.sub("", text)
        notes.assume(resource, f"{place} names a user, who is not written; declare auth")

    def without_secret(found: re.Match[str]) -> str:
        name = found[1]
        if not _is_secret(name):
            return found[0]
        told = f"{place} holds a literal secret, {name}: it is not written, but a setting"
        notes.assume(resource, told)
        return f"{name}={{settings.{setting_name(name)}}}"

    return _IN_QUERY.sub(without_secret, text)


def _is_secret(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _NO_SECRET.search(name)


def _take_authorization(
    holder: Json, resource: str | None, notes: ConversionLog, *, has_auth: bool
) -> None:
    """Turn the header Authorization into auth, where nothing else says how."""
    headers = holder["headers"]
    name = next((name for name in headers if name.lower() == "authorization"), None)
    if name is None:
        return
    if has_auth:
        notes.leave_out(resource, f"headers.{name}", "auth says it")
    elif prefix(headers[name]).lower() not in ("", "bearer", "basic"):
        return
    else:
        holder["auth"] = auth_of_header(name, headers[name], resource, notes)
    holder["headers"] = {key: value for key, value in headers.items() if key != name}
    if not holder["headers"]:
        del holder["headers"]
