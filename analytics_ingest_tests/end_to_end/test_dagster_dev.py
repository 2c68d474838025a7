"""`dg dev` as users start it: its UI loads APIs on a click, and what goes wrong is told once.

One process for the whole module. Three things go wrong and are reported before the first test;
what is reported twice, or without a reason, would be told while the other tests run. In a browser
that a test drives, Dagster's UI shows the APIs; without one, only what needs none is tested. At
last, Ctrl-C ends it all.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta, timezone
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
from analytics_ingest_tests.end_to_end.processes import processes
from analytics_ingest_tests.end_to_end.reports import (
    BROKEN,
    FORGOTTEN,
    NOW,
    SECRET,
    TODAY,
    UNREACHABLE,
    WITHIN,
    Reports,
    reporting,
    wait_for_two_more_ticks,
)
from analytics_ingest_tests.end_to_end.results import results_of
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, free_port
from analytics_ingest_tests.support.deployments import partition_range
from analytics_ingest_tests.support.pages import by_offset
from analytics_ingest_tests.support.projects import APIS, shipped, table, tables
from analytics_ingest_tests.support.scripted_api import Gate, Reply
from analytics_ingest_tests.support.waiting import wait_for

pytestmark = pytest.mark.timeout(480)

MONTH_AGO, YESTERDAY = ((NOW - timedelta(days=days)).date().isoformat() for days in (30, 1))
DG = "dagster_dg_cli.cli"
"""The module of the command `dg`."""
CHECKS = ("cursor", "freshness", "primary_key", "schema", "volume")

LOOKS_AT_CODE_SERVERS = "DAGSTER_CODE_SERVER_AUTO_RESTART_INTERVAL"
"""Shortened from 5 to 1: `dagster dev` certainly looks while its other processes end."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser's window; a test is skipped where there is none."""
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DagsterDev, Reports]]:
    """`dg dev`, as `make dev` starts it, with the settings of the sample API for all five.

    Beside them are the APIs with which things go wrong.
    """
    checkout = Checkout.create(tmp_path_factory.mktemp("dagster_dev"))
    port = free_port()
    with served_sample() as served, reporting(checkout) as reports:
        settings = {
            **served,
            **reports.settings,
            "ANALYTICS_INGEST_UI_URL": f"http://{LOOPBACK}:{port}",
            LOOKS_AT_CODE_SERVERS: "1",
        }
        with dagster_dev(checkout, settings, port=port, module=DG) as dev:
            reports.load(dev)
            if pictures_are_wanted():
                run = dev.launch_job("project_tracking_job", MONTH_AGO, YESTERDAY)
                assert dev.wait_for_run(run) == "SUCCESS"
            yield dev, reports


@pytest.fixture
def dev(started: tuple[DagsterDev, Reports]) -> DagsterDev:
    return started[0]


@pytest.fixture
def reports(started: tuple[DagsterDev, Reports]) -> Reports:
    return started[1]


def test_a_run_that_fails_is_reported_once_with_all_that_one_asks_first(
    dev: DagsterDev, reports: Reports
) -> None:
    message = reports.about(UNREACHABLE)
    assert message.title == "helpdesk: run failed"
    lines = message.lines
    cause = lines.pop("cause")
    assert cause.startswith("helpdesk.tickets: GET tickets: no response from http://127.0")
    assert cause.endswith(
        " after 4 requests; check SOURCES__HELPDESK__BASE_URL, and that the API runs there"
    )
    assert lines == {
        "API": "helpdesk",
        "assets": UNREACHABLE,
        "partitions": TODAY,
        "attempt": "1",
        "run": f"{dev.url}/runs/{reports.runs[UNREACHABLE]}",
    }


def test_a_check_that_fails_in_a_run_that_succeeds_is_reported_once(
    dev: DagsterDev, reports: Reports
) -> None:
    message = reports.about(BROKEN)
    assert message.title == "hotline: a check failed"
    assert message.lines == {
        "API": "hotline",
        "assets": BROKEN,
        "partitions": TODAY,
        "attempt": "1",
        "checks": f"{BROKEN} primary_key (error): 1 row without a usable id, kept in "
        "tickets__rejected.",
        "run": f"{dev.url}/runs/{reports.runs[BROKEN]}",
    }


def test_an_asset_that_becomes_stale_is_reported_once(dev: DagsterDev, reports: Reports) -> None:
    message = reports.about(FORGOTTEN)
    assert message.title == "mailbox: an asset became stale"
    assert "the last load is 4.0 d old" in message.lines["cause"]
    assert message.lines["see"] == f"{dev.url}/assets/{FORGOTTEN}"


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

    rows, checks = results_of(dev, run_id, "commerce/transactions", YESTERDAY)
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


def test_nothing_else_is_reported(dev: DagsterDev, reports: Reports) -> None:
    wait_for_two_more_ticks(dev)
    assert len(reports.webhook.arrived) == 3, reports.webhook.arrived


def test_no_secret_is_in_a_message_or_in_what_dagster_prints(
    dev: DagsterDev, reports: Reports
) -> None:
    assert SECRET not in dev.command.output
    assert SECRET not in str(reports.webhook.arrived)


def test_ctrl_c_interrupts_the_run_and_leaves_no_process(dev: DagsterDev, reports: Reports) -> None:
    """The last one that uses it."""
    api = reports.broken
    before, page = len(api.asked), by_offset([])
    with Gate() as gate:
        api.on("/tickets", lambda asked: Reply(page(asked), gate=gate))
        run = dev.launch(BROKEN, TODAY)
        wait_for(lambda: api.asked[before:], "the run's first request", seconds=WITHIN)
        # A page that is being read ends before the run does.
        threading.Timer(1, gate.open).start()
        dev.command.interrupt()
        wait_for(lambda: not processes(dev.command), "all processes to end", seconds=WITHIN)
    with dg.DagsterInstance.from_config(str(dev.checkout.root)) as instance:
        stored = instance.get_run_by_id(run)
    assert stored
    assert stored.is_finished
    assert "Restarting the code server" not in dev.command.output
