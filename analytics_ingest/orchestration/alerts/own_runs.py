"""Which runs of a shared instance the sensors report: those that load or check assets of an API."""

from collections.abc import Set

import dagster as dg

from analytics_ingest.orchestration.specs import API_TAG

WILL_RETRY_TAG = "dagster/will_retry"
"""Tag: Dagster means to repeat a failed run. It does not if the run's backfill has ended."""

_PARENT_TAG = "dagster/parent_run_id"
_RETRY_TAG = "dagster/retry_number"


def is_own_run(context: dg.SensorEvaluationContext, run: dg.DagsterRun) -> bool:
    """Return whether a run is of this code location, and of an asset that a declaration describes.

    Other teams may share the instance, and the project may have assets of its own.
    """
    origin, here = run.remote_job_origin, context.code_location_origin
    if origin and here and origin.location_name != here.location_name:
        return False
    repository = context.repository_def
    if API_TAG in run.tags or repository is None:
        return True
    return not get_assets(run, repository).isdisjoint(_get_own_assets(repository))


def will_be_retried(run: dg.DagsterRun) -> bool:
    """Return whether Dagster means to repeat a failed run."""
    return run.tags.get(WILL_RETRY_TAG, "").lower() == "true"


def is_retried(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Return whether Dagster repeats a failed run, so that it is not reported."""
    if not will_be_retried(run):
        return False
    children = instance.get_runs(dg.RunsFilter(tags={_PARENT_TAG: run.run_id}))
    return any(_RETRY_TAG in child.tags for child in children)


def get_selected_assets(run: dg.DagsterRun) -> Set[dg.AssetKey]:
    """Return the selected assets, or those of the selected checks; none if a whole job ran."""
    return run.asset_selection or {check.asset_key for check in run.asset_check_selection or ()}


def get_assets(run: dg.DagsterRun, repository: dg.RepositoryDefinition) -> Set[dg.AssetKey]:
    """Return the selected assets of a run; those of its job if all of it ran."""
    if selected := get_selected_assets(run):
        return selected
    if not repository.has_job(run.job_name):
        return set()
    return repository.get_job(run.job_name).asset_layer.selected_asset_keys


def _get_own_assets(repository: dg.RepositoryDefinition) -> Set[dg.AssetKey]:
    return {
        key
        for key, definition in repository.assets_defs_by_key.items()
        if definition.is_executable and API_TAG in definition.node_def.tags
    }
