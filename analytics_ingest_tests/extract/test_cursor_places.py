"""Where a cursor may stand: the body, its headers, the last row; and a cursor that is a URL."""

from typing import Any

import pytest

from analytics_ingest.common.cursor_paths import RootedPath
from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.loads import (
    declare,
    failure,
    read_ids,
    resource,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

PLACES: dict[str, Any] = {
    "response.next": lambda value: ({"next": value}, {}),
    "response['a']['b']": lambda value: ({"a": {"b": value}}, {}),
    'response["a b"].c': lambda value: ({"a b": {"c": value}}, {}),
    "response.pages[-1].token": lambda value: ({"pages": [{}, {"token": value}]}, {}),
    "response['@odata.next']": lambda value: ({"@odata.next": value}, {}),
    "pages[-1].token": lambda value: ({"pages": [{}, {"token": value}]}, {}),
    "headers.X-Next": lambda value: ({}, {"x-next": value or ""}),
    "headers['x-next']": lambda value: ({}, {"X-Next": value or ""}),
}


@pytest.mark.parametrize("path", PLACES)
def test_a_cursor_is_found_where_its_path_begins(api: ScriptedApi, path: str) -> None:
    def script(asked: Asked) -> Reply:
        number = int(asked.query.get("from", "c1")[1:])
        body, headers = PLACES[path](f"c{number + 1}" if number < 3 else None)
        return Reply({"data": [row(number)], **body}, headers=headers)

    api.on("/items", script)
    paginator = {"type": "cursor", "cursor_path": path, "cursor_param": "from"}
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3]
    assert api.sent("/items", "from") == [None, "c2", "c3"]


@pytest.mark.parametrize("path", ["last_record.id", "last_record['id']", "response.data[-1].id"])
def test_a_cursor_may_be_in_the_last_row(api: ScriptedApi, path: str) -> None:
    """After the last page nothing is left: an empty page ends the listing."""

    def script(asked: Asked) -> dict[str, Any]:
        after = int(asked.query.get("after", 0))
        return {"data": [row(after + 1), row(after + 2)] if after < 4 else []}

    api.on("/items", script)
    paginator = {"type": "cursor", "cursor_path": path, "cursor_param": "after"}
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3, 4]
    assert api.sent("/items", "after") == [None, "2", "4"]


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        pytest.param({"limit": 2, "limit_param": "size"}, "2", id="limit"),
        pytest.param({"has_more_path": "more"}, None, id="has_more_path"),
    ],
)
def test_a_cursor_in_a_header_goes_with_the_other_keys(
    api: ScriptedApi, keys: dict[str, Any], sent: str | None
) -> None:
    headers = {"X-Next": "c2"}
    api.in_turn(
        "/items",
        [
            Reply({"data": [row(1)], "more": True}, headers=headers),
            Reply({"data": [row(2)], "more": False}),
        ],
    )
    paginator = {"type": "cursor", "cursor_path": "headers.X-Next", **keys}
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]
    assert api.sent("/items", "size") == [sent, sent]


def following(api: ScriptedApi, kind: str, number: int) -> str:
    """The URL of a page, as APIs write it."""
    target = f"/items?page={number}&size=1"
    base = api.url[api.url.index("/", len("http://")) :]
    return {
        "absolute": api.url + target,
        "from the root": base + target,
        "query": f"?page={number}&size=1",
    }[kind]


@pytest.mark.parametrize("kind", ["absolute", "from the root", "query"])
@pytest.mark.parametrize(
    "path", ["next", "response.next", "headers.link.next.url", "headers['Link']['next']['url']"]
)
def test_without_a_parameter_a_cursor_that_is_a_url_is_followed(
    api: ScriptedApi, kind: str, path: str
) -> None:
    def script(asked: Asked) -> Reply:
        number = int(asked.query.get("page", 1))
        url = following(api, kind, number + 1) if number < 3 else None
        headers = {"Link": f'<{url}>; rel="next", <x>; rel="last"'} if url else {}
        return Reply({"data": [row(number)], "next": url}, headers=headers)

    api.on("/items", script)
    paginator = {"type": "cursor", "cursor_path": path}
    assert read_ids(declare(resource(paginator=paginator, params={"state": "open"}))) == [1, 2, 3]
    assert [asked.query for asked in api.asked] == [
        {"state": "open"},
        {"page": "2", "size": "1"},
        {"page": "3", "size": "1"},
    ]


def test_with_a_parameter_a_cursor_that_is_a_url_is_sent(api: ScriptedApi) -> None:
    url = f"{api.url}/items?page=2"
    api.in_turn("/items", [{"data": [row(1)], "next": url}, {"data": [row(2)]}])
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_param": "link"}
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]
    assert api.sent("/items", "link") == [None, url]


@pytest.mark.parametrize("kind", ["absolute", "without a scheme"])
def test_a_cursor_that_leads_to_another_host_is_not_followed(
    api: ScriptedApi, elsewhere: ScriptedApi, kind: str
) -> None:
    url = f"{elsewhere.url}/items"
    url = url if kind == "absolute" else url.removeprefix("http:")
    api.always("/items", {"data": [row(1)], "next": url})
    error = failure(declare(resource(paginator={"type": "cursor", "cursor_path": "next"})))
    assert isinstance(error, ApiError)
    assert "not to the API's own" in str(error)
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("response.a.b", 1),
        ("response['a']['b']", 1),
        ("response.list[0]", "x"),
        ("response.list[-1]", "y"),
        ("response.list[2]", None),
        ("response.list[-3]", None),
        ("response.list.b", None),
        ("response['1']", "one"),
        ("response.missing.b", None),
        ("response.a.b.c", None),
        ("last_record.id", None),
    ],
)
def test_a_path_reads_what_is_there_or_nothing(path: str, expected: Any) -> None:
    body = {"a": {"b": 1}, "list": ["x", "y"], "1": "one"}
    parsed = RootedPath.parse(path)
    assert parsed
    assert parsed.find({"response": body, "headers": {}, "last_record": None}) == expected


@pytest.mark.parametrize(
    "path", ["next", "$.response.next", "responses.next", "response", "a[-1].b"]
)
def test_other_paths_begin_at_the_body(path: str) -> None:
    assert RootedPath.parse(path) is None


LINKS: dict[str, tuple[str | None, list[str | None]]] = {
    "a token": ("t2", [None, "t2"]),
    "a token that looks like a path": ("/t2", [None, "/t2"]),
    "a link": ('<{url}/items?token=t2>; rel="next", <x>; rel="first"', [None, "t2"]),
    "a link without its relation": ("<{url}/items?token=t2>", [None, "t2"]),
    "links to other pages": ('<x>; rel="first", <y>; rel="last"', [None]),
    "none": (None, [None]),
}


@pytest.mark.parametrize(("text", "sent"), LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("path", ["headers.Link", "headers['link']"])
def test_a_whole_link_header_is_followed_or_sent_back(
    api: ScriptedApi, path: str, text: str | None, sent: list[str | None]
) -> None:
    def script(asked: Asked) -> Reply:
        link = None if "token" in asked.query else text
        headers = {"Link": link.replace("{url}", api.url)} if link else {}
        return Reply({"data": [row(len(asked.query) + 1)]}, headers=headers)

    api.on("/items", script)
    paginator = {"type": "cursor", "cursor_path": path, "cursor_param": "token"}
    assert len(read_ids(declare(resource(paginator=paginator)))) == len(sent)
    assert api.sent("/items", "token") == sent


TEXT_OF_LINK = {
    "cursor_value": "headers.get('Link', {}).split(';')[0][1:-1]",
    "stop_condition": "'rel=\"next\"' not in headers.get('Link', {})",
}
RELATIONS_OF_LINK = {"cursor_value": "headers['link']['next']['url']"}
RELATIONS_BY_ITS_NAME = {"cursor_value": "headers.Link.next.url"}


@pytest.mark.parametrize("keys", [TEXT_OF_LINK, RELATIONS_OF_LINK, RELATIONS_BY_ITS_NAME])
def test_a_link_header_is_its_text_or_its_relations(api: ScriptedApi, keys: dict[str, str]) -> None:
    def script(asked: Asked) -> Reply:
        first = int(asked.query.get("first", 0))
        following = f'<{api.url}/items?first={first + 2}>; rel="next"'
        headers = {"Link": following} if first < 4 else {}
        return Reply({"data": [row(n) for n in range(first, first + 2)]}, headers=headers)

    api.on("/items", script)
    assert len(read_ids(declare(resource(paginator={"type": "cursor", **keys})))) == 6
