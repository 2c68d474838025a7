"""An API's declaration → its assets: one step for the partitioned ones, one for snapshots.

A run can select some of a step's assets: it then requests only these and their parents.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from analytics_ingest.common.project import in_project
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.checks.specs import build_check_specs
from analytics_ingest.orchestration.partitions import build_partitions
from analytics_ingest.orchestration.specs import API_TAG, build_spec


def build_assets(
    api: ApiDeclaration, destination_type: str, project: Path | None = None
) -> list[dg.AssetsDefinition]:
    """Build the assets of an API.

    Args:
        destination_type: The type of the warehouse, shown as a kind.
        project: The folder that decides which warehouse is loaded; None for the current one.
    """
    windowed = [r for r in api.tables if r.incremental]
    snapshots = [r for r in api.tables if not r.incremental]
    partitions = build_partitions(api.declared.partitions)
    return [
        _build_step(
            api, name, resources, destination_type, partitions=partitions_def, project=project
        )
        for name, resources, partitions_def in (
            (api.name, windowed, partitions),
            (f"{api.name}__snapshots", snapshots, None),
        )
        if resources
    ]


def _build_step(
    api: ApiDeclaration,
    name: str,
    resources: Sequence[ResourceDeclaration],
    destination_type: str,
    *,
    partitions: dg.PartitionsDefinition | None,
    project: Path | None,
) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=name,
        specs=[build_spec(api, resource, destination_type) for resource in resources],
        check_specs=[spec for r in resources for spec in build_check_specs(api, r)],
        can_subset=True,
        partitions_def=partitions,
        # A backfill then reads a listing without a date filter once, not once a day. Snapshots
        # have the policy too: Dagster's command refuses a range if one of the assets lacks it.
        backfill_policy=dg.BackfillPolicy.single_run(),
        # The longest steps begin first: a run then does not end with one of them alone.
        op_tags={API_TAG: api.name, "dagster/priority": str(len(resources))},
    )
    def load(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult | dg.Output[None]]:
        # Importing dlt and dagster_dlt takes a second, which loading definitions must not cost.
        from analytics_ingest.orchestration.step import run_step

        with in_project(project):
            yield from run_step(context, api)

    return load
