"""Authenticators that send settings as they are: keys, bearer tokens, user and password.

Each is first what a request carries. It becomes an auth block where a type sends just that.
"""

from analytics_ingest.common.expressions.syntax import bare
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.interpolation import SETTING, Interpolation
from analytics_ingest.convert.manifest.options import Option, read_option
from analytics_ingest.convert.manifest.signing import (
    AUTHORIZATION,
    LITERAL,
    Signing,
    is_literal,
    read_needed_text,
    secret_key,
)

_IN_HEADER: Option = ("headers", (AUTHORIZATION,))


def read_static_auth(api: str, item: Component, texts: Interpolation) -> Signing:
    """Read an authenticator as an auth block, or as what requests carry where no type sends it."""
    fields = read_static_fields(item, texts)
    auth = {"BearerAuthenticator": _bearer, "BasicHttpAuthenticator": _basic}.get(
        item.kind, _api_key
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
        return {_IN_HEADER: f"Bearer {_value(item, texts)}"}
    if item.kind == "BasicHttpAuthenticator":
        return {_IN_HEADER: _basic_header(item, texts)}
    if item.kind == "ApiKeyAuthenticator":
        return {_place(item, texts): _value(item, texts)}
    raise UnsupportedError(f"{item.kind} has no counterpart in a login")


def _api_key(api: str, item: Component, texts: Interpolation) -> Json | None:
    block, path = _place(item, texts)
    if block not in ("headers", "params") or len(path) != 1:
        return None
    auth = {"type": "api_key", "name": path[0]}
    auth |= {"location": "query"} if block == "params" else {}
    return {**auth, **secret_key(api, "api_key", "api_key", _value(item, texts))}


def _bearer(api: str, item: Component, texts: Interpolation) -> Json | None:
    return {"type": "bearer", **secret_key(api, "bearer", "token", _value(item, texts))}


def _basic(api: str, item: Component, texts: Interpolation) -> Json | None:
    user = read_needed_text(item, "username", texts)
    # A password that need not be set is blank where it is not.
    password = str(texts.value(item.take_text("password") or "", item.parameters) or "")
    if is_literal(user) or (password and is_literal(password)):
        return None
    auth = {"type": "http_basic", **secret_key(api, "http_basic", "username", user)}
    secret = secret_key(api, "http_basic", "password", password) if password else {"password": ""}
    return {**auth, **secret}


def _basic_header(item: Component, texts: Interpolation) -> str:
    operands = [_operand(item, key, texts) for key in ("username", "password")]
    if not any("config" in operand for operand in operands):
        raise UnsupportedError(LITERAL)
    first, second = operands
    return f"Basic {{{{ ({first} ~ ':' ~ {second}) | base64encode }}}}"


def _operand(item: Component, key: str, texts: Interpolation) -> str:
    """A text of a manifest as an operand of an expression."""
    raw = str(item.take(key) or "")
    if match := SETTING.fullmatch(texts.text(raw, item.parameters)):
        return f"config['{match[1]}']"
    inner = bare(texts.expression(raw, item.parameters)) if "{{" in raw else None
    return repr(raw) if inner is None else f"({inner})"


def _place(item: Component, texts: Interpolation) -> Option:
    """Where a request carries the key."""
    header = texts.constant(item.take("header"), item.parameters)
    option = item.child("inject_into", "RequestOption")
    return read_option(option, texts) if option else ("headers", (str(header or AUTHORIZATION),))


def _value(item: Component, texts: Interpolation) -> str:
    """The value that is sent; it names a setting, or it would be a literal secret."""
    value = read_needed_text(item, "api_token", texts)
    if is_literal(value):
        raise UnsupportedError(LITERAL)
    return value
