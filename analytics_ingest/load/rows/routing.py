"""Routes each row that a listing returns: to the table, to the rejected rows, or outside.

A row is loaded when its cursor lies in the window or cannot be read, and its primary key can be
stored. A row without such a key is rejected: the rejected table keeps it as JSON.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from analytics_ingest.common.column_names import add_columns
from analytics_ingest.common.cursor import is_in_iso_only, read_row_grain, write
from analytics_ingest.common.jsonpaths import build_value_reader, read_field_name
from analytics_ingest.common.numbers import LongNumber
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import CURSOR_COLUMN, ResourceDeclaration
from analytics_ingest.declaration.spans import SPANS, may_miss_rows
from analytics_ingest.declaration.window_cursors import find_cursor_bounds
from analytics_ingest.extract.partition_rows import PartitionRows
from analytics_ingest.extract.selectors.plain_values import may_be_values, unwrap_value
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.windows.window_filter import WindowFilter, build_cursor_reader
from analytics_ingest.load.rows.coercion import is_storable_key
from analytics_ingest.load.rows.column_types import (
    ColumnTypes,
    find_moment_spelling,
    infer_type,
    is_in_64_bits,
)
from analytics_ingest.load.rows.cursor_evidence import CursorEvidence
from analytics_ingest.load.rows.json_text import is_encodable, to_json
from analytics_ingest.load.rows.outside_rows import OutsideRows
from analytics_ingest.load.rows.row_states import RowStates

_OTHER_SPELLING = (
    "is a timestamp in another format than others, or with more digits than a column keeps; two "
    "keys would become one: declare its field as string"
)
_OUTSIDE = "the cursor is made of the window and lies outside it, and there is no primary_key"


class RowRouter:
    """Routes a resource's rows, page by page, and counts them.

    Args:
        window: The window being loaded; a snapshot ignores it.
        types: The types of the table's columns that are declared or known.
        filters: What the requests asked for, oldest first; rows long before or after are counted.
        stored_window: Rows that are loaded; wider than the window in a full reading.
        rejected_before: The rejected rows as text, to number equal ones; also of earlier parts.
    """

    _patterned_key = ""
    """The cursor, where its format is not ISO 8601: as a key it has one spelling of a moment."""

    def __init__(
        self,
        resource: ResourceDeclaration,
        window: Window,
        types: ColumnTypes,
        stats: Stats,
        filters: Sequence[WindowFilter] = (),
        *,
        stored_window: Window | None = None,
        rejected_before: Counter[str] | None = None,
    ) -> None:
        self._place = f"{resource.api}.{resource.name}"
        self._stats = stats
        self._window = window
        self._stored_window = stored_window or window
        self._outside = OutsideRows(resource, filters, self._stored_window, stats)
        self._may_be_values = may_be_values(resource.primary_key)
        self._primary_key, self._zone = resource.primary_key, resource.cursor_zone
        self._needs_cursor = resource.replaces_window or resource.reads_changes
        self._is_of_window = bool(find_cursor_bounds(resource))
        self._states = RowStates(resource, len(filters)) if resource.changes else None
        self._types = types
        self._spellings: dict[str, str | None] = {}
        """Of primary keys that become moments: how the first one is spelled."""
        self._rejected_before = Counter() if rejected_before is None else rejected_before
        self._is_one_listing = resource.parent is None and not resource.each
        self._incremental = resource.incremental
        if self._incremental:
            self._read_cursor = build_cursor_reader(resource)
            self._missed = {span for span in SPANS if may_miss_rows(resource, span)}
            self._cursor_format = self._incremental.cursor_format
            self._read_value = build_value_reader(self._incremental.cursor_path)
            self._cursor_field = read_field_name(self._incremental.cursor_path)
            is_patterned = self._cursor_format != "iso8601"
            self._patterned_key = self._cursor_field if is_patterned else ""
            self._cursor_column = resource.cursor_column or CURSOR_COLUMN
            self._evidence = CursorEvidence(resource, self._incremental)
        self._partitions = stats.partitions if self._incremental else PartitionRows()

    def route(self, page: list[Any]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """Split a page into the rows to load and the rejected rows."""
        loaded: list[dict[str, Any]] = []
        rejected: list[dict[str, str]] = []
        for element in page:
            row = element if self._may_be_values else unwrap_value(element)
            if not isinstance(row, dict):
                rejected.append(self._reject(row, "the row is not an object"))
                continue
            if not row and not self._primary_key:
                rejected.append(self._reject(row, "the row has no fields"))
                continue
            row_in_window = self._match_window(row) if self._incremental else row
            if row_in_window is None:
                continue
            problem = self._find_key_problem(row, row_in_window)
            if problem := problem or self._find_moment_problem(row_in_window):
                rejected.append(self._reject(row, problem, self._get_cursor(row_in_window)))
            else:
                loaded.append(row_in_window)
        inside = loaded if self._stored_window is self._window else self._select_inside(loaded)
        if self._partitions.starts:
            self._partitions.add_loaded(map(self._get_cursor, inside))
        self._stats.rows_loaded += len(inside)
        self._stats.rows_taken += len(loaded) - len(inside)
        self._stats.rows_rejected += len(rejected)
        return loaded, rejected

    def find_problem(self, *, is_new: bool) -> str | None:
        """Return why the rows, the first ones of a new table or not, cannot be stored as read."""
        problem = self._evidence.find_problem(is_new=is_new) if self._incremental else None
        return problem or (self._states and self._states.find_problem()) or None

    def restart(self) -> None:
        """Begin again: the rows of the listing come a second time."""
        self._rejected_before.clear()
        if self._states:
            self._states.restart()
        if self._is_one_listing:
            self._stats.clear_routed()

    def _match_window(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """Return the row with its cursor as a datetime; None if it is not loaded."""
        value = self._read_value(row)
        at = self._read_cursor(value)
        self._evidence.note(value, at)
        if at is None:
            self._stats.cursors_unreadable += 1
            return self._states.add_to(row, None) if self._states else row
        if self._missed:
            span = read_row_grain(value, self._cursor_format)
            self._stats.cursors_of_days += span in self._missed
        placed = self._window.clamp(at) if self._is_of_window else at
        if placed not in self._window:
            self._count_outside(at)
            if at not in self._stored_window:
                return None
        if self._states:
            row = self._states.add_to(row, at)
        if self._cursor_column == self._cursor_field:
            return {**row, self._cursor_column: at}
        return add_columns(row, {self._cursor_column: at})

    def _select_inside(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        read = ((row, self._get_cursor(row)) for row in rows)
        return [row for row, at in read if not isinstance(at, datetime) or at in self._window]

    def _count_outside(self, at: datetime) -> None:
        self._outside.add(at)
        if self._partitions.starts:
            self._partitions.add_outside(at)

    def _find_key_problem(self, row: dict[str, Any], stored: dict[str, Any]) -> str | None:
        for name in self._primary_key:
            value = row.get(name)
            if type(value) is int and self._types.get(name) == "bigint" and is_in_64_bits(value):
                continue
            if name == self._patterned_key and isinstance(at := stored.get(name), datetime):
                if not self._is_spelled_alike(name, value, at):
                    return f"the primary key {name} {_OTHER_SPELLING}"
                continue
            if value is None:
                return f"the primary key {name} is {'null' if name in row else 'absent'}"
            if problem := self._find_value_problem(name, value, stored):
                return f"the primary key {name} {problem}"
        return None

    def _find_value_problem(self, name: str, value: Any, stored: dict[str, Any]) -> str | None:
        """Return why the value of a key cannot be stored as it is; decides its type otherwise."""
        if not isinstance(value, int | LongNumber) and not self._is_encodable(value):
            return "has a value that no column can hold"
        expected = self._types.get(name) or infer_type(value)
        if self._types.holds_moments(name) and not isinstance(stored.get(name), datetime):
            return f"is not a moment in {self._cursor_format}"
        if not is_storable_key(self._types, name, expected, value):
            return f"is not a {expected}"
        if expected in ("timestamp", "date") and not self._is_spelled_alike(name, value):
            return _OTHER_SPELLING
        self._types.decide(name, expected)
        return None

    def _is_spelled_alike(self, name: str, value: Any, at: datetime | None = None) -> bool:
        """Return whether a key that is a moment differs from others only if its moment does.

        Args:
            at: The moment, of a key that is the cursor and not in ISO 8601 as declared.
        """
        is_text = isinstance(value, str)
        spelling = find_moment_spelling(value) if is_text else type(value).__name__
        if at and not is_in_iso_only(value, self._cursor_format):
            is_usual = write(at, self._cursor_format, self._zone) == value
            spelling = self._cursor_format if is_usual else None
        return spelling is not None and spelling == self._spellings.setdefault(name, spelling)

    def _find_moment_problem(self, row: dict[str, Any]) -> str | None:
        """Return why nothing tells which version of a row stays, or no load would replace it."""
        if not self._needs_cursor:
            return None
        at = self._get_cursor(row)
        if not isinstance(at, datetime):
            kind = "row is a change" if self._states else "resource has no primary_key"
            return f"the cursor is absent or cannot be read, and the {kind}"
        is_moved = self._is_of_window and at != row[self._cursor_column]
        return _OUTSIDE if is_moved and not self._primary_key else None

    def _is_encodable(self, value: Any) -> bool:
        return is_encodable(value, holds_nul=self._types.holds_nul)

    def _get_cursor(self, row: dict[str, Any]) -> Any:
        """Return the cursor of a row in the window, a datetime if it was read."""
        at = row.get(self._cursor_column) if self._incremental else None
        return self._window.clamp(at) if self._is_of_window and isinstance(at, datetime) else at

    def _reject(self, row: Any, reason: str, at: Any = None) -> dict[str, str]:
        """Return the row of the rejected table that keeps a rejected row."""
        if self._partitions.starts:
            self._partitions.add_rejected(at)
        text = to_json(row)
        # Equal rows differ in their number, so that a second load rejects the same keys.
        number = self._rejected_before[text]
        self._rejected_before[text] += 1
        key = hashlib.sha256(f"{number}:{text}".encode()).hexdigest()
        return {"row_key": key, "reason": reason, "row": text}
