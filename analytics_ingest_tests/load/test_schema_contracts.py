"""What a `schema_contract` refuses is named, and what it discards is counted and reported."""

import pytest

from analytics_ingest.common.errors import LoadError
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
