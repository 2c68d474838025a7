"""Counts of what is in a resource's table, for the checks: columns, nulls, keys and cursors.

After a load the rows of its window are still in dlt's staging table, for a lake in its files, so
counting there costs no more than the window, however large the table is. A check that runs alone
counts the whole table.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.cursor import reader, write
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.rows.routing import cursor_column
from analytics_ingest.load.warehouse.dlt_hints import columns as declared_columns
from analytics_ingest.load.warehouse.dlt_hints import rejected_table
from analytics_ingest.load.warehouse.sql_tables import StoredTables, open_tables

KEYS_SHOWN = 10
"""Primary keys that a check may show, at most."""

_VARIANT = "__v_"
"""Between a column and the type of values that do not fit it, in the name that dlt gives these."""

_NUMBERS = ("bigint", "double", "decimal")


@dataclass
class TableProfile:
    """What was counted of one resource: of a window's rows, or of the whole table."""

    of_load: bool
    """Counted of the rows of one load, else of the whole table."""
    is_merged: bool = False
    """The load's rows were merged into the table by their key."""
    rows: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column → dlt data type, as the warehouse has them; empty where there is no table."""
    expected: Mapping[str, str] = field(default_factory=dict)
    """Column → dlt data type, as declared."""
    nulls: Mapping[str, int] = field(default_factory=dict)
    """Required column → rows in which it is null, and no variant column has its value."""
    variants: Mapping[str, int] = field(default_factory=dict)
    """dlt's variant columns (values of another type) → rows that have a value there."""
    undeclared: Sequence[str] = ()
    missing_keys: Sequence[str] = ()
    """Columns of the primary key that the table does not have."""
    null_keys: int = 0
    """Rows in whose primary key something is null."""
    duplicates: int = 0
    """Rows beyond the first of their key."""
    duplicate_keys: Sequence[str] = ()
    rejected: int = 0
    newest: datetime | None = None
    future: int = 0
    """Rows whose cursor lies after the given moment."""
    unreadable: int = 0
    """Rows whose cursor is null, absent or unreadable."""
    cursor_type: str | None = None
    """dlt data type of the cursor's column; None where the cursor has no column of its own."""


def count(
    pipeline: Pipeline,
    resources: Sequence[ResourceDeclaration],
    *,
    in_staging: bool,
    future_from: Mapping[str, datetime],
    without_rows: Collection[str] = (),
    staged: Mapping[str, Sequence[Path]] | None = None,
) -> dict[str, TableProfile]:
    """Count the tables of some resources, whoever calls holding the warehouse.

    Args:
        in_staging: Count the rows of the load that has just ended, else the whole tables.
        future_from: Resource → the moment after which a cursor counts as future.
        without_rows: Resources that loaded no row: their staging tables hold an earlier load's.
        staged: Table → the files of the load, where the warehouse is a lake.
    """
    if pipeline.default_schema_name is None:
        return {resource.name: TableProfile(in_staging) for resource in resources}
    with open_tables(pipeline, staged) as tables:
        names = [name for r in resources for name in (r.name, rejected_table(r.name))]
        stored = tables.columns(names)
        # The schema is read from its file whenever it is asked for.
        normal = pipeline.default_schema.naming.normalize_identifier
        return {
            resource.name: _Counter(normal, tables, resource, stored).count(
                in_staging=in_staging,
                has_rows=resource.name not in without_rows,
                future_from=future_from[resource.name],
            )
            for resource in resources
        }


class _Counter:
    def __init__(
        self,
        normal: Callable[[str], str],
        tables: StoredTables,
        resource: ResourceDeclaration,
        stored: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._tables = tables
        self._resource = resource
        self._normal = normal
        self._columns = stored[resource.name]
        self._table = ""
        self._has_rejected = bool(stored[rejected_table(resource.name)])
        self._keys = [self._normal(name) for name in resource.primary_key]
        self._expected = {
            self._normal(name): str(column.get("data_type"))
            for name, column in declared_columns(resource).items()
            if "data_type" in column
        }

    def count(self, *, in_staging: bool, has_rows: bool, future_from: datetime) -> TableProfile:
        staged = in_staging and self._resource.is_merged
        cursor = self._cursor()
        figures = TableProfile(
            of_load=in_staging,
            is_merged=staged,
            columns=self._columns,
            expected=self._expected,
            undeclared=self._undeclared(),
            missing_keys=[name for name in self._keys if name not in self._columns],
            cursor_type=self._columns.get(cursor) if cursor else None,
        )
        if not self._columns or not has_rows:
            return figures
        self._table = self._tables.source(self._resource.name, staged=staged)
        self._count_rows(figures)
        if cursor and figures.cursor_type:
            self._count_cursors(figures, cursor, future_from)
        elif cursor:
            figures.unreadable = figures.rows
        if self._keys and not figures.missing_keys:
            self._count_keys(figures)
        if not in_staging:
            figures.rejected = self._rejected()
        return figures

    def _count_rows(self, figures: TableProfile) -> None:
        required = [n for n in map(self._normal, self._resource.required) if n in self._columns]
        variants = [name for name in self._columns if self._is_variant(name)]
        absent = [_where(self._is_absent(name)) for name in required]
        present = [f"count({self._quoted(name)})" for name in variants]
        figures.rows, *counts = self._select("count(*)", *absent, *present)
        figures.nulls = dict(zip(required, counts, strict=False))
        figures.variants = dict(zip(variants, counts[len(required) :], strict=True))

    def _count_cursors(self, figures: TableProfile, name: str, future_from: datetime) -> None:
        """Count nulls; and where values are moments or numbers, what lies in the future."""
        incremental = self._resource.incremental
        written_as = incremental.cursor_format if incremental else ""
        column = self._quoted(name)
        if figures.cursor_type == "timestamp":
            bound: Any = future_from
        elif figures.cursor_type in _NUMBERS and written_as.startswith("epoch_"):
            bound = write(future_from, written_as)
        else:
            figures.unreadable = self._select(_where(f"{column} is null"))[0]
            return
        figures.unreadable, newest, figures.future = self._select(
            _where(f"{column} is null"),
            f"max({column})",
            _where(f"{column} > %s"),
            arguments=[bound],
        )
        figures.newest = newest if isinstance(newest, datetime) else reader(written_as)(newest)

    def _count_keys(self, figures: TableProfile) -> None:
        keys = ", ".join(map(self._quoted, self._keys))
        filled = " and ".join(f"{self._quoted(key)} is not null" for key in self._keys)
        grouped = f"select {keys} from {self._table} where {filled} group by {keys}"
        ((different,),) = self._query(f"select count(*) from ({grouped}) as keys")
        (with_key,) = self._select(_where(filled))
        figures.null_keys = figures.rows - with_key
        figures.duplicates = with_key - different
        if figures.duplicates and not figures.is_merged:
            found = self._query(f"{grouped} having count(*) > 1 limit {KEYS_SHOWN}")
            figures.duplicate_keys = [_shown(key) for key in found]

    def _rejected(self) -> int:
        if not self._has_rejected:
            return 0
        table = self._tables.source(rejected_table(self._resource.name), staged=False)
        ((rejected,),) = self._query(f"select count(*) from {table}")
        return rejected

    def _cursor(self) -> str | None:
        name = cursor_column(self._resource)
        return self._normal(name) if name else None

    def _undeclared(self) -> list[str]:
        """Columns beyond the declared ones, where any are declared."""
        if not self._resource.fields and not self._resource.declared.columns:
            return []
        parent = self._resource.parent
        inherited = {
            self._normal(f"_{parent.resource}_{name}")
            for name in self._resource.declared.include_from_parent
            if parent
        }
        return [
            name
            for name in self._columns
            if name not in self._expected
            and name not in inherited
            and not name.startswith("_dlt_")
            and not self._is_variant(name)
        ]

    def _is_absent(self, column: str) -> str:
        """The condition that a row has no value in a column, nor in a variant of it."""
        columns = [n for n in self._columns if n == column or n.startswith(f"{column}{_VARIANT}")]
        return " and ".join(f"{self._quoted(name)} is null" for name in columns)

    def _is_variant(self, column: str) -> bool:
        base, separator, _ = column.partition(_VARIANT)
        return bool(separator) and base in self._columns

    def _quoted(self, column: str) -> str:
        return self._tables.quoted(column)

    def _select(self, *expressions: str, arguments: Sequence[Any] = ()) -> Sequence[Any]:
        """The one row of aggregates over the table."""
        return self._query(f"select {', '.join(expressions)} from {self._table}", *arguments)[0]

    def _query(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        return self._tables.query(sql, *arguments)


def _shown(key: Sequence[Any]) -> str:
    return str(key[0]) if len(key) == 1 else f"({', '.join(map(str, key))})"


def _where(condition: str) -> str:
    """How many rows meet a condition."""
    return f"count(case when {condition} then 1 end)"
