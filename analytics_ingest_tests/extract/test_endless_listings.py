"""Listings that would never end are refused after at most one page too many."""

from itertools import count
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.mark.parametrize(
    ("paginator", "body"),
    [
        pytest.param(
            {"type": "cursor", "cursor_path": "next"}, {"next": "c2"}, id="the same cursor again"
        ),
        pytest.param({"type": "offset", "limit": 2}, {}, id="an offset that the API ignores"),
        pytest.param(
            {"type": "page_number", "page": 1}, {}, id="a page number that the API ignores"
        ),
        pytest.param(
            {"type": "json_link", "next_url_path": "next"},
            {"next": "?page=1"},
            id="the same link again",
        ),
    ],
)
def test_a_listing_that_repeats_itself_is_refused(
    api: ScriptedApi, paginator: dict[str, Any], body: dict[str, Any]
) -> None:
    api.always("/items", {"data": [row(1, note="canary-row"), row(2)], **body})
    error = failure(declare(resource(paginator=paginator)))
    assert isinstance(error, PagingError)
    assert "demo.items" in str(error)
    assert "canary-row" not in str(error)
    assert len(api.asked) == 2


def test_cursors_that_go_round_in_a_circle_are_refused(api: ScriptedApi) -> None:
    numbers = count()

    def script(_: object) -> Any:
        number = next(numbers)
        return {"data": [row(number)], "next": "ab"[number % 2]}

    api.on("/items", script)
    error = failure(declare(resource(paginator={"type": "cursor", "cursor_path": "next"})))
    assert isinstance(error, PagingError)
    assert len(api.asked) <= 4


def test_a_cursor_body_that_repeats_itself_is_refused(api: ScriptedApi) -> None:
    numbers = count()
    api.on("/items", lambda _: {"data": [row(next(numbers))], "next": "same"})
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_body_path": "after"}
    error = failure(declare(resource(method="POST", json={}, paginator=paginator)))
    assert isinstance(error, PagingError)
    assert len(api.asked) <= 3


def test_a_listing_longer_than_max_pages_is_refused(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(100)))
    declaration = declare(resource(paginator={"type": "offset", "limit": 2}, max_pages=3))
    error = failure(declaration)
    assert isinstance(error, PagingError)
    assert "demo.items" in str(error)
    assert "max_pages: 3" in str(error)
    assert len(api.asked) <= 4


def test_a_listing_of_exactly_max_pages_is_read(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(5)))
    declaration = declare(resource(paginator={"type": "offset", "limit": 2}, max_pages=3))
    assert read_ids(declaration) == [1, 2, 3, 4, 5]


def test_empty_pages_with_always_new_cursors_end_at_max_pages(api: ScriptedApi) -> None:
    numbers = count()
    api.on("/items", lambda _: {"data": [], "next": f"c{next(numbers)}"})
    paginator = {"type": "cursor", "cursor_path": "next"}
    error = failure(declare(resource(paginator=paginator, max_pages=3)))
    assert isinstance(error, PagingError)


def test_equal_pages_of_different_listings_are_not_repetitions(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(2)})
    api.always("/parents/1/items", {"data": rows(2)})
    api.always("/parents/2/items", {"data": rows(2)})
    child = resource(path="/parents/{resources.parents.id}/items")
    declaration = declare(resource("parents", own={"selected": False}), child)
    assert sorted(read_ids(declaration)) == [1, 1, 2, 2]
