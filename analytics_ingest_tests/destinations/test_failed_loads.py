"""After a failed load, and after tables were dropped, other warehouses too have the right rows."""

from collections.abc import Mapping

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES, Configure
from analytics_ingest_tests.load.failed_loads import HISTORIES
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_the_next_load_of_a_healthy_api_ends_with_the_right_rows(
    warehouse: str,
    history: str,
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouses[warehouse](monkeypatch)
    HISTORIES[history](api)
