"""What Dagster's checks say to a project without settings, and to mistakes in a declaration."""

from analytics_ingest_tests.components.checkout import Checkout

CYCLE = """
  client: {base_url: https://shop.test}
  resource_defaults: {primary_key: id}
  resources:
    - {name: a, endpoint: '/a/{resources.b.id}'}
    - {name: b, endpoint: '/b/{resources.a.id}'}
"""


def test_dagster_finds_the_project_valid_without_settings_and_warns_of_nothing(
    checkout: Checkout,
) -> None:
    validated = checkout.run("dagster", "definitions", "validate")
    assert "All code locations passed validation." in validated.output
    assert validated.status == 0
    assert "WARNING" not in validated.output


def test_dg_check_yaml_names_file_line_and_key_however_deep(checkout: Checkout) -> None:
    edits = {
        "resources.0.endpoint.paginator.type": checkout.edit(
            "project_tracking", "type: single_page", "type: [single_page]"
        ),
        "resources.23.endpoint.paginator.cursor_pth": checkout.edit(
            "project_tracking", "cursor_path: response.next", "cursor_pth: response.next"
        ),
    }
    folder = checkout.folder("project_tracking")
    checked = checkout.run("dg", "check", "yaml", str(folder))
    assert checked.status == 1
    for key, line in edits.items():
        place = f"{folder / 'defs.yaml'}:{line} - analytics_ingest.components.RestApi"
        assert f"{place} attributes.{key} " in checked.output
    assert "['single_page'] is not of type 'string'" in checked.output
    assert "'cursor_pth' was unexpected" in checked.output


def test_dg_check_defs_reports_what_only_loading_can_see(checkout: Checkout) -> None:
    checkout.declare("shop", CYCLE)
    checked = checkout.run("dg", "check", "defs")
    assert checked.status == 1
    assert "shop.a: endpoint.params: parents form a cycle: a → b → a; break it" in checked.output
