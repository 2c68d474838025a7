"""Leaves the settings of requests out of the fields of rows, where a table lists them beside these.

Configuration values:
| Name | Type | Required |
"""

import re
from collections.abc import Iterator, Mapping

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.fields import Fields, is_in_field_section
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.declaration.placeholders import list_settings

_ON_SETTINGS = re.compile(
    r"[\W_]*(?:the )?(?:\w+ )?(?:settings|(?:request |query |path )?parameters"
    r"|config(?:uration)?(?: (?:values|options|settings|parameters|keys))?)[\W_]*:[\W_]*",
    re.IGNORECASE,
)


def omit_settings(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Remove from the fields of resources what a table lists as settings, and requests send."""
    listed = list(_iterate_listed(prose))
    for name, of_rows in fields.items():
        sent = set(list_settings(draft.merge_endpoint(draft.by_name[name])))
        listed_here = [field for of, field in listed if of in (None, name) and field in sent]
        omitted = [
            field
            for field in dict.fromkeys(listed_here)
            if field in of_rows.types and not _is_field(prose, name, field)
        ]
        for field in omitted:
            del of_rows.types[field]
        if omitted:
            verb = "are settings" if len(omitted) > 1 else "is a setting"
            reason = f"{', '.join(omitted)} {verb} of its requests, not of its rows: no columns"
            draft.log.assume(name, reason)


def _is_on_settings(line: Line) -> bool:
    return bool(line.cells) and _ON_SETTINGS.fullmatch(line.above) is not None


def _iterate_listed(prose: Prose) -> Iterator[tuple[str | None, str]]:
    """Yield the names of tables on settings, each with the resource of its section."""
    for line, name in prose.iterate_lines():
        if _is_on_settings(line):
            yield name, to_plain(line.cells[0])


def _is_field(prose: Prose, name: str, field: str) -> bool:
    """Return whether a section on fields names it too: rows have one of that name."""
    word = re.compile(rf"\b{re.escape(field)}\b")
    return any(
        of in (None, name) and is_in_field_section(part) and word.search(part.text)
        for part, of in prose.iterate_parts()
        if not (isinstance(part, Line) and _is_on_settings(part))
    )
