"""Which partitions are due, by the time that was loaded and not by the names of partitions.

A change of `every`, `start` or `timezone` leaves no gap, and loads nothing a second time but what
lies across an old border.

The first load decides from when on partitions are due, or a request before it that failed: an old
range that is backfilled later leaves no gap before it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType

import dagster as dg

from analytics_ingest.common.window import BEGINNING, Window, find_gaps, merge_windows
from analytics_ingest.orchestration.load_history import LoadHistory, read_load_history

_TOLERANCE = timedelta(minutes=1)
"""Some warehouses round moments, and a load of a window that has not ended ends at any moment."""


@lru_cache(maxsize=16)  # all assets of an API ask for the same partitions at the same moment
def list_partitions(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> tuple[str, ...]:
    """List the partitions that have begun, oldest first."""
    return tuple(partitions.get_partition_keys(current_time=now))


@lru_cache(maxsize=16)
def list_ended_partitions(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> Mapping[str, datetime]:
    """List the partitions that have ended, oldest first, each with its end."""
    keys = list_partitions(partitions, now)
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
    """Find the partitions that are due by what an asset has loaded, oldest first.

    Args:
        just_loaded: What the running step has loaded.
    """
    history = read_load_history(instance, asset, partitions)
    if just_loaded:
        history = history.with_load(just_loaded, now)
    return list_due_partitions(history, partitions, now)


def list_due_partitions(
    history: LoadHistory, partitions: dg.TimeWindowPartitionsDefinition, now: datetime
) -> dict[str, datetime]:
    """List the partitions that have ended and are not loaded whole, oldest first.

    Each comes with the moment since when it is due: its end, or that of the first load or failed
    request if it ended before. What lies before the window of that is not due; but the first
    partition also takes what is older than itself.
    """
    ended = list_ended_partitions(partitions, now)
    if not ended or not history.first:
        return {}
    newest_end = list(ended.values())[-1]
    due: dict[str, datetime] = {}
    before = [Window(None, history.first.start)] if history.first.start else []
    for start, end in find_gaps(merge_windows([*before, *history.windows]), newest_end):
        touched = list_touched(ended, start, end)
        due |= {key: max(ended[key], history.first.moment) for key in touched}
    return due


def list_partitions_in(
    windows: Iterable[Window], ended: Mapping[str, datetime], now: datetime
) -> list[str]:
    """List the partitions that some windows touch by more than a minute, oldest first.

    Args:
        ended: Partition → its end, oldest first.
    """
    touched = {
        key: None
        for start, end in ((window.start or BEGINNING, window.end or now) for window in windows)
        if ended and end - start > _TOLERANCE
        for key in list_touched(ended, start, end)
    }
    return list(touched)


def list_touched(ended: Mapping[str, datetime], start: datetime, end: datetime) -> list[str]:
    """List the partitions that a time lies in, oldest first.

    Args:
        ended: Partition → its end, oldest first.
    """
    keys, ends = list(ended), list(ended.values())
    return keys[bisect_right(ends, start) : bisect_left(ends, end) + 1]
