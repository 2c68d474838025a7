"""Reads what lines say around a list of fields: whose it is, if it is whole, what is never null."""

import re
from collections.abc import Collection, Iterator, Mapping

from analytics_ingest.convert.markdown import Block, Line
from analytics_ingest.convert.prose.text.line_subjects import (
    MARKED_NAMES,
    list_resources,
    remove_subjects,
)
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Prose

_SECTION = re.compile(r"schema|field|column|data model|attribut|propert", re.IGNORECASE)
_HAS = re.compile(
    rf"\W*?(?:an? |each |the )?(?P<names>{MARKED_NAMES})(?: rows?| records?)?"
    r" (?:all |each |also )?(?:have|has|contains?|holds?|carry|carries|consists? of)"
    r" (?P<fields>.+)",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[`*]([A-Za-z_][\w.]*)[`*]")
_PARTIAL = re.compile(
    r"\bfields of\b|\b(?:among others|and more|and others|for example|such as|includ\w+)\b", re.I
)
"""What says that a line names only some of the fields."""
_COMPLETE = re.compile(
    r"no (other|additional|further) (fields|properties)|(fields|properties) are not allowed"
    r"|\"additionalProperties\": false",
    re.IGNORECASE,
)
_NAMES = r"(?P<names>`\w+`(?:(?:,|,? and) `\w+`)*)"
_FIELDS = r"(?:fields|columns|attributes|properties)"
_EXCEPT = r"(?:except|besides|but|other than|apart from|with the exception of)(?: for)?(?: the)?"
_NULLABLE = r"(?:are|may be|can be) (?:all )?(?:nullable|null|optional)"
_REQUIRED = (
    re.compile(
        rf"\W*(?:all|they|these)(?: (?:the|other|of them|{_FIELDS})){{0,3}} {_NULLABLE},? {_EXCEPT}"
        rf" {_NAMES}\W*",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\W*all(?: the)?(?: {_FIELDS})? {_EXCEPT} {_NAMES},? {_NULLABLE}\W*", re.IGNORECASE
    ),
    re.compile(
        rf"\W*only {_NAMES} (?:is|are) (?:required|mandatory|non-?null(?:able)?|never null"
        r"|not null(?:able)?)\W*",
        re.IGNORECASE,
    ),
)
"""What excepts fields from those that may be null."""
_ABSENT = re.compile(
    r"\b(?:not (?:present|available|returned|contained|included|set|part)|absent|missing"
    r"|except|not) (?:for|in|from|of)\b",
    re.IGNORECASE,
)


def says_complete(text: str) -> bool:
    """Return whether a text says that rows have no other fields."""
    return _COMPLETE.search(text) is not None


def says_partial(text: str) -> bool:
    """Return whether a text names only some of the fields."""
    return _PARTIAL.search(text) is not None


def list_marked(text: str) -> list[str]:
    """List what a text marks."""
    return _MARKED.findall(text)


def list_required(line: Line) -> set[str]:
    """List the fields of which a clause of a line says that they alone are never null."""
    matches = [pattern.fullmatch(clause) for clause in line.clauses for pattern in _REQUIRED]
    return {name for match in matches if match for name in _MARKED.findall(match["names"])}


def remove_nulls(types: Mapping[str, str], required: Collection[str]) -> dict[str, str]:
    """Return types of fields, some of which are never null."""
    return {name: kind.rstrip("?") if name in required else kind for name, kind in types.items()}


def is_in_field_section(part: Block | Line) -> bool:
    """Return whether a part of a document is in a section on the fields of rows."""
    return any(_SECTION.search(heading) for heading in part.headings)


def iterate_field_texts(prose: Prose) -> Iterator[str]:
    """Yield what may be a list of fields, without the resource that is before it."""
    for passage in prose.passages:
        line, scope = passage.line, passage.scope
        if is_in_field_section(line):
            text = remove_subjects(line.text, scope[0], prose.resources) if scope else line.text
            yield from line.cells[1:] or (text,)


def read_owners(clause: str, resources: Collection[str]) -> tuple[list[str], str]:
    """Read which resources a clause gives fields, `orders` have `total`, and these fields."""
    match = _HAS.match(clause)
    return (list_resources(match["names"], resources), match["fields"]) if match else ([], "")


def list_absent(line: Line, resources: Collection[str]) -> set[str]:
    """List the resources whose rows do not have the field of a line."""
    absent = _ABSENT.search(line.text)
    mentions = find_mentions(line.text[absent.end() :], resources) if absent else []
    return {mention.resource for mention in mentions if mention.resource}
