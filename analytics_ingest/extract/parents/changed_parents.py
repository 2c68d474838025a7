"""Which listings a load requests where resources declare `parents: changed`.

A cursor shows only the last change: a parent that changed in the window may have changed again
since. So a load asks for the children of every parent whose cursor is at the start of the window or
later, or cannot be read. A listing is requested whole, unless all that it is read for is of one
time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics_ingest.common.cursor import read_row_grain
from analytics_ingest.common.jsonpaths import build_value_reader
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.spans import SPANS, may_miss_rows
from analytics_ingest.declaration.validation.deletes import is_read_in_full
from analytics_ingest.extract.windows.pieces import split_window
from analytics_ingest.extract.windows.window_filter import (
    build_cursor_reader,
    move_window,
)


@dataclass(frozen=True)
class ParentPass:
    """Of which parents one load asks for the children of a resource with `parents: changed`."""

    is_full: bool
    """Of all parents, whether they changed or not."""
    start: datetime | None = None
    """Where the rows of a full pass begin, if before the window: at the end of the last one."""
    until: datetime | None = None
    """All parents have been asked up to this moment, for the record of this load."""


@dataclass(frozen=True)
class ListedWindows:
    """The windows of one resource in a load."""

    loaded: Window
    """The rows that are loaded."""
    requested: Sequence[Window]
    """What its requests ask for, in pieces: also the rows whose children are loaded."""
    stored: Window
    """The rows that are stored; a full reading also stores those outside the load's window, and so
    does a load of the whole listing of a resource that has `changes`."""
    parents_since: datetime | None = None
    """Only parents that changed since then are asked for its rows; None for all."""


def plan_windows(
    resources: Sequence[ResourceDeclaration],
    wanted: frozenset[str],
    window: Window,
    now: datetime,
    passes: Mapping[str, ParentPass],
) -> dict[str, ListedWindows]:
    """Plan the windows of all resources that a load reads.

    Args:
        resources: Those that are read, parents first, as are the windows.
        wanted: Names of those whose rows are loaded.
        passes: Resource → the parents whose children are requested; all without one.
    """
    planned: dict[str, ListedWindows] = {}
    by_name = {resource.name: resource for resource in resources}
    for resource in reversed(resources):
        name, own_pass = resource.name, passes.get(resource.name)
        start = own_pass and own_pass.start
        begin = min(window.start, start) if window.start and start else window.start
        loaded = move_window(resource, Window(begin, window.end), now)
        children = [r.name for r in resources if name in {p.resource for p in r.parents}]
        since = _find_earliest(
            [loaded.start, *(planned[child].parents_since for child in children)]
        )
        requested = (
            _clip_start(since, move_window(resource, EVERYTHING, now)) if children else loaded
        )
        is_changed = resource.declared.parents.changed and resource.parents
        parents_since = None
        if is_changed and (name not in wanted or (own_pass and not own_pass.is_full)):
            parent = by_name[resource.parents[0].resource]
            parents_since = _find_earliest([since, move_window(parent, window, now).start])
        pieces, stored = list(split_window(resource, requested, now)), loaded
        if name in wanted and is_read_in_full(resource):
            # Without an end, or the newest rows would seem to be gone.
            stored = Window(move_window(resource, EVERYTHING, now).start)
            pieces = [stored]
        elif resource.listed_as_of:
            stored = move_window(resource, EVERYTHING, now)
            pieces = list(split_window(resource, stored, now))
        planned[name] = ListedWindows(loaded, pieces, stored, parents_since)
    return {resource.name: planned[resource.name] for resource in resources}


def _find_earliest(starts: Sequence[datetime | None]) -> datetime | None:
    """Find the earliest of some starts; None if one of them is open."""
    known = [start for start in starts if start]
    return min(known) if len(known) == len(starts) else None


def _clip_start(start: datetime | None, window: Window) -> Window:
    starts = [at for at in (start, window.start) if at]
    return Window(max(starts, default=None), window.end)


class UnchangedParents:
    """Counts the rows of a parent that cannot have changed in the window of its children.

    Args:
        since: Where that window begins.
    """

    def __init__(self, parent: ResourceDeclaration, since: datetime) -> None:
        self.count = 0
        self._since = since
        incremental = parent.incremental or Incremental()
        self._format = incremental.cursor_format
        self._read_value = build_value_reader(incremental.cursor_path)
        self._read_cursor = build_cursor_reader(parent)
        self._missed = {span for span in SPANS if may_miss_rows(parent, span)}

    def holds(self, row: Any) -> bool:
        """Return whether the children of a row are not asked for."""
        value = self._read_value(row)
        at, since = self._read_cursor(value), self._since
        if self._missed and (span := read_row_grain(value, self._format)) in self._missed:
            since -= SPANS[span]  # A cursor that names a day may be of its end.
        is_unchanged = at is not None and at < since
        self.count += is_unchanged
        return is_unchanged
