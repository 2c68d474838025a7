"""Reads items of lists on fields: `id`: string, and which field an item is part of.

- `owner`: object
  - `name`: string      is part of `owner`
"""

import re

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.field_lists import ANY_NAME
from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.words.field_types import find_type

_ITEM = re.compile(rf"[`*]+{ANY_NAME}[`*]+\s*(?::|[-\u2013\u2014]|\()\s*(?P<text>.+)")


def read_item(text: str) -> tuple[str, str] | None:
    """Read the field that an item is on, and its description."""
    item = _ITEM.match(text)
    return (item["name"], to_plain(item["text"]).rstrip(")")) if item else None


def list_items(line: Line) -> list[str]:
    """List the field that an item of a section on fields is on, if it says of which type."""
    item = read_item(line.text) if is_in_field_section(line) and not line.cells else None
    return [item[0]] if item and find_type(item[1]) else []


def find_holder(line: Line) -> str | None:
    """Find the object, or the array of objects, of which an item of a nested list is a field."""
    item = read_item(line.above) if line.level > 1 else None
    kind = (find_type(item[1]) or "").rstrip("?") if item else ""
    return item[0] if item and kind in ("object", "array") else None
