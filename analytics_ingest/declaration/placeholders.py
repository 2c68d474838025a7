"""The placeholders of a declaration that name settings, and those that no translation removed."""

import re
from typing import Any

from analytics_ingest.common.expressions.text import (
    literal_parts,
    problem_of_segment,
    references_in,
)

SETTING = re.compile(r"(?:(?<!\{)|(?<=\{\{))\{settings\.([A-Za-z_]\w*)\}")
"""What the setting `sources.<api>.<name>` takes the place of. In double braces, which dlt sends as
single ones, it is literal text."""

_EXPRESSION = re.compile(
    r"(?<!\{)\{(\{)?[^{}]*(?<![.\w])(?:config|(?(1)(?!)|settings)|stream_partition|stream_slice"
    r"|stream_interval|next_page_token)\s*[.\[][^{}]*\}\}?"
)


def setting_names(value: Any) -> list[str]:
    """The settings that a string needs, or the strings of nested dicts and lists, each once."""
    return list(dict.fromkeys([*SETTING.findall(str(value)), *references_in(value).settings]))


def more_than_a_name(value: Any) -> str | None:
    """What of Airbyte's placeholders is neither a name nor an expression, and why; else None."""
    for part in literal_parts(value):
        if match := _EXPRESSION.search(SETTING.sub("", part)):
            if problem := problem_of_segment(match[0]):
                return f"{problem.removesuffix('.')}; correct it"
            return (
                f"{match[0]} is more than a name; write {{settings.<name>}}, or {{<name>}} of a "
                "parent or of values"
            )
    return None
