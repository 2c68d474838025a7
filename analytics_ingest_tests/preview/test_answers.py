"""What `try` shows of an API that answers as declared."""

from pathlib import Path
from typing import Any

import pytest

from analytics_ingest_tests.support.field_chunks import ALL, ROWS, by_fields, chunked
from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.previews import run_try, try_, write_declaration
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

KEY = "canary-key-1"

TOTAL = {"type": "offset", "limit": 3}


@pytest.mark.parametrize(
    ("paginator", "script", "step"),
    [
        pytest.param({"type": "offset", "limit": 2}, by_offset(rows(5)), "offset 2 (2 rows)"),
        pytest.param(
            {"type": "page_number", "limit": 2, "start_from_page": 1},
            by_page(rows(3), 2),
            "page 2 (1 rows)",
        ),
        pytest.param(
            {"type": "offset", "limit": 10}, by_offset(rows(2)), "offset 2 (no rows: the end)"
        ),
        pytest.param(TOTAL, by_offset(rows(2), total=2), "ends here"),
        pytest.param("single_page", by_offset(rows(2)), "ends here"),
    ],
    ids=["offset", "page", "a short page", "a total", "a single page"],
)
def test_the_table_shows_how_the_listing_goes_on(
    api: ScriptedApi, paginator: Any, script: Any, step: str
) -> None:
    api.on("/items", script)
    run = try_(resource(paginator=paginator))
    requests = str(len(api.asked))
    assert run.cells("items") == ["items", "200", "2", requests, "2026-01-05 10:00:00Z", step]
    # Where pages are declared to begin at 1, the page 0 is looked at too.
    assert int(requests) <= 2 + ("page" in step)
    assert run.status == 0
    assert "Nothing looks wrong" in run.text


def test_a_cursor_is_shown_by_its_beginning(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": rows(2), "next": "abcdefcanary"}, {"data": [row(3)]}])
    run = try_(resource(paginator={"type": "cursor", "cursor_path": "next"}))
    assert run.cells("items")[-1] == "cursor abcdef… (1 rows)"
    assert "canary" not in run.text


def test_a_link_is_shown_without_its_query(api: ScriptedApi) -> None:
    body = {"data": rows(2), "next": f"{api.url}/items/more?key=canary"}
    api.in_turn("/items", [body])
    api.always("/items/more", {"data": [row(3)]})
    run = try_(resource(paginator={"type": "json_link", "next_url_path": "next"}))
    base = api.url.rpartition("/")[2]
    assert run.cells("items")[-1] == f"link to /{base}/items/more (1 rows)"
    assert "canary" not in run.text


def test_fields_are_shown_with_their_types_and_without_values(api: ScriptedApi) -> None:
    full = row(
        1,
        name="canary",
        price=1.5,
        ok=True,
        day="2026-01-05",
        tags=["canary"],
        owner={"name": "canary"},
        lists=[],
        mixed=1,
        both=1,
        none=None,
    )
    api.always("/items", {"data": [full, row(2, name=None, mixed="canary", both=0.5, none=None)]})
    run = try_(resource())
    assert (
        "items: id integer, updated_at timestamp, name string?, price number?, ok boolean?, "
        "day date?, tags array<string>?, owner object?, lists array?, mixed string, both number, "
        "none null"
    ) in run.words
    assert "canary" not in run.text


def test_children_are_asked_for_by_rows_of_the_parents_first_page(api: ScriptedApi) -> None:
    api.on("/parents", by_offset(rows(50)))
    api.always("/parents/1/items", {"data": []})
    api.always("/parents/3/items", {"data": [row(30)]})
    paginator = {"type": "offset", "limit": 10}
    child = resource(path="/parents/{resources.parents.id}/items")
    run = try_(resource("parents", paginator=paginator), child)
    assert api.paths == ["/parents", "/parents", *(f"/parents/{n}/items" for n in (1, 2, 3))]
    assert run.cells("items")[1:4] == ["200", "1", "3"]
    assert run.status == 0


def test_children_of_a_parent_without_rows_are_not_asked_for(api: ScriptedApi) -> None:
    api.always("/parents", {"data": []})
    child = resource(path="/parents/{resources.parents.id}/items")
    run = try_(resource("parents"), child)
    assert "items: was not requested" in run.text
    assert run.status == 0


def test_named_resources_alone_are_previewed_with_their_parents(api: ScriptedApi) -> None:
    for name in ("parents", "others"):
        api.always(f"/{name}", {"data": rows(1)})
    api.always("/parents/1/items", {"data": rows(1)})
    child = resource(path="/parents/{resources.parents.id}/items")
    write_declaration(resource("parents"), child, resource("others"))
    assert run_try("items").status == 0
    assert api.paths == ["/parents", "/parents/1/items"]


def test_nothing_is_loaded_and_no_file_written(api: ScriptedApi, project: Path) -> None:
    api.always("/items", {"data": rows(2)})
    try_(resource())
    files = {path.relative_to(project) for path in project.rglob("*") if path.is_file()}
    locks = {file for file in files if file.is_relative_to("data/locks")}
    assert files - locks == {Path("defs/demo/defs.yaml")}


def test_the_key_is_sent_and_never_shown(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", KEY)
    body = {KEY: 1, "next": f"/{KEY}", "data": [row(1, **{KEY: 1})]}
    api.always("/items", Reply(body))
    auth = {"type": "api_key", "name": "X-Key", "location": "header"}
    run = try_(resource(), client={"auth": auth})
    assert api.asked[0].headers["x-key"] == KEY
    assert KEY not in run.text


def test_a_filter_that_works_costs_two_requests(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2)})
    run = try_(resource(incremental={"start_param": "since", "end_param": "until"}))
    assert run.status == 0
    day, minutes = "2026-01-05T00:00:00Z", "2026-01-05T09:59:00Z"
    assert api.sent("/items", "since") == [None, day, minutes]


def test_a_second_page_that_a_response_action_ignores_is_the_end(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": rows(2)}, Reply({}, 404)])
    run = try_(
        resource(
            paginator={"type": "offset", "limit": 2},
            response_actions=[{"status_code": 404, "action": "ignore"}],
        )
    )
    assert run.cells("items")[-1] == "offset 2 (no rows: the end)"
    assert run.status == 0


def test_fields_are_requested_in_all_their_chunks(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    run = try_(chunked(endpoint={"paginator": {"type": "offset", "limit": 4}}))
    cells = ["items", "200", "4", "4", "2026-01-05 10:00:00Z", "offset 4 (1 rows)"]
    assert run.cells("items") == cells
    assert run.status == 0
    assert all(name in run.text for name in ("updated_at", " a ", " b ", " c "))


def test_fields_that_a_parent_names_are_those_of_its_first_pages(api: ScriptedApi) -> None:
    api.always("/properties", {"data": [{"name": name} for name in ALL]})
    api.on("/items", by_fields(ROWS))
    own = {"selected": False, "primary_key": []}
    properties = resource("properties", own=own, incremental=None)
    run = try_(chunked(resource="properties", field="name"), properties)
    assert api.sent("/items", "fields") == ["id,updated_at,a", "id,b,c"]
    assert run.cells("items")[1:4] == ["200", "5", "2"]
