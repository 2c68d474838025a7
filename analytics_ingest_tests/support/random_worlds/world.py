"""A random world: some resources, what they hold one time after the other, and loads of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import utc
from analytics_ingest_tests.support.random_worlds.cursors import (
    CURSORS,
    Cursors,
    Filter,
    random_cursors,
    random_moment,
)
from analytics_ingest_tests.support.random_worlds.faults import Faults, random_faults
from analytics_ingest_tests.support.random_worlds.paging import Paging, random_paging
from analytics_ingest_tests.support.random_worlds.values import Field, random_fields

REFS = (
    *(".", "..", "", None, "a/b", "a b", "価格", "Ü", "%2F", "a?b#c", "a&b=c", "+", "~x", "-"),
    *(5, 0, 12345678901234567890, "007", "x" * 40, "😀", "a\\b", ";", ":", "{id}", "null"),
)
NOT_REQUESTED = (".", "..", "", None)
"""Refs of parents whose children cannot be requested."""


@dataclass(frozen=True)
class Served:
    """One row of a listing."""

    number: int
    row: Mapping[str, Any]
    at: datetime | None
    """The moment of its cursor; None where it has none that can be read."""
    ref: Any = None
    """The parent that it belongs to."""


@dataclass(frozen=True)
class Resource:
    """One resource: how it is declared and served."""

    name: str
    paging: Paging
    cursors: Cursors | None
    filter: Filter | None
    incremental: Mapping[str, Any] | None
    fields: Sequence[Field]
    parent: str | None = None
    has_text_keys: bool = False
    has_key: bool = True
    inherits: bool = False


@dataclass(frozen=True)
class Step:
    """One load."""

    window: Window
    state: int
    """Which of the states of the API it meets."""
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True)
class World:
    """An API and its loads."""

    seed: int
    resources: Sequence[Resource]
    states: Sequence[Mapping[str, Sequence[Served]]]
    steps: Sequence[Step]
    concurrency: int


def random_world(seed: int) -> World:
    """The world of a seed."""
    rng = Random(seed)
    resources = [_resource(rng, "parents")]
    if rng.random() < 0.4:
        resources.append(_resource(rng, "items", parent="parents"))
    if rng.random() < 0.3:
        resources.append(_resource(rng, "others"))
    states = _states(rng, resources, count=rng.choice((1, 1, 1, 1, 2)))
    steps = _steps(rng, len(states))
    return World(seed, resources, states, steps, concurrency=rng.choice((1, 2, 10)))


def _resource(rng: Random, name: str, parent: str | None = None) -> Resource:
    is_snapshot = rng.random() < 0.2
    cursors, own, incremental = random_cursors(rng)
    return Resource(
        name,
        random_paging(rng),
        None if is_snapshot else cursors,
        None if is_snapshot else own,
        None if is_snapshot else incremental,
        random_fields(rng),
        parent,
        has_text_keys=rng.random() < 0.3,
        has_key=not is_snapshot or rng.random() < 0.5,
        inherits=parent is not None and rng.random() < 0.6,
    )


def _states(
    rng: Random, resources: Sequence[Resource], count: int
) -> list[dict[str, list[Served]]]:
    states: list[dict[str, list[Served]]] = []
    for number in range(count):
        state: dict[str, list[Served]] = {}
        for resource in resources:
            before = states[-1][resource.name] if states else []
            state[resource.name] = _rows(rng, resource, state, before, number)
        states.append(state)
    return states


def _rows(
    rng: Random,
    resource: Resource,
    state: Mapping[str, Sequence[Served]],
    before: Sequence[Served],
    number: int,
) -> list[Served]:
    """The rows of a state: those of the one before, some of them changed, and new ones."""
    # Later states are of later days, so that what has changed is in a window to come.
    first, last = (1, 6) if number == 0 else (7, 9)
    refs = [one.row["ref"] for one in state[resource.parent]] if resource.parent else [None]
    refs = [ref for ref in refs if not resource.parent or ref not in NOT_REQUESTED]
    rows = [
        _row(rng, resource, one.number, one.ref, (first, last)) if rng.random() < 0.3 else one
        for one in before
        if one.ref in refs
    ]
    if resource.cursors is None:
        rows = [one for one in rows if rng.random() < 0.8]
    next_number = max((one.number for one in before), default=-1) + 1
    count = rng.choice((0, 1, 4, 7, 13)) if refs else 0
    for i in range(next_number, next_number + count):
        rows.append(_row(rng, resource, i, rng.choice(refs), (first, last)))
    return rows


def _row(rng: Random, resource: Resource, number: int, ref: Any, days: tuple[int, int]) -> Served:
    key = f"k{number}" if resource.has_text_keys else number
    key = None if resource.has_key and rng.random() < 0.02 else key
    row: dict[str, Any] = {"id": key}
    if resource.name == "parents":
        # Refs differ, also as texts.
        row["ref"] = REFS[number] if number < len(REFS) else f"ref{number}"
    cursors, at = resource.cursors or CURSORS["Z"], None
    if rng.random() < 0.93:
        at = random_moment(rng, *days, cursors)
        cursors.put(row, at)
    elif rng.random() < 0.5:
        row["updated_at"] = None
    for one in resource.fields:
        if one.has(number) and one.name not in row:
            row[one.name] = one.value(rng, number)
    return Served(number, row, at, ref)


FIRST = Window(None, utc(2026, 1, 7))
SECOND = Window(utc(2026, 1, 7), utc(2026, 1, 10))


def _steps(rng: Random, states: int) -> list[Step]:
    """Loads that together cover all windows in each state, some of which fail first."""
    steps: list[Step] = []
    for state in range(states):
        windows = _split(rng, SECOND if state else FIRST)
        if rng.random() < 0.2:
            windows = [EVERYTHING]
        steps += [Step(window, state) for window in windows]
    if rng.random() < 0.25:
        failing = rng.randrange(len(steps))
        steps.insert(failing, replace(steps[failing], faults=random_faults(rng)))
    return steps


def _split(rng: Random, window: Window) -> list[Window]:
    """A window, seldom in two parts, in any order."""
    days = (8, 9) if window.start else range(2, 7)
    cuts = [utc(2026, 1, rng.choice(days))] if rng.random() < 0.15 else []
    windows = [Window(a, b) for a, b in pairwise([window.start, *cuts, window.end])]
    rng.shuffle(windows)
    return windows
