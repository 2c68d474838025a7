"""A read replica of the DuckDB file is read while loads run, and is whole at each moment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analytics_ingest.common.errors import SettingError, WarehouseError
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.programs import OtherProgram
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import ask_duckdb_file

SETTING = "DESTINATION__WAREHOUSE__SNAPSHOT"
REPLICA = Path("published/analytics.duckdb")
LOADS = 4

READ_UNTIL_STDIN_ENDS = """
import json, select, sys, duckdb
query = "SELECT (SELECT count(*) FROM demo.items), (SELECT count(*) FROM demo.notes)"
seen = []
while not select.select([sys.stdin], [], [], 0.02)[0]:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        counts = connection.execute(query).fetchone()
    if counts not in seen:
        seen.append(counts)
        print(json.dumps(counts), flush=True)
"""
"""A reader without any care: its first error ends it."""

WRITE_AND_DIE = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("DELETE FROM demo.items")
os._exit(0)
"""


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The read replica that the settings name."""
    monkeypatch.setenv(SETTING, str(REPLICA))
    return REPLICA


def serve(api: ScriptedApi, number: int) -> None:
    """Let both listings have a number of rows."""
    for name in ("items", "notes"):
        api.always(f"/{name}", {"data": rows(number)})


def test_a_reader_that_polls_gets_no_error_and_sees_whole_loads_only(
    api: ScriptedApi, replica: Path
) -> None:
    declaration = declare(resource(), resource("notes"))
    serve(api, 1)
    load(declaration)
    reader = [sys.executable, "-c", READ_UNTIL_STDIN_ENDS, str(replica)]
    with (
        OtherProgram(replica, read_only=True),
        subprocess.Popen(
            reader, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stdout
        seen = [json.loads(process.stdout.readline())]
        lines: list[str] = []
        for number in range(2, 2 + LOADS):
            serve(api, number)
            load(declaration, log=lines.append)
            seen.append(json.loads(process.stdout.readline()))
        _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert seen == [[number, number] for number in range(1, 2 + LOADS)]
    assert [line for line in lines if "wait" in line] == []
    assert [file.name for file in replica.parent.iterdir()] == [replica.name]


def test_a_load_that_fails_leaves_the_replica_before(api: ScriptedApi, replica: Path) -> None:
    serve(api, 1)
    load(declare(resource(own={"fields": {"v": "integer"}})))
    api.always("/items", {"data": [{**rows(1)[0], "id": 2, "v": "x"}]})
    with pytest.raises(WarehouseError):
        load(declare(resource(own={"fields": {"v": "string"}})))
    assert ask_duckdb_file("SELECT id FROM demo.items", replica).rows == [(1,)]


def test_a_replica_that_cannot_be_written_is_reported_and_the_rows_are_stored(
    api: ScriptedApi, replica: Path
) -> None:
    serve(api, 1)
    replica.mkdir(parents=True)
    with pytest.raises(WarehouseError) as caught:
        load(declare(resource()))
    assert str(caught.value).startswith(
        f"demo: the rows are stored, but the read replica {replica.resolve()} is still"
    )
    assert table("items") == [1]


def test_a_file_where_the_folder_of_the_replica_should_be_is_reported(
    api: ScriptedApi, replica: Path
) -> None:
    serve(api, 1)
    replica.parent.write_text("a file")
    with pytest.raises(WarehouseError, match="the rows are stored, but the read replica"):
        load(declare(resource()))


@pytest.mark.parametrize(
    ("kind", "path", "message"),
    [
        ("duckdb", "data/warehouse.duckdb", "is the warehouse itself"),
        ("filesystem", "data/copy.duckdb", "the warehouse is filesystem, which can be read while"),
    ],
)
def test_a_replica_that_makes_no_sense_is_refused(
    kind: str, path: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, path)
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", "https://127.0.0.1:1")
    monkeypatch.setenv("DESTINATION__WAREHOUSE__DESTINATION_TYPE", kind)
    monkeypatch.setenv("DESTINATION__WAREHOUSE__BUCKET_URL", "file:///nowhere")
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert f"demo: {SETTING} is" in str(caught.value)
    assert message in str(caught.value)


def test_what_a_killed_program_has_written_to_the_replica_does_not_outlive_it(
    api: ScriptedApi, replica: Path
) -> None:
    serve(api, 1)
    load(declare(resource()))
    subprocess.run([sys.executable, "-c", WRITE_AND_DIE, replica], check=True)
    serve(api, 2)
    load(declare(resource()))
    assert ask_duckdb_file("SELECT id FROM demo.items ORDER BY id", replica).rows == [(1,), (2,)]
