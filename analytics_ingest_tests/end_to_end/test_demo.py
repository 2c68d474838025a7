"""`analytics-ingest demo` on a fresh copy: what it prints, what it leaves, and how it ends."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from analytics_ingest_tests.end_to_end.browser import Browser, chromium
from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, Running, free_port, running
from analytics_ingest_tests.support.postgres import postgres_server
from analytics_ingest_tests.support.projects import APIS, shipped
from analytics_ingest_tests.support.terminal import COLUMNS, screen
from analytics_ingest_tests.support.waiting import wait_for
from analytics_ingest_tests.support.warehouses import CREDENTIALS_SETTING, TYPE_SETTING, ask

pytestmark = pytest.mark.timeout(480)

ENDS_WITHIN = 300
"""Seconds; a machine with nothing else to do needs a tenth of it."""


def _resources(*apis: str) -> set[str]:
    return {f"{api}/{resource.name}" for api in apis for resource in shipped(api).tables}


RESOURCES = _resources(*APIS)
DESCRIPTION = "Before taxes and fees"

PRINTED = re.compile(
    r"""Loading\ the\ last\ \d+\ days?\ of\ the\ sample\ API\ through\ Dagster
    | resource\ +rows\ +requests\ +seconds\ +checks | -+
    | (Loading\ \w+|Starting\ Dagster's\ UI)\ \.\.\.
    | \w+/\w+\ +(\d+\ +\d+\ +\d+\.\d\d\ +\d/\d|failed)
    | [\d,]+\ rows?\ in\ \d+\ tables?\ \(\d+\ requests?,\ \d+\ retr(y|ies)\)\ in\ \d+\ s
    | \d+\ of\ \d+\ checks?\ passed
    | failed\ .+ | Warehouse:\ .+ | A\ query\ to\ paste: | \ \ \S+\ -c\ '.+'
    | Dagster's\ UI:\ http://127\.0\.0\.1:\d+/assets
    | Ctrl-C\ ends\ the\ demo;\ Dagster's\ log\ is\ data/demo/dagster\.log
    |""",
    re.VERBOSE,
)
"""Every line that a demo may print."""


@dataclass(frozen=True)
class Shown:
    """A demo whose UI has opened."""

    ui: DagsterDev
    loaded: set[str]
    """The resources that the UI showed as loaded, as soon as its address was printed."""

    @property
    def checkout(self) -> Checkout:
        """The project that it loaded."""
        return self.ui.checkout

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.ui.command.output


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The demo as `make demo` starts it."""
    checkout = _checkout(tmp_path_factory.mktemp("demo"))
    schema = checkout.folder("commerce") / "schema.yaml"
    field = "transaction_amount: number"
    described = f"transaction_amount: {{type: number, description: {DESCRIPTION}}}"
    assert field in schema.read_text()
    schema.write_text(schema.read_text().replace(field, described))
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    with _demo(checkout, "--ui-port", str(port)) as demo:
        wait_for(
            lambda: url in demo.output or demo.process.poll() is not None,
            "the address of the UI",
            seconds=ENDS_WITHIN,
            tell=lambda: demo.output,
        )
        ui = DagsterDev(url, demo, checkout)
        yield Shown(ui, ui.materialised())


@pytest.fixture(scope="module")
def browser(shown: Shown, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at the address that the demo printed; a test is skipped where there is none."""
    (address,) = re.findall("^Dagster's UI: (.+)$", shown.output, re.MULTILINE)
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        opened.open(address)
        yield opened


def test_the_demo_loads_all_resources_and_prints_their_rows(shown: Shown) -> None:
    rows = _rows_printed(shown.output)
    assert set(rows) == RESOURCES
    assert len(rows) == 38
    assert rows == _rows_stored(shown.checkout)
    assert sum(rows.values()) > 300


def test_the_runs_of_the_demo_belong_to_the_code_location_of_the_ui(shown: Shown) -> None:
    home = shown.checkout.root / "data" / "demo"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        origins = [run.remote_job_origin for run in instance.get_runs()]
    names = [origin and origin.location_name for origin in origins]
    assert names == ["analytics_ingest.definitions"] * len(APIS)


def test_the_demo_prints_the_address_of_a_ui_that_shows_all_assets_loaded(shown: Shown) -> None:
    assert f"{shown.ui.url}/assets" in shown.output
    assert shown.loaded == RESOURCES


def test_a_demo_in_a_pipe_prints_plain_lines_and_nothing_of_dagsters(shown: Shown) -> None:
    lines = shown.output.split("\n")
    assert [line for line in lines if not PRINTED.fullmatch(line)] == []
    assert len([line for line in lines if line.startswith("Loading ")]) == 1 + len(APIS)
    rows = sum(_rows_printed(shown.output).values())
    assert f"\n{rows:,} rows in {len(RESOURCES)} tables (" in shown.output


def test_nothing_ticks_in_a_demo_because_nobody_is_to_be_notified(shown: Shown) -> None:
    names = ("run_failed", "check_failed", "asset_stale")
    assert shown.ui.ticks() == dict.fromkeys(names, 0)
    log = (shown.checkout.root / "data" / "demo" / "dagster.log").read_text()
    assert "Launching Dagster services" in log
    assert "sensor" not in log


def test_the_query_that_a_demo_prints_counts_its_rows(shown: Shown) -> None:
    (query,) = [line for line in shown.output.splitlines() if " -c " in line]
    assert "FROM commerce.transactions" in query
    ran = subprocess.run(
        shlex.split(query), cwd=shown.checkout.root, capture_output=True, text=True, check=True
    )
    counts = re.findall(r"│ \d{4}-\d\d-\d\d +│ +(\d+) │", ran.stdout)
    assert sum(map(int, counts)) == _rows_printed(shown.output)["commerce/transactions"]


def test_a_person_sees_rows_and_descriptions_and_runs_a_run_again_without_an_error(
    shown: Shown, browser: Browser
) -> None:
    browser.wait_until_it_says("commerce / transactions", "Transactions with customer, amount")
    day = (datetime.now(timezone.utc) - timedelta(days=2)).date().isoformat()
    asset = f"{shown.ui.url}/assets/commerce/transactions"
    browser.open(f"{asset}?partition={day}&view=partitions")
    browser.wait_until_it_says("dagster/partition_row_count", "\t", str(_rows_of_day(shown, day)))
    run_id = shown.ui.latest_run("commerce/transactions")
    browser.open(asset)
    browser.wait_until_it_says(DESCRIPTION)
    browser.open(f"{shown.ui.url}/runs/{run_id}")
    browser.wait_until_it_says("RUN_SUCCESS")
    browser.click_to_leave("Re-execute all (*)")
    browser.wait_until_it_says("Success", "commerce / transactions")
    assert shown.ui.retries(run_id) == [browser.driver.current_url.rpartition("/")[2]]
    assert browser.errors == []


def test_ctrl_c_ends_the_demo_and_its_ui(shown: Shown) -> None:
    """The last one that uses it."""
    assert shown.ui.command.interrupt() == 0
    assert not shown.ui.is_up()
    assert "Traceback" not in shown.output


def test_the_demo_loads_into_the_warehouse_that_two_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its one resource with a cursor has five checks, its snapshot four.
    checkout = _checkout(tmp_path, "status_pages")
    with postgres_server() as server:
        settings = {TYPE_SETTING: "postgres", CREDENTIALS_SETTING: server.create_database()}
        options = ("--no-ui", "--days", "2")
        with _demo(checkout, *options, settings=settings, forked=True) as demo:
            assert demo.process.wait(ENDS_WITHIN) == 0, demo.output
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        stored = {
            name: ask(f"SELECT count(*) FROM {name.replace('/', '.')}").rows[0][0]
            for name in _resources("status_pages")
        }
    assert _rows_printed(demo.output) == stored
    assert set(_checks_printed(demo.output)) == {"4/4", "5/5"}
    assert not list(checkout.root.rglob("*.duckdb"))


def test_a_demo_in_a_terminal_of_80_columns_fits_and_says_why_an_api_refuses(
    tmp_path: Path,
) -> None:
    checkout = _checkout(tmp_path, "commerce", "content_library")
    checkout.edit("commerce", "name: api_key", "name: not_the_name_of_the_key")
    demo = ("analytics_ingest.cli", "demo", "--no-ui", "--days", "1")
    terminal = "analytics_ingest_tests.support.terminal"
    settings = {"TERM": "xterm"}
    with running(checkout, terminal, *demo, settings=settings, forked=True) as started:
        assert started.process.wait(ENDS_WITHIN) == 1, started.output
    assert re.search(
        r"Loading content_library: \d+ rows? read, \d+ requests?, \d+ s", started.output
    )
    lines = screen(started.output)
    assert [line for line in lines if not PRINTED.fullmatch(line)] == []
    assert not any(line.startswith("Loading ") for line in lines[1:])
    long = re.compile("failed |Warehouse: |  ")
    assert [line for line in lines if len(line) > COLUMNS and not long.match(line)] == []
    left = "\n".join(lines)
    assert set(_rows_printed(left)) == _resources("content_library")
    assert re.search("commerce/transactions +failed\n", left)
    assert "failed commerce.transactions: GET /v1/resource" in left
    assert "401" in left


def _checkout(folder: Path, *apis: str) -> Checkout:
    """The project as it is committed, and settings of a warehouse, which a demo leaves alone.

    Args:
        apis: Those that its user has kept, all unless some are named.
    """
    checkout = Checkout.create(folder)
    for api in set(APIS) - set(apis or APIS):
        shutil.rmtree(checkout.folder(api))
    (checkout.root / ".dlt" / "secrets.toml").write_text(
        '[destination.warehouse]\ndestination_type = "postgres"\n'
        'credentials = "postgresql://loader:password@127.0.0.1:1/analytics"\n'
    )
    return checkout


def _demo(
    checkout: Checkout,
    *options: str,
    settings: Mapping[str, str] | None = None,
    forked: bool = False,
) -> AbstractContextManager[Running]:
    command = ("analytics_ingest.cli", "demo", *options)
    return running(checkout, *command, settings=settings, forked=forked)


def _rows_printed(output: str) -> dict[str, int]:
    """The second column of the table, by its first."""
    found = re.findall(r"^(\w+/\w+) +(\d+) +\d+ ", output, re.MULTILINE)
    return {resource: int(rows) for resource, rows in found}


def _checks_printed(output: str) -> list[str]:
    """The last column of the table: passed checks of all."""
    return re.findall(r" (\d/\d)$", output, re.MULTILINE)


def _rows_of_day(shown: Shown, day: str) -> int:
    warehouse = shown.checkout.root / "data" / "demo" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        counted = connection.execute(
            "SELECT count(*) FROM commerce.transactions WHERE CAST(updated_at AS DATE) = ?", [day]
        )
        return counted.fetchall()[0][0]


def _rows_stored(checkout: Checkout) -> dict[str, int]:
    warehouse = checkout.root / "data" / "demo" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        stored = {}
        for resource in RESOURCES:
            counted = connection.execute(f"SELECT count(*) FROM {resource.replace('/', '.')}")
            stored[resource] = counted.fetchall()[0][0]
    return stored
