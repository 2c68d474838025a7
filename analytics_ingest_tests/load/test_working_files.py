"""A load leaves nothing behind but the warehouse, however it ended."""

import logging
import traceback
from pathlib import Path

import duckdb
import pytest

from analytics_ingest.common.errors import ApiError, SettingError, WarehouseError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest.load.working_files import open_working_folder
from analytics_ingest_tests.support.loads import (
    API,
    WAREHOUSE,
    declare,
    load,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi


def working_folders(project: Path) -> list[str]:
    return [path.name for path in (project / "data" / "pipelines").iterdir()]


def test_a_load_that_succeeds_leaves_no_working_files(api: ScriptedApi, project: Path) -> None:
    api.always("/items", {"data": rows(1)})
    load(declare(resource()))
    assert working_folders(project) == []


def test_an_api_that_fails_leaves_no_working_files(api: ScriptedApi, project: Path) -> None:
    api.always("/items", Reply(status=404))
    with pytest.raises(ApiError):
        load(declare(resource()))
    assert working_folders(project) == []


def test_a_warehouse_that_fails_leaves_no_working_files_and_shows_no_row(
    api: ScriptedApi, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    api.always("/items", {"data": [row("canary-row")]})
    declaration = declare(resource())
    load(declaration)
    with duckdb.connect(str(WAREHOUSE)) as connection:
        connection.execute(f"ALTER TABLE {API}.items RENAME TO hidden")
        connection.execute(f"CREATE VIEW {API}.items AS SELECT * FROM {API}.hidden")
    with pytest.raises(WarehouseError, match=r"demo.*dlt's load step failed") as caught:
        load(declaration)
    assert working_folders(project) == []
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert "canary" not in "".join(capfd.readouterr())


@pytest.mark.timeout(5)
def test_a_warehouse_file_of_another_kind_is_reported_at_once(
    api: ScriptedApi, project: Path
) -> None:
    api.always("/items", {"data": rows(1)})
    (project / "data").mkdir()
    (project / WAREHOUSE).write_text("this is no DuckDB file, however long it may be " * 100)
    with pytest.raises(WarehouseError, match=r"warehouse\.duckdb"):
        load(declare(resource()))


def test_working_files_of_a_dead_load_are_removed_by_the_next_one(
    api: ScriptedApi, project: Path
) -> None:
    (project / "data" / "pipelines" / "killed" / "demo").mkdir(parents=True)
    api.always("/items", {"data": rows(1)})
    with open_working_folder("alive"):
        load(declare(resource()))
        assert working_folders(project) == ["alive"]


def test_a_load_that_is_begun_twice_has_working_files_of_its_own(project: Path) -> None:
    with open_working_folder("run") as one, open_working_folder("run") as other:
        assert one != other
    assert working_folders(project) == []


def test_resources_of_one_api_share_a_load_and_have_a_table_each(api: ScriptedApi) -> None:
    api.always("/a", {"data": rows(2)})
    api.always("/b", {"data": rows(3)})
    stats = load(declare(resource("a"), resource("b")))
    assert (table("a"), table("b")) == ([1, 2], [1, 2, 3])
    assert {name: found.finished for name, found in stats.items()} == {"a": True, "b": True}


def test_nothing_is_asked_before_the_load_is_run(api: ScriptedApi) -> None:
    lines: list[str] = []
    with open_load(
        LoadScope(declare(resource()), frozenset(["items"]), EVERYTHING),
        run_id="r",
        log=lines.append,
    ):
        pass
    assert api.asked == []
    assert lines == []


def test_an_api_of_the_warehouse_files_name_is_refused(api: ScriptedApi) -> None:
    declaration = declare(resource())
    renamed = type(declaration)("warehouse", declaration.declared, declaration.resources)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__WAREHOUSE__BASE_URL", api.url)
        with pytest.raises(SettingError, match="DESTINATION__WAREHOUSE__CREDENTIALS"):
            load(renamed)


def test_no_row_and_no_key_is_logged(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", "canary-key")
    limited = Reply(status=429, headers={"Retry-After": "0"})
    served = {"data": [row("canary-row"), row(None, n="canary-rejected")]}
    api.in_turn("/items", [limited, served])
    auth = {"type": "api_key", "name": "token", "location": "query"}
    load(declare(resource(params={"q": "canary-query"}), client={"auth": auth}))
    # The test's own server logs what it was asked.
    lines = [r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn")]
    assert "canary" not in "\n".join(lines)
