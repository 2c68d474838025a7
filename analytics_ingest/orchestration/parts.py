"""The parts of a run that are loaded and recorded one after the other.

A resource that declares `max_window` is loaded some partitions at a time. Each part is recorded as
soon as it is stored, so a backfill that fails or is killed continues where it was: when it is
re-executed, and with the next tick of the schedule. All other resources are in one part.

The first part is as long as `max_window`. Later parts grow while loads are quick, because each
load costs more than its requests. They shrink when a load is slow, because a failure loses it.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import dagster as dg

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.partitions import LoadedWindow
from analytics_ingest.orchestration.specs import build_asset_key

_UNDIVIDED = timedelta(days=7)
"""A run of up to this length is one part; a schedule that catches up loads about so much."""

_QUICK, _SLOW = 60.0, 600.0
"""Seconds. After a part that took less than the first, the next one is longer, so that it takes
about so long; after one that took more than the second, shorter."""

_MOST_GROWTH = 8
"""How many times as long the next part is at most: rows can be denser in it."""


@dataclass(frozen=True)
class Part:
    """Some resources, and the window in which they are loaded together."""

    names: frozenset[str]
    loaded: LoadedWindow
    is_last: bool = True
    """No later part of the run has these resources."""
    is_divided: bool = False
    """Its window holds some of the run's partitions, instead of all."""


def split_run(
    api: ApiDeclaration,
    names: Collection[str],
    loaded: LoadedWindow,
    done: Mapping[dg.AssetKey, Collection[str | None]],
) -> Iterator[Part]:
    """Split a run into its parts, without what is done.

    Load each part before taking the next one: the time that it took decides the next length.

    Args:
        done: The partitions of each asset that the attempts before this run have loaded.
    """
    done_of = {name: set(done.get(build_asset_key(api.name, name), ())) for name in names}
    longest = _find_longest_windows(api, names)
    shortest = min(longest.values(), default=timedelta())
    is_divided = bool(longest) and _measure(loaded) > max(_UNDIVIDED, shortest)
    divided = frozenset(longest) if is_divided else frozenset[str]()
    if rest := frozenset(set(names) - divided - find_kept(api, names, loaded, done)):
        yield Part(rest, loaded)
    if divided:
        missing = {
            key: frozenset(n for n in divided if key not in done_of[n]) for key in loaded.partitions
        }
        yield from _divide_window(loaded, missing, shortest)


def find_kept(
    api: ApiDeclaration,
    names: Collection[str],
    loaded: LoadedWindow,
    done: Mapping[dg.AssetKey, Collection[str | None]],
) -> frozenset[str]:
    """Find the resources of which the attempts before this run have loaded all partitions."""
    keys = set(loaded.partitions) or {None}
    return frozenset(n for n in names if keys <= set(done.get(build_asset_key(api.name, n), ())))


def _find_longest_windows(api: ApiDeclaration, names: Collection[str]) -> dict[str, timedelta]:
    """Find the resources to load in parts.

    A parent is listed whole in every window. So is a resource that has `changes`, unless its window
    is no longer than they are kept.
    """
    parents = {p.resource for name in names for p in api.resources[name].parents}
    return {
        name: incremental.max_window
        for name in names
        if name not in parents
        and not api.resources[name].changes
        and (incremental := api.resources[name].incremental)
        and incremental.max_window
    }


def _measure(loaded: LoadedWindow) -> timedelta:
    partitions = list(loaded.partitions.values())
    return partitions[-1].end - partitions[0].start if partitions else timedelta()


def _divide_window(
    loaded: LoadedWindow, missing: Mapping[str, frozenset[str]], shortest: timedelta
) -> Iterator[Part]:
    """Yield consecutive partitions that lack the same resources.

    Args:
        missing: Partition → the resources to load, in order.
    """
    length, keys, first = shortest, list(missing), 0
    while first < len(keys):
        names, begin, last = missing[keys[first]], loaded.partitions[keys[first]].start, first + 1
        while last < len(keys) and missing[keys[last]] == names:
            if loaded.partitions[keys[last]].end - begin > length:
                break
            last += 1
        began = time.monotonic()
        if names:
            some = _select_partitions(loaded, keys[first:last])
            yield Part(names, some, is_last=last == len(keys), is_divided=True)
            seconds = time.monotonic() - began
            if last < len(keys) and missing[keys[last]] != names:
                # It was shorter than it might have been.
                length = max(loaded.partitions[keys[last - 1]].end - begin, shortest)
            if seconds < _QUICK:
                length *= min(_QUICK / max(seconds, 1.0), _MOST_GROWTH)
            elif seconds > _SLOW:
                length = max(length / 2, shortest)
        first = last


def _select_partitions(loaded: LoadedWindow, keys: Sequence[str]) -> LoadedWindow:
    partitions = {key: loaded.partitions[key] for key in keys}
    is_first = keys[0] == next(iter(loaded.partitions))
    start = loaded.window.start if is_first else partitions[keys[0]].start
    return replace(loaded, window=Window(start, partitions[keys[-1]].end), partitions=partitions)
