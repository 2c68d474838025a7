"""Listings that were not read: tables whose rows are replaced lose theirs, with a warning."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, project_asking, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi

IGNORED = [{"status_code": 403, "action": "ignore"}]
REPLACED: dict[str, dict[str, Any]] = {
    "cards_without_key": {"primary_key": None},
    "cards_with_key": {"primary_key": "id", "write_disposition": "replace"},
    "cards_replaced": {"primary_key": None, "write_disposition": {"disposition": "replace"}},
}
"""Tables of the same cards whose rows each load replaces, beside each other in one API."""


def serve(api: ScriptedApi) -> None:
    """Serve two boards with a list each, and two cards in each list."""
    api.always("/boards", {"data": [row(1), row(2)]})
    for board in (1, 2):
        api.always(f"/boards/{board}/lists", {"data": [row(board * 10)]})
        cards = [row(board * 100 + number) for number in range(2)]
        api.always(f"/lists/{board * 10}/cards", {"data": cards})


def declared(own: dict[str, Any], **endpoint: Any) -> ApiDeclaration:
    return declared_beside_each_other({"cards": own}, **endpoint)


def declared_beside_each_other(
    cards: Mapping[str, dict[str, Any]] = REPLACED, **endpoint: Any
) -> ApiDeclaration:
    """Boards, their lists, and tables of cards with their own keys."""
    keys = {"incremental": None, "response_actions": IGNORED}
    lists = resource("lists", **{**keys, "path": "/boards/{resources.boards.id}/lists"})
    path = "/lists/{resources.lists.id}/cards"
    tables = [
        resource(name, own=own, **{**keys, "path": path, **endpoint}) for name, own in cards.items()
    ]
    return declare(resource("boards", incremental=None), lists, *tables)


def warnings(declaration: ApiDeclaration) -> dict[str, list[str]]:
    """Load, and return the warnings of each table of cards."""
    stats = load(declaration)
    return {name: stats[name].warnings for name in REPLACED}


NONE: dict[str, list[str]] = {name: [] for name in REPLACED}


@pytest.fixture(scope="module")
def loaded(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose warehouse has all cards."""
    api, folder = hub.new_api(), tmp_path_factory.mktemp("cards")
    serve(api)
    with project_asking(api, folder):
        assert warnings(declared_beside_each_other()) == NONE
    return folder


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
    api: ScriptedApi, path: str, answer: Any, says: str, loaded: Path
) -> None:
    shutil.copytree(loaded / "data", "data")
    serve(api)
    api.always(path, answer)
    warned = f"{says} not read, and rows that they had in the table are removed"
    for name, (warning,) in warnings(declared_beside_each_other()).items():
        assert (name, warning[: len(warned)]) == (name, warned)
        assert (name, table(name)) == (name, [100, 101])


def test_a_merge_keeps_the_rows_without_a_warning(api: ScriptedApi) -> None:
    serve(api)
    load(declared({}))
    api.always("/lists/20/cards", Reply(status=404))
    assert load(declared({}))["cards"].warnings == []
    assert table("cards") == [100, 101, 200, 201]


def test_an_empty_listing_was_read(api: ScriptedApi, loaded: Path) -> None:
    shutil.copytree(loaded / "data", "data")
    serve(api)
    api.always("/lists/20/cards", {"data": []})
    assert warnings(declared_beside_each_other()) == NONE
    assert {name: table(name) for name in REPLACED} == {name: [100, 101] for name in REPLACED}


def test_a_parent_that_never_had_children_raises_no_warning(api: ScriptedApi) -> None:
    serve(api)
    api.always("/lists/20/cards", Reply(status=404))
    declaration = declared_beside_each_other()
    for _ in range(2):  # nothing is removed where nothing was stored
        assert warnings(declaration) == NONE
