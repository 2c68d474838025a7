"""Parents, settings, fixed values, addresses and logins of an OpenAPI document."""

import pytest

from analytics_ingest_tests.convert.openapi_documents import (
    NUMBER,
    ROW,
    TEXT,
    Json,
    answering,
    converted,
    document,
    endpoints,
    get,
    listing,
    merged,
    query,
    rows,
    text,
    thing,
)
from analytics_ingest_tests.convert.writing import Desk


def resolved(resource: str, field: str = "id") -> Json:
    """A parameter that the rows of a parent fill."""
    return {"type": "resolve", "resource": resource, "field": field}


def test_the_variables_of_a_path_are_bound_to_the_listings_before_them() -> None:
    paths = {
        "/teams": listing(),
        "/teams/{team_id}/boards": listing(row={"id": TEXT}),
        "/teams/{team_id}/boards/{boardId}/cards": listing(row={"id": TEXT, "title": TEXT}),
        "/teams/{team_id}/boards/{boardId}/cards/{card}/notes": listing(row={"at": TEXT}),
        "/stores/{store}/{id}/orders": listing(row={"n": TEXT}),
        "/charts/{team_id}/views": listing(row={"v": TEXT}),
        "/users/{username}/keys": listing(row={"k": TEXT}),
        "/issues": listing(row={"id": TEXT, "number": NUMBER}),
        "/issues/{issue_number}/events": listing(row={"e": TEXT}),
        "/boxes": listing(row={"id": TEXT, "b": TEXT}),
        "/boxes/{box_slug}/parts": listing(row={"p": TEXT}),
        "/tags": listing(query("team", description="The identifier of a team", required=True)),
    }
    declaration = converted(document(paths))
    found = merged(declaration)
    assert {name: resource["endpoint"].get("params") for name, resource in found.items()} == {
        "teams": None,
        "team_boards": {"team_id": resolved("teams")},
        "board_cards": {
            "boardId": resolved("team_boards"),
            "team_id": resolved("team_boards", "_teams_id"),
        },
        "card_notes": {
            "card": resolved("board_cards"),
            "boardId": resolved("board_cards", "_team_boards_id"),
            "team_id": resolved("board_cards", "_team_boards__teams_id"),
        },
        "orders": None,
        "views": {"team_id": resolved("teams")},
        "keys": None,
        "issues": None,
        "issue_events": {"issue_number": resolved("issues", "number")},
        "boxes": None,
        "box_parts": None,
        "tags": {"team": "{resources.teams.id}"},
    }
    assert found["orders"]["endpoint"]["path"] == "/stores/{settings.store}/{settings.id}/orders"
    assert found["keys"]["endpoint"]["path"] == "/users/{settings.request_username}/keys"
    assert set(declaration.log.settings) == {"store", "id", "request_username", "box_slug"}


def test_a_variable_that_chooses_what_is_shown_is_a_setting() -> None:
    kind = {"name": "kind", "in": "path", "schema": {**TEXT, "enum": ["all", "new"]}}
    paths = {
        "/links": listing(),
        "/links/{sort}": listing(query("page", NUMBER)),
        "/links/{kind}/clicks": listing(kind),
        "/links/{link}/visits": listing(),
        "/orders": listing(),
        "/orders/{order}/lines": listing(),
    }
    found = [
        resource["endpoint"]["path"] for resource in merged(converted(document(paths))).values()
    ]
    assert sorted(found) == [
        "/links",
        "/links/{link}/visits",
        "/links/{settings.kind}/clicks",
        "/links/{settings.sort}",
        "/orders",
        "/orders/{order}/lines",
    ]


def test_a_variable_called_id_is_that_of_the_listing_before_it() -> None:
    search: Json = {"requestBody": {"content": {"application/json": {"schema": thing({})}}}}
    paths = {
        "/orders": listing(),
        "/orders/{id}/parts": listing(),
        "/orders/{id}/parts/{part_id}/notes": listing(row={"text": TEXT}),
        "/people": listing(row={"key": TEXT, "external_id": TEXT}),
        "/people/{external_person_id}/cards": listing(row={"n": TEXT}),
        "/leads/search": {"post": {**search, **listing()["get"]}},
        "/leads/{id}/calls": listing(row={"at": TEXT}),
    }
    found = merged(converted(document(paths)))
    assert found["part_notes"]["endpoint"]["params"] == {
        "id": resolved("order_parts", "_orders_id"),
        "part_id": resolved("order_parts"),
    }
    assert found["people_cards"]["endpoint"]["params"] == {
        "external_person_id": resolved("people", "external_id")
    }
    assert found["lead_calls"]["endpoint"]["params"] == {"id": resolved("leads")}


def test_the_key_of_a_child_holds_its_parent_where_several_parents_may_share_it() -> None:
    user = {"User": thing({"id": TEXT, "mail": TEXT})}
    users = get({"type": "array", "items": {"$ref": "#/components/schemas/User"}})
    paths = {
        "/users": users,
        "/teams": listing(),
        "/teams/{team_id}/members": users,
        "/teams/{team_id}/boards": listing(row={"id": TEXT, "x": TEXT}),
        "/teams/{team_id}/labels": listing(row={"name": TEXT}),
        "/teams/{team_id}/labels/{name}": get(thing({"name": TEXT})),
        "/teams/{team_id}/notes": listing(row={"id": TEXT, "team_id": TEXT}),
        "/teams/{team_id}/logs": listing(row={"text": TEXT}),
        "/teams/{team_id}/coaches": listing(row={"user_id": TEXT, "team_id": TEXT}),
        "/teams/{team_id}/coaches/{user_id}": get(thing({"user_id": TEXT})),
    }
    found = merged(converted(document(paths, components={"schemas": user})))
    assert {name: resource.get("primary_key", []) for name, resource in found.items()} == {
        "team_notes": "id",
        "team_logs": [],
        "users": "id",
        "teams": "id",
        "team_members": ["_teams_id", "id"],
        "team_boards": "id",
        "team_labels": ["_teams_id", "name"],
        "team_coaches": ["_teams_id", "user_id"],
    }
    carried = [name for name, resource in found.items() if "include_from_parent" in resource]
    assert carried == ["team_members", "team_boards", "team_labels", "team_logs", "team_coaches"]


def test_what_is_required_is_sent_or_is_a_setting() -> None:
    header: Json = {"in": "header", "schema": {**TEXT, "default": "2026-01-01"}}
    parameters = [
        query("view", {**TEXT, "default": "full"}, required=True),
        query("kind", {**TEXT, "enum": ["all"]}, required=True),
        query("state", {**TEXT, "enum": ["open", "closed"]}, required=True),
        query(
            "fields",
            {"type": "array", "items": TEXT, "default": ["a", "b"]},
            required=True,
            explode=False,
        ),
        query("template", {**TEXT, "default": "{settings.api_key}"}, required=True),
        query("optional", {**TEXT, "default": "x"}),
        {"name": "Api-Version", **header},
        {
            "name": "X-Account",
            "in": "header",
            "required": True,
            "schema": TEXT,
            "description": "The account. More.",
        },
        {"name": "Accept", "in": "header", "required": True, "schema": TEXT},
    ]
    declaration = converted(
        document(
            {
                "/orders": listing(*parameters),
                "/a": listing(query("filter", thing({"x": TEXT}), required=True)),
            }
        )
    )
    (resource,) = declaration.attributes["resources"]
    assert resource["endpoint"]["params"] == {
        "view": "full",
        "kind": "all",
        "state": "{settings.orders_state}",
        "fields": "a,b",
        "template": "{settings.orders_template}",
    }
    assert declaration.attributes["client"]["headers"] == {
        "Api-Version": "2026-01-01",
        "X-Account": "{settings.x_account}",
    }
    assert declaration.log.settings["orders_state"].endswith("(one of open, closed)")
    assert declaration.log.settings["x_account"] == "The account"
    assert declaration.log.skipped == {"a": "its query needs the object filter"}


def test_a_body_keeps_the_types_of_what_it_requires() -> None:
    body = thing({"days": NUMBER, "mode": {"enum": ["all"]}}, required=["days", "mode"])
    search = {
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": answering(rows()),
    }
    needs = thing({"list": {"type": "array", "items": TEXT}}, required=["list"])
    other = {
        "requestBody": {"content": {"application/json": {"schema": needs}}},
        "responses": answering(rows()),
    }
    declaration = converted(document({"/a/search": {"post": search}, "/b/search": {"post": other}}))
    assert merged(declaration)["a"]["endpoint"]["json"] == {
        "days": "{{ config['a_days'] }}",
        "mode": "all",
    }
    assert declaration.log.skipped == {"b": "its body needs the list list"}


ADDRESSES: dict[str, tuple[Json, str, set[str]]] = {
    "of 3": ({}, "https://shop.test/v1", set()),
    "the first that is not for trials": (
        {"servers": [{"url": "https://sandbox.shop.test"}, {"url": "https://api.shop.test/"}]},
        "https://api.shop.test/",
        set(),
    ),
    "relative": ({"servers": [{"url": "/v2"}]}, "https://api.example.com/v2", {"base_url"}),
    "none": ({"servers": []}, "https://api.example.com", {"base_url"}),
    "with variables": (
        {
            "servers": [
                {
                    "url": "https://{siteName}.shop.test/{v}",
                    "variables": {"v": {"default": "v1", "enum": ["v1", "v2"]}},
                }
            ]
        },
        "https://{settings.site_name}.shop.test/{settings.v}",
        {"site_name", "v"},
    ),
    "of 2": (
        {
            "openapi": None,
            "swagger": "2.0",
            "host": "shop.test",
            "basePath": "/v1",
            "schemes": ["http", "https"],
        },
        "https://shop.test/v1",
        set(),
    ),
    "of 2, without a host": (
        {"openapi": None, "swagger": "2.0", "basePath": "/v1"},
        "https://api.example.com/v1",
        {"base_url"},
    ),
}


@pytest.mark.parametrize(("more", "address", "settings"), ADDRESSES.values(), ids=list(ADDRESSES))
def test_the_address_is_that_of_the_document(more: Json, address: str, settings: set[str]) -> None:
    answer = {"schema": rows(), **answering(rows())["200"]}
    value = document({"/orders": {"get": {"responses": {"200": answer}}}}, **more)
    declaration = converted({key: held for key, held in value.items() if held is not None})
    assert declaration.attributes["client"]["base_url"] == address
    assert set(declaration.log.settings) == settings
    if "v" in settings:
        assert declaration.attributes["settings"] == {"v": "v1"}


def test_an_operation_on_another_host_is_skipped_and_one_below_the_address_is_not() -> None:
    found = converted(
        document(
            {
                "/orders": listing(),
                "/a": listing(servers=[{"url": "https://files.test/v1"}]),
                "/b": listing(servers=[{"url": "https://shop.test/v1/beta"}]),
            }
        )
    )
    assert merged(found)["b"]["endpoint"]["path"] == "/beta/b"
    assert found.log.skipped == {
        "a": "its address is https://files.test/v1; the others use https://shop.test/v1"
    }


def test_what_all_share_is_written_once_and_what_is_assumed_beside_its_key(desk: Desk) -> None:
    cursor = query("cursor"), query("limit", {**NUMBER, "maximum": 100})
    beside = {"next_cursor": TEXT}
    paths = {
        "/orders": listing(*cursor, beside=beside),
        "/carts": listing(*cursor, beside=beside),
        "/tags": listing(query("page", NUMBER), row={"name": TEXT}),
    }
    written = desk.new(text(paths, info={"title": "The Shop"}), file="shop.json")
    defaults = written.attributes["resource_defaults"]
    assert defaults["primary_key"] == "id"
    assert set(defaults["endpoint"]) == {"paginator", "data_selector", "incremental"}
    assert written.endpoint("carts") == {"path": "/carts"}
    assert written.resource("tags")["primary_key"] == []
    assert "paginator:  # assumed: the document names no first page" in written.text
    assert written.text.startswith("# shop, from shop.json.\n# Derived from the document;")
    assert written.schema["tags"] == {"required": [], "fields": {"name": "string?"}}
    assert endpoints(paths)["orders"]["paginator"]["limit"] == 100
    assert ROW
