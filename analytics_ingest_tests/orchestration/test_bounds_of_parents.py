"""What the requests of a parent hold of the window where its children are `parents: changed`."""

from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import at, deploy
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

BOUNDS = {"start_param": "since", "end_param": "until", "initial_value": "2026-01-01"}


@pytest.mark.parametrize(
    ("keys", "end"), [({}, None), ({"max_window": "31d"}, "2026-01-06T01")], ids=str
)
def test_the_end_is_sent_only_where_a_longest_window_is_declared(
    keys: dict[str, Any], end: str | None, api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    """In a full pass and after it: a parent that changed after the window may have before too."""
    api.always("/orders", {"data": [row(1)]})
    api.always("/orders/1/lines", {"data": [row(2)]})
    orders = resource("orders", incremental={**BOUNDS, **keys})
    lines = resource(
        "lines", path="/orders/{resources.orders.id}/lines", own={"parents": "changed"}
    )
    deployment = deploy(declare(orders, lines), quick_instance)
    for number, start in ((4, "2026-01-01"), (5, "2026-01-05")):
        api.asked.clear()
        with at(utc(2026, 1, 6, 1)):
            assert deployment.load(f"2026-01-{number:02}").success
        assert str(api.sent("/orders", "since")[0]).startswith(start)
        sent = api.sent("/orders", "until")[0]
        assert (sent and sent[: len("2026-01-06T00")]) == end
