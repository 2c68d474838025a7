"""A lake's tables: prepared before a load, and queried in SQL after it.

The libraries of Delta and Iceberg list a table's files, in a folder or an object store. DuckDB
reads from these only the columns that a query names. DuckDB's own extensions for both formats
would be a download at run time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from deltalake.exceptions import DeltaError
from dlt.common.data_writers.escape import escape_duckdb_literal
from dlt.common.destination.client import JobClientBase
from dlt.common.destination.exceptions import DestinationUndefinedEntity
from dlt.common.libs.pyarrow import get_column_type_from_py_arrow
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient
from dlt.pipeline.pipeline import Pipeline
from pyarrow import ArrowException, dataset
from pyiceberg.exceptions import RESTError, ValidationError

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.common.warehouse_settings import BUCKET_SETTING
from analytics_ingest.load.warehouse.lake.files import list_files_to_load, make_mergeable, quote
from analytics_ingest.load.warehouse.time_limit import interrupt_after

_STORED_AS_TEXT = ("json", "time")
"""Types that a lake stores as text."""

_FAULTS = (OSError, ArrowException, DeltaError, RESTError, ValidationError, duckdb.Error)
"""What the libraries raise if they cannot read or write files or a catalog."""


@contextmanager
def open_lake(
    client: JobClientBase, staged: Mapping[str, Sequence[Path]]
) -> Iterator["LakeTables"]:
    """Open the dataset of a client.

    Args:
        staged: Table → the files that a load has just brought.

    Raises:
        WarehouseError: The warehouse is neither a database nor a lake.
    """
    if not isinstance(client, FilesystemClient):
        raise WarehouseError(
            f"{client.schema.name}: the checks need a warehouse with SQL, not "
            f"{client.config.destination_type}"
        )
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield LakeTables(client, connection, staged)


def make_loadable(client: JobClientBase, pipeline: Pipeline) -> None:
    """Prepare the files that a pipeline will load next, and the tables that they are for."""
    if not isinstance(client, FilesystemClient):
        return
    with duckdb.connect() as connection:
        for name, files in list_files_to_load(pipeline).items():
            _make_loadable(client, pipeline, name, files, connection)


def _make_loadable(
    client: FilesystemClient,
    pipeline: Pipeline,
    name: str,
    files: Sequence[Path],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    try:
        stored = _open_dataset(client, name).schema
    except DestinationUndefinedEntity:
        stored = pa.schema([])
    schema = make_mergeable(files, pipeline.default_schema.get_table(name), stored, connection)
    if stored and len(schema) > len(stored) and client.is_open_table("iceberg", name):
        # New columns need a snapshot of their own: pyiceberg 0.10 to 0.12 merges into the columns
        # of the last one (apache/iceberg-python#2467).
        with _explain_faults(client, name):
            iceberg = client.load_open_table("iceberg", name, schema=schema)
            iceberg.append(iceberg.schema().as_arrow().empty_table())


@contextmanager
def _explain_faults(client: JobClientBase, table: str) -> Iterator[None]:
    """Explain faults in a table's files, in a block that uses them.

    Raises:
        WarehouseError: They cannot be used. It omits the library's message, which may hold values.
    """
    try:
        yield
    except _FAULTS as error:
        raise WarehouseError(
            f"{client.schema.name}.{table}: the files of the table cannot be used "
            f"({type(error).__name__}); check {BUCKET_SETTING}, and that they are whole"
        ) from None


def _open_dataset(client: FilesystemClient, table: str) -> dataset.Dataset:
    """Open the files of a table.

    Raises:
        DestinationUndefinedEntity: The lake has no such table.
        WarehouseError: It cannot be read.
    """
    with _explain_faults(client, table):
        if client.is_open_table("delta", table):
            return client.load_open_table("delta", table).to_pyarrow_dataset()
        if not client.is_open_table("iceberg", table):
            raise DestinationUndefinedEntity(table)
        iceberg = client.load_open_table("iceberg", table)
        files = [task.file.file_path for task in iceberg.scan().plan_files()]
        schema = pa.schema(iceberg.schema().as_arrow())
        paths = list(map(client.fs_client._strip_protocol, files))
        return dataset.dataset(paths, schema=schema, format="parquet", filesystem=client.fs_client)


class LakeTables:
    """The tables of a lake's dataset, and the files that a load has just brought into them."""

    def __init__(
        self,
        client: FilesystemClient,
        connection: duckdb.DuckDBPyConnection,
        staged: Mapping[str, Sequence[Path]],
    ) -> None:
        self._client = client
        self._connection = connection
        self._staged = staged
        self._queried = ""

    def list_columns(self, tables: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return {name: self._read_columns(name) for name in tables}

    def _read_columns(self, table: str) -> Mapping[str, str]:
        try:
            schema = _open_dataset(self._client, table).schema
        except DestinationUndefinedEntity:
            return {}
        hints = self._client.schema.get_table_columns(table)
        columns: dict[str, str] = {}
        for column in schema:
            stored = get_column_type_from_py_arrow(column.type).get("data_type")
            loaded = hints.get(column.name, {}).get("data_type")
            is_stored_as_text = stored == "text" and loaded in _STORED_AS_TEXT
            columns[column.name] = str(loaded if is_stored_as_text else stored)
        return columns

    def quote(self, column: str) -> str:
        return quote(column)

    def format_literal(self, value: Any) -> str:
        return escape_duckdb_literal(value)

    def name_source(self, table: str, *, staged: bool, other_dataset: str | None = None) -> str:
        if other_dataset:
            raise WarehouseError(f"a check in a lake cannot read {other_dataset}.{table}")
        rows = _open_dataset(self._client, table)
        self._queried = table
        if staged:
            rows = dataset.dataset(list(map(str, self._staged[table])), schema=rows.schema)
        name = f"{table} of the load" if staged else table
        self._connection.register(name, rows)
        return quote(name)

    def query(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        with _explain_faults(self._client, self._queried):
            return self._connection.execute(
                sql.replace("%s", "?") if arguments else sql, arguments
            ).fetchall()

    def query_with_names(
        self, sql: str, seconds: float
    ) -> tuple[list[str], Sequence[Sequence[Any]]]:
        with interrupt_after(self._connection, seconds):
            result = self._connection.execute(sql)
            return [column[0] for column in result.description], result.fetchall()
