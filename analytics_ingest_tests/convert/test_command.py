"""The command: what it reads and writes, when it refuses, and that Dagster loads what it writes."""

import io
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dagster.components.testing import create_defs_folder_sandbox
from jsonschema import Draft202012Validator

from analytics_ingest.cli import main
from analytics_ingest.components import RestApi
from analytics_ingest.declaration.models.api import Api
from analytics_ingest_tests.convert.writing import (
    CLIENT,
    DEFAULTS,
    DEFS,
    ORDERS,
    Desk,
    fenced,
    orders,
    shop,
)
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.sandbox import WARNINGS_OF_DAGSTER, specs

RICH = shop(
    ORDERS,
    '{"name": "lines", "endpoint": {"path": "/{team}/orders/{order_id}/lines", '
    '"data_selector": ["data", "my lines"], "params": {"a": None, "b": "yes", "c": "x: y"}, '
    '"paginator": {"type": "cursor", "cursor_path": "response[\'next\']", "cursor_param": "c"}, '
    '"error_handler": {"retry_on_status_codes": [429]}}, "incremental_sync": {"cursor_field": '
    '"at", '
    '"datetime_format": "%Y-%m-%d", "start_datetime": "2026-03-01", "step": "P1W"}}',
    '{"name": "search", "endpoint": {"path": "/search", "method": "POST", '
    '"json": {"query": "a\\nb", "list": [1, {"x": "#"}], "empty": {}}}}',
    prose="\n## Schema\n\n### Orders\n\n- `id`: string, primary key\n- `updated_at`: date-time\n",
)


def test_the_file_reads_like_one_that_is_shipped(desk: Desk) -> None:
    assert desk.new(RICH).text == (Path(__file__).parent / "expected.yaml").read_text()


@pytest.mark.filterwarnings(*WARNINGS_OF_DAGSTER)
@pytest.mark.parametrize("text", [RICH, orders(), shop('"Users-List"', defaults='"x": 1')])
def test_dagster_loads_the_folder_without_any_setting(desk: Desk, text: str) -> None:
    written = desk.new(text)
    with create_defs_folder_sandbox() as sandbox:
        folder = sandbox.scaffold_component(component_cls=RestApi, defs_path="shop")
        for path in written.folder.iterdir():
            (folder / path.name).write_text(path.read_text())
        with sandbox.load_component_and_build_defs(defs_path=folder) as (_, definitions):
            assert set(specs(definitions)) == {r["name"] for r in written.attributes["resources"]}


@pytest.mark.parametrize("text", [RICH, orders()])
def test_the_schema_by_which_dg_checks_finds_nothing(desk: Desk, text: str) -> None:
    validator = Draft202012Validator(Api.model_json_schema())
    assert list(validator.iter_errors(desk.new(text).attributes)) == []


def test_dg_accepts_an_api_that_was_added_to_the_project(checkout: Checkout) -> None:
    (checkout.root / "shop.md").write_text(RICH)
    written = checkout.run("analytics-ingest", "new", "shop", "--from", "shop.md")
    assert written.status == 0, written.output
    folder = checkout.folder("shop")
    assert sorted(path.name for path in folder.iterdir()) == ["defs.yaml", "schema.yaml"]
    checked = checkout.run("dg", "check", "defs")
    assert "All component YAML validated successfully." in checked.output
    assert "All definitions loaded successfully." in checked.output
    assert checked.status == 0


def test_the_report_is_three_short_lists(desk: Desk) -> None:
    assert desk.new(RICH).report == (
        "project/defs/shop/defs.yaml is written.\n"
        "schema.yaml beside it holds the fields of orders.\n"
        "\n"
        "As written in the document:\n"
        "  3 resources: orders, lines, search\n"
        "  client.base_url https://shop.test\n"
        "  auth bearer\n"
        "  paginators: cursor 1\n"
        "  error handlers: 429 1\n"
        "  cursors: at 1\n"
        "\n"
        "Assumed:\n"
        "  partitions are weekly, as long as the step of a cursor\n"
        "  orders, search: the document names cursors of others only, so it is loaded whole, "
        "without partitions\n"
        "  lines: {order_id} is each id of orders, whose name fits\n"
        "  lines: {team} is a setting: no other resource lists it\n"
        "\n"
        "To be set:\n"
        "  SOURCES__SHOP__API_TOKEN  the bearer token\n"
        "  SOURCES__SHOP__TEAM       takes the place of {settings.team} in requests of lines\n"
    )


def test_a_document_can_come_from_standard_input(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(orders()))
    assert main(["new", "shop", "--from", "-", "--defs", str(DEFS)]) == 0
    assert "# shop, from standard input.\n" in (DEFS / "shop" / "defs.yaml").read_text()


def test_a_folder_that_is_there_is_overwritten_by_force_alone(desk: Desk) -> None:
    first = desk.new(RICH)
    (first.folder / "notes.txt").write_text("mine")
    message = desk.refusal(orders())
    assert message == f"{first.folder} exists; choose another name, or overwrite it with --force"
    assert first.text == (Path(__file__).parent / "expected.yaml").read_text()
    again = desk.new(orders(), "--force")
    assert [resource["name"] for resource in again.attributes["resources"]] == ["orders"]
    assert sorted(path.name for path in again.folder.iterdir()) == ["defs.yaml", "notes.txt"]


def test_a_folder_that_cannot_be_written_is_reported(desk: Desk) -> None:
    (DEFS / "shop").write_text("a file")
    assert desk.refusal(orders(), "--force") == f"{DEFS / 'shop'} cannot be written: File exists"


def test_a_document_that_is_refused_leaves_what_is_there(desk: Desk) -> None:
    first = desk.new(orders())
    desk.refusal("nothing", "--force")
    assert first.resource("orders")


NOT_THERE = "rest_api_source({'client': {'base_url': 'https://a.test'}, 'resources': %s})"
REFUSED = [
    pytest.param(
        "",
        "shop.md: holds no configuration; give one rest_api_source({...}), or a dict with "
        "client and resources",
        id="empty",
    ),
    pytest.param(
        "# An API\n\nIt has orders.",
        "shop.md: holds no configuration; give one rest_api_source({...}), or a dict with "
        "client and resources",
        id="prose",
    ),
    pytest.param(
        "\n\nrest_api_source(config)",
        "shop.md, line 3: `config` holds the configuration and is not defined in the document; "
        "add it",
        id="a variable that is not there",
    ),
    pytest.param(
        fenced(NOT_THERE % "orders"),
        "shop.md, line 6: `orders` holds the resources and is not defined; add it",
        id="resources that are not there",
    ),
    pytest.param(
        fenced(NOT_THERE % "make(1)"),
        "shop.md, line 6: resources is make(…), which is not run; write the list",
        id="resources that code makes",
    ),
    pytest.param(
        fenced(NOT_THERE % "[]"),
        "shop.md, line 6: resources is empty; name at least one",
        id="no resources",
    ),
    pytest.param(
        fenced(NOT_THERE % "[...]"),
        "shop.md, line 6: resources is empty; name at least one",
        id="resources left out",
    ),
    pytest.param(
        fenced(NOT_THERE % "[make(1), make(2)]"),
        "the configuration holds no resources; a resource is left out: make(…) on line 6 is code, "
        "which is not run; write out at least one",
        id="resources that code makes, one by one",
    ),
    pytest.param(
        fenced("rest_api_source({'client': {},\n'resources': ['a' 3 4 'b': ;]})"),
        "shop.md, line 7: the configuration cannot be read: invalid syntax. Perhaps you forgot "
        "a comma?; correct it",
        id="no Python",
    ),
    pytest.param(
        fenced("rest_api_source({'client': {},\n'resources': ['a]})"),
        "shop.md, line 7: the configuration cannot be read: unterminated string literal; "
        "correct it",
        id="an open quote",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_document_that_cannot_be_turned_is_refused_in_one_sentence(
    desk: Desk, text: str, message: str
) -> None:
    assert desk.refusal(text) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My-Shop", "'My-Shop' cannot name an API: use a-z, 0-9 and single _, such as my_shop"),
        ("a__b", "'a__b' cannot name an API: use a-z, 0-9 and single _, such as a_b"),
        ("../shop", "'../shop' cannot name an API: use a-z, 0-9 and single _, such as shop"),
        ("", "'' cannot name an API: use a-z, 0-9 and single _"),
    ],
)
def test_an_api_needs_a_name_that_a_dataset_can_have(desk: Desk, name: str, message: str) -> None:
    assert desk.refusal(orders(), api=name) == message


def test_a_document_that_is_nested_without_end_is_refused(desk: Desk) -> None:
    depth = sys.getrecursionlimit() - 100
    nested = '{"a": ' * depth + "1" + "}" * depth
    text = f'{{"client": {{"base_url": "https://a.test", "x": {nested}}}, "resources": ["a"]}}'
    assert "nested too deeply" in desk.refusal(text, file="shop.json")


@pytest.mark.parametrize("depth", [300, 350, 400, 450])
def test_a_document_that_is_nested_deeply_is_turned_or_refused(desk: Desk, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    text = json.dumps({"name": "a", "endpoint": {"path": "a", "json": {"a": 0}}})
    text = text.replace("0", nested)
    text = f'{{"client": {{"base_url": "https://a.test"}}, "resources": [{text}]}}'
    status, _, problem = desk.run(text, "--force", file="shop.json", api="shop")
    assert problem == ("shop.json is nested too deeply to be read\n" if status else "")


@pytest.mark.parametrize("begin", ["7", "[1, 2]", "'ab'"])
def test_what_a_document_doubles_without_end_is_not_worked_out(desk: Desk, begin: str) -> None:
    step = "x = x * x" if begin == "7" else "x = x + x"
    code = "\n".join(
        [f"x = {begin}", *[step] * 60, *orders('"params": {"a": x}').splitlines()[5:-1]]
    )
    written = desk.new(fenced(code))
    assert "params" not in written.endpoint() or written.endpoint()["params"] == {}
    assert any("endpoint.params.a is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "shop.yaml",
            "a0: &a0 [0, 0]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
            + "client: {base_url: 'https://a.test'}\n"
            + "resources: [{name: a, endpoint: {json: *a39}}]",
        ),
        (
            "shop.py",
            "x = [0]\n" + "x = [x, x]\n" * 40 + "rest_api_source({'client': {'base_url': "
            "'https://a.test'}, 'resources': [{'name': 'a', 'endpoint': {'json': {'a': x}}}]})",
        ),
    ],
)
def test_a_document_that_holds_too_much_is_refused(desk: Desk, file: str, text: str) -> None:
    assert "holds more than 100000 values; leave out" in desk.refusal(text, file=file)


def test_a_file_that_cannot_be_read_is_reported(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("binary").write_bytes(b"\xff\xfe\x00")
    for file, message in (
        ("nowhere.md", "nowhere.md cannot be read: No such file or directory\n"),
        (".", ". cannot be read: Is a directory\n"),
        ("binary", "binary is not a text in UTF-8\n"),
    ):
        assert main(["new", "shop", "--from", file, "--defs", str(DEFS)]) == 1
        assert capsys.readouterr().err == message
    assert main(["new", "shop", "--from", "binary", "--defs", "nowhere"]) == 1
    assert capsys.readouterr().err == "nowhere is not a folder; name that of the declarations\n"


def test_nothing_of_a_document_is_run(desk: Desk) -> None:
    code = (
        "import pathlib\npathlib.Path('ran').touch()\n"
        f"config = {{{CLIENT}, {DEFAULTS}, 'resources': ['a', open('ran', 'w')]}}\n"
        "rest_api_source(config, x=__import__('os').system('touch ran'))"
    )
    desk.new(code, file="shop.py")
    assert not Path("ran").exists()


def slips() -> Iterator[str]:
    """A document with any one of its characters missing, or another in its place."""
    text, others = RICH, itertools.cycle(("", "{", '"'))
    for position, other in zip(range(0, len(text), 7), others, strict=False):
        yield text[:position] + other + text[position + 1 :]


def test_a_slip_anywhere_is_repaired_or_reported_and_never_a_crash(desk: Desk) -> None:
    outcomes: list[int] = []
    for text in slips():
        status, _, problem = desk.run(text, "--force", file="shop.md", api="shop")
        assert problem.count("\n") == status
        outcomes.append(status)
    assert outcomes.count(0) > len(outcomes) / 2


def test_json_of_any_shape_is_turned_or_refused(desk: Desk) -> None:
    whole = {"client": {"base_url": "https://a.test"}, "resources": [{"name": "a", "endpoint": {}}]}
    odd = (None, True, 0, -1.5, "", "x", "{x}", [], [[]], {}, {"a": {"b": []}})
    for key in ("client", "resources", "resource_defaults", "partitions", "paginator", "headers"):
        for value in odd:
            for holder in (
                {**whole, key: value},
                {**whole, "client": {**whole["client"], key: value}},
            ):
                text = json.dumps(holder)
                status, _, problem = desk.run(text, "--force", file="shop.json", api="shop")
                assert problem.count("\n") == status, text


def test_endpoints_of_any_shape_are_turned(desk: Desk) -> None:
    odd = (None, True, 0, -1.5, "", "x", "{x}", [], [[]], {}, {"a": {"b": []}}, [{"type": "x"}])
    keys = (
        *("path", "method", "params", "json", "data", "headers", "auth", "paginator"),
        *("data_selector", "error_handler", "incremental", "incremental_sync"),
        *("partition_router", "response_actions", "max_pages", "primary_key", "columns"),
        *("write_disposition", "table_name", "fields", "required", "include_from_parent"),
    )
    for key in keys:
        shapes = [shape for value in odd for shape in ({key: value}, {"endpoint": {key: value}})]
        resources = [{"name": f"a{number}", **shape} for number, shape in enumerate(shapes)]
        config = {"client": {"base_url": "https://a.test"}, "resources": resources}
        text = json.dumps(config)
        status, _, problem = desk.run(text, "--force", file="shop.json", api="shop")
        assert (status, problem) == (0, ""), text


def test_a_declaration_that_was_written_is_valid_yaml_whatever_it_holds(desk: Desk) -> None:
    odd = [
        "yes",
        "null",
        "1e3",
        "2026-01-01",
        "a: b",
        "# x",
        "- x",
        "'",
        '"',
        "\\",
        "é",
        "\t",
        "\n",
        "%",
        "@",
        "`",
        "*",
        "&",
        "!",
        "|",
        ">",
        "[",
        "{{",
        " ",
    ]
    params = {f"k{n}": value for n, value in enumerate(odd)} | dict.fromkeys(odd, "x")
    endpoint = {"path": "/a", "params": params, "headers": dict.fromkeys(odd[:6], "1")}
    config = {
        "client": {"base_url": "https://a.test"},
        "resources": [{"name": "a", "endpoint": endpoint}],
    }
    found = desk.new(json.dumps(config), file="shop.json").endpoint("a")
    assert found["params"] == params
    assert yaml.safe_load(yaml.safe_dump(found)) == found
