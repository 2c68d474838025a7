"""Gives each field of a row a column that no other field of the row has.

dlt names columns in snake_case, so `userId` and `user_id` have the same one. If a row has both, the
declared field keeps it, else the one that is spelled like the column, else the first by name. The
others get columns of their own, named after the column and a hash of the field. If the column is
declared, the first of the others is kept as JSON in the text column beside it.

The names depend only on the row, never on earlier rows or loads. A row with only one of the fields
has it in the plain column.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.common.column_names import OTHER_FIELDS, hash_shortly
from analytics_ingest.load.rows.column_types import ColumnTypes, build_text_column, is_dlt_column
from analytics_ingest.load.rows.json_text import to_json

_REJECTED = "rejected"
"""A list of this name would be unnested into the table of rejected rows."""

_MOST_SHAPES = 100
"""Rows with other fields are looked at one by one."""

Row = dict[str, Any]
Targets = dict[str, tuple[str | None, bool]]


@dataclass
class TableColumns:
    """The columns of a table that are stored or declared, and those that a load adds."""

    name: str
    stored: Mapping[str, frozenset[str]]
    """Table → its stored columns, of the table and its nested tables."""
    declared: frozenset[str]
    max_new_columns: int
    reserved: frozenset[str] = frozenset()
    """Columns that no field of a row has, because only a load writes them."""
    added: set[str] = field(default_factory=set)
    has_others: bool = False
    """A row had fields that got no column."""

    def __post_init__(self) -> None:
        self.known = self.stored.get(self.name, frozenset()) | self.declared
        self._left = self.max_new_columns
        if OTHER_FIELDS in self.known:
            # All columns count then: else fields would move out of it with each load.
            undeclared = self.known - self.declared - {OTHER_FIELDS}
            self._left -= sum(not is_dlt_column(name) for name in undeclared)

        self._objects = {
            column[: end.start()] for column in self.known for end in re.finditer("__", column)
        }

    def has_place(self, column: str) -> bool:
        """Return whether a field has a column, or may still add it."""
        if column in self.added or column in self.known:
            return True
        if len(self.added) >= self._left and not self._is_unnested(column):
            self.has_others = True
            return False
        self.added.add(column)
        return True

    def _is_unnested(self, column: str) -> bool:
        """Return whether an object or a list has been unnested into columns or a table before."""
        return column in self._objects or f"{self.name}__{column}" in self.stored


class FieldNames:
    """Renames the fields of a table's rows, or of an object that dlt unnests into its columns.

    Args:
        types: Names the columns.
        table: The columns of the table.
        owners: Column → the declared field that it is for.
        prefix: The columns of an object's fields begin with it.
        unnests: Whether dlt unnests objects and lists in the values.
    """

    def __init__(
        self,
        types: ColumnTypes,
        table: TableColumns,
        owners: Mapping[str, str],
        *,
        prefix: str = "",
        unnests: bool = False,
    ) -> None:
        self.table = table
        self._types = types
        self._owners = owners
        self._prefix = prefix
        self._unnests = unnests
        self._is_nested = "__" in table.name or bool(prefix)
        self._first = dict(owners)
        """Column → the one field that has it, with any other fields in the row."""
        self._plain: set[str] = set()
        """Those of these fields that have been placed, and keep their names."""
        self._targets: dict[tuple[str, ...], Targets] = {}

    def rename(self, rows: list[Row]) -> list[Row]:
        """Return the same rows, each field with the name that gives it its column."""
        if all(row.keys() <= self._plain for row in rows):
            return rows
        return [row if row.keys() <= self._plain else self._place_fields(row) for row in rows]

    def _place_fields(self, row: Row) -> Row:
        """Return a row's fields under their new names; those without a column in one, as JSON."""
        placed: Row = {}
        others: Row = {}
        for name, (target, is_text) in self._find_targets(row).items():
            if target is None:
                others[name] = row[name]
            elif not is_text:
                placed[target] = row[name]
            elif row[name] is not None:
                placed[target] = to_json(row[name])
        return {**placed, OTHER_FIELDS: to_json(others)} if others else placed

    def _find_targets(self, row: Row) -> Targets:
        """Find the new name of each field, and whether its value becomes text."""
        # Where nothing is unnested, only the names matter, and most rows have the same ones.
        names = () if self._unnests else tuple(row)
        if names in self._targets:
            return self._targets[names]
        targets: Targets = {}
        for column, fields in self._group_by_column(row).items():
            for rank, name in enumerate(fields):
                target = self._find_target(column, name, rank, row)
                targets[name] = target, target is not None and is_dlt_column(target)
        if names and len(self._targets) < _MOST_SHAPES:
            self._targets[names] = targets
        return targets

    def _group_by_column(self, row: Row) -> dict[str, list[str]]:
        """Return column → the fields that have it, the one that keeps it first."""
        columns: dict[str, list[str]] = {}
        for name in row:
            columns.setdefault(self._types.find_column(name), []).append(name)
        for column, fields in columns.items():
            if len(fields) > 1:
                owner = self._owners.get(column)
                fields.sort(key=lambda name: (name != owner, name != column, name))
        return columns

    def _find_target(self, column: str, name: str, rank: int, row: Row) -> str | None:
        """Find the new name of a field; None if it has no column.

        Args:
            rank: Its place among the fields with the same column.
        """
        if column == OTHER_FIELDS:
            return None
        if rank == 1 and column in self._owners and self._owners[column] in row:
            return build_text_column(column)
        keeps_column = rank == 0 and not self._is_taken(column, row[name], row)
        own = column if keeps_column else f"{column}_{hash_shortly(name)}"
        if is_dlt_column(own) or is_dlt_column(self._prefix + own):
            return build_text_column(own)
        if not self.table.has_place(self._prefix + own):
            return None
        return self._keep(column, name) if keeps_column else own

    def _keep(self, column: str, name: str) -> str:
        """Return one name for all fields that ever have a column, which Arrow needs."""
        first = self._first.setdefault(column, name)
        is_blank = not first.replace("_", " ").strip()
        if is_dlt_column(first) or not first.isascii() or is_blank:
            return column
        depends_on_row = self._unnests and (column == _REJECTED or "__" in column)
        if first == name and not depends_on_row:
            self._plain.add(name)
        return first

    def _is_taken(self, column: str, value: Any, row: Row) -> bool:
        """Return whether a column is reserved, or dlt would unnest a field into it."""
        if self._prefix + column in self.table.reserved:
            return True
        if not self._unnests:
            return False
        if column == _REJECTED and not self._is_nested:
            return isinstance(value, list)
        return "__" in column and any(
            column.startswith(f"{outer}__") and self._types.unnests(self._prefix + outer, other)
            for name, other in row.items()
            if (outer := self._types.find_column(name))
        )
