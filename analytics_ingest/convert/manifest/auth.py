"""The authenticator of a requester → an auth block, or the headers and params that it sends.

Nothing secret is written: a block names the settings from which a load reads its secrets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.auth import auth_types
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.interpolation import Interpolation
from analytics_ingest.convert.manifest.options import Option, read_option

_SETTING = re.compile(r"\{settings\.(\w+)\}")
_AUTHORIZATION = "Authorization"
_IN_HEADER = ("headers", (_AUTHORIZATION,))
_DEFAULT_NAMES = {
    "client_id_name": "client_id",
    "client_secret_name": "client_secret",
    "refresh_token_name": "refresh_token",
    "grant_type_name": "grant_type",
}


@dataclass
class Signing:
    """How the requests of a stream are signed."""

    auth: Json | None = None
    fields: dict[Option, Any] = field(default_factory=dict)
    """Where a request carries a value → the value."""


def read_auth(
    api: str, authenticator: Component | None, texts: Interpolation, log: ConversionLog
) -> Signing:
    """Read an authenticator.

    Args:
        log: Takes what is assumed.

    Raises:
        UnsupportedError: No type of auth sends what it does.
    """
    if authenticator is None or authenticator.kind == "NoAuth":
        return Signing()
    readers = {
        "ApiKeyAuthenticator": _api_key,
        "BearerAuthenticator": _bearer,
        "BasicHttpAuthenticator": _basic,
        "OAuthAuthenticator": _oauth,
    }
    if authenticator.kind == "SelectiveAuthenticator":
        return _selected(api, authenticator, texts, log)
    if authenticator.kind not in readers:
        raise UnsupportedError(f"{authenticator.kind} has no counterpart")
    return readers[authenticator.kind](api, authenticator, texts)


def _selected(api: str, item: Component, texts: Interpolation, log: ConversionLog) -> Signing:
    """The first of several logins that has a counterpart; in Airbyte a setting selects one."""
    item.take("authenticator_selection_path")
    logins = item.take("authenticators") or {}
    problems: list[str] = []
    for name, data in logins.items() if isinstance(logins, Mapping) else ():
        try:
            login = Component(data, item.parameters)
            login.refuse_custom()
            signing = read_auth(api, login, texts, log)
            if unread := next(login.unread(), None):
                raise UnsupportedError(f"{unread} has no counterpart")
        except UnsupportedError as error:
            problems.append(str(error))
            continue
        others = ", ".join(str(other) for other in logins if other != name)
        log.assume(None, f"of the logins that a setting selects in Airbyte, {name}; not {others}")
        return signing
    raise UnsupportedError(f"no login has a counterpart ({'; '.join(problems)})")


def _api_key(api: str, item: Component, texts: Interpolation) -> Signing:
    option = item.child("inject_into", "RequestOption")
    header = texts.constant(item.take("header"), item.parameters)
    block, path = (
        read_option(option, texts) if option else ("headers", (str(header or _AUTHORIZATION),))
    )
    name, value = path[0], _value(item, "api_token", texts)
    match = _SETTING.fullmatch(value)
    if match is None or block not in ("headers", "params") or len(path) > 1:
        return Signing(fields={(block, path): value})
    auth = {"type": "api_key", "name": name}
    auth |= {"location": "query"} if block == "params" else {}
    return Signing({**auth, **_secret(api, "api_key", "api_key", match[1])})


def _bearer(api: str, item: Component, texts: Interpolation) -> Signing:
    value = _value(item, "api_token", texts)
    if match := _SETTING.fullmatch(value):
        return Signing({"type": "bearer", **_secret(api, "bearer", "token", match[1])})
    return Signing(fields={_IN_HEADER: f"Bearer {value}"})


def _basic(api: str, item: Component, texts: Interpolation) -> Signing:
    raw = {key: str(item.take(key) or "") for key in ("username", "password")}
    values = {key: texts.text(text, item.parameters) for key, text in raw.items()}
    user = _SETTING.fullmatch(values["username"])
    password = _SETTING.fullmatch(values["password"])
    if user and (password or not values["password"]):
        auth = {"type": "http_basic", **_secret(api, "http_basic", "username", user[1])}
        secret = _secret(api, "http_basic", "password", password[1]) if password else None
        return Signing({**auth, **({"password": ""} if secret is None else secret)})
    parts = [texts.expression(text, item.parameters) for text in raw.values()]
    joined = "~':'~".join(_operand(part) for part in parts)
    value = f"Basic {{{{ ({joined}) | base64encode }}}}"
    if not user and not password:
        raise UnsupportedError("the key is a literal in the manifest")
    return Signing(fields={_IN_HEADER: value})


def _operand(text: str) -> str:
    """A text as an operand of an expression."""
    inner = text.strip()
    if inner.startswith("{{") and inner.endswith("}}") and inner.count("{{") == 1:
        return f"({inner[2:-2].strip()})"
    return repr(text)


def _oauth(api: str, item: Component, texts: Interpolation) -> Signing:
    kind = "oauth2_client_credentials"
    grant = str(texts.constant(item.take("grant_type", "refresh_token"), item.parameters))
    if grant not in ("client_credentials", "refresh_token"):
        raise UnsupportedError(f"the OAuth grant {grant} has no counterpart")
    for key, usual in _DEFAULT_NAMES.items():
        if item.take(key, usual) != usual:
            raise UnsupportedError(f"OAuthAuthenticator.{key} has no counterpart")
    auth: Json = {"type": kind, "grant_type": grant}
    auth["access_token_url"] = texts.text(
        item.take_text("token_refresh_endpoint") or "", item.parameters
    )
    secrets = ["client_id", "client_secret", *(["refresh_token"] if grant != kind[7:] else [])]
    item.take("refresh_token")
    for key in secrets:
        auth |= _secret(api, kind, key, _setting(item, key, texts))
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
    value = str(headers.pop(_AUTHORIZATION, ""))
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


def _value(item: Component, key: str, texts: Interpolation) -> str:
    """A value that is sent; it names a setting, or it would be a literal secret."""
    value = texts.text(item.take_text(key) or "", item.parameters)
    if "settings." not in value and "config" not in value:
        raise UnsupportedError("the key is a literal in the manifest")
    return value


def _setting(item: Component, key: str, texts: Interpolation) -> str:
    """The setting that a key names alone."""
    value = texts.text(item.take_text(key) or "", item.parameters)
    if match := _SETTING.fullmatch(value):
        return match[1]
    raise UnsupportedError(f"{item.kind}.{key} is more than a setting")


def _secret(api: str, kind: str, key: str, setting: str) -> Json:
    """The key of an auth block that names its setting, where that is not the usual one."""
    usual = auth_types()[kind].keys.secrets[key].setting
    return {} if usual == setting else {key: f"sources.{api}.{setting}"}
