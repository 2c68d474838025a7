"""Authenticators that send settings as they are: keys, bearer tokens, user and password.

Each is first what a request carries. It becomes an auth block where a type sends just that.
"""

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.signing import (
    AUTHORIZATION,
    LITERAL,
    Signing,
    build_secret_key,
    is_literal,
    read_needed_text,
)
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.options import Option, read_option
from analytics_ingest.convert.normalize.placeholders import SETTING

_IN_HEADER: Option = ("headers", (AUTHORIZATION,))


def read_static_auth(api: str, item: Component, texts: Interpolation) -> Signing:
    """Read an authenticator as an auth block, or as what requests carry where no type sends it."""
    fields = read_static_fields(item, texts)
    auth = {"BearerAuthenticator": _convert_bearer, "BasicHttpAuthenticator": _convert_basic}.get(
        item.kind, _convert_api_key
    )(api, item, texts)
    return Signing(auth) if auth else Signing(fields=fields)


def read_static_fields(item: Component, texts: Interpolation) -> dict[Option, str]:
    """Read what an authenticator adds to a request.

    Raises:
        UnsupportedError: It is a literal secret, or another kind of authenticator.
    """
    if item.kind == "NoAuth":
        return {}
    if item.kind == "BearerAuthenticator":
        return {_IN_HEADER: f"Bearer {_convert_value(item, texts)}"}
    if item.kind == "BasicHttpAuthenticator":
        return {_IN_HEADER: _build_basic_header(item, texts)}
    if item.kind == "ApiKeyAuthenticator":
        return {_convert_place(item, texts): _convert_value(item, texts)}
    raise UnsupportedError(f"{item.kind} has no counterpart in a login")


def _convert_api_key(api: str, item: Component, texts: Interpolation) -> Json | None:
    block, path = _convert_place(item, texts)
    if block not in ("headers", "params") or len(path) != 1:
        return None
    auth = {"type": "api_key", "name": path[0]}
    auth |= {"location": "query"} if block == "params" else {}
    return {**auth, **build_secret_key(api, "api_key", "api_key", _convert_value(item, texts))}


def _convert_bearer(api: str, item: Component, texts: Interpolation) -> Json | None:
    return {
        "type": "bearer",
        **build_secret_key(api, "bearer", "token", _convert_value(item, texts)),
    }


def _convert_basic(api: str, item: Component, texts: Interpolation) -> Json | None:
    user = read_needed_text(item, "username", texts)
    # A password that need not be set is blank where it is not.
    password = str(texts.convert_value(item.take_text("password") or "", item.parameters) or "")
    if is_literal(user) or (password and is_literal(password)):
        return None
    auth = {"type": "http_basic", **build_secret_key(api, "http_basic", "username", user)}
    secret = (
        build_secret_key(api, "http_basic", "password", password) if password else {"password": ""}
    )
    return {**auth, **secret}


def _build_basic_header(item: Component, texts: Interpolation) -> str:
    operands = [_convert_operand(item, key, texts) for key in ("username", "password")]
    if not any("config" in operand for operand in operands):
        raise UnsupportedError(LITERAL)
    first, second = operands
    return f"Basic {{{{ ({first} ~ ':' ~ {second}) | base64encode }}}}"


def _convert_operand(item: Component, key: str, texts: Interpolation) -> str:
    """Convert a text of a manifest as an operand of an expression."""
    raw = str(item.take(key) or "")
    if match := SETTING.fullmatch(texts.convert_text(raw, item.parameters)):
        return f"config['{match[1]}']"
    inner = strip_braces(texts.convert_expression(raw, item.parameters)) if "{{" in raw else None
    return repr(raw) if inner is None else f"({inner})"


def _convert_place(item: Component, texts: Interpolation) -> Option:
    """Return where a request carries the key."""
    header = texts.evaluate_constant(item.take("header"), item.parameters)
    option = item.read_child("inject_into", "RequestOption")
    return read_option(option, texts) if option else ("headers", (str(header or AUTHORIZATION),))


def _convert_value(item: Component, texts: Interpolation) -> str:
    """Return the value that is sent; it names a setting, or it would be a literal secret."""
    value = read_needed_text(item, "api_token", texts)
    if is_literal(value):
        raise UnsupportedError(LITERAL)
    return value
