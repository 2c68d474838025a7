"""The warehouse: dlt's named destination, and the pipeline that loads into it, one run at a time.

By default a DuckDB file in the project's `data` folder. Whoever opens the file holds a lock that
the operating system releases when the process dies; extraction goes on without it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dlt
from dlt.common.destination.reference import AnyDestination
from dlt.common.pipeline import LoadInfo
from dlt.pipeline.pipeline import Pipeline
from filelock import FileLock, Timeout

from analytics_ingest.loading.errors import SettingError

DESTINATION_NAME = "warehouse"
TYPE_KEY = f"destination.{DESTINATION_NAME}.destination_type"
CREDENTIALS_KEY = f"destination.{DESTINATION_NAME}.credentials"

LogLine = Callable[[str], None]


def data_dir() -> Path:
    """The project's `data` folder: dlt's run folder is where `.dlt` is looked for as well."""
    return Path(dlt.current.run_context().run_dir) / "data"


def destination_type() -> str:
    """What the warehouse is, `duckdb` unless configured."""
    return dlt.config.get(TYPE_KEY, str) or "duckdb"


def warehouse_destination(dataset: str) -> AnyDestination:
    """The configured destination.

    Args:
        dataset: The API's dataset; a DuckDB file must not have its name.
    """
    kind = destination_type()
    if kind != "duckdb" or _is_configured(CREDENTIALS_KEY):
        return dlt.destination(DESTINATION_NAME, destination_type=kind)
    path = data_dir() / "warehouse.duckdb"
    if dataset == path.stem:
        raise SettingError(
            f"{dataset}: the API has the name of the DuckDB file {path}, which DuckDB refuses; "
            "rename its folder, or set DESTINATION__WAREHOUSE__CREDENTIALS to another file"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    return dlt.destination(DESTINATION_NAME, destination_type=kind, credentials=str(path))


class WarehousePipeline(Pipeline):
    """A pipeline that touches the warehouse only while it holds the warehouse's lock."""

    log: LogLine = staticmethod(lambda line: None)
    after_load: Callable[[], None] = staticmethod(lambda: None)
    """Called when the data is stored and the warehouse is still held."""
    lock: FileLock | None = None

    def _sync_destination(self, *args: Any, **kwargs: Any) -> None:
        with self.holding_warehouse():
            super()._sync_destination(*args, **kwargs)

    def load(self, *args: Any, **kwargs: Any) -> LoadInfo:
        with self.holding_warehouse():
            info = super().load(*args, **kwargs)
            self.after_load()
            return info

    @contextmanager
    def holding_warehouse(self) -> Iterator[None]:
        """Hold the lock, waiting for other runs; the wait is logged."""
        if self.lock is None:
            yield
            return
        began = time.monotonic()
        try:
            self.lock.acquire(timeout=0)
        except Timeout:
            self.log(f"waiting for {self.lock.lock_file}: another run is loading")
            self.lock.acquire()
            self.log(f"waited {time.monotonic() - began:.1f} s for another run")
        try:
            yield
        finally:
            self.lock.release()


def open_pipeline(api: str, pipelines_dir: Path, log: LogLine) -> WarehousePipeline:
    """Create the pipeline of one load, with its working files below `pipelines_dir`."""
    pipeline = dlt.pipeline(
        pipeline_name=api,
        pipelines_dir=str(pipelines_dir),
        destination=warehouse_destination(api),
        dataset_name=api,
        _impl_cls=WarehousePipeline,
    )
    pipeline.log = log
    pipeline.lock = _lock(api, pipeline)
    return pipeline


def loader_file_format(pipeline: Pipeline) -> str | None:
    """Parquet where the destination takes it: several times faster than INSERT statements."""
    capabilities = pipeline.destination.capabilities()
    return "parquet" if "parquet" in capabilities.supported_loader_file_formats else None


def _lock(api: str, pipeline: Pipeline) -> FileLock:
    """One lock for a DuckDB file; elsewhere one an API, whose staging dataset its runs share."""
    if pipeline.destination.destination_type.endswith(".duckdb"):
        with pipeline.destination_client() as client:
            database = str(client.config.credentials.database)  # type: ignore[attr-defined]
        return FileLock(f"{Path(database).resolve()}.lock")
    locks = data_dir() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    return FileLock(locks / f"{api}.lock")


def _is_configured(key: str) -> bool:
    return key in dlt.secrets or key in dlt.config
