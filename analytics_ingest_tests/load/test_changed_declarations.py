"""A changed declaration holds from the next load on, and nothing of the former one."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest.common.errors import PartialLoadError, WarehouseError
from analytics_ingest_tests.support.deployments import sql
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import UPDATED, row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

FIRST = [row(key, at=UPDATED, day="Monday", gone=False, v=f"old {key}") for key in (1, 2, 3)]
SECOND = [
    row(1, "2026-01-07T00:00:00Z", at="2026-01-06T00:00:00Z", day="Monday", gone=True, v="late"),
    row(1, "2026-01-06T00:00:00Z", at="2026-01-07T00:00:00Z", day="Monday", gone=True, v="early"),
]
BY_UPDATED = ["late", "old 2", "old 3"]
BY_AT = ["early", "old 2", "old 3"]


def hints(**columns: Any) -> Mapping[str, Any]:
    """Column hints of a resource."""
    return {"own": {"columns": columns}}


CHANGES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], list[str]]] = {
    "another_cursor": ({}, {"incremental": {"cursor_path": "at"}}, BY_AT),
    "a_cursor_again": ({"incremental": {"cursor_path": "at"}}, {}, BY_UPDATED),
    "a_sequence": (
        {},
        {"incremental": {"cursor_path": "at", "cursor_format": "sequence"}},
        BY_AT,
    ),
    "no_dedup_sort": (hints(v={"dedup_sort": "asc"}), {}, BY_UPDATED),
    "another_dedup_sort": (hints(v={"dedup_sort": "desc"}), hints(v={"dedup_sort": "asc"}), BY_AT),
    "no_merge_key": ({"own": {"merge_key": "day"}}, {}, BY_UPDATED),
    "a_merge_key": ({}, {"own": {"merge_key": "day"}}, ["late"]),
    "no_hard_delete": (hints(gone={"hard_delete": True}), {}, BY_UPDATED),
    "another_hard_delete": (
        hints(gone={"hard_delete": True}),
        hints(other={"hard_delete": True, "data_type": "bool"}),
        BY_UPDATED,
    ),
}
"""What is declared first, what later, and the values of `v` that the second load leaves."""


def test_nothing_of_the_former_declaration_is_left(api: ScriptedApi) -> None:
    first = [resource(name, **declared) for name, (declared, _, _) in CHANGES.items()]
    second = [resource(name, **declared) for name, (_, declared, _) in CHANGES.items()]
    for served, resources in ((FIRST, first), (SECOND, second)):
        api.otherwise(lambda _, served=served: {"data": served})
        load(declare(*resources))
    assert {name: table(name, "v") for name in CHANGES} == {
        name: expected for name, (_, _, expected) in CHANGES.items()
    }


DIGITS = {"data_type": "decimal", "precision": 10, "scale": 2}


LATER: Mapping[str, Mapping[str, Any]] = {
    "by_columns": {"columns": {"v": {**DIGITS, "precision": 38, "scale": 9}}},
    "by_fields": {"fields": {"v": "decimal"}},
}
"""Resource, and how it declares other digits."""


def test_other_digits_than_those_of_the_column_are_refused_by_name(api: ScriptedApi) -> None:
    for name in LATER:
        api.in_turn(f"/{name}", [{"data": [row(1, v=1.25)]}, {"data": [row(2, v=1.75)]}])
    declared = declare(*(resource(name, own={"columns": {"v": DIGITS}}) for name in LATER))
    load(declared)
    with pytest.raises(PartialLoadError) as caught:
        load(declare(*(resource(name, own=own) for name, own in LATER.items())))
    assert {name: str(error) for name, error in caught.value.failures.items()} == {
        name: f"demo.{name}: the column v is declared as decimal(38, 9), but is decimal(10, 2) in "
        "the warehouse, which would round to that; declare that, or start the table over: DROP "
        f"TABLE demo.{name}, then load all partitions again"
        for name in LATER
    }
    load(declared)
    assert {name: table(name) for name in LATER} == {name: [1, 2] for name in LATER}


def test_another_type_of_a_nested_column_fails_its_resource_alone_and_by_name(
    api: ScriptedApi,
) -> None:
    api.otherwise(lambda _: {"data": [row(1, lines=[{"n": 1}])]})
    declared = [
        nesting(1, nested_hints={"lines": {"columns": {"n": {"data_type": kind}}}})
        for kind in ("bigint", "text")
    ]
    first, second = (declare(own, resource("others")) for own in declared)
    load(first)
    with pytest.raises(WarehouseError) as caught:
        load(second)
    assert str(caught.value) == (
        "demo.items: nested_hints: the column n of items__lines is declared as text, but is bigint "
        "in the warehouse, which would change values to that; declare that, or start the table "
        "over: DROP TABLE demo.items__lines; DROP TABLE demo.items, then load all partitions again"
    )
    assert table("_runs", "resource", "status") == [("items", "failed"), ("others", "loaded")]
    sql("DROP TABLE demo.items__lines", "DROP TABLE demo.items")
    load(second)
    assert table("items__lines", "n") == ["1"]


def test_a_column_that_must_not_be_null_is_added_and_fails_no_load(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)]}, {"data": [row(2, v="a"), row(3)]}])
    load(declare(resource()))
    load(declare(resource(**hints(v={"data_type": "text", "nullable": False}))))
    assert table("items", "id", "v") == [(1, None), (2, "a"), (3, None)]


LISTS = {"lines": [{"n": 1}, {"n": 2}]}
OBJECTS = {"o": {"a": 1}}
NESTED_TWICE = {"lines": [{"parts": [{"k": 1}]}]}
START_OVER = "or start the table over: {}; then load all partitions again"


def nesting(level: int, name: str = "items", /, **own: Any) -> dict[str, Any]:
    return resource(name, own={"max_table_nesting": level, **own})


NESTINGS: Mapping[str, tuple[Mapping[str, Any], tuple[int, int], str, list[str]]] = {
    "lists_in_json": (
        LISTS,
        (0, 1),
        "1 and was 0, but the column lines of {0} is JSON and would stay so, unless fields "
        "declares it as object? or array?; declare 0",
        ["{0}"],
    ),
    "lists_in_a_table": (
        LISTS,
        (1, 0),
        "0 and was 1, but earlier rows have lists in the table {0}__lines, which new rows "
        "would not; declare 1",
        ["{0}__lines", "{0}"],
    ),
    "fields_of_objects": (
        OBJECTS,
        (1, 0),
        "0 and was 1, but earlier rows have fields of objects in o__a, which new rows would "
        "not; declare 1",
        ["{0}"],
    ),
    "nested_lists_in_json": (
        NESTED_TWICE,
        (1, 2),
        "2 and was 1, but the column parts of {0}__lines is JSON and would stay so; declare 1",
        ["{0}__lines", "{0}"],
    ),
    "nested_lists_in_a_table": (
        NESTED_TWICE,
        (2, 1),
        "1 and was 2, but earlier rows have lists in the table {0}__lines__parts, which new "
        "rows would not; declare 2",
        ["{0}__lines__parts", "{0}__lines", "{0}"],
    ),
}
"""What is served, the two levels of nesting, what is said of the second, and what to drop."""


def test_another_nesting_than_that_of_the_table_is_refused_by_name(api: ScriptedApi) -> None:
    for name, (fields, *_) in NESTINGS.items():
        api.always(f"/{name}", {"data": [row(1, **fields)]})
    first, second = (
        declare(*(nesting(levels[n], name) for name, (_, levels, *_) in NESTINGS.items()))
        for n in (0, 1)
    )
    load(first)
    with pytest.raises(PartialLoadError) as caught:
        load(second)
    drops = {
        name: [f"DROP TABLE demo.{table.format(name)}" for table in tables]
        for name, (*_, tables) in NESTINGS.items()
    }
    assert {name: str(error) for name, error in caught.value.failures.items()} == {
        name: f"demo.{name}: max_table_nesting is {problem.format(name)}, "
        + START_OVER.format("; ".join(drops[name]))
        for name, (_, _, problem, _) in NESTINGS.items()
    }
    load(first)
    sql(*(statement for statements in drops.values() for statement in statements))
    for _ in range(2):
        load(second)
    assert {name: table(name) for name in NESTINGS} == {name: [1] for name in NESTINGS}


def test_a_nesting_that_concerns_no_column_may_change(api: ScriptedApi) -> None:
    """Each change counts as the table's, also one that dlt does not store."""
    api.always("/items", {"data": [row(1, v=1)]})
    for level in (0, 1, 0):
        load(declare(nesting(level)))
    api.always("/items", {"data": [row(1, **LISTS)]})
    load(declare(nesting(0)))
    with pytest.raises(WarehouseError, match="max_table_nesting is 1 and was 0, but the column"):
        load(declare(nesting(1)))


def test_a_column_that_is_declared_as_json_stays_so_at_any_nesting(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, **LISTS)]})
    declared = {"fields": {"lines": "array"}}
    load(declare(nesting(0, **declared)))
    sql("ALTER TABLE demo.items ADD COLUMN notes JSON")
    with pytest.raises(WarehouseError, match=r"notes .* unless fields declares it as object\?"):
        load(declare(nesting(1, **declared)))
    load(declare(nesting(1, fields={"lines": "array", "notes": "object?"})))
    assert table("items") == [1]
