"""Descriptions of columns are comments in the warehouse, whatever they hold."""

import pytest

from analytics_ingest_tests.support.loads import declare, load, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import execute

HINTS = {
    "unitPrice": {"description": "The customer's price, 100 % of it; in euros."},
    "never_there": {"description": "Of no row."},
}
DUCKDB = "SELECT comment FROM duckdb_columns() WHERE {column}"
POSTGRES = (
    "SELECT col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position)"
    " FROM information_schema.columns WHERE {column}"
)
REFUSE_COMMENTS = """
CREATE FUNCTION refuse() RETURNS event_trigger AS
$$ BEGIN RAISE EXCEPTION 'refused'; END $$ LANGUAGE plpgsql;
CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('COMMENT') EXECUTE FUNCTION refuse();
"""
COLUMN = "table_name = 'items' AND column_name = 'unit_price'"


@pytest.mark.parametrize("disposition", ["merge", "replace"])
def test_a_description_is_a_comment_in_duckdb(api: ScriptedApi, disposition: str) -> None:
    load_twice(api, disposition)
    assert comments(DUCKDB, "demo") == [HINTS["unitPrice"]["description"]]


@pytest.mark.usefixtures("in_postgres")
@pytest.mark.parametrize("disposition", ["merge", "replace"])
def test_a_description_is_a_comment_in_postgres(api: ScriptedApi, disposition: str) -> None:
    load_twice(api, disposition)
    assert comments(POSTGRES, "demo") == [HINTS["unitPrice"]["description"]]


@pytest.mark.usefixtures("in_postgres")
def test_a_load_does_not_fail_where_it_may_not_write_comments(api: ScriptedApi) -> None:
    execute(REFUSE_COMMENTS)
    lines = load_twice(api, "merge")
    assert lines.count("demo: the comments of columns are not written (RaiseException)") == 2
    assert execute("SELECT id FROM demo.items") == [(1,)]


@pytest.mark.usefixtures("in_postgres")
def test_a_comment_that_is_there_is_not_written_again(api: ScriptedApi) -> None:
    load_twice(api, "merge")
    execute(REFUSE_COMMENTS)
    assert not [line for line in load_twice(api, "merge") if "not written" in line]
    execute("DROP EVENT TRIGGER refuse; COMMENT ON COLUMN demo.items.unit_price IS 'Another.'")
    load_twice(api, "merge")
    assert comments(POSTGRES, "demo") == [HINTS["unitPrice"]["description"]]


def load_twice(api: ScriptedApi, disposition: str) -> list[str]:
    """Load a described resource, and once more; the lines of the log."""
    lines: list[str] = []
    api.always("/items", {"data": [{**row(1), "unitPrice": 1.5}]})
    keys = {"columns": HINTS, "write_disposition": disposition}
    declaration = declare(resource(own=keys, incremental=None))
    load(declaration, run_id="first", log=lines.append)
    load(declaration, run_id="second", log=lines.append)
    return lines


def comments(sql: str, dataset: str) -> list[str]:
    """The comments of the described column."""
    schema = "schema_name" if sql == DUCKDB else "table_schema"
    return [text for (text,) in execute(sql.format(column=f"{COLUMN} AND {schema} = '{dataset}'"))]
