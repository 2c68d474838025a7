"""Each partition shows its own numbers, however many of them a run has loaded."""

from typing import Any

import dagster as dg

from analytics_ingest.orchestration.history import read_past_loads
from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.loads import API, declare, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ASSET = dg.AssetKey([API, "items"])
ROWS = [
    row(1, "2026-01-02T10:00:00Z"),  # of the lookback's day before
    row(2, "2026-01-04T10:00:00Z"),
    row(3, "2026-01-05T00:00:00Z"),
    *(row(n, "2026-01-07T10:00:00Z") for n in (4, 5, 6)),
    row(None, "2026-01-07T11:00:00Z"),
    row(7, "2026-01-09T23:59:59Z"),
    row(8, "yesterday"),
    row(9, "2026-01-12T10:00:00Z"),
]
KEYS = ("rows_loaded", "rows_outside", "rows_rejected", "dagster/partition_row_count")


def test_a_range_counts_the_rows_of_each_partition_by_their_cursor(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": ROWS})
    declaration = declare(resource(incremental={"lookback": "1d"}))
    with at(NOON):
        assert deploy(declaration, instance).load("2026-01-05", "2026-01-10").success
    by_day = metadata_by_partition(instance)
    assert {day: tuple(found[key] for key in KEYS) for day, found in by_day.items()} == {
        "2026-01-05": (2, 1, 0, 1),
        "2026-01-06": (0, 0, 0, 0),
        "2026-01-07": (3, 0, 1, 3),
        "2026-01-08": (0, 0, 0, 0),
        "2026-01-09": (1, 0, 0, 1),
        "2026-01-10": (1, 1, 0, 0),
    }
    assert [day for day, found in by_day.items() if not found["is_complete"]] == ["2026-01-10"]
    last, others = by_day.pop("2026-01-10"), by_day.values()
    run = (last["run_rows_loaded"], last["run_rows_outside"], last["run_rows_rejected"])
    assert run == (7, 2, 1)
    assert last["dagster/row_count"] == len(table("items")) == 7
    assert all(set(found) == {*KEYS, "is_complete"} for found in others)
    (load,) = read_past_loads(instance, ASSET)
    assert (load.rows, load.rows_outside, load.kind, load.is_complete) == (7, 2, (6, False), False)


def test_a_partition_loaded_alone_counts_all_rows_of_its_run_and_those_that_lie_in_it(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": ROWS})
    declaration = declare(resource(incremental={"lookback": "1d"}))
    with at(NOON):
        assert deploy(declaration, instance).load("2026-01-05").success
    found = metadata_by_partition(instance)["2026-01-05"]
    assert tuple(found[key] for key in KEYS) == (3, 7, 0, 1)
    assert found["dagster/row_count"] == 3
    assert not [key for key in found if key.startswith("run_")]


def test_a_row_that_is_listed_twice_is_one_row_of_the_partition_of_its_newest_version(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    days = (f"2026-01-0{number}T10:00:00Z" for number in (5, 5, 7))
    api.always("/items", {"data": [*(row(1, day) for day in days), row(2, "2026-01-05")]})
    with at(NOON):
        assert deploy(declare(resource()), instance).load("2026-01-05", "2026-01-07").success
    by_day = metadata_by_partition(instance)
    assert [found["dagster/partition_row_count"] for found in by_day.values()] == [1, 0, 1]
    assert [found["rows_loaded"] for found in by_day.values()] == [3, 0, 1]


def test_a_load_of_many_partitions_leaves_the_earlier_loads_to_compare_with(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": ROWS})
    declaration = declare(resource(), partitions={"every": "hourly"})
    with at(NOON):
        deployment = deploy(declaration, instance)
        assert deployment.load("2026-01-05-00:00").success
        assert deployment.load("2026-01-06-00:00", "2026-01-09-00:00").success
    kinds = [load.kind for load in read_past_loads(instance, ASSET)]
    assert kinds == [(73, False), (1, False)]


def metadata_by_partition(instance: dg.DagsterInstance) -> dict[str, dict[str, Any]]:
    """What the last materialization of each partition has recorded, oldest partition first."""
    records = instance.fetch_materializations(ASSET, limit=1000).records
    events = [r.asset_materialization for r in reversed(records) if r.asset_materialization]
    found = {
        str(event.partition): {name: value.value for name, value in event.metadata.items()}
        for event in events
    }
    return dict(sorted(found.items()))
