"""Finds in a document's prose which field is the cursor, and which fields are the primary key."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from analytics_ingest.convert.markdown import Block, Line
from analytics_ingest.convert.prose.fields.primary_keys import KeyStatement, read_primary_keys
from analytics_ingest.convert.prose.text.line_subjects import find_unknown_label
from analytics_ingest.convert.prose.text.mentions import (
    find_mentions,
    speaks_of_all,
    speaks_of_rest,
)
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.path_subjects import begins_with_path
from analytics_ingest.convert.prose.words.setting_mentions import is_setting, list_configured
from analytics_ingest.convert.prose.words.time_names import is_time

_NAME = r"[`*]+(?P<name>[A-Za-z_]\w*(?:\.\w+)*)\.?[`*]+"
_CURSOR = re.compile(
    r"(cursor[ _]field|incremental[ _](cursor|field|key|sync\w*|load\w*|on)|replication key"
    r"|(?:sync\w*|load\w*|read) incremental\w*|^\W*cursor\W*:|\bcursors? of [^.\n]*\bis"
    rf"|\bthe cursor (?:is|:))[^.;\n]*?{_NAME}",
    re.IGNORECASE,
)
_AS_CURSOR = re.compile(
    r"(?:^|[.;]\s)(?![^.;]*\b(?:if|or|parent\w*|perhaps|may)\b)"
    rf"[^.;]*?(?![`*]+(?:next|prev)){_NAME}(?: (?:field|column))?"
    r" (?:(?:is|serves|acts|works)(?: used)?(?: as)?|is [^`.;]{1,40} and)(?: the| a| its)?"
    r" (?:incremental )?cursor"
    r"(?: field| column)?"
    r"(?: (?:of|for|in) (?:the|each|every|all|both) (?:rows?|records?|resources?))?"
    r"(?=\W*$|[.;,)])",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(rf"(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*/\s*){_NAME}")
_CUE = re.compile(r"(?:\b(?:fields?|keys?|on|by|cursors?|is|are)|:)[\W_]*$", re.IGNORECASE)
_TIME = re.compile(
    r"updat|modif|chang|creat|date|time|_at$|At$|_on$|since|stamp|ts$", re.IGNORECASE
)
_UPDATED = re.compile(r"\b(updated_at|updatedAt|UpdatedAt)\b")
_DENIAL = re.compile(r"\b(no|not|without|lacks?|neither)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"^[`*\s]*(?:is|are|was|has|does|do|cannot|can|must)(?:n['\u2019]t| not| never| no| absent)\b"
    r"|^[`*\s]*(?:is|was) (?:missing|deprecated|gone|absent)\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"\W*(?:endpoint |request |url )?path\W*:", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\b(?:webhooks?|callbacks?|logs?|warehouse|sorted|ordered|paginat\w+)\b", re.IGNORECASE
)


@dataclass
class Keys:
    """Names of fields: of all resources under None, and of single ones."""

    cursors: dict[str | None, str] = field(default_factory=dict)
    is_cursor_of_all: bool = False
    """Whether a sentence says of all resources that they have the cursor under None."""
    mentions: dict[str | None, str] = field(default_factory=dict)
    """How a line that is not a denial spells `updated_at`."""
    primary: dict[str | None, KeyStatement] = field(default_factory=dict)


def read_keys(prose: Prose) -> Keys:
    """Read the cursors and primary keys that sentences name."""
    keys = Keys(primary=read_primary_keys(prose))
    sections, settings = _list_sections(prose), list_configured(prose.document)
    for part, named in prose.iterate_parts():
        if isinstance(part, Block):
            if spelled := _UPDATED.search(part.text):
                keys.mentions.setdefault(named, spelled[0])
            continue
        if (spelled := _UPDATED.search(part.text)) and not _DENIAL.search(part.text):
            keys.mentions.setdefault(named, spelled[0])
        cursor = _find_cursor(part.text, settings)
        if cursor and _is_cursor(cursor, part.text) and cursor["name"] not in prose.resources:
            is_of_other = _is_on_unknown(part, cursor["name"], sections)
            is_of_other = is_of_other or _names_some(part.text, prose.resources)
            is_of_other = is_of_other or (len(prose.resources) > 1 and _lists_more(cursor))
            if named or not is_of_other:
                keys.cursors.setdefault(named, cursor["name"])
                is_same = named is None and keys.cursors[None] == cursor["name"]
                keys.is_cursor_of_all |= is_same and speaks_of_all(part.text)
    return keys


def _list_sections(prose: Prose) -> set[tuple[str, ...]]:
    """List the headings of the sections that state a path, if they are several: one a resource."""
    lines = [passage.line for passage in prose.passages]
    sections = {line.headings for line in lines if line.headings and _PATH.match(line.text)}
    return sections if len(sections) > 1 else set()


def _is_on_unknown(line: Line, cursor: str, sections: Collection[tuple[str, ...]]) -> bool:
    """Return whether a line is on a single resource, which is not among the known ones."""
    is_on_path = not line.cells and begins_with_path(line.text)
    is_on_one = line.headings in sections or is_on_path
    return is_on_one or find_unknown_label(line) not in (None, cursor)


def _names_some(text: str, resources: Collection[str]) -> bool:
    """Return whether a text is on some resources: it names them, and does not speak of all."""
    is_general = speaks_of_all(text) or speaks_of_rest(text)
    return not is_general and any(m.resource for m in find_mentions(text, resources))


def _lists_more(cursor: re.Match[str]) -> bool:
    """Return whether other cursors follow one in a list: each is that of some resources."""
    following = _FOLLOWING.match(cursor.string, cursor.end())
    return following is not None and is_time(following["name"])


def _find_cursor(text: str, settings: Collection[str]) -> re.Match[str] | None:
    """Find the first name that may be a cursor, not that of a setting.

    Args:
        settings: Those that the code reads; a cursor is called as one only behind its very cue.
    """
    for match in (*_CURSOR.finditer(text), *_AS_CURSOR.finditer(text)):
        start, end = match.span("name")
        is_loose = match["name"] in settings and not _CUE.search(text[: match.start("name")])
        if not (is_loose or is_setting(text, start, end)):
            return match
    return None


def _is_cursor(cursor: re.Match[str], text: str) -> bool:
    """Return whether a sentence names the cursor of rows: a time, which it does not deny."""
    before, after = text[: cursor.end()], text[cursor.end() :]
    is_other = _DENIAL.search(before) or _DENIED.search(after) or _OF_ANOTHER.search(before)
    return _TIME.search(cursor["name"]) is not None and not is_other
