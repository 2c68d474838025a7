"""Reads the column of a table of resources that says where a response holds the rows.

| orders | /orders | `data.items` |     | rates | /rates | root |
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.selectors import simplify_selector
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.text.line_subjects import OF_RESOURCES, find_cell, to_plain

_MARKS = re.compile(r"[`\\]|\*\*")
_WHAT = r"(?:data|records?|rows?|response|results?|items?|json)"
_SELECTORS = re.compile(
    rf"(?:{_WHAT}[ _-])?selectors?|{_WHAT}[ _-](?:paths?|keys?|locations?|roots?|arrays?)",
    re.IGNORECASE,
)
"""Titles of columns that hold nothing but selectors."""
_PLACES = re.compile(r"(?:records?|rows|results)(?: (?:are )?(?:at|in|under|below|from))?", re.I)
"""Titles of columns that may hold something else of rows: how many there are, or what."""
_OF_FIELDS = re.compile(r"(?:field|column|attribute|parameter|property)s?(?: name)?", re.I)
_OF_ALL = r"(?:whole|entire|full|complete) (?:json )?(?:response|body|answer|document)"
_ROOT = re.compile(
    r"\$|\.|\[\]|\$?\[\*\]"
    rf"|\W*(?:(?:at|in|from|is) )?(?:the )?(?:{_OF_ALL}|(?:response|body) (?:root|itself)"
    r"|(?:json )?root(?: of (?:the )?(?:response|body|document))?|top[- ]level)"
    r"(?:,? \(?(?:json )?(?:array|list|element|level|object))?\W*"
    rf"|\W*(?:(?:none|empty|n/a)\W+)?(?:{_OF_ALL}|(?:the )?(?:response|body)(?: body)?(?: itself)?)"
    r" is (?:an?|the) (?:(?:bare|plain|json|top[- ]level) )*(?:array|list)"
    r"(?: of (?:records|rows|objects|items))?\W*",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?P<path>\$?[A-Za-z_.][\w.*\[\]$-]*)"
    r"(?:\s*\(?(?:an? )?(?:array|list)(?: of \w+)?\)?)?"
)
_NO_PATH = re.compile(
    r"(?:n/?a|none|null|no|not|yes|varies|various|auto\w*|default|same|all|any|tb[cd]|unknown"
    r"|object|array|list|single|records?|rows)",
    re.IGNORECASE,
)
"""Words without marks that say something else than a key of a response."""
_OPEN = re.compile(r"[-\u2013\u2014]?|n/?a|none|null", re.IGNORECASE)


class SelectorCell(NamedTuple):
    """What a row says of its resource."""

    resource: str
    selector: str | None
    """None for a dash: rows may be found anywhere, or be the whole response."""


def find_selector_cell(line: Line, resources: Collection[str]) -> SelectorCell | None:
    """Find the resource of a row, and the selector that its cell names."""
    first = to_plain(line.titles[0]) if line.titles else ""
    is_of_fields = is_in_field_section(line) and not OF_RESOURCES.fullmatch(first)
    if is_of_fields or _OF_FIELDS.fullmatch(first):
        return None
    for title in (_SELECTORS, _PLACES):
        if row := find_cell(line, title, resources):
            is_certain = title is _SELECTORS
            selector = read_selector_cell(row[1], is_certain=is_certain)
            is_open = is_certain and _OPEN.fullmatch(_MARKS.sub("", row[1]).strip())
            return SelectorCell(row[0], selector) if selector or is_open else None
    return None


def names_root(text: str) -> bool:
    """Return whether a text says that the whole response holds the rows."""
    return _ROOT.fullmatch(_MARKS.sub("", text).strip()) is not None


def read_selector_cell(cell: str, *, is_certain: bool = True) -> str | None:
    """Read the selector of a cell; None where it names none.

    Args:
        is_certain: Whether a word without marks is one.
    """
    plain = _MARKS.sub("", cell).strip()
    if names_root(cell):
        return "$"
    path = _PATH.fullmatch(plain)
    is_name = path and (is_certain or "." in path["path"] or cell.lstrip().startswith("`"))
    is_word = "`" not in cell and _NO_PATH.fullmatch(plain) is not None
    return simplify_selector(path["path"]) if path and is_name and not is_word else None
