"""dagster-dlt with this project's asset keys, and materializations described by their load."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltResource, DagsterDltTranslator
from dagster_dlt.translator import DltResourceTranslatorData
from dlt.common.pipeline import LoadInfo
from dlt.extract.resource import DltResource
from dlt.pipeline.pipeline import Pipeline
from pydantic import PrivateAttr

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.declaration.validation.deletes import is_read_in_full
from analytics_ingest.extract.parents.changed_parents import ParentPass
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.load import Load
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.orchestration.columns import list_inherited_columns, list_loaded_columns
from analytics_ingest.orchestration.deletes import describe_deletes
from analytics_ingest.orchestration.history import describe_window
from analytics_ingest.orchestration.load_history import describe_loaded_windows
from analytics_ingest.orchestration.loaded_cursors import describe_loaded_cursors
from analytics_ingest.orchestration.parent_passes import describe_pass
from analytics_ingest.orchestration.partitions import LoadedWindow
from analytics_ingest.orchestration.specs import build_asset_key


class ResourceTranslator(DagsterDltTranslator):
    """Maps a dlt resource to its asset's key; the asset's own spec holds everything else."""

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        return dg.AssetSpec(build_asset_key(data.resource.source_name, data.resource.name))


class WarehouseDltResource(DagsterDltResource):
    """Runs a dlt pipeline and describes each materialization by what was read and loaded."""

    api: str

    _declared: ApiDeclaration = PrivateAttr()
    _stats: Mapping[str, Stats] = PrivateAttr(default_factory=dict)
    _profiles: Mapping[str, TableProfile] = PrivateAttr(default_factory=dict)
    _loaded: LoadedWindow = PrivateAttr()
    _just_loaded: Window = PrivateAttr()
    _earlier: Mapping[str, Stats] = PrivateAttr(default_factory=dict)
    _passes: Mapping[str, ParentPass] = PrivateAttr(default_factory=dict)

    def describe_with(
        self,
        declared: ApiDeclaration,
        load: Load,
        loaded: LoadedWindow,
        just_loaded: Window,
        earlier: Mapping[str, Stats],
        *,
        passes: Mapping[str, ParentPass],
    ) -> None:
        """Set what materializations are described with.

        Args:
            loaded: The window of the run, or of one of its parts.
            just_loaded: What this load itself has loaded of it.
            earlier: The counts of earlier parts of the run.
            passes: Resource → the parents whose children were requested.
        """
        self._declared = declared
        self._stats = load.stats
        self._earlier = earlier
        self._profiles = load.profiles
        self._loaded = loaded
        self._just_loaded = just_loaded
        self._passes = passes

    def extract_resource_metadata(
        self,
        context: dg.OpExecutionContext | dg.AssetExecutionContext,
        resource: DltResource,
        load_info: LoadInfo,
        dlt_pipeline: Pipeline,
    ) -> Mapping[str, Any]:
        """Describe the load of one resource, without dagster-dlt's list of jobs."""
        stats = self._stats[resource.name].combine(self._earlier.get(resource.name))
        declared = self._declared.resources[resource.name]
        metadata: dict[str, Any] = {
            "dagster/table_name": f"{self.api}.{resource.table_name}",
            "rows_loaded": stats.rows_loaded,
            "rows_rejected": stats.rows_rejected,
            "rows_filtered": stats.rows_filtered,
            "rows_outside": stats.rows_outside,
            "rows_before_start": stats.rows_before_start,
            "rows_after_end": stats.rows_after_end,
            "rows_ahead": stats.rows_ahead,
            "rows_of_request": stats.rows_of_request,
            "cursors_of_days": stats.cursors_of_days,
            "parents_skipped": stats.parents_skipped,
            "cursors_unreadable": stats.cursors_unreadable,
            "pages": stats.pages,
            "requests": stats.requests,
            "retries": stats.retries,
            "seconds": round(stats.seconds, 3),
            "seconds_waited": round(stats.seconds_waited, 3),
            **({"warnings": list(dict.fromkeys(stats.warnings))} if stats.warnings else {}),
            **describe_deletes(context.instance, declared, stats, self._loaded.started),
            **describe_window(self._loaded),
        }
        partitions = context.assets_def.partitions_def
        if isinstance(partitions, dg.TimeWindowPartitionsDefinition):
            asset = build_asset_key(self.api, resource.name)
            done = self._passes.get(resource.name)
            metadata |= describe_pass(context.instance, asset, done, stats.parents_unchanged)
            metadata |= describe_loaded_windows(
                context.instance, asset, partitions, self._loaded.past
            )
            is_whole = declared.listed_as_of is not None or (
                is_read_in_full(declared) and not stats.deletes_skipped
            )
            metadata |= describe_loaded_cursors(
                *(context.instance, declared, asset, partitions, self._just_loaded),
                is_whole=is_whole,
            )
        profile = self._profiles.get(resource.name)
        if profile:
            metadata["dagster/column_schema"] = list_loaded_columns(
                self._declared, declared, profile
            )
            if lineage := list_inherited_columns(self._declared, declared):
                metadata["dagster/column_lineage"] = lineage
            rows = profile.table_rows if declared.is_merged else stats.rows_loaded
            if rows is not None:
                metadata["dagster/row_count"] = rows
        return metadata
