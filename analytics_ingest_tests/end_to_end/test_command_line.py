"""Dagster's own command loads a whole API, as the README shows it."""

from pathlib import Path

import pytest

from analytics_ingest_tests.end_to_end.dagster_dev import served_sample
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import materializing
from analytics_ingest_tests.support.projects import tables

RANGE = ("--partition-range", "2026-01-01...2026-01-03")

LEAKED = "nanobind"
"""In what DuckDB says of objects that are still there when Python ends."""


def test_a_range_of_days_is_loaded_of_a_group_that_holds_a_snapshot(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    with (
        served_sample() as settings,
        materializing(checkout, "group:status_pages", *RANGE, settings=settings) as run,
    ):
        assert run.process.wait(120) == 0, run.output
    warehouse = checkout.root / "data" / "warehouse.duckdb"
    assert {"pages", "subscribers"} <= tables("status_pages", warehouse)


@pytest.mark.parametrize("executor", ["in_process", "multiprocess"])
def test_a_run_ends_without_complaints_of_leaks(tmp_path: Path, executor: str) -> None:
    checkout = Checkout.create(tmp_path)
    with served_sample() as served:
        settings = {**served, "ANALYTICS_INGEST_EXECUTOR": executor}
        for day in ("2026-01-02", "2026-01-03"):
            partition = ("--partition", day)
            with materializing(
                checkout, "group:status_pages", *partition, settings=settings
            ) as run:
                assert run.process.wait(120) == 0, run.output
            assert LEAKED not in run.output
