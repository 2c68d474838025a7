"""The step of an API's assets: a Dagster context → a load → materializations and checks.

A run that selects only checks loads nothing: its checks count the whole tables.
"""

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

import dagster as dg

from analytics_ingest.common.errors import LoadError, PartialLoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parents.changed_parents import ParentPass
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.load import Load, inspect_tables, open_load
from analytics_ingest.load.load_failures import raise_failures
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.orchestration.attempts import EarlierAttempts, find_earlier_attempts
from analytics_ingest.orchestration.changes import choose_listings
from analytics_ingest.orchestration.checks.resource_checks import ResourceChecks
from analytics_ingest.orchestration.deletes import declare_full_readings
from analytics_ingest.orchestration.dlt_resource import ResourceTranslator, WarehouseDltResource
from analytics_ingest.orchestration.gc_freeze import unfreeze_on_failure
from analytics_ingest.orchestration.history import find_undeclared_assets
from analytics_ingest.orchestration.kept_results import KeptOutputs, repeat_results
from analytics_ingest.orchestration.parent_passes import limit_passes, plan_passes
from analytics_ingest.orchestration.partition_events import (
    PartitionRecorder,
    build_unrecorded_output,
)
from analytics_ingest.orchestration.partition_metadata import describe_partitions
from analytics_ingest.orchestration.partitions import LoadedWindow, get_loaded_window
from analytics_ingest.orchestration.parts import Part, find_kept, split_run
from analytics_ingest.orchestration.specs import build_asset_key

StepResult = dg.MaterializeResult | dg.AssetCheckResult | dg.Output[None]


@dataclass(frozen=True)
class _Step:
    """A running step, and the results of its parts so far."""

    context: dg.AssetExecutionContext
    api: ApiDeclaration
    run_id: str
    now: datetime
    recorder: PartitionRecorder
    earlier: EarlierAttempts
    """What the attempts before this run have loaded."""
    stats: dict[str, Stats]
    """The counts of resources that earlier parts have loaded, also those of earlier attempts."""
    failures: dict[str, LoadError] = field(default_factory=dict)


def run_step(context: dg.AssetExecutionContext, api: ApiDeclaration) -> Iterator[StepResult]:
    """Load the selected assets' rows of the run's partitions, then run the selected checks."""
    now = datetime.now(timezone.utc)
    earlier = find_earlier_attempts(context)
    recorder = PartitionRecorder(context)
    step = _Step(context, api, context.run.run_id, now, recorder, earlier, dict(earlier.stats))
    with unfreeze_on_failure():
        try:
            if context.selected_asset_keys:
                yield from _load(step)
            else:
                yield from _check_tables(step)
        except LoadError as error:
            raise dg.Failure(str(error)) from None


def _load(step: _Step) -> Iterator[StepResult]:
    context = step.context
    names = frozenset(key.path[-1] for key in context.selected_asset_keys)
    api = declare_full_readings(context, step.api, names, step.now)
    loaded = get_loaded_window(context, step.now)
    kept = find_kept(api, names, loaded, step.earlier.loads)
    outputs = KeptOutputs(context.assets_def, api, kept)
    api = choose_listings(context, api, names - kept, loaded)
    step = replace(step, api=api)
    _log_left_behind(context, api, names)
    passes = plan_passes(context, api, names, loaded, step.now)
    for part in split_run(api, names, loaded, step.earlier.loads):
        wanted = part.names - step.failures.keys()
        if wanted:
            of_part = limit_passes(passes, part.loaded, loaded)
            results = _load_part(step, replace(part, names=wanted), loaded, of_part)
            yield from outputs.yield_in_order(results)
    yield from outputs.yield_rest()
    yield from _check_kept(step, kept, loaded)
    raise_failures(step.failures, len(names))


def _load_part(
    step: _Step, part: Part, whole: LoadedWindow, passes: Mapping[str, ParentPass]
) -> Iterator[StepResult]:
    """Load one part of a run, itself in several where children are divided."""
    parts, names = ListingParts(step.earlier.run_ids), part.names
    divided: dict[str, TableProfile] = {}
    while names:
        remaining = replace(part, names=names)
        yield from _load_once(step, remaining, whole, passes, parts=parts, divided=divided)
        names = frozenset(parts.cut - step.failures.keys())
    rest = frozenset(divided.keys() - step.failures.keys())
    if rest and part.is_last:
        log, api = step.context.log.info, step.api
        tables = inspect_tables(api, rest, step.now, run_id=step.run_id, log=log)
        if not part.is_divided:
            for name in rest:
                tables[name].key_warning = divided[name].key_warning
        yield from _check(step, tables, whole)


def _is_divided(name: str, part: Part, parts: ListingParts) -> bool:
    """Return whether several loads store a resource: its checks wait, and read the whole table."""
    return part.is_divided or name in parts.stored


def _load_once(
    step: _Step,
    part: Part,
    whole: LoadedWindow,
    passes: Mapping[str, ParentPass],
    *,
    parts: ListingParts,
    divided: dict[str, TableProfile],
) -> Iterator[StepResult]:
    """Run the next load of a part; the results of a resource are those of its last load.

    Args:
        divided: Filled with the profiles of the resources that are.
    """
    log, names, window, load = step.context.log, part.names, part.loaded.window, None
    log.info("%s: loading %d resources, window %s", step.api.name, len(names), window)
    try:
        scope = LoadScope(step.api, names, window, part.loaded.starts, passes)
        with open_load(
            scope, check_at=step.now, parts=parts, run_id=step.run_id, log=log.info
        ) as load:
            log.info("%s: loading into %s", step.api.name, load.pipeline.location)
            yield from _materialize(step, load, part, whole, passes, parts=parts)
            profiles = load.profiles
            divided |= {n: p for n, p in profiles.items() if _is_divided(n, part, parts)}
            undivided = {n: p for n, p in profiles.items() if n not in divided}
            yield from _check(step, undivided, whole)
    except LoadError as error:
        failed = {n: e for n, e in load.failures.items() if n in names} if load else {}
        if error not in failed.values() and not isinstance(error, PartialLoadError):
            raise
        step.failures.update(failed)


def _materialize(
    step: _Step,
    load: Load,
    part: Part,
    whole: LoadedWindow,
    passes: Mapping[str, ParentPass],
    *,
    parts: ListingParts,
) -> Iterator[StepResult]:
    """Run a load; what it loaded is recorded at once if a later part has the same resources."""
    before = ChainMap(parts.earlier, step.stats)
    window, earlier = (whole, before) if part.is_last else (part.loaded, {})
    dlt = WarehouseDltResource(api=step.api.name)
    dlt.describe_with(step.api, load, window, part.loaded.past, earlier, passes=passes)
    for result in dlt.run(
        step.context,
        dlt_source=load.source,
        dlt_pipeline=load.pipeline,
        dagster_dlt_translator=ResourceTranslator(),
        **load.run_options,
    ):
        if not isinstance(result, dg.MaterializeResult) or result.asset_key is None:
            continue
        name = result.asset_key.path[-1]
        if name not in load.failures and name not in parts.cut:
            stats = load.stats[name].combine(before.get(name))
            yield from _record(step, part, window, stats, result)
    if not part.is_last:
        step.stats.update({n: s.combine(step.stats.get(n)) for n, s in load.stats.items()})


def _record(
    step: _Step, part: Part, window: LoadedWindow, stats: Stats, result: dg.MaterializeResult
) -> Iterator[StepResult]:
    """Record what a part has loaded of one asset; the last part yields the asset's output.

    Args:
        stats: What this part and those before it have yielded.
    """
    context, asset, facts = step.context, result.asset_key, result.metadata or {}
    if asset is None or not window.partitions:
        yield result
        return
    described = describe_partitions(
        window, stats.partitions, facts, step.earlier.loads.get(asset, {})
    )
    step.recorder.record(asset, described)
    if part.is_last:
        yield build_unrecorded_output(context.assets_def, asset)


def _check_tables(step: _Step) -> Iterator[dg.AssetCheckResult]:
    names = frozenset(key.asset_key.path[-1] for key in step.context.selected_asset_check_keys)
    profiles = inspect_tables(
        step.api, names, step.now, run_id=step.run_id, log=step.context.log.info
    )
    yield from _check(step, profiles, None)


def _check_kept(
    step: _Step, names: Collection[str], whole: LoadedWindow
) -> Iterator[dg.AssetCheckResult]:
    """Repeat the checks of what earlier attempts have loaded; run those they did not come to."""
    context, api = step.context, step.api
    unchecked = yield from repeat_results(context, api.name, names, step.earlier.checks)
    if unchecked:
        log = context.log.info
        tables = inspect_tables(api, unchecked, step.now, run_id=step.run_id, log=log)
        # The newest load is that of an earlier run.
        yield from _check(step, tables, replace(whole, run_id=""))


def _check(
    step: _Step, profiles: Mapping[str, TableProfile], loaded: LoadedWindow | None
) -> Iterator[dg.AssetCheckResult]:
    context, api = step.context, step.api
    for name, profile in profiles.items():
        key = build_asset_key(api.name, name)
        selected = {c.name for c in context.selected_asset_check_keys if c.asset_key == key}
        checks = ResourceChecks(
            context.instance, api, resource=api.resources[name], profile=profile, loaded=loaded
        )
        yield from checks.run(selected, step.now)


def _log_left_behind(
    context: dg.AssetExecutionContext, api: ApiDeclaration, names: Collection[str]
) -> None:
    for key in find_undeclared_assets(context.instance, api, names):
        context.log.warning(
            "%s was loaded before and is not declared any more; its table stays as it is. If the "
            "resource was renamed or removed for good, drop the table and wipe the asset",
            key.to_user_string(),
        )
