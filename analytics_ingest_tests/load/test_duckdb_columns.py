"""The columns of a few tables are read without DuckDB's catalog of all, and are the same."""

from collections.abc import Sequence
from typing import Any

import pytest
from dlt.common.schema import Schema
from dlt.destinations.impl.duckdb.duck import DuckDbClient

from analytics_ingest.load.warehouse.destinations.destination import create_destination
from analytics_ingest_tests.support.warehouses import execute

TYPES = (
    *("VARCHAR", "JSON", "BOOLEAN", "DATE", "TIME", "BLOB", "UINTEGER", "INTEGER[]"),
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE"),
    *("DECIMAL(38,9)", "DECIMAL(38,0)", "DECIMAL(4,1)", "DECIMAL(4,1)[]", "STRUCT(a DECIMAL(4,1))"),
    *("TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE", "ENUM('a', 'b')", "UUID"),
)


def open_client() -> DuckDbClient:
    destination = create_destination("demo")
    configuration: Any = destination.spec()
    client = destination.client(Schema("demo"), configuration._bind_dataset_name("demo"))
    assert isinstance(client, DuckDbClient)
    return client


@pytest.mark.parametrize(
    "names",
    [["items"], ["items", "it's"], ["seen", "items"], ["items", "absent"], ["absent"], []],
    ids=str,
)
def test_columns_are_read_as_dlt_reads_them(names: Sequence[str]) -> None:
    client = open_client()
    columns = ", ".join(f'"Column {n}" {kind}' for n, kind in enumerate(TYPES))
    execute(
        "CREATE SCHEMA demo; CREATE SCHEMA demo_staging; CREATE TABLE demo_staging.items (b TEXT);"
        f"CREATE TABLE demo.items (id BIGINT NOT NULL, made INT DEFAULT 3, {columns});"
        'CREATE TABLE demo."it\'s" (a INT); CREATE VIEW demo.seen AS SELECT id FROM demo.items'
    )
    with client:
        described = list(client.get_storage_tables(names))
        assert sorted(described) == sorted(DuckDbClient.get_storage_tables(client, names))
        assert isinstance(client.get_storage_tables(["items"]), list)
        with client.with_staging_dataset():
            assert [list(found) for _, found in client.get_storage_tables(["items"])] == [["b"]]


def test_a_table_that_does_not_exist_aborts_no_transaction() -> None:
    client = open_client()
    execute("CREATE SCHEMA demo")
    with client:
        with client.sql_client.begin_transaction():
            assert list(client.get_storage_tables(["items"])) == [("items", {})]
            client.sql_client.execute_sql("CREATE TABLE demo.items (id BIGINT)")
        assert [list(found) for _, found in client.get_storage_tables(["items"])] == [["id"]]
