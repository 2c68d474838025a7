"""Writes the word before a key, which a document names beside it, into the text of the key.

    {type: api_key, name: Authorization, api_key: dlt.secrets["key"], prefix: Token}
    {type: custom_header, name: X-Key, value: "Token {settings.key}"}

A text such as `Token {settings.key}` is sent as a header.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.python.values import Reference

_PREFIXES = ("prefix", "token_prefix", "key_prefix", "value_prefix", "scheme", "auth_scheme")
_FORMATS = ("format", "value_format", "template", "header_format", "value_template")
_HEADERS = ("customheader", "header", "headerauth", "custom", "apikeyheader")
_PLACE = re.compile(r"\{(?:api_?key|key|token|api_?token|value|secret)?\}|<[\w -]+>", re.IGNORECASE)
_SECRETS = ("api_key", "token", "value", "api_token")


def write_key(raw: Any) -> Any:
    """Return an auth block whose key is a text with the word before it; another as it is."""
    if not isinstance(raw, Mapping):
        return raw
    auth: Json = dict(raw)
    if re.sub(r"[^a-z]", "", str(auth.get("type")).lower()) in _HEADERS and "value" in auth:
        auth = {"location": "header", **auth, "type": "api_key", "api_key": auth.pop("value")}
    secret = next((key for key in _SECRETS if isinstance(auth.get(key), Reference)), None)
    if secret is None or str(auth.get("type")).lower() not in ("api_key", "apikey", "bearer"):
        return auth
    text = _write_text(auth, str(auth[secret].text))
    if text is None:
        return auth
    rest = {k: v for k, v in auth.items() if k not in (*_PREFIXES, *_FORMATS, secret, "type")}
    return {"name": "Authorization", **rest, "type": "api_key", "api_key": text}


def _write_text(auth: Json, reference: str) -> str | None:
    if pattern := next((auth[key] for key in _FORMATS if isinstance(auth.get(key), str)), None):
        places = _PLACE.findall(pattern)
        return _PLACE.sub(lambda _: reference, pattern) if len(places) == 1 else None
    prefix = next((auth[key] for key in _PREFIXES if isinstance(auth.get(key), str)), "").strip()
    return f"{prefix} {reference}" if prefix else None
