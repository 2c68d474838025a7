"""A mistake in the settings of a lake is one sentence, where it can be before the API is asked."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from analytics_ingest.common.errors import LoadError, SettingError, WarehouseError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.load.load import inspect_tables
from analytics_ingest_tests.destinations.conftest import Configure
from analytics_ingest_tests.support.loads import declare, load, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import BUCKET_SETTING, FORMAT_SETTING

pytestmark = pytest.mark.timeout(120)

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
        "demo.items: merge_key is 'day', but the warehouse is filesystem: a lake replaces rows "
        "only by their primary key; remove it",
    ),
    "a key that dlt cannot write into a condition": (
        {},
        {"primary_key": ["id", "Null"]},
        "demo.items: primary_key has 'Null', whose column null cannot be the key of a Delta "
        "merge; use table_format: iceberg",
    ),
    "a key in capitals": (
        {"SCHEMA__NAMING": "direct"},
        {"primary_key": "Id"},
        "demo.items: primary_key has 'Id', whose column Id cannot be the key of a Delta merge; "
        "use table_format: iceberg",
    ),
    "nested tables": (
        {},
        {"max_table_nesting": 1},
        "demo.items: max_table_nesting is '1', but the warehouse is filesystem: a lake "
        "would keep rows of nested tables that their parents no longer have; use 0",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_before_the_api_is_asked(
    name: str,
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, own, message = MISTAKES[name]
    warehouses["delta"](monkeypatch)
    for setting, value in settings.items():
        monkeypatch.setenv(setting, value)
        if value == UNSET:
            monkeypatch.delenv(setting)
    with pytest.raises(SettingError) as caught:
        load(declare(resource(own=own)))
    assert str(caught.value) == message
    assert not api.asked


@pytest.mark.parametrize(
    ("lake", "bucket", "message"),
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
            "demo: the lake is not writable (FileNotFoundError); check "
            "DESTINATION__WAREHOUSE__BUCKET_URL, and that this user may write there",
        ),
        (
            "iceberg",
            "my lake",
            "demo: the path in DESTINATION__WAREHOUSE__BUCKET_URL has a blank or another "
            "character that Iceberg tables cannot have in their path; use another path, or Delta "
            "tables",
        ),
    ],
    indirect=["lake"],
)
def test_a_bucket_that_cannot_be_used_is_reported_before_the_api_is_asked(
    bucket: str, message: str, lake: str, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a file").touch()
    monkeypatch.setenv(BUCKET_SETTING, bucket)
    with pytest.raises(LoadError) as caught:
        load(declare(resource()))
    assert str(caught.value) == message
    assert not api.asked
    if "cannot be opened" in message:
        with pytest.raises(WarehouseError) as caught:
            check_alone(declare(resource()))
        assert str(caught.value) == message


def test_files_that_are_not_whole_are_reported_by_a_load_and_by_a_check_alone(
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


def test_data_files_that_are_gone_are_reported_by_a_check_alone(
    api: ScriptedApi, lake: str
) -> None:
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
    inspect_tables(declaration, names, utc(2026, 1, 6), run_id="check", log=lambda _: None)


def test_a_table_of_another_format_is_not_begun_anew_beside_the_old_one(
    api: ScriptedApi, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/items", {"data": [row(1)]})
    load(declare(resource()))
    other = {"delta": "iceberg", "iceberg": "delta"}[lake]
    message = (
        f"demo.items: table_format is {other}, but the table in the lake is {lake}; set it back, "
        "or load into another bucket"
    )
    with pytest.raises(SettingError) as caught:
        load(declare(resource(own={"table_format": other})))
    assert str(caught.value) == message
    monkeypatch.setenv(FORMAT_SETTING, other)
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert str(caught.value) == message
    assert len(api.asked) == 1
    load(declare(resource(own={"table_format": lake})))
    assert table("items") == [1]


@pytest.mark.parametrize("library", ["deltalake", "pyiceberg"])
def test_a_library_that_is_missing_is_reported_before_the_api_is_asked(
    library: str, api: ScriptedApi, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert str(caught.value) == (
        "demo: the driver of the warehouse is not installed; "
        "pip install -c constraints.txt -e '.[lake]' in the project's folder"
    )
    assert not api.asked
