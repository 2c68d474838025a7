"""Leaves secrets out of a configuration, wherever they stand: auth, headers, query, address."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.documents.clean.credentials import (
    auth_of_header,
    auth_without_secrets,
    is_literal,
    prefix,
)
from analytics_ingest.documents.clean.shapes import with_resources
from analytics_ingest.documents.code.values import setting_name
from analytics_ingest.documents.notes import Notes

_SECRET_NAME = re.compile(r"(^|[-_])(api[-_]?key|token|secret|password|access[-_]?key)$", re.I)
_NO_SECRET = re.compile(r"page|next|cursor|sync|continu|csrf|scroll", re.IGNORECASE)
_USER_OF_URL = re.compile(r"(?<=://)[^/@]+@")

Json = dict[str, Any]


def without_secrets(api: Json, notes: Notes) -> Json:
    """The configuration without its secrets, which are noted as to be set."""
    client = _holder(api["client"], None, notes, has_auth=False)
    if isinstance(client.get("base_url"), str) and _USER_OF_URL.search(client["base_url"]):
        client["base_url"] = _USER_OF_URL.sub("", client["base_url"])
        notes.assume(None, "base_url names a user, who is not written; declare auth")
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


def _holder(written: Json, resource: str | None, notes: Notes, *, has_auth: bool) -> Json:
    """The client or an endpoint, its auth, headers and params without secrets."""
    holder = _with_prefixed_key_as_header(written, resource, notes)
    if holder.get("auth") is not None:
        auth = auth_without_secrets(holder.pop("auth"), resource, notes)
        holder |= {"auth": auth} if auth else {}
    for key in ("headers", "params", "json", "data"):
        if isinstance(holder.get(key), Mapping):
            holder[key] = {
                name: _value(key, name, value, resource, notes)
                for name, value in holder[key].items()
            }
    if isinstance(holder.get("headers"), Mapping):
        _take_authorization(holder, resource, notes, has_auth=has_auth or "auth" in holder)
    return holder


def _with_prefixed_key_as_header(written: Json, resource: str | None, notes: Notes) -> Json:
    """A key that is sent as `Token <key>` is a header, for auth sends it as it is."""
    auth = written.get("auth")
    value = auth.get("api_key") if isinstance(auth, Mapping) else None
    if not isinstance(auth, Mapping) or not prefix(value) or auth.get("location") == "query":
        return dict(written)
    name = str(auth.get("name") or "Authorization")
    notes.assume(resource, f"auth is the header {name}, which begins with '{prefix(value)}'")
    rest = {key: item for key, item in written.items() if key != "auth"}
    return {**rest, "headers": {**(rest.get("headers") or {}), name: value}}


def _value(key: str, name: str, value: Any, resource: str | None, notes: Notes) -> Any:
    """A header's or parameter's value; a setting in the place of a literal secret."""
    if name.lower() == "authorization" or not is_literal(value):
        return value
    if not _SECRET_NAME.search(name) or _NO_SECRET.search(name):
        return value
    notes.assume(resource, f"{key}.{name} is a literal secret: it is not written, but a setting")
    return f"{{settings.{setting_name(name)}}}"


def _take_authorization(
    holder: Json, resource: str | None, notes: Notes, *, has_auth: bool
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
