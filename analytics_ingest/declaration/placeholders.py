"""The placeholders of a declaration that name settings, and those that no translation removed."""

import re
from typing import Any

from analytics_ingest.common.expressions.text import (
    find_references,
    find_segment_problem,
    list_literals,
)

SETTING = re.compile(r"(?:(?<!\{)|(?<=\{\{))\{settings\.([A-Za-z_]\w*)\}")
"""What the setting `sources.<api>.<name>` takes the place of. In double braces, which dlt sends as
single ones, it is literal text."""

_EXPRESSION = re.compile(
    r"(?<!\{)\{(\{)?[^{}]*(?<![.\w])(?:config|(?(1)(?!)|settings)|stream_partition|stream_slice"
    r"|stream_interval|next_page_token)\s*[.\[][^{}]*\}\}?"
)


def list_settings(value: Any) -> list[str]:
    """List the settings that a string needs, or those in dicts and lists, each once."""
    return list(dict.fromkeys([*SETTING.findall(str(value)), *find_references(value).settings]))


def find_non_name(value: Any) -> str | None:
    """Find what of Airbyte's placeholders is neither a name nor an expression, and why."""
    for part in list_literals(value):
        if match := _EXPRESSION.search(SETTING.sub("", part)):
            if problem := find_segment_problem(match[0]):
                return f"{problem.removesuffix('.')}; correct it"
            return (
                f"{match[0]} is more than a name; write {{settings.<name>}}, or {{<name>}} of a "
                "parent or of values"
            )
    return None
