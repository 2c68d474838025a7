"""Listings that are asked for with POST: the page stands in a JSON body."""

from typing import Any
from urllib.parse import parse_qsl

from analytics_ingest_tests.support.loads import declare, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

QUERY = {"filter": {"states": ["open", "done"]}}


def bodies(api: ScriptedApi) -> list[Any]:
    return [asked.json for asked in api.asked]


def form_of(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode()))


def test_a_body_is_posted_as_json(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2)})
    assert read_ids(declare(resource(method="post", json=QUERY))) == [1, 2]
    (asked,) = api.asked
    assert (asked.method, asked.json) == ("POST", QUERY)
    assert asked.headers["content-type"] == "application/json"


def test_the_cursor_goes_into_the_body(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": "c2"}, {"data": [row(2)], "next": None}])
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_body_path": "page.after"}
    assert read_ids(declare(resource(method="POST", json=QUERY, paginator=paginator))) == [1, 2]
    assert bodies(api) == [QUERY, {**QUERY, "page": {"after": "c2"}}]
    assert api.sent("/items", "cursor") == [None, None]


def test_offset_and_limit_go_into_the_body(api: ScriptedApi) -> None:
    served = rows(3)

    def script(asked: Asked) -> Any:
        page = asked.json["page"]
        return {"data": served[page["from"] : page["from"] + page["size"]]}

    api.on("/items", script)
    paginator = {
        "type": "offset",
        "limit": 2,
        "offset_body_path": "page.from",
        "limit_body_path": "page.size",
    }
    assert read_ids(declare(resource(method="POST", json=QUERY, paginator=paginator))) == [1, 2, 3]
    assert [body["page"] for body in bodies(api)] == [
        {"from": 0, "size": 2},
        {"from": 2, "size": 2},
    ]
    assert all(body["filter"] == QUERY["filter"] for body in bodies(api))
    assert all(not asked.query for asked in api.asked)


def test_the_page_goes_into_a_form(api: ScriptedApi) -> None:
    served = rows(3)
    api.on("/items", lambda asked: {"data": served[int(form_of(asked)["p"]) * 2 :][:2]})
    paginator = {"type": "page_number", "limit": 2, "page_body_path": "p"}
    form = {"state": "open"}
    assert read_ids(declare(resource(method="POST", data=form, paginator=paginator))) == [1, 2, 3]
    assert [form_of(asked) for asked in api.asked] == [{**form, "p": "0"}, {**form, "p": "1"}]


def test_the_page_number_goes_into_the_body(api: ScriptedApi) -> None:
    served = rows(3)
    api.on("/items", lambda asked: {"data": served[asked.json["p"] * 2 :][:2]})
    paginator = {"type": "page_number", "limit": 2, "page_body_path": "p"}
    assert read_ids(declare(resource(method="POST", paginator=paginator))) == [1, 2, 3]
    assert bodies(api) == [{"p": 0}, {"p": 1}]


def test_two_listings_of_one_declaration_do_not_share_a_body(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(2)})
    served = rows(3)
    for parent in (1, 2):
        api.on(f"/parents/{parent}/items", lambda asked: {"data": served[asked.json["from"] :][:2]})
    paginator = {
        "type": "offset",
        "limit": 2,
        "offset_body_path": "from",
        "limit_body_path": "size",
    }
    declaration = declare(
        resource("parents", own={"selected": False}),
        resource(
            path="/parents/{parent_id}/items",
            method="POST",
            json=QUERY,
            paginator=paginator,
            params={"parent_id": {"type": "resolve", "resource": "parents", "field": "id"}},
        ),
    )
    assert sorted(read_ids(declaration)) == [1, 1, 2, 2, 3, 3]
    for parent in (1, 2):
        asked = api.requests_of(f"/parents/{parent}/items")
        assert [a.json["from"] for a in asked] == [0, 2]


def test_form_fields_are_posted(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(1)})
    assert read_ids(declare(resource(method="POST", data={"state": "open"}))) == [1]
    assert api.asked[0].body == b"state=open"
