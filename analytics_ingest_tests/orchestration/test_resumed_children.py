"""Runs that read the children of many parents go on after those that failed before them.

The next tick of the schedule does, if it loads the same partitions, and so does a re-execution.
"""

from datetime import timedelta

import dagster as dg
import pytest

from analytics_ingest.extract.parts import listing_parts
from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest_tests.support.deployments import at, build_job, execute, partition_range
from analytics_ingest_tests.support.loads import API, declare, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.parts import (
    START,
    World,
    asked_orders,
    lines,
    orders_and_lines,
    refuse,
)
from analytics_ingest_tests.support.scripted_api import ScriptedApi

LINES = dg.AssetKey([API, "lines"])
DAYS = partition_range("2026-01-01", "2026-01-03")
TICK = {**DAYS, "dagster/schedule_name": f"{API}_schedule"}


def resumable_job() -> dg.JobDefinition:
    """The job of the declaration."""
    return build_job(orders_and_lines())


def run(
    instance: dg.DagsterInstance, tags: dict[str, str], parent: str | None = None
) -> tuple[bool, str]:
    with execute(resumable_job, instance, START + timedelta(days=4), tags, parent) as result:
        return result.success, result.run_id


def test_a_tick_and_a_re_execution_go_on_after_the_runs_that_failed(
    api: ScriptedApi, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 0)
    monkeypatch.setattr(listing_parts, "CHILDREN_A_PARENT", 0)
    world = World(3, orders=22)
    world.ends_at = 10
    world.serve(api, refuse)
    assert not run(instance, TICK)[0]
    stored = world.orders_of([line for line, _ in lines()])
    assert stored
    world.serve(api, refuse)
    success, second = run(instance, TICK)
    assert not success
    assert not stored & {*asked_orders(api)}
    assert not instance.fetch_materializations(LINES, limit=1).records
    stored = world.orders_of([line for line, _ in lines()])
    world.serve(api)
    assert run(instance, TICK, second)[0]
    asked = {*asked_orders(api)}
    assert asked
    assert not stored & asked
    assert not api.requests_of("/others")
    check_all_is_loaded(world, instance)
    world.serve(api)
    assert run(instance, DAYS)[0]
    assert sorted(asked_orders(api)) == [order["id"] for order in world.orders]
    check_all_is_loaded(world, instance)


def check_all_is_loaded(world: World, instance: dg.DagsterInstance) -> None:
    assert lines() == world.expected
    assert table("orders") == sorted(order["id"] for order in world.orders)
    assert table("others") == [1]
    records = instance.fetch_materializations(LINES, limit=3).records
    events = [record.asset_materialization for record in records if record.asset_materialization]
    counted = sum(e.metadata["dagster/partition_row_count"].value for e in events)  # pyright: ignore
    assert counted == len(world.expected)
    assert events[0].metadata["run_rows_loaded"].value == len(world.expected)
    assert events[0].metadata["run_rows_outside"].value == sum(
        map(len, world.lines.values())
    ) - len(world.expected)


def test_each_divided_resource_is_checked_though_it_ends_before_the_last_part(
    api: ScriptedApi, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 0)
    monkeypatch.setattr(listing_parts, "CHILDREN_A_PARENT", 0)
    children = [resource(n, path=f"/orders/{{resources.orders.id}}/{n}") for n in ("one", "two")]
    api.always("/orders", {"data": [row(n, START.isoformat()) for n in range(3)]})
    for order in range(3):
        for child in ("one", "two"):
            api.always(f"/orders/{order}/{child}", {"data": [row(order, START.isoformat())]})
    with at(START + timedelta(days=4)):
        assets = build_assets(declare(resource("orders"), *children, concurrency=1), "duckdb")
        ran = dg.materialize(assets, instance=instance, partition_key="2026-01-01")
    assert len(api.requests_of("/orders")) > 2
    checked = {check.asset_key.path[-1] for check in ran.get_asset_check_evaluations()}
    assert checked == {"orders", "one", "two"}
    assert table("one") == table("two") == [0, 1, 2]
