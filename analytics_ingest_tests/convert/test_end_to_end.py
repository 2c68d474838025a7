"""From a document to rows in the warehouse: what the command infers is what the API is asked."""

from collections.abc import Iterator

import pytest

from analytics_ingest_tests.convert.writing import Desk, fenced
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.paging import TOKEN, paged
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi, serving

UPDATED = "2026-03-01T00:00:00Z"
DOCUMENT = (
    fenced(
        """
PAGES = {"type": "page_number", "page_param": "page", "limit": 2, "limit_param": "per_page"}

source = rest_api_source({
    "client": {
        "base_url": f"https://{dlt.config['region']}.shop.test/v1",
        "auth": {"type": "bearer", "token": dlt.secrets["shop_token"]},
    },
    "resource_defaults": {
        "primary_key": "id",
        "write_disposition": "append",
        "endpoint": {"data_selector": ["data"], "paginator": PAGES},
    },
    "resources": [
        {"name": "Teams", "endpoint": {"path": "/{organisation}/teams"}},
        {"name": "projects", "endpoint": {"path": "/{organisation}/teams/{team_id}/projects"}},
        {"name": "task-list", "endpoint": {
            "path": "/{organisation}/teams/{{ stream_partition.team_id }}/projects/{id}/tasks",
        }},
        {"name": "comments", "endpoint": {
            "path": "/{organisation}/teams/{team_id}/projects/{project_id}/tasks/{id}/comments",
            "params": {"of": "{project_id}"},
        }},
        // further resources follow the same pattern
    ]
})
"""
    )
    + "\nPages are numbered from 1. Incremental sync is based on the `changed` field.\n"
)


def row(key: str) -> dict[str, str]:
    """A row of the served API."""
    return {"id": key, "changed": UPDATED}


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    """Two teams, three projects, four tasks and five comments, below an organisation."""
    with serving() as hub:
        api = hub.new_api()
        listings = {
            "/my%20org/teams": ["red", "blue"],
            "/my%20org/teams/red/projects": ["r1", "r2", "r3"],
            "/my%20org/teams/blue/projects": [],
            "/my%20org/teams/red/projects/r1/tasks": ["t1", "t2"],
            "/my%20org/teams/red/projects/r2/tasks": ["t3"],
            "/my%20org/teams/red/projects/r3/tasks": ["t4"],
            **{
                f"/my%20org/teams/red/projects/{project}/tasks/{task}/comments": [f"{task}-c"]
                for task, project in (("t1", "r1"), ("t2", "r1"), ("t3", "r2"), ("t4", "r3"))
            },
        }
        for path, keys in listings.items():
            api.on(path, paged([row(key) for key in keys], first=1))
        yield api


def test_a_document_with_four_levels_of_parents_is_loaded_whole(
    desk: Desk, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = desk.new(DOCUMENT)
    assert list(written.to_be_set) == [
        "SOURCES__SHOP__API_TOKEN",
        "SOURCES__SHOP__REGION",
        "SOURCES__SHOP__ORGANISATION",
    ]
    monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", TOKEN)
    monkeypatch.setenv("SOURCES__SHOP__ORGANISATION", "my org")
    monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
    load(written.declaration)

    loaded = {
        name: sorted(r["id"] for r in table(f"shop.{name}"))
        for name in ("teams", "projects", "task_list", "comments")
    }
    assert loaded == {
        "teams": ["blue", "red"],
        "projects": ["r1", "r2", "r3"],
        "task_list": ["t1", "t2", "t3", "t4"],
        "comments": ["t1-c", "t2-c", "t3-c", "t4-c"],
    }
    (comment,) = [r for r in table("shop.comments") if r["id"] == "t3-c"]
    assert comment["changed"].isoformat() == "2026-03-01T00:00:00+00:00"
    asked = api.requests_of("/my%20org/teams/red/projects/r2/tasks/t3/comments")
    assert {request.query["of"] for request in asked} == {"r2"}
    assert {request.headers["authorization"] for request in api.asked} == {f"Bearer {TOKEN}"}


def test_a_document_of_cursors_and_expressions_is_loaded_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = fenced(
        """
rest_api_source({
    "client": {"base_url": "https://api.example.com", "headers": {
        "Authorization": "Token " + dlt.secrets["key"],
    }},
    "resources": [{
        "name": "events",
        "primary_key": "id",
        "endpoint": {
            "path": "/events",
            "http_method": "POST",
            "json": {"kinds": ["a"]},
            "data_selector": [],
            "paginator": {
                "type": "cursor",
                "cursor_param": "after",
                "cursor_value": "{{ last_record['id'] }}",
                "stop_condition": "{{ last_page_size < 2 }}",
            },
        },
        "incremental_sync": {"cursor_field": "at", "datetime_format": "%s"},
    }],
})
"""
    )
    rows = [{"id": str(number), "at": 1767225600 + number} for number in range(5)]

    def answer(asked: Asked) -> Reply:
        assert asked.headers["authorization"] == "Token s3cret-key"
        assert asked.json == {"kinds": ["a"]}
        start = int(asked.query.get("after", "-1")) + 1
        return Reply(rows[start : start + 2])

    written = desk.new(document)
    with serving() as hub:
        api = hub.new_api()
        api.on("/events", answer)
        monkeypatch.setenv("SOURCES__SHOP__KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert sorted(r["id"] for r in table("shop.events")) == ["0", "1", "2", "3", "4"]
    assert [request.query.get("after") for request in api.asked] == [None, "1", "3"]
