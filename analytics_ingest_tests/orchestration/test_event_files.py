"""The files of the event log: which stay open, where they lie, and who follows them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import serialize_value
from sqlalchemy import Connection, Engine, event

from analytics_ingest.orchestration.event_storage import BATCH_SIZE_SETTING, PooledEventLogStorage
from analytics_ingest.orchestration.open_databases import KEPT_OPEN
from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.event_logs import (
    RUN,
    Kind,
    count_events,
    entry,
    materialized,
    open_files,
    storing,
)
from analytics_ingest_tests.support.waiting import wait_for

WITHIN = 60
"""Seconds; a machine with nothing else to do needs a tenth of it."""

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-10")
RANGE = "dagster/asset_partition_range"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an instance that nothing but the project's dagster.yaml describes."""
    monkeypatch.delenv("DAGSTER_HOME")
    monkeypatch.setenv(BATCH_SIZE_SETTING, "")  # so that it is restored
    monkeypatch.delenv(BATCH_SIZE_SETTING)
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_a_history_that_is_deleted_begins_anew(tmp_path: Path) -> None:
    with storing(PooledEventLogStorage, tmp_path) as storage:
        storage.store_event_batch([entry(materialized("a")), entry(None)])
        for path in tmp_path.iterdir():
            path.unlink(missing_ok=True)
        assert storage.get_logs_for_run(RUN) == []
        storage.store_event(entry(materialized("a")))
        assert storage.all_asset_keys() == [dg.AssetKey("a")]
    assert count_events(tmp_path / f"{RUN}.db") == count_events(tmp_path / "index.db") == 1


def test_a_long_history_takes_little_more_than_its_events(tmp_path: Path) -> None:
    # As long as those of a partition that has been loaded.
    event = entry(materialized("a", "2026-01-01", version="v" * 1_250))
    size = len(serialize_value(event))
    assert 2_100 < size < 2_300
    with storing(PooledEventLogStorage, tmp_path) as storage:
        storage.store_event_batch([event] * 2_000)
    assert (tmp_path / f"{RUN}.db").stat().st_size < 2_000 * size * 1.5


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="lists the open files of a process")
def test_few_files_stay_open_and_none_at_the_end(tmp_path: Path) -> None:
    with storing(PooledEventLogStorage, tmp_path) as storage:
        for number in range(KEPT_OPEN * 2):
            storage.store_event(entry(materialized("a"), f"run{number}"))
        assert len(open_files(tmp_path)) == KEPT_OPEN * 3
    assert open_files(tmp_path) == []


@pytest.mark.parametrize("follower", [SqliteEventLogStorage, PooledEventLogStorage])
def test_who_follows_a_run_sees_each_event_at_once(tmp_path: Path, follower: Kind) -> None:
    seen: list[float] = []

    def see(stored: dg.EventLogEntry, cursor: str) -> None:
        seen.append(stored.timestamp)

    with storing(follower, tmp_path) as reader, storing(PooledEventLogStorage, tmp_path) as writer:
        assert reader.get_logs_for_run(RUN) == []
        reader.watch(RUN, None, see)
        for number in range(1, 4):
            writer.store_event(entry(None, second=number))
            wait_for(lambda number=number: len(seen) == number, "the event", seconds=WITHIN)
        reader.end_watch(RUN, see)


def test_dagster_yaml_names_it_and_the_files_lie_where_dagster_puts_them(home: Path) -> None:
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), config_dir=str(ROOT))) as ours:
        assert isinstance(ours.event_log_storage, PooledEventLogStorage)
        ours.report_runless_asset_event(dg.AssetMaterialization("a"))
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as dagsters:
        assert type(dagsters.event_log_storage) is SqliteEventLogStorage
        assert dagsters.all_asset_keys() == [dg.AssetKey("a")]


def test_the_events_of_a_range_are_stored_in_batches(home: Path) -> None:
    keys = DAYS.get_partition_keys()
    tags = {f"{RANGE}_start": keys[0], f"{RANGE}_end": keys[-1]}
    reference = InstanceRef.from_dir(str(home), config_dir=str(ROOT))
    with dg.DagsterInstance.from_ref(reference) as instance:
        with counting_commits() as commits:
            run_id = job().execute_in_process(instance=instance, tags=tags).run_id
        planned = instance.all_logs(run_id, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
        assert len(planned) == 2
        stored = instance.all_logs(run_id, dg.DagsterEventType.ASSET_MATERIALIZATION)
        assert len(stored) == 2 * len(keys)
        assert instance.get_materialized_partitions(dg.AssetKey("b")) == set(keys)
    assert len(commits) < 2 * len(keys)


def job() -> dg.JobDefinition:
    """Two partitioned assets, loaded in one run."""

    @dg.multi_asset(
        specs=[dg.AssetSpec("a"), dg.AssetSpec("b")],
        partitions_def=DAYS,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def load(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        for key in context.selected_asset_keys:
            yield dg.MaterializeResult(key)

    jobs = [dg.define_asset_job("load_job")]
    return dg.Definitions([load], jobs=jobs).resolve_job_def("load_job")


@contextmanager
def counting_commits() -> Iterator[list[Connection]]:
    """The commits of all of SQLAlchemy's connections, as they happen."""
    commits: list[Connection] = []

    def count(connection: Connection) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", count)
    yield commits
    event.remove(Engine, "commit", count)
