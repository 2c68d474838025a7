"""When a resource is read in full to see what the API has deleted, and what is recorded of it.

Each materialization records the last full reading and what it has shown, so the newest one tells
when the next is due. A run that fails or is killed records nothing: the reading stays due. Each
attempt is recorded before it begins, so that one that fails does not block the windows: see
`full_attempts`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.declaration.validation.deletes import is_read_in_full, read_in_full
from analytics_ingest.extract.stats import Stats
from analytics_ingest.orchestration.full_attempts import begin_attempt, is_repeated, may_attempt
from analytics_ingest.orchestration.specs import build_asset_key

FULL_READING = "full_reading"
"""Metadata: the last full reading; before the first one, the moment from which it is counted."""

TAG, CONFIRM = "analytics_ingest/deletes", "confirm"
"""A run with this tag reads in full each resource that has rows held back, and handles these."""

HELD_BACK = "deletes_held_back"
"""Metadata: rows that were gone in the last full reading and not marked."""

_CARRIED = (FULL_READING, HELD_BACK, "deletes_skipped")
"""Metadata that holds until the next full reading."""


def declare_full_readings(
    context: dg.AssetExecutionContext, api: ApiDeclaration, names: Collection[str], now: datetime
) -> ApiDeclaration:
    """Return the declaration with which a run loads: what is due is read in full."""
    declared = {n: api.resources[n] for n in names if api.resources[n].declared.deletes}
    confirmed = _read_confirmed(context, declared)
    due = [
        name
        for name, resource in declared.items()
        if name not in confirmed and _is_due(context, resource, now)
    ]
    for name in due:
        begin_attempt(context, build_asset_key(api.name, name), FULL_READING)
    read = [*due, *confirmed]
    return read_in_full(api, read, confirmed) if read else api


def _read_confirmed(
    context: dg.AssetExecutionContext, resources: Mapping[str, ResourceDeclaration]
) -> dict[str, int]:
    """Read how many rows of each resource the run's tag confirms: those held back, a few more."""
    if context.run.tags.get(TAG) != CONFIRM or is_repeated(context):
        return {}
    held_back = {
        name: _read_recorded(context.instance, build_asset_key(resource.api, name)).get(
            HELD_BACK, 0
        )
        for name, resource in resources.items()
    }
    return {name: rows + max(1, rows // 10) for name, rows in held_back.items() if rows}


def _is_due(
    context: dg.AssetExecutionContext, resource: ResourceDeclaration, now: datetime
) -> bool:
    deletes = resource.declared.deletes
    if deletes is None or deletes.every is None:
        return False
    asset = build_asset_key(resource.api, resource.name)
    last = _read_recorded(context.instance, asset).get(FULL_READING)
    is_due = bool(last) and deletes.is_due(now - datetime.fromisoformat(last))
    return is_due and may_attempt(context, asset, FULL_READING, now=now, every=deletes.every)


def describe_deletes(
    instance: dg.DagsterInstance, resource: ResourceDeclaration, stats: Stats, now: datetime
) -> dict[str, Any]:
    """Return the metadata of a load about what the API has deleted.

    None where that is not declared.
    """
    deletes = resource.declared.deletes
    if deletes is None:
        return {}
    shown: dict[str, Any] = {
        FULL_READING: now.isoformat(),
        HELD_BACK: stats.deletes_held_back,
        "deletes_skipped": stats.deletes_skipped,
    }
    asset = build_asset_key(resource.api, resource.name)
    if deletes.source:
        del shown[FULL_READING]
    elif not is_read_in_full(resource):
        shown |= _read_recorded(instance, asset)
    elif stats.deletes_skipped:
        # What was held back before is still to be confirmed.
        shown[HELD_BACK] = _read_recorded(instance, asset).get(HELD_BACK, 0)
    return {"rows_deleted": stats.rows_deleted, "rows_taken": stats.rows_taken, **shown}


def _read_recorded(instance: dg.DagsterInstance, asset: dg.AssetKey) -> Mapping[str, Any]:
    """Return what the newest materialization records of the last full reading."""
    event = instance.get_latest_materialization_event(asset)
    metadata = event.asset_materialization.metadata if event and event.asset_materialization else {}
    return {name: metadata[name].value for name in _CARRIED if name in metadata}
