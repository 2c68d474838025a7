"""Writes Airbyte's SessionTokenAuthenticator in a document in the words of other logins.

    {login_requester: {url_base, path, http_method, request_body_json, authenticator},
     session_token_path: [data, token], expiration_duration: PT1H, request_authentication}
      →  {login_request: {url, method, json, auth}, token_path: data.token,
          token_lifetime: 3600, inject_as: bearer}

What it does not know stays under its key, and is reported.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.request_places import find_place_key, read_option

_REQUEST = {
    "http_method": "method",
    "request_body_json": "json",
    "body_json": "json",
    "body_data": "data",
    "request_body_data": "data",
    "request_parameters": "params",
    "request_headers": "headers",
    "authenticator": "auth",
}
_NAMES = ("header_name", "header", "token_header")
_FORMAT = re.compile(r"(?:(?P<word>[A-Za-z][A-Za-z-]{0,20}) )?\{\{\s*session_token\s*\}\}")


def rename_session_login(block: Json) -> Json:
    """Return an authenticator's keys in the words of other logins; another block as it is."""
    requester = block.get("login_requester")
    if not isinstance(requester, Mapping):
        return block
    rest = {key: value for key, value in block.items() if key != "login_requester"}
    path = rest.get("session_token_path")
    if isinstance(path, list):
        rest["session_token_path"] = ".".join(map(str, path))
    return {"login_request": _rename_request(requester), **rename_use(rest)}


def rename_use(block: Json) -> Json:
    """Return a login in which keys of our own say how requests carry the token, if one says it.

    A type of auth alone, `api_key`, is what a header beside it says already.
    """
    use = block.get("request_authentication")
    use = {"type": use} if isinstance(use, str) else use
    if not isinstance(use, Mapping):
        return block
    rest = {key: value for key, value in block.items() if key != "request_authentication"}
    kind = _spell_type(use)
    is_named = any(isinstance(rest.get(key), str) for key in _NAMES)
    if len(use) == 1 and kind in ("apikey", "apikeyauthenticator", "header") and is_named:
        return rest
    return {**rest, **_rename_use(use)}


def _spell_type(block: Mapping[str, Any]) -> str:
    return re.sub(r"[^a-z]", "", str(block.get("type")).lower())


def _rename_request(requester: Mapping[str, Any]) -> Json:
    request = {_REQUEST.get(key, key): value for key, value in requester.items() if key != "type"}
    base = request.pop("url_base", None) or request.pop("base_url", None)
    path = request.pop("path", None)
    if isinstance(base, str) and isinstance(path, str):
        request["url"] = f"{base.rstrip('/')}/{path.lstrip('/')}" if path else base
    else:
        request |= {key: value for key, value in (("url", base or path),) if value}
    return request


def _rename_use(use: Mapping[str, Any]) -> Json:
    """Return how requests carry the token: as a bearer token, or under a name."""
    rest = {key: value for key, value in use.items() if key != "type"}
    if _spell_type(use) in ("bearer", "bearertoken", "bearerauthenticator"):
        return {"inject_as": "bearer", **rest}
    place = find_place_key(rest)
    option = rest.pop(place, "header")
    nested = option if isinstance(option, Mapping) else {place: option}
    names = ("field_name", "name", "header", "header_name")
    name = next((rest.pop(key) for key in names if key in rest), None)
    block, own = read_option({"field_name": name, **nested} if name else nested)
    template = _FORMAT.fullmatch(str(rest.get("api_token", "{{ session_token }}")))
    if block not in ("headers", "params") or not isinstance(own or name, str) or not template:
        return {"request_authentication": dict(use)}
    rest.pop("api_token", None)
    word = {"token_prefix": template["word"]} if template["word"] else {}
    where = {place: "query"} if block == "params" else {}
    return {**where, "name": own or name, **word, **rest}
