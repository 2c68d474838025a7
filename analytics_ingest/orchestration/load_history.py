"""What an asset has loaded, as its materializations record it.

Each materialization records all windows that its asset has loaded so far, so the newest one tells
everything, also if the partitions had other names when they were loaded. Before the first one, the
first request that failed says from when on partitions are due.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from analytics_ingest.common.window import Window, merge_windows
from analytics_ingest.orchestration.failed_requests import find_first_failed_request

WINDOW = "window"
"""Metadata: the window of a load. The last event of each load has it, and no other event."""

LOADED_WINDOWS = "loaded_windows"
"""Metadata: all windows that the asset has loaded, those of earlier loads included."""

FIRST_LOAD = "first_load"
"""Metadata: the start of the first window that the asset has loaded, and when that was."""

RECORDS_AT_ONCE = 1000
"""Only a history from before `loaded_windows` needs more than the newest record."""

_WINDOW_TEXT = re.compile(r"[\[(](.+), (.+)\)")
"""How `WINDOW` shows the window of a load, also in metadata from before `loaded_windows`."""

_KEY_FORMATS = {"%Y-%m-%d-%H:%M": timedelta(hours=1), "%Y-%m-%d": timedelta(days=1)}
"""How Dagster writes the keys of partitions; a date that is not a key now was one of a day."""


@dataclass(frozen=True)
class FirstLoad:
    """The first load of an asset, or a failed request before it: partitions are due from here."""

    start: datetime | None
    """Of its window; None if it had none."""
    moment: datetime
    """When it was recorded or requested."""


@dataclass(frozen=True)
class LoadHistory:
    """What an asset has loaded."""

    windows: list[Window]
    """Merged, oldest first."""
    first: FirstLoad | None
    """None before the first request."""

    def with_load(self, window: Window, moment: datetime) -> "LoadHistory":
        """Return the history after another load."""
        windows = merge_windows([*self.windows, window])
        return LoadHistory(windows, self.first or FirstLoad(window.start, moment))


def describe_loaded_windows(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    just_loaded: Window,
) -> dict[str, Any]:
    """Return the metadata of a materialization from which later runs learn what is loaded."""
    before = read_load_history(instance, asset, partitions)
    history = before.with_load(just_loaded, datetime.now(timezone.utc))
    described: dict[str, Any] = {
        LOADED_WINDOWS: [[format_moment(w.start), format_moment(w.end)] for w in history.windows]
    }
    if history.first:
        first = history.first
        described[FIRST_LOAD] = [format_moment(first.start), format_moment(first.moment)]
    return described


def read_load_history(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
    before: datetime | None = None,
) -> LoadHistory:
    """Read what an asset has loaded.

    Args:
        partitions: Says what is meant by the key of a partition that was loaded without metadata.
        before: Only what was recorded before this moment.
    """
    windows: list[Window] = []
    first: FirstLoad | None = None
    for event in read_materializations(instance, asset, before):
        materialization = event.asset_materialization
        if materialization is None:
            continue
        moment = datetime.fromtimestamp(event.timestamp, timezone.utc)
        if value := materialization.metadata.get(LOADED_WINDOWS):
            pairs: Any = value.value
            recorded = [Window(*map(parse_moment, pair)) for pair in pairs]
            windows += recorded
            first = (
                _read_first_load(materialization, moment)
                or _read_oldest_load(instance, asset, partitions)
                or _find_first_load(recorded, moment)
            )
            break
        if window := _read_window(materialization, partitions):
            end = min(window.end, moment) if window.end else moment
            if window.start is None or window.start < end:
                windows.append(Window(window.start, end))
                first = FirstLoad(window.start, moment)
    if not windows:
        first = _find_failed_request(instance, asset, partitions)
    return LoadHistory(merge_windows(windows), first)


def _find_failed_request(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
) -> FirstLoad | None:
    """Find the request from which on an asset is due that was never loaded."""
    request = find_first_failed_request(instance, asset)
    window = request and _read_key(request.first_partition, partitions)
    return FirstLoad(window.start, request.moment) if request and window else None


def _read_first_load(
    materialization: dg.AssetMaterialization, moment: datetime
) -> FirstLoad | None:
    """Read the first load as it is recorded; None in a record of an older version."""
    value = materialization.metadata.get(FIRST_LOAD)
    if value is None:
        return None
    pair: Any = value.value
    start, first_moment = map(parse_moment, pair)
    return FirstLoad(start, first_moment or moment)


def _read_oldest_load(
    instance: dg.DagsterInstance,
    asset: dg.AssetKey,
    partitions: dg.TimeWindowPartitionsDefinition,
) -> FirstLoad | None:
    """Read the first load of a history from before `first_load`; None if it says no window."""
    for record in instance.fetch_materializations(asset, limit=1, ascending=True).records:
        materialization = record.asset_materialization
        window = materialization and _read_window(materialization, partitions)
        if window:
            moment = datetime.fromtimestamp(record.timestamp, timezone.utc)
            return FirstLoad(window.start, moment)
    return None


def _find_first_load(recorded: list[Window], moment: datetime) -> FirstLoad | None:
    """Find the oldest of the recorded windows, where nothing says which was the first."""
    oldest = merge_windows(recorded)[:1]
    return FirstLoad(oldest[0].start, oldest[0].end or moment) if oldest else None


def read_materializations(
    instance: dg.DagsterInstance, asset: dg.AssetKey, before: datetime | None = None
) -> Iterator[dg.EventLogEntry]:
    """Read the materializations of an asset, newest first; all, or those before a moment."""
    records = dg.AssetRecordsFilter(asset, before_timestamp=before.timestamp() if before else None)
    cursor, limit = None, 1
    while True:
        page = instance.fetch_materializations(records, limit=limit, cursor=cursor)
        yield from (record.event_log_entry for record in page.records)
        if not page.has_more:
            return
        cursor, limit = page.cursor, RECORDS_AT_ONCE


def _read_window(
    materialization: dg.AssetMaterialization, partitions: dg.TimeWindowPartitionsDefinition
) -> Window | None:
    """Read the window of one load that recorded no more than itself."""
    text = materialization.metadata.get(WINDOW)
    if text and (window := parse_window(str(text.value))):
        return window
    key = materialization.partition
    return None if key is None else _read_key(key, partitions)


def _read_key(key: str, partitions: dg.TimeWindowPartitionsDefinition) -> Window | None:
    """Read the window of a partition, which may have been one of another length."""
    if partitions.has_partition_key(key):
        window = partitions.time_window_for_partition_key(key)
        return Window(*(at.astimezone(timezone.utc) for at in (window.start, window.end)))
    return _read_old_key(key, partitions)


def _read_old_key(key: str, partitions: dg.TimeWindowPartitionsDefinition) -> Window | None:
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
    return Window(parse_moment(match[1]), parse_moment(match[2])) if match else None


def format_moment(bound: datetime | None) -> str | None:
    """Format a bound of a window, as metadata records it."""
    return bound.isoformat() if bound else None


def parse_moment(text: str | None) -> datetime | None:
    """Return a recorded bound; None where the window was open."""
    if text is None or not text[:1].isdigit():
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
