"""The queries of docs/warehouse.md give rows, and its tables name the columns that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from analytics_ingest_tests.conftest import configure
from analytics_ingest_tests.support.loads import load, project_in
from analytics_ingest_tests.support.projects import Sample, shipped
from analytics_ingest_tests.support.warehouses import DUCKDB_FILE

DOCUMENT = (Path(__file__).parents[2] / "docs" / "warehouse.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture(scope="module")
def warehouse(
    dirty_sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse that one load of an API with odd rows has filled."""
    folder = tmp_path_factory.mktemp("documented")
    with pytest.MonkeyPatch.context() as patch, project_in(folder):
        configure(dirty_sample, patch)
        load(shipped("commerce"))
    with duckdb.connect(str(folder / DUCKDB_FILE)) as connection:
        yield connection


@pytest.mark.parametrize("query", QUERIES, ids=[query.split("\n")[0] for query in QUERIES])
def test_a_documented_query_gives_rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> None:
    found = warehouse.execute(query).fetchall()
    assert found
    assert any(value is not None for value in found[0])


def test_every_table_and_column_of_ours_and_of_dlt_is_documented(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.execute(
        "SELECT DISTINCT table_schema, table_name, column_name FROM information_schema.columns"
    ).fetchall()
    assert {schema for schema, _, _ in found} == {"commerce", "commerce_staging"}
    own = {column for _, table, column in found if table.endswith("__rejected")}
    own |= {column for _, table, column in found if table == "_dlt_loads"}
    own |= {table for _, table, _ in found if table.startswith("_dlt")}
    own |= {column for _, _, column in found if column.startswith("_")}
    assert {name for name in own if f"`{name}`" not in DOCUMENT} == set()
