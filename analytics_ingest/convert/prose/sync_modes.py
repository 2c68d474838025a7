"""Reads which resources are incremental, by which field, and which are read in full.

A clause, the label of its line or the heading above it says of what it speaks. Its names are
resources and fields, in either order: ``events by `date` ``, `` `date` for events``. Where neither
a clause nor its line names a resource, `keys` reads it.
"""

import re
from dataclasses import dataclass, field

from analytics_ingest.convert.prose.cursor_statements import is_time, pair_cursors
from analytics_ingest.convert.prose.full_refreshes import find_full, says_rest_is_full
from analytics_ingest.convert.prose.line_subjects import find_cell
from analytics_ingest.convert.prose.mentions import Mention
from analytics_ingest.convert.prose.passages import Passage, Prose

_INCREMENTAL = re.compile(r"\bcursors?\b|\bincremental(?:ly)?\b|\breplication key\b", re.I)
_ON_IT = re.compile(r"\bincremental(?:ly)? (?:on|by) (?:it|this|that field)\b", re.IGNORECASE)
_ON_SYNC = re.compile(r"incremental|synchroni[sz]ation|cursor", re.IGNORECASE)
_CURSOR_TITLE = re.compile(
    r"(?:cursor|incremental|replication)(?:[ _](?:field|key|by|sync))?", re.I
)
_NONE = re.compile(r"[\W_]*|[\W_]*(?:no|none|null|n/?a|full)\b[^`]{0,40}", re.IGNORECASE)
_CELL = re.compile(r"[`*]*(?P<name>[A-Za-z_][\w.]*)[`*]*(?:\s*\([^()]*\))?")


@dataclass
class SyncModes:
    """What the prose says of single resources."""

    cursors: dict[str, str] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    """Resources that are read in full."""
    is_rest_full: bool = False
    """Resources without a cursor are read in full."""

    def is_full(self, name: str) -> bool:
        """Return whether a resource is read in full."""
        return name not in self.cursors and (name in self.full or self.is_rest_full)


def read_sync_modes(prose: Prose) -> SyncModes:
    """Read the cursors that clauses and tables name, and what is read in full."""
    modes = SyncModes()
    for passage in prose.passages:
        if passage.line.cells:
            if row := find_cell(passage.line, _CURSOR_TITLE, prose.resources):
                _read_cell(*row, modes)
        elif not passage.line.is_heading:
            _read_passage(passage, modes)
    return modes


def _read_cell(name: str, cell: str, modes: SyncModes) -> None:
    """Read the cell of a resource in a column of cursors."""
    if _NONE.fullmatch(cell):
        modes.full.add(name)
    elif match := _CELL.fullmatch(cell.strip()):
        modes.cursors.setdefault(name, match["name"])


def _read_passage(passage: Passage, modes: SyncModes) -> None:
    is_on_sync = any(map(_ON_SYNC.search, passage.line.headings[-1:]))
    before: list[Mention] = []
    for clause in passage.clauses:
        is_on_sync = is_on_sync or _INCREMENTAL.search(clause.text) is not None
        modes.is_rest_full |= says_rest_is_full(clause)
        modes.full |= find_full(clause, passage.resources)
        if is_on_sync:
            end = len(clause.text)
            it = [m._replace(start=end, end=end) for m in before if _ON_IT.search(clause.text)]
            for name, cursor in pair_cursors(clause._replace(mentions=[*clause.mentions, *it])):
                modes.cursors.setdefault(name, cursor)
        times = [m for m in clause.mentions if m.resource is None and is_time(m.name)]
        before = times[-1:] or before
