"""How PostgreSQL differs from DuckDB: runs load at the same time, and it cannot hold NUL."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from analytics_ingest.common.errors import LoadError, WarehouseError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart, start_load
from analytics_ingest_tests.support.loads import day, declare, load, project_asking, resource, table
from analytics_ingest_tests.support.odd_values import AS_SENT
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.postgres import PASSWORD, PostgresServer
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi
from analytics_ingest_tests.support.waiting import wait_for
from analytics_ingest_tests.support.warehouses import (
    CREDENTIALS_SETTING,
    TYPE_SETTING,
    ask,
    execute,
)

pytestmark = pytest.mark.timeout(120)

WINDOW = day(5)
COMES_WITHIN = 60
"""Seconds; a machine with nothing else to do needs a tenth of it."""

GATE = """
CREATE FUNCTION pass_gate() RETURNS trigger AS
$$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$ LANGUAGE plpgsql;
CREATE TRIGGER gate BEFORE INSERT ON demo.items EXECUTE FUNCTION pass_gate();
"""
AT_THE_GATE = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory'"

MOMENTS = {
    "a column is added": 'ALTER TABLE "demo"."items"',
    "the schema is committed": "commit_transaction",
    "the staging table is filled": "copy_rows",
    "rows are merged": 'INSERT INTO "demo"."items"(',
    "the snapshot is filled": '"demo"."pages"',
    "the load is recorded": 'INSERT INTO "demo"."_dlt_loads"',
}
"""What a load is about to do when it is killed."""


@pytest.fixture
def database(in_postgres: str) -> Iterator[psycopg2.extensions.cursor]:
    """A connection of somebody else to the warehouse."""
    with closing(psycopg2.connect(in_postgres)) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture(scope="module")
def old_rows(hub: Hub, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database into which the old rows 1 and 2 were loaded, to be copied."""
    api, url = hub.new_api(), postgres.create_database()
    with project_asking(api, tmp_path_factory.mktemp("old")), pytest.MonkeyPatch.context() as patch:
        patch.setenv(TYPE_SETTING, "postgres")
        patch.setenv(CREDENTIALS_SETTING, url)
        serve(api, "old", 1, 2)
        load(declaration())
    return url.rpartition("/")[2]


@pytest.fixture
def holding_old_rows(
    old_rows: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The warehouse is a database that holds the old rows."""
    monkeypatch.setenv(TYPE_SETTING, "postgres")
    monkeypatch.setenv(CREDENTIALS_SETTING, postgres.create_database(old_rows))


@contextmanager
def gate_before_inserts(database: psycopg2.extensions.cursor) -> Iterator[None]:
    """A block in which whoever inserts into `demo.items` waits; the load before has made it."""
    database.execute(GATE)
    database.execute("SELECT pg_advisory_lock(1)")
    yield
    database.execute("SELECT pg_advisory_unlock(1)")


def waiting(database: psycopg2.extensions.cursor) -> list[Any]:
    """The connections that wait at the gate."""
    database.execute(AT_THE_GATE)
    return database.fetchall()


def declaration() -> ApiDeclaration:
    return declare(resource(), resource("pages", own={"primary_key": None}, incremental=None))


def serve(api: ScriptedApi, name: str, *keys: int, **new: str) -> None:
    api.always("/items", {"data": [row(key, name=name, **new) for key in keys]})
    api.always("/pages", {"data": [{"id": key, "name": name} for key in keys]})


def test_apis_are_loaded_at_the_same_time(
    api: ScriptedApi,
    database: psycopg2.extensions.cursor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCES__OTHER__BASE_URL", api.url)
    serve(api, "old", 1)
    load(declaration())
    serve(api, "new", 1, 2)
    with gate_before_inserts(database):
        process = start_load(declaration(), WINDOW)
        wait_for(lambda: waiting(database), "the load to merge", seconds=COMES_WITHIN)
        lines: list[str] = []
        load(declare(resource(), api="other"), log=lines.append)
        assert not [line for line in lines if "wait" in line]
        assert table("items", dataset="other") == [1, 2]
        assert table("items") == [1]
    process.join(COMES_WITHIN)
    assert process.exitcode == 0
    assert table("items", "id", "name") == [(1, "new"), (2, "new")]


def test_a_load_killed_in_the_middle_of_a_merge_leaves_the_table_as_it_was(
    api: ScriptedApi, database: psycopg2.extensions.cursor
) -> None:
    serve(api, "old", 1, 2)
    load(declaration())
    serve(api, "new", 1, 3)
    with gate_before_inserts(database):
        process = start_load(declaration(), WINDOW)
        wait_for(lambda: waiting(database), "the load to merge", seconds=COMES_WITHIN)
        process.kill()
        process.join()
    wait_for(lambda: not waiting(database), "the server to notice", seconds=COMES_WITHIN)
    assert table("items", "id", "name") == [(1, "old"), (2, "old")]
    database.execute("DROP TRIGGER gate ON demo.items")
    load(declaration(), window=WINDOW)
    assert table("items", "id", "name") == [(1, "new"), (2, "old"), (3, "new")]


@pytest.mark.usefixtures("holding_old_rows")
@pytest.mark.parametrize("what", MOMENTS)
def test_a_killed_load_is_repeated_to_the_right_rows(what: str, api: ScriptedApi) -> None:
    serve(api, "new", 1, 3, colour="red")
    exit_code, events = load_apart(declaration(), WINDOW, Moment("load", 1, MOMENTS[what]))
    assert exit_code == KILLED, events
    assert table("pages", "id", "name") in ([(1, "old"), (2, "old")], [(1, "new"), (3, "new")])
    lines: list[str] = []
    load(declaration(), window=WINDOW, log=lines.append)
    assert not [line for line in lines if "wait" in line]
    assert table("items", "id", "name", "colour") == [
        (1, "new", "red"),
        (2, "old", None),
        (3, "new", "red"),
    ]
    assert table("pages", "id", "name") == [(1, "new"), (3, "new")]


def test_texts_with_nul_are_kept_as_json_beside_their_column(
    api: ScriptedApi, in_postgres: str
) -> None:
    served = {
        "text": "a\x00b",
        "looks like it": r"\u0000 and \\u0000",
        "object": {"a": ["\x00"]},
        "name": {"a\x00b": 1},
        "looks like it in an object": {"a": r"\u0000"},
    }
    api.always("/items", {"data": [row(key, v=value) for key, value in served.items()]})
    api.always("/objects", {"data": [row(key, v=value) for key, value in served.items()]})
    fields = {"id": "string", "v": "string"}
    objects = resource("objects", own={"fields": {**fields, "v": "object"}})
    load(declare(resource(own={"fields": fields}), objects))
    kept = {key: beside for key, beside in table("items", "id", "v__v_text") if beside}
    assert {key: json.loads(beside) for key, beside in kept.items()} == {
        key: served[key] for key in ("text", "object", "name")
    }
    found = dict(table("objects", "id", "v"))
    assert json.loads(found["looks like it in an object"]) == served["looks like it in an object"]
    assert found["name"] is found["object"] is None


def test_a_name_with_nul_is_a_column_and_a_key_with_nul_is_rejected(
    api: ScriptedApi, in_postgres: str
) -> None:
    api.always("/items", {"data": [row("1", **{"a\x00b": 5}), row("2\x00")]})
    load(declare(resource()))
    assert table("items", "id", "a_b") == [("1", 5)]
    assert table("items__rejected", "reason") == [
        "the primary key id has a value that no column can hold"
    ]


def test_a_rejected_row_is_text_as_it_was_sent(api: ScriptedApi, in_postgres: str) -> None:
    api.always("/items", Reply(f'{{"data": [{AS_SENT}]}}'.encode()))
    load(declare(resource(own={"fields": {"id": "integer", "price": "number"}})))
    assert table("items__rejected", "row") == [AS_SENT]
    stored = ask("SELECT * FROM demo.items__rejected").types
    assert list(stored) == ["row_key", "reason", "row", "_dlt_load_id", "_dlt_id"]


def test_a_declared_type_that_is_not_the_columns_is_refused_and_says_what_to_do(
    api: ScriptedApi, in_postgres: str
) -> None:
    api.always("/items", {"data": [row(1, v=1)]})
    load(declare(resource(own={"fields": {"v": "integer"}})))
    api.always("/items", {"data": [row(1, v="x")]})
    with pytest.raises(WarehouseError) as caught:
        load(declare(resource(own={"fields": {"v": "string"}})))
    assert str(caught.value) == (
        "demo.items: the column v is declared as text, but is bigint in the warehouse, which would "
        "change values to that; declare that, or start the table over: DROP TABLE demo.items, then "
        "load all partitions again"
    )
    assert table("items", "v") == [1]
    assert table("items", dataset="demo_staging") == []
    execute("DROP TABLE demo.items")
    load(declare(resource(own={"fields": {"v": "string"}})))
    assert table("items", "v") == ["x"]


def test_an_address_that_cannot_be_opened_is_reported_before_the_api_is_asked(
    api: ScriptedApi, in_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (in_postgres.replace(PASSWORD, "canary"), f"{in_postgres}_that_is_missing"):
        monkeypatch.setenv(CREDENTIALS_SETTING, wrong)
        with pytest.raises(LoadError) as caught:
            load(declare(resource()))
        assert str(caught.value) == (
            "demo: the warehouse cannot be opened: it refuses the user, the password or the "
            "database; check DESTINATION__WAREHOUSE__CREDENTIALS, and that the server runs"
        )
    assert not api.asked


def test_texts_that_csv_could_alter_are_what_the_api_sent(
    api: ScriptedApi, in_postgres: str
) -> None:
    quoted = ["", " ", '"', 'a"b', ",", "a\nb", "\r\n", "\\.", "a\n\\.\nb", "\\N", "NULL", "é☃"]
    texts = [None, *quoted]
    api.always("/items", {"data": [row(key, v=text) for key, text in enumerate(texts)]})
    load(declare(resource(own={"fields": {"v": "string"}})))
    assert table("items", "v", order_by="id") == texts
