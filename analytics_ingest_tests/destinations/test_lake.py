"""How a lake differs: each table has a commit of its own, and files are prepared for the merge."""

from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart
from analytics_ingest_tests.support.loads import day, declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import BUCKET_SETTING, ask

pytestmark = pytest.mark.timeout(120)

WINDOW = day(5)
MOMENTS = {
    "a table is written": "started_jobs/items.",
    "the load is recorded": "/_dlt_loads/",
}
"""What a load is about to do when it is killed."""

NEWER, OLDER = "2026-01-05T11:00:00Z", "2026-01-05T10:00:00Z"


def test_of_several_versions_of_a_row_the_newest_is_loaded(api: ScriptedApi, lake: str) -> None:
    versions = [row(1, OLDER, name="older"), row(1, NEWER, name="newer"), row(1, None, name="none")]
    api.on("/items", by_offset([*versions, row(2, name="only")]))
    stats = load(declare(resource(paginator={"type": "offset", "limit": 2})))["items"]
    assert stats.rows_loaded == 4
    assert table("items", "id", "name") == [(1, "newer"), (2, "only")]


def test_rows_of_one_load_that_are_in_several_files_lose_no_column(
    api: ScriptedApi, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics_ingest.load.rows.batches.ROWS_A_BATCH", 2)
    served: list[Any] = [row(n, always=n) for n in range(8)]
    served[3]["sometimes"] = "text"
    served[5]["always"] = "drifts"
    served[7]["late"] = {"n": 7}
    api.on("/items", by_offset(served))
    load(declare(resource(paginator={"type": "offset", "limit": 2})))
    found = table("items", "id", "always", "always__v_text", "sometimes", "late")
    assert found[3] == (3, 3, None, "text", None)
    assert found[5] == (5, None, "drifts", None, None)
    assert found[7] == (7, 7, None, None, '{"n":7}')


def test_a_column_that_a_later_load_brings_is_added_and_one_that_it_lacks_becomes_null(
    api: ScriptedApi, lake: str
) -> None:
    api.always("/items", {"data": [row(1, early="a"), row(2, early="b")]})
    load(declare(resource()))
    api.always("/items", {"data": [row(1, late=1)]})
    load(declare(resource()))
    assert table("items", "id", "early", "late") == [(1, None, 1), (2, "b", None)]


def test_an_empty_listing_makes_the_declared_table_and_keeps_its_rows(
    api: ScriptedApi, lake: str
) -> None:
    fields = {"id": "string", "n": "number", "d": "decimal", "o": "object?"}
    declaration = declare(resource(own={"fields": fields}))
    api.in_turn("/items", [{"data": []}, {"data": [row("a", n=1, d="1.5", o={})]}, {"data": []}])
    load(declaration)
    expected = {"id": "text", "n": "double", "d": "decimal", "o": "text", "updated_at": "timestamp"}
    found = ask("SELECT * FROM demo.items").types
    assert {name: kind for name, kind in found.items() if not name.startswith("_dlt_")} == expected
    load(declaration)
    load(declaration)
    assert table("items", "id", "n") == [("a", 1.0)]


@pytest.mark.parametrize("lake", ["delta"], indirect=True)
def test_a_snapshot_without_a_key_is_replaced(api: ScriptedApi, lake: str) -> None:
    declaration = declare(resource(own={"primary_key": None}, incremental=None))
    api.in_turn("/items", [{"data": [{"id": 1}, {"id": 1}]}, {"data": [{"id": 2}]}])
    load(declaration)
    assert table("items") == [1, 1]
    load(declaration)
    assert table("items") == [2]


@pytest.mark.parametrize(
    ("lake", "what"),
    [("delta", "a table is written"), ("iceberg", "the load is recorded")],
    indirect=["lake"],
)
def test_a_killed_load_leaves_whole_rows_and_is_repeated_to_the_right_ones(
    what: str, api: ScriptedApi, lake: str
) -> None:
    api.always("/items", {"data": [row(key, name="old") for key in (1, 2)]})
    load(declare(resource()))
    api.always("/items", {"data": [row(key, name="new", colour="red") for key in (1, 3)]})
    exit_code, events = load_apart(declare(resource()), WINDOW, Moment("load", 1, MOMENTS[what]))
    assert exit_code == KILLED, events
    names = table("items", "id", "name")
    assert names in ([(1, "old"), (2, "old")], [(1, "new"), (2, "old"), (3, "new")])
    lines: list[str] = []
    load(declare(resource()), window=WINDOW, log=lines.append)
    assert not [line for line in lines if "wait" in line]
    rows = [(1, "new", "red"), (2, "old", None), (3, "new", "red")]
    assert table("items", "id", "name", "colour") == rows


@pytest.mark.parametrize("lake", ["delta"], indirect=True)
def test_a_declared_type_that_is_not_the_columns_is_named(api: ScriptedApi, lake: str) -> None:
    api.always("/items", {"data": [row(1, v=1)]})
    load(declare(resource(own={"fields": {"v": "integer"}})))
    api.always("/items", {"data": [row(1, v="x")]})
    with pytest.raises(
        WarehouseError, match=r"^demo\.items: the column v is declared as text, but"
    ):
        load(declare(resource(own={"fields": {"v": "string"}})))
    assert table("items", "v") == [1]


@pytest.mark.parametrize(
    ("lake", "bucket"),
    [("delta", "data/lake"), ("delta", "lake/"), ("iceberg", "a/new/folder")],
    indirect=["lake"],
)
def test_a_bucket_may_be_a_folder_of_the_project(
    bucket: str, lake: str, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BUCKET_SETTING, bucket)
    for keys in ([1, 2], [1, 3]):
        api.always("/items", {"data": [row(key) for key in keys]})
        load(declare(resource()))
    monkeypatch.setenv(BUCKET_SETTING, Path(bucket).absolute().as_uri())
    assert table("items") == [1, 2, 3]
