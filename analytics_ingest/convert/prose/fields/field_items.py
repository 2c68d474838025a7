"""Reads items of lists on fields: `id`: string, and which field an item is part of.

- `owner`: object
  - `name`: string      is part of `owner`
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.field_lists import ANY_NAME, MARKED_NAME
from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.fields.known_fields import Fields
from analytics_ingest.convert.prose.text.line_subjects import find_label, find_section, to_plain
from analytics_ingest.convert.prose.words.field_types import (
    begins_with_type,
    find_type,
    find_union,
)

_ITEM = re.compile(rf"[`*]+{ANY_NAME}[`*]+\s*(?::|[-\u2013\u2014]|\()\s*(?P<text>.+)")

_OPEN_ITEM = re.compile(rf"`(?P<name>{MARKED_NAME})`\s*(?::|\s[-\u2013\u2014]\s)?(?P<text>[^`]*)")


def read_item(text: str) -> tuple[str, str] | None:
    """Read the field that an item is on, and its description."""
    item = _ITEM.match(text)
    return (item["name"], to_plain(item["text"]).rstrip(")")) if item else None


def add_item(fields: Fields, line: Line) -> None:
    """Add the field of an item: with its type, or that there is one in its list."""
    item, place = read_item(line.text), (line.headings, line.level, line.above)
    if item:
        fields.add(*item)
        fields.lists |= {place} if item[0] in fields.types else set()
    if name := _read_open_item(line.text):
        fields.open[name] = place


def _read_open_item(text: str) -> str | None:
    """Read the field of an item whose description, if it has one, names no type nor anything."""
    item = _OPEN_ITEM.fullmatch(text)
    words = item["text"] if item else ""
    return None if item is None or find_type(words) or find_union(words) else item["name"]


def list_items(line: Line) -> list[str]:
    """List the field that an item of a section on fields is on, if it says of which type."""
    item = read_item(line.text) if is_in_field_section(line) and not line.cells else None
    return [item[0]] if item and find_type(item[1]) else []


def find_holder(line: Line) -> str | None:
    """Find the object, or the array of objects, of which an item of a nested list is a field."""
    item = read_item(line.above) if line.level > 1 else None
    kind = (find_type(item[1]) or "").rstrip("?") if item else ""
    return item[0] if item and kind in ("object", "array") else None


def is_of_one_field(line: Line) -> bool:
    """Return whether an item or a row is on a field, not the list of the fields of something."""
    if line.cells:
        return True
    item = read_item(line.text) if line.level else None
    return item is not None and begins_with_type(item[1])


def read_namesake(
    line: Line, resource: str, text: str, resources: Collection[str]
) -> tuple[str, str] | None:
    """Read an item on a field that has the name of its resource: `views`: array, below `views`.

    Args:
        line: The item.
        resource: That which the item is about.
        text: What is behind its name.
        resources: All that are known.
    """
    item = read_item(line.text) if line.level and not line.cells and text != line.text else None
    is_below = resource in find_section(line, resources) or resource == find_label(
        line.above, resources
    )
    is_typed = item and begins_with_type(item[1]) and "`" not in text
    return item if is_below and is_typed else None
