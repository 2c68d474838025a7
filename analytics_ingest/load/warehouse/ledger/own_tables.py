"""Writes this project's own tables of a dataset, `_runs` and `_parts`, without dlt's load package.

A table is created when a write finds none, or one of an older version: no load looks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from dlt.common.data_types import TDataType
from dlt.common.destination.exceptions import DestinationException
from dlt.common.schema import Schema
from dlt.common.schema.utils import new_table
from dlt.destinations.exceptions import DatabaseException
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.destinations.sql_client import SqlClientBase

from analytics_ingest.load.warehouse.destinations.destination import has_transactions
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline

SqlClient = SqlClientBase[Any]


def write_own_table(
    pipeline: WarehousePipeline,
    table: str,
    columns: Mapping[str, TDataType],
    change: Callable[[SqlClient], None],
    what: str,
) -> None:
    """Change the rows of a table in one transaction; the caller holds the write lock.

    The data of the load is stored, so a change that fails is logged, and does not fail the load.

    Args:
        change: Called once more where the table had to be created.
        what: What is recorded, for the log.
    """
    schema = Schema(pipeline.pipeline_name)
    hints: Any = [{"name": name, "data_type": kind} for name, kind in columns.items()]
    schema.update_table(new_table(table, columns=hints))
    client, _ = pipeline._get_destination_clients(schema)
    if not isinstance(client, SqlJobClientBase):
        return
    try:
        with client:
            try:
                _change(client.sql_client, change)
            except DatabaseException:
                client.initialize_storage()
                client._execute_schema_update_sql([table], store_schema=False)
                _change(client.sql_client, change)
    except DestinationException as problem:
        kind = type(getattr(problem, "dbapi_exception", problem)).__name__
        pipeline.log(f"{schema.name}: {what} is not recorded in {schema.name}.{table} ({kind})")


def _change(sql: SqlClient, change: Callable[[SqlClient], None]) -> None:
    with sql.begin_transaction() if has_transactions(sql.capabilities) else nullcontext():
        change(sql)


def insert_rows(
    sql: SqlClient, table: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, at least one, by one statement."""
    names = ", ".join(map(sql.escape_column_name, columns))
    values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    arguments = [row[column] for row in rows for column in columns]
    place = sql.make_qualified_table_name(table)
    sql.execute_sql(f"INSERT INTO {place} ({names}) VALUES {values}", *arguments)
