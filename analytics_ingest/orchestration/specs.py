"""What the UI shows of a resource before anything is loaded: a declaration → an asset spec."""

import dagster as dg

from analytics_ingest.declaration.durations import parse_duration
from analytics_ingest.declaration.resolve import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.naming import asset_key

WARN_AFTER = "freshness/warn_after"
FAIL_AFTER = "freshness/fail_after"


def build_spec(
    api: ApiDeclaration, resource: ResourceDeclaration, destination_type: str
) -> dg.AssetSpec:
    """Describe a resource's asset; it depends on its parent's, where that is an asset too."""
    parent = api.resources[resource.parent.resource] if resource.parent else None
    declared = resource.declared
    freshness = declared.freshness or api.declared.freshness
    return dg.AssetSpec(
        key=asset_key(api.name, resource.name),
        deps=[asset_key(api.name, parent.name)] if parent and parent.declared.selected else [],
        description=declared.description or api.declared.description or None,
        group_name=api.name,
        kinds={"dlt", destination_type},
        owners=declared.owners or api.declared.owners or None,
        tags={**api.declared.tags, **declared.tags},
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=parse_duration(freshness.fail_after),
            warn_window=parse_duration(freshness.warn_after),
        ),
        metadata={
            "dagster/table_name": f"{api.name}.{resource.name}",
            "request": f"{resource.endpoint.method.upper()} {resource.path}",
            "primary_key": ", ".join(resource.primary_key) or "none",
            "cursor": resource.incremental.cursor_path if resource.incremental else "none",
            WARN_AFTER: freshness.warn_after,
            FAIL_AFTER: freshness.fail_after,
            **({"dagster/column_schema": declared_columns(resource)} if resource.fields else {}),
        },
    )


def declared_columns(resource: ResourceDeclaration) -> dg.TableSchema:
    """The table's columns as declared."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name,
                type=field.data_type,
                constraints=dg.TableColumnConstraints(
                    nullable=field.nullable and field.name not in resource.primary_key,
                    unique=resource.primary_key == (field.name,),
                ),
            )
            for field in resource.fields.values()
        ]
    )
