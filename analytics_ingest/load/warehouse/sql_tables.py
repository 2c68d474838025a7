"""Queries a dataset's tables in SQL, in any warehouse.

dlt's client queries a database. The tables of a lake are files, which DuckDB reads in this process.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from dlt.destinations.exceptions import LoadClientNotConnected
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.load.warehouse.time_limit import limit_query

Columns = Mapping[str, str]
"""Column → dlt data type, as the warehouse has them; empty without a table."""


class StoredTables(Protocol):
    """The tables of one dataset, and the rows that a load has just brought into them."""

    def list_columns(self, tables: Sequence[str]) -> Mapping[str, Columns]:
        """List the columns of some tables."""
        ...

    def quote(self, column: str) -> str:
        """Return a column's name in SQL."""
        ...

    def format_literal(self, value: Any) -> str:
        """Format a value in SQL."""
        ...

    def name_source(self, table: str, *, staged: bool, other_dataset: str | None = None) -> str:
        """Return a table's name in SQL.

        Args:
            staged: Names instead the rows of the load that has just ended.
            other_dataset: The one that has the table, if it is not the API's.
        """
        ...

    def query(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return the rows of a query's result; each argument replaces a %s."""
        ...

    def query_with_names(
        self, sql: str, seconds: float
    ) -> tuple[list[str], Sequence[Sequence[Any]]]:
        """Return the columns of a query's result, and its rows.

        Args:
            seconds: How long it may take; some databases do not end it then.
        """
        ...


@contextmanager
def open_tables(
    pipeline: Pipeline, staged: Mapping[str, Sequence[Path]] | None = None
) -> Iterator[StoredTables]:
    """Open a pipeline's dataset.

    Args:
        staged: Table → the files that a load has just brought into a lake.
    """
    with pipeline.destination_client() as client:
        if isinstance(client, SqlJobClientBase):
            yield DatabaseTables(client)
        else:
            # Its libraries are slow to import, and only a lake needs them.
            from analytics_ingest.load.warehouse.lake.tables import open_lake

            with open_lake(client, staged or {}) as tables:
                yield tables


class DatabaseTables:
    """The tables of a database."""

    def __init__(self, client: SqlJobClientBase) -> None:
        self._client = client
        self._sql = client.sql_client

    def list_columns(self, tables: Sequence[str]) -> Mapping[str, Columns]:
        return {
            name: {column: str(hint.get("data_type")) for column, hint in columns.items()}
            for name, columns in self._client.get_storage_tables(tables)
        }

    def quote(self, column: str) -> str:
        return self._sql.escape_column_name(column)

    def format_literal(self, value: Any) -> str:
        escape = self._sql.capabilities.escape_literal
        return escape(value) if escape else str(value)

    def name_source(self, table: str, *, staged: bool, other_dataset: str | None = None) -> str:
        sql = self._sql
        name = other_dataset or sql.dataset_name
        other = sql.with_alternative_dataset_name(name)
        with sql.with_staging_dataset() if staged else other:
            return sql.make_qualified_table_name(table)

    def query(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        if self._sql.native_connection is None:  # An earlier query has lost it.
            raise LoadClientNotConnected(type(self._client).__name__, self._sql.dataset_name)
        return list(self._sql.execute_sql(sql, *arguments) or ())

    def query_with_names(
        self, sql: str, seconds: float
    ) -> tuple[list[str], Sequence[Sequence[Any]]]:
        with limit_query(self._client, seconds), self._sql.execute_query(sql) as cursor:
            return [column[0] for column in cursor.description], cursor.fetchall()
