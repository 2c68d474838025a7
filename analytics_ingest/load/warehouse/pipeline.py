"""The pipeline of one load: dlt's, with a write lock, bounded memory and hooks.

Runs read their APIs at the same time. A run holds the write lock while it writes to the warehouse,
and while it reads the stored schema and state.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dlt.common.pipeline import ExtractInfo, LoadInfo, NormalizeInfo
from dlt.common.schema.typing import TSchemaTables
from dlt.pipeline.exceptions import PipelineStepFailed

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.load.warehouse.destinations.memory import (
    estimate_megabytes,
    run_within_memory,
)
from analytics_ingest.load.warehouse.destinations.read_replica import (
    renew_replica,
)
from analytics_ingest.load.warehouse.destinations.write_lock import WriteLock
from analytics_ingest.load.warehouse.faults import explain_sql
from analytics_ingest.load.warehouse.lean_pipeline import LeanPipeline
from analytics_ingest.load.warehouse.merge.known_loads import KnownLoads, read_known_loads
from analytics_ingest.load.warehouse.merge.newer_rows import keep_newer_rows
from analytics_ingest.load.warehouse.pipeline_hooks import PipelineHooks
from analytics_ingest.load.warehouse.staging import empty_staging
from analytics_ingest.load.warehouse.tables.changed_tables import find_left_tables
from analytics_ingest.load.warehouse.tables.column_comments import write_comments
from analytics_ingest.load.warehouse.tables.dlt_hints import list_tables
from analytics_ingest.load.warehouse.tables.histories import check_order
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan
from analytics_ingest.load.warehouse.tables.missing_tables import create_missing, with_nested
from analytics_ingest.load.warehouse.tables.schema_contract import (
    describe_refusal,
    find_refusal_among,
)
from analytics_ingest.load.warehouse.tables.stored_columns import (
    adopt_stored_columns,
    check_stored_columns,
)


class WarehousePipeline(LeanPipeline):
    """A pipeline that opens the warehouse's database only while it holds the write lock."""

    # Set by `open_pipeline`: `drop` calls dlt's `__init__` again, with dlt's arguments alone.
    hooks: PipelineHooks["WarehousePipeline"]
    log: LogLine
    plan: LoadPlan
    location: str
    """Where the warehouse is, for the log."""
    write_lock: WriteLock
    replica: Path | None
    """The copy of a DuckDB file for readers."""
    staged: Mapping[str, Sequence[Path]] = MappingProxyType({})
    """Table → the files that the load brings into a lake."""
    row_counts: Mapping[str, int] = MappingProxyType({})
    """Table → the rows of the load that were normalized."""
    load_id: str | None = None
    """dlt's id of the load, once it is normalized."""
    known_loads: KnownLoads | None = None
    """The loads that were stored before the first request, where that matters."""
    earlier_keys: Mapping[str, str] = MappingProxyType({})
    """Resource → a message about its changed primary key or table; only those that have one."""
    _tables_before: TSchemaTables
    """The tables of the schema before extraction."""

    def _sync_destination(self, *args: Any, **kwargs: Any) -> None:
        name = self.pipeline_name
        with self.write_lock.hold_to_read() as self.exists, explain_sql(name, "nothing is loaded"):
            super()._sync_destination(*args, **kwargs)
            if self.exists:
                adopt_stored_columns(self, self._list_tables())
            self.known_loads = read_known_loads(self, self.hooks.resources)

    def run(self, *args: Any, **kwargs: Any) -> LoadInfo:
        """Extract, normalize and load, and call the last hook."""
        info = super().run(*args, **kwargs)
        self.hooks.after_run(self)
        return info

    def extract(self, *args: Any, **kwargs: Any) -> ExtractInfo:
        """Check a lake before any API is called, then extract."""
        if self.plan.is_lake:
            from analytics_ingest.load.warehouse.lake.checks import check_lake, forget_missing

            with self.destination_client() as client:
                check_lake(client, self.hooks.resources, self.plan)
                forget_missing(client, self._list_tables())
        before = deepcopy(self.default_schema.tables) if self.default_schema_name else {}
        self._tables_before = before
        self.earlier_keys = dict(find_left_tables(self.hooks.resources, before))
        self.hooks.before_extract(self)
        for message in self.earlier_keys.values():
            self.log(message)
        return super().extract(*args, **kwargs)

    def normalize(self, *args: Any, **kwargs: Any) -> NormalizeInfo:
        """Drop what was extracted of failed resources, then normalize the rest."""
        self._drop_resources(self.hooks.fail_unsafe_resources(self))
        info = self._normalize_permitted(partial(super().normalize, *args, **kwargs))
        self.row_counts, self.load_id = info.row_counts, next(iter(info.loads_ids), None)
        if self.plan.is_lake:
            from analytics_ingest.load.warehouse.lake.files import keep_files

            self.staged = keep_files(self, Path(self.pipelines_dir) / "staged")
        return info

    def _normalize_permitted(self, normalize: Callable[[], NormalizeInfo]) -> NormalizeInfo:
        """Normalize without the resources whose rows their `schema_contract` refuses."""
        while True:
            try:
                return normalize()
            except PipelineStepFailed as error:
                refusal = find_refusal_among(error)
                name = refusal and self._find_resource(refusal.table_name)
                if not refusal or not name:
                    raise
                self.hooks.fail(name, WarehouseError(describe_refusal(self.pipeline_name, refusal)))
                self._drop_resources([name])

    def _find_resource(self, table: str) -> str | None:
        """Find the resource that a table, or a nested one, belongs to."""
        owners = {
            resource.table: resource.name
            for resource in self.hooks.resources
            if f"{table}__".startswith(f"{resource.table}__")
        }
        return owners[max(owners, key=len)] if owners else None

    def _drop_resources(self, names: Collection[str]) -> None:
        if tables := list_tables(r for r in self.hooks.resources if r.name in names):
            self._drop_extracted(tables)

    def _drop_extracted(self, tables: Collection[str]) -> None:
        """Remove what was extracted for some tables, so that no part of a listing is stored.

        Neither are its columns: dlt never creates a column that the stored schema has.
        """
        schema = self.default_schema
        for name in with_nested(schema.tables, tables):
            del schema.tables[name]
        schema.tables.update(with_nested(self._tables_before, tables))
        packages = self._get_normalize_storage().extracted_packages
        for load_id in self.list_extracted_load_packages():
            packages.save_schema(load_id, schema)
            for job in self.get_load_package_info(load_id).jobs["new_jobs"]:
                if job.job_file_info.table_name in tables:
                    Path(job.file_path).unlink()

    def load(self, *args: Any, **kwargs: Any) -> LoadInfo:
        """Load with the write lock held, in bounded memory, and call the hook at the end."""
        with self.write_lock.hold():
            try:
                info = self._load_prepared(partial(super().load, *args, **kwargs))
            finally:
                # Not opened yet: what cannot be reached must not hide why the load failed.
                empty_staging(self.destination_client(), self._list_tables(), self.log)
            if self.replica and self.write_lock.database:
                renew_replica(self.pipeline_name, self.write_lock.database, self.replica)
        return info

    def _load_prepared(self, load: Callable[[], LoadInfo]) -> LoadInfo:
        megabytes = estimate_megabytes(Path(self.working_dir).rglob("*.parquet"))
        in_memory = partial(run_within_memory, self.write_lock.database, megabytes, self.log)
        self._prepare_tables()
        info = in_memory(load)
        write_comments(self, self.hooks.resources, self.plan, self.log)
        with explain_sql(self.pipeline_name, "the rows are stored, but not counted and compared"):
            in_memory(partial(self.hooks.after_load, self))
        return info

    def _prepare_tables(self) -> None:
        api = self.pipeline_name
        with explain_sql(api, "nothing is stored"), self.destination_client() as client:
            check_stored_columns(client, self._list_tables())
            create_missing(client, self._list_tables())
            check_order(client, self.hooks.resources, self.load_id)
            if self.plan.is_lake:
                from analytics_ingest.load.warehouse.lake.tables import make_loadable

                make_loadable(client, self)
            loads = self.known_loads, self.load_id
            keep_newer_rows(self, self.hooks.resources, *loads, plan=self.plan, log=self.log)

    def _list_tables(self) -> list[str]:
        return list_tables(self.hooks.resources)
