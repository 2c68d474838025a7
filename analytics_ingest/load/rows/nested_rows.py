"""Coerces the values of rows whose objects and lists dlt unnests (`max_table_nesting` above 0).

Each row is taken apart as dlt does it: the fields of objects become columns of its table, the items
of lists become rows of nested tables. Each field gets a column of its own there, and the values of
each table are coerced together. Lists go to dlt where they were, because their place names their
tables; so do objects and lists that are too deep to be unnested.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.common.column_names import PATH_SEPARATOR
from analytics_ingest.load.rows.coercion import RowCoercer
from analytics_ingest.load.rows.column_types import ColumnTypes
from analytics_ingest.load.rows.field_names import FieldNames, TableColumns

_VALUE, _LIST = "value", "list"
"""dlt's columns for the items of lists that are not objects, and for those that are lists."""

Row = dict[str, Any]


class _Table:
    """One of the tables.

    Args:
        columns: Named by its path, which is not shortened.
    """

    def __init__(self, columns: TableColumns, types: ColumnTypes) -> None:
        self.columns = columns
        self.types = types
        self.depth = 0
        """How many lists and objects are around its deepest values."""
        self.rows: list[_UnnestedRow] = []
        self._names: dict[tuple[str, bool], FieldNames] = {}

    def rename(self, values: Row, prefix: str, level: int) -> Row:
        """Rename the fields of a row, or of an object in it whose columns have a prefix."""
        place = prefix, level > 0
        if place not in self._names:
            self._names[place] = FieldNames(
                self.types, self.columns, {}, prefix=prefix, unnests=level > 0
            )
        (renamed,) = self._names[place].rename([values])
        return renamed


@dataclass
class _UnnestedRow:
    """A row of one of the tables.

    Attributes:
        level: How many levels of the row's objects and lists dlt unnests.
        depth: How many lists and objects are around it.
        values: By column.
        for_dlt: What dlt gets of it; the coerced values are added at the end.
    """

    table: _Table
    level: int
    depth: int
    values: Row = field(default_factory=dict)
    for_dlt: Row = field(default_factory=dict)


class NestedRowCoercer:
    """Coerces the rows of a table and of those that are nested in it.

    Args:
        root: The columns of the outermost table; the fields of its rows are renamed before.
        nesting: How many levels of objects and lists dlt unnests.
        find_types: Finds the types of the columns of one of the tables, by its path.
    """

    def __init__(
        self, root: TableColumns, nesting: int, find_types: Callable[[str], ColumnTypes]
    ) -> None:
        self._nesting = nesting
        self._find_types = find_types
        self._root = _Table(root, find_types(root.name))
        self._tables = {root.name: self._root}
        self._moves: list[tuple[Row, str, Any, Any]] = []
        """A row for dlt, a column whose object or list has another place, that place, its key."""

    def list_nested_tables(self) -> Iterator[TableColumns]:
        """Yield the columns of the nested tables that rows came for."""
        return (table.columns for table in self._tables.values() if table is not self._root)

    def coerce(self, rows: list[Row]) -> list[Row]:
        """Return the same rows, each value that dlt cannot store as JSON in `<field>__v_text`."""
        unnested: list[Row] = []
        for values in rows:
            row = self._open_row(self._root, self._nesting, depth=0)
            self._flatten(row, values, row.for_dlt, self._nesting)
            unnested.append(row.for_dlt)
        for table in self._tables.values():
            coercer = RowCoercer(table.types, table.depth)
            coerced = coercer.coerce([row.values for row in table.rows])
            for row, values in zip(table.rows, coerced, strict=True):
                row.for_dlt.update(values)
            table.rows = []
        for row, column, place, key in self._moves:
            if isinstance(row.get(column), dict | list):
                place[key] = row.pop(column)
        self._moves = []
        return unnested

    def _open_row(self, table: _Table, level: int, *, depth: int) -> _UnnestedRow:
        row = _UnnestedRow(table, level, depth)
        table.rows.append(row)
        return row

    def _unnest(self, path: str, values: Row, level: int, depth: int) -> Row:
        """Note an item of a list, and those in its lists; returns it without its values."""
        if path not in self._tables:
            stored, most = self._root.columns.stored, self._root.columns.max_new_columns
            types = self._find_types(path)
            columns = TableColumns(path, stored, frozenset(types.owners), most)
            self._tables[path] = _Table(columns, types)
        row = self._open_row(self._tables[path], level, depth=depth)
        self._flatten(row, row.table.rename(values, "", level), row.for_dlt, level)
        return row.for_dlt

    def _flatten(
        self, row: _UnnestedRow, values: Row, place: Row, level: int, prefix: str = ""
    ) -> None:
        """Note the values of a row, or of an object in it, and put its lists in their place.

        Args:
            place: The row for dlt, or the object in it.
        """
        table, depth = row.table, row.depth + row.level - level
        table.depth = max(table.depth, depth)
        for name, value in values.items():
            column = prefix + table.types.find_column(name)
            if level <= 0 or not table.types.unnests(column, value):
                row.values[column] = value
                if prefix and isinstance(value, dict | list):
                    # Outside of its object, dlt might unnest it.
                    self._moves.append((row.for_dlt, column, place, name))
            elif isinstance(value, list):
                # dlt does not count the objects between a row and its list.
                path = f"{table.columns.name}{PATH_SEPARATOR}{column}"
                place[name] = self._unnest_items(path, value, row.level - 1, depth + 2)
            else:
                inside, level_inside = f"{column}{PATH_SEPARATOR}", level - 1
                place[name] = {}
                renamed = table.rename(value, inside, level_inside)
                self._flatten(row, renamed, place[name], level_inside, inside)

    def _unnest_items(self, path: str, items: list[Any], level: int, depth: int) -> list[Any]:
        rows: list[Any] = []
        for item in items:
            if isinstance(item, list):
                row = self._unnest(path, {_LIST: item}, level - 1, depth)
                # As an object with a list, dlt would unnest it one level more.
                self._moves.append((row, _LIST, rows, len(rows)))
            else:
                values = item if isinstance(item, dict) else {_VALUE: item}
                row = self._unnest(path, values, level, depth)
            rows.append(row)
        return rows
