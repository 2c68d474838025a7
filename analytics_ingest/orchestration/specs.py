"""A declared resource → its asset spec: key, dependencies, and what the UI shows before a load."""

import os
from pathlib import Path

import dagster as dg
import tomlkit

from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.columns import list_declared_columns, list_inherited_columns
from analytics_ingest.orchestration.sample_query import write_sample_query

API_TAG = "analytics_ingest/api"
"""On every run of an API's job: the queue limits runs by it, sensors and schedules find them."""

WARN_AFTER = "freshness/warn_after"
FAIL_AFTER = "freshness/fail_after"


def build_asset_key(api: str, resource: str) -> dg.AssetKey:
    """Build the key of a resource's asset."""
    return dg.AssetKey([api, resource])


def build_spec(
    api: ApiDeclaration, resource: ResourceDeclaration, destination_type: str
) -> dg.AssetSpec:
    """Build the spec of a resource's asset, which depends on its parents where these are assets.

    Args:
        destination_type: The type of the warehouse, shown as a kind; decides how SQL is written.
    """
    parents = [api.resources[parent.resource] for parent in resource.parents]
    declared = resource.declared
    freshness = declared.freshness or api.declared.freshness
    columns, lineage = list_declared_columns(api, resource), list_inherited_columns(api, resource)
    query = write_sample_query(resource, destination_type)
    docs = api.declared.docs_url
    return dg.AssetSpec(
        key=build_asset_key(api.name, resource.name),
        deps=[
            build_asset_key(api.name, parent.name) for parent in parents if parent.declared.selected
        ],
        description=declared.description or api.declared.description or None,
        group_name=api.name,
        kinds={"dlt", destination_type},
        owners=declared.owners or api.declared.owners or None,
        tags={**api.declared.tags, **declared.tags},
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=freshness.fail_after, warn_window=freshness.warn_after
        ),
        metadata={
            "dagster/table_name": f"{api.name}.{resource.table}",
            "request": f"{resource.endpoint.method.upper()} {resource.path}",
            "primary_key": ", ".join(resource.primary_key) or "none",
            "cursor": resource.incremental.cursor_path if resource.incremental else "none",
            WARN_AFTER: format_duration(freshness.warn_after),
            FAIL_AFTER: format_duration(freshness.fail_after),
            **({"dagster/column_schema": columns} if columns else {}),
            **({"dagster/column_lineage": lineage} if lineage else {}),
            **({"sample_query": query} if query else {}),
            **({"documentation": dg.MetadataValue.url(docs)} if docs else {}),
        },
    )


def read_destination_type(project: Path) -> str:
    """Read the warehouse's type from the environment or `.dlt`, without importing dlt."""
    if destination_type := os.environ.get("DESTINATION__WAREHOUSE__DESTINATION_TYPE"):
        return destination_type
    for name in ("secrets.toml", "config.toml"):
        path = project / ".dlt" / name
        settings = tomlkit.parse(path.read_text()).unwrap() if path.exists() else {}
        warehouse = settings.get("destination", {}).get("warehouse", {})
        if destination_type := warehouse.get("destination_type"):
            return str(destination_type)
    return "duckdb"
