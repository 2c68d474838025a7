"""What a parent's row and the window put into a request: path, query, headers and body."""

from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import day, declare, extract, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

IGNORE_404 = [{"status_code": 404, "action": "ignore"}]


def family(**child: Any) -> Any:
    return declare(resource("parents", own={"selected": False}), resource("items", **child))


ENCODED: dict[Any, str] = {
    "a b": "a%20b",
    "a/b": "a%2Fb",
    "a?b#c": "a%3Fb%23c",
    "50%": "50%25",
    "a%2Fb": "a%252Fb",
    "Žižka": "%C5%BDi%C5%BEka",
    "{id}": "%7Bid%7D",
    "a:b@c": "a%3Ab%40c",
    "a-b_c.d~e": "a-b_c.d~e",
    17: "17",
    0: "0",
}


@pytest.mark.parametrize(
    "child",
    [
        pytest.param(
            {
                "path": "/parents/{parent_id}/items",
                "params": {"parent_id": {"type": "resolve", "resource": "parents", "field": "id"}},
            },
            id="resolve",
        ),
        pytest.param({"path": "/parents/{resources.parents.id}/items"}, id="expression"),
    ],
)
def test_ids_are_encoded_into_the_path(api: ScriptedApi, child: dict[str, Any]) -> None:
    api.always("/parents", {"data": [row(key) for key in ENCODED]})
    paths = [f"/parents/{encoded}/items" for encoded in ENCODED.values()]
    for number, path in enumerate(paths):
        api.always(path, {"data": [row(number)]})
    assert sorted(read_ids(family(**child))) == list(range(len(paths)))
    assert sorted(api.paths) == sorted(["/parents", *paths])
    assert all(not asked.query for asked in api.asked)


@pytest.mark.parametrize("key", ["..", ".", "", "\ud800"], ids=ascii)
def test_an_id_that_is_not_part_of_a_path_requests_nothing_else(api: ScriptedApi, key: str) -> None:
    api.always("/parents", {"data": [row(key)]})
    api.always("/parents//items", {"data": [row("of another path")]})
    api.always("/items", {"data": [row("of another path")]})
    api.always("/parents/items", {"data": [row("of another path")]})
    child = family(path="/parents/{resources.parents.id}/items", response_actions=IGNORE_404)
    assert read_ids(child) == []
    assert api.paths == ["/parents"]


def test_a_nested_field_of_the_parent_is_bound(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(1, owner={"key": "k7"})]})
    api.always("/owners/k7/items", {"data": [row(1)]})
    assert read_ids(family(path="/owners/{resources.parents.owner.key}/items")) == [1]


def test_a_parents_field_is_bound_in_the_params(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(1), row("a b")]})
    api.always("/items", {"data": []})
    extract(family(params={"parent": "{resources.parents.id}", "kind": "x{{y}}"}))
    assert sorted(filter(None, api.sent("/items", "parent"))) == ["1", "a b"]
    assert set(api.sent("/items", "kind")) == {"x{y}"}


def test_a_parents_field_is_bound_in_a_json_body_with_its_type(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(1, tags=["a"])]})
    api.always("/items", {"data": []})
    body = {
        "parent": "{resources.parents.id}",
        "tags": "{resources.parents.tags}",
        "query": "parent:{resources.parents.id}",
        "nested": [{"deep": "{resources.parents.id}"}],
    }
    extract(family(method="POST", json=body))
    assert api.requests_of("/items")[0].json == {
        "parent": 1,
        "tags": ["a"],
        "query": "parent:1",
        "nested": [{"deep": 1}],
    }


def test_a_parents_field_is_bound_in_a_header(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(7)]})
    api.always("/items", {"data": []})
    extract(family(headers={"X-Parent": "{resources.parents.id}"}))
    assert api.requests_of("/items")[0].headers["x-parent"] == "7"


def test_two_fields_of_one_parent_are_bound(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(1, region="eu"), row(1, region="us")]})
    api.always("/eu/1/items", {"data": [row(10)]})
    api.always("/us/1/items", {"data": [row(20)]})
    child = family(path="/{resources.parents.region}/{resources.parents.id}/items")
    assert sorted(read_ids(child)) == [10, 20]


def test_static_params_are_bound_into_the_path_and_not_sent_again(api: ScriptedApi) -> None:
    api.always("/teams/a%20b/items", {"data": [row(1)]})
    declaration = declare(
        resource(path="/teams/{team}/items", params={"team": "a b", "state": "open"})
    )
    assert read_ids(declaration) == [1]
    assert api.asked[0].query == {"state": "open"}


@pytest.mark.parametrize("absolute", [True, False], ids=["absolute", "relative"])
def test_a_path_that_a_parents_row_holds_whole_is_not_encoded(
    api: ScriptedApi, absolute: bool
) -> None:
    url = "/things/1/items?kind=a"
    api.always("/parents", {"data": [row(1, href=(api.url if absolute else "") + url)]})
    api.always("/things/1/items", {"data": [row(5)]})
    assert read_ids(family(path="{resources.parents.href}")) == [5]
    assert api.asked[1].query == {"kind": "a"}


@pytest.mark.parametrize(
    ("window", "since", "until"),
    [
        pytest.param(day(5), "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z", id="a day"),
        pytest.param(
            Window(None, day(5).end), "1970-01-01T00:00:00Z", "2026-01-06T00:00:00Z", id="the first"
        ),
        pytest.param(EVERYTHING, "1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z", id="everything"),
    ],
)
def test_the_window_is_bound_where_its_placeholders_are(
    api: ScriptedApi, window: Window, since: str, until: str
) -> None:
    api.always("/items", {"data": [row(1)]})
    declaration = declare(
        resource(
            method="POST",
            params={"from": "{incremental.start_value}"},
            json={"to": "{incremental.end_value}", "since": ["{incremental.last_value}"]},
        )
    )
    extract(declaration, window=window)
    (asked,) = api.asked
    assert asked.query == {"from": since}
    assert asked.json == {"to": until, "since": [since]}


def test_the_window_is_bound_in_the_declared_format(api: ScriptedApi) -> None:
    api.always("/since/20260105/items", {"data": [row(1)]})
    declaration = declare(
        resource(
            path="/since/{incremental.start_value}/items",
            incremental={"param_format": "%Y%m%d"},
        )
    )
    extract(declaration, window=day(5))
    assert api.paths == ["/since/20260105/items"]
