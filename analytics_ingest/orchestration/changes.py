"""Which resources a run reads from their listings of changes, and which it must not load.

A window that begins while its changes are kept is read from them. An older window is read from the
endpoint, which lists rows in their present state. It finds what was created in the window, but not
what was created before and has changed in it. The rows of earlier partitions show such a change
only if they were read after it. Otherwise the resource fails: nothing would show what is missing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import dagster as dg

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.changes import select_changes
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.partitions import LoadedWindow
from analytics_ingest.orchestration.specs import build_asset_key

_LONGEST_LOAD = timedelta(days=1)
"""How much earlier than its materialization the rows of a load may have been read."""


@dataclass(frozen=True)
class ChosenListings:
    """The declaration with which a run loads, and the resources that it must not load."""

    api: ApiDeclaration
    failures: dict[str, LoadError]


def choose_listings(
    context: dg.AssetExecutionContext,
    api: ApiDeclaration,
    names: Collection[str],
    loaded: LoadedWindow,
) -> ChosenListings:
    """Choose between the endpoint and the changes of each resource that declares both."""
    recent: list[str] = []
    failures: dict[str, LoadError] = {}
    start = loaded.window.start
    for name in sorted(names):
        resource = api.resources[name]
        declared = resource.declared.changes
        if declared is None or start is None:
            continue
        if start - resource.earlier >= loaded.started - declared.kept_for:
            recent.append(name)
        elif problem := _find_problem(context, resource, loaded, declared.kept_for):
            failures[name] = LoadError(problem)
            context.log.error(problem)
    return ChosenListings(select_changes(api, recent), failures)


def _find_problem(
    context: dg.AssetExecutionContext,
    resource: ResourceDeclaration,
    loaded: LoadedWindow,
    kept_for: timedelta,
) -> str | None:
    """Return why the endpoint alone would leave rows of earlier partitions as they were."""
    windows = list(loaded.partitions.values())
    lost_until = min(loaded.started - kept_for, windows[-1].end)
    # An earlier load may have read changes instead of the endpoint.
    from_endpoint = windows[0].start + kept_for
    definition = context.assets_def.partitions_def
    keys = definition.get_partition_keys() if definition else []
    before = keys[: keys.index(next(iter(loaded.partitions)))]
    earlier = _find_earliest_load(context.instance, resource, before)
    if earlier is None or earlier >= max(lost_until + _LONGEST_LOAD, from_endpoint):
        return None
    return (
        f"{resource.api}.{resource.name}: changes.kept_for is {format_duration(kept_for)}, so the "
        f"changes of {loaded.window} are gone, and partitions before it were last loaded on "
        f"{earlier.date()}; rows that changed since would stay outdated. Load all partitions in "
        f"one run: --partition-range {keys[0]}...{keys[-1]}"
    )


def _find_earliest_load(
    instance: dg.DagsterInstance, resource: ResourceDeclaration, partitions: Sequence[str]
) -> datetime | None:
    """Return the oldest of the last loads of some partitions; None if none is loaded."""
    asset = build_asset_key(resource.api, resource.name)
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    loads = instance.event_log_storage.get_latest_storage_id_by_partition(asset, kind)
    ids = [loads[key] for key in partitions if key in loads]
    if not ids:
        return None
    records = dg.AssetRecordsFilter(asset, storage_ids=[min(ids)])
    (record,) = instance.fetch_materializations(records, 1).records
    return datetime.fromtimestamp(record.timestamp, timezone.utc)
