"""In other warehouses too, numbers keep the digits that were sent."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES
from analytics_ingest_tests.load.test_digits import CASES, Values, load_all
from analytics_ingest_tests.support.loads import project_asking
from analytics_ingest_tests.support.scripted_api import Hub

ValuesOf = Callable[[str], Values]
"""From a kind of warehouse to what it holds after a load of all cases."""


@pytest.fixture(scope="module")
def values_of(
    request: pytest.FixtureRequest, hub: Hub, tmp_path_factory: pytest.TempPathFactory
) -> ValuesOf:
    @cache
    def loaded(kind: str) -> Values:
        api = hub.new_api()
        folder = tmp_path_factory.mktemp(kind)
        with project_asking(api, folder), pytest.MonkeyPatch.context() as patch:
            request.getfixturevalue("warehouses")[kind](patch)
            return load_all(api)

    return loaded


@pytest.mark.parametrize("kind", WAREHOUSES)
@pytest.mark.parametrize("name", CASES)
def test_numbers_keep_their_digits(kind: str, name: str, values_of: ValuesOf) -> None:
    _, _, stored = CASES[name]
    assert list(map(spaced, values_of(kind)[name])) == list(map(spaced, stored))


def spaced(value: Any) -> Any:
    """JSON as every warehouse spells it; any other value as it is."""
    if isinstance(value, str) and value[:1] in "[{":
        return json.dumps(json.loads(value, parse_float=str))
    return value
