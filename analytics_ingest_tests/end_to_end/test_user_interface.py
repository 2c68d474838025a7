"""Dagster's UI shows the APIs and loads them on a click, in a browser that a test drives.

All tests share one `dg dev`. Without a browser, only what needs none is tested.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import dagster as dg
import pytest

from analytics_ingest.definitions import defs
from analytics_ingest_tests.end_to_end.browser import Browser, chromium, pictures_are_wanted
from analytics_ingest_tests.end_to_end.dagster_dev import (
    REPOSITORY,
    DagsterDev,
    dagster_dev,
    served_sample,
)
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.deployments import partition_range
from analytics_ingest_tests.support.projects import APIS, shipped, table, tables

pytestmark = pytest.mark.timeout(480)

NOW = datetime.now(timezone.utc)
MONTH_AGO, YESTERDAY = ((NOW - timedelta(days=days)).date().isoformat() for days in (30, 1))
DG = "dagster_dg_cli.cli"
"""The module of the command `dg`."""
CHECKS = ("cursor", "freshness", "primary_key", "schema", "volume")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser's window; a test is skipped where there is none."""
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterDev]:
    """`dg dev`, as `make dev` starts it, with the settings of the sample API for all five."""
    checkout = Checkout.create(tmp_path_factory.mktemp("user_interface"))
    with served_sample() as settings, dagster_dev(checkout, settings, module=DG) as started:
        if pictures_are_wanted():
            run = started.launch_job("project_tracking_job", MONTH_AGO, YESTERDAY)
            assert started.wait_for_run(run) == "SUCCESS"
        yield started


def test_the_asset_graph_shows_every_api_with_its_resources(
    browser: Browser, dev: DagsterDev
) -> None:
    browser.open(dev.url)
    browser.click("Lineage")
    for api, resources in (
        ("commerce", 1),
        ("content_library", 1),
        ("product_adoption", 10),
        ("project_tracking", 24),
        ("status_pages", 2),
    ):
        browser.wait_until_it_says(api, str(resources))


def test_the_asset_graph_shows_three_levels_of_parents(browser: Browser, dev: DagsterDev) -> None:
    selection = " or ".join(f'key:"project_tracking/{name}"+' for name in ("epics", "milestones"))
    place = "/locations/{repositoryLocationName}/asset-groups/project_tracking".format(**REPOSITORY)
    browser.open(f"{dev.url}{place}/lineage~{quote(selection, safe='')}/")
    for name in ("epics", "epics_stories", "stories_comments", "milestones_epics"):
        browser.wait_until_it_says(name, "Latest event")
    browser.picture("asset-graph", height=900, shows="5 / 5 Passed")


def test_a_person_loads_one_partition_and_sees_its_checks_pass(
    browser: Browser, dev: DagsterDev
) -> None:
    browser.open(f"{dev.url}/asset-groups")
    browser.click_to_show("commerce", "transactions")
    browser.click("transactions")
    browser.click("Materialize selected…")
    browser.type("No matching partitions", YESTERDAY)
    browser.click("Launch 1 run")
    browser.click("View")
    browser.wait_until_it_says("Success", f"partition: {YESTERDAY}", "commerce / transactions")
    run_id = browser.driver.current_url.rpartition("/")[2]

    browser.open(f"{dev.url}/assets/commerce/transactions")
    browser.click("Checks")
    for check in CHECKS:
        browser.wait_until_it_says(check, "Succeeded")
    browser.click("freshness")
    browser.wait_until_it_says("Evaluation result", "Passed")
    browser.picture("checks", height=780, shows="partitions_due")

    rows, checks = _in_the_instance(dev, run_id)
    assert checks == dict.fromkeys(CHECKS, True)
    stored = table("commerce.transactions", dev.checkout.root / "data" / "warehouse.duckdb")
    assert len(stored) == rows > 0
    days = {row["updated_at"].astimezone(timezone.utc).date().isoformat() for row in stored}
    assert days == {YESTERDAY}


def test_the_jobs_of_all_apis_started_at_once_all_succeed(dev: DagsterDev) -> None:
    runs = {api: dev.launch_job(f"{api}_job", YESTERDAY, YESTERDAY) for api in APIS}
    assert {api: dev.wait_for_run(run) for api, run in runs.items()} == dict.fromkeys(
        APIS, "SUCCESS"
    )
    warehouse = dev.checkout.root / "data" / "warehouse.duckdb"
    for api in APIS:
        loaded = {resource.name for resource in shipped(api).tables}
        assert tables(api, warehouse) == loaded


def test_a_run_of_another_process_can_be_run_again(dev: DagsterDev) -> None:
    job = defs().resolve_job_def("commerce_job")
    tags = partition_range(YESTERDAY, YESTERDAY)
    with dg.DagsterInstance.from_config(str(dev.checkout.root)) as instance:
        run = instance.create_run_for_job(job, tags={**job.run_tags, **tags})
        again = dev.reexecute(run.run_id)
        instance.delete_run(run.run_id)
    assert dev.wait_for_run(again) == "SUCCESS"


def _in_the_instance(dev: DagsterDev, run_id: str) -> tuple[int, dict[str, bool]]:
    """What Dagster's history holds of a run: the rows that it loaded, the results of its checks."""
    with dg.DagsterInstance.from_config(str(dev.checkout.root)) as instance:
        loaded = instance.get_latest_materialization_event(
            dg.AssetKey(["commerce", "transactions"])
        )
        records = instance.get_records_for_run(
            run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
    assert loaded is not None
    assert loaded.asset_materialization is not None
    assert loaded.run_id == run_id
    assert loaded.asset_materialization.partition == YESTERDAY
    events = [record.event_log_entry.dagster_event for record in records]
    evaluations = [event.asset_check_evaluation_data for event in events if event]
    rows = loaded.asset_materialization.metadata["rows_loaded"].value
    assert isinstance(rows, int)
    return rows, {evaluation.check_name: evaluation.passed for evaluation in evaluations}
