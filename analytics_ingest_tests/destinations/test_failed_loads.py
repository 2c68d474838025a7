"""After a failed load, and after tables were dropped, other warehouses too have the right rows."""

from collections.abc import Mapping

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES, Configure
from analytics_ingest_tests.support.failed_loads import HISTORIES
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.timeout(120)

IN_ICEBERG = {
    "first load",
    "dropped table",
    "added column",
    "rejected rows",
    "emptied snapshot",
}
"""Where Iceberg takes another way than Delta: its catalog, its snapshots, its new columns."""

CASES = [
    (warehouse, history)
    for warehouse in WAREHOUSES
    for history in HISTORIES
    if warehouse != "iceberg" or history in IN_ICEBERG
]


def test_the_histories_of_iceberg_exist() -> None:
    assert set(HISTORIES) >= IN_ICEBERG


@pytest.mark.parametrize(("warehouse", "history"), CASES)
def test_the_next_load_of_a_healthy_api_ends_with_the_right_rows(
    warehouse: str,
    history: str,
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouses[warehouse](monkeypatch)
    HISTORIES[history](api)
