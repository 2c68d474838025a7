"""A snapshot that comes back empty keeps its table and says so, unless it may be empty."""

import re
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError, PartialLoadError
from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import declare, load, resource, table, utc
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

REPLACED = {"write_disposition": "replace", "primary_key": None}
MERGED = {"write_disposition": "merge"}
NESTED = {**REPLACED, "max_table_nesting": 1}


def snapshot(own: dict[str, Any], name: str = "items", **keys: Any) -> dict[str, Any]:
    return resource(name, own={**own, **keys}, incremental=None)


def serve(api: ScriptedApi, found: list[Any], path: str = "/items") -> None:
    api.on(path, lambda _: {"data": found})


EMPTIED: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "replaced": (REPLACED, []),
    "merged": (MERGED, []),
    "nested": (NESTED, []),
    "a_row_without_fields": (REPLACED, [{}]),
    "rows_without_fields": (REPLACED, [{}, {}]),
    "null": (REPLACED, [None]),
}
"""Table → how its resource is declared, and what is listed the second time."""


def test_it_fails_by_name_and_the_table_keeps_its_rows(api: ScriptedApi) -> None:
    """Rows without fields are none."""
    declaration = declare(*(snapshot(own, name) for name, (own, _) in EMPTIED.items()))
    api.otherwise(lambda _: {"data": [row(1, lines=[{"n": 1}]), row(2, lines=[])]})
    load(declaration)
    for name, (_, found) in EMPTIED.items():
        serve(api, found, f"/{name}")
    with pytest.raises(PartialLoadError) as caught:
        load(declaration)
    errors = {name: str(error) for name, error in caught.value.failures.items()}
    for name in EMPTIED:
        assert re.search(rf"demo\.{name}: .*kept.*allow_empty: true", errors[name]), name
    assert {name: table(name) for name in EMPTIED} == {name: [1, 2] for name in EMPTIED}


def test_its_neighbours_are_loaded(api: ScriptedApi) -> None:
    serve(api, rows(2))
    serve(api, rows(2), "/others")
    declaration = declare(snapshot(REPLACED), resource("others"))
    load(declaration)
    serve(api, [])
    serve(api, rows(3), "/others")
    with pytest.raises(LoadError, match=r"demo\.items"):
        load(declaration)
    assert (table("items"), table("others")) == ([1, 2], [1, 2, 3])


def test_it_empties_its_table_where_that_is_declared(api: ScriptedApi) -> None:
    serve(api, rows(2))
    load(declare(snapshot(REPLACED)))
    serve(api, [])
    load(declare(snapshot(REPLACED, allow_empty=True)))
    assert table("items") == []


def test_rows_after_an_empty_answer_replace_the_old_ones(api: ScriptedApi) -> None:
    serve(api, rows(2))
    load(declare(snapshot(REPLACED)))
    serve(api, [])
    with pytest.raises(LoadError):
        load(declare(snapshot(REPLACED)))
    serve(api, [row(3)])
    load(declare(snapshot(REPLACED)))
    assert table("items") == [3]


def test_a_snapshot_that_never_had_rows_may_be_empty_again(api: ScriptedApi) -> None:
    kinds = {"replaced": REPLACED, "merged": MERGED}
    api.otherwise(lambda _: {"data": []})
    declaration = declare(
        *(snapshot(own, name, fields={"id": "integer"}) for name, own in kinds.items())
    )
    load(declaration)
    load(declaration)
    assert {name: table(name) for name in kinds} == {name: [] for name in kinds}


SINCE = {"cursor_path": "updated_at", "start_param": "since"}
DAYS = Window(utc(2026, 1, 4), utc(2026, 1, 8))
WITHOUT_ROWS: dict[str, tuple[dict[str, Any], bool]] = {
    "emptied": ({"incremental": SINCE}, True),
    "unfiltered": ({"incremental": {"cursor_path": "updated_at"}}, True),
    "may_be_empty": ({"incremental": SINCE, "own": {"allow_empty": True}}, False),
    "in_pieces": ({"incremental": {**SINCE, "max_window": "1d"}}, False),
    "has_others": ({"incremental": SINCE}, False),
}
"""Resource with a cursor → its endpoint and keys, and whether a window without rows is a warning.

Only the last has rows without the window; of a window in pieces, no request shows that.
"""


def test_a_window_without_rows_is_a_warning_where_the_api_has_no_others(api: ScriptedApi) -> None:
    declaration = declare(*(resource(name, **keys) for name, (keys, _) in WITHOUT_ROWS.items()))
    api.otherwise(lambda _: {"data": rows(2)})
    load(declaration, window=DAYS)
    others = [row(1, updated_at=None)]
    api.otherwise(lambda _: {"data": []})
    api.on("/has_others", lambda asked: {"data": [] if "since" in asked.query else others})
    stats = load(declaration, window=DAYS)
    warned = {n: any("nor any without the window" in w for w in stats[n].warnings) for n in stats}
    assert warned == {name: is_warned for name, (_, is_warned) in WITHOUT_ROWS.items()}
    assert {name: table(name) for name in stats} == {name: [1, 2] for name in stats}


def test_an_empty_window_is_not_a_reason_to_fail(api: ScriptedApi) -> None:
    serve(api, rows(2))
    load(declare(resource()))
    serve(api, [])
    load(declare(resource()))
    assert table("items") == [1, 2]
