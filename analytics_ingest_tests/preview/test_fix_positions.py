"""`try --fix` and where a listing begins: what is right about a listing beside it stays."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from analytics_ingest.declaration.folder import read_folder
from analytics_ingest.extract.paging.first_page_number import STATUSES_OF_NO_PAGE
from analytics_ingest_tests.support.loads import read, read_ids, resource
from analytics_ingest_tests.support.pages import by_page, row
from analytics_ingest_tests.support.previews import FOLDER, run_try, write_declaration
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

SEVEN = [row(number, f"2026-11-{number:02}T10:00:00Z") for number in range(1, 8)]
IDS = [r["id"] for r in SEVEN]
FROM_1 = {"type": "page_number", "limit": 3, "limit_param": "size", "base_page": 1}
FILTER = {"incremental": {"start_param": "since"}}


def filtered(script: Script, asked: Asked) -> Any:
    """The rows since a moment, which the API reads in one format only."""
    bound = asked.query.get("since")
    try:
        since = bound and datetime.strptime(bound, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return {"data": []}
    if not since:
        return script(asked)
    return {"data": [r for r in SEVEN if r["updated_at"] >= bound] if _page(asked) == 0 else []}


def _page(asked: Asked) -> int:
    return int(asked.query["page"])


def corrected(text: str) -> dict[str, Any]:
    """Resource and key → value, of all corrections in the output of `--json`."""
    resources = json.loads(text)["resources"]
    return {f"{r['name']}.{c['key']}": c["value"] for r in resources for c in r["corrected"]}


FROM_0: Mapping[str, tuple[Script, dict[str, Any]]] = {
    "with a filter that is understood": (
        lambda asked: filtered(by_page(SEVEN, 3, first=0), asked),
        {"paginator": FROM_1, **FILTER},
    ),
    "in the body of a search": (
        lambda asked: {"data": SEVEN[asked.json["page"] * 3 :][:3]},
        {
            "method": "POST",
            "json": {},
            "paginator": {"type": "page_number", "page_body_path": "page", "base_page": 1},
        },
    ),
    "where there is one page alone": (
        lambda asked: {"data": SEVEN} if _page(asked) == 0 else Reply({"error": "range"}, 400),
        {"paginator": {**FROM_1, "limit": 10}},
    ),
}


@pytest.mark.parametrize("name", FROM_0)
def test_only_the_first_page_is_corrected(api: ScriptedApi, name: str) -> None:
    script, endpoint = FROM_0[name]
    api.on("/items", script)
    write_declaration(resource(**endpoint))
    run = run_try("--fix", "--json")
    assert corrected(run.text) == {"items.endpoint.paginator.base_page": 0}
    assert run.status == 3
    assert len(api.asked) <= 5
    if name != "where there is one page alone":  # whose end the API refuses
        assert sorted(read_ids(read_folder(FOLDER))) == IDS


@pytest.mark.parametrize("actions", [[], [{"status_code": 410, "action": "ignore"}]])
@pytest.mark.parametrize("status", STATUSES_OF_NO_PAGE)
def test_page_0_is_refused_by_the_same_statuses_as_in_a_load(
    api: ScriptedApi, status: int, actions: list[Any]
) -> None:
    served = by_page(SEVEN, 3)
    api.on("/items", lambda asked: served(asked) if _page(asked) else Reply({}, status))
    paginator = {"type": "page_number", "limit": 3, "limit_param": "size"}
    write_declaration(resource(paginator=paginator, response_actions=actions))
    run = run_try("--fix", "--json")
    assert corrected(run.text) == {"items.endpoint.paginator.base_page": 1}
    assert sorted(read_ids(read_folder(FOLDER))) == IDS


def test_a_position_that_was_refused_once_is_where_the_listing_begins(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        return Reply({"error": "busy"}, 400) if len(api.asked) == 1 else {"data": SEVEN[start:]}

    api.on("/items", script)
    write_declaration(resource(paginator={"type": "offset", "limit": 10}))
    run = run_try("--fix", "--json")
    assert corrected(run.text) == {}
    assert run.status == 1
    assert [asked.query["offset"] for asked in api.asked] == ["0", "1", "0"]
    assert read_ids(read_folder(FOLDER)) == IDS


def test_a_link_that_is_followed_stays_with_the_flag_that_ends_the_listing(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"data": SEVEN, "next": "?p=2", "more": False})
    paginator = {"type": "cursor", "cursor_path": "next", "has_more_path": "more"}
    write_declaration(resource(paginator=paginator))
    assert corrected(run_try("--fix", "--json").text) == {}


def test_a_key_with_the_parents_id_proves_nothing_wrong(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_ID", "sample")
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_SECRET", "sample")
    api.always("/token", {"access_token": "sample", "expires_in": 3600})
    api.always("/teams", {"data": [row("a"), row("b")]})
    for team in "ab":  # Page 0 is page 1, as in many APIs.
        api.on(f"/teams/{team}/items", lambda asked: by_page(SEVEN, 3)(_from_1(asked)))
        api.on(f"/teams/{team}/notes", lambda asked: filtered(by_page(SEVEN, 10), _at_0(asked)))
    of_team: dict[str, Any] = {
        "primary_key": ["_teams_id", "id"],
        "include_from_parent": ["id"],
    }
    token = {"type": "oauth2_client_credentials", "access_token_url": "{settings.base_url}/token"}
    write_declaration(
        resource("teams"),
        resource(path="/teams/{resources.teams.id}/items", own=of_team, paginator=FROM_1),
        resource("notes", path="/teams/{resources.teams.id}/notes", own=of_team, **FILTER),
        client={"auth": token},
    )
    run = run_try("--fix", "--json")
    assert corrected(run.text) == {}
    assert run.status == 3
    assert len(read(read_folder(FOLDER), "items")) == 2 * len(IDS)


def _from_1(asked: Asked) -> Asked:
    return Asked(**{**vars(asked), "query": {"page": str(max(_page(asked), 1))}})


def _at_0(asked: Asked) -> Asked:
    return Asked(**{**vars(asked), "query": {**asked.query, "page": "0"}})


def test_a_second_page_without_rows_does_not_prove_the_paging(api: ScriptedApi) -> None:
    # The API reads the offset as the number of a page.
    api.on("/items", by_page(SEVEN, 3, first=0, page="offset"))
    write_declaration(resource(paginator={"type": "offset", "limit": 3}))
    run = run_try("--fix")
    assert "its paging is not proven" in run.text
    assert run.status == 3
