"""Reads the one list of fields of a document that no resource is named beside.

# Schema     - **Fields**:     - `id`: number     - `name`: string, nullable
"""

import re

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.field_items import add_item, read_item
from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.fields.known_fields import Fields, Place
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

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
_OF_SOME = re.compile(r"\b(?:some|other|most|certain|nested|error|only)\b", re.IGNORECASE)


def read_general_fields(prose: Prose) -> Fields:
    """Read the fields of the only list without a resource; none if there are several lists."""
    lists: dict[Place, Fields] = {}
    for part, named in prose.iterate_parts():
        if named is None and isinstance(part, Line) and _is_general(part):
            place = (part.headings, part.level, part.above)
            add_item(lists.setdefault(place, Fields()), part)
    typed = [fields for fields in lists.values() if len(fields.types) >= _LEAST]
    return typed[0] if len(typed) == 1 else Fields()


def _is_general(line: Line) -> bool:
    """Return whether a line is an item of a list on rows of any kind."""
    is_item = line.level > 0 and _ITEM.match(line.text) and read_item(line.text) is not None
    if not is_item or not is_in_field_section(line):
        return False
    below, above = to_plain(line.headings[-1]), to_plain(line.above)
    if _OF_SOME.search(above) or not is_statement(above) or is_conditional(above):
        return False
    return _ABOVE.fullmatch(below) is not None and _ABOVE.fullmatch(above) is not None
