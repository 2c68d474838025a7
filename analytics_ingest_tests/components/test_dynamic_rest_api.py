"""An API that names its tables itself: what is listed becomes assets, when it is refreshed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest_tests.support.own_project import OwnProject
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask_duckdb_file

DECLARATION = """type: analytics_ingest.DynamicRestApi
attributes:
  client: {base_url: https://api.example.com}
  resource_defaults: {endpoint: {incremental: null}}
  resources:
    - name: bases
      primary_key: id
      endpoint: {path: /bases, data_selector: bases, paginator: single_page}
    - name: tables
      selected: false
      primary_key: id
      include_from_parent: [name]
      endpoint:
        path: /bases/{resources.bases.id}/tables
        data_selector: tables
        paginator: single_page
  dynamic_resources:
    - entries: tables
      template:
        name: "{{ entry._bases_name }}_{{ entry.name }}"
        description: "Table {{ entry.name }}."
        primary_key: "{{ entry.key }}"
        endpoint:
          path: /rows/{{ entry.id }}
          data_selector: rows
          paginator: {type: offset, limit: 2, total_path: null}
"""
REFRESH = ("dagster_dg_cli.cli", "utils", "refresh-defs-state")


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: ScriptedApi) -> OwnProject:
    """A project with one API of two bases."""
    monkeypatch.delenv("DLT_PROJECT_DIR")
    team = OwnProject.create(tmp_path)
    (team.defs / "demo").mkdir()
    (team.defs / "demo" / "defs.yaml").write_text(DECLARATION)
    secrets = team.root / ".dlt" / "secrets.toml"
    secrets.write_text(f"[sources.demo]\nbase_url = '{api.url}'\n")
    api.always("/bases", {"bases": [{"id": "b1", "name": "Sales"}, {"id": "b2", "name": "Café"}]})
    serve_tables(api, b1=["Orders", "Order lines"], b2=["Menü"])
    return team


def serve_tables(api: ScriptedApi, **tables: list[str]) -> None:
    for base, names in tables.items():
        listed = [{"id": f"{base}/{n}", "name": n, "key": "rowId"} for n in names]
        api.always(f"/bases/{base}/tables", {"tables": listed})

    def serve_rows(asked: Asked) -> Any:
        rows = [{"rowId": n, "of": asked.path} for n in range(5)]
        offset = int(asked.query["offset"])
        return {"rows": rows[offset : offset + 2]}

    for base, names in tables.items():
        for name in names:
            api.on(f"/rows/{base}%2F{name}".replace(" ", "%20").replace("ü", "%C3%BC"), serve_rows)


def list_assets(team: OwnProject) -> list[str]:
    listed = team.run(team.root, "dagster", "asset", "list", "-m", "shop.definitions")
    return sorted(line.partition("/")[2] for line in listed.splitlines() if line[:5] == "demo/")


def materialize(team: OwnProject, *names: str) -> str:
    selection = " or ".join(f'key:"demo/{name}"' for name in names)
    loading = ("dagster", "asset", "materialize", "-m", "shop.definitions")
    return team.run(team.root, *loading, "--select", selection)


LISTED = ["cafe_menu", "sales_order_lines", "sales_orders"]


def test_what_the_api_lists_becomes_assets_and_tables(team: OwnProject, api: ScriptedApi) -> None:
    team.run(team.root, *REFRESH)
    requests = len(api.asked)
    assert list_assets(team) == ["bases", *LISTED]
    assert len(api.asked) == requests
    materialize(team, *LISTED)
    warehouse = team.root / "data" / "warehouse.duckdb"
    for name in LISTED:
        rows = ask_duckdb_file(f"SELECT row_id FROM demo.{name} ORDER BY 1", warehouse).rows
        assert rows == [(n,) for n in range(5)]


def test_what_is_listed_changes_only_when_it_is_refreshed(
    team: OwnProject, api: ScriptedApi
) -> None:
    team.run(team.root, *REFRESH)
    serve_tables(api, b1=["Orders", "Invoices"], b2=["Menü"])
    assert list_assets(team) == ["bases", *LISTED]
    printed = team.run(team.root, *REFRESH)
    assert "demo: new: sales_invoices" in printed
    assert "demo: gone, tables stay: sales_order_lines" in printed
    assert list_assets(team) == ["bases", "cafe_menu", "sales_invoices", "sales_orders"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Reply({}, 403), "403"),
        ({"other": [{"id": 1}]}, "data_selector 'tables' matches nothing"),
        ({"tables": [{"id": 1, "name": "a"}]}, "'{{ entry.key }}' gives nothing, in entry "),
        (
            {"tables": [{"id": 1, "name": "a", "key": "k"}, {"id": 2, "name": "A", "key": "k"}]},
            "demo.cafe_a: name: two entries of tables have this name",
        ),
    ],
    ids=["refused", "other", "incomplete", "twice"],
)
def test_a_listing_that_fails_changes_nothing(
    team: OwnProject, api: ScriptedApi, answer: Any, message: str
) -> None:
    team.run(team.root, *REFRESH)
    api.always("/bases/b2/tables", answer)
    with pytest.raises(AssertionError, match=re.escape(message)):
        team.run(team.root, *REFRESH)
    assert list_assets(team) == ["bases", *LISTED]


def test_a_listing_without_entries_is_refused_unless_that_is_allowed(
    team: OwnProject, api: ScriptedApi
) -> None:
    team.run(team.root, *REFRESH)
    serve_tables(api, b1=[], b2=[])
    with pytest.raises(AssertionError, match="the listing has no entry"):
        team.run(team.root, *REFRESH)
    assert list_assets(team) == ["bases", *LISTED]
    path = team.defs / "demo" / "defs.yaml"
    path.write_text(
        DECLARATION.replace("entries: tables", "entries: tables\n      allow_empty: true")
    )
    team.run(team.root, *REFRESH)
    assert list_assets(team) == ["bases"]


def test_an_api_whose_resources_were_never_listed_fails_by_name(team: OwnProject) -> None:
    assert list_assets(team) == ["bases", "dynamic_resources"]
    team.run(team.root, "dagster_dg_cli.cli", "check", "defs")
    with pytest.raises(AssertionError, match="were not listed since they were declared"):
        team.run(team.root, "analytics_ingest.cli", "status")
    with pytest.raises(AssertionError, match="were not listed since they were declared"):
        materialize(team, "bases", "dynamic_resources")
    warehouse = team.root / "data" / "warehouse.duckdb"
    assert ask_duckdb_file("SELECT count(*) FROM demo.bases", warehouse).rows == [(2,)]


def test_check_and_try_read_the_declaration_as_it_is_written(team: OwnProject) -> None:
    assert "nothing is wrong" in team.run(team.root, "analytics_ingest.cli", "check")
    assert "bases" in team.run(team.root, "analytics_ingest.cli", "try", "demo", "bases")
    path = team.defs / "demo" / "defs.yaml"
    path.write_text(DECLARATION.replace("entries: tables", "entries: sheets"))
    with pytest.raises(AssertionError, match=r"defs.yaml:18: .*'sheets' is not a resource"):
        team.run(team.root, "analytics_ingest.cli", "check")


def test_the_state_is_a_file_beside_the_definitions(team: OwnProject) -> None:
    team.run(team.root, *REFRESH, "--defs-state-key", "DynamicRestApi[demo]")
    (state,) = (team.defs / ".local_defs_state").rglob("state")
    listed = json.loads(state.read_text())["resources"]
    assert [keys["name"] for keys in listed] == LISTED
    assert [path.name for path in state.parent.iterdir()] == ["state"]


def test_a_template_that_changed_fails_until_it_is_refreshed(team: OwnProject) -> None:
    team.run(team.root, *REFRESH)
    path = team.defs / "demo" / "defs.yaml"
    path.write_text(DECLARATION.replace("limit: 2", "limit: 3"))
    assert list_assets(team) == ["bases", "dynamic_resources"]
    with pytest.raises(
        AssertionError, match="were not listed since they were declared, or changed"
    ):
        materialize(team, "dynamic_resources")
    team.run(team.root, *REFRESH)
    assert list_assets(team) == ["bases", *LISTED]


def test_what_was_listed_can_be_tried_and_has_a_status_and_a_schema(
    team: OwnProject, api: ScriptedApi
) -> None:
    schema = team.defs / "demo" / "schema.yaml"
    schema.write_text("sales_orders: {fields: {rowId: number, of: string}}\n")
    assert "nothing is wrong" in team.run(team.root, "analytics_ingest.cli", "check")
    team.run(team.root, *REFRESH)
    tried = team.run(team.root, "analytics_ingest.cli", "try", "demo", "sales_orders")
    assert "sales_orders" in tried
    materialize(team, "sales_orders")
    warehouse = team.root / "data" / "warehouse.duckdb"
    types = "SELECT DISTINCT data_type FROM information_schema.columns WHERE column_name = 'row_id'"
    assert ask_duckdb_file(types, warehouse).rows == [("DOUBLE",)]
    status = team.run(team.root, "analytics_ingest.cli", "status")
    assert "demo/cafe_menu, demo/sales_order_lines was never loaded" in status


def test_a_state_that_cannot_be_read_counts_as_none(team: OwnProject) -> None:
    team.run(team.root, *REFRESH)
    (state,) = (team.defs / ".local_defs_state").rglob("state")
    for text in (state.read_text()[:100], '{"version": 9}', "[]"):
        state.write_text(text)
        assert list_assets(team) == ["bases", "dynamic_resources"]
    team.run(team.root, *REFRESH)
    assert list_assets(team) == ["bases", *LISTED]


def test_apis_that_are_refreshed_at_once_read_the_settings_of_the_project(
    team: OwnProject, api: ScriptedApi
) -> None:
    secrets = team.root / ".dlt" / "secrets.toml"
    for n in range(6):
        (team.defs / f"api{n}").mkdir()
        (team.defs / f"api{n}" / "defs.yaml").write_text(DECLARATION)
        secrets.write_text(f"{secrets.read_text()}[sources.api{n}]\nbase_url = '{api.url}'\n")
    assert "All 7 components refreshed" in team.run(team.package, *REFRESH)


def test_a_resource_that_stands_for_another_entry_is_named(
    team: OwnProject, api: ScriptedApi
) -> None:
    team.run(team.root, *REFRESH)
    listed = [{"id": "b2/other", "name": "Menü", "key": "rowId"}]
    api.always("/bases/b2/tables", {"tables": listed})
    (team.defs / "demo" / "schema.yaml").write_text("menu: {required: []}\n")
    printed = team.run(team.root, *REFRESH)
    assert "demo: changed, its rows of before stay: cafe_menu" in printed
    assert "demo: schema.yaml has no resource menu" in printed
