"""PostgreSQL too keeps each version of a row."""

import pytest

from analytics_ingest_tests.support.histories import check_histories
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.usefixtures("in_postgres")
def test_each_version_of_a_row_is_kept_in_postgresql(api: ScriptedApi) -> None:
    check_histories(api)
