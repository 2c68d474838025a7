"""The calls that a configuration may hold and that mean data: dlt's classes, text, references."""

import string
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.python.values import Reference, setting_name

CONSTRUCTED = {
    "BearerTokenAuth": ("bearer", "token"),
    "APIKeyAuth": ("api_key", "name", "api_key", "location"),
    "ApiKeyAuth": ("api_key", "name", "api_key", "location"),
    "HttpBasicAuth": ("http_basic", "username", "password"),
    "OAuth2ClientCredentials": (
        "oauth2_client_credentials",
        *("access_token_url", "client_id", "client_secret"),
    ),
    "OffsetPaginator": (
        "offset",
        *("limit", "offset", "offset_param", "limit_param", "total_path", "maximum_offset"),
    ),
    "PageNumberPaginator": (
        "page_number",
        *("base_page", "page", "page_param", "total_path", "maximum_page"),
    ),
    "JSONLinkPaginator": ("json_link", "next_url_path"),
    "JSONResponsePaginator": ("json_link", "next_url_path"),
    "JSONResponseCursorPaginator": ("cursor", "cursor_path", "cursor_param"),
    "HeaderLinkPaginator": ("header_link", "links_next_key"),
    "HeaderCursorPaginator": ("header_cursor", "cursor_key", "cursor_param"),
    "SinglePagePaginator": ("single_page",),
    "incremental": ("incremental", "cursor_path", "initial_value"),
}
"""Class → its type in a declaration, and the keys of its positional arguments."""

MAPPINGS = ("dict", "Endpoint", "EndpointResource", "EndpointResourceBase", "Client")
"""Calls that make a dict of their keywords, besides those that end in Config."""

ENVIRONMENT = ("os.environ", "environ", "os.getenv", "getenv")
_SECRETS = ("dlt.secrets", "secrets", "st.secrets")
_SETTINGS = ("dlt.config",)
_SECRET_WORDS = ("key", "token", "secret", "password")


def constructed(name: str, positional: list[Any], keywords: Mapping[str, Any]) -> Any:
    """The data that a call of a known class means; None for all others."""
    if name in CONSTRUCTED:
        kind, *keys = CONSTRUCTED[name]
        return {"type": kind, **dict(zip(keys, positional, strict=False)), **keywords}
    if name in MAPPINGS or name.endswith("Config"):
        first = positional[0] if positional and isinstance(positional[0], Mapping) else {}
        return {**first, **keywords}
    return None


def reference(place: str, key: str) -> Reference | None:
    """What `place["key"]` refers to; None where the place is none of configuration."""
    if place in _SECRETS:
        return Reference("secret", setting_name(key))
    if place in _SETTINGS:
        return Reference("setting", setting_name(key))
    if place in ENVIRONMENT:
        is_secret = any(word in key.lower() for word in _SECRET_WORDS)
        return Reference("secret" if is_secret else "setting", setting_name(key))
    return None


def text_method(text: str, name: str, positional: list[Any], keywords: Mapping[str, Any]) -> Any:
    """The result of a method of text; None for one that a configuration does not need."""
    if name == "format":
        return formatted(text, positional, keywords)
    if name in ("strip", "rstrip", "lstrip", "lower", "upper", "replace", "split"):
        is_plain = all(isinstance(argument, str) for argument in positional) and not keywords
        return getattr(text, name)(*positional) if is_plain else None
    if name == "join" and positional and isinstance(positional[0], list):
        return text.join(str(as_text(item)) for item in positional[0])
    return None


def formatted(text: str, positional: list[Any], keywords: Mapping[str, Any]) -> str | None:
    """`str.format`; None where a field has no value."""
    parts: list[str] = []
    numbers = iter(range(len(positional)))
    try:
        for literal, field, _, _ in string.Formatter().parse(text):
            parts.append(literal)
            if field is None:
                continue
            number = next(numbers, -1) if field == "" else int(field) if field.isdigit() else None
            value = keywords.get(field) if number is None else positional[number]
            if (written := as_text(value)) is None:
                return None
            parts.append(written)
    except (ValueError, IndexError):
        return None
    return "".join(parts)


def as_text(value: Any) -> str | None:
    """A value as a part of a text; None for what has no place in one."""
    if isinstance(value, Reference):
        return value.text
    if isinstance(value, str | int | float):
        return str(value)
    return None


def default_or(value: Any, default: Any) -> Any:
    """`x or default`, `get("x", default)`: a default that is plain, unless x is a secret."""
    if value in (None, ""):
        return default
    is_plain = isinstance(default, str | int | float) and default != ""
    if isinstance(value, Reference) and value.kind != "secret" and is_plain:
        return default
    return value
