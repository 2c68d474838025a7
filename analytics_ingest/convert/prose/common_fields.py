"""Reads clauses on the fields of all resources.

All resources have an `id` (string)     All resources have a string `id`     Common fields: `id`
(string)     Every `id` is a string.
"""

import re

from analytics_ingest.convert.prose.field_lists import NAME, FieldList, read_list
from analytics_ingest.convert.prose.field_types import find_type
from analytics_ingest.convert.prose.sentences import is_statement

_FIELDS = r"(?:fields|columns|attributes|properties)"
_ROWS = r"(?:resources?|records?|rows?|streams?|tables?)"
_TITLE = (
    rf"(?:the )?(?:common|shared) {_FIELDS}"
    rf"|(?:the )?{_FIELDS} of (?:all|every|each) {_ROWS}"
    rf"|(?:all|every|each) {_ROWS} (?:have|has|share)"
)
_ABOVE = re.compile(rf"\W*(?:{_TITLE})\W*", re.IGNORECASE)
"""What is above fields of all resources."""
_OF_ROWS = re.compile(
    rf"\W*(?:(?:all|every|each) {_ROWS} (?:have|has|share|contains?|(?:is|are) identified by)\b"
    rf"|(?:the )?(?:common|shared) {_FIELDS}\W*:)\W{{0,3}}?"
    r"(?:(?:the )?(?:common |same |shared )?(?:fields?|columns?) )?"
    r"(?P<fields>(?:(?:an?|the) (?:[a-z][a-z-]* ){0,2})?`.+)",
    re.IGNORECASE,
)
_OF_NAME = re.compile(
    rf"\W*(?:every|each|all) `(?P<name>\w+)`(?: (?:{_FIELDS}|field|column|values?))? (?:is|are) "
    r"(?P<text>(?:an? )?(?:\w+ ){0,1}\w+)\W*",
    re.IGNORECASE,
)
_TYPE_BEFORE = re.compile(
    r"\ban? (?P<type>(?:nullable |unique )?[a-z-]+) (?P<name>`\w+`)(?= ?(?:$|[,.;]|and\b))",
    re.IGNORECASE,
)
"""A type before its field: a string `id`."""
_ARTICLE = re.compile(r"\b(?:an?|the) (?=`)", re.IGNORECASE)
_NOTE = re.compile(r"\([^()]*\)")


def is_above_common(text: str) -> bool:
    """Return whether a line says that the fields below it are those of all resources."""
    return _ABOVE.fullmatch(text) is not None


def read_common(clause: str, *, is_grouped: bool) -> FieldList | None:
    """Read the fields that a clause gives to all resources, or to all rows of one.

    Args:
        is_grouped: Whether a type in brackets holds for the names before it too.
    """
    match = _OF_ROWS.match(clause)
    notes = _NOTE.findall(clause)
    if match is None or any("`" in note for note in notes) or not _is_stated(clause):
        return None
    text = _ARTICLE.sub("", put_types_behind(match["fields"].strip().rstrip(":;")))
    listed = read_list(text, is_grouped=is_grouped, least=1)
    return listed if listed and (listed.names or NAME.match(text)) else None


def put_types_behind(text: str) -> str:
    """Write a type behind its field: a string `id` as `id` (string)."""
    return _TYPE_BEFORE.sub(
        lambda m: f"{m['name']} ({m['type']})" if find_type(m["type"]) else m[0], text
    )


def read_type_of_name(clause: str) -> tuple[str, str] | None:
    """Read the type of all fields of a name: every `id` is a string."""
    match = _OF_NAME.fullmatch(clause)
    kind = find_type(match["text"]) if match and is_statement(clause) else None
    return (match["name"], kind) if match and kind else None


def _is_stated(clause: str) -> bool:
    return is_statement(_NOTE.sub("", clause))
