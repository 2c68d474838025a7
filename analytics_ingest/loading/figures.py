"""Counts of what is in a resource's table, for the checks: columns, nulls, keys and cursors.

After a load the rows of its window are still in dlt's staging table, so counting there costs no
more than the window, however large the table is. A check that runs alone counts the whole table.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dlt.common import jsonpath
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.destinations.sql_client import SqlClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.config.declaration import ResourceDeclaration
from analytics_ingest.loading.errors import WarehouseError
from analytics_ingest.loading.tables import columns as declared_columns
from analytics_ingest.loading.tables import rejected_table

KEYS_SHOWN = 10
"""Primary keys that a check may show, at most."""


@dataclass
class Figures:
    """What was counted of one resource: of a window's rows, or of the whole table."""

    is_window: bool
    rows: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column → dlt data type, as the warehouse has them; empty where there is no table."""
    expected: Mapping[str, str] = field(default_factory=dict)
    """Column → dlt data type, as declared."""
    nulls: Mapping[str, int] = field(default_factory=dict)
    """Required column → rows in which it is null."""
    variants: Mapping[str, int] = field(default_factory=dict)
    """dlt's variant columns (values of another type) → rows that have a value there."""
    undeclared: Sequence[str] = ()
    duplicates: int = 0
    """Rows beyond the first of their key; in a window these are versions that were merged."""
    duplicate_keys: Sequence[str] = ()
    rejected: int = 0
    newest: datetime | None = None
    future: int = 0
    """Rows whose cursor lies after the given moment."""
    unreadable: int = 0
    """Rows whose cursor is null, absent or unreadable."""


def count(
    pipeline: Pipeline,
    resources: Sequence[ResourceDeclaration],
    *,
    in_staging: bool,
    future_from: Mapping[str, datetime],
    without_rows: Collection[str] = (),
) -> dict[str, Figures]:
    """Count the tables of some resources, whoever calls holding the warehouse.

    Args:
        in_staging: Count the rows of the load that has just ended, else the whole tables.
        future_from: Resource → the moment after which a cursor counts as future.
        without_rows: Resources that loaded no row: their staging tables hold an earlier load's.
    """
    with pipeline.destination_client() as client:
        if not isinstance(client, SqlJobClientBase):
            raise WarehouseError(
                f"{pipeline.pipeline_name}: the checks need a warehouse with SQL, not "
                f"{pipeline.destination.destination_type}"
            )
        stored = {
            name: {n: str(c.get("data_type")) for n, c in columns.items()}
            for name, columns in client.get_storage_tables(
                [n for r in resources for n in (r.name, rejected_table(r.name))]
            )
        }
        return {
            resource.name: _Counter(pipeline, client.sql_client, resource, stored).count(
                in_staging=in_staging,
                has_rows=resource.name not in without_rows,
                future_from=future_from[resource.name],
            )
            for resource in resources
        }


class _Counter:
    def __init__(
        self,
        pipeline: Pipeline,
        client: SqlClientBase[Any],
        resource: ResourceDeclaration,
        stored: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._client = client
        self._resource = resource
        self._normal = pipeline.default_schema.naming.normalize_identifier
        self._columns = stored[resource.name]
        self._has_rejected = bool(stored[rejected_table(resource.name)])
        self._expected = {
            self._normal(name): str(column.get("data_type"))
            for name, column in declared_columns(resource).items()
            if "data_type" in column
        }

    def count(self, *, in_staging: bool, has_rows: bool, future_from: datetime) -> Figures:
        staged = in_staging and self._resource.write_disposition != "replace"
        figures = Figures(staged, columns=self._columns, expected=self._expected)
        if not self._columns:
            return figures
        figures.undeclared = self._undeclared()
        if not has_rows:
            return figures
        required = [n for n in map(self._normal, self._resource.required) if n in self._columns]
        variants = [name for name in self._columns if self._is_variant(name)]
        cursor = self._cursor()
        if staged:
            with self._client.with_staging_dataset():
                self._read(figures, required, variants, cursor, future_from)
        else:
            self._read(figures, required, variants, cursor, future_from)
            figures.duplicate_keys = self._duplicate_keys() if figures.duplicates else ()
            figures.rejected = self._rejected()
        return figures

    def _read(
        self,
        figures: Figures,
        required: Sequence[str],
        variants: Sequence[str],
        cursor: str | None,
        future_from: datetime,
    ) -> None:
        """Read all counts of the table in one query."""
        keys = [self._quoted(self._normal(name)) for name in self._resource.primary_key]
        table = self._client.make_qualified_table_name(self._resource.name)
        parts = ["count(*)"]
        parts += [f"count({self._quoted(name)})" for name in (*required, *variants)]
        arguments: list[datetime] = []
        if cursor:
            at = self._quoted(cursor)
            parts += [f"count({at})", f"max({at})", f"sum(case when {at} > %s then 1 else 0 end)"]
            arguments.append(future_from)
        counts = iter(self._query(f"select {', '.join(parts)} from {table}", *arguments)[0])
        figures.rows = next(counts)
        figures.nulls = {name: figures.rows - next(counts) for name in required}
        figures.variants = {name: next(counts) for name in variants}
        if cursor:
            figures.unreadable = figures.rows - next(counts)
            figures.newest, figures.future = next(counts), int(next(counts) or 0)
        if keys:
            distinct = f"select distinct {', '.join(keys)} from {table}"
            ((different,),) = self._query(f"select count(*) from ({distinct}) as keys")
            figures.duplicates = figures.rows - different

    def _duplicate_keys(self) -> list[str]:
        keys = ", ".join(self._quoted(self._normal(name)) for name in self._resource.primary_key)
        table = self._client.make_qualified_table_name(self._resource.name)
        found = self._query(
            f"select {keys} from {table} group by {keys} having count(*) > 1 limit {KEYS_SHOWN}"
        )
        return [", ".join(str(value) for value in key) for key in found]

    def _rejected(self) -> int:
        if not self._has_rejected:
            return 0
        table = self._client.make_qualified_table_name(rejected_table(self._resource.name))
        return int(self._query(f"select count(*) from {table}")[0][0])

    def _cursor(self) -> str | None:
        incremental = self._resource.incremental
        name = jsonpath.extract_simple_field_name(incremental.cursor_path) if incremental else None
        column = self._normal(name) if name else None
        return column if column and self._columns.get(column) == "timestamp" else None

    def _undeclared(self) -> list[str]:
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

    def _is_variant(self, column: str) -> bool:
        base, separator, _ = column.partition("__v_")
        return bool(separator) and base in self._columns

    def _quoted(self, column: str) -> str:
        return self._client.escape_column_name(column)

    def _query(self, sql: str, *arguments: datetime) -> Sequence[Sequence[Any]]:
        return list(_rows(self._client, sql, arguments))


def _rows(
    client: SqlClientBase[Any], sql: str, arguments: Sequence[datetime]
) -> Iterator[Sequence[Any]]:
    yield from client.execute_sql(sql, *arguments) or ()
