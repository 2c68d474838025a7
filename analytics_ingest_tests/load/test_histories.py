"""A snapshot keeps each version of a row, in the order of its loads."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.load.load import inspect_tables
from analytics_ingest_tests.support.deletes import paged
from analytics_ingest_tests.support.histories import SCD2, check_histories, history, versions
from analytics_ingest_tests.support.loads import day, declare, load, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask, execute


def test_each_version_of_a_row_is_kept_as_a_model_says(api: ScriptedApi) -> None:
    check_histories(api)


def test_checks_count_active_rows_and_a_repeated_row_is_stored_once(api: ScriptedApi) -> None:
    declaration = declare(history())
    for listed in ("a", "b"):
        data = [{"id": 1, "value": listed}, {"id": 2, "value": "same"}]
        api.always("/items", {"data": [*data, data[0]]})
        stats = load(declaration)
    assert versions() == [(1, "a", True), (1, "b", False), (2, "same", False)]
    assert "1 rows came more than once" in stats["items"].warnings
    names, now = frozenset(["items"]), datetime.now(timezone.utc)
    found = inspect_tables(declaration, names, now, run_id="check", log=print)["items"]
    assert (found.rows, found.duplicates, list(found.undeclared)) == (2, 0, [])


def test_a_table_of_another_kind_is_neither_turned_into_a_history_nor_back(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"data": [{"id": 1, "value": "a"}]})
    api.always("/others", {"data": [{"id": 1, "value": "a"}]})
    load(declare(history(), resource("others", incremental=None)))
    before = versions(), ask("SELECT id, value FROM demo.others").rows
    for changed, says in (
        (resource(incremental=None), "the table keeps versions of rows"),
        (history("others"), "the table was loaded without versions"),
    ):
        with pytest.raises(LoadError, match=says):
            load(declare(changed))
    assert (versions(), ask("SELECT id, value FROM demo.others").rows) == before


def test_a_listing_that_is_older_than_the_stored_one_is_refused(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"id": 1, "value": "a"}]})
    load(declare(history()))
    ahead = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat()
    execute(f"UPDATE demo.items SET _dlt_valid_from = '{ahead}'")
    api.always("/items", {"data": [{"id": 1, "value": "older"}]})
    with pytest.raises(LoadError, match=r"demo\.items: another load has changed the history"):
        load(declare(history()))
    assert versions() == [(1, "a", False)]


def test_windows_in_any_order_keep_the_versions_of_a_row_by_their_cursor(
    api: ScriptedApi,
) -> None:
    """What the refusal of `scd2` with windows tells to declare."""
    moments = {n: f"2026-01-0{n}T10:00:00+00:00" for n in (5, 6)}
    api.always("/items", {"data": [row(1, moment, value=n) for n, moment in moments.items()]})
    declaration = declare({**resource(), "primary_key": ["id", "updated_at"]})
    valid_to = "lead(updated_at) OVER (PARTITION BY id ORDER BY updated_at)"
    first, second = (datetime.fromisoformat(moment) for moment in moments.values())
    stored: list[Any] = []
    for number in (6, 5, 6):
        load(declaration, window=day(number))
        stored.append(ask(f"SELECT value, updated_at, {valid_to} FROM demo.items ORDER BY 2").rows)
    both = [(5, first, second), (6, second, None)]
    assert stored == [[(6, second, None)], both, both]


def test_a_listing_that_may_have_ended_early_or_moved_retires_no_row(api: ScriptedApi) -> None:
    def page(*keys: int, **beside: int) -> dict[str, Any]:
        return {"data": [{"id": key, "value": key} for key in keys], **beside}

    paginator = {"type": "offset", "limit": 2, "total_path": None}
    own, names = {"write_disposition": SCD2}, ("refused", "moved", "items", "grouped")
    by_id = {"id": {"type": "resolve", "resource": "parents", "field": "id"}}
    declaration = declare(
        resource("refused", own=own, incremental=None, paginator=paginator),
        resource("moved", own=own, incremental=None, paginator={**paginator, "total_path": "n"}),
        resource("grouped", own=own, incremental=None, data_selector="groups.*.data"),
        resource("parents", incremental=None),
        resource("items", own=own, path="/parents/{id}/items", params=by_id, incremental=None),
    )
    api.on("/refused", paged(page(1, 2), page(3), size=2))
    api.on("/moved", paged(page(1, 2, n=3), page(3, n=3), size=2))
    api.always("/grouped", {"groups": [page(1, 2, 3)]})
    api.always("/parents", page(1, 2, 3))
    for key in (1, 2, 3):
        api.always(f"/parents/{key}/items", page(key))
    load(declaration)
    api.on("/refused", paged(page(1, 2), Reply(status=404), size=2))
    api.on("/moved", paged(page(1, 3, n=3), page(n=2), size=2))
    api.always("/grouped", {"groups": [page(1, 3), None]})
    api.always("/parents", {**page(1, 3), "total": 9})
    stats = load(declaration)
    for name in names:
        assert versions(name) == [(key, key, False) for key in (1, 2, 3)], name
        assert any("keep their versions" in w for w in stats[name].warnings), name
