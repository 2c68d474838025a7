"""How a user begins: the component in the list, and a new folder to start from."""

import pytest
from dagster.components.testing import create_defs_folder_sandbox

from analytics_ingest.cli import main
from analytics_ingest.components import RestApi
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.paging import TOKEN, paged
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.sandbox import WARNINGS_OF_DAGSTER
from analytics_ingest_tests.support.scripted_api import serving
from analytics_ingest_tests.support.yaml_text import read_yaml

COMPONENT = "analytics_ingest.components.RestApi"
DYNAMIC = "analytics_ingest.components.DynamicRestApi"

pytestmark = pytest.mark.filterwarnings(*WARNINGS_OF_DAGSTER)


def test_dg_lists_the_component_with_what_it_does(checkout: Checkout) -> None:
    listed = checkout.run("dg", "list", "components")
    (line,) = [line for line in listed.output.splitlines() if COMPONENT in line]
    assert "A REST API, loaded by dlt: every resource becomes a partitioned, checked asset." in line


def test_dg_shows_the_components_documentation() -> None:
    description = RestApi.get_spec().description or ""
    for word in ("client", "resource_defaults", "resources", "partitions", "sources.<name>"):
        assert word in description


def test_dg_scaffolds_commented_declarations_that_are_valid_without_any_setting(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    text = scaffold(checkout, COMPONENT, "my_api")
    assert "sources.my_api.api_token" in text
    assert "<api>" not in text
    assert text.count("#") >= 10
    assert read_yaml(text)["type"] == COMPONENT
    dynamic = read_yaml(scaffold(checkout, DYNAMIC, "my_tables"))
    assert dynamic["type"] == DYNAMIC
    assert dynamic["attributes"]["dynamic_resources"][0]["entries"] == "items"
    folders = (str(checkout.folder(api)) for api in ("my_api", "my_tables"))
    # Of the declarations with one component, it checks the last that it finds.
    checked = checkout.run("dg", "check", "yaml", *folders)
    assert "All component YAML validated successfully." in checked.output
    assert checked.status == 0
    checked = checkout.run("dg", "check", "defs")
    assert "All definitions loaded successfully." in checked.output
    assert checked.status == 0
    assert main(["check", "my_api", "my_tables", "--project", str(checkout.root)]) == 0
    assert capsys.readouterr().out == "Checked 2 declarations: nothing is wrong.\n"


@pytest.mark.usefixtures("project")
def test_a_scaffolded_declaration_loads_every_page_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = [{"id": str(n), "name": None, "updated_at": "2026-03-01T00:00:00Z"} for n in range(101)]
    comments = [{"id": "one", "updated_at": "2026-03-02T00:00:00Z"}]
    with create_defs_folder_sandbox() as sandbox:
        folder = sandbox.scaffold_component(component_cls=RestApi, defs_path="my_api")
        with sandbox.load_component_and_build_defs(defs_path=folder) as (component, _):
            assert isinstance(component, RestApi)
            declaration = component.declaration
    with serving() as hub:
        api = hub.new_api()
        # Most APIs count their pages from 1.
        api.on("/items", paged(items, first=1))
        for item in items:
            api.on(f"/items/{item['id']}/comments", paged(comments, first=1))
        monkeypatch.setenv("SOURCES__MY_API__BASE_URL", api.url)
        monkeypatch.setenv("SOURCES__MY_API__API_TOKEN", TOKEN)
        load(declaration)
    assert {row["id"] for row in table("my_api.items")} == {item["id"] for item in items}
    assert [row["id"] for row in table("my_api.item_comments")] == ["one"]


def scaffold(checkout: Checkout, component: str, api: str) -> str:
    """Let dg write the folder of a new API; the text of its only file."""
    assert checkout.run("dg", "scaffold", "defs", component, api).status == 0
    folder = checkout.folder(api)
    assert [path.name for path in folder.iterdir()] == ["defs.yaml"]
    return (folder / "defs.yaml").read_text()
