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
from datetime import datetime, timedelta, timezone

import dagster as dg

from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.declaration.validation.changes import (
    RELIED_ON,
    select_changes,
    select_whole_listings,
)
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
        # Windows that begin later are read from their changes, which are still listed.
        kept_since = loaded.started - declared.kept_for * RELIED_ON + resource.earlier
        start = loaded.window.start
        if start is not None and start >= kept_since:
            recent.append(name)
        else:
            current = _find_current_start(partitions)
            again = current if current >= kept_since else None
            whole[name] = _find_moment(resource, loaded.started, again)
            context.log.info("%s.%s: all rows of its endpoint are read", api.name, name)
    return select_whole_listings(select_changes(api, recent), whole)


def _find_moment(
    resource: ResourceDeclaration, started: datetime, again_from: datetime | None
) -> datetime:
    """Find the moment whose state the rows of the endpoint show, or a newer one.

    Args:
        started: When the load began.
        again_from: Where the changes begin that a later load of the current partition reads; None
            if it reads the endpoint.
    """
    margin = (resource.incremental and resource.incremental.end_margin) or timedelta()
    late = max(margin + resource.parents_margin, min(resource.earlier, _LATENESS))
    if again_from:
        return min(again_from, started - late)
    return started - max(late, _LATENESS)


def _find_current_start(partitions: dg.TimeWindowPartitionsDefinition) -> datetime:
    """Find the start of the partition that has not ended."""
    current = partitions.get_last_partition_window()
    if current is None:
        raise ValueError("no partition has begun, so none can be loaded")
    return current.start.astimezone(timezone.utc)
