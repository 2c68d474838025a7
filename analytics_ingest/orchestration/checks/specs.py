"""The specs of a resource's checks: what Dagster shows before they have run."""

from collections.abc import Iterator

import dagster as dg

from analytics_ingest.common.printable import to_printable
from analytics_ingest.declaration.field_rules import OwnCheck
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.specs import build_asset_key

DESCRIPTIONS = {
    "schema": "Declared columns exist with their types, and required ones are never null.",
    "primary_key": "Every row has a key, and no two rows share one.",
    "cursor": "Every row has a readable cursor, none is in the future, and the API filters by it.",
    "freshness": "Every partition that is due has been loaded, and the last load is recent.",
    "deletes": "Rows that are gone from the API are marked or removed, unless that is doubtful.",
    "volume": "A load has about as many rows as earlier ones of its length, and skips no parent.",
}


def describe_check(check: OwnCheck) -> str:
    """Say what a check of `schema.yaml` asks of every row."""
    field, argument = check.field, check.argument
    if check.kind == "accepted_values":
        return f"{field} is one of {', '.join(map(str, argument))}"
    if check.kind == "range":
        bounds = (
            f"at {w} {b}" for w, b in zip(("least", "most"), argument, strict=True) if b is not None
        )
        return f"{field} is {' and '.join(bounds)}"
    if check.kind == "references":
        return f"{field} is in {'.'.join(argument)}"
    if check.kind == "sql":
        return "its query does not return it"
    return f"{field} is unique" if check.kind == "unique" else f"{field} is not null"


def build_check_specs(
    api: ApiDeclaration, resource: ResourceDeclaration
) -> Iterator[dg.AssetCheckSpec]:
    """Build the check specs of one resource: of the cursor and of deletes, if it declares these."""
    blocking = resource.declared.blocking
    blocking = api.declared.blocking if blocking is None else blocking
    key = build_asset_key(api.name, resource.name)
    declared = {"cursor": resource.incremental, "deletes": resource.declared.deletes}
    for name, description in DESCRIPTIONS.items():
        if declared.get(name, True):
            yield dg.AssetCheckSpec(name, asset=key, description=description, blocking=blocking)
    for check in resource.checks:
        own = blocking if check.blocking is None else check.blocking
        description = to_printable(f"In every row: {describe_check(check)}.")
        yield dg.AssetCheckSpec(check.name, asset=key, description=description, blocking=own)
