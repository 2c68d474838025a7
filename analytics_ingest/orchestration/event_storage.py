"""Dagster's event log in SQLite, several times cheaper: `event_log_storage` in dagster.yaml.

For each event Dagster's own storage opens two or three connections, inspects tables and waits for
the disk. Here databases stay open, and an event or a batch of events is one transaction in the file
of its run and one in the index. Files and rows are Dagster's: each storage reads what the other one
has stored.

What a run of many partitions plans is one event for each asset and check, with the partitions in
it. In the index it has a row for each partition, from which Dagster tells what is under way.

Transactions wait for the disk only at checkpoints (WAL with `synchronous=NORMAL`). A process that
is killed loses no event that it had stored. A power cut can lose the last ones; it damages no file.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import dagster as dg
import dagster._check as check
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageMetadata,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sql import get_alembic_config
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._record import replace
from dagster._serdes import ConfigurableClassData, serialize_value
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from analytics_ingest.orchestration.event_rows import build_rows, get_asset_and_type
from analytics_ingest.orchestration.open_databases import OpenDatabases

BATCH_SIZE_SETTING = "DAGSTER_EVENT_BATCH_SIZE"
BATCH_SIZE = 250
_PAGE_SIZE = 8192
"""Bytes. An event of a materialization has about 2,200: a page of SQLite's usual size holds one."""


class PooledEventLogStorage(SqliteEventLogStorage):
    """Dagster's event log in SQLite files that stay open.

    Args:
        base_dir: The folder of the files; without it Dagster's own, `history/runs` in the folder
            of the instance.
    """

    def __init__(
        self, base_dir: str | None = None, inst_data: ConfigurableClassData | None = None
    ) -> None:
        self._databases = OpenDatabases(self._initdb, SQLITE_BUSY_TIMEOUT_SECONDS)
        self._existing: set[tuple[str, ...]] = set()
        self._inst_data = inst_data
        self._awaits_instance = base_dir is None
        if base_dir is not None:
            super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        return {"base_dir": dg.Field(dg.StringSource, is_required=False)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "PooledEventLogStorage":
        return cls(inst_data=inst_data, **config_value)

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        """Begin to store an instance's events, and have it store those of a range in batches."""
        if self._awaits_instance:
            base_dir = Path(instance.root_directory, "history", "runs")
            super().__init__(str(base_dir), self._inst_data)
            self._awaits_instance = False
        super().register_instance(instance)
        # An instance looks for it only in the environment.
        os.environ.setdefault(BATCH_SIZE_SETTING, str(BATCH_SIZE))

    def store_event(self, event: dg.EventLogEntry) -> None:
        self.store_event_batch([event])

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events in one transaction of each file; none of them if one fails."""
        for run_id, of_run in groupby(events, lambda event: event.run_id):
            # The inner one ends first: as in Dagster, the index never knows more than the run.
            with self.index_connection() as index, self.run_connection(run_id) as run:
                for asset_and_type, alike in groupby(of_run, get_asset_and_type):
                    if asset_and_type:
                        self._store_asset_events(run, index, list(alike))
                    else:
                        for event in alike:
                            super().store_event(event)
            # Who follows a run in the UI watches this file, and commits go to the one beside it.
            with suppress(FileNotFoundError):
                os.utime(self.path_for_shard(run_id))

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        return self._databases.transaction(self.path_for_shard(check.str_param(run_id, "run_id")))

    def index_connection(self) -> AbstractContextManager[Connection]:
        return self._databases.transaction(self.path_for_shard(INDEX_SHARD_NAME))

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        """Whether an asset's materializations in a run are planned in one event."""
        return True

    def has_table(self, table_name: str) -> bool:
        """Return whether a table exists; one that does is looked up once, as none is dropped."""
        fact = (table_name,)
        if fact not in self._existing:
            with self.index_connection() as conn:
                if not inspect(conn).has_table(table_name):
                    return False
            self._existing.add(fact)
        return True

    def wipe(self) -> None:
        self._databases.close()
        super().wipe()

    def dispose(self) -> None:
        super().dispose()
        self._databases.close()

    def _store_asset_events(
        self, run: Connection, index: Connection, events: Sequence[dg.EventLogEntry]
    ) -> None:
        """Store events of one asset and type; the asset's row in the index shows the last one."""
        table = SqlEventLogStorageTable
        rows = list(build_rows(events, self._event_insert_timestamp))
        run.execute(table.insert(), rows)
        of_partitions = [
            (event, of_partition)
            for event, row in zip(events, rows, strict=True)
            for of_partition in self._expand_partitions(event, row)
        ]
        events, rows = zip(*of_partitions, strict=True)
        # From the first row on nobody else can insert one, so the next ones get the ids after it.
        first = index.execute(table.insert(), rows[0]).lastrowid
        if others := [{**row, "id": first + n} for n, row in enumerate(rows[1:], 1)]:
            index.execute(table.insert(), others)
        event_ids = range(first, first + len(rows))
        self._store_asset_event_tags(index, events, event_ids)
        self._store_asset_event(index, events[-1], event_ids[-1])

    def _expand_partitions(
        self, event: dg.EventLogEntry, row: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of an event in the index: one for each of the partitions that it plans."""
        stored = event.get_dagster_event()
        is_planned = stored.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
        planned = stored.asset_materialization_planned_data if is_planned else None
        if planned is None or planned.partitions_subset is None:
            yield row
            return
        # Otherwise each of the rows would hold all partitions.
        text = serialize_value(_replace_data(event, planned._replace(partitions_subset=None)))
        for key in planned.partitions_subset.get_partition_keys():
            yield {**row, "event": text, "partition": key}

    def _store_asset_check_evaluation_planned(
        self, event: dg.EventLogEntry, event_id: int | None
    ) -> None:
        """Store one row, to be updated by the evaluation of all partitions of the run.

        Dagster stores a row for each partition. No evaluation of a check without partitions of its
        own updates these, and its UI shows all of them as skipped.
        """
        planned = event.get_dagster_event().asset_check_planned_data
        whole = _replace_data(event, replace(planned, partitions_subset=None))
        super()._store_asset_check_evaluation_planned(whole, event_id)

    def _update_asset_check_evaluation(self, event: dg.EventLogEntry, event_id: int | None) -> None:
        """Update the planned row; the first evaluation of a partition takes that of its run."""
        evaluation = event.get_dagster_event().asset_check_evaluation_data
        table = AssetCheckExecutionsTable
        if evaluation.partition:
            planned = (
                table.c.asset_key == evaluation.asset_key.to_string(),
                table.c.check_name == evaluation.check_name,
                table.c.run_id == event.run_id,
                table.c.partition.is_(None),
                table.c.execution_status == AssetCheckExecutionRecordStatus.PLANNED.value,
            )
            with self.index_connection() as conn:
                conn.execute(table.update().where(*planned).values(partition=evaluation.partition))
        super()._update_asset_check_evaluation(event, event_id)

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        fact = ("asset_keys", column_name)
        if fact not in self._existing:
            if not super()._has_asset_key_col_on_connection(conn, column_name):
                return False
            self._existing.add(fact)
        return True

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        # Another process may create the same file at this moment: Dagster's own way waits for it.
        with suppress(OperationalError):
            if _is_initialized(engine) or self._create_tables(engine):
                return
        super()._initdb(engine, for_index_shard)

    def _create_tables(self, engine: Engine) -> bool:
        """Create a new file's tables in one transaction; False if the file has tables."""
        with engine.connect() as conn:
            conn.exec_driver_sql(f"PRAGMA page_size={_PAGE_SIZE}")
            conn.exec_driver_sql("PRAGMA journal_mode=WAL")
            conn.exec_driver_sql("PRAGMA synchronous=NORMAL")
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            if inspect(conn).get_table_names():
                return False
            SqlEventLogStorageMetadata.create_all(conn, checkfirst=False)
            MigrationContext.configure(conn).stamp(self._migrations, "head")
            conn.commit()
            return True

    @cached_property
    def _migrations(self) -> ScriptDirectory:
        return ScriptDirectory.from_config(get_alembic_config(sqlite_event_log.__file__))


def _is_initialized(engine: Engine) -> bool:
    """Return whether a file's migrations are recorded, without loading all of their scripts."""
    with engine.connect() as conn:
        return MigrationContext.configure(conn).get_current_revision() is not None


def _replace_data(event: dg.EventLogEntry, data: Any) -> dg.EventLogEntry:
    stored = event.get_dagster_event()._replace(event_specific_data=data)
    return event._replace(dagster_event=stored)
