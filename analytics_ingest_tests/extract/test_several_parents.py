"""Several parents: a listing for each set of their rows; several fields of one; grandparents."""

from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.previews.preview import preview_resources
from analytics_ingest_tests.support.loads import declare, extract, failure, load, resource, table
from analytics_ingest_tests.support.pages import by_page, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


def pairs(asked: Asked) -> dict[str, Any]:
    *_, team, user = asked.path.split("/")
    return {"data": [row(f"{team}-{user}")]}


def two_parents(**own: Any) -> Any:
    return declare(
        resource("teams", paginator={"type": "page_number", "base_page": 1}),
        resource("users", paginator={"type": "page_number", "base_page": 1}),
        resource(path="/items/{resources.teams.id}/{resources.users.id}", **own),
    )


def test_a_listing_is_requested_for_each_pair_of_rows_once(api: ScriptedApi) -> None:
    """Also where the rows of both parents come on several pages, and some come twice."""
    api.on("/teams", by_page([*rows(3), row(1)], 1))
    api.on("/users", by_page(rows(4), 2))
    api.otherwise(pairs)
    stats = load(two_parents())
    expected = sorted(f"{team}-{user}" for team in (1, 2, 3) for user in (1, 2, 3, 4))
    assert sorted(table("items")) == expected
    assert len([path for path in api.paths if path.startswith("/items")]) == 12
    assert stats["items"].listings == 12


def test_a_list_of_values_multiplies_the_pairs(api: ScriptedApi) -> None:
    api.on("/teams", by_page(rows(2), 2))
    api.on("/users", by_page(rows(1), 2))
    api.otherwise(lambda asked: {"data": [row(asked.path.split("/")[2] + asked.query["k"])]})
    params = {"k": {"type": "each", "values": ["a", "b"]}}
    load(two_parents(params=params), "items")
    assert sorted(table("items")) == ["1a", "1b", "2a", "2b"]


def test_a_parent_without_rows_leaves_nothing_to_request(api: ScriptedApi) -> None:
    api.always("/teams", {"data": []})
    api.on("/users", by_page(rows(2), 2))
    api.otherwise(pairs)
    extract(two_parents())
    assert [path for path in api.paths if path.startswith("/items")] == []


def test_a_row_that_lacks_its_field_is_counted(api: ScriptedApi) -> None:
    api.on("/teams", by_page([row(1), {"name": "x"}], 5))
    api.on("/users", by_page(rows(2), 5))
    api.otherwise(pairs)
    stats = load(two_parents(), "items")
    assert stats["items"].parents_skipped == 1
    assert sorted(table("items")) == ["1-1", "1-2"]


def test_the_failure_of_one_parent_fails_the_child(api: ScriptedApi) -> None:
    api.on("/teams", by_page(rows(2), 5))
    api.always("/users", Reply({"error": "no"}, 403))
    api.otherwise(pairs)
    error = failure(two_parents(), "items")
    assert isinstance(error, LoadError)
    assert "users" in str(error)


def test_both_parents_are_previewed_first(api: ScriptedApi) -> None:
    api.on("/teams", by_page(rows(2), 5))
    api.on("/users", by_page(rows(2), 5))
    api.otherwise(pairs)
    names = frozenset(["teams", "users", "items"])
    context = connect(two_parents(), names, EVERYTHING, is_retried=False)
    assert preview_resources(context)["items"].rows == [row("1-1")]


def test_several_fields_of_a_parents_row_may_be_read(api: ScriptedApi) -> None:
    """Also as Airbyte's extra fields."""
    api.always("/groups", {"data": [row(1, slug="ab", zone="eu"), row(2, slug="cd", zone="us")]})
    api.otherwise(lambda asked: {"data": [row(asked.query["z"])]})
    params = {
        "slug": {"type": "resolve", "resource": "groups", "field": "slug"},
        "zone": {"type": "resolve", "resource": "groups", "field": "zone"},
        "z": "{{ stream_slice.extra_fields['zone'] | upper }}",
    }
    steps = [{"add": {"zone": "{{ stream_partition.extra_fields.zone }}"}}]
    load(
        declare(
            resource("groups"),
            resource(path="/{slug}/items", params=params, own={"processing_steps": steps}),
        ),
        "items",
    )
    assert table("items", "id", "zone") == [("EU", "eu"), ("US", "us")]
    assert sorted(path for path in api.paths if path != "/groups") == ["/ab/items", "/cd/items"]


@pytest.mark.parametrize("is_named", [False, True])
def test_the_field_of_a_grandparent_comes_with_the_parents_rows(
    api: ScriptedApi, is_named: bool
) -> None:
    api.always("/orgs", {"data": rows(2)})
    api.on("/orgs/1/groups", lambda _: {"data": [row(7)]})
    api.on("/orgs/2/groups", lambda _: {"data": [row(8)]})
    api.otherwise(lambda asked: {"data": [row(asked.path)]})
    params = {
        "org": {"type": "resolve", "resource": "groups", "field": "_orgs_id"},
        "group": {"type": "resolve", "resource": "groups", "field": "id"},
    }
    own = {"include_from_parent": ["id"]}
    path = "/{org}/{group}" if is_named else "/{{ stream_partition.parent_slice.org }}/{group}"
    load(
        declare(
            resource("orgs"),
            resource("groups", path="/orgs/{resources.orgs.id}/groups", own=own),
            resource(path=path, params=params),
        ),
        "items",
    )
    assert sorted(table("items")) == ["/1/7", "/2/8"]
