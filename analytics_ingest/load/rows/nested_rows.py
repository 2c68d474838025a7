"""Coerces the values of rows whose objects and lists dlt unnests (`max_table_nesting` above 0).

Each row is taken apart as dlt does it: the fields of objects become columns of its table, the items
of lists become rows of nested tables. The values of each table are coerced together. Lists go to
dlt where they were, because their place names their tables; so do objects and lists that are too
deep to be unnested.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.common.column_names import PATH_SEPARATOR
from analytics_ingest.load.rows.coercion import RowCoercer
from analytics_ingest.load.rows.column_types import ColumnTypes

_VALUE, _LIST = "value", "list"
"""dlt's columns for the items of lists that are not objects, and for those that are lists."""

Row = dict[str, Any]


@dataclass
class _UnnestedRow:
    """A row of one of the tables.

    Attributes:
        path: The table's name, not shortened.
        level: How many levels of the row's objects and lists dlt unnests.
        values: By column.
        for_dlt: What dlt gets of it; the coerced values are added at the end.
    """

    path: str
    level: int
    values: Row = field(default_factory=dict)
    for_dlt: Row = field(default_factory=dict)


class NestedRowCoercer:
    """Coerces the rows of a table and of those that are nested in it.

    Args:
        table: The name of the outermost table.
        nesting: How many levels of objects and lists dlt unnests.
        find_types: Finds the types of the columns of one of the tables, by its path.
    """

    def __init__(self, table: str, nesting: int, find_types: Callable[[str], ColumnTypes]) -> None:
        self._root = table
        self._nesting = nesting
        self._find_types = find_types
        self._types: dict[str, ColumnTypes] = {}
        self._kept: dict[str, frozenset[str]] = {}
        """Table → its columns of JSON, which dlt does not unnest."""
        self._rows: dict[str, list[_UnnestedRow]] = {}
        self._moves: list[tuple[Row, str, Any, Any]] = []
        """A row for dlt, a column whose object or list has another place, that place, its key."""

    def coerce(self, rows: list[Row]) -> list[Row]:
        """Return the same rows, each value that dlt cannot store as JSON in `<field>__v_text`."""
        unnested = [self._unnest(self._root, row, self._nesting) for row in rows]
        for path, parts in self._rows.items():
            coerced = RowCoercer(self._types[path]).coerce([part.values for part in parts])
            for part, values in zip(parts, coerced, strict=True):
                part.for_dlt.update(values)
        for row, column, place, key in self._moves:
            if isinstance(row.get(column), dict | list):
                place[key] = row.pop(column)
        self._rows, self._moves = {}, []
        return unnested

    def _unnest(self, path: str, values: Row, level: int) -> Row:
        """Note a row of a table, and those in its lists; returns it without its values."""
        if path not in self._types:
            self._types[path] = self._find_types(path)
            self._kept[path] = self._types[path].list_json_columns()
        row = _UnnestedRow(path, level)
        self._rows.setdefault(path, []).append(row)
        self._flatten(row, values, row.for_dlt, level)
        return row.for_dlt

    def _flatten(
        self, row: _UnnestedRow, values: Row, place: Row, level: int, prefix: str = ""
    ) -> None:
        """Note the values of a row, or of an object in it, and put its lists in their place.

        Args:
            place: The row for dlt, or the object in it.
        """
        for name, value in values.items():
            column = prefix + self._types[row.path].find_column(name)
            is_value = not isinstance(value, dict | list)
            if is_value or level <= 0 or column in self._kept[row.path]:
                row.values[column] = value
                if prefix and not is_value:  # Outside of its object, dlt might unnest it.
                    self._moves.append((row.for_dlt, column, place, name))
            elif isinstance(value, list):
                # dlt does not count the objects between a row and its list.
                nested = f"{row.path}{PATH_SEPARATOR}{column}"
                place[name] = self._unnest_items(nested, value, row.level - 1)
            else:
                place[name] = {}
                self._flatten(row, value, place[name], level - 1, f"{column}{PATH_SEPARATOR}")

    def _unnest_items(self, path: str, items: list[Any], level: int) -> list[Any]:
        rows: list[Any] = []
        for item in items:
            if isinstance(item, list):
                row = self._unnest(path, {_LIST: item}, level - 1)
                # As an object with a list, dlt would unnest it one level more.
                self._moves.append((row, _LIST, rows, len(rows)))
            else:
                row = self._unnest(path, item if isinstance(item, dict) else {_VALUE: item}, level)
            rows.append(row)
        return rows
