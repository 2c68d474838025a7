"""Translates Airbyte's placeholders: `{{ config['x'] }}` → `{settings.x}`.

`{{ stream_partition.x }}` and `{stream_slice.x}` become `{x}`, which a parent or a list of values
fills, and the bounds of a slice of time become those of the window. What is more than a name stays
an expression: see `common.expressions.text`. Any other double brace stays what it is in dlt, a
literal brace: `{{settings.x}}` too.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.common.expressions.text import has_expression

_ROOTED = re.compile(
    r"""(?<!\{)(\{)?\{\s*(?P<root>config|(?(1)(?!)|settings)|stream_(?:partition|slice|interval))
    (?:\.(?P<dotted>\w+)|\[\s*(?P<quote>['"])(?P<quoted>\w+)(?P=quote)\s*\])\s*\}(?(1)\})""",
    re.VERBOSE,
)
_SETTING_ALONE = re.compile(
    r"\{\{\s*config(?:\.\w+|\[\s*(?P<quote>['\"])\w+(?P=quote)\s*\])\s*\}\}"
)
_BOUND_NAME = re.compile(r"(start|end)_(?:time|date)")
_BLANKS = re.compile(r"\{\{\s+(?P<name>\w+)\s+\}\}")
_BOUND = re.compile(
    r"\{\{?\s*stream_(?:slice|interval|partition)(?:\.get\(\s*['\"]|\.|\[\s*['\"])"
    r"(start|end)_(?:time|date)\b['\"]?\s*[\])]?\s*(?:\|\s*(?:int|string)\s*)?\}?\}"
)
"""A bound alone, as the number or text that it is; more than that is an expression."""


def translate_placeholders(value: Any, *, is_path: bool = False, is_json: bool = False) -> Any:
    """Translate the placeholders of a string, and of the strings of nested dicts and lists.

    Args:
        is_path: `{{ x }}` is a placeholder too; elsewhere it may be part of a query language.
        is_json: `{{ config['x'] }}` alone stays an expression: it sends a number or a list as one.
    """
    if isinstance(value, str):
        if is_json and _SETTING_ALONE.fullmatch(value.strip()):
            return value
        is_template = "{%" in value and has_expression(value)
        text = _ROOTED.sub(_translate, value) if "{" in value and not is_template else value
        # In a template it may be the variable of a loop.
        return _BLANKS.sub(_translate_name, text) if is_path and not is_template else text
    if isinstance(value, Mapping):
        return {
            translate_placeholders(key): translate_placeholders(
                item, is_json=is_json or key == "json"
            )
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [translate_placeholders(item, is_json=is_json) for item in value]
    return value


def translate_window_bounds(text: str) -> str:
    """Translate the bounds of a slice of time: `{{ stream_slice.start_time }}`."""
    if "{%" in text and has_expression(text):
        return text
    return _BOUND.sub(lambda match: f"{{incremental.{match[1]}_value}}", text)


def _translate_name(match: re.Match[str]) -> str:
    return match[0] if match["name"] in JOB_ROOTS else f"{{{match['name']}}}"


def _translate(match: re.Match[str]) -> str:
    name = match["dotted"] or match["quoted"]
    if match["root"].startswith("stream_") and (bound := _BOUND_NAME.fullmatch(name)):
        return f"{{incremental.{bound[1]}_value}}"
    return f"{{settings.{name}}}" if match["root"] in ("config", "settings") else f"{{{name}}}"
