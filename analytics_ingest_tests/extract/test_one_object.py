"""Listings whose pages are one object each: the only one again, a part of it, or others."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from itertools import count
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, failure, open_items, resource
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

OFFSET = {"type": "offset", "limit": 50}
PAGES = {"type": "page_number", "limit": 50, "limit_param": "n"}
FROM_0, FROM_1 = ({**PAGES, "base_page": n} for n in (0, 1))
UNSIZED = {"type": "page_number"}
ALL = (OFFSET, PAGES, FROM_0, FROM_1, UNSIZED)

GONE, REFUSED = Reply({"message": "no such page"}, 404), Reply({"message": "bad page"}, 400)
ONE = {"id": 1, "name": "x", "roles": list(range(60))}

Body = Callable[[Asked], Any]


def now(_: Asked) -> dict[str, Any]:
    return {**ONE, "at": datetime.now(timezone.utc).isoformat(), "ms": _now_ms()}


def _now_ms() -> int:
    return int(datetime.now(timezone.utc).timestamp() * 1000)


def linked(asked: Asked) -> dict[str, Any]:
    page = int(asked.query.get("page", 0))
    links = {"self": f"/me?page={page}", **({"prev": f"/me?page={page - 1}"} if page else {})}
    return {**ONE, "links": links, "meta": {"current_page": page + 1}}


def read(api: ScriptedApi, body: Body, paginator: Mapping[str, Any], *, key: bool) -> Any:
    """The ids that are loaded, and the kinds of warnings."""
    api.on("/items", body)
    declared = resource(paginator=paginator, data_selector="$", incremental=None)
    if not key:
        del declared["primary_key"]
    with open_items(declare(declared)) as (rows, stats):
        ids = [row["id"] for row in rows]
    return ids, stats["items"].warnings


@pytest.mark.parametrize("key", [True, False], ids=["key", "no key"])
@pytest.mark.parametrize("paginator", ALL, ids=str)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lambda _: ONE, id="the same"),
        pytest.param(lambda asked: {**ONE, **asked.query}, id="what was sent"),
        pytest.param(lambda asked: {**ONE, "args": {**asked.query}}, id="in an inner object"),
        pytest.param(linked, id="links and a number from 1"),
        pytest.param(now, id="the time"),
    ],
)
def test_one_object_that_comes_for_each_position_is_one_row(
    api: ScriptedApi, body: Body, paginator: Mapping[str, Any], key: bool
) -> None:
    ids, warnings = read(api, body, paginator, key=key)
    assert ids == [1]
    assert not (key and warnings)
    assert len(api.asked) <= 3


@pytest.mark.parametrize(
    ("body", "doubts"),
    [
        (lambda _: ONE, 0),
        (lambda asked: {**ONE, **asked.query}, 1),
        (lambda asked: {"id": 1, "position": asked.query["page"]}, 1),
        (now, 1),
    ],
    ids=["the same", "what was sent", "its position", "the time"],
)
def test_objects_without_a_key_that_differ_by_it_alone_may_be_several_rows(
    api: ScriptedApi, body: Body, doubts: int
) -> None:
    _, warnings = read(api, body, FROM_1, key=False)
    assert len(warnings) == doubts
    assert all("declare paginator: single_page, or primary_key" in each for each in warnings)


@pytest.mark.parametrize("paginator", ALL, ids=str)
@pytest.mark.parametrize("end", [GONE, REFUSED, {}, [], None, Reply(None, 204)], ids=str)
def test_one_object_after_which_the_api_has_no_page_is_one_row(
    api: ScriptedApi, end: Any, paginator: Mapping[str, Any]
) -> None:
    calls = count()

    def body(_: Asked) -> Any:
        return end if next(calls) else ONE

    assert read(api, body, paginator, key=True) == ([1], [])
    assert len(api.asked) == 2


def numbered(
    number: int, first: int, end: Any, make: Callable[[int], Any], *, clamp: bool = False
) -> Body:
    """Pages of one object each; before and after them `end`, or the nearest one."""

    def script(asked: Asked) -> Any:
        index = int(asked.query.get("page", first)) - first
        if clamp:
            return make(max(0, min(index, number - 1)))
        return make(index) if 0 <= index < number else end

    return script


def with_lines(index: int) -> dict[str, Any]:
    return {"id": index, "report": {"lines": [{"n": index * 50 + n} for n in range(50)]}}


def plain(index: int) -> dict[str, Any]:
    return {"id": index, "name": f"n{index}"}


def alike(index: int) -> dict[str, Any]:
    """Differs by its number, which is also the number of the page."""
    return {"id": index, "status": "open"}


def of_a_day(index: int) -> dict[str, Any]:
    return {"id": f"2026-11-{index + 1:02}", "rate": 1.2}


@pytest.mark.parametrize("key", [True, False], ids=["key", "no key"])
@pytest.mark.parametrize("make", [with_lines, plain, alike, of_a_day])
@pytest.mark.parametrize("paginator", [FROM_0, PAGES, UNSIZED], ids=str)
def test_pages_of_one_object_each_are_all_read(
    api: ScriptedApi, paginator: Mapping[str, Any], make: Callable[[int], Any], key: bool
) -> None:
    end = GONE if key else {}
    expected = [make(index)["id"] for index in range(5)]
    assert read(api, numbered(5, 0, end, make), paginator, key=key) == (expected, [])


@pytest.mark.parametrize("key", [True, False], ids=["key", "no key"])
@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize("paginator", [PAGES, FROM_1], ids=str)
def test_the_first_object_again_for_page_0_and_the_last_beyond_the_end_lose_no_other(
    api: ScriptedApi, paginator: Mapping[str, Any], number: int, key: bool
) -> None:
    ids, warnings = read(api, numbered(number, 1, None, plain, clamp=True), paginator, key=key)
    assert ids == list(range(number))
    is_guessed = paginator is PAGES and number > 1
    assert [("page 1 repeats page 0" in warning) for warning in warnings] == [True] * is_guessed


def parts(name: str, pages: Sequence[Any]) -> Body:
    calls = count()

    def script(_: Asked) -> dict[str, Any]:
        return {"id": 7, "name": "x", name: pages[min(next(calls), len(pages) - 1)]}

    return script


@pytest.mark.parametrize("paginator", [*ALL, {**PAGES, "limit": 1}], ids=str)
@pytest.mark.parametrize(
    ("name", "pages", "named"),
    [
        pytest.param("lines", [[1, 2], [3, 4]], "lines", id="lists of one length"),
        pytest.param("lines", [[1, 2], [3]], "lines", id="a shorter list"),
        pytest.param("lines", [[{"n": 1}], [{"n": 2}]], "lines.n", id="lists of objects"),
        pytest.param("r", [{"lines": [1]}, {"lines": [2, 3]}], "r.lines", id="an inner list"),
        pytest.param("days", [{"a": 1}, {"b": 2}], "days.b", id="an object of rows by key"),
    ],
)
def test_parts_of_one_row_fail_by_name_because_the_last_would_replace_the_others(
    api: ScriptedApi, name: str, pages: Sequence[Any], named: str, paginator: Mapping[str, Any]
) -> None:
    api.on("/items", parts(name, pages))
    error = failure(declare(resource(paginator=paginator, data_selector="$", incremental=None)))
    assert isinstance(error, PagingError)
    assert f"another part of {named}, " in str(error)
    assert "demo.items" in str(error)


@pytest.mark.parametrize(
    ("name", "pages", "doubts"),
    [
        pytest.param("lines", [[1, 2], []], 0, id="no further part"),
        pytest.param("roles", [["a", "b"], ["b", "a"]], 0, id="another order"),
        pytest.param("visits", [1, 2], 1, id="another number"),
        pytest.param("info", [{"visits": 1}, {"visits": 2}], 1, id="in an inner object"),
        pytest.param("lines", [list(range(50))], 1, id="a list that is as long as a page"),
    ],
)
def test_what_else_differs_in_the_same_row_is_a_warning_where_it_may_be_more(
    api: ScriptedApi, name: str, pages: Sequence[Any], doubts: int
) -> None:
    ids, warnings = read(api, parts(name, pages), FROM_1, key=True)
    assert (ids, len(warnings)) == ([7], doubts)
    assert all(name in warning for warning in warnings)


def test_each_child_of_one_object_is_asked_for_its_next_page(api: ScriptedApi) -> None:
    """That three of them had one page says nothing of the fourth."""
    api.always("/lists", {"data": [{"id": n} for n in range(1, 8)]})
    for number in range(1, 8):
        pages = 3 if number > 5 else 1
        first = number * 10
        api.on(f"/lists/{number}/items", numbered(pages, 0, GONE, lambda n, m=first: plain(m + n)))
    child = resource(
        path="lists/{resources.lists.id}/items",
        paginator=FROM_0,
        data_selector="$",
        incremental=None,
    )
    lists = resource("lists", paginator="single_page", incremental=None)
    with open_items(declare(lists, child)) as (rows, _):
        ids = sorted(row["id"] for row in rows if row["id"] >= 10)
    assert ids == [10, 20, 30, 40, 50, 60, 61, 62, 70, 71, 72]


@pytest.mark.parametrize("key", [True, False], ids=["key", "no key"])
def test_the_last_object_for_each_later_page_is_not_requested_without_end(
    api: ScriptedApi, key: bool
) -> None:
    """Without a key the pages of a book may be alike: they are read on, as far as a listing may."""

    def echo(asked: Asked) -> Any:
        return {**numbered(3, 0, None, plain, clamp=True)(asked), "page": asked.query["page"]}

    if key:
        assert read(api, echo, FROM_0, key=True) == ([0, 1, 2], [])
        assert len(api.asked) == 4
        return
    api.on("/items", echo)
    declared = {**resource(paginator=FROM_0, data_selector="$", incremental=None)}
    del declared["primary_key"]
    assert "100 pages in a row" in str(failure(declare(declared)))
