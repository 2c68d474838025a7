"""Rewrites the placeholders of documents as `{x}`; other braces become literal ones.

Documents write more than Airbyte's own forms (`<x>`, `:x`, `{{ config.get('x', 'y') }}`). What the
translator of `declaration.airbyte` knows exactly is guessed here where it is nearly so.
"""

import re

from analytics_ingest.common.expressions.syntax import find_problem, find_unknown_names
from analytics_ingest.common.expressions.text import (
    ROOTS,
    Embedded,
    find_references,
    has_expression,
    list_literals,
    split_text,
)
from analytics_ingest.convert.python.values import to_setting_name

EXPRESSIONS = ("settings.", "resources.", "incremental.")

_JINJA = re.compile(r"\{\{\s*(.+?)\s*\}\}", re.DOTALL)
_SINGLE = re.compile(r"\{([^{}]*)\}")
_CONFIG = re.compile(
    r"config(?:\.get\(\s*['\"](?P<got>\w+)['\"]\s*(?:,\s*None\s*)?\)|\[\s*['\"](?P<name>\w+)['\"]\s*\])"
)
"""A setting alone: with a default or a filter it is an expression."""
SETTING = re.compile(r"\{settings\.(?P<name>\w+)\}")
"""A placeholder that is filled by a setting."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_KEY = r"""(?:\.(?!get\()|\.get\(\s*['"]|\[\s*['"])(?:[A-Za-z_]\w*)(?:['"]\s*[\])])?"""
_SLICE = re.compile(
    rf"(?:stream_slice|stream_partition|stream_interval|parent|record)(?:{_KEY})*"
    r"""(?:\.|\.get\(\s*['"]|\[\s*['"])([A-Za-z_]\w*)(?:['"]\s*[\])])?"""
)
"""The name of a field, or of a bound, and nothing more."""
_OF_ROWS = re.compile(r"\b(?:record|parent|response)\b")
_SHELL = re.compile(r"\$\{\s*([A-Za-z_][\w.]*|env:\w+)\s*\}")
"""A placeholder as shells write it: `${x}`, `${secrets.x}`, `${env:X}`."""
_HELD_IN_SHELL = re.compile(r"(?:secrets?|config|env|vars|variables|credentials)[.:](\w+)")
_VARIABLE = re.compile(r"\$([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")
"""A text that is a variable of the environment, `$CLIENT_ID`; `$top` or `$USD` may be a value."""
_HELD = re.compile(
    r"(?:dlt\.)?(?:secrets?|env|vars|variables|credentials|dlt\.config)"
    r"(?:\.|\[['\"])(\w+)(?:['\"]\])?"
)
"""A setting by what holds it: `{{ secrets.email }}`."""


def list_names(text: str) -> list[str]:
    """List the names of the placeholders of a text that is already clean."""
    plain = "".join(list_literals(text)).replace("{{", "").replace("}}", "")
    return [name for name in _SINGLE.findall(plain) if name]


def clean_path(path: str) -> str:
    """Return a path whose placeholders are all `{x}`, each name once."""
    path = _SHELL.sub(_write_braces, path)
    expressions = [m[0] for m in _JINJA.finditer(path) if _is_expression(m[0])]
    for number, expression in enumerate(expressions):
        path = path.replace(expression, f"\0{number}\0")
    path = _JINJA.sub(
        lambda match: f"{{{_find_inner(match[1]) or _find_last_word(match[1])}}}", path
    )
    path = re.sub(
        r"<([\w .-]+)>|(?<=/):(\w+)", lambda m: f"{{{_find_last_word(m[1] or m[2])}}}", path
    )
    path = _SINGLE.sub(lambda match: f"{{{_build_path_name(match[1])}}}", path)
    path = re.sub(r"\{([\w.]+)\}|[{}]", lambda match: match[0] if match[1] else "", path)
    path = _distinguish(path)
    for number, expression in enumerate(expressions):
        path = path.replace(f"\0{number}\0", expression)
    return path


def _write_braces(match: re.Match[str]) -> str:
    """Write a placeholder of a shell as ours: `${secrets.x}` as `{settings.x}`, `${x}` as `{x}`."""
    held = _HELD_IN_SHELL.fullmatch(match[1])
    return f"{{settings.{to_setting_name(held[1])}}}" if held else f"{{{match[1]}}}"


def _is_expression(text: str) -> bool:
    """Return whether a text between double braces is more than the name of a placeholder."""
    is_name = _find_inner(text.strip("{} ")) is not None
    return not is_name and has_expression(text) and find_problem(text, ROOTS) is None


def clean_text(text: str, *, is_of_listing: bool = False) -> str | None:
    """Return a text of a request, its placeholders `{x}` and other braces doubled.

    None where it holds an expression that cannot be evaluated here.

    Args:
        is_of_listing: Whether it may read the window, the partition and the page.
    """
    if variable := _VARIABLE.fullmatch(text):
        return f"{{settings.{to_setting_name(variable[1])}}}"
    if "{" not in text and "}" not in text:
        return text
    text = _SHELL.sub(_write_braces, text)
    if "{%" in text and has_expression(text):
        return _write_expressions(text, is_of_listing=is_of_listing)
    expressions = _JINJA.findall(text)
    is_doubled = not set("{}") & set(text.replace("{{", "").replace("}}", ""))
    if is_doubled and (not expressions or any("{{" in inner for inner in expressions)):
        return text  # Its braces are literal ones, as dlt writes them.
    names = [_find_inner(expression) for expression in expressions]
    if None in names and (expressed := _write_expressions(text, is_of_listing=is_of_listing)):
        return expressed
    if None not in names:
        text = _JINJA.sub(lambda match: f"{{{_find_inner(match[1])}}}", text)
    elif not _looks_like_data(text):
        return None
    names = _SINGLE.findall(text)
    rest = _SINGLE.sub("", text)
    if all(_is_name(name) for name in names) and "{" not in rest and "}" not in rest:
        return text
    return _escape(text)


def _write_expressions(text: str, *, is_of_listing: bool) -> str | None:
    """Write expressions that read what a request knows; None where one reads something else."""
    is_template = "{%" in text
    named = text if is_template else _JINJA.sub(lambda match: _write_expression(match[1]), text)
    parts = split_text(named)
    if not has_expression(named) or _OF_ROWS.search(named) or find_problem(named, ROOTS):
        return None
    references = find_references(named)
    if not is_of_listing and (references.partition or references.bounds or references.has_page):
        return None
    doubled = "".join(p if isinstance(p, str) else p.source for p in map(_double_braces, parts))
    is_same = [p for p in split_text(doubled) if not isinstance(p, str)] == [
        p for p in parts if not isinstance(p, str)
    ]
    return doubled if is_same else None


def _double_braces(part: str | Embedded) -> str | Embedded:
    """Double the braces of a part of a text, unless they are those of placeholders."""
    is_plain = isinstance(part, str) and not set("{}") & set(_SINGLE.sub(_drop_name, part))
    return _escape(part) if isinstance(part, str) and not is_plain else part


def _drop_name(match: re.Match[str]) -> str:
    return "" if _is_name(match[1]) else match[0]


def _write_expression(expression: str) -> str:
    if name := _find_inner(expression):
        return f"{{{name}}}"
    for name in find_unknown_names(expression, ROOTS):
        setting = f"settings.{to_setting_name(name)}"
        expression = re.sub(rf"(?<![\w.'\"]){name}\b(?!\s*[(=])", setting, expression)
    # A setting alone is a placeholder; between double braces it would be a literal.
    is_setting = re.fullmatch(r"settings\.\w+", expression) is not None
    return f"{{{expression}}}" if is_setting else f"{{{{ {expression} }}}}"


def make_settings(text: str) -> str | None:
    """Make a clean text whose placeholders are all settings.

    None where an expression cannot be one.
    """
    cleaned = clean_text(text)
    for name in list_names(cleaned or ""):
        if not name.startswith(EXPRESSIONS):
            setting = f"{{settings.{to_setting_name(name)}}}"
            cleaned = (cleaned or "").replace(f"{{{name}}}", setting)
    return cleaned


def _escape(text: str) -> str:
    """Double every brace but those of our own expressions."""
    kept = [name for name in _SINGLE.findall(text) if name.startswith(EXPRESSIONS)]
    escaped = text.replace("{", "{{").replace("}", "}}")
    for name in kept:
        escaped = escaped.replace(f"{{{{{name}}}}}", f"{{{name}}}")
    return escaped


def _looks_like_data(text: str) -> bool:
    return re.search(r"\b(query|mutation|select|from)\b|\n|\"\s*:", text) is not None


def _find_inner(expression: str) -> str | None:
    """Find the name that an expression between double braces refers to."""
    if expression.startswith(EXPRESSIONS):
        return expression if re.fullmatch(r"[\w.]+", expression) else None
    if match := _CONFIG.fullmatch(expression):
        return f"settings.{to_setting_name(match['got'] or match['name'])}"
    if match := _HELD.fullmatch(expression):
        return f"settings.{to_setting_name(match[1])}"
    if match := _SLICE.fullmatch(expression):
        return match[1]
    return expression if _WORD.fullmatch(expression) else None


def _is_name(text: str) -> bool:
    return _WORD.fullmatch(text) is not None or text.startswith(EXPRESSIONS)


def _build_path_name(text: str) -> str:
    if text.startswith("settings."):
        return f"settings.{to_setting_name(text)}"
    if text.startswith(EXPRESSIONS):
        return text
    return re.sub(r"\W+", "_", text).strip("_") or "value"


def _find_last_word(expression: str) -> str:
    words = _WORD.findall(expression)
    return words[-1] if words else "value"


def _distinguish(path: str) -> str:
    """Name placeholders that occur twice after the part of the path before them."""
    names = list_names(path)
    for name in [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        parts = path.split("/")
        for number, part in enumerate(parts[1:], start=1):
            if part == f"{{{name}}}" and "{" not in parts[number - 1]:
                before = re.sub(r"\W+", "_", parts[number - 1]).strip("_").lower()
                parts[number] = f"{{{before.removesuffix('s')}_{name}}}"
        path = "/".join(parts)
    return path
