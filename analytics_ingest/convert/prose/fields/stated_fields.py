"""Reads sentences on the types of fields, and the labels before what a section says of fields.

**Types and Nullability**: `id` is a required string, all other fields are nullable strings
"""

import re
from dataclasses import replace

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.common_fields import FIELDS, IS_TYPE, read_type_words
from analytics_ingest.convert.prose.fields.field_lists import NAME
from analytics_ingest.convert.prose.text.sentences import is_statement
from analytics_ingest.convert.prose.words.field_types import begins_with_type, find_type
from analytics_ingest.convert.prose.words.type_words import lists_types

_KIND = rf"(?:{FIELDS}|(?:field|column) names|types|nullability|schema|structure)"
_OTHER = r"(?:data|field|column|names?|type|constraints?|formats?|required|and|or|of|the|their|&|/)"
_LABEL = re.compile(
    rf"\W*(?P<words>(?:{_OTHER} ){{0,3}}{_KIND}(?: (?:{_OTHER} ){{0,3}}(?:{_KIND}|{_OTHER}))?)"
    r"[*_]{0,3}:[*_]{0,3}\s+(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_BEFORE_TYPES = re.compile(r"[^\w`]*[a-z][a-z ]{1,40}[*_]{0,3}:[*_]{0,3}\s+(?P<text>[^`]+)", re.I)
_REST = (
    rf"(?:(?:all )?(?:the |of the )?(?:others?|remaining)(?: {FIELDS})?|(?:all )?the rest"
    rf"(?: of the {FIELDS})?|all(?: the)? {FIELDS}) (?:are|is) (?P<rest>(?:[a-z-]+ ){{0,2}}[a-z-]+)"
)
_STATED = (
    re.compile(rf"\W*{IS_TYPE}(?:[.,;]? (?:and |while |but )?{_REST})?\W*", re.IGNORECASE),
    re.compile(rf"\W*{_REST}(?:[.,;] (?:and |but |only )?{IS_TYPE})?\W*", re.IGNORECASE),
)
"""What says of which type one field is, and all others."""


def cut_label(line: Line) -> Line:
    """Cut off the label of an item that says what follows on fields: **Types**: `id` is a string.

    A field may have such a name itself, **Properties**: object; what is before several types is
    none in any words, **Formats**: strings and dates.
    """
    listed = None if line.is_heading else _BEFORE_TYPES.fullmatch(line.text)
    if listed and lists_types(listed["text"]):
        return replace(line, text=listed["text"])
    label = _LABEL.fullmatch(line.text) if not (line.cells or line.is_heading) else None
    if label is None or "`" in line.text[: label.start("text")]:
        return line
    is_field = " " not in label["words"] and "`" not in label["text"]
    if is_field and begins_with_type(label["text"]):
        return line
    return replace(line, text=label["text"])


def read_stated_fields(text: str) -> dict[str | None, str]:
    """Read the types that a sentence gives fields, and all others (None); empty for another."""
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _STATED)), None)
    if match is None or not is_statement(text):
        return {}
    of_one = read_type_words(match) if match["names"] else ""
    is_typed = match["rest"] and find_type(match["rest"].split()[-1])
    words: dict[str | None, str] = {None: match["rest"]} if is_typed else {}
    if of_one is None:
        return {}
    words |= dict.fromkeys(NAME.findall(match["names"]) if of_one else [], of_one)
    return {name: kind for name, said in words.items() if (kind := find_type(said))}
