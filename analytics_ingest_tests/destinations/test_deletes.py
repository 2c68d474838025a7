"""What the API has deleted is marked in PostgreSQL as in DuckDB, and refused of a lake."""

from typing import Any

import pytest

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.validation.deletes import read_in_full
from analytics_ingest_tests.support.deletes import (
    FILTERED,
    WINDOW,
    check_cases,
    filtered,
    load_cases,
    marks,
    rows,
    without,
)
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.timeout(120)


@pytest.mark.usefixtures("in_postgres")
def test_rows_are_marked_in_postgres_as_in_duckdb(api: ScriptedApi) -> None:
    check_cases(load_cases(api))


@pytest.mark.usefixtures("in_postgres")
def test_rows_are_removed_and_listed_deletions_are_marked(api: ScriptedApi) -> None:
    def declared(**deletes: Any) -> Any:
        listed = {"deletes": {"from": "deleted", "key": "item"}}
        items = resource("items", own=listed if deletes else {}, **FILTERED)
        removed = resource("removed", own={"deletes": deletes} if deletes else {}, **FILTERED)
        deleted = resource("deleted", incremental={"cursor_path": "at"})
        return read_in_full(declare(items, removed, deleted), {"removed"})

    for name in ("items", "removed"):
        api.on(f"/{name}", filtered(without()))
    api.always("/deleted", {"data": [{"id": 1, "item": 3, "at": "2026-01-20T00:00:00Z"}]})
    load(declared())
    api.on("/removed", filtered(without(4)))
    load(declared(remove=True, every="7d"), window=WINDOW)
    assert marks("items") == [3]
    assert table("removed") == [n for n in range(1, 21) if n != 4]


@pytest.mark.usefixtures("in_postgres")
def test_a_load_that_is_killed_before_it_marks_is_repeated_to_the_right_marks(
    api: ScriptedApi,
) -> None:
    declaration = declare(resource(own={"deletes": {}}, incremental=None))
    for served in (without(), without(5)):
        api.always("/items", {"data": served})
        load(declaration)
    api.always("/items", {"data": without(6)})
    exit_code, events = load_apart(declaration, WINDOW, Moment("load", 1, 'update "demo"."items"'))
    assert exit_code == KILLED, events[-1]
    assert marks("items") == []
    load(declaration)
    assert marks("items") == [6]


def test_a_lake_is_refused_by_name(lake: Any, api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(1)})
    with pytest.raises(
        SettingError, match=r"demo\.items: deletes .*: that works only in DuckDB and"
    ):
        load(declare(resource(own={"deletes": {}})))
    assert api.asked == []
