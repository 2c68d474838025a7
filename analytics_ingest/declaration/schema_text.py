"""How `schema.yaml` is written: the line at its head, and names and values on one line each."""

import json
import re
from typing import Any

import yaml

HEAD = "# Fields by resource: type, ? = may be null. Additional fields are allowed."
WIDE = 10_000
"""Characters before PyYAML would break a line."""

_PLAIN = re.compile(r"[A-Za-z](?:(?!: | #).)*(?<![\s:])")
_VALUES = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def format_scalar(value: Any) -> str:
    """Format a value as YAML on one line, within a block."""
    if isinstance(value, str):
        if not value.isprintable():
            return json.dumps(value)  # which is YAML too, and one line
        if _PLAIN.fullmatch(value) and value.lower() not in _VALUES:
            return value  # as PyYAML would write it, which takes a hundred times as long
        if "'" in value and not set('"\\') & set(value):
            return f'"{value}"'  # PyYAML would double each single quote.
    text = yaml.safe_dump(value, default_flow_style=True, width=WIDE, allow_unicode=True)
    return text.removesuffix("...\n").strip()
