"""Descriptions of columns are comments in the warehouse, whatever they hold."""

from typing import Any

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
COLUMN = "table_name in ('items', 'snapshots') AND column_name = 'unit_price'"
EACH = [HINTS["unitPrice"]["description"]] * 2
NOT_WRITTEN = "demo: the comments of columns are not written (RaiseException)"


def test_a_description_is_a_comment_in_duckdb(api: ScriptedApi) -> None:
    load_it(api)
    load_it(api)
    assert comments(DUCKDB, "demo") == EACH


@pytest.mark.usefixtures("in_postgres")
def test_a_description_is_a_comment_in_postgres(api: ScriptedApi) -> None:
    load_it(api)
    load_it(api)
    assert comments(POSTGRES, "demo") == EACH


@pytest.mark.usefixtures("in_postgres")
def test_a_load_does_not_fail_where_it_may_not_write_comments(api: ScriptedApi) -> None:
    execute(REFUSE_COMMENTS)
    for _ in range(2):
        assert NOT_WRITTEN in load_it(api)
    assert execute("SELECT id FROM demo.items") == [(1,)]


@pytest.mark.usefixtures("in_postgres")
def test_a_comment_that_is_there_is_not_written_again(api: ScriptedApi) -> None:
    load_it(api)
    execute(REFUSE_COMMENTS)
    assert not [line for line in load_it(api) if "not written" in line]
    execute("DROP EVENT TRIGGER refuse; COMMENT ON COLUMN demo.items.unit_price IS 'Another.'")
    load_it(api)
    assert comments(POSTGRES, "demo") == EACH


def load_it(api: ScriptedApi) -> list[str]:
    """Load a described resource that is merged, and one that is replaced; the lines of the log."""
    lines: list[str] = []
    resources: list[dict[str, Any]] = []
    for name, disposition in (("items", "merge"), ("snapshots", "replace")):
        api.always(f"/{name}", {"data": [{**row(1), "unitPrice": 1.5}]})
        keys = {"columns": HINTS, "write_disposition": disposition}
        resources.append(resource(name, own=keys, incremental=None))
    load(declare(*resources), log=lines.append)
    return lines


def comments(sql: str, dataset: str) -> list[str]:
    """The comments of the described columns."""
    schema = "schema_name" if sql == DUCKDB else "table_schema"
    return [text for (text,) in execute(sql.format(column=f"{COLUMN} AND {schema} = '{dataset}'"))]
