"""Each load leaves a row for each resource in `_runs`, whatever has come of it."""

import time
from pathlib import Path

import duckdb
import pytest

from analytics_ingest.common.errors import LoadError, SettingError, WarehouseError
from analytics_ingest_tests.support.ledgers import check_ledger, ledger
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import DUCKDB_FILE


def test_loads_are_recorded_by_run_resource_and_window(api: ScriptedApi) -> None:
    check_ledger(api)


def test_a_first_load_that_fails_is_recorded_and_the_next_one_loads(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed = declare(resource(), client={"auth": {"type": "bearer"}})
    with pytest.raises(SettingError) as missing:
        load(keyed, run_id="1 without a key")
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", "canary")
    api.in_turn("/items", [Reply(status=403), {"data": rows(2)}])
    with pytest.raises(LoadError, match="403") as refused:
        load(keyed, run_id="2 refused")
    load(keyed, run_id="3")
    assert ledger("run_id", "status", "cause", "requests", "rows_loaded") == [
        ("1 without a key", "failed", str(missing.value), 0, 0),
        ("2 refused", "failed", str(refused.value), 1, 0),
        ("3", "loaded", None, 1, 2),
    ]
    assert table("items") == [1, 2]


def test_a_table_of_an_older_version_gets_the_columns_that_it_lacks(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(1)})
    load(declare(resource()), run_id="before")
    with duckdb.connect(str(DUCKDB_FILE)) as connection:
        connection.execute("ALTER TABLE demo._runs DROP COLUMN bytes_received")
    load(declare(resource()), run_id="now")
    assert ledger("run_id", "status", "bytes_received > 0") == [
        ("before", "loaded", None),
        ("now", "loaded", True),
    ]


def test_why_a_load_failed_is_shown_where_the_warehouse_cannot_be_opened(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("data").mkdir()
    DUCKDB_FILE.write_bytes(b"not a database" * 1000)
    lines: list[str] = []
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", "")
    began = time.monotonic()
    with pytest.raises(SettingError, match="base_url"):
        load(declare(resource(), client={"base_url": ""}), log=lines.append)
    assert lines[-1:] == ["demo: the failed load is not recorded in demo._runs (WarehouseError)"]
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", api.url)
    with pytest.raises(WarehouseError, match="cannot be opened as a DuckDB file"):
        load(declare(resource()))
    assert time.monotonic() - began < 10
