"""Where a declaration names no first page, an API may count from 0 or from 1: no row is lost."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    open_items,
    read_ids,
    resource,
)
from analytics_ingest_tests.support.pages import by_page, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

SIZE = 2
ADVICE = "declare paginator.base_page: 1"
OPEN = {"type": "page_number"}

REFUSED: Any = Reply({"message": "page must be at least 1"}, 400)
EMPTY: Any = {"data": []}


def count_from(
    first: int, number: int, at_0: Any = None, says: Callable[[int], dict[str, Any]] = lambda _: {}
) -> Script:
    """Serve rows from a first page on.

    Args:
        at_0: What answers page 0 where the first is 1; the rows of page 1 without it.
        says: The number of pages that are read → what a body holds beside the rows.
    """

    def script(asked: Asked) -> Any:
        page = int(asked.query.get("page", first))
        if page < first and at_0 is not None:
            return at_0
        read = max(page, first) - first + 1
        return {"data": rows(number)[(read - 1) * SIZE : read * SIZE], **says(read)}

    return script


def read(api: ScriptedApi, script: Script, **keys: Any) -> tuple[list[Any], list[str], list[Any]]:
    """The ids of the rows, the warnings, and the pages that were asked for."""
    before = len(api.sent("/items", "page"))
    api.on("/items", script)
    with open_items(declare(resource(paginator={**OPEN, **keys}))) as (items, stats):
        ids = [row["id"] for row in items]
    return ids, stats["items"].warnings, api.sent("/items", "page")[before:]


SIZED = {"limit": SIZE, "limit_param": "n"}
SAYS: dict[str, tuple[dict[str, Any], Callable[[int], dict[str, Any]]]] = {
    "nothing": ({}, lambda _: {}),
    "a page size": (SIZED, lambda _: {}),
    "a total of pages": ({"total_pages_path": "pages"}, lambda _: {"pages": 3}),
    "a total of rows": ({**SIZED, "total_path": "total"}, lambda _: {"total": 5}),
    "a flag": ({"has_more_path": "more"}, lambda read: {"more": read < 3}),
}


@pytest.mark.parametrize("keys", SAYS)
def test_an_api_that_counts_from_0_is_read_without_a_warning(api: ScriptedApi, keys: str) -> None:
    declared, says = SAYS[keys]
    for number in (5, 1):
        script = count_from(0, number, says=says if number == 5 else lambda _: {})
        with case(number):
            ids, warnings, _ = read(api, script, **(declared if number == 5 else SIZED))
            assert (ids, warnings) == (list(range(1, number + 1)), [])


@pytest.mark.parametrize("keys", SAYS)
def test_every_row_of_an_api_that_counts_from_1_is_read_once(api: ScriptedApi, keys: str) -> None:
    declared, says = SAYS[keys]
    cases = {
        "page 1 repeats page 0": None,
        "the API answers page 0 with status 400": REFUSED,
        "the API answers page 0 with status 404": Reply({}, 404),
        "the API answers page 0 with status 422": Reply({}, 422),
        "page 0 has no rows, and page 1 has rows": {**EMPTY, "more": True},
    }
    for sign, at_0 in cases.items():
        with case(sign):
            ids, (warning,), _ = read(api, count_from(1, 5, at_0, says), **declared)
            assert ids == [1, 2, 3, 4, 5]
            assert sign in warning
            assert ADVICE in warning


def test_one_page_of_an_api_that_counts_from_1_is_read_once(api: ScriptedApi) -> None:
    for at_0 in (None, REFUSED, EMPTY):
        with case(at_0):
            assert read(api, count_from(1, 1, at_0), **SIZED)[0] == [1]


def test_a_long_listing_is_read_once_whatever_is_prefetched(api: ScriptedApi) -> None:
    for at_0 in (None, REFUSED, EMPTY):
        with case(at_0):
            says = {"total_pages_path": "pages"}, lambda _: {"pages": 20}
            ids, _, _ = read(api, count_from(1, 40, at_0, says[1]), **says[0])
            assert list(dict.fromkeys(ids)) == list(range(1, 41))


def test_a_page_0_that_chance_refuses_is_not_missing_unsaid(api: ScriptedApi) -> None:
    served = count_from(0, 5)
    answers = iter([REFUSED])
    api.on("/items", lambda asked: next(answers, None) or served(asked))
    error = failure(declare(resource(paginator={**OPEN, **SIZED})))
    assert "page 0 was refused, and has rows now" in str(error)
    assert "declare paginator.base_page" in str(error)


def test_a_page_0_that_is_refused_to_one_listing_of_several_fails(api: ScriptedApi) -> None:
    parents = range(1, 31)
    api.always("/lists", {"data": [{"id": number} for number in parents]})
    for number in parents:
        api.on(f"/lists/{number}/items", count_from(0, 3))
    api.on("/lists/1/items", count_from(1, 3, REFUSED))
    parent = resource("lists", paginator="single_page")
    child = resource("items", path="lists/{resources.lists.id}/items", paginator={**OPEN, **SIZED})
    error = failure(declare(parent, child), "items")
    assert "demo.items" in str(error)


def test_an_api_without_rows_is_asked_for_page_1_too(api: ScriptedApi) -> None:
    for beyond in (EMPTY, REFUSED, Reply({}, 404)):
        with case(beyond):
            script = count_from(0, 0)
            ids, warnings, asked = read(
                api,
                lambda asked, script=script, beyond=beyond: (
                    script(asked) if asked.query.get("page") in ("0", None) else beyond
                ),
            )
            assert (ids, warnings) == ([], [])
            assert asked[:2] == ["0", "1"]


def test_a_total_of_no_rows_needs_no_page_1(api: ScriptedApi) -> None:
    ids, _, asked = read(api, lambda _: {"data": [], "total": 0}, total_path="total")
    assert ids == []
    assert "1" not in asked


def test_what_is_refused_for_another_reason_fails(api: ScriptedApi) -> None:
    api.always("/items", REFUSED)
    error = failure(declare(resource(paginator=OPEN)))
    assert isinstance(error, ApiError)
    assert error.status == 400
    assert api.sent("/items", "page") == ["0", "1"]


EMPTY_PAGES: dict[str, tuple[dict[str, Any], Any]] = {
    "a total of one page": ({"total_pages_path": "pages"}, {"data": [], "pages": 1}),
    "an undeclared total of pages": ({}, {"data": [], "total_pages": 1}),
    "a total of one row": ({"total_path": "total"}, {"data": [], "total": 1}),
    "a flag": ({"has_more_path": "more"}, {"data": [], "more": False}),
    "an end at an empty page": ({"stop_after_empty_page": True}, {"data": []}),
    "no page at all": ({}, {}),
    "a status of no content": ({}, Reply(b"", 204)),
}


@pytest.mark.parametrize("sign", EMPTY_PAGES)
def test_page_1_is_read_whatever_an_empty_page_0_says(api: ScriptedApi, sign: str) -> None:
    keys, at_0 = EMPTY_PAGES[sign]
    beside = (
        {name: value for name, value in at_0.items() if name != "data"}
        if not isinstance(at_0, Reply)
        else {}
    )
    api.always("/others", {"data": rows(1)})
    api.on("/items", count_from(1, 1, at_0, lambda _: beside))
    paged = resource(paginator={**OPEN, **keys})
    others = resource("others", path="others", paginator="single_page")
    with open_items(declare(paged, others), "items", "others") as (items, stats):
        list(items)
    assert stats["items"].rows_read == 1
    assert any(ADVICE in warning for warning in stats["items"].warnings)


@pytest.mark.parametrize("change", ["a field that changes", "a row that is added"])
def test_a_page_0_that_is_page_1_with_other_values_hides_no_last_page(
    api: ScriptedApi, change: str
) -> None:
    numbers = count(100)

    def script(asked: Asked) -> Any:
        at = (max(int(asked.query["page"]), 1) - 1) * SIZE
        listed = [{"name": f"n{number}"} for number in range(6)][at : at + SIZE]
        if change == "a field that changes":
            listed = [{**row, "seen": next(numbers)} for row in listed]
        elif asked.query["page"] == "1":
            listed = [{"name": "new"}, *listed][:SIZE]
        return {"data": listed, "pages": 3}

    api.on("/items", script)
    keyless = {**resource(paginator={**OPEN, "total_pages_path": "pages"}), "primary_key": []}
    assert "declare paginator.base_page: 1" in str(failure(declare(keyless)))


def test_equal_rows_without_a_key_may_fill_two_pages(api: ScriptedApi) -> None:
    api.on("/items", by_page([{"name": "a"}] * 4, 2, first=0))
    keyless = {**resource(paginator=OPEN), "primary_key": []}
    assert "repeats page 1" in str(failure(declare(keyless)))


def test_an_empty_page_0_does_not_count_among_the_most_pages(api: ScriptedApi) -> None:
    for at_0 in (None, REFUSED, EMPTY):
        with case(at_0):
            api.on("/items", count_from(1, 5, at_0))
            capped = resource(paginator={**OPEN, **SIZED}, max_pages=3)
            assert read_ids(declare(capped)) == [1, 2, 3, 4, 5]


def test_an_api_that_reads_no_page_number_fails(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(3)})
    error = failure(declare(resource(paginator=OPEN)))
    assert "page 2 repeats page 1, so the API does not read page" in str(error)


@pytest.mark.parametrize(
    "keys", [{"base_page": 0}, {"page": 0}, {"start_from_page": 0}, {"maximum_page": 9}], ids=str
)
def test_a_declared_page_0_is_not_passed(api: ScriptedApi, keys: dict[str, Any]) -> None:
    api.on("/items", count_from(1, 5, REFUSED))
    assert isinstance(failure(declare(resource(paginator={**OPEN, **keys}))), ApiError)
    assert api.sent("/items", "page") == ["0"]


def test_listings_of_parents_learn_from_the_first_that_page_0_is_refused(api: ScriptedApi) -> None:
    parents = range(1, 41)
    api.always("/lists", {"data": [{"id": number} for number in parents]})
    for number in parents:
        api.on(f"/lists/{number}/items", count_from(1, 3, REFUSED))
    parent = resource("lists", paginator="single_page")
    child = resource("items", path="lists/{resources.lists.id}/items", paginator={**OPEN, **SIZED})
    assert extract(declare(parent, child))["items"].rows_read == 3 * len(parents)
    assert "0" not in api.sent(f"/lists/{parents[-1]}/items", "page")
