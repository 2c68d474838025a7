"""Finds which fields a document's prose names as the primary key of a resource.

A label (`- Primary key: uid`), a column of a table, and what names the resource itself are certain.
Another sentence may be about another resource, so it counts only where nothing else names a key.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.key_values import (
    AND,
    OF_ANOTHER,
    QUOTED,
    denies_key,
    read_key_value,
    split_names,
)
from analytics_ingest.convert.prose.fields.label_keys import read_label_key
from analytics_ingest.convert.prose.fields.resource_keys import read_resource_keys
from analytics_ingest.convert.prose.text.line_subjects import find_cell, to_plain
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)

_LABEL = re.compile(
    r"^[\W_]*(?:composite )?primary[ _]keys?(?: fields?| columns?)?[\s*_`]*(?:\([^()]*\))?"
    r"[\s*_`]*[:=](?P<value>.*)",
    re.IGNORECASE,
)
_EACH = r"\b(?:each|every|all|the) (?:records?|rows?|objects?|items?)"
_SENTENCES = (
    re.compile(
        rf"primary keys?\b[^.`*\n]{{0,40}}?(?P<names>{QUOTED}(?:{AND}{QUOTED})*)",
        re.I,
    ),
    re.compile(rf"(?P<names>{QUOTED}(?:{AND}{QUOTED})*)[^.`*\n]{{0,20}}?primary key", re.I),
    re.compile(
        r"\bkeys? of (?:all|each|every|an?) (?:records?|rows?|resources?)\W+(?:is|are)\W+"
        rf"(?P<names>{QUOTED}(?:{AND}{QUOTED})*)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_EACH} (?:has|have|carr(?:y|ies)|contains?) an? (?:\w+ ){{0,2}}(?P<names>{QUOTED}),?"
        r" (?:that|which) (?:uniquely )?identif(?:ies|y) (?:it|them)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_EACH} (?:is|are) (?:uniquely )?identified by"
        rf" (?:(?:an?|the|its|their) )?(?:\w+ ){{0,2}}(?P<names>{QUOTED}(?:{AND}{QUOTED})*)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<names>{QUOTED}) (?:uniquely )?identifies (?:each|every|an?) (?:record|row|object)\b",
        re.IGNORECASE,
    ),
)
_NAMES = rf"(?P<{{}}>{QUOTED}(?:{AND}{QUOTED})*)"
_OF_FIELDS = r"(?:the )?(?:fields? |combination of )?"
_OWN_SENTENCE = re.compile(
    r"(?:^|[:,] (?:so |thus |and )?)\W*(?:"
    r"(?:the|its|their) (?:composite |compound )?(?:primary )?keys?"
    rf" (?:is|are|consists? of|is made of)(?: {_OF_FIELDS}|[^:;.]{{0,80}}: ){_NAMES.format('key')}"
    r"|(?:an?|each|every|the) (?:records?|rows?) (?:is|are) (?:uniquely )?identified by"
    rf" {_OF_FIELDS}{_NAMES.format('identity')})\W*$",
    re.IGNORECASE,
)
"""What is said in the item or the section of a resource, at the end of a sentence."""
_OF_ALL = re.compile(
    r"\b(?:all|every|each|both|resources|streams|endpoints|tables|default\w*)\b"
    r"|^\W*(?:the |a )?primary keys?\W+(?:is|are)\b"
    rf"|^\W*{QUOTED}(?:{AND}{QUOTED})*\W+(?:is|are|forms?)\b",
    re.IGNORECASE,
)
"""A sentence without a resource is on all of them if it says so, or has no other subject."""
_ON_ROWS = re.compile(
    r"\b(?:key|identif|schema|fields?|columns?|config|endpoint|detail|setting|data|load|sync|record"
    r"|increment|propert|attribute|overview|note)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:auth|o?auth2?|authenti\w+|authori[sz]\w+|credentials?|log-?ins?)\b", re.I
)
"""What headings of sections on logins say."""
_COLUMN = re.compile(r"(primary[ _])?keys?( (fields?|columns?))?|pk", re.IGNORECASE)


@dataclass(frozen=True)
class KeyStatement:
    """What the prose says of a primary key."""

    fields: tuple[str, ...]
    """Empty where a label says what is not a list of fields."""
    is_certain: bool
    """It is a label or a cell of a table, and nothing contradicts it."""
    is_plain: bool = False
    """It is a sentence on nothing else, in the item or the section of the resource."""
    denies_key: bool = False
    """It is a label that says that there is no key."""


def read_primary_keys(prose: Prose) -> dict[str | None, KeyStatement]:
    """Read the keys that the prose names: of single resources, and of all under None."""
    statements: dict[str | None, KeyStatement] = {}
    for resource, statement in _iterate_statements(prose):
        known = statements.get(resource)
        if known is None or (statement.is_certain and not known.is_certain):
            statements[resource] = statement
        elif statement.is_certain and known.fields != statement.fields:
            statements[resource] = KeyStatement(known.fields, is_certain=False)
    return statements


def _iterate_statements(prose: Prose) -> Iterator[tuple[str | None, KeyStatement]]:
    resources = prose.resources
    for line, named in prose.iterate_lines():
        if named is None and any(map(_LOGIN.search, line.headings)):
            continue  # Tokens of a login, not rows of a resource of that name.
        keys = read_resource_keys(line, resources)
        if keys and (named is None or named in dict(keys)):
            yield from ((of, KeyStatement(fields, is_certain=True)) for of, fields in keys)
        elif line.cells:
            yield from _read_row(line, named, resources)
        elif statement := _read_line(line, named, resources):
            is_nested = line.level > 1 and _is_of_nested_rows(line.above, resources)
            is_certain = statement.is_certain and not is_nested
            yield named, replace(statement, is_certain=is_certain)


def _is_of_nested_rows(item: str, resources: Collection[str]) -> bool:
    """Return whether an item names rows other than those of a resource: `Line items:`."""
    name = to_valid_name(to_plain(item).rstrip(":. "))
    is_label = to_plain(item).endswith(":")
    return is_label and name not in resources and not _ON_ROWS.search(item)


def _read_line(line: Line, named: str | None, resources: Collection[str]) -> KeyStatement | None:
    if label := _LABEL.match(line.text):
        fields = read_label_key(label["value"], named, resources)
        is_none = not fields and denies_key(label["value"])
        return KeyStatement(fields, is_certain=bool(fields), denies_key=is_none)
    for sentence in [text for text in line.clauses if len(text) <= MOST_CHARACTERS]:
        if named and (fields := _read_own(sentence)) and not set(fields) & set(resources):
            return KeyStatement(fields, is_certain=False, is_plain=True)
        for pattern in _SENTENCES:
            match = pattern.search(sentence)
            if match is None or OF_ANOTHER.search(sentence) or not is_statement(sentence):
                continue
            if named is None and len(resources) > 1 and not _OF_ALL.search(sentence):
                continue
            names = split_names(match["names"])
            if not set(names) & set(resources):
                return KeyStatement(names, is_certain=False)
    return None


def _read_own(sentence: str) -> tuple[str, ...]:
    match = _OWN_SENTENCE.search(sentence)
    if match is None or OF_ANOTHER.search(sentence) or is_conditional(sentence):
        return ()
    return split_names(match["key"] or match["identity"]) if is_statement(match[0]) else ()


def _read_row(
    line: Line, named: str | None, resources: Collection[str]
) -> Iterator[tuple[str | None, KeyStatement]]:
    """Read a row `primary key | id`, or one of a resource in a table with a column of keys."""
    plain = [to_plain(cell) for cell in line.cells]
    if len(plain) == 2 and plain[0].lower() in ("primary key", "primary_key"):
        if fields := read_key_value(line.cells[1]):
            yield named, KeyStatement(fields, is_certain=True)
        return
    row = find_cell(line, _COLUMN, resources)
    if row and (fields := read_key_value(row[1])):
        yield row[0], KeyStatement(fields, is_certain=True)
