"""How `schema.yaml` is written: the line at its head, and names and values on one line each."""

import json
from typing import Any

import yaml

HEAD = "# Fields by resource: type, ? = may be null. Additional fields are allowed."
WIDE = 10_000
"""Characters before PyYAML would break a line."""


def scalar(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, str) and not value.isprintable():
        return json.dumps(value)  # which is YAML too, and one line
    text = yaml.safe_dump(value, default_flow_style=True, width=WIDE, allow_unicode=True)
    return text.removesuffix("...\n").strip()
