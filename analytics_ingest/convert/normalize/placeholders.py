"""The placeholders of documents, in whatever form, → `{x}`; other braces become literal ones."""

import re
from collections.abc import Callable
from typing import Any

from analytics_ingest.convert.python.values import setting_name

EXPRESSIONS = ("settings.", "resources.", "incremental.")

_JINJA = re.compile(r"\{\{\s*(.+?)\s*\}\}", re.DOTALL)
_SINGLE = re.compile(r"\{([^{}]*)\}")
_CONFIG = re.compile(r"config(?:\.get\(|\[)\s*['\"](\w+)['\"]")
_SLICE = re.compile(
    r"(?:stream_slice|stream_partition|stream_interval|parent|record)\b.*?(\w+)\W*$"
)
_WINDOW = re.compile(
    r"\{\{?\s*stream_(?:slice|interval|partition)(?:\.|\[\s*['\"])(start|end)_(?:time|date)\b[^{}]*\}?\}"
)
_WORD = re.compile(r"[A-Za-z_]\w*")


def names_in(text: str) -> list[str]:
    """The names of the placeholders of a text that is already clean."""
    return [name for name in _SINGLE.findall(text.replace("{{", "").replace("}}", "")) if name]


def with_window(text: str) -> str:
    """A text in which the bounds of a slice of time are those of the window."""
    return _WINDOW.sub(lambda found: f"{{incremental.{found[1]}_value}}", text)


def clean_path(path: str) -> str:
    """A path whose placeholders are all `{x}`, each name once."""
    path = _JINJA.sub(lambda found: f"{{{_inner(found[1]) or _last_word(found[1])}}}", path)
    path = re.sub(r"<([\w .-]+)>|(?<=/):(\w+)", lambda m: f"{{{_last_word(m[1] or m[2])}}}", path)
    path = _SINGLE.sub(lambda found: f"{{{_path_name(found[1])}}}", path)
    path = re.sub(r"\{([\w.]+)\}|[{}]", lambda found: found[0] if found[1] else "", path)
    return _told_apart(path)


def clean_text(text: str) -> str | None:
    """A text of a request, its placeholders `{x}` and other braces doubled.

    None where it holds an expression that cannot be evaluated here.
    """
    if "{" not in text and "}" not in text:
        return text
    written = _JINJA.findall(text)
    is_doubled = not set("{}") & set(text.replace("{{", "").replace("}}", ""))
    if is_doubled and (not written or any("{{" in expression for expression in written)):
        return text  # Its braces are literal ones, as dlt writes them.
    expressions = [_inner(expression) for expression in written]
    if None in expressions and _looks_like_data(text):
        expressions = []
    elif None in expressions:
        return None
    for expression in expressions:
        text = _JINJA.sub(lambda _, name=expression: f"{{{name}}}", text, count=1)
    names = _SINGLE.findall(text)
    rest = _SINGLE.sub("", text)
    if all(_is_name(name) for name in names) and "{" not in rest and "}" not in rest:
        return text
    return _escaped(text)


def as_settings(text: str) -> str | None:
    """A text in whose clean form every placeholder is a setting, for nothing else can fill it."""
    cleaned = clean_text(text)
    for name in names_in(cleaned or ""):
        if not name.startswith(EXPRESSIONS):
            setting = f"{{settings.{setting_name(name)}}}"
            cleaned = (cleaned or "").replace(f"{{{name}}}", setting)
    return cleaned


def _escaped(text: str) -> str:
    """Double every brace but those of our own expressions."""
    kept = [name for name in _SINGLE.findall(text) if name.startswith(EXPRESSIONS)]
    escaped = text.replace("{", "{{").replace("}", "}}")
    for name in kept:
        escaped = escaped.replace(f"{{{{{name}}}}}", f"{{{name}}}")
    return escaped


def _looks_like_data(text: str) -> bool:
    return re.search(r"\b(query|mutation|select|from)\b|\n|\"\s*:", text) is not None


def _inner(expression: str) -> str | None:
    """The name that an expression between double braces stands for."""
    if expression.startswith(EXPRESSIONS):
        return expression
    if found := _CONFIG.match(expression):
        return f"settings.{setting_name(found[1])}"
    if found := _SLICE.fullmatch(expression):
        return found[1]
    return expression if _WORD.fullmatch(expression) else None


def _is_name(text: str) -> bool:
    return _WORD.fullmatch(text) is not None or text.startswith(EXPRESSIONS)


def _path_name(text: str) -> str:
    if text.startswith("settings."):
        return f"settings.{setting_name(text)}"
    if text.startswith(EXPRESSIONS):
        return text
    return re.sub(r"\W+", "_", text).strip("_") or "value"


def _last_word(expression: str) -> str:
    words = _WORD.findall(expression)
    return words[-1] if words else "value"


def _told_apart(path: str) -> str:
    """Name placeholders that occur twice after the part of the path before them."""
    names = names_in(path)
    for name in [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        parts = path.split("/")
        for number, part in enumerate(parts[1:], start=1):
            if part == f"{{{name}}}" and "{" not in parts[number - 1]:
                before = re.sub(r"\W+", "_", parts[number - 1]).strip("_").lower()
                parts[number] = f"{{{before.removesuffix('s')}_{name}}}"
        path = "/".join(parts)
    return path


def each_text(value: Any, change: Callable[[str], str | None]) -> Any:
    """A value with its texts changed; a text that changes to None is dropped with its key."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        changed = {key: each_text(item, change) for key, item in value.items()}
        return {
            key: item for key, item in changed.items() if item is not None or value[key] is None
        }
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    return value
