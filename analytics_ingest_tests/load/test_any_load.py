"""Whole loads of random worlds: each ends with the served rows or names the resource that failed.

`ANALYTICS_INGEST_EXAMPLES=2000` runs more of them, each time others.
"""

import os
from collections.abc import Collection, Mapping

from hypothesis import HealthCheck, given, settings

from analytics_ingest.common.errors import ApiDownError, ApiError, LoadError, PartialLoadError
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.expected_tables import ExpectedTable
from analytics_ingest_tests.support.loads import API, declare
from analytics_ingest_tests.support.odd_values import CANARY
from analytics_ingest_tests.support.raw_server import answering
from analytics_ingest_tests.support.served_worlds import ServedStep, declared
from analytics_ingest_tests.support.warehouses import clear
from analytics_ingest_tests.support.worlds import Step, World, worlds

EXAMPLES = os.environ.get("ANALYTICS_INGEST_EXAMPLES")


@settings(
    max_examples=int(EXAMPLES or 12),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
@given(world=worlds())
def test_a_load_ends_with_the_served_rows_or_with_an_error_that_names_the_resource(
    world: World,
) -> None:
    check_world(world)


def check_world(world: World) -> None:
    """Load the steps of a world one after the other into an empty warehouse."""
    clear(API)
    tables = {listed.name: ExpectedTable(listed) for listed in world.listed}
    for step in world.steps:
        served = ServedStep(world.listed, step)
        failures = load(world, step, served, tables)
        for name, table in tables.items():
            if name in failures:
                table.compare()
            else:
                table.load(served.served[name], step.window)


def load(
    world: World, step: Step, served: ServedStep, tables: Mapping[str, ExpectedTable]
) -> Mapping[str, LoadError]:
    """Load the window of a step, and say of each resource that failed why."""
    names = frozenset(listed.name for listed in world.listed)
    failures: Mapping[str, LoadError] = {}
    error: LoadError | None = None
    with answering(served.answer) as served.url:
        declaration = declare(
            *map(declared, world.listed),
            client={"base_url": served.url},
            concurrency=world.concurrency,
        )
        try:
            with open_load(
                LoadScope(declaration, names, step.window), run_id="run", log=lambda line: None
            ) as opened:
                failures = opened.failures
                opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
        except (ApiError, PartialLoadError) as raised:
            error = raised
    assert (error is None) == (not failures)
    emptied = {n for n, table in tables.items() if table.is_emptied_by(served.served[n])}
    check_failures(failures, error, served, emptied)
    return failures


def check_failures(
    failures: Mapping[str, LoadError],
    error: LoadError | None,
    served: ServedStep,
    emptied: Collection[str],
) -> None:
    """Check that what had to fail has failed, nothing else has, and what is reported of it."""
    down = any(isinstance(failure, ApiDownError) for failure in failures.values())
    reasons = {*served.odd, *served.refused, *emptied}
    for name in failures:
        assert f"demo.{name}: " in str(error)
        assert down or name in reasons or (name == "items" and "things" in failures)
    assert CANARY not in str(error)
    assert not failures or reasons
    if not down:
        assert {*served.refused, *emptied} <= set(failures)
    assert not {name: pages for name, pages in served.unread().items() if name not in failures}
