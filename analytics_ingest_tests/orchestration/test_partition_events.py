"""The events of a range of partitions: Dagster's own, once for each partition."""

import os
import signal
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEventType
from dagster._core.errors import DagsterExecutionInterruptedError
from sqlalchemy.engine.default import DefaultDialect

from analytics_ingest.orchestration.partition_events import (
    PartitionRecorder,
    build_unrecorded_output,
)
from analytics_ingest_tests.support.deployments import partition_range

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-06")
FIRST, LAST = "2026-01-01", "2026-01-04"
KEYS = [f"2026-01-0{n}" for n in range(1, 5)]
PARENT, CHILD = dg.AssetKey(["api", "parent"]), dg.AssetKey(["api", "child"])
SPECS = [
    dg.AssetSpec(PARENT, code_version="2"),
    dg.AssetSpec(CHILD, deps=[PARENT, "elsewhere"]),
]


def record(*, by_dagster: bool) -> dg.AssetsDefinition:
    """Two assets, whose events Dagster or the recorder makes."""

    @dg.multi_asset(
        specs=SPECS,
        partitions_def=DAYS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        name="step",
    )
    def step(context: dg.AssetExecutionContext) -> Iterator[Any]:
        recorder = PartitionRecorder(context)
        for asset in (PARENT, CHILD):
            metadata = {key: {"rows": n, "is_complete": True} for n, key in enumerate(KEYS)}
            if by_dagster:
                for key, facts in metadata.items():
                    context.add_asset_metadata(facts, asset, partition_key=key)
                yield dg.MaterializeResult(asset)
            else:
                recorder.record(asset, metadata)
                yield build_unrecorded_output(context.assets_def, asset)

    return step


def run(
    assets: dg.AssetsDefinition, instance: dg.DagsterInstance, **tags: str
) -> dg.ExecuteInProcessResult:
    others = dg.AssetSpec("elsewhere")
    return dg.materialize(
        [assets, others],
        instance=instance,
        selection=[assets],
        tags={**partition_range(FIRST, LAST), **tags},
    )


def read_stored(instance: dg.DagsterInstance, run_id: str) -> list[dict[str, Any]]:
    """The stored materializations of a run, without what no two runs have in common."""
    records = instance.get_records_for_run(
        run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION
    ).records
    return [describe(record.event_log_entry, run_id) for record in records]


def describe(stored: dg.EventLogEntry, run_id: str) -> dict[str, Any]:
    event = stored.get_dagster_event()
    materialization = event.step_materialization_data.materialization
    tags = {
        name: "…" if name.endswith("event_pointer/api/parent") else text.replace(run_id, "…")
        for name, text in (materialization.tags or {}).items()
    }
    fields: dict[str, Any] = event._asdict() | {"event_specific_data": None}
    fields["logging_tags"] = {**(event.logging_tags or {}), "run_id": "…"}
    return {
        **stored._asdict(),
        "run_id": "…",
        "timestamp": 0,
        "dagster_event": fields,
        "materialization": materialization._replace(tags={})._asdict(),
        "tags": tags,
    }


@pytest.mark.parametrize(
    "tags", [{}, {"dagster/backfill": "abcdefgh"}], ids=["a run", "a backfill"]
)
def test_events_are_those_of_dagster(
    quick_instance: dg.DagsterInstance, tags: Mapping[str, str]
) -> None:
    expected = run(record(by_dagster=True), quick_instance, **tags)
    result = run(record(by_dagster=False), quick_instance, **tags)
    stored = read_stored(quick_instance, result.run_id)
    assert len(stored) == 8
    ignored = {"dagster/data_version", "dagster/input_data_version/api/parent"}
    for event, of_dagster in zip(stored, read_stored(quick_instance, expected.run_id), strict=True):
        assert event["tags"].keys() == of_dagster["tags"].keys()
        for each in (event, of_dagster):
            each["tags"] = {k: v for k, v in each["tags"].items() if k not in ignored}
        assert event == of_dagster


def test_a_run_in_this_process_returns_the_events(quick_instance: dg.DagsterInstance) -> None:
    result = run(record(by_dagster=False), quick_instance)
    returned = [
        (event.asset_key, event.partition) for event in result.get_asset_materialization_events()
    ]
    assert returned == [(asset, key) for asset in (PARENT, CHILD) for key in KEYS]


def test_a_partition_is_recorded_again_only_with_other_metadata(
    quick_instance: dg.DagsterInstance,
) -> None:
    asset = dg.AssetKey("a")

    @dg.multi_asset(specs=[dg.AssetSpec(asset)], partitions_def=DAYS)
    def step(context: dg.AssetExecutionContext) -> Iterator[Any]:
        recorder = PartitionRecorder(context)
        recorder.record(asset, {"2026-01-01": {"rows": 1}, "2026-01-02": {"rows": 2}})
        recorder.record(asset, {"2026-01-01": {"rows": 1}, "2026-01-02": {"rows": 3}})
        recorder.record(asset, {"2026-01-03": {"rows": 1}})
        recorder.record(asset, {"2026-01-03": {"rows": 1}})
        yield build_unrecorded_output(context.assets_def, asset)

    result = dg.materialize(
        [step], instance=quick_instance, tags=partition_range(FIRST, "2026-01-03")
    )
    recorded = [
        (event.partition, event.step_materialization_data.materialization.metadata["rows"].value)
        for event in result.get_asset_materialization_events()
    ]
    assert recorded == [
        ("2026-01-01", 1),
        ("2026-01-02", 2),
        ("2026-01-02", 3),
        ("2026-01-03", 1),
    ]
    assert quick_instance.get_materialized_partitions(asset) == set(KEYS[:3])


def test_a_run_that_is_interrupted_while_it_records_ends_with_all_events(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2025-12-01")
    asset, stored = dg.AssetKey("a"), count()

    @dg.multi_asset(specs=[dg.AssetSpec(asset)], partitions_def=days)
    def step(context: dg.AssetExecutionContext) -> Iterator[Any]:
        PartitionRecorder(context).record(asset, {k: {"rows": 1} for k in context.partition_keys})
        yield build_unrecorded_output(context.assets_def, asset)

    insert = DefaultDialect.do_executemany

    def insert_and_interrupt(self: Any, cursor: Any, statement: str, *others: Any) -> None:
        insert(self, cursor, statement, *others)
        if "event_logs" in statement and next(stored) == 1:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(DefaultDialect, "do_executemany", insert_and_interrupt)
    keys = days.get_partition_keys()
    tags = partition_range(keys[0], keys[-1])
    with pytest.raises(DagsterExecutionInterruptedError):
        dg.materialize([step], instance=instance, tags=tags)
    assert instance.get_runs()[0].status == dg.DagsterRunStatus.FAILURE
    assert instance.get_materialized_partitions(asset) == set(keys)
