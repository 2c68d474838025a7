"""Listings that were not read: tables whose rows are replaced lose theirs, with a warning."""

from typing import Any

import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

IGNORED = [{"status_code": 403, "action": "ignore"}]
REPLACED: list[dict[str, Any]] = [
    {"primary_key": None},
    {"primary_key": "id", "write_disposition": "replace"},
    {"primary_key": None, "write_disposition": {"disposition": "replace"}},
]


def serve(api: ScriptedApi) -> None:
    """Serve two boards with a list each, and two cards in each list."""
    api.always("/boards", {"data": [row(1), row(2)]})
    for board in (1, 2):
        api.always(f"/boards/{board}/lists", {"data": [row(board * 10)]})
        cards = [row(board * 100 + number) for number in range(2)]
        api.always(f"/lists/{board * 10}/cards", {"data": cards})


def declared(own: dict[str, Any], **endpoint: Any) -> ApiDeclaration:
    keys = {"incremental": None, "response_actions": IGNORED}
    lists = resource("lists", **{**keys, "path": "/boards/{resources.boards.id}/lists"})
    path = "/lists/{resources.lists.id}/cards"
    cards = resource("cards", own=own, **{**keys, "path": path, **endpoint})
    return declare(resource("boards", incremental=None), lists, cards)


@pytest.mark.parametrize("own", REPLACED, ids=str)
@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        ("/lists/20/cards", Reply(status=404), "1 listings were"),
        ("/lists/20/cards", Reply(status=403), "1 listings were"),
        ("/boards/2/lists", Reply(status=404), "1 listings of lists were"),
        ("/boards/2/lists", Reply(status=403), "1 listings of lists were"),
        ("/boards/2/lists", {"data": [{"updated_at": "2026-01-05"}]}, "1 listings were"),
        ("/boards", {"data": [row(1), {"name": "without an id"}]}, "1 listings of lists were"),
    ],
    ids=str,
)
def test_rows_of_a_listing_that_was_not_read_are_removed_with_a_warning(
    api: ScriptedApi, own: dict[str, Any], path: str, answer: Any, says: str
) -> None:
    serve(api)
    assert load(declared(own))["cards"].warnings == []
    api.always(path, answer)
    (warning,) = load(declared(own))["cards"].warnings
    assert warning.startswith(f"{says} not read, and rows that they had in the table are removed")
    assert table("cards") == [100, 101]


def test_a_merge_keeps_the_rows_without_a_warning(api: ScriptedApi) -> None:
    serve(api)
    load(declared({}))
    api.always("/lists/20/cards", Reply(status=404))
    assert load(declared({}))["cards"].warnings == []
    assert table("cards") == [100, 101, 200, 201]


@pytest.mark.parametrize("own", REPLACED, ids=str)
def test_where_nothing_was_stored_nothing_is_removed(api: ScriptedApi, own: dict[str, Any]) -> None:
    serve(api)
    api.always("/lists/20/cards", Reply(status=404))
    assert load(declared(own))["cards"].warnings == []


@pytest.mark.parametrize("own", REPLACED, ids=str)
def test_an_empty_listing_was_read(api: ScriptedApi, own: dict[str, Any]) -> None:
    serve(api)
    load(declared(own))
    api.always("/lists/20/cards", {"data": []})
    assert load(declared(own))["cards"].warnings == []
    assert table("cards") == [100, 101]


@pytest.mark.parametrize("own", REPLACED, ids=str)
def test_a_parent_that_never_had_children_raises_no_warning(
    api: ScriptedApi, own: dict[str, Any]
) -> None:
    serve(api)
    api.always("/lists/20/cards", Reply(status=404))
    load(declared(own))
    assert load(declared(own))["cards"].warnings == []
