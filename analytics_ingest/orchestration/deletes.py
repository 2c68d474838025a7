"""When a resource is read in full to see what the API has deleted, and what is recorded of it.

Each materialization records the last full reading and what it has shown, so the newest one tells
when the next is due. A run that fails or is killed records nothing: the reading stays due.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from analytics_ingest.declaration.deletes import marks_each_load, read_in_full
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.orchestration.specs import asset_key

FULL_READING = "full_reading"
"""Metadata: the last full reading; before the first one, the moment from which it is counted."""

TAG, CONFIRM = "analytics_ingest/deletes", "confirm"
"""A run with this tag reads in full, and marks or removes rows however many are gone."""

_CARRIED = (FULL_READING, "deletes_held_back", "deletes_skipped")
"""Metadata that holds until the next full reading."""


def declare_full_readings(
    context: dg.AssetExecutionContext, api: ApiDeclaration, names: Collection[str], now: datetime
) -> ApiDeclaration:
    """The declaration with which a run loads: what is due is read in full."""
    is_confirmed = context.run.tags.get(TAG) == CONFIRM
    due = [
        name
        for name in names
        if (deletes := api.resources[name].declared.deletes)
        and (is_confirmed or (deletes.every and _is_due(context, api.resources[name], now)))
    ]
    return read_in_full(api, due, is_confirmed=is_confirmed) if due else api


def _is_due(
    context: dg.AssetExecutionContext, resource: ResourceDeclaration, now: datetime
) -> bool:
    deletes = resource.declared.deletes
    asset = asset_key(resource.api, resource.name)
    last = _read_recorded(context.instance, asset).get(FULL_READING)
    return bool(deletes and last and deletes.is_due(now - datetime.fromisoformat(last)))


def describe_deletes(
    instance: dg.DagsterInstance, resource: ResourceDeclaration, stats: Stats, now: datetime
) -> dict[str, Any]:
    """The metadata of a load about what the API has deleted; none where that is not declared."""
    deletes = resource.declared.deletes
    if deletes is None:
        return {}
    shown: dict[str, Any] = {
        FULL_READING: now.isoformat(),
        "deletes_held_back": stats.deletes_held_back,
        "deletes_skipped": stats.deletes_skipped,
    }
    if deletes.source:
        del shown[FULL_READING]
    elif not marks_each_load(resource):
        shown |= _read_recorded(instance, asset_key(resource.api, resource.name))
    return {"rows_deleted": stats.rows_deleted, "rows_taken": stats.rows_taken, **shown}


def _read_recorded(instance: dg.DagsterInstance, asset: dg.AssetKey) -> Mapping[str, Any]:
    """What the newest materialization records of the last full reading."""
    event = instance.get_latest_materialization_event(asset)
    metadata = event.asset_materialization.metadata if event and event.asset_materialization else {}
    return {name: metadata[name].value for name in _CARRIED if name in metadata}
