"""Values by which dlt merges rows: those that it would misread fail the resource by name."""

from collections.abc import Iterable
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, failure, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi

MOMENT = "2026-01-05T10:00:00Z"


ITEMS = ("items",)


def serve(api: ScriptedApi, table: str = "items", **values: list[Any]) -> None:
    """Serve a row for each value of a field."""
    ((name, listed),) = values.items()
    rows = [{"id": n, "updated_at": MOMENT, name: value} for n, value in enumerate(listed)]
    api.always(f"/{table}", {"data": rows})


def with_sequence(own: dict[str, Any] | None = None, tables: Iterable[str] = ITEMS) -> Any:
    incremental = {"cursor_path": "rev", "cursor_format": "sequence"}
    return declare(*(resource(table, own=own, incremental=incremental) for table in tables))


def with_mark(tables: Iterable[str] = ITEMS, **own: Any) -> Any:
    keys = {"columns": {"deleted": {"hard_delete": True}}, **own}
    return declare(*(resource(table, own=keys) for table in tables))


def test_numbers_in_texts_of_several_lengths_are_not_ordered_as_texts(api: ScriptedApi) -> None:
    serve(api, rev=["9", "10"])
    assert "rev holds numbers of several lengths as texts" in str(failure(with_sequence()))
    load(with_sequence({"fields": {"rev": "integer"}}))
    assert table("items", "rev") == [9, 10]


def test_other_sequences_are_loaded(api: ScriptedApi) -> None:
    sequences: dict[str, list[Any]] = {
        "digits": ["01", "10"],
        "letters": ["a", "bc"],
        "numbers": [9, 10],
        "nothing": ["7", None],
    }
    for name, values in sequences.items():
        serve(api, name, rev=values)
    load(with_sequence(tables=sequences))
    assert {name: table(name, "rev") for name in sequences} == sequences


@pytest.mark.parametrize("value", [0, 0.0, "0", "false", "False", "no", ""])
def test_a_mark_that_says_not_deleted_deletes_no_row(api: ScriptedApi, value: Any) -> None:
    serve(api, deleted=[value])
    problem = f"deleted holds {value!r}, and dlt deletes each row in which it is not null"
    assert problem in str(failure(with_mark()))


def test_declared_as_boolean_it_deletes_the_rows_that_it_marks(api: ScriptedApi) -> None:
    marks: dict[str, list[Any]] = {"numbers": [0, 1], "texts": ["false", "true"]}
    marks["flags"] = [False, True]
    for name, values in marks.items():
        serve(api, name, deleted=values)
    load(with_mark(marks, fields={"deleted": "boolean"}))
    assert {name: table(name) for name in marks} == {name: [0] for name in marks}


def test_other_marks_delete_their_rows(api: ScriptedApi) -> None:
    marks = {"flag": True, "moment": "2026-01-05T11:00:00Z", "number": 1}
    for name, mark in marks.items():
        serve(api, name, deleted=[mark, None])
    load(with_mark(marks))
    assert {name: table(name) for name in marks} == {name: [1] for name in marks}
