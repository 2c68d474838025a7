"""`dagster dev` runs the jobs of several APIs at the same time, into one DuckDB file."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from analytics_ingest_tests.components.checkout import Checkout
from analytics_ingest_tests.end_to_end.dagster_dev import dagster_dev, served_sample
from analytics_ingest_tests.support.projects import APIS, shipped, tables

YESTERDAY = (datetime.now(timezone.utc) - timedelta(days=1)).date().isoformat()


@pytest.mark.timeout(480)
def test_the_jobs_of_all_apis_started_at_once_all_succeed(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    with served_sample() as settings, dagster_dev(checkout, settings) as dev:
        runs = {api: dev.launch_job(f"{api}_job", YESTERDAY, YESTERDAY) for api in APIS}
        assert {api: dev.wait_for_run(run) for api, run in runs.items()} == dict.fromkeys(
            APIS, "SUCCESS"
        )
    warehouse = checkout.root / "data" / "warehouse.duckdb"
    for api in APIS:
        loaded = {resource.name for resource in shipped(api).tables}
        assert tables(api, warehouse) == loaded
