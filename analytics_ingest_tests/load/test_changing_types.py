"""A value whose type changes is still itself: no conversion that nobody declared changes it.

The cases are loaded beside each other, each as a resource, before the first test.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
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
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

MOMENT = "2026-01-05T10:00:00Z"


@dataclass(frozen=True)
class Case:
    """The values of `v` in the rows that each load brings, and the type that is declared for it."""

    loads: Sequence[Sequence[Any]]
    declared: str | None = None

    @property
    def values(self) -> list[Any]:
        """Those of all loads."""
        return [value for values in self.loads for value in values]


KEPT: dict[str, tuple[Any, list[Any]]] = {
    "flags, then numbers": (True, [7, 0.5, 0, 1, 10**25]),
    "flags, then texts": (True, ["yes", "no", "T", "True", "1"]),
    "moments, then numbers": (MOMENT, [7, -1.25, 1767607200, 10**25]),
    "moments, then texts of numbers": (MOMENT, ["7", "007", "1e5", "-0", " 12 ", "2026"]),
    "moments, then parts of dates": (MOMENT, ["2026-01", "2026-W01", "20260105"]),
    "numbers, then texts": (7, ["007", "-0", " 12 ", "1_000", "+5"]),
    "fractions, then texts": (0.5, ["007", "1.50", "1e5", "NaN", "Infinity", "-0", "12"]),
}
IN_ONE_LOAD = {f"{name}, in one load": Case([[one, *rest]]) for name, (one, rest) in KEPT.items()}
LATER = {f"{name}, in a later load": Case([[one], rest]) for name, (one, rest) in KEPT.items()}
SPELLED_ALIKE = {
    "whole numbers": Case([[7, "12", 2.0]]),
    "fractions": Case([[0.5, "1.5", 3]]),
    "flags": Case([[True, "true", "false"]]),
    "moments": Case([[MOMENT, "2026-01-06"]]),
}
CONVERTED = {
    "integer-007": (Case([["007"]], "integer"), 7),
    "boolean-1": (Case([[1]], "boolean"), True),
    "boolean-yes": (Case([["yes"]], "boolean"), True),
    "number-1e5": (Case([["1e5"]], "number"), 1e5),
    "date-digits": (Case([[20260105]], "date"), date(2026, 1, 5)),
    "date-text of digits": (Case([["20260105"]], "date"), date(2026, 1, 5)),
    "date-midnight east of UTC": (Case([["2026-01-05T00:00:00+02:00"]], "date"), date(2026, 1, 5)),
    "date-evening west of UTC": (Case([["2026-01-05T23:30:00-05:00"]], "date"), date(2026, 1, 5)),
    "date-compact": (Case([["20260105T233000-0500"]], "date"), date(2026, 1, 5)),
    "date-seconds": (Case([[1767657599]], "date"), date(2026, 1, 5)),
    "timestamp-digits": (
        Case([[20260105]], "timestamp"),
        datetime(2026, 1, 5, tzinfo=timezone.utc),
    ),
    "timestamp-seconds": (
        Case([[-86400]], "timestamp"),
        datetime(1969, 12, 31, tzinfo=timezone.utc),
    ),
}
MISREAD = {
    f"{kind}-{value}": Case([[value]], kind)
    for kind, values in {
        "integer": ["1_000", "\u0667"],
        "number": ["1_000", "\u0667", "nan", "inf", "-Infinity"],
        "decimal": ["1_000", "\u0667", "NaN"],
        "date": [2026, 202601, "202601", 20260231, "20260231", "31122026", 20260105.0],
        "timestamp": [2026, 202601, "202601"],
    }.items()
    for value in values
}
FLAGS_AMONG_TEXTS = {
    "undeclared": Case([["red", True, False]]),
    "declared": Case([[None, True, False]], "string"),
}
DECIMALS = {
    "whole numbers, then fractions": Case([[0, 7, 1.25]]),
    "as columns in the first load, as rows in the next": Case([[0, 1.25], [3, "n/a"]]),
    "whole numbers, then texts and fractions": Case([[0, "n/a", 1.25, None, 2**53]]),
}
WHOLE = {
    "too many digits": (Case([[2**53 + 1, 1.25]]), [2**53 + 1, None]),
    "whole numbers with a point": (Case([[7, 2.0]]), [7, 2]),
    "whole numbers in an earlier load": (Case([[7], [1.25]]), [7, None]),
}
NO_FLAGS = {str(value): Case([[value]], "boolean") for value in (7, 0.5, -1)}
CASES: Mapping[str, Case] = {
    **IN_ONE_LOAD,
    **LATER,
    **SPELLED_ALIKE,
    **{name: case for name, (case, _) in CONVERTED.items()},
    **MISREAD,
    **FLAGS_AMONG_TEXTS,
    **DECIMALS,
    **{name: case for name, (case, _) in WHOLE.items()},
    **NO_FLAGS,
}
TABLES = tables_of(CASES)


@dataclass(frozen=True)
class Stored:
    """What the table of a case holds, in the order in which the rows were served."""

    rows: Sequence[Mapping[str, Any]]

    def values(self, column: str = "v") -> list[Any]:
        """The values of a column."""
        return [row[column] for row in self.rows]


@pytest.fixture(scope="module")
def stored(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stored]:
    """Case → what its table holds after all its loads."""
    api = hub.new_api()
    with project_asking(api, tmp_path_factory.mktemp("changing_types")):
        for number in range(2):
            load_all(api, number)
        return {
            name: Stored(ask(f"SELECT * FROM {API}.{table} ORDER BY id").as_dicts())
            for name, table in TABLES.items()
        }


def load_all(api: ScriptedApi, number: int) -> None:
    """Load all cases that have a first, or a second, load."""
    due = {name: case for name, case in CASES.items() if number < len(case.loads)}
    for name, case in due.items():
        first = sum(map(len, case.loads[:number]))
        served = [row(first + n, v=value) for n, value in enumerate(case.loads[number])]
        api.always(f"/{TABLES[name]}", {"data": served})
    declared = {n: {"fields": {"v": c.declared}} if c.declared else {} for n, c in due.items()}
    load(declare(*(resource(TABLES[name], own=own) for name, own in declared.items())))


@pytest.mark.parametrize("name", [*IN_ONE_LOAD, *LATER])
def test_a_later_value_is_kept_beside_the_column(name: str, stored: Mapping[str, Stored]) -> None:
    later = CASES[name].values[1:]
    assert set(stored[name].values()[1:]) == {None}
    assert [json.loads(value) for value in stored[name].values("v__v_text")[1:]] == later


@pytest.mark.parametrize("name", SPELLED_ALIKE)
def test_a_value_that_is_spelled_alike_stays_in_the_column(
    name: str, stored: Mapping[str, Stored]
) -> None:
    assert None not in stored[name].values()


@pytest.mark.parametrize("name", CONVERTED)
def test_a_declared_type_converts(name: str, stored: Mapping[str, Stored]) -> None:
    assert stored[name].values() == [CONVERTED[name][1]]


@pytest.mark.parametrize("name", MISREAD)
def test_what_a_declared_type_would_misread_is_kept_beside_it(
    name: str, stored: Mapping[str, Stored]
) -> None:
    assert stored[name].values() == [None]
    assert [json.loads(value) for value in stored[name].values("v__v_text")] == MISREAD[name].values


@pytest.mark.parametrize("name", FLAGS_AMONG_TEXTS)
def test_a_flag_among_texts_is_spelled_as_in_json(name: str, stored: Mapping[str, Stored]) -> None:
    assert stored[name].values() == [CASES[name].values[0], "true", "false"]


@pytest.mark.parametrize("name", DECIMALS)
def test_decimals_that_are_whole_at_first_share_a_column(
    name: str, stored: Mapping[str, Stored]
) -> None:
    numbers = [value if not isinstance(value, str) else None for value in CASES[name].values]
    assert stored[name].values() == numbers
    assert all("v__v_double" not in row for row in stored[name].rows)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_keep_their_column_and_their_digits(
    name: str, stored: Mapping[str, Stored]
) -> None:
    assert stored[name].values() == WHOLE[name][1]
    assert {type(value) for value in stored[name].values()} <= {int, type(None)}


@pytest.mark.parametrize("name", NO_FLAGS)
def test_a_number_that_is_not_a_flag_is_not_made_one(
    name: str, stored: Mapping[str, Stored]
) -> None:
    assert (stored[name].values(), stored[name].values("v__v_text")) == ([None], [name])


DATES = {
    "times of a day": (["2026-01-05T23:00:00-05:00", "2026-01-06T01:00:00-05:00"], 0, 2),
    "midnights": (["2026-01-05T00:00:00+02:00", "2026-01-06T00:00:00+02:00"], 2, 0),
    "days": (["2026-01-05", "2026-01-06"], 2, 0),
    "a number for the same day": (["2026-01-05", 20260105], 1, 1),
}


@pytest.mark.parametrize("name", DATES)
def test_a_key_that_is_a_date_keeps_rows_apart_or_rejects_them(api: ScriptedApi, name: str) -> None:
    keys, stored, rejected = DATES[name]
    api.always("/items", {"data": [row(n, day=key) for n, key in enumerate(keys)]})
    load(declare(resource(own={"primary_key": "day", "fields": {"day": "date"}})))
    assert len(table("items", "day")) == stored
    assert len(table("items__rejected", "row") if rejected else []) == rejected


def test_keys_that_only_a_conversion_makes_equal_are_not_one_row(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(7), row("007"), row("7")]})
    load(declare(resource()))
    assert table("items") == [7]
    assert '"id": "007"' in table("items__rejected", "row")[0]
