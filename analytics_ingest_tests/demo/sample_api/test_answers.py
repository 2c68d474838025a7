"""What the sample API answers over HTTP: auth, every kind of paging, children, errors, record."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from analytics_ingest.demo.sample_api.app import create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.listings import APIS, Listing
from analytics_ingest.demo.sample_api.server import BASE_PATHS, SampleServer

Get = Callable[..., requests.Response]


@pytest.mark.parametrize(
    ("api", "path", "sent"),
    [
        ("product_adoption", "/edit/tours", {"headers": {"api_key": "sample-key"}}),
        ("project_tracking", "/v1/epics", {"headers": {"api_key": "sample-key"}}),
        ("content_library", "/v1/resource", {"headers": {"Authorization": "Bearer sample-key"}}),
        ("commerce", "/v1/resource", {"params": {"api_key": "sample-key"}}),
        ("status_pages", "/v1/resource", {"headers": {"api_key": "sample-key"}}),
    ],
)
def test_each_api_takes_its_key_only_where_its_document_puts_it(
    server: SampleServer, api: str, path: str, sent: dict[str, Any]
) -> None:
    url = server.build_base_url(api).rstrip("/") + path
    wrong: dict[str, Any] = {part: dict.fromkeys(names, "Bearer x") for part, names in sent.items()}
    elsewhere: dict[str, Any] = (
        {"headers": {"api_key": "sample-key"}}
        if "params" in sent
        else {"params": {"api_key": "sample-key"}}
    )
    assert requests.get(url, **sent, timeout=10).status_code == 200
    for refused in ({}, wrong, elsewhere):
        answer = requests.get(url, **refused, timeout=10)
        assert answer.status_code == 401
        assert answer.json()["error"]


@pytest.mark.parametrize(
    ("api", "path", "selector", "size", "resource"),
    [
        ("product_adoption", "/edit/searches", "searches", 50, "helpbars"),
        ("product_adoption", "/analyze/responses", "responses", 50, "survey_responses"),
        ("product_adoption", "/edit/urls", "urls", 50, "urls"),
        ("commerce", "/v1/resource", "data", 100, "transactions"),
        ("status_pages", "/v1/resource", "data", 100, "pages"),
        ("status_pages", "/v1/resource/subscribers", "data", 100, "subscribers"),
    ],
)
def test_offset_pages_hold_every_row_once_and_end_with_an_empty_list(
    get: Get, data: SampleData, api: str, path: str, selector: str, size: int, resource: str
) -> None:
    rows = data.list_rows(api, resource)
    assert get(api, path).json() == {selector: rows[:size]}
    read: list[Any] = []
    while page := get(api, path, limit=size, offset=len(read)).json()[selector]:
        read += page
    assert read == rows
    assert get(api, path, limit=7, offset=3).json() == {selector: rows[3:10]}


def test_numbered_pages_alternate_between_a_list_and_an_object(get: Get, data: SampleData) -> None:
    shapes, read, number = [], [], 1
    while items := get("content_library", "/v1/resource", per_page=2, page=number).json()["items"]:
        shapes.append(type(items))
        if isinstance(items, dict):
            assert list(items) == [item["data"]["id"] for item in items.values()]
        read += [item["data"] for item in (items.values() if isinstance(items, dict) else items)]
        number += 1
    assert read == data.list_rows("content_library", "items")
    assert shapes == [list, dict, list, dict]
    assert items == []


@pytest.mark.parametrize("query", [{}, {"limit": 5}])
def test_the_cursor_leads_through_the_search_until_it_is_null(
    get: Get, data: SampleData, query: dict[str, int]
) -> None:
    rows = data.list_rows("project_tracking", "search_epics")
    body = get("project_tracking", "/v1/search/epics", **query).json()
    read = body["data"]
    while body["next"] is not None:
        following = {**query, "next": body["next"]}
        body = get("project_tracking", "/v1/search/epics", **following).json()
        assert 1 <= len(body["data"]) <= query.get("limit", 1)
        read += body["data"]
    assert read == rows


def test_project_tracking_answers_every_listing_whole_three_levels_deep(
    get: Get, data: SampleData
) -> None:
    api = "project_tracking"
    for listing in APIS[api].listings:
        if listing.resource in ("search_epics", "member"):
            continue
        read = [row for path in _paths(data, listing) for row in get(api, path).json()["data"]]
        assert read == data.list_rows(api, listing.resource), listing.resource
    assert get(api, "/v1/member").json() == {"data": data.list_rows(api, "member")[0]}
    story = data.list_rows(api, "stories_comments")[0]["story_id"]
    assert {row["primary_id"] for row in data.find_children(api, "story_history", story) or []} <= {
        story
    }


def _paths(data: SampleData, listing: Listing) -> Iterator[str]:
    if listing.parent is None:
        yield listing.path
        return
    for parent in data.list_rows("project_tracking", listing.parent):
        yield listing.path.replace(f"{{{listing.placeholder}}}", str(parent["id"]))


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/project_tracking/v1/nothing",
        "/project_tracking/v1/epics/",
        "/project_tracking/v1/epics/0/stories",
        "/project_tracking/v1/stories/unknown/history",
    ],
)
def test_what_does_not_exist_is_a_404_in_json(server: SampleServer, path: str) -> None:
    answer = requests.get(server.url + path, headers={"api_key": "sample-key"}, timeout=10)
    assert answer.status_code == 404
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("api", "path", "query"),
    [
        ("commerce", "/v1/resource", {"offset": "-1"}),
        ("commerce", "/v1/resource", {"limit": "many"}),
        ("content_library", "/v1/resource", {"page": "0"}),
        ("project_tracking", "/v1/search/epics", {"next": "abc"}),
        ("project_tracking", "/v1/search/epics", {"next": "ü"}),
    ],
)
def test_a_page_that_cannot_be_is_a_400(
    get: Get, api: str, path: str, query: dict[str, str]
) -> None:
    answer = get(api, path, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("every", [1, 3])
def test_a_429_comes_every_so_often_never_twice_in_a_row_and_per_api(
    data: SampleData, every: int
) -> None:
    headers = {"api_key": "sample-key"}
    app = create_app(data, rate_limit_every=every)
    with SampleServer(app) as server:
        url = server.build_base_url("status_pages") + "/v1/resource"
        answers = [requests.get(url, headers=headers, timeout=10) for _ in range(6)]
        other = server.build_base_url("project_tracking") + "/v1/member"
        assert requests.get(other, headers=headers, timeout=10).ok
    refused = [answer.status_code == 429 for answer in answers]
    assert refused == [at % max(every, 2) == 0 for at in range(1, 7)]
    assert {answer.headers["Retry-After"] for answer in answers if not answer.ok} == {"1"}


def test_the_record_shows_what_was_requested_but_no_key(server: SampleServer, get: Get) -> None:
    get("commerce", "/v1/resource", limit=100, offset=200)
    get("product_adoption", "/edit/tours", token="sample-key")
    requests.get(server.build_base_url("content_library") + "/v1/resource", timeout=10)
    asked = requests.get(f"{server.url}/_requests", timeout=10).json()
    assert asked == server.requests
    assert asked == [
        {
            "method": "GET",
            "path": "/commerce/v1/resource",
            "query": {"limit": "100", "offset": "200"},
            "status": 200,
        },
        {"method": "GET", "path": "/product_adoption/v3/edit/tours", "query": {}, "status": 200},
        {"method": "GET", "path": "/content_library/v2/v1/resource", "query": {}, "status": 401},
    ]
    assert requests.delete(f"{server.url}/_requests", timeout=10).json() == []
    assert server.requests == []
    assert requests.get(f"{server.url}/_health", timeout=10).json() == {"status": "ok"}


def test_answers_on_a_kept_connection_do_not_wait_for_acknowledgements(get: Get) -> None:
    answers = [get("project_tracking", "/v1/member") for _ in range(40)]
    assert sum(answer.elapsed.total_seconds() for answer in answers) < 40 * 0.03


def test_the_latency_delays_every_answer_and_the_port_is_free_again(data: SampleData) -> None:
    with SampleServer(create_app(data, latency_ms=80)) as server:
        answer = requests.get(server.build_base_url("project_tracking") + "/v1/epics", timeout=10)
        port = int(server.url.rpartition(":")[2])
    assert answer.elapsed.total_seconds() >= 0.08
    with SampleServer(create_app(data), port) as again:
        assert again.url == server.url
    assert BASE_PATHS["content_library"] == "/v2"
