"""Deletions that the API lists, and that name no row or no moment."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, load, resource
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

AT = "2026-01-20T12:00:00Z"
UNUSABLE: dict[str, list[dict[str, Any]]] = {
    "a key that is null": [{"item": None, "at": AT}],
    "no key": [{"at": AT}],
    "a blank key": [{"item": " ", "at": AT}],
    "a moment that is null": [{"item": "3", "at": None}],
    "no moment, of a row without one": [{"item": "9", "at": None}],
    "one of each": [{"item": "3", "at": None}, {"item": None, "at": AT}],
    "none": [],
}


@pytest.mark.parametrize("deletes", [{"mark": "gone_at"}, {"remove": True}], ids=str)
@pytest.mark.parametrize("unusable", UNUSABLE.values(), ids=list(UNUSABLE))
def test_a_deletion_without_a_key_or_a_moment_marks_nothing_and_is_counted(
    api: ScriptedApi, unusable: list[dict[str, Any]], deletes: dict[str, Any]
) -> None:
    moments = {"1": "2026-01-01", "2": "2026-01-02", "3": "2026-01-03", "9": None}
    api.always("/items", {"data": [{"id": n, "updated_at": at} for n, at in moments.items()]})
    deletions = [{"item": "2", "at": AT}, *unusable]
    api.always("/deleted", {"data": [{"id": n, **one} for n, one in enumerate(deletions)]})
    deleted = resource("deleted", incremental={"cursor_path": "at"})
    items = resource(own={"deletes": {"from": "deleted", "key": "item", **deletes}})
    log: list[str] = []
    for _ in range(2):
        stats = load(declare(items, deleted), log=log.append)["items"]
        condition = "" if "remove" in deletes else " WHERE gone_at IS NULL"
        assert ask(f"SELECT id FROM demo.items{condition} ORDER BY 1").rows == [
            *(("1",), ("3",), ("9",))
        ]
        # A row that is served again is stored again, without a mark.
        assert stats.rows_deleted == 1
        rows = "1 row lacks" if len(unusable) == 1 else f"{len(unusable)} rows lack"
        says = f"{rows} item or at in deleted, which lists the deletions; " if unusable else ""
        assert stats.deletes_skipped.startswith(says)
        assert bool(stats.deletes_skipped) == bool(unusable)
        assert any("demo.items: no other row is" in line for line in log) == bool(unusable)


@pytest.mark.parametrize("unusable", [{}, {"item": None}, {"item": "three"}], ids=str)
def test_a_deletion_without_a_number_is_counted_too(
    api: ScriptedApi, unusable: dict[str, Any]
) -> None:
    api.always("/items", {"data": [{"id": 1, "updated_at": "2026-01-01"}]})
    deletions = [{"id": 1, "item": 1, "at": AT}, {"id": 2, "at": AT, **unusable}]
    api.always("/deleted", {"data": deletions})
    deleted = resource("deleted", incremental={"cursor_path": "at"})
    items = resource(own={"deletes": {"from": "deleted", "key": "item"}})
    stats = load(declare(items, deleted))["items"]
    assert stats.rows_deleted == 1
    assert "1 row lacks item or at in deleted" in stats.deletes_skipped
