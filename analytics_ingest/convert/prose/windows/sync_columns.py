"""Reads columns of tables on how resources are synchronized: Cursor, Incremental, Sync, Loaded."""

import re
from typing import NamedTuple

from analytics_ingest.convert.prose.text.line_subjects import find_cell, to_plain
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Clause, Passage
from analytics_ingest.convert.prose.windows.cursor_statements import OF_PAGES
from analytics_ingest.convert.prose.windows.full_refreshes import names_no_cursor
from analytics_ingest.convert.prose.words.time_names import is_time

_CURSOR_TITLE = re.compile(
    r"(?:sync |load )?(?:cursor|incremental(?:ly)?|replication)"
    r"(?:[ _](?:field|key|by|on|sync|column|cursor|path|load|loading)){0,2}",
    re.IGNORECASE,
)
_SYNC_TITLE = re.compile(
    r"(?:sync\w*|load(?:s|ed|ing)?|refresh|updates?|extraction|synchroni[sz]ed|read)"
    r"(?:[ _](?:mode|type|strategy|method|kind))?",
    re.IGNORECASE,
)
_PAGES = re.compile(r"\bpag(?:es?|ed|ing|inat\w+)\b", re.IGNORECASE)
_NAME = re.compile(r"[`*]*(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)[`*]*(?:\s*\([^()]*\))?")
_FULL = re.compile(
    r"\W*(?:(?:always|each time|every time|loaded|read|in|as a) ){0,2}"
    r"(?:full(?:y)?|complete(?:ly)?|entire(?:ly)?|whole|snapshot|replaced?)"
    r"(?:[ -](?:refresh|load|reload|sync|snapshot|table|each time|every time"
    r"|(?:with|on|in) each run))?\W*",
    re.IGNORECASE,
)


class SyncCell(NamedTuple):
    """What a row says of its resource."""

    resource: str
    cursor: str | None = None
    is_full: bool = False
    clause: Clause | None = None
    """Its words, where it has more than a name."""


def read_sync_cells(passage: Passage) -> list[SyncCell]:
    """Read the cells of a row that say how its resource is synchronized."""
    line = passage.line
    above = line.above if line.above.endswith(":") else ""
    is_on_pages = any(map(_PAGES.search, [*line.headings[-1:], above]))
    titles = [_SYNC_TITLE] if is_on_pages else [_CURSOR_TITLE, _SYNC_TITLE]
    rows = [(title, find_cell(line, title, passage.resources)) for title in titles]
    return [_read_cell(passage, *row, title is _CURSOR_TITLE) for title, row in rows if row]


def _read_cell(passage: Passage, name: str, cell: str, is_on_cursors: bool) -> SyncCell:
    match = _NAME.fullmatch(cell.strip())
    if _FULL.fullmatch(to_plain(cell)) or (is_on_cursors and names_no_cursor(cell)):
        return SyncCell(name, is_full=True)
    if is_on_cursors and match and _is_field(match["name"], cell):
        return SyncCell(name, match["name"])
    names = [m for m in find_mentions(cell, passage.resources) if m.resource or m.is_field]
    is_own = all(mention.resource in (None, name) for mention in names)
    return SyncCell(name, clause=Clause(cell, names, [name]) if is_own else None)


def _is_field(name: str, cell: str) -> bool:
    """Return whether a cell names a field: not a page, and not a word such as `yes`."""
    is_name = "`" in cell or "_" in name or is_time(name)
    return is_name and OF_PAGES.search(name) is None
