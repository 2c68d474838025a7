"""Listings that change while they are read: a row listed twice is loaded once, the newest wins."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

BY_TWO = {"type": "offset", "limit": 2}
EARLIER, LATER = "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"


def serve_in_turn(api: ScriptedApi, *listings: list[Any]) -> None:
    """Serve a listing that is another one at each request; the last one stays."""

    def script(asked: Asked) -> Any:
        number = len(api.requests_of("/items")) - 1
        return by_offset(listings[min(number, len(listings) - 1)])(asked)

    api.on("/items", script)


def test_a_row_that_a_new_one_pushes_to_the_next_page_is_loaded_once(api: ScriptedApi) -> None:
    before = [row(1), row(2), row(3)]
    serve_in_turn(api, before, [row(0), *before])
    stats = load(declare(resource(paginator=BY_TWO)))["items"]
    assert (stats.rows_read, table("items")) == (4, [1, 2, 3])
    load(declare(resource(paginator=BY_TWO)))
    assert table("items") == [0, 1, 2, 3]


def test_a_row_that_changes_and_moves_to_the_end_has_its_newest_version(api: ScriptedApi) -> None:
    before = [row(n, EARLIER, name="old") for n in (1, 2, 3)]
    moved = [*before[1:], row(1, LATER, name="new")]
    serve_in_turn(api, before, [before[0], *moved])
    load(declare(resource(paginator=BY_TWO)))
    assert table("items", "id", "name") == [(1, "new"), (2, "old"), (3, "old")]


def test_a_row_that_changes_and_moves_to_the_front_has_its_newest_version(api: ScriptedApi) -> None:
    before = [row(n, EARLIER, name="old") for n in (1, 2, 3)]
    serve_in_turn(api, before, [row(3, LATER, name="new"), *before[:2]], before)
    load(declare(resource(paginator=BY_TWO)))
    load(declare(resource(paginator=BY_TWO)))
    assert table("items") == [1, 2, 3]


def test_rows_served_on_every_page_are_loaded_once(api: ScriptedApi) -> None:
    pinned = row("pinned")
    pages = [[pinned, row("a")], [pinned, row("b")], [pinned]]
    api.in_turn("/items", [{"data": page} for page in pages])
    load(declare(resource(paginator=BY_TWO)))
    assert table("items") == ["a", "b", "pinned"]


@pytest.mark.parametrize(
    ("change", "total"),
    [
        pytest.param("a new row", False, id="a new row, without a total"),
        pytest.param("a row that moves up", True, id="a row that moves up, with a total"),
    ],
)
def test_rows_in_front_of_overlapping_pages_push_none_between_them(
    api: ScriptedApi, change: str, total: bool
) -> None:
    """The listing changes when a page is asked for after the one behind it."""
    listing = [row(number) for number in range(400)]
    offsets = [0]

    def script(asked: Asked) -> Reply:
        offset = int(asked.query["offset"])
        if offset < max(offsets) and len(listing) == 400 and listing[0]["id"] == 0:
            listing.insert(0, row(400) if change == "a new row" else listing.pop(395))
        offsets.append(offset)
        beside: dict[str, Any] = {"total": len(listing)} if total else {}
        return Reply(by_offset(list(listing), **beside)(asked), delay=0.02)

    api.on("/items", script)
    load(declare(resource(paginator={"type": "offset", "limit": 10})))
    assert set(range(400)) <= set(table("items"))


def test_rows_in_front_are_noticed_where_a_refusal_ends_the_listing(api: ScriptedApi) -> None:
    listing = [row(number) for number in range(400)]
    offsets = [0]

    def script(asked: Asked) -> Reply:
        offset = int(asked.query["offset"])
        if offset < max(offsets) and len(listing) == 400:
            listing[:0] = [row(number) for number in range(400, 420)]
        offsets.append(offset)
        if offset >= len(listing):
            return Reply(status=404)
        return Reply(by_offset(list(listing))(asked), delay=0.02)

    api.on("/items", script)
    ignoring = [{"status_code": 404, "action": "ignore"}]
    paginator = {"type": "offset", "limit": 10}
    load(declare(resource(paginator=paginator, response_actions=ignoring)))
    assert set(range(400)) <= set(table("items"))


def test_rows_of_a_listing_that_is_read_again_are_counted_and_rejected_once(
    api: ScriptedApi,
) -> None:
    listing: list[Any] = [{"name": "no key"}, *(row(number) for number in range(200))]

    def script(asked: Asked) -> Reply:
        if asked.query["offset"] == "0" and len(api.asked) > 1 and len(listing) == 201:
            listing.insert(1, row(200))
        return Reply(by_offset(list(listing))(asked), delay=0.02)

    api.on("/items", script)
    stats = load(declare(resource(paginator={"type": "offset", "limit": 10})))["items"]
    assert api.sent("/items", "offset").count("0") == 3
    assert len(table("items__rejected", "row_key")) == 1
    assert (stats.rows_rejected, stats.rows_loaded, len(table("items"))) == (1, 201, 201)


def test_a_listing_that_does_not_move_is_read_once(api: ScriptedApi) -> None:
    api.on("/items", by_offset([row(number) for number in range(200)]))
    stats = load(declare(resource(paginator={"type": "offset", "limit": 10})))["items"]
    assert (stats.rows_read, len(table("items"))) == (200, 200)
