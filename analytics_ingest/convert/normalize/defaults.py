"""Settles settings that have a default: `dlt.config.get("begin", "2026-01-01")`.

In a request a text stays a setting, with its default beside it. Elsewhere, and for numbers, which
size pages, the default is taken. The default of a secret is not: it could be one.
"""

import ast
import re
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.normalize.secrets import is_secret_name
from analytics_ingest.convert.python.values import Reference

_OF_REQUESTS = ("path", "params", "headers", "json", "data")
_WITH_DEFAULT = re.compile(
    r"\{\{ settings\.(?P<name>\w+) \| default\("
    r"(?P<value>'[^'{}\\]*'|-?(?:0|[1-9]\d*)(?:\.\d+)?|True|False)\) \}\}"
)


def settle_defaults(configuration: Any, log: ConversionLog) -> Any:
    """Return a configuration in which only texts of requests hold settings with a default."""

    def settle(path: Path, leaf: Any) -> Any:
        if isinstance(leaf, str):
            return _settle_text(path, leaf, log)
        if not isinstance(leaf, Reference) or leaf.default is None:
            return leaf
        text = _settle_text(path, leaf.text, log)
        if "{settings." in text:
            return Reference(leaf.kind, leaf.name)
        return text if text == leaf.text else leaf.default

    return map_leaves(configuration, settle)


def _settle_text(path: Path, text: str, log: ConversionLog) -> str:
    is_of_request = any(key in _OF_REQUESTS for key in path)

    def settle(match: re.Match[str]) -> str:
        name, value = match["name"], ast.literal_eval(match["value"])
        if any(map(is_secret_name, (name, *map(str, path)))):
            return f"{{settings.{name}}}"
        if is_of_request and isinstance(value, str):
            return match[0]
        place = ".".join(map(str, path))
        log.assume(None, f"{place} holds the default of the setting {name}, {value}")
        return str(value)

    return _WITH_DEFAULT.sub(settle, text)
