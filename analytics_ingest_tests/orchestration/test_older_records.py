"""Histories that an older version has recorded, in which nothing says what was loaded first."""

import dagster as dg

from analytics_ingest.orchestration.due import find_due_partitions
from analytics_ingest.orchestration.load_history import LOADED_WINDOWS
from analytics_ingest_tests.support.loads import API, utc

ASSET = dg.AssetKey([API, "items"])
NIGHTLY = "[2026-01-04T00:00:00Z, 2026-01-05T00:00:00Z)"
BACKFILL = "[2025-12-01T00:00:00Z, 2025-12-03T00:00:00Z)"


def test_an_old_range_that_was_backfilled_leaves_no_gap_before_the_first_load(
    quick_instance: dg.DagsterInstance,
) -> None:
    loads = {NIGHTLY: [["2026-01-04", "2026-01-05"]], BACKFILL: [["2025-12-01", "2025-12-03"]]}
    recorded: list[list[str]] = []
    for window, days in loads.items():
        recorded += [[f"{day}T00:00:00+00:00" for day in pair] for pair in days]
        metadata = {"window": window, LOADED_WINDOWS: list(recorded)}
        quick_instance.report_runless_asset_event(dg.AssetMaterialization(ASSET, metadata=metadata))
    partitions = dg.DailyPartitionsDefinition("2025-11-01", end_offset=1)
    due = find_due_partitions(quick_instance, ASSET, partitions, utc(2026, 1, 7, 12))
    assert list(due) == ["2026-01-05", "2026-01-06"]
