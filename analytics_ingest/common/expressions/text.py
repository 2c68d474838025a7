"""Texts of a request, which may hold Airbyte's expressions: `/{id}?since={{ day_delta(-1) }}`.

A double brace is an expression where it can be read as one and names a setting, the partition,
the page or a function of Airbyte. Every other is a literal brace, as in dlt. A text with `{% %}`
is a template as a whole.

    split_text      a text → its literal parts and its expressions
    find_references everything that the expressions in texts name
    interpret_value the result of a text of a parameter or a body, as Airbyte sends it
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analytics_ingest.common.expressions.references import JOB_ROOTS, References
from analytics_ingest.common.expressions.setting_text import SettingText

ROOTS = (
    *("config", "settings", "stream_partition", "stream_slice", "stream_interval"),
    *("next_page_token", *JOB_ROOTS),
)
"""The variables of an expression in a request."""

_MACROS = (
    *("now_utc", "today_utc", "today_with_timezone", "timestamp", "max", "min", "day_delta"),
    *("duration", "format_datetime", "str_to_datetime", "sanitize_url"),
    *("camel_case_to_snake_case", "generate_uuid"),
)
_NAMED = rf"(?<![\w.])(?:(?:{'|'.join(ROOTS)})\b|(?:{'|'.join(_MACROS)})\s*\()"
_MENTION = re.compile(_NAMED)
_SEGMENT = re.compile(r"""(?<!\{)\{\{(?!\{)(?:[^{}'"]|'[^']*'|"[^"]*"|\{[^{}]*\})*\}\}(?!\})""")
_PLAIN = re.compile(r"""\w+|settings(?:\.\w+|\[\s*(?:'\w+'|"\w+")\s*\])""")
_LONGEST_LITERAL = 10_000


@dataclass(frozen=True)
class Embedded:
    """An expression in a text, or a whole template."""

    source: str
    """As written in the text."""

    @property
    def references(self) -> References:
        """What it names."""
        from analytics_ingest.common.expressions.find_references import parse_references

        return parse_references(self.source)


Parts = tuple[str | Embedded, ...]


@lru_cache(maxsize=4_000)
def split_text(text: str) -> Parts:
    """Split a text into literal parts, in which single braces are placeholders, and expressions."""
    if not _MENTION.search(text) or ("{{" not in text and "{%" not in text):
        return (text,)
    if "{%" in text:
        return (Embedded(text),) if _find_problem(text) is None else (text,)
    parts: list[str | Embedded] = []
    end = 0
    for match in _SEGMENT.finditer(text):
        if _is_expression(match[0]):
            parts += [*filter(None, [text[end : match.start()]]), Embedded(match[0])]
            end = match.end()
    rest = text[end:].removesuffix("\n") if parts else text  # As jinja2 does.
    return (*parts, *filter(None, [rest]))


def has_expression(value: Any) -> bool:
    """Return whether a text holds an expression, or one of the texts of nested dicts and lists."""
    return any(isinstance(part, Embedded) for part in _iterate_parts(value))


def find_references(value: Any) -> References:
    """Return what the expressions in a text name, or those of nested dicts and lists."""
    references = References.none()
    for part in _iterate_parts(value):
        if isinstance(part, Embedded):
            references |= part.references
    return references


def list_literals(value: Any) -> list[str]:
    """List the parts of a text without its expressions, or of the texts in dicts and lists."""
    return [part for part in _iterate_parts(value) if isinstance(part, str)]


def find_segment_problem(text: str) -> str | None:
    """Return why a double brace cannot be read as an expression.

    None where it can, or is a single one.
    """
    return _find_problem(text) if text.startswith("{{") else None


def render(value: Any) -> str:
    """Return a value as jinja2 writes it in a text; nothing for what is missing or null."""
    return "" if value is None else str(value)


def interpret_value(value: Any) -> Any:
    """Return what a text or a value means that an expression has given; None where it is empty.

    As in Airbyte, a text that reads as a number, a boolean, a list or an object is one.
    """
    from analytics_ingest.common.expressions.filters import Text

    if isinstance(value, Text):
        return str(value)
    if isinstance(value, SettingText) and value.lower() in ("true", "false"):
        return bool(value)
    if not isinstance(value, str):
        is_json = value is None or isinstance(value, bool | int | float | list | dict)
        return value if is_json else str(value)
    if value in ("", "None"):
        return None
    has_underscore = "_" in value[:20] and value[0] not in "[{"  # 1_000 is the text of an id.
    if len(value) > _LONGEST_LITERAL or has_underscore or value[0] in " \tbBuU(":
        return str(value)
    return _interpret_literal(str(value))


def _interpret_literal(text: str) -> Any:
    try:
        parsed = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text
    return parsed if isinstance(parsed, bool | int | float | str | list | dict) else text


def _iterate_parts(value: Any) -> Iterator[str | Embedded]:
    if isinstance(value, str):
        yield from split_text(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _iterate_parts(key)
            yield from _iterate_parts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _iterate_parts(item)


def _is_expression(segment: str) -> bool:
    inner = segment[2:-2].strip(" \t\r\n-")
    is_plain = _PLAIN.fullmatch(inner) and inner not in JOB_ROOTS
    is_named = _MENTION.search(inner) and not is_plain
    return bool(is_named) and _find_problem(segment) is None


@lru_cache(maxsize=4_000)
def _find_problem(text: str) -> str | None:
    from analytics_ingest.common.expressions.syntax import find_problem

    return find_problem(text, ROOTS)
