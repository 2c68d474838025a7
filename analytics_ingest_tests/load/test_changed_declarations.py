"""A changed declaration holds from the next load on, and nothing of the former one."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analytics_ingest.common.errors import WarehouseError
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


@pytest.mark.parametrize(
    ("later", "spelled"),
    [
        ({"columns": {"v": {**DIGITS, "precision": 38, "scale": 9}}}, "decimal(38, 9)"),
        ({"fields": {"v": "decimal"}}, "decimal(38, 9)"),
    ],
)
def test_other_digits_than_those_of_the_column_are_refused_by_name(
    api: ScriptedApi, later: Mapping[str, Any], spelled: str
) -> None:
    api.in_turn("/items", [{"data": [row(1, v=1.25)]}, {"data": [row(2, v=1.75)]}])
    declared = declare(resource(own={"columns": {"v": DIGITS}}))
    load(declared)
    with pytest.raises(WarehouseError) as caught:
        load(declare(resource(own=later)))
    assert str(caught.value) == (
        f"demo.items: the column v is declared as {spelled}, but is decimal(10, 2) in the "
        "warehouse, which would round to that; declare that, or start the table over: DROP TABLE "
        "demo.items, then load all partitions again"
    )
    load(declared)
    assert table("items") == [1, 2]


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


def nesting(level: int, **own: Any) -> dict[str, Any]:
    return resource(own={"max_table_nesting": level, **own})


@pytest.mark.parametrize(
    ("fields", "levels", "problem", "drops"),
    [
        pytest.param(
            LISTS,
            (0, 1),
            "1 and was 0, but the column lines of items is JSON and would stay so, unless fields "
            "declares it as object? or array?; declare 0",
            ["items"],
            id="lists in a JSON column",
        ),
        pytest.param(
            LISTS,
            (1, 0),
            "0 and was 1, but earlier rows have lists in the table items__lines, which new rows "
            "would not; declare 1",
            ["items__lines", "items"],
            id="lists in a nested table",
        ),
        pytest.param(
            OBJECTS,
            (1, 0),
            "0 and was 1, but earlier rows have fields of objects in o__a, which new rows would "
            "not; declare 1",
            ["items"],
            id="fields of objects",
        ),
        pytest.param(
            NESTED_TWICE,
            (1, 2),
            "2 and was 1, but the column parts of items__lines is JSON and would stay so; "
            "declare 1",
            ["items__lines", "items"],
            id="lists of a nested table in JSON",
        ),
        pytest.param(
            NESTED_TWICE,
            (2, 1),
            "1 and was 2, but earlier rows have lists in the table items__lines__parts, which new "
            "rows would not; declare 2",
            ["items__lines__parts", "items__lines", "items"],
            id="lists of a nested table in its own",
        ),
    ],
)
def test_another_nesting_than_that_of_the_table_is_refused_by_name(
    api: ScriptedApi,
    fields: Mapping[str, Any],
    levels: tuple[int, int],
    problem: str,
    drops: Sequence[str],
) -> None:
    first, second = levels
    api.always("/items", {"data": [row(1, **fields)]})
    load(declare(nesting(first)))
    with pytest.raises(WarehouseError) as caught:
        load(declare(nesting(second)))
    statements = [f"DROP TABLE demo.{name}" for name in drops]
    start_over = START_OVER.format("; ".join(statements))
    assert str(caught.value) == f"demo.items: max_table_nesting is {problem}, {start_over}"
    load(declare(nesting(first)))
    sql(*statements)
    load(declare(nesting(second)))
    load(declare(nesting(second)))
    assert table("items") == [1]


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
