"""Opens the pipeline of one load: at the destination of the settings, with its write lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import dlt

from analytics_ingest.common.log import LogLine
from analytics_ingest.common.warehouse_settings import (
    DESTINATION_NAME,
    explain_setting_errors,
    read_warehouse_type,
)
from analytics_ingest.load.warehouse.destinations.destination import (
    create_destination,
    describe_location,
)
from analytics_ingest.load.warehouse.destinations.read_replica import get_replica_path
from analytics_ingest.load.warehouse.destinations.write_lock import open_write_lock
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.pipeline_hooks import PipelineHooks
from analytics_ingest.load.warehouse.tables.load_plan import plan_load

_FORMAT_KEY = f"destination.{DESTINATION_NAME}.table_format"

_LAKE_LIBRARIES = ("deltalake", "pyiceberg")


@contextmanager
def open_pipeline(
    api: str, pipelines_dir: Path, log: LogLine, hooks: PipelineHooks[Any] | None = None
) -> Iterator[WarehousePipeline]:
    """Open the pipeline of one load.

    Args:
        pipelines_dir: A folder for its working files.
        log: Called with a line when the pipeline waits or retries.

    Raises:
        SettingError: The destination, or a table of the resources to load, is not possible.
    """
    pipeline = _create_pipeline(api, pipelines_dir, log, hooks or PipelineHooks(()))
    try:
        yield pipeline
    finally:
        # An active pipeline stays in memory until the process ends, with all that it has read.
        if pipeline.is_active:
            pipeline.deactivate()


def _create_pipeline(
    api: str, pipelines_dir: Path, log: LogLine, hooks: PipelineHooks[WarehousePipeline]
) -> WarehousePipeline:
    kind = read_warehouse_type()
    with explain_setting_errors(api, kind):
        destination = create_destination(api)
        plan = plan_load(api, kind, destination.capabilities(), dlt.config.get(_FORMAT_KEY, str))
        if plan.is_lake:
            # Both, as a resource may have either format: a missing one is an error here.
            for library in _LAKE_LIBRARIES:
                import_module(library)
        for resource in hooks.resources:
            plan.check(resource)
        pipeline = dlt.pipeline(
            pipeline_name=api,
            pipelines_dir=str(pipelines_dir),
            destination=destination,
            dataset_name=api,
            _impl_cls=WarehousePipeline,
        )
        pipeline.hooks, pipeline.log, pipeline.plan = hooks, log, plan
        configuration = pipeline.destination_client().config
        pipeline.location = f"{describe_location(configuration)}, dataset {api}"
        pipeline.write_lock = open_write_lock(api, configuration.credentials, log)
        pipeline.replica = get_replica_path(api, kind, pipeline.write_lock.database)
        return pipeline
