"""Values in nested tables and in columns of objects keep what was sent, as those of a row do."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from itertools import product
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import (
    API,
    WAREHOUSE,
    column_types,
    declare,
    load,
    project_asking,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

MOMENT = datetime(2026, 1, 1, tzinfo=timezone.utc)

CASES: dict[str, tuple[list[str], list[Any]]] = {
    "a text among numbers": (["1", '"007"'], [1, '"007"']),
    "a number that a double would round": (["0.5", "9007199254740993"], [0.5, "9007199254740993"]),
    "a number among booleans": (["true", "7"], [True, "7"]),
    "a number among moments": (['"2026-01-01T00:00:00Z"', "7"], [MOMENT, "7"]),
    "a number among texts": (['"a"', "7"], ["a", "7"]),
    "a whole number beyond 64 bits": (["1", "9223372036854775808"], [1, "9223372036854775808"]),
    "a long fraction": (["1.5", "0.1234567890123456789"], [1.5, "0.1234567890123456789"]),
    "a number that no double holds": (["1.5", "1e400"], [1.5, "1e400"]),
    "whole numbers before fractions": (["1", "0.5"], [1.0, 0.5]),
    "half a pair of surrogates": (['"a"', r'"\ud83d"'], ["a", r'"\ud83d"']),
    "a moment out of range": (
        ['"2026-01-01T00:00:00Z"', '"0000-00-00T00:00:00Z"'],
        [MOMENT, "0000-00-00T00:00:00Z"],
    ),
}
"""Two values as they are sent, and what the table holds of each, beside its column if need be."""

PLACES = {
    "column of an object": ('{"o": {"v": %s}}', 1, "", "o__v"),
    "item of a list": ('{"l": [{"v": %s}]}', 1, "__l", "v"),
    "plain item of a list": ('{"l": [%s]}', 1, "__l", "value"),
    "object in an item": ('{"l": [{"o": {"v": %s}}]}', 2, "__l", "o__v"),
    "list in an object": ('{"o": {"l": [{"v": %s}]}}', 2, "__o__l", "v"),
    "list in a list": ('{"l": [[%s]]}', 3, "__l__list", "value"),
}
"""A row around the value, `max_table_nesting`, the end of its table's name, and its column."""


Values = Mapping[str, Mapping[str, list[Any]]]
"""Place → case → what the tables hold."""

EVERYWHERE = ("a text among numbers", "a whole number beyond 64 bits")
"""Cases for all places; the others are for one."""

CELLS = {
    (place, case): f"t{number}"
    for number, (place, case) in enumerate(product(PLACES, CASES))
    if place == "item of a list" or case in EVERYWHERE
}


@pytest.fixture(scope="module")
def loaded(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Values]:
    """What is stored after a load of all cases in all places, and after a second one."""
    api = hub.new_api()
    for (place, case), name in CELLS.items():
        api.on(f"/{name}", lambda _, place=place, case=case: _send(place, case))
    with project_asking(api, tmp_path_factory.mktemp("nested")):
        declaration = declare(
            *(
                resource(name, own={"max_table_nesting": PLACES[place][1]})
                for (place, _), name in CELLS.items()
            )
        )
        return [_load(declaration) for _ in range(2)]


def _send(place: str, case: str) -> Reply:
    rows = [
        f'{{"id": {n}, "updated_at": "2026-01-05T10:00:00Z", ' + (PLACES[place][0] % value)[1:]
        for n, value in enumerate(CASES[case][0])
    ]
    body = f'{{"data": [{", ".join(rows)}]}}'
    return Reply(body.encode(), 200, {"Content-Type": "application/json"})


def _load(declaration: ApiDeclaration) -> Values:
    load(declaration)
    stored: dict[str, dict[str, list[Any]]] = {place: {} for place in PLACES}
    for (place, case), name in CELLS.items():
        _, _, nested, column = PLACES[place]
        stored[place][case] = _read(name, name + nested, column)
    return stored


def _read(root: str, name: str, column: str) -> list[Any]:
    """Read the values of a column, or those beside it, in the order of the rows."""
    columns = [c for c in column_types(name) if c == column or c.startswith(f"{column}__v_")]
    selected = ", ".join(f"n.{c}" for c in columns)
    owner = "_dlt_id" if name == root else "_dlt_root_id"
    rows = ask(
        f"SELECT {selected} FROM {API}.{name} n JOIN {API}.{root} r ON n.{owner} = r._dlt_id "
        "ORDER BY r.id"
    ).rows
    return [next((value for value in row if value is not None), None) for row in rows]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", [0, 1], ids=["new table", "stored table"])
def test_no_value_in_a_nested_place_is_altered(
    loaded: Sequence[Values], place: str, number: int
) -> None:
    assert loaded[number][place] == {case: CASES[case][1] for p, case in CELLS if p == place}


@pytest.mark.parametrize("nesting", [1, 2, 3, 4])
def test_objects_and_lists_become_the_tables_that_dlt_makes_of_them(
    api: ScriptedApi, project: Path, nesting: int
) -> None:
    rows = [
        row(1, o={"a": 1, "p": {"b": 2, "l": [3, 4]}, "e": {}, "n": None}),
        row(2, l=[{"c": 1, "m": [{"d": 2}, {"q": {"f": [5]}}]}, {"c": None}], e=[]),
        row(3, l=[], m=[[1, 2], [], [[3]]], o={"l": [{"x": {"y": 6}}]}),
        row(4, k=["a", None, "b"], **{"Some Name": {"Other-Name": [{"Third.Name": 1}]}}),
    ]
    api.always("/items", {"data": rows})
    load(declare(resource(own={"max_table_nesting": nesting})))

    alone = project / "dlt.duckdb"
    pipeline = dlt.pipeline(
        "alone", destination=dlt.destinations.duckdb(str(alone)), dataset_name=API
    )
    pipeline.run(dlt.resource(rows, name="items", primary_key="id", max_table_nesting=nesting))
    assert _read_tables(WAREHOUSE) == _read_tables(alone)


def test_keys_in_columns_of_json_stay_as_they_were_sent(api: ScriptedApi) -> None:
    sent = {"en-US": 1, "en_us": 2, "Да": 3, "": 4}
    api.always("/items", {"data": [row(1, o={"v": sent}, l=[{"v": sent}], m=[[sent]])]})
    kept = {"v": {"data_type": "json"}}
    own = {
        "max_table_nesting": 2,
        "columns": {"o__v": {"data_type": "json"}},
        "nested_hints": {"l": {"columns": kept}},
    }
    load(declare(resource(own=own)))
    stored = [table("items", "o__v"), table("items__l", "v"), table("items__m", "list")]
    assert [json.loads(value) for (value,) in stored] == [sent, sent, [sent]]


def test_values_at_the_depth_that_dlt_cannot_write_fail_no_load(api: ScriptedApi) -> None:
    deep = {n: '{"d":' * n + "1" + "}" * n for n in range(244, 256)}
    body = ", ".join(f'{{"id": {n}, "l": [[{{"x": {text}}}]]}}' for n, text in deep.items())
    reply = Reply(f'{{"data": [{body}]}}'.encode(), 200, {"Content-Type": "application/json"})
    api.on("/items", lambda _: reply)
    load(declare(resource(own={"max_table_nesting": 4}, incremental=None)))
    assert len(table("items")) == len(deep)


def _read_tables(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the tables of items: their values, without nulls, and the places in their lists."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = ? "
            "AND table_name LIKE 'items%'",
            [API],
        ).fetchall()
        return {name: _read_rows(connection, name) for (name,) in names}


def _read_rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {API}.{name}")
    columns = [column for column, *_ in cursor.description or ()]
    rows = (dict(zip(columns, values, strict=True)) for values in cursor.fetchall())
    own = ("_dlt_list_idx",)
    kept = [
        {c: v for c, v in row.items() if v is not None and (c in own or not c.startswith("_dlt_"))}
        for row in rows
    ]
    return sorted(kept, key=str)
