"""Dagster's own command loads a whole API, as the README shows it."""

from dataclasses import dataclass

import pytest

from analytics_ingest_tests.end_to_end.dagster_dev import served_sample
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import materializing
from analytics_ingest_tests.support.projects import tables

RANGE = ("--partition-range", "2026-01-01...2026-01-03")

LEAKED = "nanobind"
"""In what DuckDB says of objects that are still there when Python ends."""


@dataclass(frozen=True)
class Loaded:
    """What a command for a range of days left."""

    output: str
    tables: set[str]


@pytest.fixture(scope="module", params=["in_process", "multiprocess"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A group that holds a snapshot, loaded with one of the executors."""
    checkout = Checkout.create(tmp_path_factory.mktemp(request.param))
    with served_sample() as served:
        settings = {**served, "ANALYTICS_INGEST_EXECUTOR": request.param}
        with materializing(
            checkout, "group:status_pages", *RANGE, settings=settings, forked=False
        ) as run:
            assert run.process.wait(120) == 0, run.output
    return Loaded(run.output, tables("status_pages", checkout.root / "data" / "warehouse.duckdb"))


def test_a_range_of_days_is_loaded_of_a_group_that_holds_a_snapshot(loaded: Loaded) -> None:
    assert {"pages", "subscribers"} <= loaded.tables


def test_a_run_ends_without_complaints_of_leaks(loaded: Loaded) -> None:
    assert LEAKED not in loaded.output
