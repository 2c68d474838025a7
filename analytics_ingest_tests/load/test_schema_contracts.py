"""What a `schema_contract` refuses is named, and what it discards is counted and reported."""

import pytest

from analytics_ingest.common.errors import LoadError, PartialLoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi

FIRST = [{"id": 1, "size": 1}]
NEW_COLUMN = [{"id": 2, "size": 2}, {"id": 3, "size": 3, "color": "private"}]
OTHER_TYPE = [{"id": 2, "size": 2}, {"id": 3, "size": "private"}]


SECOND = {"columns": NEW_COLUMN, "data_type": OTHER_TYPE}
"""A part of a contract → rows that it decides about."""
PARTS = {"items": "columns", "more": "data_type", "others": "columns"}
REFUSED = {
    "columns": "schema_contract refuses the new column",
    "data_type": "a value of another type in size",
}


def declared(mode: str) -> ApiDeclaration:
    """A resource for each part of a contract."""
    return declare(*(resource(part, own={"schema_contract": {part: mode}}) for part in SECOND))


def test_what_a_frozen_contract_refuses_is_named_without_a_value(api: ScriptedApi) -> None:
    for part, second in SECOND.items():
        api.in_turn(f"/{part}", [{"data": FIRST}, {"data": second}])
    load(declared("freeze"))
    with pytest.raises(PartialLoadError) as caught:
        load(declared("freeze"))
    assert "private" not in str(caught.value)
    for part, says in REFUSED.items():
        error = str(caught.value.failures[part])
        assert error.startswith(f"demo.{part}: ")
        assert says in error
        assert f"{part}: evolve" in error
    assert {part: table(part) for part in SECOND} == {name: [1] for name in SECOND}


def test_a_table_that_a_frozen_contract_refuses_is_named(api: ScriptedApi) -> None:
    api.always("/items", {"data": FIRST})
    with pytest.raises(LoadError, match=r"demo\.items: .* the table, which is new; set tables: "):
        load(declare(resource(own={"schema_contract": {"tables": "freeze"}})))


def test_rows_that_a_contract_discards_are_counted(api: ScriptedApi) -> None:
    for part, second in SECOND.items():
        api.in_turn(f"/{part}", [{"data": FIRST}, {"data": second}])
    load(declared("discard_row"))
    lines: list[str] = []
    stats = load(declared("discard_row"), log=lines.append)
    for part in SECOND:
        assert stats[part].warnings == ["schema_contract discarded 1 of 2 rows"]
        assert f"demo.{part}: schema_contract discarded 1 of 2 rows" in lines
    assert {part: table(part) for part in SECOND} == {name: [1, 2] for name in SECOND}


def test_a_refused_resource_fails_alone(api: ScriptedApi) -> None:
    """Of items a column is refused, of more a type."""
    child = resource("children", path="/items/{resources.items.id}/children")
    frozen = {name: {"schema_contract": {part: "freeze"}} for name, part in PARTS.items()}
    declaration = declare(*(resource(name, own=own) for name, own in frozen.items()), child)
    for name, part in PARTS.items():
        api.in_turn(f"/{name}", [{"data": FIRST}, {"data": SECOND[part]}, {"data": FIRST}])
    last = {"data": [{"id": 7, "size": 1}]}
    api.in_turn("/others", [{"data": FIRST}, last, last])
    for number in (1, 2, 3):
        api.always(f"/items/{number}/children", {"data": [{"id": number}]})
    load(declaration)
    lines: list[str] = []
    with pytest.raises(PartialLoadError) as caught:
        load(declaration, log=lines.append)
    assert set(caught.value.failures) == {"items", "more"}
    assert len([line for line in lines if line.startswith("failed: demo.")]) == 2
    assert not any("discarded" in line for line in lines)
    assert (table("items"), table("more")) == ([1], [1])
    assert (table("others"), table("children")) == ([1, 7], [1, 2, 3])
    load(declaration)
    assert (table("items"), table("more"), table("others")) == ([1], [1], [1, 7])


def test_a_refused_table_fails_alone_before_it_is_read(api: ScriptedApi) -> None:
    api.always("/items", {"data": FIRST})
    api.always("/others", {"data": FIRST})
    frozen = resource(own={"schema_contract": {"tables": "freeze"}})
    with pytest.raises(LoadError, match=r"demo\.items: schema_contract refuses the table"):
        load(declare(frozen, resource("others")))
    assert [asked.path for asked in api.asked] == ["/others"]
    assert table("others") == [1]


def test_a_field_that_is_declared_later_is_refused_as_dlt_does(api: ScriptedApi) -> None:
    api.always("/items", {"data": FIRST})
    contract = {"schema_contract": {"columns": "freeze"}}
    load(declare(resource(own=contract)))
    later = resource(own={**contract, "fields": {"color": "string"}})
    with pytest.raises(LoadError, match="the new column color; set columns: evolve for one load"):
        load(declare(later))
    load(declare(resource(own={"fields": {"color": "string"}})))
    load(declare(later))


def test_a_nested_table_that_is_refused_fails_its_resource_alone(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": FIRST}, {"data": [{"id": 2, "tags": [{"a": "private"}]}]}])
    api.always("/others", {"data": [{"id": 1}]})
    nested = {"max_table_nesting": 1}
    load(declare(resource(own=nested), resource("others")))
    frozen = resource(own={**nested, "schema_contract": {"tables": "freeze"}})
    api.always("/others", {"data": [{"id": 2}]})
    with pytest.raises(LoadError, match=r"demo\.items__tags: schema_contract refuses") as caught:
        load(declare(frozen, resource("others")))
    assert "private" not in str(caught.value)
    assert (table("items"), table("others")) == ([1], [1, 2])
