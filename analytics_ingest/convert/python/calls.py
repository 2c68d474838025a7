"""The calls in a configuration that mean data: dlt's classes, functions, text, references."""

import ast
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.auth import auth_types
from analytics_ingest.convert.python.values import Reference, setting_name
from analytics_ingest.paginators import paginator_types

CONSTRUCTED = {
    "incremental": ("incremental", "cursor_path", "initial_value"),
    **{
        name: (kind.name, *kind.dlt_arguments)
        for kind in (*auth_types().values(), *paginator_types().values())
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


@dataclass
class Function:
    """A function of the document; a call stands for what it returns."""

    line: int
    """Line of the document on which what it returns begins."""
    parameters: Mapping[str, Any]
    """With their defaults; None where there is none."""
    variables: list[tuple[str, ast.expr]] = field(default_factory=list)
    """What its body assigns, in order; conditions and loops in it are ignored."""
    returned: ast.expr | None = None

    def bind(self, positional: list[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the parameters in a call."""
        defaults = {name: value for name, value in self.parameters.items() if value is not None}
        return {**defaults, **dict(zip(self.parameters, positional, strict=False)), **keywords}


def construct(name: str, positional: list[Any], keywords: Mapping[str, Any]) -> Any:
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
    if place in _ENVIRONMENT:
        is_secret = any(word in key.lower() for word in _SECRET_WORDS)
        return Reference("secret" if is_secret else "setting", setting_name(key))
    return None


def text_method(text: str, name: str, positional: list[Any], keywords: Mapping[str, Any]) -> Any:
    """The result of a method of text; None for one that a configuration does not need."""
    if name == "format":
        return _format(text, positional, keywords)
    if name in ("strip", "rstrip", "lstrip", "lower", "upper", "replace", "split"):
        is_plain = all(isinstance(argument, str) for argument in positional) and not keywords
        return getattr(text, name)(*positional) if is_plain else None
    if name == "join" and positional and isinstance(positional[0], list):
        return text.join(str(as_text(item)) for item in positional[0])
    return None


def _format(text: str, positional: list[Any], keywords: Mapping[str, Any]) -> str | None:
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
            if (part := as_text(value)) is None:
                return None
            parts.append(part)
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


def read_setting(path: str, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
    """The reference or default of `os.getenv("x", default)`; None for other calls."""
    place, _, name = path.rpartition(".")
    place = path if path in _ENVIRONMENT else place if name == "get" else ""
    if not place or not arguments or not isinstance(arguments[0], str):
        return None
    known = reference(place, arguments[0])
    default = arguments[1] if len(arguments) > 1 else keywords.get("default")
    return default_or(known, default) if known else None


def default_or(value: Any, default: Any) -> Any:
    """`x or default`, `get("x", default)`: a default that is plain, unless x is a secret."""
    if value in (None, ""):
        return default
    is_plain = isinstance(default, str | int | float) and default != ""
    if isinstance(value, Reference) and value.kind != "secret" and is_plain:
        return default
    return value
