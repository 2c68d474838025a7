"""After a failed load, and after tables were dropped, the next load ends with the right rows."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest_tests.support.failed_loads import HISTORIES, PAGED, fail
from analytics_ingest_tests.support.loads import (
    column_types,
    declare,
    load,
    project_asking,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.played_histories import play_together
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import drop_table, execute, tables

ALL_FAIL = {"changed type", "rejected rows"}
"""They begin with a load in which no resource is healthy, so the others have loads of their own."""


@pytest.fixture(scope="module")
def errors(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, AssertionError]:
    """Each history that did not end with the right rows, and what was wrong."""
    found: dict[str, AssertionError] = {}
    for names in (HISTORIES.keys() - ALL_FAIL, ALL_FAIL):
        api = hub.new_api()
        histories = {name: HISTORIES[name] for name in HISTORIES if name in names}
        with project_asking(api, tmp_path_factory.mktemp("histories")):
            found |= play_together(histories, api)
    return found


@pytest.mark.parametrize("history", HISTORIES)
def test_the_next_load_of_a_healthy_api_ends_with_the_right_rows(
    history: str, errors: Mapping[str, AssertionError]
) -> None:
    if error := errors.get(history):
        raise error


def test_nothing_of_a_resource_that_failed_is_in_the_warehouse(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [*rows(1), row(None)]}, Reply(status=403)])
    api.always("/others", {"data": rows(1)})
    items = resource(paginator={**PAGED, "total_path": None}, own={"max_table_nesting": 1})
    fail(declare(items, resource("others")), r"demo\.items")
    assert tables("demo") == {"others"}
    assert tables("demo_staging") == {"others"}
    ((schema,),) = execute("SELECT schema FROM demo._dlt_version")
    assert {name for name in json.loads(schema)["tables"] if name[0] != "_"} == {"others"}


DROPS = {
    "column": "ALTER TABLE demo.{0} DROP COLUMN size",
    "staged_column": "ALTER TABLE demo_staging.{0} DROP COLUMN size",
    "staged_table": "DROP TABLE demo_staging.{0}",
    "whole_table": "DROP TABLE demo.{0}; DROP TABLE demo.{0}__tags",
    "nested_table": "DROP TABLE demo.{0}__tags",
    "staged_nested_table": "DROP TABLE demo_staging.{0}__tags",
}
"""A resource, and what is dropped of its table."""
DATASETS = [
    "DROP SCHEMA demo_staging CASCADE",
    "DROP TABLE demo_staging._dlt_version",
    "DROP SCHEMA demo CASCADE",
]
FORGETS = [
    "DROP TABLE demo._dlt_loads",
    "DROP TABLE demo._dlt_pipeline_state",
    "DELETE FROM demo._dlt_pipeline_state; DROP TABLE demo.items; DROP TABLE demo.items__tags",
    "DROP TABLE demo._dlt_version",
]
"""What dlt cannot restore its schema after: it learns all tables again from their rows."""
NESTED = declare(
    resource(own={"max_table_nesting": 1}), resource("others", own={"primary_key": None})
)


def test_what_was_dropped_of_a_table_by_hand_is_created_again(api: ScriptedApi) -> None:
    declaration = declare(*(resource(name, own={"max_table_nesting": 1}) for name in DROPS))
    api.otherwise(lambda _: {"data": [row(1, size=1, tags=["a", "b"])]})
    load(declaration)
    for size, tags in ((2, ["a", "b"]), (3, list[str]())):
        execute("; ".join(drop.format(name) for name, drop in DROPS.items()))
        served = {"data": [row(1, size=size, tags=tags)]}
        api.otherwise(lambda _, served=served: served)
        load(declaration)
        assert {name: table(name, "id", "size") for name in DROPS} == {
            name: [(1, size)] for name in DROPS
        }
        # Without new rows there is no nested table to be created.
        stored = [name for name in DROPS if tags or f"{name}__tags" in tables("demo")]
        assert len(stored) >= len(DROPS) - 2
        assert {name: table(f"{name}__tags", "value") for name in stored} == dict.fromkeys(
            stored, tags
        )


@pytest.fixture(scope="module")
def loaded(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a warehouse, to be copied before somebody drops something."""
    api, folder = hub.new_api(), tmp_path_factory.mktemp("loaded")
    api.always("/items", {"data": [row(1, size=1, tags=["a", "b"])]})
    api.always("/others", {"data": rows(2)})
    with project_asking(api, folder):
        load(NESTED)
    return folder


@pytest.mark.parametrize(
    ("tags", "statement"),
    [(tags, statement) for tags in (["a", "b"], []) for statement in DATASETS]
    + [(["a", "b"], statement) for statement in FORGETS],
)
def test_what_was_dropped_by_hand_is_created_again(
    tags: list[str], statement: str, api: ScriptedApi, loaded: Path, project: Path
) -> None:
    shutil.copytree(loaded, project, dirs_exist_ok=True)
    execute(statement)
    api.always("/items", {"data": [row(1, size=2, tags=tags)]})
    api.always("/others", {"data": rows(2)})
    load(NESTED)
    assert table("items", "id", "size") == [(1, 2)]
    if tags or "items__tags" in tables("demo"):
        assert table("items__tags", "value") == tags
    assert table("others") == [1, 2]


def test_a_table_that_was_dropped_without_its_nested_ones_is_reported(api: ScriptedApi) -> None:
    declaration = declare(resource(own={"max_table_nesting": 1}))
    api.always("/items", {"data": [row(1, tags=["a"])]})
    load(declaration)
    drop_table("demo", "items")
    for _ in range(2):
        with pytest.raises(WarehouseError, match=r"^demo\.items: .* drop items__tags too"):
            load(declaration)
    drop_table("demo", "items__tags")
    load(declaration)
    assert table("items__tags", "value") == ["a"]


def test_a_table_of_a_resource_that_is_no_longer_declared_is_not_created_again(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"data": rows(1)})
    api.always("/others", {"data": rows(1)})
    load(declare(resource(), resource("others")))
    drop_table("demo", "items")
    load(declare(resource("others")))
    assert tables("demo") == {"others"}


def test_a_column_that_cannot_be_created_again_is_explained(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(1)})
    load(declare(resource()))
    execute("ALTER TABLE demo.items DROP COLUMN _dlt_id")
    with pytest.raises(WarehouseError, match=r"^demo: .* cannot be created again .*; drop the"):
        load(declare(resource()))


def test_a_column_that_is_there_is_never_changed(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, size=1)]})
    load(declare(resource()))
    execute("ALTER TABLE demo.items ALTER size TYPE VARCHAR")
    execute("ALTER TABLE demo.items ADD COLUMN note VARCHAR")
    load(declare(resource()))
    assert column_types("items")["size"] == "VARCHAR"
    assert table("items", "id", "size", "note") == [(1, "1", None)]
