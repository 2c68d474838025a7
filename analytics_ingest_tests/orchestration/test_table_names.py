"""Dagster shows the table that `table_name` names, and the checks read it."""

import dagster as dg

from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def test_dagster_shows_the_table_and_its_checks_read_it(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(1, "2026-01-09T10:00:00Z")]})
    declaration = declare(resource(own={"table_name": "goods", "fields": {"id": "integer"}}))
    with at(NOON):
        deployment = deploy(declaration, quick_instance)
        outcome = deployment.load("2026-01-09")
        assert outcome.success
        assert outcome.failed == {}
        assert deployment.check().failed == {}
    event = quick_instance.get_latest_materialization_event(dg.AssetKey(["demo", "items"]))
    assert event
    assert event.asset_materialization
    metadata = event.asset_materialization.metadata
    assert metadata["dagster/table_name"].value == "demo.goods"
    assert metadata["dagster/partition_row_count"].value == 1
