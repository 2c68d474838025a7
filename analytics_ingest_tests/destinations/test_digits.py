"""In other warehouses too, numbers keep the digits that were sent."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest_tests.destinations.conftest import WAREHOUSES, Configure
from analytics_ingest_tests.load.test_digits import CASES, serve, values
from analytics_ingest_tests.support.loads import declare, load, resource
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.parametrize("kind", WAREHOUSES)
@pytest.mark.parametrize("name", CASES)
def test_numbers_keep_their_digits(
    kind: str,
    name: str,
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, sent, stored = CASES[name]
    warehouses[kind](monkeypatch)
    serve(api, sent)
    load(declare(resource(own=own)))
    assert list(map(spaced, values())) == list(map(spaced, stored))


def spaced(value: Any) -> Any:
    """JSON as every warehouse spells it; any other value as it is."""
    if isinstance(value, str) and value[:1] in "[{":
        return json.dumps(json.loads(value, parse_float=str))
    return value
