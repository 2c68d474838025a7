"""By which cursor the windows of an asset were loaded, as its materializations record it.

A declaration may take the cursor from another value of the row than before. A row whose old cursor
lay in no window that was loaded, and whose new one lies in one that was, is in no load. So each
load records its cursor, and what earlier loads of other windows had.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from analytics_ingest.common.window import Window, merge_windows, subtract_windows
from analytics_ingest.declaration.cursor_origin import describe_cursor, is_other_cursor
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.orchestration.due import list_ended_partitions, list_partitions_in
from analytics_ingest.orchestration.load_history import (
    WINDOW,
    format_moment,
    parse_moment,
    read_load_history,
    read_materializations,
)

LOADED_BY = "loaded_by"
"""Metadata: cursor → the windows whose last load had it, those of earlier loads included."""


def describe_loaded_cursors(
    instance: dg.DagsterInstance,
    resource: ResourceDeclaration,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    just_loaded: Window,
    *,
    is_whole: bool,
) -> dict[str, Any]:
    """Return the metadata of a materialization that says which windows have which cursor.

    What was loaded before loads recorded their cursor counts as loaded by the first one recorded.

    Args:
        is_whole: The load has stored all rows, also those outside its window.
    """
    cursor, windows = describe_cursor(resource), [just_loaded]
    recorded = _read_loaded_cursors(instance, asset)
    if recorded is None:
        recorded = {cursor: read_load_history(instance, asset, partitions).windows}
    loaded: dict[str, list[Window]] = {}
    for other, before in recorded.items():
        if other == cursor:
            windows += before
        elif not is_whole:
            loaded[other] = subtract_windows(before, [just_loaded])
    loaded[cursor] = merge_windows(windows)
    return {
        LOADED_BY: {
            name: [[format_moment(w.start), format_moment(w.end)] for w in some]
            for name, some in loaded.items()
            if some
        }
    }


def find_loaded_by_others(
    instance: dg.DagsterInstance,
    resource: ResourceDeclaration,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    now: datetime,
) -> dict[str, list[str]]:
    """Find the ended partitions whose last load had another cursor than the declared one, by it."""
    cursor, ended = describe_cursor(resource), list_ended_partitions(partitions, now)
    by_others = {
        other: list_partitions_in(windows, ended, now)
        for other, windows in (_read_loaded_cursors(instance, asset) or {}).items()
        if is_other_cursor(other, cursor)
    }
    return {other: keys for other, keys in by_others.items() if keys}


def _read_loaded_cursors(
    instance: dg.DagsterInstance, asset: dg.AssetKey
) -> Mapping[str, list[Window]] | None:
    """Read what the newest load records; None if it was a snapshot, or of an older version.

    Partitions that somebody has only marked as materialized are passed over.
    """
    for event in read_materializations(instance, asset):
        materialization = event.asset_materialization
        if materialization and WINDOW in materialization.metadata:
            value = materialization.metadata.get(LOADED_BY)
            if value is None:
                return None
            recorded: Any = value.value
            return {
                cursor: [Window(*map(parse_moment, pair)) for pair in pairs]
                for cursor, pairs in recorded.items()
            }
    return None
