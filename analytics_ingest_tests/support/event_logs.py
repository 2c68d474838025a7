"""Events of runs, and what a folder of SQLite files holds of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationPlanned,
)
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.definitions.partitions.subset import DefaultPartitionsSubset
from dagster._core.events import (
    AssetMaterializationPlannedData,
    AssetObservationData,
    DagsterEvent,
    StepMaterializationData,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

RUN = "4bf9b3f0-5f0c-4f7e-9d5b-0c5f0f6f0a01"
OTHER_RUN = "4bf9b3f0-5f0c-4f7e-9d5b-0c5f0f6f0a02"
RUNLESS = ""

Kind = type[SqliteEventLogStorage]

CLOCK = {"create_timestamp", "migration_completed", "update_timestamp"}
"""Columns that hold when a row was stored."""


def entry(event: DagsterEvent | None, run_id: str = RUN, second: int = 0) -> dg.EventLogEntry:
    """An event as a storage is given it; a line of a log without one."""
    return dg.EventLogEntry(
        error_info=None,
        level=20,
        user_message="" if event else "loading",
        run_id=run_id,
        timestamp=1_767_600_000.0 + second,
        step_key="step",
        job_name="job",
        dagster_event=event,
    )


def of_run(kind: dg.DagsterEventType) -> DagsterEvent:
    """An event of a run without data of its own, such as its start."""
    return DagsterEvent(kind.value, "job", message=kind.value)


def planned(asset: str, *partitions: str) -> DagsterEvent:
    """An asset is going to be materialized: one day of it, or several in one event."""
    partition = partitions[0] if len(partitions) == 1 else None
    days = dg.DailyPartitionsDefinition("2026-01-01").subset_with_partition_keys(partitions)
    subset = days.to_serializable_subset() if len(partitions) > 1 else None
    data = AssetMaterializationPlannedData(dg.AssetKey(asset), partition, subset)
    return DagsterEvent.build_asset_materialization_planned_event("job", "step", data)


def materialized(asset: str, partition: str | None = None, version: str = "1") -> DagsterEvent:
    """An asset has been materialized, with a tag that is indexed and one that is not."""
    tags = {DATA_VERSION_TAG: version, "team": "data"}
    metadata = {"rows_loaded": 3}
    event = dg.AssetMaterialization(asset, partition=partition, metadata=metadata, tags=tags)
    return _of_step(dg.DagsterEventType.ASSET_MATERIALIZATION, StepMaterializationData(event))


def observed(asset: str, partition: str | None = None) -> DagsterEvent:
    """An asset has been observed."""
    data = AssetObservationData(dg.AssetObservation(asset, partition=partition))
    return _of_step(dg.DagsterEventType.ASSET_OBSERVATION, data)


def check_planned(asset: str, check: str, *partitions: str) -> DagsterEvent:
    """A check of an asset is going to be run, for some of its partitions."""
    subset = DefaultPartitionsSubset(set(partitions)) if partitions else None
    data = AssetCheckEvaluationPlanned(
        asset_key=dg.AssetKey(asset), check_name=check, partitions_subset=subset
    )
    return _of_step(dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED, data)


def checked(
    asset: str, check: str, partition: str | None = None, *, passed: bool = True
) -> DagsterEvent:
    """A check of an asset has been run."""
    data = AssetCheckEvaluation(
        asset_key=dg.AssetKey(asset),
        check_name=check,
        passed=passed,
        partition=partition,
        metadata={"rows": dg.MetadataValue.int(3)},
    )
    return _of_step(dg.DagsterEventType.ASSET_CHECK_EVALUATION, data)


@contextmanager
def storing(kind: Kind, folder: Path) -> Iterator[SqliteEventLogStorage]:
    """A storage as Dagster makes it of its configuration, disposed of at the end."""
    storage = kind.from_config_value(None, {"base_dir": str(folder)})
    yield storage
    storage.dispose()


def dump(folder: Path) -> dict[str, dict[str, Any]]:
    """The tables of each file: their definitions, and their rows without the time of storing."""
    return {path.name: dict(_dump_file(path)) for path in sorted(folder.glob("*.db"))}


def count_events(path: Path) -> int:
    """The events in one file, which has to be intact."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT count(*) FROM event_logs").fetchone()[0]


def open_files(folder: Path) -> list[Path]:
    """The files of a folder that this process holds open, on Linux."""
    links = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [file for file in links if folder in file.parents]


def _of_step(kind: dg.DagsterEventType, data: Any) -> DagsterEvent:
    return DagsterEvent(kind.value, "job", step_key="step", event_specific_data=data)


def _dump_file(path: Path) -> Iterator[tuple[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, sql FROM sqlite_master ORDER BY name"
        definitions = connection.execute(query).fetchall()
        yield "", definitions
        for name, sql in definitions:
            if sql and sql.startswith("CREATE TABLE"):
                yield name, list(_dump_rows(connection.execute(f"SELECT * FROM {name}")))


def _dump_rows(rows: sqlite3.Cursor) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in rows.description]
    for row in rows:
        values = dict(zip(names, row, strict=True))
        yield {name: value for name, value in values.items() if name not in CLOCK}
