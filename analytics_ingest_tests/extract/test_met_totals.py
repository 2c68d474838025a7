"""Totals that are met at the end of a full page: one more request shows whether they are totals."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

OFFSET = {"type": "offset", "limit": 2}
PAGES = {"type": "page_number", "limit": 2, "base_page": 1}
PAGINATORS: dict[str, dict[str, Any]] = {
    "offset": OFFSET,
    "page number, size not sent": PAGES,
    "page number, size sent": {**PAGES, "limit_param": "per_page"},
    "page number, size unknown": {"type": "page_number", "base_page": 1},
}


def listing(paginator: Mapping[str, Any], served: list[Any], **beside: Any) -> Script:
    """Serve rows, two a page, as a paginator asks for them."""
    if paginator["type"] == "offset":
        return by_offset(served, **beside)
    return by_page(served, 2, **beside)


def instead_of_empty(script: Script, answer: Any) -> Script:
    """Answer something else where a page would be empty."""

    def answering(asked: Asked) -> Any:
        body = script(asked)
        return body if body["data"] else answer

    return answering


@pytest.mark.parametrize("kind", PAGINATORS)
@pytest.mark.parametrize("total", [1, 2, 3, 4, 6, 8, 10])
def test_no_row_is_lost_after_a_sum_that_is_met_like_a_total(
    api: ScriptedApi, kind: str, total: int
) -> None:
    """Sums of money are called `total` as well."""
    paginator = PAGINATORS[kind]
    api.on("/items", listing(paginator, rows(11), total=total, currency="EUR"))
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, 12))


@pytest.mark.parametrize("kind", [kind for kind in PAGINATORS if "unknown" not in kind])
@pytest.mark.parametrize(("count", "requests"), [(1, 1), (2, 2), (3, 2), (4, 3), (11, 6)], ids=str)
def test_only_a_total_that_a_full_page_meets_costs_a_request(
    api: ScriptedApi, kind: str, count: int, requests: int
) -> None:
    paginator = PAGINATORS[kind]
    api.on("/items", listing(paginator, rows(count), total=count))
    stats = extract(declare(resource(paginator=paginator), concurrency=1))["items"]
    assert (stats.rows_loaded, stats.requests, stats.warnings) == (count, requests, [])


@pytest.mark.parametrize(
    "answer",
    [
        {"data": []},
        {"data": [], "total": 4},
        {},
        [],
        {"data": None},
        {"error": "no such page"},
        {"message": "no such page"},
        *(Reply({"error": "no such page"}, status) for status in (400, 404, 410, 416, 422)),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", PAGINATORS)
def test_what_honest_apis_answer_beyond_the_end_is_the_end(
    api: ScriptedApi, kind: str, answer: Any
) -> None:
    paginator = PAGINATORS[kind]
    api.on("/items", instead_of_empty(listing(paginator, rows(4), total=4), answer))
    stats = extract(declare(resource(paginator=paginator), concurrency=1))["items"]
    assert (stats.rows_loaded, stats.requests, stats.warnings) == (4, 3, [])


@pytest.mark.parametrize("status", [500, 503])
def test_a_fault_of_the_server_beyond_a_total_is_warned_of(api: ScriptedApi, status: int) -> None:
    fault = Reply({"error": "no such page"}, status)
    api.on("/items", instead_of_empty(by_offset(rows(4), total=4), fault))
    handler = {"max_retries": 1, "backoff_factor": 0}
    declaration = declare(resource(paginator=OFFSET, error_handler=handler), concurrency=1)
    stats = extract(declaration)["items"]
    assert stats.rows_loaded == 4
    (warning,) = stats.warnings
    assert f"ends after 4 rows, because the API answered {status}" in warning
    assert "'total' says 4; if there are more rows" in warning


@pytest.mark.parametrize("kind", PAGINATORS)
def test_a_full_last_page_that_is_sent_again_is_the_end(api: ScriptedApi, kind: str) -> None:
    paginator = PAGINATORS[kind]
    last = {"data": rows(4)[2:], "total": 4}
    api.on("/items", instead_of_empty(listing(paginator, rows(4), total=4), last))
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3, 4]


def test_an_api_that_ignores_the_limit_and_states_a_total_has_one_page(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(3), "total": 3})
    assert read_ids(declare(resource(paginator=OFFSET))) == [1, 2, 3]


def test_a_full_first_page_that_is_sent_again_may_be_one_of_many(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2), "total": 2})
    error = failure(declare(resource(paginator=OFFSET)))
    assert isinstance(error, PagingError)
    assert "the API does not read offset" in str(error)
    assert "declare paginator: single_page" in str(error)


def test_one_listing_proves_the_total_of_all(api: ScriptedApi) -> None:
    parents = rows(30)
    api.always("/parents", {"data": parents})
    for parent in parents:
        served = [row(f"{parent['id']}-{n}") for n in range(4)]
        api.on(f"/parents/{parent['id']}/items", by_offset(served, total=4))
    items = resource(path="/parents/{resources.parents.id}/items", paginator=OFFSET)
    stats = extract(declare(resource("parents"), items, concurrency=1))["items"]
    assert (stats.rows_loaded, stats.requests) == (120, 2 * 30 + 1)


def test_a_total_that_one_listing_refutes_is_evidence_for_none(api: ScriptedApi) -> None:
    """The sums of some parents happen to be the number of their rows."""
    api.always("/parents", {"data": rows(3)})
    for parent, (count, total) in enumerate([(6, 4), (4, 4), (8, 4)], start=1):
        served = [row(f"{parent}-{n}") for n in range(count)]
        api.on(f"/parents/{parent}/items", by_offset(served, total=total))
    items = resource(path="/parents/{resources.parents.id}/items", paginator=OFFSET)
    stats = extract(declare(resource("parents"), items, concurrency=1))["items"]
    assert stats.rows_loaded == 18


def test_rows_that_are_added_meanwhile_do_not_refute_a_total(api: ScriptedApi) -> None:
    pages = [(rows(2), 4), (rows(4)[2:], 4), ([row(5)], 5)]
    api.in_turn("/items", [{"data": data, "total": total} for data, total in pages])
    lines: list[str] = []
    stats = extract(declare(resource(paginator=OFFSET), concurrency=1), log=lines.append)
    assert (stats["items"].rows_loaded, stats["items"].warnings) == (5, [])
    assert [line for line in lines if "more rows follow" in line] == []


def test_the_request_does_not_count_as_a_page_of_max_pages(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(4), total=4))
    assert read_ids(declare(resource(paginator=OFFSET, max_pages=2))) == [1, 2, 3, 4]
