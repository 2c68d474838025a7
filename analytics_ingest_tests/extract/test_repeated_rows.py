"""Rows that come twice: a parameter that the API does not read, or an order that differs."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, Script, ScriptedApi

OFFSET = {"type": "offset", "limit": 30}
PAGES = {"type": "page_number", "base_page": 1}
SENT = {**PAGES, "limit": 30, "limit_param": "per_page"}
PAGINATORS = {"offset": OFFSET, "page_number": PAGES, "page_number, size sent": SENT}
counted = pytest.mark.parametrize("kind", PAGINATORS)


def shuffling(served: list[Any], **beside: Any) -> Script:
    """Serve all rows whatever is asked for, in another order at each request."""
    order = random.Random(1)

    def script(_: Asked) -> dict[str, Any]:
        return {"data": order.sample(served, len(served)), **beside}

    return script


def changing(served: list[Any], **beside: Any) -> Script:
    """Serve all rows whatever is asked for, with a field that differs at each request."""
    requests: list[Asked] = []

    def script(asked: Asked) -> dict[str, Any]:
        requests.append(asked)
        return {"data": [{**one, "seen": len(requests)} for one in served], **beside}

    return script


@counted
@pytest.mark.parametrize(
    ("served", "beside"),
    [
        (rows(30), {}),
        (rows(40), {}),
        (rows(3), {"total": 900}),
        (rows(30), {"total": 900}),
        (rows(40), {"totalItems": 900}),
    ],
    ids=lambda value: str(len(value) if isinstance(value, list) else value),
)
@pytest.mark.parametrize("script", [shuffling, changing])
def test_a_position_that_the_api_does_not_read_is_an_error(
    api: ScriptedApi,
    kind: str,
    served: list[Any],
    beside: dict[str, Any],
    script: Callable[..., Script],
) -> None:
    api.on("/items", script(served, **beside))
    error = failure(declare(resource(paginator=PAGINATORS[kind]), concurrency=1))
    assert isinstance(error, PagingError)
    assert "page 2 repeats page 1, so the API does not read" in str(error)
    assert len(api.asked) == 2


def in_any_order(served: list[Any], page: Callable[..., Script], **beside: Any) -> Script:
    """Serve pages of rows whose order differs at each request."""
    order = random.Random(1)

    def script(asked: Asked) -> Any:
        return page(order.sample(served, len(served)), **beside)(asked)

    return script


@pytest.mark.parametrize("beside", [{}, {"total": 100}], ids=str)
@pytest.mark.parametrize(
    ("paginator", "page"),
    [
        ({"type": "offset", "limit": 10}, by_offset),
        (PAGES, lambda served, **beside: by_page(served, 10, **beside)),
    ],
    ids=["offset", "page_number"],
)
def test_an_order_that_differs_between_requests_is_warned_of(
    api: ScriptedApi, paginator: dict[str, Any], page: Callable[..., Script], beside: dict[str, Any]
) -> None:
    declared = resource(paginator=paginator)
    api.on("/items", in_any_order(rows(100), page, **beside))
    (warning,) = extract(declare(declared, concurrency=1))["items"].warnings
    assert "different id" in warning
    assert "declare params that sort by a unique field" in warning
    assert "Nothing is lost" not in try_(declared).words


def test_rows_that_lack_the_key_are_not_compared(api: ScriptedApi) -> None:
    served = [{"name": f"n{n}", "updated_at": "2026-01-05T10:00:00Z"} for n in range(7)]
    api.on("/items", by_offset(served, total=7))
    keyless = resource(
        own={"primary_key": None, "write_disposition": "replace"},
        incremental=None,
        paginator={"type": "offset", "limit": 2},
    )
    stats = extract(declare(keyless))["items"]
    assert (stats.rows_loaded, stats.warnings) == (7, [])


def test_a_key_that_is_not_unique_is_warned_of_where_a_total_shows_it(api: ScriptedApi) -> None:
    served = [row(n // 2, line=n) for n in range(8)]
    api.on("/items", by_offset(served, total=8))
    (warning,) = extract(declare(resource(paginator={"type": "offset", "limit": 2})))[
        "items"
    ].warnings
    assert "the 8 rows have 4 different id, less than the total of 8" in warning
    assert "If id is not unique, correct primary_key" in warning


@pytest.mark.parametrize("has_total", [True, False], ids=["with a total", "without"])
def test_rows_that_new_ones_push_to_the_next_page_are_ordinary(
    api: ScriptedApi, has_total: bool
) -> None:
    listing = rows(400)

    def script(asked: Asked) -> Any:
        if asked.query["offset"] in ("40", "120", "300"):
            listing.insert(0, row(f"new {len(listing)}"))
        beside: dict[str, Any] = {"total": len(listing)} if has_total else {}
        return by_offset(list(listing), **beside)(asked)

    api.on("/items", script)
    stats = extract(declare(resource(paginator={"type": "offset", "limit": 20}), concurrency=1))
    assert stats["items"].warnings == []


def test_a_row_pinned_to_each_page_is_ordinary(api: ScriptedApi) -> None:
    pages = [[row("pinned"), *(row(f"{page}-{n}") for n in range(4))] for page in range(30)]
    api.in_turn("/items", [*({"data": page} for page in pages), {"data": [row("pinned")]}])
    paginator = {"type": "offset", "limit": 5}
    assert extract(declare(resource(paginator=paginator), concurrency=1))["items"].warnings == []


def test_newer_versions_of_the_same_rows_may_follow_a_cursor(api: ScriptedApi) -> None:
    """A listing of changes has a row as often as it has changed."""
    pages = [
        {"data": [row(n, version=page) for n in range(20)], "next": f"c{page}"} for page in range(5)
    ]
    api.in_turn("/items", [*pages, {"data": []}])
    stats = extract(declare(resource(paginator={"type": "cursor", "cursor_path": "next"})))["items"]
    assert (stats.rows_loaded, stats.warnings) == (100, [])


def test_a_short_last_page_may_come_again_with_another_field(api: ScriptedApi) -> None:
    numbers: list[int] = []

    def script(asked: Asked) -> Any:
        numbers.append(1)
        start = min(int(asked.query["offset"]), 5)
        return {"data": [row(n, seen=len(numbers)) for n in range(start, min(start + 5, 8))]}

    api.on("/items", script)
    paginator = {"type": "offset", "limit": 5}
    assert read_ids(declare(resource(paginator=paginator))) == list(range(8))


def test_the_same_keys_of_several_listings_are_not_a_repetition(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(3)})
    for parent in (1, 2, 3):
        api.on(f"/parents/{parent}/items", by_offset(rows(4), total=4))
    key = ["_parents_id", "id"]
    items = resource(
        path="/parents/{resources.parents.id}/items",
        own={"include_from_parent": ["id"], "primary_key": key},
        paginator={"type": "offset", "limit": 2},
    )
    stats = extract(declare(resource("parents"), items))["items"]
    assert (stats.rows_loaded, stats.warnings) == (12, [])
