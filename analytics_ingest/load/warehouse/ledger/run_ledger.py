"""The table `_runs` of a dataset: a row for each load of a resource, of failed ones too.

A load adds its rows when its data is stored, under the same lock. One that fails before that adds
them when it ends, if the warehouse can be reached. They are written without dlt's load package,
which is closed before all counts are known. A lake has no such table: its files take no single row.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from typing import Any

import duckdb
from dlt.common.data_types import TDataType
from dlt.common.destination.exceptions import DestinationException

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.log import LogLine
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.ledger.own_tables import (
    SqlClient,
    insert_rows,
    write_own_table,
)
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.pipeline_creation import open_pipeline
from analytics_ingest.load.working_files import open_working_folder

TABLE = "_runs"

LOADED, FAILED, READ = "loaded", "failed", "read"
"""The outcome of a resource; `read` is a parent that is read only for its children."""

SECONDS_TO_WAIT = 10.0
"""How long a load that has failed waits for the warehouse."""

_ROWS_A_STATEMENT = 50
_COUNTS = (
    "rows_read",
    "rows_loaded",
    "rows_rejected",
    "rows_outside",
    "rows_deleted",
    "requests",
    "retries",
    "bytes_received",
)
"""Counts of `Stats`; each is stored in a column of its name."""
_COLUMNS: Mapping[str, TDataType] = {
    **dict.fromkeys(("run_id", "resource", "status", "cause", "load_id"), "text"),
    **dict.fromkeys(("window_start", "window_end", "started_at", "ended_at"), "timestamp"),
    **dict.fromkeys(_COUNTS, "bigint"),
    "seconds_waited": "double",
}


@dataclass
class RunLedger:
    """What is recorded of one load."""

    scope: LoadScope
    run_id: str
    log: LogLine
    parts: ListingParts = field(default_factory=ListingParts)
    stats: Mapping[str, Stats] = field(default_factory=dict)
    failures: Mapping[str, LoadError] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    is_written: bool = False
    load_ids: dict[str, str | None] = field(default_factory=dict)
    """Resource → dlt's id of the load that has stored it last, if the run has several."""

    @contextmanager
    def record_failure(self) -> Iterator[None]:
        """Open a block in which the load runs; if it fails unrecorded, its failure is recorded."""
        try:
            yield
        except LoadError as error:
            if not self.is_written:
                self._record(error)
            raise

    def _record(self, error: LoadError) -> None:
        api = self.scope.declaration.name
        try:
            with (
                open_working_folder(self.run_id) as folder,
                open_pipeline(api, folder, self.log) as pipeline,
                pipeline.write_lock.hold(SECONDS_TO_WAIT),
            ):
                self.write(pipeline, error)
        except (LoadError, DestinationException, duckdb.Error, OSError) as problem:
            kind = type(problem).__name__
            self.log(f"{api}: the failed load is not recorded in {api}.{TABLE} ({kind})")

    def write(self, pipeline: WarehousePipeline, error: LoadError | None = None) -> None:
        """Write the rows of the load; the caller holds the write lock.

        Args:
            error: What all resources fail with that have no error of their own.
        """
        if pipeline.plan.is_lake:
            return
        rows = list(self._build_rows(error, pipeline.load_id))
        write_own_table(pipeline, TABLE, _COLUMNS, partial(_replace, rows), "the load")
        self.is_written = True

    def _build_rows(self, error: LoadError | None, load_id: str | None) -> Iterator[dict[str, Any]]:
        ended, scope = datetime.now(timezone.utc), self.scope
        for name in self.stats or scope.resources:
            is_wanted = name in scope.resources
            cause = self.failures.get(name) or (error if is_wanted else None)
            is_loaded = is_wanted and not cause
            if self._is_recorded_by_another(name, is_loaded=is_loaded):
                continue
            stats = self.parts.count_total(name, self.stats.get(name) or Stats())
            is_snapshot = is_wanted and not scope.declaration.resources[name].incremental
            window = EVERYTHING if is_snapshot else scope.window
            counts = {column: getattr(stats, column) for column in _COUNTS}
            yield {
                "run_id": self.run_id,
                "resource": name,
                "status": FAILED if cause else LOADED if is_loaded else READ,
                "cause": str(cause) if cause else None,
                "load_id": self.load_ids.get(name, load_id) if is_loaded else None,
                "window_start": window.start,
                "window_end": window.end,
                "started_at": self.started,
                "ended_at": ended,
                **counts,
                "rows_loaded": stats.rows_loaded if is_loaded else 0,
                "seconds_waited": round(stats.seconds_waited, 3),
            }

    def _is_recorded_by_another(self, name: str, *, is_loaded: bool) -> bool:
        """Return whether another part records a resource: its last, or a parent's first."""
        if name in self.scope.resources:
            return is_loaded and name in self.parts.cut
        return self.parts.number > 1


def _replace(rows: Sequence[Mapping[str, Any]], sql: SqlClient) -> None:
    """Write rows, and replace those of the same run, resource and window."""
    for first in range(0, len(rows), _ROWS_A_STATEMENT):
        some = rows[first : first + _ROWS_A_STATEMENT]
        for bounds in {(row["window_start"], row["window_end"]) for row in some}:
            same = [r for r in some if (r["window_start"], r["window_end"]) == bounds]
            _delete(sql, same[0]["run_id"], [row["resource"] for row in same], bounds)
        insert_rows(sql, TABLE, list(_COLUMNS), some)


def _delete(
    sql: SqlClient,
    run_id: str,
    resources: Sequence[str],
    bounds: tuple[datetime | None, datetime | None],
) -> None:
    conditions = ["run_id = %s", f"resource IN ({', '.join(['%s'] * len(resources))})"]
    for column, bound in zip(("window_start", "window_end"), bounds, strict=True):
        conditions.append(f"{column} = %s" if bound else f"{column} IS NULL")
    condition = " AND ".join(conditions)
    arguments = (run_id, *resources, *filter(None, bounds))
    sql.execute_sql(
        f"DELETE FROM {sql.make_qualified_table_name(TABLE)} WHERE {condition}", *arguments
    )
