"""The placeholders of documents → the dialect's: `{{ config['x'] }}` → `{settings.x}`.

`{{ stream_partition.x }}` and `{stream_slice.x}` become `{x}`, which a parent or a list of values
fills. A double brace without blanks stays what it is in dlt: a literal brace.
"""

import re
from collections.abc import Mapping
from typing import Any

_ROOTED = re.compile(
    r"""(\{)?\{\s*(?P<root>config|settings|stream_partition|stream_slice)
    (?:\.(?P<dotted>\w+)|\[\s*(?P<quote>['"])(?P<quoted>\w+)(?P=quote)\s*\])\s*\}(?(1)\})""",
    re.VERBOSE,
)
SETTING = re.compile(r"\{settings\.([A-Za-z_]\w*)\}")
"""What the setting `sources.<api>.<name>` takes the place of."""

_MORE = re.compile(
    r"\{\{?[^{}]*(?<![.\w])(?:config|settings|stream_partition|stream_slice)\s*[.\[][^{}]*\}\}?"
)
_BLANKS = re.compile(r"\{\{\s+(?P<name>\w+)\s+\}\}")


def rewritten(value: Any, *, is_path: bool = False) -> Any:
    """Rewrite the placeholders of a string, and of the strings of nested dicts and lists.

    Args:
        is_path: `{{ x }}` is a placeholder too; elsewhere it may be part of a query language.
    """
    if isinstance(value, str):
        text = _ROOTED.sub(_clean, value) if "{" in value else value
        return _BLANKS.sub(r"{\g<name>}", text) if is_path else text
    if isinstance(value, Mapping):
        return {rewritten(key): rewritten(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rewritten(item) for item in value]
    return value


def setting_names(value: Any) -> list[str]:
    """The settings that a string needs, or the strings of nested dicts and lists, each once."""
    return list(dict.fromkeys(SETTING.findall(str(value))))


def more_than_a_name(value: Any) -> str | None:
    """The first placeholder of a document that could not be rewritten, for it is an expression."""
    found = _MORE.search(SETTING.sub("", str(value)))
    return found[0] if found else None


def _clean(found: re.Match[str]) -> str:
    name = found["dotted"] or found["quoted"]
    return f"{{settings.{name}}}" if found["root"] in ("config", "settings") else f"{{{name}}}"
