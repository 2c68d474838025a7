"""The calls in a configuration that mean data: dlt's classes, functions, text, references."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analytics_ingest.auth import list_auth_types
from analytics_ingest.convert.python.clock import Moment
from analytics_ingest.convert.python.values import Reference, to_setting_name
from analytics_ingest.paginators import list_paginator_types

CONSTRUCTED = {
    "incremental": ("incremental", "cursor_path", "initial_value"),
    **{
        name: (kind.name, *kind.dlt_arguments)
        for kind in (*list_auth_types().values(), *list_paginator_types().values())
        for name in kind.dlt_classes
    },
}
"""Class → its type in a declaration, and the keys of its positional arguments."""

MAPPINGS = ("dict", "Endpoint", "EndpointResource", "EndpointResourceBase", "Client")
"""Calls that make a dict of their keywords, besides those that end in Config."""

_ENVIRONMENT = ("os.environ", "environ", "os.getenv", "getenv")
_SECRETS = ("dlt.secrets", "secrets", "st.secrets")
_SETTINGS = ("dlt.config",)
_SECRET_WORDS = ("key", "token", "secret", "password")
_SAME = ("str", "int", "list", "deepcopy", "copy")
_TEXT_METHODS = ("strip", "rstrip", "lstrip", "lower", "upper", "replace", "split")
_PLAIN_FIELDS = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*\})*")
_LONGEST = 10_000
"""Characters of a text whose methods are worked out."""


def construct(name: str, positional: list[Any], keywords: Mapping[str, Any]) -> Any:
    """Return the data that a call of a known class or function means; None for all others."""
    if name in CONSTRUCTED:
        kind, *keys = CONSTRUCTED[name]
        return {"type": kind, **dict(zip(keys, positional, strict=False)), **keywords}
    if name in MAPPINGS or name.endswith("Config"):
        first = positional[0] if positional and isinstance(positional[0], Mapping) else {}
        return {**first, **keywords}
    if name in _SAME and len(positional) == 1:
        (first,) = positional
        return (
            as_text(first) if name == "str" and isinstance(first, int | float | Moment) else first
        )
    return None


def find_reference(place: str, key: str) -> Reference | None:
    """Return what `place["key"]` refers to; None where the place is not in the configuration."""
    if place in _SECRETS:
        return Reference("secret", to_setting_name(key))
    if place in _SETTINGS:
        return Reference("setting", to_setting_name(key))
    if place in _ENVIRONMENT:
        is_secret = any(word in key.lower() for word in _SECRET_WORDS)
        return Reference("secret" if is_secret else "setting", to_setting_name(key))
    return None


def call_method(value: Any, name: str, positional: list[Any], keywords: Mapping[str, Any]) -> Any:
    """Return the result of a method of a value; None for one that a configuration does not need."""
    if isinstance(value, str):
        joined = _join_setting(value, positional) if name == "join" else None
        return joined or _call_text_method(value, name, positional, keywords)
    if isinstance(value, dict) and name == "items":
        return [[key, item] for key, item in value.items()]
    # A setting that lists values holds them separated by commas.
    if isinstance(value, Reference) and name == "split" and positional in ([","], [", "]):
        return replace(value, is_list=True)
    is_same = isinstance(value, dict | list | Reference) and name in ("copy", "strip", "rstrip")
    return value if is_same else None


def _join_setting(separator: str, given: list[Any]) -> Reference | None:
    """Return a setting whose values are joined; what was split at commas is joined by these."""
    (setting,) = given if len(given) == 1 else (None,)
    if not isinstance(setting, Reference) or (setting.is_list and separator != ","):
        return None
    return replace(setting, is_list=False, separator=separator)


def _call_text_method(text: str, name: str, given: list[Any], keywords: Mapping[str, Any]) -> Any:
    parts = given[0] if name == "join" and given and isinstance(given[0], list) else given
    texts = [as_text(part) for part in (*parts, *keywords.values())]
    known = [part for part in texts if part is not None]
    if len(known) < len(texts) or _estimate_length(text, name, known) > _LONGEST:
        return None
    try:
        if name == "join":
            return text.join(known)
        if name == "format" and _PLAIN_FIELDS.fullmatch(text):
            named = dict(zip(keywords, known[len(given) :], strict=True))
            return text.format(*known[: len(given)], **named)
        return getattr(text, name)(*given, **keywords) if name in _TEXT_METHODS else None
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def _estimate_length(text: str, name: str, given: list[str]) -> int:
    """Return characters that a method's result may have."""
    times = len(given) if name == "join" else 1
    if name == "replace" and len(given) > 1:
        return len(text) + text.count(given[0]) * len(given[1])
    fields = text.count("{") + 1 if name == "format" else 1
    return len(text) * times + sum(map(len, given)) * fields


def as_text(value: Any) -> str | None:
    """Return a value as a part of a text; None for what has no place in one."""
    if isinstance(value, Reference | Moment):
        return None if isinstance(value, Reference) and value.is_list else value.text
    return str(value) if isinstance(value, str | int | float) else None


def read_setting(path: str, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
    """Read the reference or default of `os.getenv("x", default)`; None for other calls."""
    place, _, name = path.rpartition(".")
    place = path if path in _ENVIRONMENT else place if name == "get" else ""
    if not place or not arguments or not isinstance(arguments[0], str):
        return None
    known = find_reference(place, arguments[0])
    default = arguments[1] if len(arguments) > 1 else keywords.get("default")
    return choose_default(known, default) if known else None


def choose_default(value: Any, default: Any) -> Any:
    """Return what `get("x", default)` gives: a setting with its default beside it.

    The default alone, where x is a variable; x alone, where it is a secret or the default is code.
    """
    if value in (None, ""):
        return default
    is_plain = isinstance(default, str | int | float) and default != ""
    if not isinstance(value, Reference) or value.kind == "secret" or not is_plain:
        return value
    # A text with quotes, escapes or braces would not be the same within an expression.
    is_clear = not isinstance(default, str) or (
        repr(default) == f"'{default}'" and not set(default) & set("{}")
    )
    is_kept = value.kind == "setting" and is_clear
    return replace(value, default=default) if is_kept else default
