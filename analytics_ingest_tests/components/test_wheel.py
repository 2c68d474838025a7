"""The wheel that a team installs: the component and its commands, nothing of the checkout's own."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.own_project import OwnProject

CONFIGURATION = '{"client": {"base_url": "https://shop.test"}, "resources": ["carts"]}'
MOST_BYTES_OF_A_FILE = 20_000
"""Not compressed: a module has at most 250 lines. Data, such as rows or images, have more."""

COMMANDS = """
from analytics_ingest.cli import main

for command in ("demo", "sample-api", "check", "try commerce"):
    print(main(command.split()), flush=True)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built as pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    run_here("hatchling", "build", "-t", "wheel", "-d", str(folder))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which pip has installed the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    options = ("-q", "--no-deps", "--no-index", "--no-compile", "--target", str(folder))
    run_here("pip", "install", *options, str(wheel))
    return folder


@pytest.fixture
def team(tmp_path: Path, installed: Path) -> OwnProject:
    """A team's own project, with the wheel."""
    return OwnProject.create(tmp_path, installed)


def run_here(*command: str) -> None:
    """Run a module's command in the checkout."""
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, timeout=100)


def test_a_wheel_holds_modules_and_two_templates_alone(wheel: Path) -> None:
    files = [f for f in ZipFile(wheel).infolist() if ".dist-info/" not in f.filename]
    names = [file.filename for file in files]
    assert [name for name in names if "/defs/" in name or "/demo/" in name] == []
    assert sorted(name for name in names if not name.endswith(".py")) == [
        "analytics_ingest/components/dynamic_template.yaml",
        "analytics_ingest/components/template.yaml",
    ]
    assert [f.filename for f in files if f.file_size > MOST_BYTES_OF_A_FILE] == []


def test_what_is_installed_works_in_the_teams_project(
    team: OwnProject, installed: Path, tmp_path: Path
) -> None:
    listed = team.run(team.root, "dagster_dg_cli.cli", "list", "components")
    for name in ("analytics_ingest.RestApi", "analytics_ingest.components.RestApi"):
        assert f"{name} " in listed
    (tmp_path / "shop.json").write_text(CONFIGURATION)
    command = (team.root, "analytics_ingest.cli")
    document = str(tmp_path / "shop.json")
    assert "src/shop/defs/carts" in team.run(*command, "new", "carts", "--from", document)
    assert team.run(*command, "check") == "Checked 1 declaration: nothing is wrong.\n"
    where = "import analytics_ingest, shop.definitions as d; print(analytics_ingest.__file__); "
    keys = "print(*d.defs().get_repository_def().asset_graph.get_all_asset_keys())"
    (team.package / "show.py").write_text(where + keys)
    package, keys = team.run(team.root, "shop.show").splitlines()
    assert Path(package).parent.parent == installed
    assert keys == "AssetKey(['carts', 'carts'])"


def test_a_command_that_needs_a_project_or_the_checkout_says_so(
    team: OwnProject, tmp_path: Path
) -> None:
    (team.package / "commands.py").write_text(COMMANDS)
    elsewhere = tmp_path / "elsewhere"
    no_project = f"{elsewhere} is not in a Dagster project; go to the folder of one, or name it"
    lines = team.run(elsewhere, "shop.commands").splitlines()
    assert lines[1::2] == ["1"] * 4
    assert lines[0].startswith("analytics-ingest demo comes with the checkout of this package")
    assert lines[2].startswith("analytics-ingest sample-api comes with the checkout")
    assert lines[4].startswith(no_project)
    assert lines[6].startswith(no_project)


def test_the_code_location_of_the_checkout_says_that_it_is_not_there(team: OwnProject) -> None:
    load = (
        "from analytics_ingest.definitions import defs\ntry:\n    defs()\nexcept Exception as e:\n"
    )
    (team.package / "load.py").write_text(f"{load}    print(type(e).__name__, e)")
    output = team.run(team.root, "shop.load")
    assert "the APIs of this package come with its checkout" in output
