"""A column keeps its declared type, and values of another type go to a variant column."""

import json
from datetime import date
from typing import Any

import duckdb
import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest_tests.support.loads import (
    WAREHOUSE,
    column_types,
    declare,
    failure,
    load,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi


def with_field(kind: str | None) -> Any:
    own = {"fields": {"id": "integer", **({"v": kind} if kind else {})}}
    return declare(resource(own=own))


def serve(api: ScriptedApi, *values: Any) -> None:
    api.always("/items", {"data": [row(n, v=value) for n, value in enumerate(values)]})


def load_each(api: ScriptedApi, cases: dict[str, tuple[str | None, list[Any]]]) -> None:
    """Load a resource for each case: its name, the type declared for `v`, the values of `v`."""
    listings: list[dict[str, Any]] = []
    for name, (kind, values) in cases.items():
        api.always(f"/{name}", {"data": [row(n, v=value) for n, value in enumerate(values)]})
        fields = {"id": "integer", **({"v": kind} if kind else {})}
        listings.append(resource(name, own={"fields": fields}))
    load(declare(*listings))


MOMENTS = ["2026-01-05T10:00:00Z", "2026-01-05 12:00:00+02:00", "2026-01-05T10:00:00.000000000Z"]
DECLARED: dict[str, tuple[list[Any], str, list[Any]]] = {
    "number": ([1, 1.5, -2, "2.5"], "DOUBLE", [1.0, 1.5, -2.0, 2.5]),
    "integer": ([1, 2.0, "3"], "BIGINT", [1, 2, 3]),
    "string": (
        ["a", 1, 2.5, "", True, {"a": 1}],
        "VARCHAR",
        ["a", "1", "2.5", "", "true", '{"a":1}'],
    ),
    "boolean": ([True, False], "BOOLEAN", [True, False]),
    "timestamp": (MOMENTS, "TIMESTAMP WITH TIME ZONE", [utc(2026, 1, 5, 10)] * 3),
    "date": (["2026-01-05"], "DATE", [date(2026, 1, 5)]),
}


def test_a_declared_type_is_stored_whatever_comes_first(api: ScriptedApi) -> None:
    load_each(api, {kind: (kind, [*values, None]) for kind, (values, _, _) in DECLARED.items()})
    for kind, (_, column_type, stored) in DECLARED.items():
        assert set(column_types(kind)) == {"id", "updated_at", "v"}
        assert (kind, column_types(kind)["v"]) == (kind, column_type)
        assert (kind, table(kind, "v", order_by="id")) == (kind, [*stored, None])


def held(name: str) -> list[Any]:
    """The values of `v`, from the column of whichever type holds each."""
    columns = [column for column in column_types(name) if column.startswith("v")]
    found = table(name, "id", *columns, order_by="id")
    return [next((v for v in values if v is not None), None) for _, *values in found]


def test_objects_and_lists_are_json(api: ScriptedApi) -> None:
    cases: dict[str, tuple[str | None, list[Any]]] = {
        "objects": ("object", [{"a": {"b": [1, None, "ž"]}}, {}, [1]]),
        "lists": ("array<string>", [["a", "b"], []]),
        "lists_of_objects": ("array<object>", [[{"a": 1}, {"a": 2}]]),
        "undeclared_objects": (None, [{"a": {"b": 1}}]),
        "undeclared_lists": (None, [[{"a": 1}]]),
    }
    load_each(api, cases)
    for name, (_, values) in cases.items():
        assert (name, column_types(name)["v"]) == (name, "JSON")
        assert (name, [json.loads(value) for value in held(name)]) == (name, values)


def test_values_of_another_type_sink_no_load_and_are_kept(api: ScriptedApi) -> None:
    cases: dict[str, tuple[str | None, list[Any]]] = {
        "integers": ("integer", [1, "many", 1.5, True, {"a": 1}, [1]]),
        "numbers": ("number", [1, "many", {"a": 1}, True]),
        "booleans": ("boolean", [True, "perhaps", 5, [1]]),
        "timestamps": ("timestamp", ["2026-01-05", "soon", 5, -1, {"a": 1}]),
        "dates": ("date", ["2026-01-05", "soon", 5, [1]]),
        "texts": ("string", ["a", {"a": 1}, [1], True]),
        "objects": ("object", [{"a": 1}, "text", 5, True, [1]]),
        "lists": ("array", [[1], 5]),
        "undeclared": (None, [1, "text", 1.5, True, {"a": 1}, [1]]),
        "zeros": (None, ["a\x00b"]),
    }
    load_each(api, cases)
    for name, (_, values) in cases.items():
        assert (name, table(name)) == (name, list(range(len(values))))
        assert (name, None in held(name)) == (name, False)


UNSTORABLE: dict[str, tuple[str | None, list[Any]]] = {
    "an_unsigned_integer_of_64_bits": ("integer", [1, 2**63]),
    "integers_beyond_64_bits": ("integer", [1, 2**64, 10**40, -(2**64)]),
    "huge_numbers": ("number", [1, 2**64, 10**400]),
    "a_huge_integer_that_is_not_declared": (None, [2**64, 1]),
    "a_huge_integer_in_an_object": ("object", [{"a": 2**64}]),
    "a_number_too_large_for_a_timestamp": ("timestamp", ["2026-01-05", 10**18]),
    "a_date_before_time_begins": ("timestamp", ["0001-01-01T00:00:00+14:00"]),
    "a_date_of_zeros": ("date", ["0000-00-00"]),
    "half_a_surrogate_pair": (None, ["\ud800", "☂"]),
}


def test_values_that_no_column_can_hold_sink_no_load_and_lose_no_row(api: ScriptedApi) -> None:
    load_each(api, UNSTORABLE)
    for name, (_, values) in UNSTORABLE.items():
        assert (name, table(name)) == (name, list(range(len(values))))


def test_columns_that_are_not_declared_are_added(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)]}, {"data": [row(2, colour="red", size=3)]}])
    declaration = with_field(None)
    load(declaration)
    load(declaration)
    found = table("items", "id", "colour", "size")
    assert found == [(1, None, None), (2, "red", 3)]


ODD_NAMES = [
    'x"; DROP TABLE demo.items; --',
    "x'); DELETE FROM demo.items; --",
    "select",
    "with blank",
    "Ünïcödé ☂",
    "_dlt_load_id",
    "__v_text",
    "a" * 300,
    "",
    "\x00",
]


def test_no_name_of_a_field_breaks_out_of_sql_or_sinks_a_load(api: ScriptedApi) -> None:
    served = [row(number, **{name: "value"}) for number, name in enumerate(ODD_NAMES)]
    api.always("/items", {"data": [*served, row("last")]})
    declaration = declare(resource(own={"fields": {"id": "string"}}))
    for _ in range(2):
        load(declaration)
        assert len(table("items")) == len(ODD_NAMES) + 1


def serve_nested(api: ScriptedApi, name: str, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    body = f'{{"data": [{{"id": 1, "v": {nested}, "updated_at": "2026-01-05T10:00:00Z"}}]}}'
    api.on(f"/{name}", lambda _: Reply(body.encode()))


def test_deeply_nested_values_are_kept(api: ScriptedApi) -> None:
    depths = {f"nested_{depth}": depth for depth in (10, 250, 300, 800)}
    for name, depth in depths.items():
        serve_nested(api, name, depth)
    load(declare(*map(resource, depths)))
    assert [table(name) for name in depths] == [[1]] * len(depths)


def test_values_that_are_nested_too_deeply_to_be_read_are_an_error_of_their_resource(
    api: ScriptedApi,
) -> None:
    serve_nested(api, "items", 200_000)
    error = failure(declare(resource()))
    assert str(error) == "demo.items: GET /items: the response is nested too deeply to be parsed"


def test_a_field_declared_later_is_added(api: ScriptedApi) -> None:
    serve(api, 1)
    load(declare(resource(own={"fields": {"id": "integer", "v": "number"}})))
    load(declare(resource(own={"fields": {"id": "integer", "v": "number", "late": "date"}})))
    assert column_types("items")["late"] == "DATE"


def test_a_declared_type_that_changed_is_refused_and_says_what_to_do(
    api: ScriptedApi,
) -> None:
    serve(api, 1)
    load(with_field("integer"))
    serve(api, "x", 2)
    with pytest.raises(WarehouseError) as caught:
        load(with_field("string"))
    assert str(caught.value) == (
        "demo.items: the column v is declared as text, but is bigint in the warehouse, which would "
        "change values to that; declare that, or start the table over: DROP TABLE demo.items, then "
        "load all partitions again"
    )
    assert table("items") == [0]
    with duckdb.connect(str(WAREHOUSE)) as connection:
        connection.execute("DROP TABLE demo.items")
    load(with_field("string"))
    assert table("items", "v") == ["2", "x"]


def test_an_empty_listing_whose_fields_leave_out_the_key_is_loaded(api: ScriptedApi) -> None:
    serve(api)
    declaration = declare(resource(own={"fields": {"n": "number"}}))
    load(declaration)
    serve(api, 1)
    load(declaration)
    assert len(table("items")) == 1


def test_an_empty_listing_makes_the_declared_table(api: ScriptedApi) -> None:
    serve(api)
    own = {"fields": {"id": "string", "n": "number", "tags": "array<string>?"}}
    load(declare(resource(own=own)))
    assert table("items") == []
    assert column_types("items") == {
        "id": "VARCHAR",
        "n": "DOUBLE",
        "tags": "JSON",
        "updated_at": "TIMESTAMP WITH TIME ZONE",
    }


def test_an_empty_listing_keeps_what_was_loaded(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)]}, {"data": []}])
    declaration = with_field("string")
    load(declaration)
    load(declaration)
    assert table("items") == [1]


def test_the_fields_of_the_schema_file_are_declared_as_well(api: ScriptedApi) -> None:
    serve(api, 1)
    schema = {"items": {"fields": {"id": "integer", "v": "number"}, "required": ["id"]}}
    load(declare(resource(), schema=schema))
    assert column_types("items")["v"] == "DOUBLE"


def test_a_required_field_that_is_missing_sinks_no_load(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1), row(2, v=None), row(3, v=5)]})
    own = {"fields": {"id": "integer", "v": "integer"}, "required": ["id", "v"]}
    load(declare(resource(own=own)))
    assert table("items", "id", "v") == [(1, None), (2, None), (3, 5)]


def test_of_several_versions_of_a_row_a_declared_column_says_which_is_the_newest(
    api: ScriptedApi,
) -> None:
    older, newer = "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"
    api.always("/items", {"data": [row(1, older, version=2), row(1, newer, version=1)]})
    columns = {"version": {"data_type": "bigint", "dedup_sort": "desc"}}
    load(declare(resource(own={"columns": columns})))
    assert table("items", "id", "version") == [(1, 2)]


def test_dlts_own_column_hints_win(api: ScriptedApi) -> None:
    serve(api, "1.10")
    own = {
        "fields": {"id": "integer", "v": "number"},
        "columns": {"v": {"data_type": "decimal", "precision": 10, "scale": 2}},
    }
    load(declare(resource(own=own)))
    assert column_types("items")["v"] == "DECIMAL(10,2)"
