"""SQL that runs beside dlt's own steps fails as a load error, without a value of a row."""

from contextlib import closing, nullcontext

import psycopg2
import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.ledgers import ledger
from analytics_ingest_tests.support.loads import declare, resource, table, utc
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import execute

pytestmark = pytest.mark.timeout(120)

NAMES = frozenset(("items", "others"))
REMOVED = {"deletes": {"remove": True, "max_share": 1}}
SECRET = 4242
"""The key of a row that no message may hold."""


@pytest.fixture(autouse=True)
def loaded(in_postgres: str, api: ScriptedApi) -> None:
    """Two tables are loaded; then the API deletes a row of one, and has a new row of the other."""
    api.always("/items", {"data": [row(1), row(SECRET)]})
    api.always("/others", {"data": rows(1)})
    load("first")
    api.always("/items", {"data": rows(1)})
    api.always("/others", {"data": rows(2)})


def load(run_id: str, log: LogLine = lambda _: None, *, is_counted: bool = True) -> None:
    """Load both tables, and count their rows for the checks."""
    declared = declare(
        resource(own=REMOVED, incremental=None), resource("others", incremental=None)
    )
    with open_load(
        LoadScope(declared, NAMES, EVERYTHING),
        check_at=utc(2030, 1, 1) if is_counted else None,
        run_id=run_id,
        log=log,
    ) as opened:
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]


def test_a_row_that_cannot_be_removed_fails_its_resource_alone_and_is_not_shown() -> None:
    execute("CREATE UNIQUE INDEX one ON demo.items (id)")
    execute("CREATE TABLE kept (item BIGINT REFERENCES demo.items (id))")
    execute(f"INSERT INTO kept VALUES ({SECRET})")
    lines: list[str] = []
    with pytest.raises(WarehouseError) as caught:
        load("second", lines.append)
    assert str(caught.value) == (
        "demo.items: the rows are stored, but those that the API has deleted are not removed "
        "(DatabaseTerminalException ← ForeignKeyViolation): a foreign key refers to the row; drop "
        "that key, or mark rows: deletes without remove"
    )
    assert str(SECRET) not in str(lines)
    assert table("others") == [1, 2]
    assert ledger("resource", "status", "cause")[2:] == [
        ("items", "failed", str(caught.value)),
        ("others", "loaded", None),
    ]


def test_rows_that_cannot_be_counted_are_said_to_be_stored() -> None:
    def break_counting(line: str) -> None:
        if "the API has deleted are removed" in line:
            execute("DROP TABLE demo_staging.items")

    with pytest.raises(WarehouseError, match=r"demo\.items: the rows are stored, but uncounted"):
        load("second", break_counting)
    assert ledger("status")[2:] == [("failed",), ("loaded",)]


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_server_that_goes_away_when_the_rows_are_stored_fails_only_what_it_is_needed_for(
    is_counted: bool, in_postgres: str
) -> None:
    lines: list[str] = []

    def lose_the_server(line: str) -> None:
        lines.append(line)
        if "the API has deleted are removed" in line:
            refuse_connections(in_postgres)

    uncounted = pytest.raises(WarehouseError, match="demo: the rows are stored, but not counted")
    with uncounted if is_counted else nullcontext():
        load("second", lose_the_server, is_counted=is_counted)
    record = "the failed load" if is_counted else "the load"
    assert any(f"demo: {record} is not recorded in demo._runs (" in line for line in lines), lines


def refuse_connections(address: str) -> None:
    """Close all connections to a database, and take no new one."""
    server, _, name = address.rpartition("/")
    with closing(psycopg2.connect(f"{server}/postgres")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        cursor.execute(ended, [name])
