"""The specs of a resource's checks: what Dagster shows before they have run."""

from collections.abc import Iterator

import dagster as dg

from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.specs import asset_key

DESCRIPTIONS = {
    "schema": "Declared columns exist with their types, and required ones are never null.",
    "primary_key": "Every row has a key, and no two rows share one.",
    "cursor": "Every row has a readable cursor, none is in the future, and the API filters by it.",
    "freshness": "Every partition that is due has been loaded, and the last load is recent.",
    "deletes": "Rows that are gone from the API are marked or removed, unless that is doubtful.",
    "volume": "A load has about as many rows as earlier ones of its length, and skips no parent.",
}


def build_check_specs(
    api: ApiDeclaration, resource: ResourceDeclaration
) -> Iterator[dg.AssetCheckSpec]:
    """Build the check specs of one resource: of the cursor and of deletes, if it declares these."""
    blocking = resource.declared.blocking
    declared = {"cursor": resource.incremental, "deletes": resource.declared.deletes}
    for name, description in DESCRIPTIONS.items():
        if declared.get(name, True):
            yield dg.AssetCheckSpec(
                name=name,
                asset=asset_key(api.name, resource.name),
                description=description,
                blocking=api.declared.blocking if blocking is None else blocking,
            )
