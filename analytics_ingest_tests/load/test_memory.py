"""DuckDB stores a load in bounded memory, and in more only where the rows need it."""

import gc
import weakref
from pathlib import Path
from random import Random

import duckdb
import pytest

from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest.load.warehouse.destinations.memory import run_within_memory
from analytics_ingest.load.warehouse.pipeline_creation import open_pipeline
from analytics_ingest.load.warehouse.profiles.table_profile import FailingRows
from analytics_ingest_tests.support.loads import declare, load, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def test_rows_that_do_not_fit_into_the_bounded_memory_are_stored(
    api: ScriptedApi, project: Path
) -> None:
    listed = [row(f"narrow-{n}", text="") for n in range(8500)]
    listed += [row(f"wide-{n}", text=Random(n).randbytes(105_000).hex()) for n in range(300)]
    api.always("/items", {"data": listed})
    lines: list[str] = []
    load(declare(resource()), log=lines.append)
    lengths = [len(text) for text in table("items", "text")]
    assert (lengths.count(0), lengths.count(210_000)) == (8500, 300)
    assert any("more than 48 MB of memory" in line for line in lines)


def test_a_table_of_hundreds_of_columns_is_stored(api: ScriptedApi, project: Path) -> None:
    columns = {f"column_{number}": "ab" * 64 for number in range(300)}
    api.always("/items", {"data": [row(n, **columns) for n in range(300)]})
    lines: list[str] = []
    for _ in range(2):
        load(declare(resource()), log=lines.append)
    # A slow machine logs progress too.
    assert [line for line in lines if "of memory" in line] == []
    assert table("items", "column_299") == ["ab" * 64] * 300


def test_a_check_that_needs_more_than_the_bounded_memory_is_evaluated(
    api: ScriptedApi, project: Path
) -> None:
    api.always("/items", {"data": [row(1)]})
    query = "select len(list(i)) as n from range(12_000_000) as t(i) having n > 0"
    checks = {"items": {"checks": [{"name": "large", "sql": query}]}}
    lines: list[str] = []
    names, now = frozenset(["items"]), utc(2030, 1, 1)
    declared = declare(resource(), schema=checks)
    with open_load(
        LoadScope(declared, names, EVERYTHING), check_at=now, run_id="run", log=lines.append
    ) as opened:
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    assert opened.profiles["items"].failing == {"large": FailingRows(1, [])}
    assert any("more than 48 MB of memory" in line for line in lines)
    assert table("items") == [1]


def test_memory_that_duckdb_cannot_give_back_fails_no_load(project: Path) -> None:
    database, lines = project / "full.duckdb", list[str]()
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE TABLE t (key BIGINT PRIMARY KEY)")
        connection.execute("INSERT INTO t SELECT range FROM range(100_000)")
        limit = "SELECT current_setting('memory_limit')"
        ended = run_within_memory(
            database, 1, lines.append, lambda: connection.execute(limit).fetchone()
        )
    assert ended == ("183.1 MiB",)
    assert lines == ["DuckDB needs more than 1 MB of memory for these rows; trying again"]


@pytest.mark.parametrize(
    ("numbers", "unit", "too_small"), [(3_000_000, "MiB", [32]), (30_000_000, "GiB", [32, 192])]
)
def test_work_that_needs_more_memory_gets_some_more_before_it_gets_all(
    project: Path, numbers: int, unit: str, too_small: list[int]
) -> None:
    database, lines = project / "more.duckdb", list[str]()
    query = f"SELECT len(list(i)), current_setting('memory_limit') FROM range({numbers}) AS t(i)"
    with duckdb.connect(str(database)) as connection:
        ended = run_within_memory(
            database, 32, lines.append, lambda: connection.execute(query).fetchone()
        )
    assert ended
    assert (ended[0], ended[1].split()[1]) == (numbers, unit)
    assert lines == [
        f"DuckDB needs more than {limit} MB of memory for these rows; trying again"
        for limit in too_small
    ]


def test_nothing_stays_in_memory_of_a_pipeline_that_only_reads(project: Path) -> None:
    with open_pipeline("demo", project / "pipelines", lambda line: None) as pipeline:
        pipeline.sync_destination()
        known = weakref.ref(pipeline)
    del pipeline
    gc.collect()
    assert known() is None
