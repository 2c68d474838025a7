"""Deletions that the API lists, and that name no row or no moment."""

import itertools
from typing import Any

import pytest

from analytics_ingest.extract.stats import Stats
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


DELETES: list[dict[str, Any]] = [{"mark": "gone_at"}, {"remove": True}]
CASES = {
    f"items_{number}": (name, deletes)
    for number, (name, deletes) in enumerate(itertools.product(UNUSABLE, DELETES))
}
"""Table → the deletions beside the one that counts, and what is done with its row."""


def test_a_deletion_without_a_key_or_a_moment_marks_nothing_and_is_counted(
    api: ScriptedApi,
) -> None:
    moments = {"1": "2026-01-01", "2": "2026-01-02", "3": "2026-01-03", "9": None}
    rows = [{"id": n, "updated_at": at} for n, at in moments.items()]
    resources: list[dict[str, Any]] = []
    for table, (name, deletes) in CASES.items():
        api.always(f"/{table}", {"data": rows})
        deletions = [{"item": "2", "at": AT}, *UNUSABLE[name]]
        listing = f"deleted_{table}"
        api.always(f"/{listing}", {"data": [{"id": n, **one} for n, one in enumerate(deletions)]})
        resources.append(resource(listing, incremental={"cursor_path": "at"}))
        own = {"deletes": {"from": listing, "key": "item", **deletes}}
        resources.append(resource(table, own=own))
    declaration = declare(*resources)
    log: list[str] = []
    for _ in range(2):
        stats = load(declaration, log=log.append)
        for table in CASES:
            assert_counted(table, stats[table], log)


def assert_counted(table: str, stats: Stats, log: list[str]) -> None:
    """Only the row with a usable deletion is marked or removed, and the others are counted."""
    name, deletes = CASES[table]
    unusable = UNUSABLE[name]
    condition = "" if "remove" in deletes else " WHERE gone_at IS NULL"
    kept = ask(f"SELECT id FROM demo.{table}{condition} ORDER BY 1").rows
    assert (name, deletes, kept) == (name, deletes, [("1",), ("3",), ("9",)])
    # A row that is served again is stored again, without a mark.
    assert (name, deletes, stats.rows_deleted) == (name, deletes, 1)
    rows = "1 row lacks" if len(unusable) == 1 else f"{len(unusable)} rows lack"
    listing = f"deleted_{table}"
    says = f"{rows} item or at in {listing}, which lists the deletions; " if unusable else ""
    skipped = stats.deletes_skipped
    assert (name, deletes, skipped[: len(says)]) == (name, deletes, says)
    assert (name, deletes, bool(skipped)) == (name, deletes, bool(unusable))
    is_logged = any(f"demo.{table}: no other row is" in line for line in log)
    assert (name, deletes, is_logged) == (name, deletes, bool(unusable))


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


@pytest.mark.parametrize("cursor_format", ["%d.%m.%Y", "%Y-%m-%d"])
def test_a_moment_of_a_deletion_is_one_where_the_declared_format_is_a_date(
    api: ScriptedApi, cursor_format: str
) -> None:
    day = "2026-01-05"
    deletions = [{"item": 1, "at": f"{day}T10:00:00Z"}, {"item": 2, "at": f"{day}T16:00:00Z"}]
    deletions.append({"item": 3, "at": day})
    api.always("/items", {"data": [{"id": n, "updated_at": f"{day}T15:00:00Z"} for n in (1, 2, 3)]})
    api.always("/gone", {"data": [{"id": n, **one} for n, one in enumerate(deletions)]})
    listing = resource("gone", incremental={"cursor_path": "at", "cursor_format": cursor_format})
    own = {"deletes": {"from": "gone", "key": "item", "mark": "gone_at"}}
    load(declare(listing, resource(own=own)))
    assert ask("SELECT id FROM demo.items WHERE gone_at IS NULL").rows == [(1,)]
