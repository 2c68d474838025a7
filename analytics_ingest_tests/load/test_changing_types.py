"""A value whose type changes is still itself: no conversion that nobody declared changes it."""

import json
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import API, declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

MOMENT = "2026-01-05T10:00:00Z"

KEPT: dict[str, tuple[Any, list[Any]]] = {
    "flags, then numbers": (True, [7, 0.5, 0, 1, 10**25]),
    "flags, then texts": (True, ["yes", "no", "T", "True", "1"]),
    "moments, then numbers": (MOMENT, [7, -1.25, 1767607200, 10**25]),
    "moments, then texts of numbers": (MOMENT, ["7", "007", "1e5", "-0", " 12 ", "2026"]),
    "moments, then parts of dates": (MOMENT, ["2026-01", "2026-W01", "20260105"]),
    "numbers, then texts": (7, ["007", "-0", " 12 ", "1_000", "+5"]),
    "fractions, then texts": (0.5, ["007", "1.50", "1e5", "NaN", "Infinity", "-0", "12"]),
}


@pytest.mark.parametrize("is_one_load", [True, False], ids=["in one load", "in a later load"])
@pytest.mark.parametrize(("first", "later"), KEPT.values(), ids=KEPT)
def test_a_later_value_is_kept_beside_the_column(
    api: ScriptedApi, first: Any, later: list[Any], *, is_one_load: bool
) -> None:
    rows = [row(number, v=value) for number, value in enumerate([first, *later])]
    for served in [rows] if is_one_load else [rows[:1], rows[1:]]:
        api.always("/items", {"data": served})
        load(declare(resource()))
    stored = ask(f"SELECT * FROM {API}.items ORDER BY id").as_dicts()
    assert {one["v"] for one in stored[1:]} == {None}
    assert [json.loads(one["v__v_text"]) for one in stored[1:]] == later


@pytest.mark.parametrize(
    ("first", "later"),
    [(7, ["12", 2.0]), (0.5, ["1.5", 3]), (True, ["true", "false"]), (MOMENT, ["2026-01-06"])],
    ids=["whole numbers", "fractions", "flags", "moments"],
)
def test_a_value_that_is_spelled_alike_stays_in_the_column(
    api: ScriptedApi, first: Any, later: list[Any]
) -> None:
    values = [first, *later]
    api.always("/items", {"data": [row(number, v=value) for number, value in enumerate(values)]})
    load(declare(resource()))
    assert None not in table("items", "v")


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [("integer", "007", 7), ("boolean", 1, True), ("boolean", "yes", True), ("number", "1e5", 1e5)],
)
def test_a_declared_type_converts(api: ScriptedApi, kind: str, value: Any, stored: Any) -> None:
    api.always("/items", {"data": [row(1, v=value)]})
    load(declare(resource(own={"fields": {"v": kind}})))
    assert table("items", "v") == [stored]


@pytest.mark.parametrize("first", ["red", None], ids=["undeclared", "declared"])
def test_a_flag_among_texts_is_spelled_as_in_json(api: ScriptedApi, first: Any) -> None:
    values = [first, True, False]
    api.always("/items", {"data": [row(number, v=value) for number, value in enumerate(values)]})
    fields = {} if first else {"fields": {"v": "string"}}
    load(declare(resource(own=fields)))
    assert table("items", "v", order_by="id") == [first, "true", "false"]


@pytest.mark.parametrize("value", [7, 0.5, -1])
def test_a_number_that_is_no_flag_is_not_made_one(api: ScriptedApi, value: Any) -> None:
    api.always("/items", {"data": [row(1, v=value)]})
    load(declare(resource(own={"fields": {"v": "boolean"}})))
    assert table("items", "v", "v__v_text") == [(None, str(value))]


def test_keys_that_only_a_conversion_makes_equal_are_not_one_row(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(7), row("007"), row("7")]})
    load(declare(resource()))
    assert table("items") == [7]
    assert '"id": "007"' in table("items__rejected", "row")[0]
