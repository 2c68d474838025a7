"""The event log that dagster.yaml names: the rows and files of Dagster's own, for less."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import time_machine
from dagster import DagsterEventType
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sql import get_alembic_config, run_alembic_downgrade

from analytics_ingest.orchestration.event_storage import PooledEventLogStorage
from analytics_ingest_tests.support.deployments import NOON
from analytics_ingest_tests.support.event_logs import (
    OTHER_RUN,
    RUN,
    RUNLESS,
    Kind,
    check_planned,
    checked,
    dump,
    entry,
    materialized,
    observed,
    of_run,
    planned,
    storing,
)

EVENTS = {
    "lines of a log": [entry(None), entry(None, second=1)],
    "the status of a run": [
        entry(of_run(DagsterEventType.RUN_START)),
        entry(of_run(DagsterEventType.RUN_SUCCESS), second=5),
    ],
    "an asset": [entry(planned("a")), entry(materialized("a"), second=1)],
    "an asset again": [
        entry(materialized("a")),
        entry(materialized("a", version="2"), OTHER_RUN, second=9),
    ],
    "an observation": [entry(observed("a")), entry(observed("a", "2026-01-02"), second=1)],
    "partitions of a range": [
        *(entry(planned("a", day)) for day in ("2026-01-01", "2026-01-02", "2026-01-03")),
        *(entry(planned("b", day)) for day in ("2026-01-01", "2026-01-02")),
        *(entry(materialized("a", f"2026-01-0{n}", f"v{n}"), second=n) for n in (1, 2, 3)),
        *(entry(materialized("b", f"2026-01-0{n}"), second=n) for n in (2, 1)),
    ],
    "interleaved assets, older ones last": [
        entry(materialized("a", "2026-01-01"), second=5),
        entry(materialized("b", "2026-01-01"), second=4),
        entry(planned("a", "2026-01-02"), second=3),
        entry(materialized("a", "2026-01-02"), second=2),
        entry(planned("a", "2026-01-03"), second=1),
    ],
    "interleaved runs": [
        entry(materialized("a")),
        entry(materialized("a"), OTHER_RUN, second=1),
        entry(None, second=2),
        entry(materialized("a"), second=3),
    ],
    "checks of a step": [
        entry(check_planned("a", "schema")),
        entry(check_planned("a", "volume")),
        entry(checked("a", "schema"), second=1),
        entry(checked("a", "volume", passed=False), second=2),
    ],
    "checks between planned assets": [
        entry(planned("a")),
        entry(check_planned("a", "schema")),
        entry(planned("b")),
        entry(check_planned("b", "schema")),
    ],
    "a check that nobody planned": [entry(checked("a", "schema"))],
    "without a run": [
        entry(materialized("a"), RUNLESS),
        entry(checked("a", "schema"), RUNLESS, second=1),
    ],
}

ALL = [
    event
    for name in (
        "the status of a run",
        "partitions of a range",
        "checks of a step",
        "an asset again",
    )
    for event in EVENTS[name]
]

OPERATIONS: dict[str, Callable[[SqliteEventLogStorage], Any]] = {
    "wipe": lambda storage: storage.wipe(),
    "wipe an asset": lambda storage: storage.wipe_asset(dg.AssetKey("a")),
    "delete a run": lambda storage: storage.delete_events(RUN),
    "migrate": lambda storage: storage.upgrade(),
    "reindex": lambda storage: (storage.reindex_assets(force=True), storage.reindex_events()),
    "dynamic partitions": lambda storage: storage.add_dynamic_partitions("d", ["x", "y"]),
    "pools": lambda storage: storage.set_concurrency_slots("pool", 2),
}

READERS: dict[str, Callable[[SqliteEventLogStorage], Any]] = {
    "the log of a run": lambda storage: storage.get_logs_for_run(RUN),
    "the last materializations": lambda storage: storage.get_latest_materialization_events(
        [dg.AssetKey("a"), dg.AssetKey("b")]
    ),
    "materialized partitions": lambda storage: storage.get_materialized_partitions(
        dg.AssetKey("a")
    ),
    "checks": lambda storage: storage.get_latest_asset_check_execution_by_key(
        [dg.AssetCheckKey(dg.AssetKey("a"), name) for name in ("schema", "volume")]
    ),
    "runs": lambda storage: storage.fetch_run_status_changes(DagsterEventType.RUN_SUCCESS, 9),
}


@pytest.fixture(scope="module")
def dagsters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty files that Dagster has created: the index, and those of three runs."""
    folder = tmp_path_factory.mktemp("dagster")
    with storing(SqliteEventLogStorage, folder) as storage:
        for run_id in (RUN, OTHER_RUN, RUNLESS):
            assert storage.get_logs_for_run(run_id) == []
    return folder


@pytest.fixture
def copy(dagsters: Path, tmp_path: Path) -> Path:
    """A copy of these files."""
    return Path(shutil.copytree(dagsters, tmp_path / "copy"))


def store(kind: Kind, folder: Path, events: Sequence[dg.EventLogEntry]) -> None:
    with storing(kind, folder) as storage:
        for event in events:
            storage.store_event(event)


def store_together(folder: Path, events: Sequence[dg.EventLogEntry]) -> None:
    with storing(PooledEventLogStorage, folder) as storage:
        storage.store_event_batch(events)


@pytest.mark.parametrize("events", EVENTS.values(), ids=EVENTS)
def test_files_are_those_of_dagster(
    tmp_path: Path, copy: Path, events: Sequence[dg.EventLogEntry]
) -> None:
    store(SqliteEventLogStorage, copy, events)
    store(PooledEventLogStorage, tmp_path / "each", events)
    store_together(tmp_path / "together", events)
    each, dagsters = dump(tmp_path / "each"), dump(copy)
    assert each == {name: dagsters[name] for name in each}
    assert dump(tmp_path / "together") == each
    assert set(each) == {"index.db", *(f"{event.run_id}.db" for event in events)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SqliteEventLogStorage, PooledEventLogStorage),
        (PooledEventLogStorage, SqliteEventLogStorage),
    ],
)
def test_one_storage_goes_on_where_the_other_one_ended(
    tmp_path: Path, copy: Path, first: Kind, second: Kind
) -> None:
    store(first, tmp_path / "both", ALL[:7])
    store(second, tmp_path / "both", ALL[7:])
    store(SqliteEventLogStorage, copy, ALL)
    both, dagsters = dump(tmp_path / "both"), dump(copy)
    assert both == {name: dagsters[name] for name in both}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_either_storage_reads_the_same(copy: Path, read: Callable[[Any], Any]) -> None:
    store_together(copy, ALL)
    with (
        storing(SqliteEventLogStorage, copy) as theirs,
        storing(PooledEventLogStorage, copy) as ours,
    ):
        assert read(ours) == read(theirs)
        assert read(ours)


@pytest.mark.parametrize("operate", OPERATIONS.values(), ids=OPERATIONS)
def test_operations_on_a_history_are_those_of_dagster(
    tmp_path: Path, copy: Path, operate: Callable[[Any], Any]
) -> None:
    store_together(copy, ALL)
    other = Path(shutil.copytree(copy, tmp_path / "other"))
    for kind, folder in ((SqliteEventLogStorage, copy), (PooledEventLogStorage, other)):
        with storing(kind, folder) as storage, time_machine.travel(NOON, tick=False):
            assert storage.get_logs_for_run(RUN)
            operate(storage)
            storage.store_event(entry(None, RUN, 99))
            assert storage.get_logs_for_run(RUN)[-1].timestamp == entry(None, RUN, 99).timestamp
    assert dump(other) == dump(copy)


def test_partitions_planned_in_one_event_are_those_that_dagster_plans_one_by_one(
    tmp_path: Path, copy: Path
) -> None:
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    others = [entry(planned("b")), entry(materialized("a", days[1]), second=1)]
    store(SqliteEventLogStorage, copy, [*(entry(planned("a", day)) for day in days), *others])
    store_together(tmp_path / "ours", [entry(planned("a", *days)), *others])
    reads: list[Callable[[SqliteEventLogStorage], Any]] = [
        lambda s: s.get_latest_asset_partition_materialization_attempts_without_materializations(
            dg.AssetKey("a")
        ),
        lambda s: s.get_materialized_partitions(dg.AssetKey("a")),
        lambda s: s.get_latest_planned_materialization_info(dg.AssetKey("a"), days[0]),
        lambda s: s.get_latest_planned_materialization_info(dg.AssetKey("a"), "2026-01-04"),
    ]
    with (
        storing(SqliteEventLogStorage, copy) as theirs,
        storing(PooledEventLogStorage, tmp_path / "ours") as ours,
    ):
        assert ours.supports_partition_subset_in_asset_materialization_planned_events
        assert [read(ours) for read in reads] == [read(theirs) for read in reads]
        assert set(reads[0](ours)) == {days[0], days[2]}
        assert len(ours.get_logs_for_run(RUN)) == 3


def test_a_check_of_a_range_is_in_its_history_once(copy: Path) -> None:
    key = dg.AssetCheckKey(dg.AssetKey("a"), "schema")
    with storing(PooledEventLogStorage, copy) as storage:
        storage.store_event(entry(check_planned("a", "schema", "2026-01-01", "2026-01-02")))
        (planned_one,) = storage.get_asset_check_execution_history(key, limit=10)
        storage.store_event(entry(checked("a", "schema"), second=1))
        (done,) = storage.get_asset_check_execution_history(key, limit=10)
    assert (planned_one.status.value, done.status.value) == ("PLANNED", "SUCCEEDED")
    assert (planned_one.id, planned_one.partition) == (done.id, None)


def test_a_check_of_partitions_of_its_own_leaves_nothing_planned(copy: Path) -> None:
    key, days = dg.AssetCheckKey(dg.AssetKey("a"), "schema"), ("2026-01-01", "2026-01-02")
    with storing(PooledEventLogStorage, copy) as storage:
        storage.store_event(entry(check_planned("a", "schema", *days)))
        for second, day in enumerate(days, start=1):
            storage.store_event(entry(checked("a", "schema", day), second=second))
        records = storage.get_asset_check_execution_history(key, limit=10)
    assert [(r.partition, r.status.value) for r in reversed(records)] == [
        (day, "SUCCEEDED") for day in days
    ]


def test_an_older_file_is_migrated(copy: Path) -> None:
    config = get_alembic_config(sqlite_event_log.__file__)
    with storing(SqliteEventLogStorage, copy) as storage, storage.index_connection() as connection:
        run_alembic_downgrade(config, connection, "-1")
    with storing(PooledEventLogStorage, copy) as storage:
        before, newest = storage.alembic_version()
        assert before != newest
        storage.upgrade()
        assert storage.alembic_version() == (newest, newest)


def test_a_failing_batch_stores_nothing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(copy)
    twice = [entry(check_planned("a", "schema"))] * 2
    with storing(PooledEventLogStorage, copy) as storage:
        with pytest.raises(dg.DagsterInvariantViolationError):
            storage.store_event_batch([entry(None), *twice, entry(checked("a", "schema"))])
        assert dump(copy) == before
        storage.store_event(entry(None))
        assert len(storage.get_logs_for_run(RUN)) == 1
