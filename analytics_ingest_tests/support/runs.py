"""Runs the project's definitions on a real Dagster instance, as the UI does."""

from collections.abc import Sequence

import dagster as dg

from analytics_ingest.definitions import defs


def materialize(
    *assets: str, partitions: tuple[str, str] | None = None, instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    """Materialise assets written as `api/resource`, for a range of partitions."""
    job = defs().get_repository_def().get_implicit_global_asset_job_def()
    tags = (
        {
            "dagster/asset_partition_range_start": partitions[0],
            "dagster/asset_partition_range_end": partitions[1],
        }
        if partitions
        else {}
    )
    return job.execute_in_process(
        asset_selection=[dg.AssetKey(asset.split("/")) for asset in assets],
        instance=instance,
        tags=tags,
        raise_on_error=False,
    )


def check_alone(*assets: str, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """Run all checks of assets written as `api/resource`, without loading them."""
    job = defs().get_repository_def().get_implicit_global_asset_job_def()
    wanted = {dg.AssetKey(asset.split("/")) for asset in assets}
    known = job.asset_layer.asset_graph.asset_check_keys
    checks = {key for key in known if key.asset_key in wanted}
    alone = job.get_subset(asset_selection=set(), asset_check_selection=checks)
    return alone.execute_in_process(instance=instance, raise_on_error=False)


def assets_of(api: str) -> Sequence[str]:
    """All assets of an API, written as `api/resource`."""
    keys = defs().get_repository_def().asset_graph.get_all_asset_keys()
    return sorted("/".join(key.path) for key in keys if key.path[0] == api)


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    """Everything that the failed run shows of its failures."""
    return "\n".join(
        str(event.event_specific_data) + str(event.message)
        for event in result.all_events
        if event.is_failure
    )
