"""After a failed load, and after tables were dropped, other warehouses too have the right rows."""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES
from analytics_ingest_tests.support.failed_loads import HISTORIES
from analytics_ingest_tests.support.loads import project_asking
from analytics_ingest_tests.support.played_histories import History, play_together
from analytics_ingest_tests.support.scripted_api import Hub

pytestmark = pytest.mark.timeout(240)

IN_ICEBERG = {"first load", "dropped table", "emptied snapshot"}
"""Where Iceberg takes another way than Delta: its catalog and snapshots; its new columns have tests
of their own."""

ALL_FAIL = {"changed type", "rejected rows"}
"""They begin with a load in which no resource is healthy, so the others have loads of their own."""

CASES = [
    (warehouse, history)
    for warehouse in WAREHOUSES
    for history in HISTORIES
    if warehouse != "iceberg" or history in IN_ICEBERG
]

ErrorsOf = Callable[[str], Mapping[str, AssertionError]]
"""From a warehouse to the error of each history that did not end with the right rows."""


@pytest.fixture(scope="module")
def errors_of(
    request: pytest.FixtureRequest, hub: Hub, tmp_path_factory: pytest.TempPathFactory
) -> ErrorsOf:
    def played(warehouse: str, names: set[str]) -> Mapping[str, AssertionError]:
        api = hub.new_api()
        histories: Mapping[str, History] = {
            name: HISTORIES[name] for kind, name in CASES if kind == warehouse and name in names
        }
        folder = tmp_path_factory.mktemp(warehouse)
        with project_asking(api, folder), pytest.MonkeyPatch.context() as patch:
            request.getfixturevalue("warehouses")[warehouse](patch)
            return play_together(histories, api)

    @cache
    def errors(warehouse: str) -> Mapping[str, AssertionError]:
        healthy = set(HISTORIES) - ALL_FAIL
        return {**played(warehouse, healthy), **played(warehouse, ALL_FAIL)}

    return errors


def test_the_named_histories_exist() -> None:
    assert set(HISTORIES) >= IN_ICEBERG | ALL_FAIL


@pytest.mark.parametrize(("warehouse", "history"), CASES)
def test_the_next_load_of_a_healthy_api_ends_with_the_right_rows(
    warehouse: str, history: str, errors_of: ErrorsOf
) -> None:
    if error := errors_of(warehouse).get(history):
        raise error
