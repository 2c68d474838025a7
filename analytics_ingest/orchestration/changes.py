"""Which resources a run reads from their listings of changes, and which it must not load.

A window that begins while its changes are kept is read from them. An older window is read from the
endpoint, which lists rows in their present state. It finds what was created in the window, but not
what was created before and has changed in it. The rows of earlier partitions show such a change
only if they were read after it. Otherwise the resource fails: nothing would show what is missing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import dagster as dg

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.changes import read_changes
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
        kept_since = loaded.started - declared.kept_for
        if start - resource.earlier >= kept_since:
            recent.append(name)
        elif problem := _find_problem(context, resource, loaded, kept_since):
            failures[name] = LoadError(problem)
            context.log.error(problem)
    return ChosenListings(read_changes(api, recent), failures)


def _find_problem(
    context: dg.AssetExecutionContext,
    resource: ResourceDeclaration,
    loaded: LoadedWindow,
    kept_since: datetime,
) -> str | None:
    """Return why the endpoint alone would leave rows of earlier partitions as they were."""
    start, end = loaded.window.start, loaded.window.end
    kept_for = loaded.started - kept_since
    lost_until = min(kept_since, end) if end else kept_since
    # Partitions that were loaded earlier than that may have been read from changes.
    read_from_endpoint = start + kept_for if start else kept_since
    earlier = _find_earliest_load(context, resource, next(iter(loaded.partitions)))
    if earlier is None or earlier >= max(lost_until + _LONGEST_LOAD, read_from_endpoint):
        return None
    definition = context.assets_def.partitions_def
    keys = definition.get_partition_keys() if definition else []
    return (
        f"{resource.api}.{resource.name}: the API does not keep the changes of {loaded.window} any "
        f"more (changes.kept_for is {format_duration(kept_for)}), and a partition before it was "
        f"last loaded on {earlier.date()}; rows that have changed since would stay as they were: "
        f"load all partitions in one run: --partition-range {keys[0]}...{keys[-1]}"
    )


def _find_earliest_load(
    context: dg.AssetExecutionContext, resource: ResourceDeclaration, first: str
) -> datetime | None:
    """Return the oldest of the last loads of earlier partitions; None if none is loaded."""
    storage, asset = (
        context.instance.event_log_storage,
        build_asset_key(resource.api, resource.name),
    )
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    loads = storage.get_latest_storage_id_by_partition(asset, kind)
    definition = context.assets_def.partitions_def
    keys = definition.get_partition_keys() if definition else []
    before = keys[: keys.index(first)]
    ids = [loads[key] for key in before if key in loads]
    if not ids:
        return None
    records = dg.AssetRecordsFilter(asset, storage_ids=[min(ids)])
    (record,) = context.instance.fetch_materializations(records, 1).records
    return datetime.fromtimestamp(record.timestamp, timezone.utc)
