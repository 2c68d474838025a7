"""Finds the resources that a line which is a title names: what is below it is on exactly these.

**comments** and **channel_comments**     `orders`, `users`:     **orders** (read once a day)
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.line_subjects import (
    MARKED,
    find_group,
    find_label,
    to_plain,
)
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.sentences import is_outdated
from analytics_ingest.convert.prose.words.field_types import find_type

_NOTE = re.compile(r"(?P<title>[^()]+)\((?P<note>[^()]+)\)\s*:?")
_BEFORE = re.compile(r"(?:both|for)\s+", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:,|&|/|\band\b)\s*")
_NAMES = re.compile(rf"{MARKED}(?:\s*(?:,\s*and|,|and|&|/)\s*{MARKED})*\s*:?")
_NAME = re.compile(
    r"(?!(?:notes?|fields?|columns?|attributes|properties|schema|types?|keys?|errors?|parameters?"
    r"|params?|query|body|headers?|filters?|settings|re(?:quest|sponse)s?|records?|rows?|pages?"
    r"|pagination|paging|cursors?|incremental|details|remarks?|examples?|path|endpoint|method)$)"
    r"[a-z]\w*"
)
"""What a resource may be called, unlike a part of what is said of one."""


def find_title(line: Line, resources: Collection[str]) -> tuple[str, ...]:
    """Find the resource, or all resources, that a line names without saying anything of them."""
    if name := find_label(line.text, resources):
        return (name,)
    title = _remove_note(line)
    if line.cells or is_outdated(line.text) or not (_NAMES.fullmatch(title) or title.endswith(":")):
        return ()
    name = find_label(title, resources)
    return (name,) if name else find_group(title, resources)


def is_on_others(line: Line, names: Collection[str], resources: Collection[str]) -> bool:
    """Return whether a line is the title of something else than the resources above it.

    It lists names in lower case, as those of resources are, or names other resources in words.
    Code without a colon behind it may be a list of fields.
    """
    title = _remove_note(line)
    if line.cells or not _NAMES.fullmatch(title) or not ("**" in title or title.endswith(":")):
        return False
    plain = to_plain(title).rstrip(": ")
    named = {mention.resource for mention in find_mentions(plain, resources)} - {None}
    is_list = all(map(_NAME.fullmatch, _SEPARATOR.split(plain)))
    return named.isdisjoint(names) and bool(is_list or named) and ":" not in plain


def _remove_note(line: Line) -> str:
    """Return a title without the words around it; the type of a field is not one of them."""
    note = None if line.level else _NOTE.fullmatch(line.text)
    title = note["title"].strip() if note and not find_type(note["note"]) else line.text
    return _BEFORE.sub("", title, count=1) if _BEFORE.match(title) else title
