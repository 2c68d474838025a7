"""The command `check`: every declaration of a project, a line for each problem."""

from pathlib import Path

import pytest

from analytics_ingest.cli import main
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.own_project import OwnProject

HEAD = """type: analytics_ingest.RestApi
attributes:
  client: {base_url: https://api.example.com}
  resource_defaults:
    primary_key: id
  resources:
    - name: items
      endpoint:
        path: /items
"""
"""Nine lines that are a declaration; more of its endpoint can follow."""


def write(team: OwnProject, api: str, text: str, schema: str = "") -> None:
    """Write the files of an API."""
    folder = team.defs / api
    folder.mkdir(parents=True)
    (folder / "defs.yaml").write_text(text)
    if schema:
        (folder / "schema.yaml").write_text(schema)


def test_the_declarations_of_the_checkout_pass_without_any_setting(checkout: Checkout) -> None:
    ran = checkout.run("analytics-ingest", "check")
    assert ran.output == "Checked 5 declarations: nothing is wrong.\n"
    assert ran.status == 0


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        pytest.param(
            f"{HEAD}        data_selectr: data\n",
            10,
            "resources.0.endpoint.data_selectr: Extra inputs are not permitted; did you mean "
            "data_selector?",
            id="a misspelt key",
        ),
        pytest.param(
            HEAD.replace("attributes:", "atributes:"),
            2,
            "atributes: Extra inputs are not permitted; did you mean attributes?",
            id="a misspelt key of the file",
        ),
        pytest.param(
            f"{HEAD}        paginator: {{type: offset, limit: ten}}\n",
            10,
            "resources.0.endpoint.paginator.limit: Input should be a valid integer",
            id="a word for a number",
        ),
        pytest.param(
            f"{HEAD}        paginator: {{type: ofset}}\n",
            10,
            "endpoint.paginator.type: 'ofset' is unknown",
            id="an unknown type",
        ),
        pytest.param(
            HEAD.replace("primary_key: id", "write_disposition: append"),
            5,
            "write_disposition: 'append' would load rows twice",
            id="a mistake in what resources share",
        ),
        pytest.param(
            f"{HEAD}      description: [\n", 11, "is not YAML: expected the node", id="no YAML"
        ),
        pytest.param(HEAD.replace("RestApi", "RestAPI"), 1, "RestAPI does not exist", id="a type"),
        pytest.param("attributes: {}", 1, "names no component", id="no type"),
        pytest.param(
            f"{HEAD}      owners: [nobody]\n", 2, "nobody", id="what only Dagster refuses"
        ),
    ],
)
def test_a_problem_is_one_line_with_file_line_and_key(
    team: OwnProject, capsys: pytest.CaptureFixture[str], text: str, line: int, problem: str
) -> None:
    write(team, "shop", text)
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    (shown,) = [one for one in lines if problem in one]
    assert shown.startswith(f"src/shop/defs/shop/defs.yaml:{line}: ")


@pytest.mark.parametrize(
    ("schema", "line", "problem"),
    [
        (
            "items:\n  fields:\n    n:\n      type: integer\n      checks:\n"
            "        - unique\n        - accepted_values: [a]\n",
            7,
            "shop.items: fields.n.checks.1: accepted_values: 'a' is not a bigint",
        ),
        (
            "items:\n  checks:\n    - {name: a, sql: select 1}\n    - {name: a b, sql: x}\n",
            4,
            "shop.items: checks.1.name: ",
        ),
        ("# types\nitem: {}\n", 2, "shop.item: schema.yaml: is not a resource"),
        ("items:\n  fields: {id: text}\n", 2, "field 'id' has the type 'text'"),
        ("items:\n  fields: {id: [}\n", 2, "is not YAML"),
    ],
)
def test_a_problem_of_the_schema_file_names_its_line(
    team: OwnProject, capsys: pytest.CaptureFixture[str], schema: str, line: int, problem: str
) -> None:
    write(team, "shop", HEAD, schema)
    assert main(["check"]) == 1
    shown = capsys.readouterr().out.splitlines()[0]
    assert problem in shown
    assert shown.startswith(f"src/shop/defs/shop/schema.yaml:{line}: ")


def test_all_problems_of_all_declarations_are_shown(
    team: OwnProject, capsys: pytest.CaptureFixture[str]
) -> None:
    write(team, "one", f"{HEAD}        pth: /x\n        max_pages: 0\n")
    write(team, "below/two", f"{HEAD}        mthod: GET\n")
    write(team, "three", HEAD)
    assert main(["check"]) == 1
    output = capsys.readouterr().out
    for key in ("endpoint.pth", "endpoint.max_pages", "endpoint.mthod"):
        assert key in output
    assert output.endswith("Checked 3 declarations: 3 problems.\n")


def test_two_folders_of_one_name_are_one_api_too_many(
    team: OwnProject, capsys: pytest.CaptureFixture[str]
) -> None:
    write(team, "shop", HEAD)
    write(team, "below/shop", HEAD)
    assert main(["check"]) == 1
    assert "defs/below/shop/defs.yaml declares it too" in capsys.readouterr().out


def test_named_apis_are_checked_alone_in_the_project_that_is_named(
    team: OwnProject,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(team, "good", HEAD)
    write(team, "bad", f"{HEAD}        pth: /x\n")
    monkeypatch.chdir(tmp_path)
    project = ["--project", str(team.root)]
    assert main(["check", "good", *project]) == 0
    assert capsys.readouterr().out == "Checked 1 declaration: nothing is wrong.\n"
    assert main(["check", "bad", *project]) == 1
    assert main(["check", "goood", *project]) == 1
    assert "goood: folder: there is no declaration of it; declared are bad, good" in (
        capsys.readouterr().err
    )


def test_components_of_other_types_are_not_checked(
    team: OwnProject, capsys: pytest.CaptureFixture[str]
) -> None:
    write(team, "dbt", "type: dagster_dbt.DbtProjectComponent\nattributes: {project: x}\n")
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "Checked 0 declarations: nothing is wrong.\n"
