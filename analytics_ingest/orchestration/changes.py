"""Which resources a run reads from their listings of changes, and which from the whole endpoint.

A window that begins while its changes are kept is read from them. The changes of an older window
are gone: any row that was created before its end may have changed in it. So all rows of the
endpoint are read, which shows them in their present state.

A row of the endpoint must not be replaced by a change that it shows already, and must be replaced
by any later one. Both clocks and the digits of both moments may differ. Only the changes of the
current partition can be later, and that partition is loaded again. So rows count as of its start;
or as of the load, if its changes will be gone by then, and the endpoint is read again.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import dagster as dg

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.changes import RELIED_ON, select_changes, select_whole_listings
from analytics_ingest.declaration.models.changes import Changes
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.orchestration.partitions import LoadedWindow

_LATENESS = timedelta(hours=1)
"""How late a change may be listed, or clocks may be, at most."""


def choose_listings(
    context: dg.AssetExecutionContext,
    api: ApiDeclaration,
    names: Collection[str],
    loaded: LoadedWindow,
) -> ApiDeclaration:
    """Choose between the endpoint and the changes of each resource that declares both."""
    partitions = context.assets_def.partitions_def
    if not isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return api
    recent: list[str] = []
    whole: dict[str, datetime] = {}
    for name in sorted(names):
        resource = api.resources[name]
        declared = resource.declared.changes
        if declared is None:
            continue
        if _is_recent(resource, declared, loaded):
            recent.append(name)
        else:
            current = replace(loaded, window=Window(_find_current_start(partitions)))
            is_current_recent = _is_recent(resource, declared, current)
            whole[name] = _find_moment(resource, current, is_current_recent=is_current_recent)
            context.log.info("%s.%s: all rows of its endpoint are read", api.name, name)
    return select_whole_listings(select_changes(api, recent), whole)


def _find_moment(
    resource: ResourceDeclaration, current: LoadedWindow, *, is_current_recent: bool
) -> datetime:
    """Find the moment whose state the rows of the endpoint show, or a newer one.

    Args:
        current: The partition that has not ended.
        is_current_recent: Whether later loads of it will read its changes.
    """
    margin = (resource.incremental and resource.incremental.end_margin) or timedelta()
    late = max(margin + resource.parents_margin, min(resource.earlier, _LATENESS))
    if is_current_recent and current.window.start:
        return min(current.window.start, current.started - late)
    return current.started - max(late, _LATENESS)


def _is_recent(resource: ResourceDeclaration, declared: Changes, loaded: LoadedWindow) -> bool:
    """Return whether all changes of a window are still listed; its open start is before them."""
    start, kept = loaded.window.start, declared.kept_for
    return start is not None and start - resource.earlier >= loaded.started - kept * RELIED_ON


def _find_current_start(partitions: dg.TimeWindowPartitionsDefinition) -> datetime:
    """Find the start of the partition that has not ended."""
    current = partitions.get_last_partition_window()
    if current is None:
        raise ValueError("no partition has begun, so none can be loaded")
    return current.start.astimezone(timezone.utc)
