"""Rewrites the placeholders of documents as `{x}`; other braces become literal ones.

Documents write more than Airbyte's own forms (`<x>`, `:x`, `{{ config.get('x', 'y') }}`). What the
translator of `declaration.airbyte` knows exactly is guessed here where it is nearly so.
"""

import re

from analytics_ingest.common.expressions.syntax import find_problem, find_unknown_names
from analytics_ingest.common.expressions.text import ROOTS, has_expression
from analytics_ingest.convert.python.values import to_setting_name

EXPRESSIONS = ("settings.", "resources.", "incremental.")

_JINJA = re.compile(r"\{\{\s*(.+?)\s*\}\}", re.DOTALL)
_SINGLE = re.compile(r"\{([^{}]*)\}")
_CONFIG = re.compile(
    r"config(?:\.get\(\s*['\"](?P<got>\w+)['\"]\s*(?:,\s*None\s*)?\)|\[\s*['\"](?P<name>\w+)['\"]\s*\])"
)
"""A setting alone: with a default or a filter it is an expression."""
_SLICE = re.compile(
    r"(?:stream_slice|stream_partition|stream_interval|parent|record)\b"
    r"[^\s~+|*/%<>=!-]*?(\w+)[\s'\")\]]*$"
)
_OF_REQUESTS = re.compile(r"\b(?:stream_\w+|next_page_token|record|parent|response)\b")
_WORD = re.compile(r"[A-Za-z_]\w*")
_SHELL = re.compile(r"\$\{([A-Za-z_][\w.]*)\}")
"""A placeholder as shells write it: `${x}`."""
_HELD = re.compile(
    r"(?:dlt\.)?(?:secrets?|env|vars|variables|credentials|dlt\.config)"
    r"(?:\.|\[['\"])(\w+)(?:['\"]\])?"
)
"""A setting by what holds it: `{{ secrets.email }}`."""


def list_names(text: str) -> list[str]:
    """List the names of the placeholders of a text that is already clean."""
    return [name for name in _SINGLE.findall(text.replace("{{", "").replace("}}", "")) if name]


def clean_path(path: str) -> str:
    """Return a path whose placeholders are all `{x}`, each name once."""
    path = _SHELL.sub(r"{\1}", path)
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


def _is_expression(text: str) -> bool:
    """Return whether a text between double braces is more than the name of a placeholder."""
    is_call = "(" in text and _find_inner(text.strip("{} ")) is None
    return is_call and has_expression(text) and find_problem(text, ROOTS) is None


def clean_text(text: str) -> str | None:
    """Return a text of a request, its placeholders `{x}` and other braces doubled.

    None where it holds an expression that cannot be evaluated here.
    """
    if "{" not in text and "}" not in text:
        return text
    text = _SHELL.sub(r"{\1}", text)
    expressions = _JINJA.findall(text)
    is_doubled = not set("{}") & set(text.replace("{{", "").replace("}}", ""))
    if is_doubled and (not expressions or any("{{" in inner for inner in expressions)):
        return text  # Its braces are literal ones, as dlt writes them.
    names = [_find_inner(expression) for expression in expressions]
    if None in names and (expressed := _write_expressions(text)):
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


def _write_expressions(text: str) -> str | None:
    """Write expressions that read settings alone; None where one reads something else."""
    named = _JINJA.sub(lambda match: _write_expression(match[1]), text)
    is_of_settings = has_expression(named) and not _OF_REQUESTS.search(named)
    return named if is_of_settings and find_problem(named, ROOTS) is None else None


def _write_expression(expression: str) -> str:
    if name := _find_inner(expression):
        expression = name if name.startswith(EXPRESSIONS) else f"settings.{to_setting_name(name)}"
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
