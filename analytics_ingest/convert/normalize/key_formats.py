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

_PREFIXES = ("prefix", "token_prefix", "key_prefix", "value_prefix")
_FORMATS = ("format", "value_format", "template", "header_format", "value_template")
_HEADERS = ("customheader", "header", "headerauth", "custom", "apikeyheader")
_PLACE = re.compile(
    r"\$?\{(?:api_?key|key|token|api_?token|value|secret)?\}|<[\w -]+>", re.IGNORECASE
)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,20}")
_AROUND = re.compile(r"[A-Za-z-]{0,20}(?: [A-Za-z_]{1,20}=)? ?\"?\0\"?")
"""What a format may hold beside the key; more could be a secret of its own."""
_LITERALS = re.compile(r"[A-Za-z_=\", :-]*")
_SECRETS = ("api_key", "token", "value", "api_token")


def write_key(raw: Any) -> Any:
    """Return an auth block whose key is a text with the word before it; another as it is."""
    if not isinstance(raw, Mapping):
        return raw
    auth: Json = dict(raw)
    if re.sub(r"[^a-z]", "", str(auth.get("type")).lower()) in _HEADERS and "value" in auth:
        auth = {"location": "header", **auth, "type": "api_key", "api_key": auth.pop("value")}
    if isinstance(text := auth.get("api_key"), str) and (filled := _fill(text)):
        auth["api_key"] = filled
    if not _is_clear(auth):
        return raw
    secret = next((key for key in _SECRETS if isinstance(auth.get(key), Reference)), None)
    if secret is None or str(auth.get("type")).lower() not in ("api_key", "apikey", "bearer"):
        return auth
    text = _write_text(auth, str(auth[secret].text))
    if text is None:
        return auth
    rest = {k: v for k, v in auth.items() if k not in (*_PREFIXES, *_FORMATS, secret, "type")}
    return {"name": "Authorization", **rest, "type": "api_key", "api_key": text}


def _fill(text: str) -> str | None:
    """Put the setting in the place of a key within a text: `Token token={api_key}`."""
    marked = _PLACE.sub("\0", text)
    is_plain = marked != "\0" and "{" not in marked and _AROUND.fullmatch(marked)
    return marked.replace("\0", "{settings.api_key}") if is_plain else None


def _write_text(auth: Json, reference: str) -> str | None:
    if pattern := next((auth[key] for key in _FORMATS if isinstance(auth.get(key), str)), None):
        is_plain = _AROUND.fullmatch(_PLACE.sub("\0", pattern)) is not None
        return _PLACE.sub(lambda _: reference, pattern) if is_plain else None
    prefix = next((auth[key] for key in _PREFIXES if isinstance(auth.get(key), str)), "").strip()
    return f"{prefix} {reference}" if _WORD.fullmatch(prefix) else None


def _is_clear(auth: Json) -> bool:
    """Return whether a key is sent in a header, and a text of it holds nothing but words."""
    value = auth.get("api_key")
    words = re.sub(r"\{settings\.\w+\}", "", value) if isinstance(value, str) else ""
    is_header = str(auth.get("location", "header")).lower() in ("header", "headers")
    return is_header and _LITERALS.fullmatch(words) is not None
