"""The step of an API's assets: a Dagster context → a load → materialisations and checks.

A run that selects checks alone loads nothing: its checks count the whole tables.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

import dagster as dg

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.load.load import Load, inspect_tables, open_load
from analytics_ingest.load.warehouse.table_profile import TableProfile
from analytics_ingest.orchestration.checks.resource_checks import ResourceChecks
from analytics_ingest.orchestration.dlt_resource import ResourceTranslator, WarehouseDltResource
from analytics_ingest.orchestration.gc_freeze import unfreeze_on_failure
from analytics_ingest.orchestration.history import find_assets_of_failed_attempts
from analytics_ingest.orchestration.partitions import LoadedWindow, get_loaded_window
from analytics_ingest.orchestration.specs import asset_key

StepResult = dg.MaterializeResult | dg.AssetCheckResult


def run_step(context: dg.AssetExecutionContext, api: ApiDeclaration) -> Iterator[StepResult]:
    """Load the selected assets' rows of the run's partitions, then run the selected checks."""
    now = datetime.now(timezone.utc)
    run_id = f"{context.run.run_id}-{context.op_execution_context.op_handle.name}"
    with unfreeze_on_failure():
        try:
            if context.selected_asset_keys:
                yield from _load(context, api, run_id, now)
            else:
                yield from _check_tables(context, api, run_id, now)
        except LoadError as error:
            raise dg.Failure(str(error)) from None


def _load(
    context: dg.AssetExecutionContext, api: ApiDeclaration, run_id: str, now: datetime
) -> Iterator[StepResult]:
    keys = context.selected_asset_keys - find_assets_of_failed_attempts(context)
    names = frozenset(key.path[-1] for key in keys)
    loaded = get_loaded_window(context, now)
    context.log.info("%s: loading %d resources, window %s", api.name, len(names), loaded.window)
    with open_load(
        api, names, loaded.window, _future_from(api, now), run_id=run_id, log=context.log.info
    ) as load:
        context.log.info("%s: loading into %s", api.name, load.pipeline.location)
        yield from _materialize(context, api, load, loaded)
        yield from _check(context, api, load.profiles, loaded, now)


def _materialize(
    context: dg.AssetExecutionContext, api: ApiDeclaration, load: Load, loaded: LoadedWindow
) -> Iterator[dg.MaterializeResult]:
    dlt = WarehouseDltResource(api=api.name).describe_with(load.stats, load.profiles, loaded)
    for result in dlt.run(
        context,
        dlt_source=load.source,
        dlt_pipeline=load.pipeline,
        dagster_dlt_translator=ResourceTranslator(),
        **load.run_options,
    ):
        if not isinstance(result, dg.MaterializeResult) or result.asset_key is None:
            continue
        if result.asset_key.path[-1] not in load.failures:
            yield result


def _check_tables(
    context: dg.AssetExecutionContext, api: ApiDeclaration, run_id: str, now: datetime
) -> Iterator[dg.AssetCheckResult]:
    names = frozenset(key.asset_key.path[-1] for key in context.selected_asset_check_keys)
    profiles = inspect_tables(
        api, names, _future_from(api, now), run_id=run_id, log=context.log.info
    )
    yield from _check(context, api, profiles, None, now)


def _check(
    context: dg.AssetExecutionContext,
    api: ApiDeclaration,
    profiles: Mapping[str, TableProfile],
    loaded: LoadedWindow | None,
    now: datetime,
) -> Iterator[dg.AssetCheckResult]:
    for name, profile in profiles.items():
        key = asset_key(api.name, name)
        selected = {c.name for c in context.selected_asset_check_keys if c.asset_key == key}
        checks = ResourceChecks(
            context.instance, api, resource=api.resources[name], profile=profile, loaded=loaded
        )
        yield from checks.run(selected, now)


def _future_from(api: ApiDeclaration, now: datetime) -> dict[str, datetime]:
    return {name: now + r.declared.future_tolerance for name, r in api.resources.items()}
