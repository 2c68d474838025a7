"""The template of an entry's resource: what its texts may say, and how an entry fills them.

What a text says in `{{ }}` of an entry is filled here. All other expressions stay: a load evaluates
them. In a path, an expression is one field of the entry, whose value stays one segment.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.common.json_tree import Path, map_leaves, spell
from analytics_ingest.declaration.entries.listed_resources import Keys

_ENTRY = "entry"
_MENTION = re.compile(r"(?<![\w.'\"])entry\b")
_EXPRESSION = re.compile(r"""\{\{(?:[^{}'"]|'[^']*'|"[^"]*"|\{[^{}]*\})*\}\}""")
_FIELD = re.compile(r"""\{\{\s*entry(?:\.\w+|\[(?:'[^']*'|"[^"]*")\])+\s*(?:\|[^{}]*)?\}\}""")

_PATHS = ("path", "endpoint", "create", "delete", "request")
"""Keys of paths; those of blocks can be written as their path alone."""

_FREE = frozenset(
    ("params", "json", "data", "headers", "variables", "columns", "fields", "tags", "mask")
)
"""Blocks whose keys are the API's own."""

_EVALUATED = frozenset(
    ("processing_steps", "paginator", "data_selector", "response_actions", "error_handler")
)
"""Blocks with expressions and paths that have no braces."""


def find_template_problem(template: Mapping[str, Any]) -> tuple[str, str] | None:
    """Find what is wrong with a template: the key, and the problem; None where nothing is."""
    name = str(template.get("name", ""))
    if not _list_expressions(name):
        return "name", "must say which entry it is of: '{{ entry.name }}'"
    if "{" in _remove(_list_expressions(name), name) and "{%" not in name:
        return "name", f"'{name}' holds braces of something else than an entry"
    for place, key, text in _walk(template):
        problem = _find_key_problem(key) if text is None else _find_text_problem(place, text)
        if problem:
            return ".".join(place), problem
    return None


def fill_template(template: Mapping[str, Any], entry: Mapping[str, Any]) -> Keys:
    """Fill a template from an entry.

    Raises:
        ApiError: The entry lacks a value, or has one that may not be there.
    """

    def fill(place: Path, leaf: Any) -> Any:
        return _fill_text(leaf, {_ENTRY: entry}, place) if isinstance(leaf, str) else leaf

    filled: Keys = map_leaves(template, fill)
    return filled


def _find_key_problem(key: str) -> str | None:
    if not _MENTION.search(key) or "{" not in key:
        return None
    return "a key is not filled from the entry; take the whole block from it: '{{ entry.x }}'"


def _find_text_problem(place: Path, text: str) -> str | None:
    expressions = _list_expressions(text)
    rest = _remove(_EXPRESSION.findall(text), text)
    if "{%" not in text and "{{" in rest and _MENTION.search(rest):
        return f"'{text}' holds an expression of the entry that cannot be read"
    for expression in expressions:
        if problem := find_problem(expression, (_ENTRY,)):
            return f"{problem}. An expression of an entry reads nothing else"
        if _is_path(place) and not _FIELD.fullmatch(expression):
            return f"'{expression}' is not one field of the entry, as it must be in a path"
    return None


def _fill_text(text: str, variables: Mapping[str, Any], place: Path) -> Any:
    filled = text
    for expression in _list_expressions(text):
        value = evaluate(expression, variables, ".".join(place))
        _check_value(value, expression, place, is_part=expression != text)
        if expression == text:
            return value
        spelled = str(spell(value))
        if _is_path(place):
            spelled = quote(spelled.encode("utf-8", "surrogatepass"), safe="")
        filled = filled.replace(expression, spelled)
    return filled


def _check_value(value: Any, expression: str, place: Path, *, is_part: bool) -> None:
    """Check that a value does not say more than the template leaves to it."""
    problem, spelled = None, str(value)
    inner = [(key, text) for _, key, text in _walk(value)]
    if value is None or value == "":
        problem = "nothing"
    elif is_part and isinstance(value, dict | list):
        problem = "an object or a list, which no text can hold"
    # A load would evaluate what the API has put in.
    elif any("{" in part or "}" in part for texts in inner for part in texts if part):
        problem = "a text with braces, which is not allowed"
    elif is_part and _changes_expression(spelled, place):
        problem = "a text with signs that an expression or a selector would read as its own"
    elif not _FREE.intersection(place) and any(key in _PATHS for key, text in inner if not text):
        problem = "a block with a path; write the path in the template"
    elif _is_path(place) and _leads_elsewhere(spelled, is_part=is_part):
        problem = "a text that leads to another path"
    if problem:
        raise ApiError(f"'{expression}' gives {problem}")


def _changes_expression(text: str, place: Path) -> bool:
    """Return whether a text would be more than a value in an expression without braces."""
    signs = "'\"\\*[]" + ("." if "data_selector" in place else "")
    return bool(_EVALUATED.intersection(place) and set(signs) & set(text))


def _leads_elsewhere(path: str, *, is_part: bool) -> bool:
    """Return whether a path, or a segment of one, goes upwards or names more than a path."""
    segments = [path] if is_part else path.split("/")
    goes_upwards = any(segment and not segment.strip(".") for segment in segments)
    return goes_upwards or (not is_part and bool(set("?#\\%") & set(path) or "//" in path))


def _is_path(place: Path) -> bool:
    return bool(place) and place[-1] in _PATHS and not _FREE.intersection(place)


def _list_expressions(text: str) -> list[str]:
    """List the expressions in a text that are of the entry; a text with statements is one."""
    if "{%" in text:
        return [text] if _MENTION.search(text) else []
    return [block for block in _EXPRESSION.findall(text) if _MENTION.search(block)]


def _remove(parts: list[str], text: str) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text


def _walk(value: Any, place: Path = (), key: str = "") -> Iterator[tuple[Path, str, str | None]]:
    """Yield each text in a value with its place, and each key with None."""
    if isinstance(value, str):
        yield place, key, value
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield place, str(name), None
            yield from _walk(child, (*place, str(name)), str(name))
    elif isinstance(value, list):
        for child in value:
            yield from _walk(child, place, key)
