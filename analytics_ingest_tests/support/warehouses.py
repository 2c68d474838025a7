"""Asks the configured warehouse in SQL, whatever it is, as somebody would who only uses it."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import psycopg2
import psycopg2.extras
import pyarrow as pa

DUCKDB_FILE = Path("data/warehouse.duckdb")
TYPE_SETTING = "DESTINATION__WAREHOUSE__DESTINATION_TYPE"
CREDENTIALS_SETTING = "DESTINATION__WAREHOUSE__CREDENTIALS"
BUCKET_SETTING = "DESTINATION__WAREHOUSE__BUCKET_URL"
FORMAT_SETTING = "DESTINATION__WAREHOUSE__TABLE_FORMAT"

_DUCKDB_TYPES = {
    "BIGINT": "bigint",
    "BLOB": "binary",
    "BOOLEAN": "bool",
    "DATE": "date",
    "DOUBLE": "double",
    "JSON": "json",
    "TIME": "time",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "VARCHAR": "text",
}
_POSTGRES_TYPES = {
    16: "bool",
    17: "binary",
    19: "text",
    20: "bigint",
    701: "double",
    1043: "text",
    1082: "date",
    1083: "time",
    1184: "timestamp",
    1700: "decimal",
    3802: "json",
}


@dataclass(frozen=True)
class Answer:
    """What a query gave."""

    types: Mapping[str, str]
    """Column → dlt data type."""
    rows: list[tuple[Any, ...]]

    def as_dicts(self) -> list[dict[str, Any]]:
        """Each row by the names of its columns."""
        return [dict(zip(self.types, row, strict=True)) for row in self.rows]


class NoSuchTable(Exception):
    """The warehouse does not have a table."""


def ask(sql: str) -> Answer:
    """Ask the warehouse that the environment names; moments are in UTC, JSON is text."""
    kind = os.environ.get(TYPE_SETTING)
    if kind == "postgres":
        return _ask_postgres(sql)
    if kind == "filesystem":
        return _ask_lake(sql)
    return ask_duckdb_file(sql, DUCKDB_FILE)


def ask_duckdb_file(sql: str, path: Path) -> Answer:
    """Ask a DuckDB file."""
    with reading(path) as connection:
        return _answered(connection, sql)


@contextmanager
def reading(path: Path = DUCKDB_FILE) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file to read it, in the time zone UTC."""
    with _attaching().cursor() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"ATTACH '{path}' AS \"{path.stem}\" (READ_ONLY)")
        try:
            connection.execute(f'USE "{path.stem}"')
            yield connection
        finally:
            connection.execute("USE memory")
            connection.execute(f'DETACH "{path.stem}"')


@cache
def _attaching() -> duckdb.DuckDBPyConnection:
    """A DuckDB that opens files for the tests: to start one takes 30 times as long as to attach."""
    return duckdb.connect()


def tables(dataset: str) -> set[str]:
    """Names of the tables of a dataset, except dlt's own and `_runs`."""
    listed = ask(
        f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{dataset}'"
    )
    return {name for (name,) in listed.rows if not name.startswith(("_dlt", "_runs"))}


def holds_nul() -> bool:
    """Whether texts can hold the character NUL; where not, they are kept beside, as JSON."""
    return os.environ.get(TYPE_SETTING) != "postgres"


def sorts_nulls_first() -> bool:
    """Whether of several versions of a row one without a cursor counts as the newest."""
    return os.environ.get(TYPE_SETTING) == "postgres"


def spells_numbers_as_given() -> bool:
    """Whether 1e20 in JSON stays different from 100000000000000000000."""
    return os.environ.get(TYPE_SETTING) != "postgres"


def clear(dataset: str) -> None:
    """Make the warehouse as it was before a dataset was loaded."""
    if os.environ.get(TYPE_SETTING) == "postgres":
        with closing(psycopg2.connect(os.environ[CREDENTIALS_SETTING])) as connection, connection:
            for schema in (dataset, f"{dataset}_staging"):
                connection.cursor().execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    elif os.environ.get(TYPE_SETTING) == "filesystem":
        shutil.rmtree(_lake() / dataset, ignore_errors=True)
    else:
        shutil.rmtree(DUCKDB_FILE.parent, ignore_errors=True)


def drop_table(dataset: str, table: str) -> None:
    """Drop a table behind the back of whoever loads it."""
    if os.environ.get(TYPE_SETTING) == "filesystem":
        shutil.rmtree(_lake() / dataset / table)
    else:
        execute(f"DROP TABLE {dataset}.{table}")


def execute(sql: str) -> list[tuple[Any, ...]]:
    """Change a database, or ask it as it is; the rows of the last answer."""
    if os.environ.get(TYPE_SETTING) == "postgres":
        with closing(psycopg2.connect(os.environ[CREDENTIALS_SETTING])) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    with duckdb.connect(str(DUCKDB_FILE)) as connection:
        return connection.execute(sql).fetchall()


def _ask_postgres(sql: str) -> Answer:
    with closing(psycopg2.connect(os.environ[CREDENTIALS_SETTING])) as connection:
        psycopg2.extras.register_default_jsonb(connection, loads=str)
        cursor = connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        try:
            cursor.execute(sql)
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName) as error:
            raise NoSuchTable(str(error)) from None
        types = {
            column.name: _POSTGRES_TYPES[column.type_code] for column in cursor.description or ()
        }
        return Answer(types, cursor.fetchall())


def _ask_lake(sql: str) -> Answer:
    with _attaching().cursor() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.begin()
        try:
            for dataset, table in re.findall(r"FROM (\w+)\.(\w+)", sql):
                rows = _lake_table(_lake() / dataset / table)
                connection.register("rows", rows)
                connection.execute(f"CREATE SCHEMA {dataset}")
                connection.execute(f"CREATE TABLE {dataset}.{table} AS SELECT * FROM rows")
            return _answered(connection, sql)
        finally:
            connection.rollback()


def _lake() -> Path:
    return Path(urlsplit(os.environ[BUCKET_SETTING]).path)


def _lake_table(folder: Path) -> pa.Table:
    """A table as any other program reads it."""
    if (folder / "_delta_log").exists():
        import deltalake

        return deltalake.DeltaTable(str(folder)).to_pyarrow_table()
    versions = sorted(folder.glob("metadata/*.metadata.json"))
    if not versions:
        raise NoSuchTable(str(folder))
    from pyiceberg.table import StaticTable

    return StaticTable.from_metadata(str(versions[-1])).scan().to_arrow()


def _answered(connection: duckdb.DuckDBPyConnection, sql: str) -> Answer:
    try:
        cursor = connection.execute(sql)
    except duckdb.CatalogException as error:
        raise NoSuchTable(str(error)) from None
    types = {name: _duckdb_type(str(kind)) for name, kind, *_ in cursor.description or ()}
    return Answer(types, cursor.fetchall())


def _duckdb_type(kind: str) -> str:
    return _DUCKDB_TYPES.get(kind, kind.partition("(")[0].lower())
