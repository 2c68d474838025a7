"""An API that names its tables itself: what is listed becomes assets, when it is refreshed.

One project holds an API for each case; each test works on a copy of it, after the first listing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.cli import main
from analytics_ingest_tests.components.dynamic_project import (
    LISTED,
    DynamicProject,
    failing,
    serve_tables,
)
from analytics_ingest_tests.support.scripted_api import Hub, Reply
from analytics_ingest_tests.support.warehouses import ask_duckdb_file

FAILING: dict[str, tuple[Mapping[str, Any], str]] = {
    "refused": ({"b2": Reply({}, 403)}, "403"),
    "other": ({"b2": {"other": [{"id": 1}]}}, "data_selector 'tables' matches nothing"),
    "incomplete": (
        {"b2": {"tables": [{"id": 1, "name": "a"}]}},
        "'{{ entry.key }}' gives nothing, in entry ",
    ),
    "twice": (
        {"b2": {"tables": [{"id": n, "name": n, "key": "k"} for n in ("a", "A")]}},
        "twice.cafe_a: name: two entries of tables have this name",
    ),
    "empty": ({"b1": {"tables": []}, "b2": {"tables": []}}, "the listing has no entry"),
}
"""APIs; what the tables of their bases are answered with at the second listing, and its error."""

UNREADABLE = {"cut": None, "of_later": '{"version": 9}', "no_object": "[]"}
"""APIs, and what their state becomes; None stands for its beginning."""

OUTDATED = ("edited", *UNREADABLE)
CHANGING = ("demo", "emptied", "replaced", *OUTDATED)

NEVER_LISTED = ["bases", "dynamic_resources"]
"""The assets of an API whose state is none."""


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> tuple[DynamicProject, str]:
    """All APIs, refreshed at once; and what that printed."""
    project = DynamicProject.create(tmp_path_factory.mktemp("listed"), hub)
    for name in (*FAILING, *CHANGING):
        project.declare(name)
    schema = project.folder("demo") / "schema.yaml"
    schema.write_text("sales_orders: {fields: {rowId: number, of: string}}\n")
    return project, project.refresh()


@dataclass(frozen=True)
class Changed:
    """What Dagster saw before and after a second listing, which printed something."""

    before: Mapping[str, list[str]]
    requests: int
    """Those that the APIs were sent until then."""
    printed: str
    after: Mapping[str, list[str]]


@pytest.fixture(scope="module")
def changed(
    listed: tuple[DynamicProject, str], tmp_path_factory: pytest.TempPathFactory
) -> Changed:
    """APIs and declarations that change, and states that break, between two listings."""
    project = listed[0].copy(tmp_path_factory.mktemp("changed"), *CHANGING)
    serve_tables(project.apis["demo"], b1=["Orders", "Invoices"], b2=["Menü"])
    serve_tables(project.apis["emptied"], b1=[], b2=[])
    replacing = [{"id": "b2/other", "name": "Menü", "key": "rowId"}]
    project.apis["replaced"].always("/bases/b2/tables", {"tables": replacing})
    (project.folder("replaced") / "schema.yaml").write_text("menu: {required: []}\n")
    project.edit("edited", "limit: 2", "limit: 3")
    for name, text in UNREADABLE.items():
        state = project.state(name)
        state.write_text(state.read_text()[:100] if text is None else text)
    requests = count_requests(project)
    before = project.list_assets()
    requests = count_requests(project) - requests
    # Which changes nothing of what was listed with the declaration of before.
    project.edit("emptied", "entries: tables", "entries: tables\n      allow_empty: true")
    return Changed(before, requests, project.refresh(), project.list_assets())


def count_requests(project: DynamicProject) -> int:
    """How many requests all APIs of a project have been sent."""
    return sum(len(api.asked) for api in project.apis.values())


def test_apis_that_are_refreshed_at_once_read_the_settings_of_the_project(
    listed: tuple[DynamicProject, str],
) -> None:
    assert f"All {len(FAILING) + len(CHANGING)} components refreshed" in listed[1]


def test_what_is_listed_changes_only_when_it_is_refreshed(changed: Changed) -> None:
    assert changed.requests == 0
    assert changed.before["demo"] == ["bases", *LISTED]
    assert "demo: new: sales_invoices" in changed.printed
    assert "demo: gone, tables stay: sales_order_lines" in changed.printed
    announced = set(re.findall(r"^(\w+): (?:new|changed|gone)\b", changed.printed, re.MULTILINE))
    assert announced == set(CHANGING)
    assert changed.after["demo"] == ["bases", "cafe_menu", "sales_invoices", "sales_orders"]


def test_a_listing_without_entries_is_accepted_where_that_is_allowed(changed: Changed) -> None:
    assert changed.before["emptied"] == ["bases", *LISTED]
    assert changed.after["emptied"] == ["bases"]


def test_a_resource_that_stands_for_another_entry_is_named(changed: Changed) -> None:
    assert "replaced: changed, its rows of before stay: cafe_menu" in changed.printed
    assert "replaced: schema.yaml has no resource menu" in changed.printed


@pytest.mark.parametrize("name", OUTDATED)
def test_a_state_of_another_template_or_that_cannot_be_read_counts_as_none_until_it_is_refreshed(
    changed: Changed, name: str
) -> None:
    assert changed.before[name] == NEVER_LISTED
    assert changed.after[name] == ["bases", *LISTED]


def test_a_listing_that_fails_says_why_and_changes_nothing(
    listed: tuple[DynamicProject, str], tmp_path: Path
) -> None:
    project = listed[0].copy(tmp_path, *FAILING)
    for name, (answers, _) in FAILING.items():
        for base, answer in answers.items():
            project.apis[name].always(f"/bases/{base}/tables", answer)
    printed = failing(project.refresh).partition("Detailed error information:\n")[2]
    errors = {
        name: next(line for line in printed.splitlines() if f"DynamicRestApi[{name}]: " in line)
        for name in FAILING
    }
    assert {n: e for n, (_, e) in FAILING.items() if e not in errors[n]} == {}, errors
    assert project.list_assets() == {name: ["bases", *LISTED] for name in FAILING}


def test_an_api_whose_resources_were_never_listed_fails_by_name(tmp_path: Path, hub: Hub) -> None:
    project = DynamicProject.create(tmp_path, hub)
    project.declare("demo")
    assert project.list_assets() == {"demo": NEVER_LISTED}
    project.team.run(project.team.root, "dagster_dg_cli.cli", "check", "defs")
    error = "were not listed since they were declared, or changed"
    assert error in failing(project.command, "status")
    assert error in failing(project.materialize, "demo/bases", "demo/dynamic_resources")
    bases = ask_duckdb_file("SELECT count(*) FROM demo.bases", project.warehouse)
    assert bases.rows == [(2,)]


def test_check_and_try_read_the_declaration_as_it_is_written(
    tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    project = DynamicProject.create(tmp_path, hub)
    project.declare("demo")
    checking = ["check", "--project", str(project.team.root)]
    assert main(checking) == 0
    assert "nothing is wrong" in capsys.readouterr().out
    (project.folder("demo") / "schema.yaml").write_text("sales_orders: {required: []}\n")
    assert main(checking) == 0
    assert "bases" in project.command("try", "demo", "bases")
    project.edit("demo", "entries: tables", "entries: sheets")
    assert main(checking) == 1
    (problem,) = [
        line for line in capsys.readouterr().out.splitlines() if "is not a resource" in line
    ]
    assert "defs.yaml:18: " in problem
    assert "'sheets' is not a resource" in problem


def test_the_state_is_a_file_beside_the_definitions(tmp_path: Path, hub: Hub) -> None:
    project = DynamicProject.create(tmp_path, hub)
    project.declare("demo")
    project.refresh("--defs-state-key", "DynamicRestApi[demo]")
    (state,) = (project.team.defs / ".local_defs_state").rglob("state")
    keys = json.loads(state.read_text())["resources"]
    assert [resource["name"] for resource in keys] == LISTED
    assert [path.name for path in state.parent.iterdir()] == ["state"]


def test_what_was_listed_is_loaded_and_can_be_tried_and_has_a_status_and_a_schema(
    listed: tuple[DynamicProject, str], tmp_path: Path
) -> None:
    project = listed[0].copy(tmp_path, "demo")
    tried = project.command("try", "demo", "sales_orders")
    assert "sales_orders" in tried
    loaded, never_loaded = ("cafe_menu", "sales_orders"), "sales_order_lines"
    project.materialize(*(f"demo/{name}" for name in loaded))
    for name in loaded:
        rows = ask_duckdb_file(f"SELECT row_id FROM demo.{name} ORDER BY 1", project.warehouse).rows
        assert rows == [(n,) for n in range(5)]
    types = (
        "SELECT DISTINCT data_type FROM information_schema.columns "
        "WHERE table_name = 'sales_orders' AND column_name = 'row_id'"
    )
    assert ask_duckdb_file(types, project.warehouse).rows == [("DOUBLE",)]
    assert f"demo/{never_loaded} was never loaded" in project.command("status")
