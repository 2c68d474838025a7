"""Tables in the warehouse, asked in SQL whatever it is.

A database answers by dlt's client; the tables of a lake are files, which DuckDB reads here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

Columns = Mapping[str, str]
"""Column → dlt data type, as the warehouse has them; empty where there is no table."""


class StoredTables(Protocol):
    """The tables of one dataset, and the rows that a load has just brought into them."""

    def columns(self, tables: Sequence[str]) -> Mapping[str, Columns]:
        """The columns of some tables."""
        ...

    def quoted(self, column: str) -> str:
        """A column's name in SQL."""
        ...

    def source(self, table: str, *, staged: bool) -> str:
        """A table in SQL, or the rows of the load that has just ended."""
        ...

    def query(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """The rows of an answer; arguments stand for each %s."""
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
            # Only a lake needs what reads one, which takes its time to import.
            from analytics_ingest.load.warehouse.lake.tables import open_lake

            with open_lake(client, staged or {}) as tables:
                yield tables


class DatabaseTables:
    """Tables of a database."""

    def __init__(self, client: SqlJobClientBase) -> None:
        self._client = client
        self._sql = client.sql_client

    def columns(self, tables: Sequence[str]) -> Mapping[str, Columns]:
        """The columns of some tables."""
        return {
            name: {column: str(found.get("data_type")) for column, found in columns.items()}
            for name, columns in self._client.get_storage_tables(tables)
        }

    def quoted(self, column: str) -> str:
        """A column's name in SQL."""
        return self._sql.escape_column_name(column)

    def source(self, table: str, *, staged: bool) -> str:
        """A table in SQL, or the one of the staging dataset."""
        with self._sql.with_staging_dataset() if staged else nullcontext():
            return self._sql.make_qualified_table_name(table)

    def query(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """The rows of an answer."""
        return list(self._sql.execute_sql(sql, *arguments) or ())
