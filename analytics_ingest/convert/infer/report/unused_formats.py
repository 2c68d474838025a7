"""Finds the formats of times that a text names, and that requests or cursors may need.

What is read as ISO 8601 needs none, and bounds have the default one without a declaration.
"""

import re
from collections.abc import Iterator, Sequence

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.windows import find_bounds
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.name_owners import iterate_clauses
from analytics_ingest.convert.prose.windows.bound_formats import find_pattern
from analytics_ingest.convert.prose.windows.cursor_formats import is_format_label
from analytics_ingest.declaration.airbyte.incremental_sync import is_iso8601

_FORMAT = re.compile(r"`(?P<pattern>%[^`]{1,40})`")
_ON_ROWS = re.compile(
    r"\b(?:records?|rows?|respon\w+|returned|values|contains?|start[ _]date|configur\w+)\b", re.I
)
"""What a clause on another format than that of bounds speaks of."""
_DEFAULT = "%Y-%m-%dT%H:%M:%SZ"


def iterate_unused_formats(
    draft: Draft, line: Line, scopes: Sequence[tuple[str | None, ...]]
) -> Iterator[tuple[str, int]]:
    """Yield the formats of a line that are not those of every declaration, with their places.

    Args:
        scopes: The resources that the line is about.
    """
    is_on_fields = is_in_field_section(line) and not is_format_label(line)
    if is_on_fields or is_in_auth_section(line):
        return
    names = {name for scope in scopes for name in scope}
    resources = [resource for name in names for resource in draft.list_named(name)]
    has_default = any(_sends_default(draft, resource) for resource in resources)
    for text, begin in iterate_clauses(line):
        for match in _FORMAT.finditer(text):
            pattern = find_pattern(match[0])
            is_read = not has_default or _ON_ROWS.search(text)
            is_usual = pattern == _DEFAULT or (is_iso8601(str(pattern)) and is_read)
            if pattern and not is_usual:
                yield match["pattern"], begin + match.start()


def _sends_default(draft: Draft, resource: Json) -> bool:
    """Return whether requests hold bounds in the default format."""
    incremental = draft.find_incremental(resource) or {}
    return "param_format" not in incremental and bool(find_bounds(draft, resource))
