"""The placeholders of a declaration that name settings, and those that no translation removed."""

import re
from typing import Any

SETTING = re.compile(r"(?:(?<!\{)|(?<=\{\{))\{settings\.([A-Za-z_]\w*)\}")
"""What the setting `sources.<api>.<name>` takes the place of. In double braces, which dlt sends as
single ones, it is literal text."""

_EXPRESSION = re.compile(
    r"(?<!\{)\{(\{)?[^{}]*(?<![.\w])(?:config|(?(1)(?!)|settings)|stream_partition|stream_slice)"
    r"\s*[.\[][^{}]*\}\}?"
)


def setting_names(value: Any) -> list[str]:
    """The settings that a string needs, or the strings of nested dicts and lists, each once."""
    return list(dict.fromkeys(SETTING.findall(str(value))))


def more_than_a_name(value: Any) -> str | None:
    """The first of Airbyte's placeholders that is an expression, which is not translated."""
    match = _EXPRESSION.search(SETTING.sub("", str(value)))
    return match[0] if match else None
