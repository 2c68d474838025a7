"""Translates Airbyte's placeholders: `{{ config['x'] }}` → `{settings.x}`.

`{{ stream_partition.x }}` and `{stream_slice.x}` become `{x}`, which a parent or a list of values
fills. Any other double brace stays what it is in dlt, a literal brace: `{{settings.x}}` too.
"""

import re
from collections.abc import Mapping
from typing import Any

_ROOTED = re.compile(
    r"""(?<!\{)(\{)?\{\s*(?P<root>config|(?(1)(?!)|settings)|stream_partition|stream_slice)
    (?:\.(?P<dotted>\w+)|\[\s*(?P<quote>['"])(?P<quoted>\w+)(?P=quote)\s*\])\s*\}(?(1)\})""",
    re.VERBOSE,
)
_BLANKS = re.compile(r"\{\{\s+(?P<name>\w+)\s+\}\}")
_BOUND = re.compile(
    r"\{\{?\s*stream_(?:slice|interval|partition)(?:\.|\[\s*['\"])(start|end)_(?:time|date)\b"
    r"[^{}]*\}?\}"
)


def translate_placeholders(value: Any, *, is_path: bool = False) -> Any:
    """Translate the placeholders of a string, and of the strings of nested dicts and lists.

    Args:
        is_path: `{{ x }}` is a placeholder too; elsewhere it may be part of a query language.
    """
    if isinstance(value, str):
        text = _ROOTED.sub(_translate, value) if "{" in value else value
        return _BLANKS.sub(r"{\g<name>}", text) if is_path else text
    if isinstance(value, Mapping):
        return {translate_placeholders(k): translate_placeholders(v) for k, v in value.items()}
    return [translate_placeholders(v) for v in value] if isinstance(value, list) else value


def translate_window_bounds(text: str) -> str:
    """Translate the bounds of a slice of time: `{{ stream_slice.start_time }}`."""
    return _BOUND.sub(lambda match: f"{{incremental.{match[1]}_value}}", text)


def _translate(match: re.Match[str]) -> str:
    name = match["dotted"] or match["quoted"]
    return f"{{settings.{name}}}" if match["root"] in ("config", "settings") else f"{{{name}}}"
