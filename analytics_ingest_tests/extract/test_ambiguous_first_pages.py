"""Where page 0 may be page 1: no total ends a listing too early, and no row comes twice unsaid."""

from itertools import count
from typing import Any

import pytest

from analytics_ingest_tests.extract.test_first_pages import OPEN, count_from
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

TOTAL = {"total_pages_path": "pages"}
BOTH = ("declare paginator.base_page: 1 if there is no page 0", "base_page: 0")
SIZE = 4


def clamp_while_rows_come(change: str, number: int = 12, **says: Any) -> Script:
    """Serve page 0 as page 1, which has a new first row, or a changed field, the second time."""
    listed, seen = [{"id": key} for key in range(9, 9 + number)], count()

    def script(asked: Asked) -> Any:
        page = max(int(asked.query["page"]), 1)
        served = listed[(page - 1) * SIZE : page * SIZE]
        if change == "a field that changes":
            served = [{**row, "seen": next(seen)} for row in served]
        if change == "a row that is added" and asked.query["page"] == "0":
            listed.insert(0, {"id": 8})
        return {"data": served, **says}

    return script


@pytest.mark.parametrize("keys", [{}, TOTAL], ids=["no total", "a total"])
@pytest.mark.parametrize("key", ["id", ""])
def test_a_page_0_that_is_page_1_before_a_row_came_fails(
    api: ScriptedApi, keys: dict[str, Any], key: str
) -> None:
    api.on("/items", clamp_while_rows_come("a row that is added", pages=3))
    declared = {**resource(paginator={**OPEN, **keys}), "primary_key": [key] if key else []}
    error = str(failure(declare(declared)))
    assert all(part in error for part in BOTH)


def test_a_total_that_one_child_confirms_ends_no_other_child_too_early(api: ScriptedApi) -> None:
    api.always("/lists", {"data": [{"id": 1}, {"id": 2}]})
    api.on("/lists/1/items", count_from(1, 2, says=lambda _: {"pages": 1}))
    api.on("/lists/2/items", clamp_while_rows_come("a field that changes", pages=3))
    paged = resource("items", path="lists/{resources.lists.id}/items", paginator={**OPEN, **TOTAL})
    parent, child = resource("lists", paginator="single_page"), {**paged, "primary_key": []}
    error = str(failure(declare(parent, child, concurrency=1), "items"))
    assert all(part in error for part in BOTH)


def test_a_row_that_comes_to_an_api_that_counts_from_0_fails_nothing(api: ScriptedApi) -> None:
    for number in (9, 12):
        with case(number):
            listed = rows(number)

            def script(asked: Asked, listed: list[Any] = listed) -> Any:
                at = int(asked.query["page"]) * SIZE
                served = listed[at : at + SIZE]
                if at == 0:
                    listed.insert(0, {"id": 0})
                return {"data": served}

            api.on("/items", script)
            extract(declare(resource(paginator=OPEN)))


ONE_PAGE: dict[str, Any] = {
    "clamps": {"data": rows(2), "pages": 1, "lastPage": 1},
    "has no rows": {"data": [], "pages": 1, "lastPage": 1},
    "is refused": Reply({}, 400),
    "is forbidden": Reply({}, 403),
    "is down": Reply({}, 500),
}


@pytest.mark.parametrize("beyond", ONE_PAGE)
def test_a_total_of_one_page_ends_the_listing(api: ScriptedApi, beyond: str) -> None:
    first = {"data": rows(2), "pages": 1}
    api.on("/items", lambda a: first if a.query["page"] == "0" else ONE_PAGE[beyond])
    loaded = extract(declare(resource(paginator={**OPEN, **TOTAL})))["items"]
    assert (loaded.rows_read, loaded.requests, loaded.warnings) == (2, 1, [])


@pytest.mark.parametrize("beyond", ["clamps", "has no rows", "is refused"])
def test_a_last_page_1_that_is_the_only_one_is_read(api: ScriptedApi, beyond: str) -> None:
    first = {"data": rows(2), "lastPage": 1}
    api.on("/items", lambda a: first if a.query["page"] == "0" else ONE_PAGE[beyond])
    declared = declare(resource(paginator={**OPEN, "total_pages_path": "lastPage"}))
    assert extract(declared)["items"].rows_read == 2


@pytest.mark.parametrize("last", [1, 4])
def test_the_number_of_the_last_page_from_0_is_not_taken_for_a_total(
    api: ScriptedApi, last: int
) -> None:
    api.on("/items", count_from(0, 2 * (last + 1), says=lambda _: {"lastPage": last}))
    declared = declare(resource(paginator={**OPEN, "total_pages_path": "lastPage"}))
    error = str(failure(declared))
    assert all(part in error for part in (*BOTH, "remove total_pages_path 'lastPage'"))


@pytest.mark.parametrize("key", ["id", ""])
def test_the_number_of_the_last_page_is_not_taken_for_a_total_where_pages_are_capped(
    api: ScriptedApi, key: str
) -> None:
    api.on("/items", count_from(0, 9, says=lambda _: {"lastPage": 4}))
    keys = {**OPEN, "limit": 6, "limit_param": "n", "total_pages_path": "lastPage"}
    declared = {**resource(paginator=keys), "primary_key": [key] if key else []}
    assert all(part in str(failure(declare(declared))) for part in BOTH)
