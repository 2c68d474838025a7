"""What Dagster's checks say to a project without settings, and to mistakes in a declaration."""

from analytics_ingest_tests.support.checkout import Checkout

CYCLE = """
  client: {base_url: https://shop.test}
  resource_defaults: {primary_key: id}
  resources:
    - {name: a, endpoint: '/a/{resources.b.id}'}
    - {name: b, endpoint: '/b/{resources.a.id}'}
"""


AS_A_DOCUMENT = """
  client:
    base_url: "https://{subdomain}.shop.test/{{ config['version'] }}"
    auth: {type: oauth2, token_url: /token, refresh_token: "{{ config['refresh_token'] }}"}
    paginator: {type: cursor, cursor_value: '{{ response.next }}', stop_condition: response.over}
  resource_defaults: {primary_key: id}
  resources:
    - name: repos
      endpoint: {path: /repos, http_method: GET, data_selector: [data, '*']}
      partition_router:
        type: list
        values: [a, b]
        cursor_field: org
    - name: issues
      endpoint:
        path: "/repos/{{ stream_partition.repo }}/issues"
        incremental_sync:
          cursor_field: updated_at
          start_time_option: {field_name: since, inject_into: request_parameter}
        partition_router:
          - type: substream
            parent_stream: repos
            partition_field: repo
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
    checked = checkout.run("dg", "check", "defs", "--no-check-yaml")
    assert "Extra inputs are not permitted; did you mean cursor_path?" in checked.output


def test_a_declaration_in_the_form_of_a_document_is_accepted(checkout: Checkout) -> None:
    path = checkout.declare("shop", AS_A_DOCUMENT)
    assert checkout.run("dg", "check", "yaml", str(path.parent)).status == 0
    assert checkout.run("dg", "check", "defs", "--no-check-yaml").status == 0


def test_a_mistake_in_a_key_of_documents_is_named_by_its_line_too(checkout: Checkout) -> None:
    path = checkout.declare("shop", AS_A_DOCUMENT)
    edits = {
        "resources.0.partition_router.valeus": checkout.edit("shop", "values: [a", "valeus: [a"),
        "resources.1.endpoint.partition_router.0.parent": checkout.edit(
            "shop", "parent_stream: repos", "parent: repos"
        ),
        "resources.1.endpoint.incremental_sync.start_time_option.field": checkout.edit(
            "shop", "{field_name: since", "{field: since"
        ),
    }
    checked = checkout.run("dg", "check", "yaml", str(path.parent))
    assert checked.status == 1
    for key, line in edits.items():
        assert f"{path}:{line} - analytics_ingest.components.RestApi" in checked.output
        assert f"attributes.{key} " in checked.output


def test_dg_check_defs_reports_what_only_loading_can_see(checkout: Checkout) -> None:
    checkout.declare("shop", CYCLE)
    checked = checkout.run("dg", "check", "defs")
    assert checked.status == 1
    assert "shop.a: endpoint.params: parents form a cycle: a → b → a; break it" in checked.output
