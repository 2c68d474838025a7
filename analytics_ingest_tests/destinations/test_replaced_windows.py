"""PostgreSQL too replaces the rows of a window, where rows have no key."""

import pytest

from analytics_ingest_tests.support.replaced_windows import check_replaced_windows
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.usefixtures("in_postgres")
@pytest.mark.parametrize("seed", [101, 102])
def test_windows_are_replaced_in_postgres_as_in_duckdb(api: ScriptedApi, seed: int) -> None:
    check_replaced_windows(api, seed)
