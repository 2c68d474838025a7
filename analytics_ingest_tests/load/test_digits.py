"""Numbers keep the digits that were sent: in a column that can hold them, else beside it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from analytics_ingest_tests.support.field_names import tables_of
from analytics_ingest_tests.support.loads import (
    API,
    declare,
    load,
    project_asking,
    resource,
    table,
)
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

MOMENT = "2026-01-05T10:00:00Z"
WIDE = {"data_type": "decimal", "precision": 38, "scale": 18}

Case = tuple[dict[str, Any], list[str], list[Any]]
"""Keys of the resource, numbers as they are sent, what the table holds of each."""

CASES: dict[str, Case] = {
    "wide decimals": (
        {"columns": {"v": WIDE}},
        ["1200000000.00000001", "9999999999999999.01", "1.5", "7", "-0.000000000000000001"],
        [
            *(Decimal("1200000000.00000001"), Decimal("9999999999999999.01")),
            *(Decimal("1.5"), Decimal(7), Decimal("-0.000000000000000001")),
        ],
    ),
    "decimals are rounded to their scale": (
        {"fields": {"v": "decimal"}},
        ["1.00000000049999999999", "9999999999999999.01", "9007199254740993"],
        [Decimal(1), Decimal("9999999999999999.01"), Decimal(9007199254740993)],
    ),
    "decimals of too many digits": (
        {"columns": {"v": {"data_type": "decimal", "precision": 5, "scale": 2}}},
        ["12345678901234567.89"],
        ["12345678901234567.89"],
    ),
    "texts": (
        {"fields": {"v": "string"}},
        ["9999999999999999.01", "9007199254740993", "1.5", "123456789012345678901234567890"],
        ["9999999999999999.01", "9007199254740993", "1.5", "123456789012345678901234567890"],
    ),
    "numbers": (
        {"fields": {"v": "number"}},
        ["1.5", "9007199254740993", "9007199254740992", "9999999999999999.01", "1e300"],
        [1.5, "9007199254740993", 9007199254740992.0, "9999999999999999.01", 1e300],
    ),
    "numbers in texts": (
        {"fields": {"v": "number"}},
        [
            '"1.5"',
            '"9007199254740993"',
            '"9999999999999999.01"',
            '"1e400"',
            '"1e-400"',
            '" +2.50 "',
        ],
        [1.5, '"9007199254740993"', '"9999999999999999.01"', '"1e400"', '"1e-400"', 2.5],
    ),
    "undeclared numbers": (
        {},
        ["1.5", "9007199254740993", "1200000000.00000001", "0.1"],
        [1.5, "9007199254740993", "1200000000.00000001", 0.1],
    ),
    "undeclared, the long one first": (
        {},
        ["1200000000.00000001", "1.5", "900719925474099.3"],
        ["1200000000.00000001", 1.5, "900719925474099.3"],
    ),
    "undeclared integers": (
        {},
        ["9007199254740993", "9007199254740993.25", "2.0", "123456789012345678901"],
        [9007199254740993, "9007199254740993.25", 2, "123456789012345678901"],
    ),
    "floats with more digits than they need": (
        {},
        ["0.10000000000000001", "3.1415926535897931", "100.00000000000000000"],
        [0.1, 3.141592653589793, 100.0],
    ),
    "beyond all floats": (
        {},
        ["1e400", "-1E+400", "1e-400", "1.2345678e-320", "2e308", "1.5e308", "0e400", "5e-324"],
        ["1e400", "-1E+400", "1e-400", "1.2345678e-320", "2e308", 1.5e308, 0.0, 5e-324],
    ),
    "beyond all floats, as texts": (
        {"fields": {"v": "string"}},
        ["1e400", "-1e-400", "NaN"],
        ["1e400", "-1e-400", "NaN"],
    ),
    "beyond all floats, as decimals": (
        {"fields": {"v": "decimal"}},
        ["1e400", "1e-400", "1e99999999999999999999", "NaN", "-Infinity"],
        ["1e400", Decimal(0), "1e99999999999999999999", "NaN", "-Infinity"],
    ),
    "words for no numbers": (
        {},
        ["1.5", "NaN", "Infinity", "-Infinity", "[NaN]", '{"a": -Infinity}'],
        [1.5, "NaN", "Infinity", "-Infinity", "[NaN]", '{"a": -Infinity}'],
    ),
    "words for no numbers, as objects": (
        {"fields": {"v": "object"}},
        ['{"a": 1.5}', '{"a": NaN}', "[1e400]"],
        ['{"a":1.5}', '{"a": NaN}', "[1e400]"],
    ),
    "zeros at the end are not digits": (
        {"fields": {"v": "string"}},
        ["1.10", "1.1", "100", "1e2"],
        ["1.1", "1.1", "100", "100.0"],
    ),
    "texts that look like them": (
        {},
        ['"1e400"', '"NaN"', '"12e4567, 1"'],
        ["1e400", "NaN", "12e4567, 1"],
    ),
    "in objects": (
        {},
        ['{"a": 9999999999999999.01}', '{"a": [1.5]}', "[1200000000.00000001]"],
        ['{"a": 9999999999999999.01}', '{"a":[1.5]}', "[1200000000.00000001]"],
    ),
}


TABLES = tables_of(CASES)

Values = Mapping[str, list[Any]]
"""Case → the value of each of its rows."""


@pytest.fixture(scope="module")
def loaded(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Values]:
    """What is stored after a load of all cases, and after a second one."""
    api = hub.new_api()
    with project_asking(api, tmp_path_factory.mktemp("digits")):
        return [load_all(api) for _ in range(2)]


@pytest.mark.parametrize("name", CASES)
def test_numbers_keep_their_digits(name: str, loaded: Sequence[Values]) -> None:
    _, _, stored = CASES[name]
    assert [values[name] for values in loaded] == [stored, stored]


def load_all(api: ScriptedApi) -> Values:
    """Load the cases beside each other, each as a resource."""
    for name, (_, sent, _) in CASES.items():
        serve(api, TABLES[name], sent)
    load(declare(*(resource(TABLES[name], own=own) for name, (own, _, _) in CASES.items())))
    return {name: values(table) for name, table in TABLES.items()}


def serve(api: ScriptedApi, name: str, sent: list[str]) -> None:
    """Serve a row for each number, spelled as it is."""
    rows = [f'{{"id": {n}, "updated_at": "{MOMENT}", "v": {text}}}' for n, text in enumerate(sent)]
    api.always(f"/{name}", Reply(f'{{"data": [{", ".join(rows)}]}}'.encode()))


def values(name: str) -> list[Any]:
    """The value of `v` in each row of a table, from its column or from the one beside it."""
    rows = ask(f"SELECT * FROM {API}.{name} ORDER BY id").as_dicts()
    held = [[v for k, v in row.items() if k.startswith("v") and v is not None] for row in rows]
    return [cells[0] for cells in held if len(cells) == 1]


@pytest.mark.parametrize("kind", ["string", None])
def test_a_key_of_many_digits_is_whole_or_rejected(api: ScriptedApi, kind: str | None) -> None:
    body = f'{{"data": [{{"id": 9999999999999999.01, "updated_at": "{MOMENT}"}}]}}'
    api.always("/items", Reply(body.encode()))
    load(declare(resource(own={"fields": {"id": kind}} if kind else {})))
    if kind:
        assert table("items") == ["9999999999999999.01"]
    else:
        assert '"id": 9999999999999999.01' in table("items__rejected", "row")[0]


@pytest.mark.parametrize("sent", ["9007199254740993", "9007199254740992"])
def test_a_number_as_key_in_a_text_is_whole_or_rejected(api: ScriptedApi, sent: str) -> None:
    api.always("/items", {"data": [{"id": sent, "updated_at": MOMENT}]})
    stats = load(declare(resource(own={"fields": {"id": "number"}})))["items"]
    assert stats.rows_rejected == (sent == "9007199254740993")


DECIMAL_KEYS = [
    ("1.5", False),
    ("1.50", False),
    ("1.0000000001", True),
    ("1e-12", True),
    ("7", False),
]


def test_a_decimal_key_is_whole_or_rejected(api: ScriptedApi) -> None:
    cases = [(f"{quote}{sent}{quote}", bad) for sent, bad in DECIMAL_KEYS for quote in ("", '"')]
    for number, (sent, _) in enumerate(cases):
        body = f'{{"data": [{{"id": {sent}, "updated_at": "{MOMENT}"}}]}}'
        api.always(f"/keys_{number}", Reply(body.encode()))
    own = {"fields": {"id": "decimal"}}
    stats = load(declare(*(resource(f"keys_{number}", own=own) for number in range(len(cases)))))
    for number, (sent, is_rejected) in enumerate(cases):
        counted = stats[f"keys_{number}"]
        found = counted.rows_rejected, counted.rows_loaded
        assert (sent, *found) == (sent, is_rejected, not is_rejected)
