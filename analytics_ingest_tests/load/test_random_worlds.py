"""Random worlds: each ends with exactly the served rows, or an error or a warning that names it.

`ANALYTICS_INGEST_WORLDS=300` runs more of them, `ANALYTICS_INGEST_WORLD=17` one.
"""

import os
from collections.abc import Mapping
from typing import Any, NoReturn

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.load import Load, open_load
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.random_worlds.expected import Expected
from analytics_ingest_tests.support.random_worlds.faults import HANDLER, READ_TIMEOUT
from analytics_ingest_tests.support.random_worlds.server import WorldServer
from analytics_ingest_tests.support.random_worlds.world import (
    NOT_REQUESTED,
    Resource,
    Step,
    World,
    random_world,
)
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ONE = os.environ.get("ANALYTICS_INGEST_WORLD")
COUNT = os.environ.get("ANALYTICS_INGEST_WORLDS")
VARIED = (1, 2, 3, 6, 7, 9, 10, 12, 20, 21, 22, 27)
"""Worlds that have, together, each paginator, cursor, fault and window of the first 30."""
SEEDS = [int(ONE)] if ONE else range(int(COUNT)) if COUNT else VARIED

Failures = Mapping[str, LoadError]


class Killed(BaseException):
    """The end of a process in the middle of a load."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_ends_with_the_served_rows_or_says_what_is_wrong(
    api: ScriptedApi, seed: int
) -> None:
    world = random_world(seed)
    server, declaration = WorldServer(api, world), declare_world(world)
    tables = {one.name: Expected(one) for one in world.resources}
    warned: set[str] = set()
    for step in world.steps:
        server.begin(world.states[step.state], step.faults)
        stats, failures = load(declaration, step)
        for one in world.resources:
            if one.name in failures:
                check_failure(world, step, one, failures)
            else:
                tables[one.name].load(world.states[step.state][one.name], step.window)
                check_skipped(world, step, one, stats)
                warned |= {one.name} if stats[one.name].warnings else set()
    for name, table in tables.items():
        problems = table.problems()
        # A warning excuses rows that were not read, and never what is stored.
        is_excused = name in warned and all(p.startswith("lost ") for p in problems)
        assert is_excused or not problems, (name, problems)


def check_failure(world: World, step: Step, one: Resource, failures: Failures) -> None:
    """Check that an error names its resource, and that something is wrong with it."""
    assert f"{API}.{one.name}: " in str(failures[one.name])
    is_emptied = one.cursors is None and not world.states[step.state][one.name]
    is_parent_failed = one.parent is not None and one.parent in failures
    assert step.faults.is_any or one.paging.lies or is_emptied or is_parent_failed, failures


def check_skipped(world: World, step: Step, one: Resource, stats: Mapping[str, Stats]) -> None:
    """Check that parents whose children cannot be requested are counted."""
    parents = world.states[step.state][one.parent] if one.parent else []
    skipped = [parent for parent in parents if parent.row["ref"] in NOT_REQUESTED]
    assert stats[one.name].parents_skipped == len(skipped)


def declare_world(world: World) -> ApiDeclaration:
    resources = map(declare_resource, world.resources)
    timeouts = {"read": READ_TIMEOUT}
    return declare(*resources, concurrency=world.concurrency, timeouts=timeouts)


def declare_resource(one: Resource) -> dict[str, Any]:
    parent = f"/{one.parent}/{{resources.{one.parent}.ref}}" if one.parent else ""
    return resource(
        one.name,
        own={
            "primary_key": "id" if one.has_key else None,
            "include_from_parent": ["ref"] if one.inherits else [],
            "write_disposition": "merge" if one.cursors else "replace",
        },
        path=f"{parent}/{one.name}",
        data_selector=one.paging.place,
        paginator=one.paging.declared,
        error_handler=HANDLER,
        incremental=one.incremental,
    )


def load(declaration: ApiDeclaration, step: Step) -> tuple[Mapping[str, Stats], Failures]:
    """Run a load, and say of each resource what it has counted or why it has failed."""
    names = frozenset(declaration.resources)
    opened: Load | None = None
    try:
        with open_load(
            LoadScope(declaration, names, step.window), run_id="run", log=print
        ) as opened:
            if step.faults.killed_after:
                kill(opened, step.faults.killed_after)
            opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    except Killed:
        return {}, {name: LoadError(f"{API}.{name}: killed") for name in names}
    except LoadError:
        if not (opened and opened.failures):
            raise
    return opened.stats, opened.failures


def kill(opened: Load, after: str) -> NoReturn:
    """End a load in the middle."""
    if after == "a row":
        next(iter(opened.source), None)
    else:
        opened.pipeline.extract(opened.source)
        if after == "normalize":
            opened.pipeline.normalize()
    raise Killed
