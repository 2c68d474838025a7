"""PostgreSQL too goes on after the children that are stored in parts."""

import pytest

from analytics_ingest.extract.parts import listing_parts
from analytics_ingest_tests.support.parts import check_that_killed_loads_go_on
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 0)
    monkeypatch.setattr(listing_parts, "CHILDREN_A_PARENT", 0)


@pytest.mark.usefixtures("in_postgres")
def test_a_load_that_is_killed_anywhere_goes_on_to_exactly_the_right_rows(
    api: ScriptedApi,
) -> None:
    check_that_killed_loads_go_on(api)
