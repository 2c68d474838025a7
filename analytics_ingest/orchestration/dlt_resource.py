"""dagster-dlt, fitted to this project: asset keys from names, metadata from the load's figures."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltResource, DagsterDltTranslator
from dagster_dlt.translator import DltResourceTranslatorData
from dlt.common.pipeline import LoadInfo
from dlt.extract.resource import DltResource
from dlt.pipeline.pipeline import Pipeline
from pydantic import PrivateAttr

from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.table_profile import TableProfile
from analytics_ingest.orchestration.loaded import LoadedWindow
from analytics_ingest.orchestration.naming import asset_key


class ResourceTranslator(DagsterDltTranslator):
    """Finds the asset of a dlt resource; what the asset looks like is its spec's matter."""

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        return dg.AssetSpec(asset_key(data.resource.source_name, data.resource.name))


class WarehouseDltResource(DagsterDltResource):
    """Runs a dlt pipeline and describes each materialisation by what was read and loaded."""

    api: str

    _stats: Mapping[str, Stats] = PrivateAttr(default_factory=dict)
    _figures: Mapping[str, TableProfile] = PrivateAttr(default_factory=dict)
    _loaded: LoadedWindow | None = PrivateAttr(default=None)

    def describing(
        self, stats: Mapping[str, Stats], figures: Mapping[str, TableProfile], loaded: LoadedWindow
    ) -> "WarehouseDltResource":
        """Take what materialisations are described with."""
        self._stats = stats
        self._figures = figures
        self._loaded = loaded
        return self

    def extract_resource_metadata(
        self,
        context: dg.OpExecutionContext | dg.AssetExecutionContext,
        resource: DltResource,
        load_info: LoadInfo,
        dlt_pipeline: Pipeline,
    ) -> Mapping[str, Any]:
        """The figures of one resource; dagster-dlt's job list is left out of every event."""
        stats = self._stats[resource.name]
        metadata: dict[str, Any] = {
            "dagster/table_name": f"{self.api}.{resource.name}",
            "rows_loaded": stats.rows_loaded,
            "rows_rejected": stats.rows_rejected,
            "cursors_unreadable": stats.cursors_unreadable,
            "pages": stats.pages,
            "requests": stats.requests,
            "retries": stats.retries,
            "seconds": round(stats.seconds, 3),
            "seconds_waited": round(stats.seconds_waited, 3),
        }
        if self._loaded:
            metadata["window"] = str(self._loaded.window)
            metadata["partitions"] = len(self._loaded.partition_keys)
            metadata["is_complete"] = self._loaded.is_complete
        figures = self._figures.get(resource.name)
        if figures and (self._loaded is None or len(self._loaded.partition_keys) <= 1):
            # A range is one event a partition, so it carries neither a row count nor a schema.
            metadata["dagster/column_schema"] = _column_schema(figures)
            metadata["dagster/partition_row_count"] = stats.rows_loaded
        return metadata


def _column_schema(figures: TableProfile) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name=name, type=data_type) for name, data_type in figures.columns.items()
        ]
    )
