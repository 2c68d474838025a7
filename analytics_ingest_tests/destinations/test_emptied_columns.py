"""A field that the API no longer sends is noticed in other warehouses as in DuckDB."""

from collections.abc import Mapping

import dagster as dg
import pytest

from analytics_ingest_tests.destinations.conftest import Configure
from analytics_ingest_tests.orchestration.test_emptied_columns import (
    GONE,
    WARNING,
    load_days,
)
from analytics_ingest_tests.support.deployments import NOON, at
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.parametrize("kind", ["postgres", "delta"])
def test_a_field_that_is_gone_is_a_warning(
    kind: str,
    warehouses: Mapping[str, Configure],
    api: ScriptedApi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouses[kind](monkeypatch)
    with at(NOON), dg.DagsterInstance.ephemeral() as instance:
        before, after = load_days(api, instance, {"items": GONE["dropped"]})
    assert "items/schema" not in before.failed
    assert after.failed["items/schema"].startswith(f"{WARNING}name; see whether")
