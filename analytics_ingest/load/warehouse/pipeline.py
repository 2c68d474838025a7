"""The warehouse: dlt's named destination, and the pipeline that loads into it, one run at a time.

By default a DuckDB file in the project's `data` folder. Runs take turns at it only while they
open it; they read their APIs at the same time.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import dlt
from dlt.common.destination.reference import AnyDestination, DestinationReference
from dlt.common.pipeline import ExtractInfo, LoadInfo, NormalizeInfo
from dlt.common.schema.typing import TSchemaTables
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import SettingError, WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.common.warehouse_settings import (
    CREDENTIALS_KEY,
    DESTINATION_NAME,
    data_dir,
    destination_type,
    explaining_settings,
)
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.concurrency.lock_storage import open_locks
from analytics_ingest.extract.concurrency.locks import WRITE_LOCK, SharedLock
from analytics_ingest.load.warehouse.dlt_hints import rejected_table
from analytics_ingest.load.warehouse.load_plan import LoadPlan, has_transactions, plan_load
from analytics_ingest.load.warehouse.memory import megabytes_needed
from analytics_ingest.load.warehouse.missing_tables import create_missing, with_nested
from analytics_ingest.load.warehouse.write_lock import WriteLock

T = TypeVar("T")

FORMAT_KEY = f"destination.{DESTINATION_NAME}.table_format"

_LIBRARIES_OF_LAKES = ("deltalake", "pyiceberg")


def warehouse_destination(dataset: str) -> AnyDestination:
    """The configured destination.

    Args:
        dataset: The API's dataset; a DuckDB file must not have its name.
    """
    kind = destination_type()
    options = _options(kind, dataset)
    # `dlt.destination` would keep some of the options for itself.
    create = partial(DestinationReference.find(kind), destination_name=DESTINATION_NAME)
    known = create(**options).capabilities()
    if has_transactions(known):
        # Between the statements of a merge the rows that it replaces would be gone otherwise, for
        # good where the process dies there.
        options["supports_transactions"] = True
    if "insert-from-staging" in (known.supported_replace_strategies or ()):
        # By default a snapshot is emptied first, and filled later.
        options["replace_strategy"] = "insert-from-staging"
    if kind == "duckdb":
        # Each job takes memory of its own; side by side they are no faster into one file.
        options["loader_parallelism_strategy"] = "sequential"
    return create(**options)


def _options(kind: str, dataset: str) -> dict[str, Any]:
    """What a destination is given beside its settings."""
    if kind != "duckdb" or _is_configured(CREDENTIALS_KEY):
        return {}
    path = data_dir() / "warehouse.duckdb"
    if dataset == path.stem:
        raise SettingError(
            f"{dataset}: the API has the name of the DuckDB file {path}, which DuckDB refuses; "
            "rename its folder, or set DESTINATION__WAREHOUSE__CREDENTIALS to another file"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    return {"credentials": str(path)}


class WarehousePipeline(Pipeline):
    """A pipeline that touches the warehouse only while it holds the warehouse's lock."""

    plan: LoadPlan
    turns: WriteLock | None = None
    resources: Sequence[ResourceDeclaration] = ()
    """What is loaded; without them a pipeline only reads."""
    staged: Mapping[str, Sequence[Path]] = MappingProxyType({})
    """Table → the files that are brought into it, where it is one of a lake."""
    left_out: Callable[[], Collection[str]] = staticmethod(tuple)
    """Names the tables of which nothing is stored; asked when extraction has ended."""
    why_not_loaded: Callable[[], str] = staticmethod(str)
    """Looks for the reason why the data could not be stored; empty where it finds none."""
    after_load: Callable[[], None] = staticmethod(lambda: None)
    """Called when the data is stored and the warehouse is still held."""
    loaded: Callable[[], object] = staticmethod(lambda: None)
    """Called when everything is done."""
    _tables_before: TSchemaTables
    """The tables of the schema before extraction."""

    def _sync_destination(self, *args: Any, **kwargs: Any) -> None:
        with self.holding_warehouse():
            super()._sync_destination(*args, **kwargs)

    def extract(self, *args: Any, **kwargs: Any) -> ExtractInfo:
        if self.plan.is_lake:
            from analytics_ingest.load.warehouse.lake.checks import check_lake, forget_missing

            with self.destination_client() as client:
                check_lake(client, self.resources, self.plan)
                forget_missing(client, self._tables())
        self._tables_before = self._copied_tables()
        return super().extract(*args, **kwargs)

    def normalize(self, *args: Any, **kwargs: Any) -> NormalizeInfo:
        self._drop_extracted(self.left_out())
        info = super().normalize(*args, **kwargs)
        if self.plan.is_lake:
            from analytics_ingest.load.warehouse.lake.files import keep_files

            self.staged = keep_files(self, Path(self.pipelines_dir) / "staged")
        return info

    def _drop_extracted(self, tables: Collection[str]) -> None:
        """Remove what was extracted for some tables: half a listing must not be stored.

        Nor its columns: dlt never creates what a stored schema knows.
        """
        if not tables:
            return
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

    def _copied_tables(self) -> TSchemaTables:
        return deepcopy(self.default_schema.tables) if self.default_schema_name else {}

    def _tables(self) -> list[str]:
        """Names of the tables that are loaded."""
        return [name for r in self.resources for name in (r.name, rejected_table(r.name))]

    def load(self, *args: Any, **kwargs: Any) -> LoadInfo:
        with self.holding_warehouse():
            bounded = self._within_memory()
            try:
                self._make_loadable()
                info = bounded(partial(super().load, *args, **kwargs))
            except PipelineStepFailed:
                reason = self.why_not_loaded()
                if reason:
                    raise WarehouseError(reason) from None
                raise
            bounded(self.after_load)
        self.loaded()
        return info

    def _within_memory(self) -> Callable[[Callable[[], T]], T]:
        if not self.turns:
            return _unbounded
        megabytes = megabytes_needed(Path(self.working_dir).rglob("*.parquet"))
        return partial(self.turns.within_memory, megabytes)

    def _make_loadable(self) -> None:
        with self.destination_client() as client:
            create_missing(client, self._tables())
            if self.plan.is_lake:
                from analytics_ingest.load.warehouse.lake.tables import make_loadable

                make_loadable(client, self)

    def holding_warehouse(self) -> AbstractContextManager[None]:
        """Hold the warehouse, taking turns with other runs."""
        return self.turns.hold() if self.turns else nullcontext()


@contextmanager
def open_pipeline(api: str, pipelines_dir: Path, log: LogLine) -> Iterator[WarehousePipeline]:
    """Open the pipeline of one load, with its working files below `pipelines_dir`."""
    pipeline = _create_pipeline(api, pipelines_dir, log)
    try:
        yield pipeline
    finally:
        # dlt would keep it until the process ends, and all that it has read with it.
        if pipeline.is_active:
            pipeline.deactivate()


def _create_pipeline(api: str, pipelines_dir: Path, log: LogLine) -> WarehousePipeline:
    kind = destination_type()
    with explaining_settings(api, kind):
        destination = warehouse_destination(api)
        table_format = dlt.config.get(FORMAT_KEY, str)
        plan = plan_load(api, kind, destination.capabilities(), table_format)
        if plan.is_lake:
            # What is missing is told now; a resource may have either format.
            for library in _LIBRARIES_OF_LAKES:
                import_module(library)
        pipeline = dlt.pipeline(
            pipeline_name=api,
            pipelines_dir=str(pipelines_dir),
            destination=destination,
            dataset_name=api,
            _impl_cls=WarehousePipeline,
        )
        pipeline.plan = plan
        pipeline.turns = _turns(api, pipeline, log)
        return pipeline


def _turns(api: str, pipeline: Pipeline, log: LogLine) -> WriteLock:
    """WriteLock at a DuckDB file; elsewhere an API's, whose runs share a staging dataset."""
    credentials = pipeline.destination_client().config.credentials
    if isinstance(credentials, DuckDbCredentials):
        # By the path that dlt opens: DuckDB would take another one to it for another database.
        database = Path(str(credentials.database))
        return WriteLock(Path(f"{database.resolve()}.lock"), database, log)
    return WriteLock(SharedLock(open_locks(api), WRITE_LOCK), None, log)


def _unbounded(work: Callable[[], T]) -> T:
    return work()


def _is_configured(key: str) -> bool:
    return key in dlt.secrets or key in dlt.config
