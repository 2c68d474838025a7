"""Listings of changes in PostgreSQL, and where they are refused."""

import pytest

from analytics_ingest.common.errors import SettingError
from analytics_ingest_tests.support.changes import check_any_loads, declare_customers
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.usefixtures("in_postgres")
def test_the_newest_state_stays_in_postgres_as_in_duckdb(api: ScriptedApi) -> None:
    check_any_loads(api, 1)


@pytest.mark.usefixtures("lake")
def test_a_lake_refuses_them_before_the_api_is_asked(api: ScriptedApi) -> None:
    with pytest.raises(SettingError, match=r"demo\.customers: changes is 'declared', but .*remove"):
        load(declare_customers())
    assert not api.asked
