"""What a `schema_contract` refuses is named, and what it discards is counted and reported."""

import pytest

from analytics_ingest.common.errors import LoadError, PartialLoadError
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi

FIRST = [{"id": 1, "size": 1}]
NEW_COLUMN = [{"id": 2, "size": 2}, {"id": 3, "size": 3, "color": "private"}]
OTHER_TYPE = [{"id": 2, "size": 2}, {"id": 3, "size": "private"}]


@pytest.mark.parametrize(
    ("contract", "second", "message"),
    [
        ({"columns": "freeze"}, NEW_COLUMN, "demo.items: schema_contract refuses the new column"),
        ({"data_type": "freeze"}, OTHER_TYPE, "a value of another type in size"),
    ],
)
def test_what_a_frozen_contract_refuses_is_named_without_a_value(
    api: ScriptedApi, contract: dict[str, str], second: list[object], message: str
) -> None:
    items = declare(resource(own={"schema_contract": contract}))
    api.in_turn("/items", [{"data": FIRST}, {"data": second}])
    load(items)
    with pytest.raises(LoadError, match=message) as caught:
        load(items)
    assert "private" not in str(caught.value)
    assert f"{next(iter(contract))}: evolve" in str(caught.value)
    assert table("items") == [1]


def test_a_table_that_a_frozen_contract_refuses_is_named(api: ScriptedApi) -> None:
    api.always("/items", {"data": FIRST})
    with pytest.raises(LoadError, match=r"demo\.items: .* the table, which is new; set tables: "):
        load(declare(resource(own={"schema_contract": {"tables": "freeze"}})))


@pytest.mark.parametrize(
    ("contract", "second"),
    [({"columns": "discard_row"}, NEW_COLUMN), ({"data_type": "discard_row"}, OTHER_TYPE)],
)
def test_rows_that_a_contract_discards_are_counted(
    api: ScriptedApi, contract: dict[str, str], second: list[object]
) -> None:
    items = declare(resource(own={"schema_contract": contract}))
    api.in_turn("/items", [{"data": FIRST}, {"data": second}])
    load(items)
    lines: list[str] = []
    stats = load(items, log=lines.append)["items"]
    assert stats.warnings == ["schema_contract discarded 1 of 2 rows"]
    assert "demo.items: schema_contract discarded 1 of 2 rows" in lines
    assert table("items") == [1, 2]


@pytest.mark.parametrize(
    ("contract", "second"),
    [({"columns": "freeze"}, NEW_COLUMN), ({"data_type": "freeze"}, OTHER_TYPE)],
)
def test_a_refused_resource_fails_alone(
    api: ScriptedApi, contract: dict[str, str], second: list[object]
) -> None:
    frozen = {"schema_contract": contract}
    child = resource("children", path="/items/{resources.items.id}/children")
    others = [resource(name, own=frozen) for name in ("more", "others")]
    declaration = declare(resource(own=frozen), child, *others)
    api.in_turn("/items", [{"data": FIRST}, {"data": second}, {"data": FIRST}])
    api.in_turn("/more", [{"data": FIRST}, {"data": second}, {"data": FIRST}])
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
