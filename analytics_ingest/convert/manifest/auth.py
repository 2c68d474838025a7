"""The authenticator of a requester → an auth block, or the headers and params that it sends.

Nothing secret is written: a block names the settings from which a load reads its secrets.
"""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.interpolation import Interpolation
from analytics_ingest.convert.manifest.jwt import read_jwt
from analytics_ingest.convert.manifest.oauth import read_oauth
from analytics_ingest.convert.manifest.session_tokens import read_session_token
from analytics_ingest.convert.manifest.signing import Signing
from analytics_ingest.convert.manifest.static_auth import read_static_auth

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
        return _selected(api, authenticator, texts, log)
    raise UnsupportedError(f"{authenticator.kind} has no counterpart")


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
