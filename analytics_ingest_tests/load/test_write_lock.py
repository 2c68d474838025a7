"""A load waits for the write lock that another load or program holds, and logs that it waits."""

import queue
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from analytics_ingest.common.errors import SettingError, WarehouseError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest.load.warehouse.destinations.write_lock import WAIT_SETTING, WriteLock
from analytics_ingest.load.warehouse.lending import lend_warehouse
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest_tests.support.loads import WAREHOUSE, declare, load, resource, table
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.programs import OtherProgram
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask_duckdb_file, execute

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
def test_a_load_waits_for_a_program_that_has_the_file_open(
    read_only: bool, api: ScriptedApi, project: Path
) -> None:
    api.always("/items", {"data": rows(1)})
    load(declare(resource()))
    api.always("/items", {"data": rows(2)})
    lines: list[str] = []
    with OtherProgram(WAREHOUSE, read_only=read_only) as program:

        def end(line: str) -> None:
            lines.append(line)
            program.end()

        load(declare(resource()), log=end)
    file = project / WAREHOUSE
    held = f"the DuckDB file {file} is held by another program; close it there"
    assert lines == [f"waiting up to 300 s: {held}"]
    assert table("items") == [1, 2]


def test_a_load_waits_for_a_program_that_opens_the_file_while_it_reads(api: ScriptedApi) -> None:
    lines: list[str] = []
    with ExitStack() as programs:

        def script(_: Asked) -> object:
            programs.enter_context(OtherProgram(WAREHOUSE))
            return {"data": rows(2)}

        def end(line: str) -> None:
            lines.append(line)
            programs.close()

        api.on("/items", script)
        load(declare(resource()), log=end)
    assert ["held by another program" in line for line in lines] == [True]
    assert table("items") == [1, 2]


def test_no_program_gets_hold_of_the_file_in_the_middle_of_a_load(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/items", {"data": rows(2)})
    got_hold: list[bool] = []

    def try_to(_: WarehousePipeline) -> None:
        with OtherProgram(WAREHOUSE) as program:
            got_hold.append(program.has_opened)

    with open_load(
        LoadScope(declare(resource()), frozenset(["items"]), EVERYTHING), run_id="run", log=print
    ) as opened:
        monkeypatch.setattr(opened.pipeline.hooks, "after_load", try_to)
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    assert got_hold == [False]
    assert table("items") == [1, 2]
    assert [file.name for file in WAREHOUSE.parent.glob("*.wal")] == []


def test_a_program_that_keeps_the_file_open_ends_the_load_with_what_to_do(
    api: ScriptedApi, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAIT_SETTING, "0.6")
    with (
        OtherProgram(WAREHOUSE),
        pytest.raises(
            WarehouseError,
            match=f"^the DuckDB file {re.escape(str(project / WAREHOUSE))} is held by another "
            f"program; close it there, or wait longer with {WAIT_SETTING}$",
        ),
    ):
        load(declare(resource()))
    assert api.asked == []


def test_a_first_load_reads_its_api_before_it_waits(api: ScriptedApi, project: Path) -> None:
    asked_before_the_wait: list[int] = []
    for number in (2, 3):
        api.always("/items", {"data": rows(number)})
        asked = len(api.asked)
        with ExitStack() as other:
            lock = WriteLock(project / f"{WAREHOUSE}.lock", None, print)
            other.enter_context(lock.hold())

            def end(line: str, asked: int = asked, other: ExitStack = other) -> None:
                if line.startswith("waiting"):
                    asked_before_the_wait.append(len(api.asked) - asked)
                    other.close()

            load(declare(resource()), log=end)
    assert asked_before_the_wait == [1, 0]
    assert table("items") == [1, 2, 3]


def test_a_wait_that_is_not_a_number_is_an_error(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WAIT_SETTING, "5 min")
    with pytest.raises(SettingError, match=f"{WAIT_SETTING} is '5 min'"):
        load(declare(resource()))
    assert api.asked == []


def test_a_load_waits_for_another_that_is_loading(api: ScriptedApi, project: Path) -> None:
    api.always("/items", {"data": rows(2)})
    lock = project / f"{WAREHOUSE}.lock"
    lines: list[str] = []
    with ExitStack() as other:
        other.enter_context(WriteLock(lock, None, lines.append).hold())

        def end(line: str) -> None:
            lines.append(line)
            other.close()

        load(declare(resource()), log=end)
    waiting, waited = lines
    assert waiting == f"waiting for another run, which is loading ({lock})"
    assert re.fullmatch(r"waited \d+\.\d s for another run", waited)
    assert table("items") == [1, 2]


@pytest.mark.timeout(20)
def test_a_file_of_another_kind_is_not_waited_for_wherever_it_lies(
    api: ScriptedApi, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project / "blocks" / "clock.db"
    file.parent.mkdir()
    file.write_text("this is no DuckDB file, however long it may be " * 100)
    monkeypatch.setenv("DESTINATION__WAREHOUSE__CREDENTIALS", str(file))
    with pytest.raises(WarehouseError, match=r"clock\.db cannot be opened as a DuckDB file"):
        load(declare(resource()))
    assert api.asked == []


def test_a_load_waits_while_the_file_is_lent_and_the_replica_is_renewed_after_it(
    api: ScriptedApi, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTINATION__WAREHOUSE__SNAPSHOT", "replica.duckdb")
    api.always("/items", {"data": rows(2)})
    lines: queue.Queue[str] = queue.Queue()
    with ThreadPoolExecutor() as pool:
        with lend_warehouse(lines.put, project) as file:
            loading = pool.submit(load, declare(resource()), log=lines.put)
            assert lines.get(timeout=30).startswith("waiting for another run")
            assert file
            with OtherProgram(file) as program:
                assert program.has_opened
            execute("CREATE SCHEMA marts; CREATE TABLE marts.answer AS SELECT 42 AS n")
        answer = ask_duckdb_file("SELECT n FROM marts.answer", Path("replica.duckdb")).rows
        loading.result()
    assert (answer, table("items")) == ([(42,)], [1, 2])


def test_a_warehouse_that_many_can_write_to_is_not_lent(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTINATION__WAREHOUSE__DESTINATION_TYPE", "postgres")
    with lend_warehouse(print, project) as file:
        assert file is None
