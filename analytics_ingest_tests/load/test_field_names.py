"""Each field of a row has a column of its own, or a place beside it, whatever its name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from dlt.common.normalizers.naming.snake_case import NamingConvention
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_ingest.common.column_names import OTHER_FIELDS, to_ascii, to_snake_case
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.field_names import (
    CASES,
    MOMENT,
    UNNESTED,
    columns,
    load_all,
    missing,
    read_tables,
    tables_of,
)
from analytics_ingest_tests.support.loads import (
    column_types,
    declare,
    load,
    project_in,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi
from analytics_ingest_tests.support.warehouses import DUCKDB_FILE

ALL = {**CASES, **UNNESTED}
TABLES = tables_of(ALL)


@dataclass(frozen=True)
class Stored:
    """What the tables of all cases hold, by case."""

    missing: Mapping[str, list[tuple[Any, Any]]]
    columns: Mapping[str, Mapping[str, set[str]]]


@pytest.fixture(scope="module")
def stored(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Stored]:
    """The tables after all loads of each case, and after the same loads once more."""
    api = hub.new_api()
    with project_in(tmp_path_factory.mktemp("names")), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        return [_load(api) for _ in range(2)]


def _load(api: ScriptedApi) -> Stored:
    load_all(api, {TABLES[case]: names for case, names in ALL.items()})
    with duckdb.connect(str(DUCKDB_FILE), read_only=True):  # opening it for each table takes longer
        contents = read_tables(TABLES.values())
    return Stored(
        {case: missing(TABLES[case], names, contents) for case, names in ALL.items()},
        {case: columns(TABLES[case], contents) for case in ALL},
    )


@pytest.mark.parametrize("case", ALL)
def test_every_value_is_in_its_row(case: str, stored: Sequence[Stored]) -> None:
    first, again = stored
    assert first.missing[case] == []
    assert again.columns[case] == first.columns[case]
    assert again.missing[case] == []


def test_two_declared_fields_of_one_column_are_refused() -> None:
    for own in (
        {"fields": {"userId": "string", "user_id": "string"}},
        {"fields": {"userId": "string"}, "columns": {"user_id": {"data_type": "text"}}},
        {"columns": [{"name": "userId"}, {"name": "user_id"}]},
    ):
        with pytest.raises(DeclarationError) as caught:
            declare(resource(own=own))
        assert str(caught.value) == (
            "demo.items: fields: 'userId' and 'user_id' are both the column user_id; keep one"
        )


def test_two_columns_from_the_parent_of_one_name_are_refused() -> None:
    child = resource(
        "items", path="/{resources.parents.id}", own={"include_from_parent": ["userId", "user_id"]}
    )
    with pytest.raises(DeclarationError, match=r"_parents_userId.*are both the column"):
        declare("parents", child)


def test_a_row_keeps_its_own_field_beside_that_of_its_parent(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(1)]})
    api.always("/1", {"data": [row(2, _parents_id="own", _parentsId="twin"), row(3)]})
    own = {"include_from_parent": ["id"], "primary_key": ["_parents_id", "id"]}
    load(declare(resource("parents"), resource(path="/{resources.parents.id}", own=own)))
    selected = ("id", "_parents_id", "_parents_id_of_the_row", "_parents_id__v_text")
    assert table("items", *selected) == [(2, 1, "own", '"twin"'), (3, 1, None, None)]


def test_a_listed_value_that_is_equal_to_the_rows_own_adds_no_column(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, status="open")]})
    params = {"status": {"type": "each", "values": ["open"], "column": "status"}}
    load(declare(resource(params=params)))
    assert set(column_types("items")) == {"id", "updated_at", "status"}


def test_rows_with_only_one_of_the_twins_share_the_column(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, userId="a"), row(2, user_id="b"), row(3, USER_ID="c")]})
    load(declare(resource()))
    assert table("items", "id", "user_id") == [(1, "a"), (2, "b"), (3, "c")]
    assert set(column_types("items")) == {"id", "updated_at", "user_id"}


def test_new_fields_beyond_a_limit_are_kept_together(api: ScriptedApi) -> None:
    many = {f"field{n}": n for n in range(1000)}
    api.in_turn("/items", [{"data": [row(1, **many)]}, {"data": [row(2, **many, late=7)]}])
    lines: list[str] = []
    for _ in range(2):
        load(declare(resource(own={"fields": {"id": "integer"}})), log=lines.append)
    assert len(column_types("items")) == len(("id", "updated_at", OTHER_FIELDS)) + 500
    assert table("items", "field0", "field499", order_by="id") == [(0, 499)] * 2
    others = [json.loads(text) for text in table("items", OTHER_FIELDS, order_by="id")]
    assert others == [
        {f"field{n}": n for n in range(500, 1000)},
        {**{f"field{n}": n for n in range(500, 1000)}, "late": 7},
    ]
    assert len([line for line in lines if "max_new_columns 500" in line]) == 2


def test_a_higher_limit_and_declared_fields_get_columns_later(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, a=1, b=2, c=3, d=4)]})
    load(declare(resource(own={"max_new_columns": 1})))
    assert set(column_types("items")) == {"id", "updated_at", "a", OTHER_FIELDS}
    load(declare(resource(own={"max_new_columns": 2, "fields": {"d": "integer"}})))
    assert table("items", "a", "b", "d", OTHER_FIELDS) == [(1, 2, 4, '{"c": 3}')]


def test_a_limit_holds_for_objects_and_lists_that_become_columns_and_tables(
    api: ScriptedApi,
) -> None:
    many = {f"field{n}": n for n in range(5)}
    api.always("/items", {"data": [row(1, user=many, lines=[many])]})
    load(declare(resource(own={"max_table_nesting": 1, "max_new_columns": 4})))
    assert len(column_types("items")) <= 4 + 3
    assert json.loads(table("items__lines", OTHER_FIELDS)[0]) == {"field4": 4}


def test_ordinary_names_are_loaded_without_a_warning(
    api: ScriptedApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.always("/items", {"data": [{"itemId": 1, "updatedAt": MOMENT, "someName": "a"}]})
    own = {"primary_key": "itemId", "fields": {"itemId": "integer", "someName": "string"}}
    declaration = declare(resource(own=own, incremental={"cursor_path": "updatedAt"}))
    for _ in range(2):
        load(declaration)
    assert "collides" not in caplog.text
    assert set(column_types("items")) == {"item_id", "updated_at", "some_name"}


@settings(deadline=None)
@given(st.text(st.sampled_from("aBcD1 _-+*@|.$%é価"), min_size=1, max_size=12))
def test_columns_are_named_as_dlt_names_them(name: str) -> None:
    expected = NamingConvention().normalize_path(to_ascii(name)) if name.strip() else ""
    assert to_snake_case(name) == expected
