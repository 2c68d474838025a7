"""Reads which resources are incremental, by which field, and which are read in full.

A clause, the label of its line or the heading above it says of what it speaks. Its names are
resources and fields, in either order: ``events by `date` ``, `` `date` for events``. Where neither
a clause nor its line names a resource, `keys` reads it.
"""

import re
from dataclasses import dataclass, field

from analytics_ingest.convert.prose.responses.grouped_objects import find_grouped_objects
from analytics_ingest.convert.prose.responses.single_objects import find_object_row
from analytics_ingest.convert.prose.text.mentions import Mention, list_excepted
from analytics_ingest.convert.prose.text.passages import Clause, Passage, Prose
from analytics_ingest.convert.prose.windows.cursor_statements import (
    pair_cursors,
    pair_same_cursor,
)
from analytics_ingest.convert.prose.windows.full_refreshes import (
    find_full,
    find_listed_full,
    says_rest_is_full,
)
from analytics_ingest.convert.prose.windows.general_refreshes import (
    names_incremental,
    says_all_are_full,
    says_incremental,
)
from analytics_ingest.convert.prose.windows.sync_columns import read_sync_cells
from analytics_ingest.convert.prose.words.time_names import is_time

_INCREMENTAL = re.compile(r"\bcursors?\b|\bincremental(?:ly)?\b|\breplication key\b", re.I)
_ON_IT = re.compile(r"\bincremental(?:ly)? (?:on|by) (?:it|this|that field)\b", re.IGNORECASE)
_ON_SYNC = re.compile(r"incremental|synchroni[sz]ation|cursor", re.IGNORECASE)


@dataclass
class SyncModes:
    """What the prose says of single resources."""

    cursors: dict[str, str] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    """Resources that are read in full."""
    excepted: set[str] = field(default_factory=set)
    """Resources that do not have the cursor of the others."""
    is_rest_full: bool = False
    """Resources without a cursor are read in full."""
    general: list[Clause] = field(default_factory=list)
    """What is said of no resource."""

    def is_full(self, name: str) -> bool:
        """Return whether a resource is read in full."""
        return name not in self.cursors and (name in self.full or self.is_rest_full)

    @property
    def is_incremental(self) -> bool:
        """Whether something is said to be incremental, of whatever resources."""
        return bool(self.cursors) or any(map(says_incremental, self.general))

    def may_use(self, cursor: str) -> bool:
        """Return whether a sentence says that all resources, or all with it, use a cursor."""
        return any(names_incremental(clause, cursor) for clause in self.general)


def read_sync_modes(prose: Prose) -> SyncModes:
    """Read the cursors that clauses and tables name, and what is read in full."""
    reader = _Reader()
    for passage in prose.passages:
        if passage.line.cells:
            reader.read_row(passage)
        elif not passage.line.is_heading:
            reader.read_line(passage)
    for name, cursor in reader.same.items():
        if name not in reader.modes.full:
            reader.modes.cursors.setdefault(name, cursor)
    return reader.modes


class _Reader:
    """Follows the passages of a document with the last cursor that one names."""

    def __init__(self) -> None:
        self.modes = SyncModes()
        self.same: dict[str, str] = {}
        """The cursors of resources that have it like the one before."""
        self._last: str | None = None

    def read_row(self, passage: Passage) -> None:
        """Read the cells of a row that say how its resource is synchronized, or that it is one."""
        if row := find_object_row(passage.line, passage.resources):
            self.modes.full.add(row)
        for cell in read_sync_cells(passage):
            if cell.cursor:
                self.modes.cursors.setdefault(cell.resource, cell.cursor)
            elif cell.is_full:
                self.modes.full.add(cell.resource)
            elif cell.clause:
                self._take(cell.clause, cell.clause, passage)

    def read_line(self, passage: Passage) -> None:
        """Read the clauses of a line."""
        is_on_sync = any(map(_ON_SYNC.search, passage.line.headings[-1:]))
        self.modes.full |= find_listed_full(passage.line, passage.resources)
        self.modes.full |= set(find_grouped_objects(passage))
        before: list[Mention] = []
        for clause in passage.clauses:
            is_on_sync = is_on_sync or _INCREMENTAL.search(clause.text) is not None
            end = len(clause.text)
            it = [m._replace(start=end, end=end) for m in before if _ON_IT.search(clause.text)]
            whole = clause._replace(mentions=[*clause.mentions, *it]) if is_on_sync else None
            self._take(clause, whole, passage)
            times = [m for m in clause.mentions if m.resource is None and is_time(m.name)]
            before = times[-1:] or before

    def _take(self, clause: Clause, on_sync: Clause | None, passage: Passage) -> None:
        """Take what a clause says.

        Args:
            on_sync: The clause with all names that it means, if it is on cursors.
        """
        self.modes.general += [] if clause.subjects else [clause]
        self.modes.is_rest_full |= says_rest_is_full(clause)
        excepted = {m.name for m in list_excepted(clause.text, clause.mentions) if m.resource}
        full = find_full(clause, passage.resources) - excepted
        if says_all_are_full(clause, passage.line):
            full = {*passage.resources}
        self.modes.full |= full
        self.modes.excepted |= excepted if on_sync else set()
        self.same |= dict(pair_same_cursor(clause, self._last))
        for name, cursor in pair_cursors(on_sync) if on_sync else ():
            if name not in full | excepted:
                self.modes.cursors.setdefault(name, cursor)
                self._last = cursor
