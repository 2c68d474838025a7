"""`JwtAuthenticator` → `auth: jwt`."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.signing import (
    AUTHORIZATION,
    Signing,
    build_secret_key,
    read_needed_text,
)
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.numbers import read_number
from analytics_ingest.convert.manifest.components.options import read_option

_LIFETIME = 1200


def read_jwt(api: str, item: Component, texts: Interpolation) -> Signing:
    """Read an authenticator that signs its tokens.

    Raises:
        UnsupportedError: The token cannot be declared.
    """
    auth: Json = {"type": "jwt", "algorithm": str(item.take("algorithm"))}
    auth |= build_secret_key(api, "jwt", "secret_key", read_needed_text(item, "secret_key", texts))
    if passphrase := read_needed_text(item, "passphrase", texts):
        auth |= build_secret_key(api, "jwt", "passphrase", passphrase)
    if texts.evaluate_constant(item.take("base64_encode_secret_key"), item.parameters) in (
        True,
        "true",
    ):
        auth["base64_encode_secret_key"] = True
    for key in ("headers", "payload"):
        if fields := _convert_fields(item, key, texts):
            auth[f"jwt_{key}"] = fields
    lifetime = read_number(item, "token_duration", texts)
    if lifetime not in (None, _LIFETIME):
        auth["token_lifetime"] = lifetime
    return Signing(auth | _read_token_option(item, texts))


def _convert_fields(item: Component, key: str, texts: Interpolation) -> Json:
    """Return the headers or claims of the token, those in a block of their own included."""
    own = item.take(f"jwt_{key}") or {}
    further = item.take(f"additional_jwt_{key}") or {}
    if not isinstance(own, Mapping) or not isinstance(further, Mapping):
        raise UnsupportedError(f"JwtAuthenticator.jwt_{key} is not an object")
    fields: dict[str, Any] = {**own, **further}
    fields.pop("$parameters", None)
    fields.pop("type", None)
    return texts.convert_json({n: v for n, v in fields.items() if v is not None}, item.parameters)


def _read_token_option(item: Component, texts: Interpolation) -> Json:
    """Return how requests carry the token."""
    option = item.read_child("request_option", "RequestOption")
    block, path = read_option(option, texts) if option else ("headers", (AUTHORIZATION,))
    if block not in ("headers", "params") or len(path) != 1:
        raise UnsupportedError("a token that is sent in a body has no counterpart")
    sent: Json = {} if path[0] == AUTHORIZATION else {"name": path[0]}
    sent |= {"location": "query"} if block == "params" else {}
    prefix = read_needed_text(item, "header_prefix", texts)
    return sent | ({"token_format": f"{prefix} {{token}}"} if prefix else {})
