"""The parts of a run that are loaded and recorded one after the other.

A resource that declares `max_window` is loaded in groups of partitions that are no longer than
that, or than a month: loads of single days would cost more than their requests. Each group is
recorded as soon as it is stored, so a backfill that fails goes on where it was: when it is
re-executed, and with the next tick of the schedule. All other resources are one part.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import dagster as dg

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.partitions import LoadedWindow
from analytics_ingest.orchestration.specs import asset_key

_SHORTEST = timedelta(days=31)
"""A group may be so long, even if the API accepts less at a time."""


@dataclass(frozen=True)
class Part:
    """Some resources, and the window in which they are loaded together."""

    names: frozenset[str]
    loaded: LoadedWindow
    is_last: bool = True
    """No later part of the run has these resources."""


def split_run(
    api: ApiDeclaration,
    names: Collection[str],
    loaded: LoadedWindow,
    done: Mapping[dg.AssetKey, Collection[str | None]],
) -> Iterator[Part]:
    """Split a run into its parts, without what is done.

    Args:
        done: The partitions of each asset that the attempts before this run have loaded.
    """
    longest = _longest_windows(api, names)
    groups = [loaded]
    if longest and loaded.partitions:
        groups = _group(loaded, max(_SHORTEST, min(longest.values())))
    in_groups = frozenset(longest) if len(groups) > 1 else frozenset[str]()
    parts = [Part(frozenset(names) - in_groups, loaded)]
    parts += [Part(in_groups, group, group is groups[-1]) for group in groups]
    for part in parts:
        keys = set(part.loaded.partitions) or {None}
        rest = {n for n in part.names if not keys.issubset(done.get(asset_key(api.name, n), ()))}
        if rest:
            yield replace(part, names=frozenset(rest))


def _longest_windows(api: ApiDeclaration, names: Collection[str]) -> dict[str, timedelta]:
    """The resources to load in groups; a parent is listed whole whatever the window is."""
    parents = {p.resource for name in names for p in api.resources[name].parents}
    return {
        name: incremental.max_window
        for name in names
        if name not in parents
        and (incremental := api.resources[name].incremental)
        and incremental.max_window
    }


def _group(loaded: LoadedWindow, longest: timedelta) -> list[LoadedWindow]:
    """Consecutive partitions in groups no longer than a time; each group has at least one."""
    groups: list[LoadedWindow] = []
    begin: datetime | None = None
    for key, partition in loaded.partitions.items():
        if begin is None or partition.end - begin > longest:
            begin = partition.start
            window = Window(begin if groups else loaded.window.start, partition.end)
            groups.append(replace(loaded, window=window, partitions={key: partition}))
        else:
            group = groups[-1]
            window = Window(group.window.start, partition.end)
            partitions = {**group.partitions, key: partition}
            groups[-1] = replace(group, window=window, partitions=partitions)
    return groups
