"""A resource is loaded into the table that `table_name` names; its asset keeps its own name."""

from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

RENAMED = {"table_name": "goods", "max_table_nesting": 1}
SNAPSHOT: dict[str, Any] = {"incremental": None}


def renamed(**keys: Any) -> ApiDeclaration:
    """The resource `items` whose table is `goods`, beside another one."""
    return declare(resource(own={**RENAMED, **keys}), resource("others"))


def test_rows_nested_rows_and_rejected_rows_are_in_tables_of_its_name(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, tags=["a"]), row(2, tags=[]), row(None, tags=["b"])]})
    api.always("/others", {"data": [row(9)]})
    for _ in range(2):
        load(renamed())
    assert table("goods") == [1, 2]
    assert table("goods__tags", "value") == ["a"]
    assert len(table("goods__rejected", "reason")) == 1
    assert table("others") == [9]


def test_a_failed_load_leaves_nothing_of_it_in_its_table(api: ScriptedApi) -> None:
    api.always("/others", {"data": [row(9)]})
    paged = resource(own=RENAMED, paginator={"type": "page_number"}, error_handler={})
    declaration = declare(paged, resource("others"))
    api.in_turn("/items", [{"data": [row(1)]}, {"data": []}])
    load(declaration)
    api.in_turn("/items", [{"data": [row(2)]}, Reply({"error": "no"}, 403)])
    with pytest.raises(LoadError, match="403"):
        load(declaration)
    assert table("goods") == [1]


def test_an_emptied_snapshot_keeps_the_rows_of_its_table(api: ScriptedApi) -> None:
    snapshot = declare(resource(own={**RENAMED, "primary_key": None}, **SNAPSHOT))
    api.always("/items", {"data": [row(1)]})
    load(snapshot)
    api.always("/items", {"data": []})
    with pytest.raises(LoadError, match="the rows of the table are kept"):
        load(snapshot)
    assert table("goods") == [1]


def test_a_table_of_another_name_is_new_and_that_is_said_once(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    load(declare(resource()))
    lines: list[str] = []
    for _ in range(2):
        load(declare(resource(own={"table_name": "goods"})), log=lines.append)
    assert [line for line in lines if "table" in line] == [
        "demo.items: rows that were loaded before stay in the table items, and goods is new; load "
        "all partitions again"
    ]
    assert table("goods") == [1]


def test_a_declared_type_that_is_not_the_columns_is_named(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, n=1)]})
    load(declare(resource(own={"table_name": "goods", "fields": {"n": "integer"}})))
    api.always("/items", {"data": [row(1, n="a")]})
    with pytest.raises(LoadError, match="the column n is declared as text"):
        load(declare(resource(own={"table_name": "goods", "fields": {"n": "string"}})))
