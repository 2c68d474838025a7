"""`analytics-ingest demo` on a fresh copy: what it prints, what it leaves, and how it ends."""

import re
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev, wait_for_ui
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, Running, free_port, running
from analytics_ingest_tests.support.postgres import postgres_server
from analytics_ingest_tests.support.projects import APIS, shipped
from analytics_ingest_tests.support.warehouses import CREDENTIALS_SETTING, TYPE_SETTING, ask

pytestmark = pytest.mark.timeout(480)

ENDS_WITHIN = 300
"""Seconds; a machine with nothing else to do needs a tenth of it."""


def _resources(*apis: str) -> set[str]:
    return {f"{api}/{resource.name}" for api in apis for resource in shipped(api).tables}


RESOURCES = _resources(*APIS)
FEW = ("commerce", "content_library", "status_pages")
"""The APIs that are left where another thing than their number is tested."""


@dataclass(frozen=True)
class Shown:
    """A demo that opened its UI and was ended by Ctrl-C."""

    checkout: Checkout
    url: str
    loaded: set[str]
    """The resources that the UI showed as loaded."""
    status: int
    ui_outlived_it: bool
    output: str


@pytest.fixture
def small_checkout(tmp_path: Path) -> Checkout:
    """The project of a user who deleted the large APIs, and settings of a warehouse."""
    checkout = _checkout(tmp_path)
    for api in set(APIS) - set(FEW):
        shutil.rmtree(checkout.folder(api))
    return checkout


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo as `make demo` starts it."""
    checkout = _checkout(tmp_path_factory.mktemp("demo"))
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    with _demo(checkout, "--ui-port", str(port)) as demo:
        ui = DagsterDev(url, demo, checkout)
        wait_for_ui(ui, seconds=ENDS_WITHIN)
        loaded = ui.materialised()
        status = demo.interrupt()
        return Shown(checkout, url, loaded, status, ui.is_up(), demo.output)


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


def test_the_demo_opens_a_ui_that_shows_all_assets_loaded_and_ends_on_ctrl_c(
    shown: Shown,
) -> None:
    assert shown.url in shown.output
    assert shown.loaded == RESOURCES
    assert shown.status == 0
    assert not shown.ui_outlived_it
    assert "Traceback" not in shown.output


def test_the_demo_loads_into_the_warehouse_that_two_settings_name(
    small_checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_server() as server:
        settings = {TYPE_SETTING: "postgres", CREDENTIALS_SETTING: server.create_database()}
        with _demo(small_checkout, "--no-ui", "--days", "2", settings=settings) as demo:
            assert demo.process.wait(ENDS_WITHIN) == 0, demo.output
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        stored = {
            name: ask(f"SELECT count(*) FROM {name.replace('/', '.')}").rows[0][0]
            for name in _resources(*FEW)
        }
    assert _rows_printed(demo.output) == stored
    assert set(_checks_printed(demo.output)) == {"4/4", "5/5"}
    assert not list(small_checkout.root.rglob("*.duckdb"))


def test_a_demo_in_which_an_api_refuses_says_why_and_ends_with_status_1(
    small_checkout: Checkout,
) -> None:
    small_checkout.edit("commerce", "name: api_key", "name: not_the_name_of_the_key")
    with _demo(small_checkout, "--no-ui", "--days", "1") as demo:
        assert demo.process.wait(ENDS_WITHIN) == 1, demo.output
    assert set(_rows_printed(demo.output)) == _resources(*FEW) - {"commerce/transactions"}
    printed = " ".join(demo.output.split())
    assert "commerce/transactions │ failed" in printed
    assert "failed commerce.transactions: GET /v1/resource" in printed
    assert "401" in printed


def _checkout(folder: Path) -> Checkout:
    """The project as it is committed, and settings of a warehouse, which a demo leaves alone."""
    checkout = Checkout.create(folder)
    (checkout.root / ".dlt" / "secrets.toml").write_text(
        '[destination.warehouse]\ndestination_type = "postgres"\n'
        'credentials = "postgresql://loader:password@127.0.0.1:1/analytics"\n'
    )
    return checkout


def _demo(
    checkout: Checkout, *options: str, settings: Mapping[str, str] | None = None
) -> AbstractContextManager[Running]:
    return running(checkout, "analytics_ingest.cli", "demo", *options, settings=settings)


def _rows_printed(output: str) -> dict[str, int]:
    """The second column of the table's last state, by its first."""
    found = re.findall(r"│ (\w+/\w+) +│ +(\d+) │", output)
    return {resource: int(rows) for resource, rows in found}


def _checks_printed(output: str) -> list[str]:
    """The last column of the table: passed checks of all."""
    return re.findall(r"│ +(\d/\d) │", output)


def _rows_stored(checkout: Checkout) -> dict[str, int]:
    warehouse = checkout.root / "data" / "demo" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        stored = {}
        for resource in RESOURCES:
            counted = connection.execute(f"SELECT count(*) FROM {resource.replace('/', '.')}")
            stored[resource] = counted.fetchall()[0][0]
    return stored
