"""Rows without a key: each load replaces those of its window, and no other row."""

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import day, declare, load, resource, table, utc
from analytics_ingest_tests.support.replaced_windows import (
    check_replaced_windows,
    event,
    hours,
    report,
    values,
)
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask, execute

SEEDS = (0, 1)
"""Of both: a listing that is read whole, and one in pieces."""


def serve(api: ScriptedApi, *rows: Any) -> None:
    api.always("/items", {"data": list(rows)})


def serve_cards(api: ScriptedApi) -> ApiDeclaration:
    """Serve two boards with a card each, whose value is the board's id."""
    api.always("/boards", {"data": [{"id": 1}, {"id": 2}]})
    api.on("/boards/1/cards", lambda _: {"data": [event("2026-01-05T10:00:00Z", 1)]})
    api.on("/boards/2/cards", lambda _: {"data": [event("2026-01-05T10:00:00Z", 2)]})
    cards = report("cards")
    cards["endpoint"]["path"] = "/boards/{resources.boards.id}/cards"
    return declare(resource("boards", incremental=None), cards)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_loads_leave_what_each_of_them_read(api: ScriptedApi, seed: int) -> None:
    check_replaced_windows(api, seed)


def test_equal_rows_are_all_kept_however_often_they_are_loaded(api: ScriptedApi) -> None:
    serve(api, event("2026-01-05T10:00:00Z"), event("2026-01-05T10:00:00Z"))
    for _ in range(2):
        load(declare(report()), window=day(5))
    assert len(values()) == 2


def test_a_row_of_two_pieces_of_a_window_is_loaded_once(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        days, query = [f"2026-01-0{number}" for number in range(1, 8)], asked.query
        return {"data": [event(d) for d in days if query["since"] <= d <= query["until"]]}

    api.on("/items", script)
    load(declare(report(max_window="3d")), window=Window(utc(2026, 1, 1), utc(2026, 1, 8)))
    assert len(values()) == 7
    assert len(api.asked) == 4


def test_an_open_window_replaces_the_whole_table(api: ScriptedApi) -> None:
    serve(api, event("2026-01-05T10:00:00Z"), event("2999-01-01T00:00:00Z"))
    for _ in range(2):
        load(declare(report()))
    assert len(values()) == 2


def test_a_lookback_is_replaced_too(api: ScriptedApi) -> None:
    declaration = declare(report(lookback="36h"))
    serve(api, event("2026-01-04T13:00:00Z"), event("2026-01-03T11:00:00Z"))
    load(declaration, window=hours(0, 24 * 5))
    serve(api, event("2026-01-04T13:00:00Z", 2), event("2026-01-06T10:00:00Z"))
    load(declaration, window=day(6))
    assert [value for _, value in values()] == [1, 2, 1]


EMPTY: dict[str, list[dict[str, Any]]] = {
    "without_rows": [],
    "of_other_windows": [event("2026-02-01T00:00:00Z")],
    "without_moments": [event("never")],
}
"""What a listing has for a window that it had a row for."""


def test_a_window_that_comes_back_empty_is_kept_and_the_load_fails_by_name(
    api: ScriptedApi,
) -> None:
    def serve_each(found: Callable[[str], list[dict[str, Any]]]) -> None:
        for name in EMPTY:
            api.always(f"/{name}", {"data": found(name)})

    def declared(**own: Any) -> ApiDeclaration:
        return declare(*(report(name, own=own) for name in EMPTY))

    serve_each(lambda _: [event("2026-01-05T10:00:00Z")])
    load(declared(), window=day(5))
    serve_each(EMPTY.__getitem__)
    with pytest.raises(LoadError) as caught:
        load(declared(), window=day(5))
    for name in EMPTY:
        says = rf"demo\.{name}: .*the window are kept.*allow_empty: true"
        assert re.search(says, str(caught.value)), name
    load(declared(), window=day(6))
    assert {name: len(values(name)) for name in EMPTY} == dict.fromkeys(EMPTY, 1)
    load(declared(allow_empty=True), window=day(5))
    assert {name: values(name) for name in EMPTY} == {name: [] for name in EMPTY}


def test_a_row_without_a_moment_is_rejected_as_no_load_would_replace_it(
    api: ScriptedApi,
) -> None:
    moments = {"without": None, "text": "soon", "number": 7}
    for name, moment in moments.items():
        rows = [event("2026-01-05T10:00:00Z"), {"moment": moment, "value": 3}]
        api.always(f"/{name}", {"data": rows})
    declaration = declare(*map(report, moments))
    load(declaration, window=day(5))
    stats = load(declaration, window=day(5))
    found = {
        name: (
            len(values(name)),
            stats[name].rows_rejected,
            len(table(f"{name}__rejected", "row_key")),
        )
        for name in moments
    }
    assert found == dict.fromkeys(moments, (1, 1, 1))


def test_a_load_fails_if_another_run_has_stored_rows_of_its_window_meanwhile(
    api: ScriptedApi,
) -> None:
    def script(asked: Asked) -> Any:
        if moment and "x" not in {i for (i,) in ask("SELECT load_id FROM demo._dlt_loads").rows}:
            now = datetime.now(timezone.utc)
            columns = "(load_id, inserted_at, status)"
            execute(f"INSERT INTO demo._dlt_loads {columns} VALUES ('x', '{now}', 0)")
            columns = "(moment, value, _dlt_load_id, _dlt_id)"
            execute(f"INSERT INTO demo.items {columns} VALUES ('{moment}', 9, 'x', 'x')")
        return {"data": [event("2026-01-05T10:00:00Z")]}

    moment = ""
    api.on("/items", script)
    load(declare(report()), window=day(5))
    moment = "2026-01-06T00:00:00+00:00"
    load(declare(report()), window=day(5))
    assert [value for _, value in values()] == [1, 9]
    execute("DELETE FROM demo._dlt_loads WHERE load_id = 'x'")
    moment = "2026-01-05T12:00:00+00:00"
    with pytest.raises(LoadError, match=r"demo\.items: another run has stored rows of this window"):
        load(declare(report()), window=day(5))
    assert [value for _, value in values()] == [1, 9, 9]
    load(declare(report()), window=day(5))
    assert [value for _, value in values()] == [1, 9]


def test_a_load_that_fails_keeps_what_is_stored(api: ScriptedApi) -> None:
    serve(api, event("2026-01-05T10:00:00Z"))
    load(declare(report()), window=day(5))
    api.always("/items", Reply(status=400))
    with pytest.raises(LoadError):
        load(declare(report()), window=day(5))
    assert len(values()) == 1


def test_rows_of_nested_tables_are_replaced_with_their_rows(api: ScriptedApi) -> None:
    serve(api, {**event("2026-01-05T10:00:00Z"), "lines": [{"n": 1}, {"n": 2}]})
    for _ in range(2):
        load(declare(report(own={"max_table_nesting": 1})), window=day(5))
    assert ask("SELECT n FROM demo.items__lines ORDER BY 1").rows == [(1,), (2,)]


def test_a_snapshot_and_a_table_with_a_key_can_become_one_that_is_replaced_by_windows(
    api: ScriptedApi,
) -> None:
    rows = [event("2026-01-05T10:00:00Z"), event("2026-01-05T11:00:00Z")]
    serve(api, *[{"id": 7, **row} for row in rows])
    cursor = {"cursor_path": "moment"}
    for before in (
        resource(incremental=cursor),
        resource(own={"primary_key": None, "write_disposition": "replace"}, incremental=None),
        resource(incremental=cursor),
    ):
        load(declare(before), window=day(5))
        load(declare(report()), window=day(5))
        assert len(values()) == 2
    serve(api, {"id": 8, **event("2026-01-06T10:00:00Z")})
    load(declare(resource(incremental=cursor)), window=day(6))
    assert table("items") == [7, 7, 8]
    load(declare(report()), window=day(6))
    load(declare(resource(incremental=cursor)), window=day(7))
    serve(api, {"id": 9, **event("2026-01-06T11:00:00Z")})
    load(declare(resource(incremental=cursor)), window=day(6))
    assert table("items") == [7, 7, 8, 9]


def test_pieces_and_a_lookback_replace_what_they_cover(
    api: ScriptedApi,
) -> None:
    served = [event(f"2026-01-0{number}T12:00:00Z", number) for number in range(1, 8)]

    def script(asked: Asked) -> Any:
        since, until = asked.query["since"], asked.query["until"]
        return {"data": [row for row in served if since <= row["moment"][:10] <= until]}

    api.on("/items", script)
    declaration = declare(report(lookback="1d", max_window="1d"))
    load(declaration, window=Window(utc(2026, 1, 1), utc(2026, 1, 8)))
    del served[2]
    for number in range(3, 6):
        load(declaration, window=day(number))
    assert [value for _, value in values()] == [1, 2, 4, 5, 6, 7]


def test_a_masked_field_of_a_row_without_a_key_stays_masked(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", "k" * 32)
    serve(api, event("2026-01-05T10:00:00Z", "secret"))
    for _ in range(2):
        load(declare(report(own={"mask": {"value": "hash"}})), window=day(5))
    ((_, value),) = values()
    assert "secret" not in value


def test_rows_that_no_window_would_replace_fail_the_load(api: ScriptedApi) -> None:
    serve(api, event("2026-01-05T10:00:00Z"))
    load(declare(report()), window=day(5))
    served = {"moment": "2026-01-05T10:00:00Z", "value": 1, "seconds": 1767607200}
    serve(api, served)
    other = report(cursor_path="seconds", cursor_format="epoch_s")
    with pytest.raises(LoadError, match=r"demo\.items: .*no window would replace.*DROP TABLE"):
        load(declare(other), window=day(5))
    assert len(values()) == 1


def test_rows_of_children_are_replaced_for_all_parents_at_once(api: ScriptedApi) -> None:
    """Those of a parent that is not found any more are removed with a warning."""
    declaration = serve_cards(api)
    for _ in range(2):
        load(declaration, window=day(5))
    assert [value for _, value in values("cards")] == [1, 2]
    api.always("/boards/2/cards", Reply(status=404))
    stats = load(declaration, window=day(5))
    assert [value for _, value in values("cards")] == [1]
    assert any("listings were not read" in warning for warning in stats["cards"].warnings)
