"""Which partitions are due, by the time that was loaded and not by the names of partitions.

Each materialisation records all windows that its asset has loaded so far, so the newest one tells
everything, whatever the partitions were called when they were loaded. A change of `every`, `start`
or `timezone` leaves no gap, and loads nothing a second time but what lies across an old border.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from analytics_ingest.common.window import Window, find_gaps, merge_windows

LOADED_WINDOWS = "loaded_windows"
"""Metadata: all windows that the asset has loaded, those of earlier loads included."""

RECORDS_AT_ONCE = 1000
"""Only a history from before `loaded_windows` needs more than the newest record."""

_WINDOW_TEXT = re.compile(r"[\[(](.+), (.+)\)")
"""How `window` shows the window of a load, also in metadata from before `loaded_windows`."""

_KEY_FORMATS = {"%Y-%m-%d-%H:%M": timedelta(hours=1), "%Y-%m-%d": timedelta(days=1)}
"""How Dagster writes the keys of partitions; a date that is not a key now was one of a day."""


def describe_loaded_windows(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    just_loaded: Window,
) -> dict[str, Any]:
    """The metadata of a materialisation from which later runs learn what is loaded."""
    loaded = merge_windows([*read_loaded_windows(instance, asset, partitions), just_loaded])
    return {LOADED_WINDOWS: [[_format(w.start), _format(w.end)] for w in loaded]}


def read_loaded_windows(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
) -> list[Window]:
    """Read which windows of an asset are loaded, oldest first.

    Args:
        partitions: Says what is meant by the key of a partition that was loaded without metadata.
    """
    windows: list[Window] = []
    for event in _read_materializations(instance, asset):
        materialization = event.asset_materialization
        if materialization is None:
            continue
        if value := materialization.metadata.get(LOADED_WINDOWS):
            pairs: Any = value.value
            windows += [Window(*map(_parse, pair)) for pair in pairs]
            break
        if window := _read_window(materialization, partitions):
            loaded_at = datetime.fromtimestamp(event.timestamp, timezone.utc)
            end = min(window.end, loaded_at) if window.end else loaded_at
            if window.start is None or window.start < end:
                windows.append(Window(window.start, end))
    return merge_windows(windows)


def _read_materializations(
    instance: dg.DagsterInstance, asset: dg.AssetKey
) -> Iterator[dg.EventLogEntry]:
    cursor, limit = None, 1
    while True:
        page = instance.fetch_materializations(asset, limit=limit, cursor=cursor)
        yield from (record.event_log_entry for record in page.records)
        if not page.has_more:
            return
        cursor, limit = page.cursor, RECORDS_AT_ONCE


def _read_window(
    materialization: dg.AssetMaterialization, partitions: dg.TimeWindowPartitionsDefinition
) -> Window | None:
    """The window of one load that recorded no more than itself."""
    text = materialization.metadata.get("window")
    if text and (window := parse_window(str(text.value))):
        return window
    key = materialization.partition
    if key is None:
        return None
    if partitions.has_partition_key(key):
        window = partitions.time_window_for_partition_key(key)
        return Window(*(at.astimezone(timezone.utc) for at in (window.start, window.end)))
    return _window_of_old_key(key, partitions)


def _window_of_old_key(key: str, partitions: dg.TimeWindowPartitionsDefinition) -> Window | None:
    zone = ZoneInfo(partitions.timezone)
    for pattern, length in _KEY_FORMATS.items():
        try:
            start = datetime.strptime(key, pattern).replace(tzinfo=zone)
        except ValueError:
            continue
        return Window(*(at.astimezone(timezone.utc) for at in (start, start + length)))
    return None


def parse_window(text: str) -> Window | None:
    """Read the window of a load as its metadata shows it."""
    match = _WINDOW_TEXT.fullmatch(text)
    return Window(_parse(match[1]), _parse(match[2])) if match else None


@lru_cache(maxsize=16)  # all assets of an API ask for the same partitions at the same moment
def list_ended_partitions(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> Mapping[str, datetime]:
    """List the partitions that have ended, oldest first, each with its end."""
    keys = partitions.get_partition_keys(current_time=now)
    ends = {key: partitions.time_window_for_partition_key(key).end for key in keys}
    return MappingProxyType(
        {key: end.astimezone(timezone.utc) for key, end in ends.items() if end <= now}
    )


def find_due_partitions(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    now: datetime,
    just_loaded: Window | None = None,
) -> dict[str, datetime]:
    """Find the partitions that have ended and are not loaded whole, oldest first.

    What lies before the first load is not due; but the first partition also takes what is older
    than itself. Each partition comes with its end.

    Args:
        just_loaded: What the running step has loaded.
    """
    ended = list_ended_partitions(partitions, now)
    loaded = read_loaded_windows(instance, asset, partitions)
    if just_loaded:
        loaded = merge_windows([*loaded, just_loaded])
    if not ended or not loaded:
        return {}
    keys, ends = list(ended), list(ended.values())
    due: dict[str, datetime] = {}
    for start, end in find_gaps(loaded, ends[-1]):
        touched = slice(bisect_right(ends, start), bisect_left(ends, end) + 1)
        due |= {key: ended[key] for key in keys[touched]}
    return due


def _format(bound: datetime | None) -> str | None:
    return bound.isoformat() if bound else None


def _parse(text: str | None) -> datetime | None:
    """A recorded bound; None where the window was open."""
    if text is None or not text[:1].isdigit():
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
