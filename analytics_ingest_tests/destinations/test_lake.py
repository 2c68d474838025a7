"""What is otherwise in a lake: one commit a table, and files that have to be made mergeable."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from analytics_ingest.config.declaration import ApiDeclaration
from analytics_ingest.loading.errors import LoadError, SettingError, WarehouseError
from analytics_ingest.loading.load import inspect_tables
from analytics_ingest_tests.destinations.conftest import LAKES, Configure
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart
from analytics_ingest_tests.support.loads import day, declare, load, resource, table, utc
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import BUCKET_SETTING, FORMAT_SETTING, ask

pytestmark = pytest.mark.timeout(120)

WINDOW = day(5)
MOMENTS = {
    "a table is written": "started_jobs/items.",
    "the load is recorded": "/_dlt_loads/",
}
"""What a load is about to do when it is killed."""

NEWER, OLDER = "2026-01-05T11:00:00Z", "2026-01-05T10:00:00Z"


@pytest.fixture(params=LAKES)
def lake(
    request: pytest.FixtureRequest,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The warehouse is an empty lake of each format in turn; the format."""
    warehouses[request.param](monkeypatch)
    return request.param


def test_of_several_versions_of_a_row_the_newest_is_loaded(api: ScriptedApi, lake: str) -> None:
    versions = [row(1, OLDER, name="older"), row(1, NEWER, name="newer"), row(1, None, name="none")]
    api.on("/items", by_offset([*versions, row(2, name="only")]))
    stats = load(declare(resource(paginator={"type": "offset", "limit": 2})))["items"]
    assert stats.rows_loaded == 4
    assert table("items", "id", "name") == [(1, "newer"), (2, "only")]


def test_rows_of_one_load_that_stand_in_several_files_lose_no_column(
    api: ScriptedApi, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics_ingest.loading.rows.batches.ROWS_A_BATCH", 2)
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
    told: list[str] = []
    load(declare(resource()), window=WINDOW, log=told.append)
    assert not [line for line in told if "wait" in line]
    rows = [(1, "new", "red"), (2, "old", None), (3, "new", "red")]
    assert table("items", "id", "name", "colour") == rows


@pytest.mark.parametrize("lake", ["delta"], indirect=True)
def test_a_declared_type_that_is_not_the_columns_is_named_where_values_no_longer_fit(
    api: ScriptedApi, lake: str
) -> None:
    api.always("/items", {"data": [row(1, v=1)]})
    load(declare(resource(own={"fields": {"v": "integer"}})))
    api.always("/items", {"data": [row(1, v="x")]})
    with pytest.raises(WarehouseError, match=r"^demo\.items: the field v is declared as text, but"):
        load(declare(resource(own={"fields": {"v": "string"}})))
    assert table("items", "v") == [1]


UNSET = "unset"

MISTAKES: Mapping[str, tuple[Mapping[str, str], Mapping[str, Any], str]] = {
    "an empty bucket": (
        {BUCKET_SETTING: ""},
        {},
        "demo: a setting of the warehouse, which is filesystem, has a value that cannot be used; "
        "dlt's page on that destination shows the form",
    ),
    "no bucket": (
        {BUCKET_SETTING: UNSET},
        {},
        "demo: the warehouse is filesystem, which needs DESTINATION__WAREHOUSE__BUCKET_URL; set it "
        "in the environment or in .dlt/secrets.toml",
    ),
    "no format of tables": (
        {FORMAT_SETTING: "hudi"},
        {},
        "demo: DESTINATION__WAREHOUSE__TABLE_FORMAT is 'hudi', which filesystem does not have; set "
        "it to one of delta, iceberg",
    ),
    "a table that is none": (
        {},
        {"table_format": "native"},
        "demo.items: table_format is 'native', but the warehouse is filesystem: its formats are "
        "delta, iceberg",
    ),
    "a merge that it does not have": (
        {},
        {"write_disposition": {"disposition": "merge", "strategy": "delete-insert"}},
        "demo.items: strategy is 'delete-insert', but the warehouse is filesystem: it merges by "
        "upsert, insert-only, cdc",
    ),
    "another key than the primary one": (
        {},
        {"merge_key": "day"},
        "demo.items: merge_key is 'day', but the warehouse is filesystem: a lake replaces rows by "
        "their primary key alone; leave it out",
    ),
    "a key that dlt cannot write into a condition": (
        {},
        {"primary_key": ["id", "Null"]},
        "demo.items: primary_key has 'Null', whose column null is no name to merge Delta tables "
        "by; use table_format: iceberg",
    ),
    "a key in capitals": (
        {"SCHEMA__NAMING": "direct"},
        {"primary_key": "Id"},
        "demo.items: primary_key has 'Id', whose column Id is no name to merge Delta tables by; "
        "use table_format: iceberg",
    ),
    "nested tables": (
        {},
        {"max_table_nesting": 1},
        "demo.items: max_table_nesting is '1', but the warehouse is filesystem: what disappears "
        "from a nested table would stay in a lake; use 0",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_before_the_api_is_asked(
    name: str,
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, own, told = MISTAKES[name]
    warehouses["delta"](monkeypatch)
    for setting, value in settings.items():
        monkeypatch.setenv(setting, value)
        if value == UNSET:
            monkeypatch.delenv(setting)
    with pytest.raises(SettingError) as caught:
        load(declare(resource(own=own)))
    assert str(caught.value) == told
    assert not api.asked


@pytest.mark.parametrize(
    ("lake", "bucket", "told"),
    [
        (
            "delta",
            "a file",
            "demo: the warehouse cannot be opened (NotADirectoryError); check "
            "DESTINATION__WAREHOUSE__BUCKET_URL, and that it can be reached from here",
        ),
        (
            "delta",
            "/proc/lake",
            "demo: no files can be written to the lake (FileNotFoundError); check "
            "DESTINATION__WAREHOUSE__BUCKET_URL, and that this user may write there",
        ),
        (
            "iceberg",
            "my lake",
            "demo: the path in DESTINATION__WAREHOUSE__BUCKET_URL has a blank or another sign with "
            "which Iceberg tables are not found again; use another path, or Delta tables",
        ),
    ],
    indirect=["lake"],
)
def test_a_bucket_that_cannot_be_used_is_told_before_the_api_is_asked(
    bucket: str, told: str, lake: str, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a file").touch()
    monkeypatch.setenv(BUCKET_SETTING, bucket)
    with pytest.raises(LoadError) as caught:
        load(declare(resource()))
    assert str(caught.value) == told
    assert not api.asked
    if "cannot be opened" in told:
        with pytest.raises(WarehouseError) as caught:
            check_alone(declare(resource()))
        assert str(caught.value) == told


def test_files_that_are_not_whole_are_told_by_a_load_and_by_a_check_alone(
    api: ScriptedApi, lake: str
) -> None:
    api.always("/items", {"data": [row(1)]})
    load(declare(resource()))
    folder = Path(urlsplit(os.environ[BUCKET_SETTING]).path) / "demo" / "items"
    for file in (*folder.glob("_delta_log/*.json"), *folder.glob("metadata/*.json")):
        file.write_text("canary")
    name = {"delta": "DeltaError", "iceberg": "ValidationError"}[lake]
    for use in (load, check_alone):
        with pytest.raises(WarehouseError) as caught:
            use(declare(resource()))
        assert str(caught.value) == (
            f"demo.items: the files of the table cannot be used ({name}); check "
            "DESTINATION__WAREHOUSE__BUCKET_URL, and that they are whole"
        )


def test_data_files_that_are_gone_are_told_by_a_check_alone(api: ScriptedApi, lake: str) -> None:
    api.always("/items", {"data": [row(1)]})
    load(declare(resource()))
    folder = Path(urlsplit(os.environ[BUCKET_SETTING]).path) / "demo" / "items"
    for file in folder.rglob("*.parquet"):
        if "_delta_log" not in file.parts:
            file.unlink()
    with pytest.raises(WarehouseError, match=r"^demo\.items: the files of the table cannot"):
        check_alone(declare(resource()))


def check_alone(declaration: ApiDeclaration) -> None:
    names = frozenset(declaration.resources)
    moments = dict.fromkeys(names, utc(2026, 1, 6))
    inspect_tables(declaration, names, moments, run_id="check", log=lambda _: None)


def test_a_table_of_another_format_is_not_begun_anew_beside_the_old_one(
    api: ScriptedApi, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/items", {"data": [row(1)]})
    load(declare(resource()))
    other = {"delta": "iceberg", "iceberg": "delta"}[lake]
    told = (
        f"demo.items: table_format is {other}, but the table in the lake is {lake}; set it back, "
        "or load into another bucket"
    )
    with pytest.raises(SettingError) as caught:
        load(declare(resource(own={"table_format": other})))
    assert str(caught.value) == told
    monkeypatch.setenv(FORMAT_SETTING, other)
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert str(caught.value) == told
    assert len(api.asked) == 1
    load(declare(resource(own={"table_format": lake})))
    assert table("items") == [1]


@pytest.mark.parametrize("bucket", ["data/lake", "lake/", "a/new/folder"])
def test_a_bucket_may_be_a_folder_of_the_project(
    bucket: str, lake: str, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BUCKET_SETTING, bucket)
    for keys in ([1, 2], [1, 3]):
        api.always("/items", {"data": [row(key) for key in keys]})
        load(declare(resource()))
    monkeypatch.setenv(BUCKET_SETTING, Path(bucket).absolute().as_uri())
    assert table("items") == [1, 2, 3]


@pytest.mark.parametrize("library", ["deltalake", "pyiceberg"])
def test_a_library_that_is_missing_is_told_before_the_api_is_asked(
    library: str, api: ScriptedApi, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert str(caught.value) == (
        "demo: the driver of the warehouse is not installed; pip install 'analytics-ingest[lake]'"
    )
    assert not api.asked
