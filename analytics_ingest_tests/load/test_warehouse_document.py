"""The queries of docs/warehouse.md give rows, and its tables name the columns that there are."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_ingest_tests.support.fixtures import configure
from analytics_ingest_tests.support.loads import load, project_in
from analytics_ingest_tests.support.projects import Sample, shipped
from analytics_ingest_tests.support.warehouses import DUCKDB_FILE

DOCUMENT = (Path(__file__).parents[2] / "docs" / "warehouse.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture(scope="module")
def warehouse(dirty_sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that one load of an API with odd rows has filled."""
    folder = tmp_path_factory.mktemp("documented")
    with pytest.MonkeyPatch.context() as patch, project_in(folder):
        configure(dirty_sample, patch)
        load(shipped("commerce"))
    return folder / DUCKDB_FILE


def ask(warehouse: Path, query: str) -> list[Any]:
    """The rows of a query's answer."""
    with duckdb.connect(str(warehouse)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("query", QUERIES, ids=[query.split("\n")[0] for query in QUERIES])
def test_a_documented_query_gives_rows(warehouse: Path, query: str) -> None:
    found = ask(warehouse, query)
    assert found
    assert any(value is not None for value in found[0])


def test_every_table_and_column_of_ours_and_of_dlt_is_documented(warehouse: Path) -> None:
    columns = "SELECT table_schema, table_name, column_name FROM information_schema.columns"
    found = ask(warehouse, columns)
    assert {schema for schema, _, _ in found} == {"commerce", "commerce_staging"}
    own = {column for _, table, column in found if table.endswith("__rejected")}
    own |= {column for _, table, column in found if table in ("_dlt_loads", "_runs")}
    own |= {table for _, table, _ in found if table.startswith("_dlt")}
    own |= {column for _, _, column in found if column.startswith("_")}
    assert {name for name in own if f"`{name}`" not in DOCUMENT} == set()
