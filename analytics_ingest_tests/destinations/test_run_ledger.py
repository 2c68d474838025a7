"""PostgreSQL too has a row for each load of a resource."""

import pytest

from analytics_ingest_tests.support.ledgers import check_ledger
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.usefixtures("in_postgres")
def test_loads_are_recorded_in_postgresql(api: ScriptedApi) -> None:
    check_ledger(api)
