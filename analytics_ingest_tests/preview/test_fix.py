"""`try --fix` corrects a declaration by what the API answers, and guesses nothing.

Each case has a mistake in it. After the command, a load reads every row of the API.
"""

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import datetime, timezone
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from analytics_ingest.cli import main
from analytics_ingest.declaration.folder import read_folder
from analytics_ingest_tests.support.loads import API, read, resource
from analytics_ingest_tests.support.pages import UPDATED, by_offset, by_page, row, rows
from analytics_ingest_tests.support.previews import FOLDER, SCHEMA, run_try, write_declaration
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

SEVEN = rows(7)
IDS = [r["id"] for r in SEVEN]
BY_PAGE = {"type": "page_number", "limit": 3, "limit_param": "size", "base_page": 1}
OF_NOVEMBER = [row(number, f"2026-11-{number:02}T10:00:00Z") for number in range(1, 8)]


class Case(NamedTuple):
    """A mistake, and what corrects it."""

    script: Script
    endpoint: Mapping[str, Any]
    corrected: Mapping[str, Any]
    """Key → value that was declared for it."""
    own: Mapping[str, Any] = {}
    key: str = "id"


def without(name: str, **fields: str) -> list[dict[str, Any]]:
    """The rows with a field under another name, or without it."""
    return [{fields.get(k, k): v for k, v in r.items() if k != name or k in fields} for r in SEVEN]


def served(body: Any) -> Script:
    return lambda _: body


def links(asked: Asked) -> Any:
    page = int(asked.query.get("p", 0))
    more = {"next": f"?p={page + 1}"} if page < 2 else {"next": None}
    return {"data": SEVEN[page * 3 : page * 3 + 3], **more}


def capped(asked: Asked) -> Any:
    start = int(asked.query.get("offset", 0))
    return {"data": SEVEN[start : start + 2]}


def since(parse: Any) -> Script:
    """Rows in a window, whose bounds the API reads in one format only, or loses all rows."""

    def script(asked: Asked) -> Any:
        try:
            bounds = {n: parse(asked.query[n]) for n in ("from", "to") if n in asked.query}
        except ValueError:
            return {"data": []}
        first = bounds.get("from", datetime.min.replace(tzinfo=timezone.utc))
        last = bounds.get("to", datetime.max.replace(tzinfo=timezone.utc))
        moments = [
            (r, datetime.fromisoformat(r["updated_at"][:-1] + "+00:00")) for r in OF_NOVEMBER
        ]
        return {"data": [r for r, at in moments if first <= at < last]}

    return script


def a_day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc)


def never(text: str) -> datetime:
    raise ValueError(text)


FILTER = {"incremental": {"start_param": "from", "end_param": "to"}}

CASES = {
    "the rows are elsewhere": Case(
        served({"meta": {"page": 1}, "result": {"orders": SEVEN}}),
        {},
        {"endpoint.data_selector": "result.orders"},
    ),
    "the rows are the body": Case(served(SEVEN), {}, {"endpoint.data_selector": "$"}),
    "the selector stops above the rows": Case(
        served({"data": {"items": SEVEN, "count": 7}}), {}, {"endpoint.data_selector": "data.items"}
    ),
    "the place has a name that is not a path": Case(
        served({"my-data": SEVEN}), {}, {"endpoint.data_selector": ["my-data"]}
    ),
    "the key has another name": Case(
        served({"data": without("", id="item_id")}), {}, {"primary_key": "item_id"}, key="item_id"
    ),
    "the key is not unique": Case(
        served({"data": SEVEN}), {}, {"primary_key": "id"}, own={"primary_key": "updated_at"}
    ),
    "the cursor has another name": Case(
        served({"data": without("", updated_at="modifiedAt")}),
        {},
        {"endpoint.incremental.cursor_path": "modifiedAt"},
    ),
    "the cursor has another name and format": Case(
        served({"data": [{"id": i, "changed": 1767607200 + i} for i in IDS]}),
        {},
        {
            "endpoint.incremental.cursor_path": "changed",
            "endpoint.incremental.cursor_format": "epoch_s",
        },
    ),
    "rows have no moment of an update": Case(
        served({"data": without("", updated_at="created_at")}), {}, {"endpoint.incremental": None}
    ),
    "the cursor has another format": Case(
        served({"data": [row(i, 1767607200000) for i in IDS]}),
        {},
        {"endpoint.incremental.cursor_format": "epoch_ms"},
    ),
    "the unit is wrong": Case(
        served({"data": [row(i, 1767607200) for i in IDS]}),
        {"incremental": {"cursor_format": "epoch_ms"}},
        {"endpoint.incremental.cursor_format": "epoch_s"},
    ),
    "the selector and the cursor are wrong": Case(
        served({"rows": without("", updated_at="last_modified")}),
        {},
        {
            "endpoint.data_selector": "rows",
            "endpoint.incremental.cursor_path": "last_modified",
        },
    ),
    "pages are counted from 0": Case(
        by_page(SEVEN, 3, first=0), {"paginator": BY_PAGE}, {"endpoint.paginator.base_page": 0}
    ),
    "pages are counted from 1, and 0 is the first": Case(
        lambda asked: by_page(SEVEN, 3)(
            asked
            if asked.query["page"] != "0"
            else Asked(**{**vars(asked), "query": {"page": "1"}})
        ),
        {"paginator": {**BY_PAGE, "base_page": 0}},
        {"endpoint.paginator.base_page": 1},
    ),
    "pages are counted from 0, and the declaration is of a document": Case(
        by_page(SEVEN, 3, first=0),
        {"paginator": {"type": "page_number", "start_from_page": 1}},
        {"endpoint.paginator.start_from_page": 0},
    ),
    "the offset begins at 0": Case(
        by_offset(SEVEN),
        {"paginator": {"type": "offset", "limit": 3, "offset": 1}},
        {"endpoint.paginator.offset": 0},
    ),
    "pages are shorter than requested": Case(
        capped, {"paginator": {"type": "offset", "limit": 5}}, {"endpoint.paginator.limit": 2}
    ),
    "a link leads to the next page": Case(
        links,
        {},
        {"endpoint.paginator": {"type": "json_link", "next_url_path": "next"}},
    ),
    "the window is read in another format": Case(
        since(a_day), FILTER, {"endpoint.incremental.param_format": "%Y-%m-%d"}
    ),
    "the window is not understood at all": Case(
        since(never),
        FILTER,
        {
            "endpoint.incremental.param_format": "%Y-%m-%d",
            "endpoint.incremental.start_param": None,
            "endpoint.incremental.end_param": None,
        },
    ),
}


def corrections(text: str) -> dict[str, Any]:
    """Key → value, of all corrections in the output of `--json`."""
    (only,) = json.loads(text)["resources"]
    return {c["key"]: c["value"] for c in only["corrected"]}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_corrected_and_every_row_is_loaded(api: ScriptedApi, name: str) -> None:
    case = CASES[name]
    api.on("/items", case.script)
    write_declaration(resource(own=case.own, **case.endpoint))
    run = run_try("--fix", "--json")
    assert corrections(run.text) == case.corrected
    assert len(api.asked) <= 5
    assert run.status != 1, run.text
    ids = [r.get(case.key) for r in read(read_folder(FOLDER))]
    assert sorted(ids) == IDS
    again = run_try("--fix", "--json")
    assert corrections(again.text) == {}


UNCLEAR = {
    "two lists of objects": {"a": SEVEN, "b": SEVEN},
    "two moments of an update": {
        "data": [
            {**r, "modified_at": UPDATED, "changed_at": UPDATED} for r in without("updated_at")
        ]
    },
    "a day that may be a month": {"data": [row(i, "05/06/2026") for i in IDS]},
    "the key of something else": {"data": [{"customer_id": i, "updated_at": UPDATED} for i in IDS]},
    "an error in place of rows": {"error": "canary"},
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_the_answer_leaves_open_is_not_corrected(api: ScriptedApi, name: str) -> None:
    api.always("/items", UNCLEAR[name])
    write_declaration(resource())
    before = (FOLDER / "defs.yaml").read_text()
    run = run_try("--fix")
    assert run.status == 1
    assert run.wrong
    assert "Corrected" not in run.text
    assert "canary" not in run.text
    assert (FOLDER / "defs.yaml").read_text() == before


@pytest.mark.parametrize("path", ["meta.next", "meta['next']", "@page.next"])
def test_a_cursor_that_is_null_where_it_is_declared_is_not_read_elsewhere(
    api: ScriptedApi, path: str
) -> None:
    ended = {"meta": {"next": None}, "@page.next": None}
    api.always("/items", {"data": SEVEN, **ended, "stats": {"next_token": "abc"}})
    paginator = {"type": "cursor", "cursor_path": path, "cursor_param": "after"}
    write_declaration(resource(paginator=paginator))
    assert corrections(run_try("--fix", "--json").text) == {}


def test_an_api_that_refuses_the_key_proves_nothing(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 401))
    write_declaration(resource())
    run = run_try("--fix")
    assert run.status == 1
    assert "items: got no response, so nothing about it is proven" in run.text


def test_comments_stay_and_what_all_resources_share_is_corrected_once(api: ScriptedApi) -> None:
    for name in ("orders", "items"):
        api.always(f"/{name}", {"rows": SEVEN})
    FOLDER.mkdir(parents=True)
    defs = FOLDER / "defs.yaml"
    text = """\
type: analytics_ingest.components.RestApi

attributes:
  client: {base_url: "https://api.example.com"}  # of the manual
  resource_defaults:
    primary_key: id
    endpoint:
      data_selector: data  # a guess
      paginator: single_page
  resources:
    - orders
    - name: items  # not the items of an order
      endpoint: /items
"""
    defs.write_text(text)
    assert run_try("--fix").status == 3
    assert defs.read_text() == text.replace("data  # a guess", "rows  # a guess")


def test_the_object_of_json_is_alone_where_a_schema_is_written(
    api: ScriptedApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.always("/items", {"data": SEVEN})
    write_declaration(resource())
    assert json.loads(run_try("--json", "--write-schema").text)["api"] == API
    assert "wrote" in capsys.readouterr().err


def test_declared_fields_are_corrected_where_they_are_declared(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(i, name=None, size="7 cm") for i in IDS]})
    write_declaration(resource())
    schema = """\
items:
  required: [id, updated_at, name]
  fields:
    id: integer
    updated_at: timestamp
    name: string?
    size: {type: number?, description: The size}  # of the manual
"""
    SCHEMA.write_text(schema)
    assert run_try("--fix").status == 3
    corrected = schema.replace(", name]", "]").replace("type: number?", "type: string?")
    assert SCHEMA.read_text() == corrected


def test_children_are_requested_by_rows_of_a_corrected_parent(api: ScriptedApi) -> None:
    api.always("/parents", {"list": [{"id": 1, "updated_at": UPDATED}]})
    api.always("/parents/1/items", {"children": SEVEN})
    child = resource(path="/parents/{resources.parents.id}/items")
    write_declaration(resource("parents"), child)
    run = run_try("--fix")
    assert run.status == 3, run.text
    assert [r["id"] for r in read(read_folder(FOLDER), "items")] == IDS


def test_airbytes_form_is_not_corrected(api: ScriptedApi) -> None:
    api.always("/items", {"data": without("", updated_at="modified")})
    sync = {"cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ"}
    write_declaration(resource(own={"incremental_sync": sync}))
    before = (FOLDER / "defs.yaml").read_text()
    run = run_try("--fix")
    assert "these fields look like timestamps: modified" in run.text
    assert (FOLDER / "defs.yaml").read_text() == before
    assert run.status == 1


def test_new_proves_what_it_has_written(api: ScriptedApi, project: Path) -> None:
    api.always("/items", {"rows": SEVEN})
    document = {
        "client": {"base_url": "https://api.example.com"},
        "resources": [resource(own={"endpoint": {"path": "/items", "data_selector": "data"}})],
    }
    (project / "api.json").write_text(json.dumps(document))
    FOLDER.parent.mkdir()
    with redirect_stdout(StringIO()) as output:
        status = main(["new", API, "--from", "api.json", "--prove", "--defs", str(FOLDER.parent)])
    assert "items: endpoint.data_selector: rows (" in output.getvalue()
    assert status == 3
    assert [r["id"] for r in read(read_folder(FOLDER))] == IDS


def test_what_looks_wrong_stays_so_when_another_resource_is_corrected(api: ScriptedApi) -> None:
    api.on("/items", lambda a: {"data": OF_NOVEMBER if a.query["from"] < "2000" else []})
    api.always("/others", {"rows": SEVEN})
    sent = {"from": "{incremental.start_value}"}
    write_declaration(resource(params=sent), resource("others"))
    run = run_try("--fix")
    assert "others: endpoint.data_selector: rows (" in run.text
    assert "leaves it out for the day" in "".join(run.wrong)
    assert run.status == 1
