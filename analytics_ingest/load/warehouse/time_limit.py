"""Ends a query that runs too long: a check holds the write lock, for which other loads wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import duckdb
from dlt.destinations.job_client_impl import SqlJobClientBase

_LIMIT = (
    "select set_config(name, %s, true) from pg_settings "
    "where name = 'statement_timeout' and setting::bigint not between 1 and %s"
)
"""For one transaction; a lower limit of the server or the user stays."""


@contextmanager
def limit_query(client: SqlJobClientBase, seconds: float) -> Iterator[None]:
    """End the query in a block after some seconds, if the database is DuckDB or PostgreSQL."""
    sql = client.sql_client
    if isinstance(sql.native_connection, duckdb.DuckDBPyConnection):
        with interrupt_after(sql.native_connection, seconds):
            yield
    elif client.capabilities.sqlglot_dialect == "postgres":
        milliseconds = int(seconds * 1000)
        with sql.begin_transaction():
            sql.execute_sql(_LIMIT, str(milliseconds), milliseconds)
            yield
    else:
        yield


@contextmanager
def interrupt_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what a connection does in a block after some seconds."""
    timer = Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # An interrupt that is under way must not reach the next query.
        timer.join()
