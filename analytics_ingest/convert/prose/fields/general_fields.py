"""Reads the one list of fields of a document that no resource is named beside.

# Schema     - **Fields**:     - `id`: number     - `name`, `city`: string, nullable

`user_id` (string, users only) is a field of `users` alone.
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.field_items import add_item, read_item
from analytics_ingest.convert.prose.fields.field_lists import read_group, read_list
from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.fields.field_rows import read_row
from analytics_ingest.convert.prose.fields.known_fields import Fields, Place
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement
from analytics_ingest.convert.prose.words.field_types import find_type

_LEAST = 2
"""Fields of a list."""
_ABOVE = re.compile(
    r"(?:the )?(?:(?:common|general|main|shared) )?"
    r"(?:schemas?|fields?|columns?|attributes|properties|structure)"
    r"(?: (?:definitions?|and types|and data types))?\W*"
    r"|.*\b(?:(?:each|every|all|both|the) (?:\w+ )?(?:resources?|records?|streams?)"
    r"|common fields|following fields)\b.*",
    re.IGNORECASE,
)
"""What is above fields of any resource; another line may be the name of something."""
_ITEM = re.compile(r"(?:`[^`]+`|\*\*[a-z]\w*\*\*)[^`]+$")
"""An item on a field, which names no other; a bold word may also be a kind of fields."""
_LABEL = re.compile(
    r"\W*(?:(?:all|the) )?(?:fields|columns|attributes|properties)\W*?:\W*?(?=`)", re.IGNORECASE
)
"""What a line on all fields begins with: All fields: `id` (integer), `name` (string)."""
_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
"""What restricts a field to the resources that are named beside it."""
_OF_SOME = re.compile(r"\b(?:some|other|most|certain|nested|error|only)\b", re.IGNORECASE)


def read_general_fields(prose: Prose) -> dict[str, Fields]:
    """Read the fields of the only list without a resource, as each resource has them.

    Returns:
        Empty if there are several lists.
    """
    lists: dict[Place, list[Line]] = {}
    for part, named in prose.iterate_parts():
        if named is None and isinstance(part, Line) and _is_general(part):
            lists.setdefault((part.headings, part.level, part.above), []).append(part)
    typed = [lines for lines in lists.values() if _count_types(lines) >= _LEAST]
    if len(typed) != 1:
        return {}
    return {name: _read_lines(typed[0], name, prose.resources) for name in prose.resources}


def _count_types(lines: list[Line]) -> int:
    return len(_read_lines(lines, None, ()).types)


def _read_lines(lines: list[Line], resource: str | None, resources: Collection[str]) -> Fields:
    """Read the fields of a list that a resource has; None for those of all resources."""
    fields = Fields()
    for line in lines:
        several = _read_several(line)
        for name, description in several:
            if resource in _list_owners(description, resources) or resource is None:
                fields.add(name, description)
        is_own = resource in _list_owners(line.text, resources) or resource is None
        if is_own and not several:
            add_item(fields, line)
    return fields


def _list_owners(description: str, resources: Collection[str]) -> Collection[str]:
    """List the resources that have a field: all, unless its description names the only ones."""
    mentions = find_mentions(description, resources) if _ONLY.search(description) else ()
    return {name for mention in mentions for name in mention.names} or resources


def _read_several(line: Line) -> list[tuple[str, str]]:
    """Read an item or a row on several fields, each with its description; empty for another."""
    if line.cells:
        return [field for field in read_row(line) if find_type(field[1])]
    text = _LABEL.sub("", line.text, count=1)
    listed = read_list(text, least_sharing=None) if text.startswith("`") else None
    return read_group(text) or (listed.typed if listed else [])


def _is_general(line: Line) -> bool:
    """Return whether a line is an item of a list on rows of any kind."""
    is_one = _ITEM.match(line.text) and read_item(line.text) is not None
    is_listed = line.level > 0 or bool(line.cells) or _LABEL.match(line.text)
    is_item = is_listed and ((is_one and not line.cells) or _read_several(line))
    if not is_item or not is_in_field_section(line):
        return False
    below, above = to_plain(line.headings[-1]), to_plain(line.above)
    if _OF_SOME.search(above) or not is_statement(above) or is_conditional(above):
        return False
    is_plain = not above or _ABOVE.fullmatch(above) is not None
    return is_plain and _ABOVE.fullmatch(below) is not None
