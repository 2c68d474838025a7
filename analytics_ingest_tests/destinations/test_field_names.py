"""In other warehouses too, each field of a row has a column of its own or a place beside it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES
from analytics_ingest_tests.support.field_names import (
    CASES,
    UNNESTED,
    Names,
    load_all,
    missing,
    read_tables,
    tables_of,
)
from analytics_ingest_tests.support.loads import project_asking
from analytics_ingest_tests.support.scripted_api import Hub

TOGETHER = {case: names for case, names in CASES.items() if not case.endswith(", one by one")}
"""Names that come one by one get the same columns, before any warehouse has a part in it."""

BY_KIND: Mapping[str, Mapping[str, Names]] = {
    kind: {**TOGETHER, **UNNESTED} if kind == "postgres" else TOGETHER for kind in WAREHOUSES
}
ALL = [(kind, case) for kind, cases in BY_KIND.items() for case in cases]

MissingOf = Callable[[str], Mapping[str, list[tuple[Any, Any]]]]
"""From a kind of warehouse to the values that it lacks, by case."""


@pytest.fixture(scope="module")
def missing_of(
    request: pytest.FixtureRequest, hub: Hub, tmp_path_factory: pytest.TempPathFactory
) -> MissingOf:
    @cache
    def loaded(kind: str) -> Mapping[str, list[tuple[Any, Any]]]:
        api, cases = hub.new_api(), BY_KIND[kind]
        tables = tables_of(cases)
        folder = tmp_path_factory.mktemp(kind)
        with project_asking(api, folder), pytest.MonkeyPatch.context() as patch:
            request.getfixturevalue("warehouses")[kind](patch)
            load_all(api, {tables[case]: names for case, names in cases.items()})
            contents = read_tables(tables.values())
            return {case: missing(tables[case], names, contents) for case, names in cases.items()}

    return loaded


@pytest.mark.parametrize(("kind", "case"), ALL, ids=[f"{kind}: {case}" for kind, case in ALL])
def test_every_value_is_in_its_row(kind: str, case: str, missing_of: MissingOf) -> None:
    assert missing_of(kind)[case] == []
