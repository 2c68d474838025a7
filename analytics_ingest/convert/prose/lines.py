"""Reads a document's prose: which resource each line speaks of."""

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.sentences import is_outdated, is_statement, split_clauses

_MARKS = re.compile(r"[`*#\\]")
_AROUND = re.compile(
    r"^(the )?(schema|fields?|columns?|resource|stream|table|endpoint)s?( of| for)?\W+"
    r"|\W+(schema|fields?|columns?|resource|stream|table|endpoint)s?$",
    re.IGNORECASE,
)
_SECTIONS = re.compile(
    r"(?:notes?|fields?|resources?|errors?|parameters?|filters?|settings|records?|pages?|schema"
    r"|remarks?|details)",
    re.IGNORECASE,
)
"""Titles of whole sections, which are names of resources below another heading only."""
_LONGEST_NAME = 200
"""Characters of a line that names a resource and nothing else."""
_QUOTED = re.compile(r"`([^`]+)`")
_MARKED = r"(?:`[^`]+`|\*\*[^*]+\*\*|`\*\*[^*]+\*\*`|\*\*`[^`]+`\*\*)"
MARKED_NAMES = rf"{_MARKED}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_MARKED})*"
_SUBJECTS = re.compile(rf"(?P<names>{MARKED_NAMES})\s*(?::|(?=\()|[-\u2013\u2014]\s|\s(?=[a-z]))")
_OF_SUBJECT = re.compile(
    rf"\W*(?:the )?(?:fields?|columns?|schema) (?:of|for) (?P<names>{MARKED_NAMES})\W*?:\s", re.I
)
_BARE_SUBJECT = re.compile(r"(?P<names>\w+)\s*:\s")
_OF = re.compile(
    rf"\b(?:cursors?|keys?|fields?|schemas?) (?:of|for) (?P<names>{MARKED_NAMES})", re.I
)
_OF_RESOURCES = re.compile(
    r"(resource|stream|table|endpoint|entity|object|listing)s?( name)?", re.I
)
_MARKED_NAME = re.compile(r"[`*]+([^`*]+)[`*]+")


def iterate_parts_with_resource(
    document: Document, resources: Mapping[str, Any]
) -> Iterator[tuple[Block | Line, str | None]]:
    """Yield each line and block with the resource that it speaks of, if the prose names it.

    One that speaks of several resources is yielded with each.

    Args:
        resources: By their names, which are known to the prose in any spelling.
    """
    heading: str | None = None
    """What the headings say."""
    item: tuple[int, str] | None = None
    """A line that names a resource and nothing else, and how deep it is."""
    subjects: tuple[int, list[str], bool] = (0, [], False)
    """How deep the last line is that begins with resources, which hold for what is below it.

    Its resources, and whether it ends with a colon.
    """
    below: list[str] = []
    """The resource that a block below the last line is of, by what the line begins with."""
    table: tuple[str, ...] = ()
    """The titles of the table that a row belongs to."""
    for part in document.parts:
        if isinstance(part, Line):
            named = _find_named(part.text, resources)
            if part.is_heading:
                heading, item = _find_section(part, resources), None
            elif named:
                item = (part.level, named)
            elif item and part.level < item[0]:
                item = None
            table = (table or part.cells) if part.cells else ()
            is_open = not (heading or item)
            own = _find_subjects(part, table, resources) if is_open else []
            # Below a sentence, which no colon ends, an item may be on a resource of its own.
            is_below = part.level > subjects[0] and not part.cells and (subjects[2] or not own)
            if not (subjects[1] and is_below):
                # What follows the row of a table is not below it.
                level = sys.maxsize if part.cells else part.level
                subjects = (level, own, part.text.rstrip("*_ ").endswith(":"))
        is_block = isinstance(part, Block)
        below = below if is_block else _find_last(part, subjects[1], resources)
        names = (below if is_block else subjects[1]) or [item[1] if item else heading]
        yield from ((part, name) for name in names if not _is_out_of_scope(part))


def iterate_lines_with_resource(
    document: Document, resources: Mapping[str, Any]
) -> Iterator[tuple[Line, str | None]]:
    """Yield each line with the resource that it speaks of, as `iterate_parts_with_resource`."""
    for part, name in iterate_parts_with_resource(document, resources):
        if isinstance(part, Line):
            yield part, name


def iterate_statements(
    document: Document, resources: Mapping[str, Any]
) -> Iterator[tuple[str, str | None]]:
    """Yield each clause that states something, with the resource that its line speaks of."""
    for line, name in iterate_lines_with_resource(document, resources):
        for clause in filter(is_statement, split_clauses(line.text)):
            yield clause, name


def find_subject(text: str, resources: Mapping[str, Any]) -> str | None:
    """Find the resource with which sentences of a text begin: `The order lines have …`."""
    for sentence in split_clauses(text):
        words = re.sub(r"\W+|_", " ", to_plain(sentence).lower()).strip()
        words = re.sub(r"^(?:(?:the|each|every|all|of|for|in) )+", "", words)
        names = [name for name in resources if f"{words} ".startswith(f"{name.replace('_', ' ')} ")]
        if names:
            return max(names, key=len)
    return None


def remove_subject(text: str, resource: str) -> str:
    """Remove a resource at the beginning of a line: `**orders**: id (integer)`."""
    patterns = (_SUBJECTS, _OF_SUBJECT, _BARE_SUBJECT)
    match = next(filter(None, (pattern.match(text) for pattern in patterns)), None)
    is_resource = match is not None and resource in read_marked_names(match["names"])
    return text[match.end() :] if match and is_resource else text


def to_plain(text: str) -> str:
    """Return a text without the marks of Markdown."""
    return _MARKS.sub("", text).strip()


def _is_out_of_scope(part: Block | Line) -> bool:
    """Return whether a line is below a heading that says that it is not valid."""
    return isinstance(part, Line) and any(map(is_outdated, part.headings[1:]))


def _find_section(part: Line, resources: Mapping[str, Any]) -> str | None:
    """Find the resource that a heading names, or the nearest one above it."""
    titles = part.headings[1:] if _SECTIONS.fullmatch(part.headings[0]) else part.headings
    outer = [_find_named(text, resources) for text in titles]
    return next((name for name in reversed(outer) if name), None)


def _find_named(text: str, resources: Mapping[str, Any]) -> str | None:
    """Find the resource that a heading, or the line above a list, names."""
    quoted = [name for name in map(to_valid_name, _QUOTED.findall(text)) if name in resources]
    if len(quoted) == 1 and text.rstrip("*_ ").endswith(":"):
        return quoted[0]
    words = to_plain(text).rstrip(":. ")
    if len(words) > _LONGEST_NAME:
        return None
    for candidate in (words, _AROUND.sub("", words)):
        if (name := to_valid_name(candidate)) in resources:
            return name
    return None


def _find_subjects(line: Line, table: tuple[str, ...], resources: Mapping[str, Any]) -> list[str]:
    """Find the resources that a line begins with, or whose cursor or key it is about."""
    if line.cells:
        name = to_valid_name(to_plain(line.cells[0]))
        return [name] if name in resources and _OF_RESOURCES.fullmatch(to_plain(table[0])) else []
    text = line.text
    for match in (_SUBJECTS.match(text), _OF.search(text), _BARE_SUBJECT.match(text)):
        if match is None:
            continue
        names = list(dict.fromkeys(read_marked_names(match["names"])))
        if all(name in resources for name in names):
            return names
    return []


def _find_last(line: Line, subjects: list[str], resources: Mapping[str, Any]) -> list[str]:
    """Find the one resource that a line with subjects is about in its last clause."""
    clauses = re.split(r"[.;]\s", line.text) if subjects else []
    for clause in reversed(clauses):
        names = {to_valid_name(name) for name in _MARKED_NAME.findall(clause)} & set(resources)
        if names:
            return list(names) if len(names) == 1 else []
    return subjects if len(subjects) == 1 else []


def read_marked_names(text: str) -> list[str]:
    """Read the resources that a text lists: `` `orders` and `users` ``."""
    raw = _MARKED_NAME.findall(text) or [text]
    return [to_valid_name(name.rstrip(":")) for name in raw]
