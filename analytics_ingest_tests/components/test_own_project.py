"""The component in a team's own Dagster project: what docs/in-your-project.md says."""

from pathlib import Path

import pytest

from analytics_ingest.cli import main
from analytics_ingest_tests.support.own_project import OwnProject
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import ask_duckdb_file

DECLARATION = """type: analytics_ingest.RestApi
attributes:
  client: {base_url: https://api.example.com}
  resources:
    - name: items
      primary_key: id
      endpoint: {path: /items, data_selector: data, paginator: single_page}
"""
DOWNSTREAM = """import dagster as dg


@dg.asset(deps=[["demo", "items"]])
def report() -> None:
    pass
"""
CONFIGURATION = '{"client": {"base_url": "https://shop.test"}, "resources": ["carts"]}'


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnProject:
    """A project without definitions; no setting of the tests' own says where it is."""
    monkeypatch.delenv("DLT_PROJECT_DIR")
    return OwnProject.create(tmp_path)


def test_an_api_and_what_depends_on_it_run_in_the_teams_project_from_any_folder(
    team: OwnProject, api: ScriptedApi, tmp_path: Path
) -> None:
    api.always("/items", {"data": [row(1)]})
    (team.defs / "demo").mkdir()
    (team.defs / "demo" / "defs.yaml").write_text(DECLARATION)
    (team.defs / "report.py").write_text(DOWNSTREAM)
    secrets = team.root / ".dlt" / "secrets.toml"
    secrets.write_text(f"[sources.demo]\nbase_url = '{api.url}'\n")
    elsewhere = tmp_path / "elsewhere"
    loading = ("dagster", "asset", "materialize", "-m", "shop.definitions")
    selected = ("--select", 'key:"demo/items"+', "--partition", "2026-01-05")
    output = team.run(elsewhere, *loading, *selected)
    warehouse = team.root / "data" / "warehouse.duckdb"
    assert f"loading into duckdb {warehouse}, dataset demo" in output
    assert ask_duckdb_file("SELECT id FROM demo.items", warehouse).rows == [(1,)]
    # The last lines of a step's own process may be lost; these are of the run's.
    assert 'Launching subprocess for "report"' in output
    assert "RUN_SUCCESS" in output
    assert list(elsewhere.iterdir()) == []
    preview = team.run(team.package, "analytics_ingest.cli", "try", "demo")
    assert "Nothing looks wrong." in preview


@pytest.mark.parametrize("place", ["root", "below", "named"])
def test_new_writes_into_the_current_project_or_the_named_one(
    team: OwnProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    document = tmp_path / "shop.json"
    document.write_text(CONFIGURATION)
    monkeypatch.chdir({"root": team.root, "below": team.defs, "named": tmp_path}[place])
    named = ["--project", str(team.root)] if place == "named" else []
    assert main(["new", "carts_api", "--from", str(document), *named]) == 0
    assert (team.defs / "carts_api" / "defs.yaml").is_file()


@pytest.mark.parametrize("command", [["new", "x", "--from", "-"], ["try", "x"]])
def test_a_folder_without_a_project_is_refused_in_one_sentence(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--project", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path} is not in a Dagster project; name a folder whose pyproject.toml has a section "
        "tool.dg.project\n"
    )


def test_a_project_without_a_folder_of_definitions_is_refused(
    team: OwnProject, capsys: pytest.CaptureFixture[str]
) -> None:
    team.defs.rename(team.package / "definitions")
    assert main(["try", "x", "--project", str(team.root)]) == 1
    assert "names shop.defs as the module of definitions" in capsys.readouterr().err
