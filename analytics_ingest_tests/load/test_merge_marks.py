"""Values by which dlt merges rows: those that it would misread fail the resource by name."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, failure, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi

MOMENT = "2026-01-05T10:00:00Z"


def serve(api: ScriptedApi, **values: list[Any]) -> None:
    """Serve a row for each value of a field."""
    ((name, listed),) = values.items()
    rows = [{"id": n, "updated_at": MOMENT, name: value} for n, value in enumerate(listed)]
    api.always("/items", {"data": rows})


def with_sequence(own: dict[str, Any] | None = None) -> Any:
    incremental = {"cursor_path": "rev", "cursor_format": "sequence"}
    return declare(resource(own=own, incremental=incremental))


def with_mark(**own: Any) -> Any:
    return declare(resource(own={"columns": {"deleted": {"hard_delete": True}}, **own}))


def test_numbers_in_texts_of_several_lengths_are_not_ordered_as_texts(api: ScriptedApi) -> None:
    serve(api, rev=["9", "10"])
    assert "rev holds numbers of several lengths as texts" in str(failure(with_sequence()))
    load(with_sequence({"fields": {"rev": "integer"}}))
    assert table("items", "rev") == [9, 10]


@pytest.mark.parametrize("values", [["01", "10"], ["a", "bc"], [9, 10], ["7", None]])
def test_other_sequences_are_loaded(api: ScriptedApi, values: list[Any]) -> None:
    serve(api, rev=values)
    load(with_sequence())
    assert table("items", "rev") == values


@pytest.mark.parametrize("value", [0, 0.0, "0", "false", "False", "no", ""])
def test_a_mark_that_says_not_deleted_deletes_no_row(api: ScriptedApi, value: Any) -> None:
    serve(api, deleted=[value])
    problem = f"deleted holds {value!r}, and dlt deletes each row in which it is not null"
    assert problem in str(failure(with_mark()))


@pytest.mark.parametrize("values", [[0, 1], ["false", "true"], [False, True]])
def test_declared_as_boolean_it_deletes_the_rows_that_it_marks(
    api: ScriptedApi, values: list[Any]
) -> None:
    serve(api, deleted=values)
    load(with_mark(fields={"deleted": "boolean"}))
    assert table("items") == [0]


@pytest.mark.parametrize("mark", [True, "2026-01-05T11:00:00Z", 1])
def test_other_marks_delete_their_rows(api: ScriptedApi, mark: Any) -> None:
    serve(api, deleted=[mark, None])
    load(with_mark())
    assert table("items") == [1]
