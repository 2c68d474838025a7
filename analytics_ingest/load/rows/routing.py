"""What becomes of each row that a resource's listing gave: loaded, rejected, or of another window.

A row goes into the table when its cursor lies in the window or cannot be read, and its primary
key can be stored; without such a key it is kept as JSON in the rejected table.
"""

import hashlib
import math
from collections import Counter
from typing import Any

from dlt.common import jsonpath
from dlt.common.data_types import TDataType

from analytics_ingest.common import cursor
from analytics_ingest.common.jsonpaths import compile_path, field_name
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.rows.coercion import (
    Fit,
    as_text,
    fit,
    is_encodable,
    is_in_64_bits,
    is_marked,
)
from analytics_ingest.load.rows.column_types import ColumnTypes, inferred

CURSOR_COLUMN = "_cursor"
"""Holds the cursor as a timestamp where no column of the row does, to tell versions apart."""


class RowRouter:
    """Sorts a resource's rows, page by page.

    Args:
        window: The window being loaded; ignored for a snapshot.
        types: The types of the table's columns, as far as they are declared or known.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        window: Window,
        types: ColumnTypes,
        stats: Stats,
    ) -> None:
        self._stats = stats
        self._window = window
        self._primary_key = resource.primary_key
        self._types = types
        self._rejected_before: Counter[str] = Counter()
        self._is_one_listing = resource.parent is None and not resource.each
        self._incremental = resource.incremental
        if self._incremental:
            self._read = cursor.reader(self._incremental.cursor_format)
            self._path = compile_path(self._incremental.cursor_path)
            self._column = field_name(self._incremental.cursor_path)
            self._cursor_column = cursor_column(resource) or CURSOR_COLUMN

    def sort(self, rows: list[Any]) -> tuple[list[Any], list[dict[str, str]]]:
        """Split a page into the rows to load and the rejected ones.

        An empty page begins the listing again: its rows come a second time.
        """
        if not rows:
            self._begin_again()
        loaded: list[Any] = []
        rejected: list[dict[str, str]] = []
        for row in rows:
            if not isinstance(row, dict):
                rejected.append(self._rejection(row, "the row is no object"))
                continue
            placed = self._placed(row) if self._incremental else row
            if placed is None:
                self._stats.rows_outside += 1
            elif problem := self._key_problem(row):
                rejected.append(self._rejection(row, problem))
            else:
                loaded.append(placed)
        self._stats.rows_loaded += len(loaded)
        self._stats.rows_rejected += len(rejected)
        return loaded, rejected

    def _begin_again(self) -> None:
        self._rejected_before.clear()
        if self._is_one_listing:
            self._stats.rows_loaded = self._stats.rows_outside = 0
            self._stats.rows_rejected = self._stats.cursors_unreadable = 0

    def _placed(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The row with its cursor as a datetime; None when it belongs to another window."""
        if self._column is not None:
            value = row.get(self._column)
        else:
            values = jsonpath.find_values(self._path, row)
            value = values[0] if values else None
        at = self._read(value)
        if at is None:
            self._stats.cursors_unreadable += 1
            return row
        if at not in self._window:
            return None
        return {**row, self._cursor_column: at}

    def _key_problem(self, row: dict[str, Any]) -> str | None:
        for name in self._primary_key:
            value = row.get(name)
            if type(value) is int and self._types.get(name) == "bigint" and is_in_64_bits(value):
                continue
            if value is None:
                return f"the primary key {name} is {'null' if name in row else 'absent'}"
            if not isinstance(value, int) and not self._is_encodable(value):
                return f"the primary key {name} is nothing that a column can hold"
            expected = self._types.get(name) or inferred(value)
            if not _is_storable(expected, value):
                return f"the primary key {name} is no {expected}"
            self._types.decide(name, expected)
        return None

    def _is_encodable(self, value: Any) -> bool:
        return is_encodable(value, holds_nul=self._types.holds_nul)

    def _rejection(self, row: Any, reason: str) -> dict[str, str]:
        text = as_text(row)
        # Equal rows are told apart by their number, so that loading again rejects the same ones.
        number = self._rejected_before[text]
        self._rejected_before[text] += 1
        key = hashlib.sha256(f"{number}:{text}".encode()).hexdigest()
        return {"row_key": key, "reason": reason, "row": text}


def cursor_column(resource: ResourceDeclaration) -> str | None:
    """The column that holds a resource's cursor as a timestamp; None where there is no cursor."""
    incremental = resource.incremental
    if incremental is None:
        return None
    name = field_name(incremental.cursor_path)
    return name if name and is_timestamp(resource, name) else CURSOR_COLUMN


def is_timestamp(resource: ResourceDeclaration, column: str) -> bool:
    """Whether a cursor column is stored as a timestamp: as declared, else by its format."""
    if column in resource.fields:
        return resource.fields[column].data_type == "timestamp"
    incremental = resource.incremental
    return incremental is not None and not incremental.cursor_format.startswith("epoch_")


def _is_storable(expected: TDataType, value: Any) -> bool:
    if type(value) is str and expected == "text":
        return not is_marked(value)
    if type(value) is float and not math.isfinite(value):
        return False
    return fit(expected, value) is Fit.STORED
