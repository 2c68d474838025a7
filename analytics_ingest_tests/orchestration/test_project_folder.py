"""The project decides which warehouse is loaded, not the folder that a command is run in."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest
from dlt.destinations.impl.filesystem.configuration import FilesystemDestinationClientConfiguration
from dlt.destinations.impl.postgres.configuration import (
    PostgresClientConfiguration,
    PostgresCredentials,
)

from analytics_ingest.common.project import CHECKOUT, locate_project
from analytics_ingest.load.warehouse.destinations.destination import describe_location
from analytics_ingest_tests.support.checkout import Checkout, run_module
from analytics_ingest_tests.support.deployments import deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import CREDENTIALS_SETTING, ask_duckdb_file

DECLARED = """  client: {base_url: https://api.example.com}
  resources:
    - name: items
      primary_key: id
      endpoint: {path: /items, data_selector: data, paginator: single_page}
"""
SECRETS = "[sources.demo]\nbase_url = '{url}'\n"
LOAD = ("dagster", "asset", "materialize", "-m", "analytics_ingest.definitions")


@pytest.fixture
def checkout(tmp_path: Path, api: ScriptedApi) -> Checkout:
    """A checkout with one API, whose address is in the project's own settings."""
    api.always("/items", {"data": [row(1)]})
    checkout = Checkout.create(tmp_path)
    checkout.declare("demo", DECLARED)
    (checkout.root / ".dlt" / "secrets.toml").write_text(SECRETS.format(url=api.url))
    return checkout


def run(
    checkout: Checkout, folder: Path, *command: str, settings: Mapping[str, str] | None = None
) -> str:
    return run_module(folder, *command, code=[checkout.root], home=checkout.home, settings=settings)


def rows(path: Path) -> int:
    return ask_duckdb_file("SELECT count(*) FROM demo.items", path).rows[0][0]


@pytest.mark.parametrize("place", ["home", "checkout", "another project"])
def test_a_load_from_any_folder_fills_the_projects_warehouse(
    checkout: Checkout, tmp_path: Path, place: str
) -> None:
    home = checkout.root if place == "checkout" else tmp_path / "dagster home"
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    folder = {"home": home, "checkout": checkout.root}.get(place, tmp_path / place)
    folder.mkdir(exist_ok=True)
    if place == "another project":
        (folder / "pyproject.toml").write_text("[project]\nname = 'another'\n")
        (folder / ".dlt").mkdir()
        (folder / ".dlt" / "secrets.toml").write_text(SECRETS.format(url="http://127.0.0.1:1"))
    select = ("--select", "demo/items", "--partition", "2026-01-05")
    output = run(checkout, folder, *LOAD, *select, settings={"DAGSTER_HOME": str(home)})
    warehouse = checkout.root / "data" / "warehouse.duckdb"
    assert rows(warehouse) == 1
    assert f"loading into duckdb {warehouse}, dataset demo" in output
    others = [path for path in tmp_path.rglob("data") if path.parent != checkout.root]
    assert [path for path in others if "analytics_ingest" not in path.parts] == []


def test_a_relative_address_is_one_of_the_project(checkout: Checkout, tmp_path: Path) -> None:
    settings = {"DAGSTER_HOME": str(checkout.root), CREDENTIALS_SETTING: "mine.duckdb"}
    select = ("--select", "demo/items", "--partition", "2026-01-05")
    run(checkout, tmp_path / "elsewhere", *LOAD, *select, settings=settings)
    assert rows(checkout.root / "mine.duckdb") == 1
    assert not list((tmp_path / "elsewhere").iterdir())


def test_try_reads_the_settings_of_the_project(checkout: Checkout, tmp_path: Path) -> None:
    output = run(checkout, tmp_path / "elsewhere", "analytics_ingest.cli", "try", "demo")
    assert "Nothing looks wrong." in output
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    ("is_checkout", "settings", "expected"),
    [
        pytest.param(True, {}, "package", id="a checkout"),
        pytest.param(True, {"DAGSTER_HOME": "home"}, "package", id="a checkout and DAGSTER_HOME"),
        pytest.param(True, {"DLT_PROJECT_DIR": "other"}, "other", id="a folder that is named"),
        pytest.param(False, {"DAGSTER_HOME": "home"}, "home", id="installed, DAGSTER_HOME"),
        pytest.param(False, {}, "here", id="installed"),
        pytest.param(False, {"DLT_PROJECT_DIR": "other"}, "other", id="installed, a named folder"),
    ],
)
def test_the_projects_folder(
    tmp_path: Path, is_checkout: bool, settings: Mapping[str, str], expected: str
) -> None:
    """Asked of a copy of the module, in a folder that is a checkout or is not."""
    package, here = tmp_path / "package", tmp_path / "here"
    module = package / "analytics_ingest" / "common"
    module.mkdir(parents=True)
    here.mkdir()
    source = CHECKOUT / "analytics_ingest" / "common" / "project.py"
    (module / "project.py").write_text(source.read_text())
    if is_checkout:
        (package / "pyproject.toml").touch()
    ran = subprocess.run(
        [sys.executable, "-c", "import project; print(project.locate_project())"],
        cwd=here,
        env={"PYTHONPATH": str(module), **{k: str(tmp_path / v) for k, v in settings.items()}},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == str(tmp_path / expected)


def test_the_log_of_a_run_names_the_warehouse(
    project: Path, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CREDENTIALS_SETTING, "duckdb:///mine.duckdb")
    api.always("/items", {"data": [row(1)]})
    with dg.DagsterInstance.local_temp(str(project)) as instance:
        deployment = deploy(declare(resource(), partitions={"start": "2026-01-01"}), instance)
        outcome = deployment.load("2026-01-05")
        lines = [entry.user_message for entry in instance.all_logs(outcome.run_id)]
    place = (project / "mine.duckdb").resolve()
    assert f"demo: loading into duckdb {place}, dataset demo" in lines


PLACES = {
    "postgresql://nosy:s3cret@db.example:5433/analytics?sslpassword=s3cret": (
        "postgres db.example:5433/analytics"
    ),
    "s3://bucket/loads?key=s3cret": "filesystem s3://bucket/loads",
    "sftp://nosy:s3cret@files.example:22/loads": "filesystem sftp://files.example:22/loads",
}


@pytest.mark.parametrize(("address", "place"), PLACES.items())
def test_no_credential_is_in_that_line(address: str, place: str) -> None:
    if address.startswith("postgresql"):
        configuration = PostgresClientConfiguration(credentials=PostgresCredentials(address))
    else:
        configuration = FilesystemDestinationClientConfiguration(bucket_url=address)
    assert describe_location(configuration) == place


def test_tests_work_in_a_folder_of_their_own(project: Path) -> None:
    assert locate_project() == project
