"""The authenticator of a requester → an auth block, or the headers and params that it sends.

Nothing secret is written: a block names the settings from which a load reads its secrets.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.jwt import read_jwt
from analytics_ingest.convert.manifest.auth.oauth import read_oauth
from analytics_ingest.convert.manifest.auth.session_tokens import read_session_token
from analytics_ingest.convert.manifest.auth.signing import Signing
from analytics_ingest.convert.manifest.auth.static_auth import read_static_auth
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.normalize.placeholders import SETTING

_STATIC = ("ApiKeyAuthenticator", "BearerAuthenticator", "BasicHttpAuthenticator")


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
    if authenticator.kind in _STATIC:
        return read_static_auth(api, authenticator, texts)
    if authenticator.kind == "OAuthAuthenticator":
        return read_oauth(api, authenticator, texts)
    if authenticator.kind == "JwtAuthenticator":
        return read_jwt(api, authenticator, texts)
    if authenticator.kind == "SessionTokenAuthenticator":
        return read_session_token(authenticator, texts, log)
    if authenticator.kind == "SelectiveAuthenticator":
        return _convert_selective(api, authenticator, texts, log)
    raise UnsupportedError(f"{authenticator.kind} has no counterpart")


def _convert_selective(
    api: str, item: Component, texts: Interpolation, log: ConversionLog
) -> Signing:
    """Return the logins that have a counterpart, and the setting that selects one of them."""
    path = item.take("authenticator_selection_path")
    logins = item.take("authenticators") or {}
    options: Json = {}
    problems: dict[str, str] = {}
    listed = logins.items() if isinstance(logins, Mapping) else ()
    for name, data in listed:
        if not isinstance(data, Mapping):
            problems[str(name)] = "it is not an object"
            continue
        try:
            options[str(name)] = _convert_option(api, Component(data, item.parameters), texts, log)
        except UnsupportedError as error:
            problems[str(name)] = str(error)
    if not options:
        raise UnsupportedError(f"no login has a counterpart ({'; '.join(problems.values())})")
    if problems:
        kept, others = ", ".join(options), "; ".join(f"{n} ({p})" for n, p in problems.items())
        log.assume(None, f"of the logins that a setting selects in Airbyte, {kept}; not {others}")
    if len(options) == 1:
        return Signing(next(iter(options.values())))
    return Signing(
        {"type": "selected", "selected_by": _convert_selector(path, texts), "options": options}
    )


def _convert_option(
    api: str, login: Component, texts: Interpolation, log: ConversionLog
) -> Json | None:
    """Return one of several logins; None where it signs nothing."""
    login.refuse_custom()
    signing = read_auth(api, login, texts, log)
    if unread := next(login.find_unread(), None):
        raise UnsupportedError(f"{unread} has no counterpart")
    if signing.fields:
        raise UnsupportedError("it sends more than a key")
    return signing.auth


def _convert_selector(path: Any, texts: Interpolation) -> str:
    """Return the setting that selects a login."""
    keys = path if isinstance(path, list) else [path]
    value = texts.convert_text(f"{{{{ config{''.join(f'[{str(key)!r}]' for key in keys)} }}}}", {})
    if not SETTING.fullmatch(value):
        raise UnsupportedError("authenticator_selection_path is not the path of a setting")
    return value
