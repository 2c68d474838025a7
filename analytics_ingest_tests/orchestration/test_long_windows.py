"""A range that is too long for an API is loaded in parts, each of which is stored for good."""

from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.common.window import Window
from analytics_ingest.orchestration.history import read_past_loads
from analytics_ingest.orchestration.partitions import LoadedWindow, build_partitions
from analytics_ingest.orchestration.parts import split_run
from analytics_ingest.orchestration.schedules import select_partitions
from analytics_ingest_tests.support.deployments import (
    at,
    build_job,
    deploy,
    execute,
    partition_range,
)
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

START = utc(2025, 12, 1)
NOW = utc(2026, 1, 30, 12)
LAST = "2026-01-29"
DAYS = {n: START + timedelta(days=n) for n in range(60)}
KEYS: dict[str, Any] = {
    "start_param": "since",
    "end_param": "until",
    "initial_value": "2025-11-15",
    "max_window": "31d",
}
PARTITIONS = {"every": "daily", "start": "2025-12-01"}


def declaration(**incremental: Any) -> Any:
    keys = {**KEYS, **incremental}
    whole = resource("others")
    return declare(resource(incremental=keys), whole, partitions=PARTITIONS)


def serve(api: ScriptedApi, *, broken_from: datetime | None = None) -> None:
    """Serve a row a day, 31 days at most; refuse windows that begin at some moment or later."""

    def script(asked: Asked) -> Any:
        since, until = (read_iso8601(asked.query.get(name)) for name in ("since", "until"))
        if not since or not until or until - since > timedelta(days=31):
            return Reply({"message": "at most 31 days"}, 400)
        if broken_from and since >= broken_from:
            return Reply({}, 403)
        return {"data": [row(n, d.isoformat()) for n, d in DAYS.items() if since <= d < until]}

    api.on("/items", script)
    api.always("/others", {"data": [row(1, "2025-12-05T00:00:00Z")]})


def test_a_backfill_of_sixty_days_loads_all_rows(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    serve(api)
    with at(NOW):
        outcome = deploy(declaration(), instance).load("2025-12-01", LAST)
    assert outcome.success
    assert not outcome.failed
    assert table("items") == list(range(60))
    assert len(api.requests_of("/others")) == 1
    asset = dg.AssetKey([API, "items"])
    event = instance.get_latest_materialization_event(asset)
    assert event
    assert event.asset_materialization
    assert event.asset_materialization.metadata["run_rows_loaded"].value == 60
    assert event.asset_materialization.metadata["partitions"].value == 60
    assert rows_by_partition(instance) == {f"{day:%Y-%m-%d}": 1 for day in DAYS.values()}
    assert len(instance.get_materialized_partitions(asset)) == 60
    recorded = [
        str(record.partition_key)
        for record in instance.fetch_materializations(asset, limit=200).records
    ]
    # The facts about the first part were in the event of its last partition until the run ended.
    assert sorted(recorded) == sorted([*(f"{day:%Y-%m-%d}" for day in DAYS.values()), "2025-12-31"])


def test_a_sorted_listing_is_read_in_parts_that_begin_where_the_last_one_ended(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    def script(asked: Asked) -> Any:
        since = read_iso8601(asked.query.get("since")) or START
        served = [row(n, d.isoformat()) for n, d in DAYS.items() if since <= d]
        offset = int(asked.query["offset"])
        return {"data": served[offset : offset + 5]}

    api.on("/items", script)
    sorted_rows = {"start_param": "since", "max_window": "31d", "row_order": "asc"}
    items = resource(incremental=sorted_rows, paginator={"type": "offset", "limit": 5})
    with at(NOW):
        keys = declare(items, partitions=PARTITIONS, concurrency=1)
        deployment = deploy(keys, instance)
        assert deployment.load("2025-12-01", LAST).success
    assert table("items") == list(range(60))
    assert set(api.sent("/items", "since")) == {None, "2026-01-01T00:00:00Z"}
    assert api.sent("/items", "since").count(None) == 7  # 31 rows of 60, and the first one after


def test_what_was_stored_before_a_failure_stays_and_the_schedule_goes_on(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    serve(api, broken_from=utc(2025, 12, 25))
    deployment = deploy(declaration(), instance)
    with at(NOW):
        outcome = deployment.load("2025-12-01", LAST)
    assert not outcome.success
    assert table("items") == list(range(31))
    assert table("others") == [1]
    asset = dg.AssetKey([API, "items"])
    assert max(instance.get_materialized_partitions(asset)) == "2025-12-31"
    (stored,) = read_past_loads(instance, asset)
    assert (stored.rows, stored.kind) == (31, (31, True))
    with at(NOW):
        asked = select_partitions(instance, declaration(), "items", NOW)
    assert asked[-1] == LAST
    assert asked[0] > "2025-12-31"


def test_parts_grow_while_they_are_quick() -> None:
    api = declare(resource(incremental={**KEYS, "max_window": "1d"}), partitions=PARTITIONS)
    days = build_partitions(api.declared.partitions)
    windows = {key: days.time_window_for_partition_key(key) for key in days.get_partition_keys(NOW)}
    run = LoadedWindow(Window(None, NOW), windows, "run", NOW)
    parts = list(split_run(api, {"items"}, run, {}))
    assert [len(part.loaded.partitions) for part in parts] == [1, 8, 52]
    assert [part.is_last for part in parts] == [False, False, True]


def test_parts_grow_by_what_was_loaded_where_resources_have_stopped_at_different_days() -> None:
    names = [f"r{n}" for n in range(5)]
    declared = [resource(name, incremental={**KEYS, "max_window": "1d"}) for name in names]
    api = declare(*declared, partitions=PARTITIONS)
    days = build_partitions(api.declared.partitions)
    windows = {key: days.time_window_for_partition_key(key) for key in days.get_partition_keys(NOW)}
    done = {dg.AssetKey([API, name]): list(windows)[:n] for n, name in enumerate(names, 1)}
    run = LoadedWindow(Window(None, NOW), windows, "run", NOW)
    parts = [len(p.loaded.partitions) for p in split_run(api, names, run, done)]
    assert parts[:4] == [1, 1, 1, 1]
    assert parts[4] <= 8
    assert sum(parts) == 60


def broken_job() -> dg.JobDefinition:
    """The job, for runs that are executed again."""
    return build_job(declaration())


def run(instance: dg.DagsterInstance, parent_run_id: str | None = None) -> tuple[bool, str]:
    tags = partition_range("2025-12-01", LAST)
    with execute(broken_job, instance, NOW, tags, parent_run_id) as result:
        return result.success, result.run_id


def test_a_failed_backfill_goes_on_where_it_was(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    serve(api, broken_from=utc(2025, 12, 25))
    success, first = run(instance)
    assert not success
    api.asked.clear()
    serve(api)
    assert run(instance, first)[0]
    assert table("items") == list(range(60))
    assert min(map(str, api.sent("/items", "since"))) == "2026-01-01T00:00:00Z"
    assert not api.requests_of("/others")
    assert set(rows_by_partition(instance).values()) == {1}


def rows_by_partition(instance: dg.DagsterInstance) -> dict[str | None, Any]:
    """How many rows the newest event of each partition counts."""
    records = instance.fetch_materializations(dg.AssetKey([API, "items"]), limit=1000).records
    events = [r.asset_materialization for r in reversed(records) if r.asset_materialization]
    return {e.partition: e.metadata["dagster/partition_row_count"].value for e in events}


@pytest.mark.parametrize("length", ["1d", "7d", "60d"])
def test_any_length_loads_all_rows(
    length: str, api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.on("/items", lambda _: {"data": [row(n, d.isoformat()) for n, d in DAYS.items()][:12]})
    api.always("/others", {"data": []})
    keys = declaration(max_window=length, initial_value=None)
    with at(NOW):
        assert deploy(keys, instance).load("2025-12-05", "2025-12-12", only="items").success
    assert table("items") == list(range(4, 12))


def test_a_parent_and_its_children_are_loaded_over_a_long_range(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    serve(api)
    for n in DAYS:
        api.always(f"/items/{n}/lines", {"data": [row(n, "2026-01-05T00:00:00Z")]})
    lines = resource("lines", path="/items/{resources.items.id}/lines")
    keys = declare(resource(incremental=KEYS), lines, partitions=PARTITIONS)
    with at(NOW):
        assert deploy(keys, instance).load("2025-12-01", LAST).success
    assert table("items") == table("lines") == list(range(60))
