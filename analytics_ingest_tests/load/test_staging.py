"""Rows stay in the table that keeps them: staging tables are empty after a load, failed or not."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest_tests.support.deployments import sql
from analytics_ingest_tests.support.loads import API, declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import tables

SNAPSHOT: Mapping[str, Any] = {"incremental": None, "own": {"write_disposition": "replace"}}
NESTED: Mapping[str, Any] = {"own": {"max_table_nesting": 1}}


def staged() -> dict[str, int]:
    """The number of rows of each staging table."""
    dataset = f"{API}_staging"
    return {name: len(table(name, "_dlt_id", dataset=dataset)) for name in tables(dataset)}


def with_size(kind: str) -> Mapping[str, Any]:
    """Keys of a resource with a declared field."""
    return {"own": {"fields": {"size": kind}}}


def test_staging_tables_are_empty_after_a_load_and_after_one_that_fails(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1), row(None)]})
    api.always("/pages", {"data": [{"id": 1}]})
    api.always("/lists", {"data": [row(1, tags=["a", "b"])]})
    api.always("/boxes", {"data": [row(1, size=1)]})
    others = (resource(), resource("pages", **SNAPSHOT), resource("lists", **NESTED))
    load(declare(*others, resource("boxes", **with_size("integer"))))
    names = ("boxes", "items", "items__rejected", "lists", "lists__tags", "pages")
    assert staged() == dict.fromkeys(names, 0)

    api.always("/boxes", {"data": [row(1, size="large")]})
    with pytest.raises(WarehouseError):
        load(declare(*others, resource("boxes", **with_size("string"))))
    assert staged() == dict.fromkeys(names, 0)
    assert (table("items"), table("lists__tags", "value")) == ([1], ["a", "b"])


def test_what_a_killed_load_has_left_in_a_staging_table_is_removed_by_the_next_load(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"data": [row(1), row(None)]})
    load(declare(resource()))
    for name in ("items", "items__rejected"):
        sql(f"INSERT INTO {API}_staging.{name} SELECT * FROM {API}.{name}")
    api.always("/items", {"data": []})
    load(declare(resource()))
    assert staged() == {"items": 0, "items__rejected": 0}
