"""`SessionTokenAuthenticator` → `auth: login`: the login's request, and where its token goes."""

import re

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.signing import AUTHORIZATION, Signing
from analytics_ingest.convert.manifest.auth.static_auth import read_static_fields
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.jsonpaths import join
from analytics_ingest.convert.manifest.components.options import inject, read_option
from analytics_ingest.convert.manifest.requests.requester import read_requester
from analytics_ingest.declaration.airbyte.durations import read_seconds

_TOKEN = re.compile(r"\{\{\s*session_token\s*\}\}")


def read_session_token(item: Component, texts: Interpolation, log: ConversionLog) -> Signing:
    """Read an authenticator that logs in for a token.

    Args:
        log: Takes what is assumed.

    Raises:
        UnsupportedError: The login, or how its token is sent, cannot be declared.
    """
    requester = item.read_child("login_requester", "HttpRequester")
    if requester is None:
        raise UnsupportedError("SessionTokenAuthenticator has no login_requester")
    auth: Json = {"type": "login", **_login(requester, texts, log)}
    auth["token_path"] = _convert_path(item, texts)
    if lifetime := texts.evaluate_constant(item.take("expiration_duration"), item.parameters):
        auth["token_lifetime"] = _convert_duration(str(lifetime))
    decoder = item.read_child("decoder")
    if decoder is not None and decoder.kind != "JsonDecoder":
        raise UnsupportedError(f"the decoder {decoder.kind} of a login has no counterpart")
    return Signing(auth | _read_token_option(item, texts))


def _login(requester: Component, texts: Interpolation, log: ConversionLog) -> Json:
    """Return the request of the login."""
    base, endpoint = read_requester(requester, texts)
    authenticator = requester.read_child("authenticator")
    for option, value in (
        read_static_fields(authenticator, texts) if authenticator else {}
    ).items():
        inject(endpoint, option, value)
    if requester.take("error_handler"):
        log.assume(None, "a login that fails is sent again as the error_handler of streams says")
    path = endpoint.pop("path").lstrip("/")
    login: Json = {"login_url": f"{base.rstrip('/')}/{path}" if path else base}
    if (method := endpoint.pop("method", "GET")) != "POST":
        login["login_method"] = method
    return login | {f"login_{block}": part for block, part in endpoint.items()}


def _convert_path(item: Component, texts: Interpolation) -> str:
    raw = item.take("session_token_path") or []
    keys = [
        texts.evaluate_constant(key, item.parameters)
        for key in (raw if isinstance(raw, list) else [raw])
    ]
    if not keys or any("{{" in str(key) for key in keys):
        raise UnsupportedError("SessionTokenAuthenticator.session_token_path names no field")
    return join([str(key) for key in keys])


def _convert_duration(text: str) -> int:
    seconds = read_seconds(text)
    if not seconds:
        raise UnsupportedError(f"SessionTokenAuthenticator.expiration_duration is {text}")
    return seconds


def _read_token_option(item: Component, texts: Interpolation) -> Json:
    """Return how requests carry the token."""
    request = item.read_child("request_authentication", "Bearer")
    if request is None or request.kind == "Bearer":
        return {"token_format": "Bearer {token}"}
    if request.kind != "ApiKey":
        raise UnsupportedError(f"request_authentication: {request.kind} has no counterpart")
    option = request.read_child("inject_into", "RequestOption")
    block, path = read_option(option, texts) if option else ("headers", (AUTHORIZATION,))
    if block not in ("headers", "params") or len(path) != 1:
        raise UnsupportedError("a token of a login that is sent in a body has no counterpart")
    sent: Json = {} if path[0] == AUTHORIZATION else {"name": path[0]}
    sent |= {"location": "query"} if block == "params" else {}
    template = _TOKEN.sub("{token}", request.take_text("api_token") or "{token}")
    if "{{" in template or "{token}" not in template:
        raise UnsupportedError("request_authentication.api_token is more than the token in a text")
    return sent | ({} if template == "{token}" else {"token_format": template})
