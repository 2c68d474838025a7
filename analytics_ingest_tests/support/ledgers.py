"""Loads whose rows of `_runs` are the same in each database."""

from contextlib import suppress
from typing import Any

from analytics_ingest.common.errors import LoadError
from analytics_ingest_tests.support.loads import day, declare, load, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

REFUSED = "GET {}: the API answered 403 Forbidden; check the key and its permissions"


def ledger(*columns: str) -> list[tuple[Any, ...]]:
    """The rows of `_runs` by run, resource and window."""
    selected = ", ".join(columns)
    return ask(f"SELECT {selected} FROM demo._runs ORDER BY run_id, resource, window_start").rows


def check_ledger(api: ScriptedApi) -> None:
    """Load a snapshot, rows of two days and children, where one resource fails; then all fails."""
    _answer(api)
    for day_number in (5, 6, 5):
        with suppress(LoadError):
            load(_DECLARED, "items", "kept", "children", "broken", window=day(day_number))
    api.on("/items", lambda _: Reply(status=403))
    with suppress(LoadError):
        load(_DECLARED, "items", window=day(6), run_id="second")
    first, second = day(5).start, day(6).start
    counts = ("rows_read", "rows_loaded", "rows_rejected", "rows_outside", "requests", "retries")
    assert ledger("run_id", "resource", "window_start", "status", *counts) == [
        ("run", "broken", first, "failed", 0, 0, 0, 0, 1, 0),
        ("run", "broken", second, "failed", 0, 0, 0, 0, 1, 0),
        ("run", "children", first, "loaded", 3, 3, 0, 0, 1, 0),
        ("run", "children", second, "loaded", 3, 0, 0, 3, 1, 0),
        ("run", "items", first, "loaded", 3, 1, 1, 1, 1, 0),
        ("run", "items", second, "loaded", 3, 1, 0, 2, 1, 0),
        ("run", "kept", None, "loaded", 2, 2, 0, 0, 2, 1),
        ("run", "parents", first, "read", 1, 0, 0, 0, 1, 0),
        ("run", "parents", second, "read", 1, 0, 0, 0, 1, 0),
        ("second", "items", second, "failed", 0, 0, 0, 0, 1, 0),
    ]
    causes = {(run, name): cause for run, name, cause in ledger("run_id", "resource", "cause")}
    assert {key: cause for key, cause in causes.items() if cause} == {
        ("run", "broken"): f"demo.broken: {REFUSED.format('/broken')}",
        ("second", "items"): f"demo.items: {REFUSED.format('/items')}",
    }
    assert ask(
        "SELECT DISTINCT resource FROM demo._runs AS r JOIN demo._dlt_loads AS l "
        "ON l.load_id = r.load_id WHERE r.ended_at >= r.started_at ORDER BY 1"
    ).rows == [("children",), ("items",), ("kept",)]


_DECLARED = declare(
    resource(),
    resource("kept", incremental=None),
    resource("parents", own={"selected": False}),
    resource("children", path="/parents/{resources.parents.id}"),
    resource("broken"),
)


def _answer(api: ScriptedApi) -> None:
    overload = Reply({"data": []}, 503, {"Retry-After": "0"})
    kept = {"data": rows(2)}
    api.in_turn("/kept", [kept, kept, overload, kept])
    api.always("/items", {"data": [row(1), row(2, "2026-01-06T10:00:00Z"), row(None)]})
    api.always("/parents", {"data": rows(1)})
    api.always("/parents/1", {"data": rows(3)})
    api.on("/broken", lambda _: Reply({"data": [row("canary")]}, 403))
