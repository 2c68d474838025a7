"""The destination `warehouse`: what creating it costs a load."""

import pytest
from dlt.destinations import duckdb

from analytics_ingest_tests.support.loads import declare, load, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def test_a_load_resolves_the_capabilities_of_its_destination_a_few_times(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.on("/items", lambda _: {"data": rows(5)})
    asked: list[object] = []
    resolve = duckdb.capabilities
    monkeypatch.setattr(
        duckdb, "capabilities", lambda *given: (asked.append(given), resolve(*given))[1]
    )
    load(declare(resource()))
    assert 1 <= len(asked) <= 6
