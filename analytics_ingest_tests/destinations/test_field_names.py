"""In other warehouses too, each field of a row has a column of its own or a place beside it."""

from collections.abc import Mapping

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES, Configure
from analytics_ingest_tests.support.field_names import CASES, UNNESTED, Names, load_names, missing
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ALL = {
    **{(kind, name): case for kind in WAREHOUSES for name, case in CASES.items()},
    **{("postgres", name): case for name, case in UNNESTED.items()},
}


@pytest.mark.parametrize(("kind", "name"), ALL, ids=[f"{kind}: {name}" for kind, name in ALL])
def test_every_value_is_in_its_row(
    kind: str,
    name: str,
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: Names = ALL[kind, name]
    warehouses[kind](monkeypatch)
    for number in range(len(names.loads)):
        load_names(api, names, number)
    assert missing(names) == []
