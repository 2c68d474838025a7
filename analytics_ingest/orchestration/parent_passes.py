"""When a load asks all parents for children that declare `parents: changed`.

Each materialization records until when all parents were asked. What is lost after that moment (a
child that changed without its parent) the next full pass finds, because it loads all rows since. So
only a load that begins there or later may ask just the changed parents: a first load, a backfill
of older partitions and one that is repeated ask all of them. A load that failed records nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import dagster as dg

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parents.changed_parents import ParentPass
from analytics_ingest.orchestration.full_attempts import begin_attempt, may_attempt
from analytics_ingest.orchestration.load_history import (
    RECORDS_AT_ONCE,
    format_moment,
    parse_moment,
    read_materializations,
)
from analytics_ingest.orchestration.partitions import LoadedWindow
from analytics_ingest.orchestration.specs import build_asset_key

PARENTS_ASKED = "parents_asked"
"""Metadata: `all` or `changed`, for a resource that declares `parents: changed`."""

ALL_ASKED_UNTIL = "all_parents_asked_until"
"""Metadata: the end of the last full pass, those of earlier loads included."""


def plan_passes(
    context: dg.AssetExecutionContext,
    api: ApiDeclaration,
    names: Collection[str],
    loaded: LoadedWindow,
    now: datetime,
) -> dict[str, ParentPass]:
    """Plan the parents whose children a run requests, for each resource with `parents: changed`."""
    every = {
        name: api.resources[name].declared.parents.full_every
        for name in names
        if api.resources[name].declared.parents.changed and api.resources[name].parents
    }
    planned: dict[str, ParentPass] = {}
    for name, full_every in every.items():
        asset = build_asset_key(api.name, name)
        planned[name] = _plan(_read_until(context.instance, asset), loaded, full_every)
        if planned[name].start is None:
            continue
        # It is due, and the window alone could be loaded.
        if may_attempt(context, asset, ALL_ASKED_UNTIL, now=now, every=full_every):
            begin_attempt(context, asset, ALL_ASKED_UNTIL)
        else:
            planned[name] = ParentPass(is_full=False)
            context.log.warning(
                "%s: only the children of changed parents are loaded, although a full pass is due: "
                "the last attempt failed recently, or this run is a retry",
                asset.to_user_string(),
            )
    return planned


def limit_passes(
    passes: Mapping[str, ParentPass], part: LoadedWindow, whole: LoadedWindow
) -> dict[str, ParentPass]:
    """Return what the passes of a run are for one part of its window."""
    is_first = part.window.start == whole.window.start
    return {
        name: replace(
            planned,
            start=planned.start if is_first else None,
            until=planned.until and part.whole_until,
        )
        for name, planned in passes.items()
    }


def _plan(until: datetime | None, loaded: LoadedWindow, full_every: timedelta) -> ParentPass:
    start, end = loaded.window.start, loaded.window.end
    if until is None or start is None or start < until:
        return ParentPass(is_full=True, until=loaded.whole_until)
    if end is None or end - until >= full_every:
        return ParentPass(is_full=True, start=until, until=loaded.whole_until)
    return ParentPass(is_full=False)


def describe_pass(
    instance: dg.DagsterInstance, asset: dg.AssetKey, done: ParentPass | None, unchanged: int
) -> Mapping[str, Any]:
    """Return the metadata of a materialization about the parents that were asked."""
    if done is None:
        return {}
    # Read again: another load may have recorded a later moment since.
    moments = [at for at in (_read_until(instance, asset), done.until) if at]
    return {
        PARENTS_ASKED: "all" if done.is_full else "changed",
        "parents_unchanged": unchanged,
        **({ALL_ASKED_UNTIL: format_moment(max(moments))} if moments else {}),
    }


def _read_until(instance: dg.DagsterInstance, asset: dg.AssetKey) -> datetime | None:
    # The newest record has it, unless the resource did not declare the key for a while.
    for event in islice(read_materializations(instance, asset), RECORDS_AT_ONCE):
        materialization = event.asset_materialization
        value = materialization and materialization.metadata.get(ALL_ASKED_UNTIL)
        if value:
            return parse_moment(str(value.value))
    return None
