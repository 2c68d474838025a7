"""Pages that are shorter than asked for: the last one, or all that the server ever gives."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

OFFSET = {"type": "offset", "limit": 10}
PAGES = {"type": "page_number", "limit": 10, "limit_param": "limit", "start_from_page": 1}
paged = pytest.mark.parametrize("paginator", [OFFSET, PAGES], ids=["offset", "page number"])


def capped(served: Sequence[Any], most: int, **beside: Any) -> Script:
    """Serve pages by offset or by number, of at most so many rows, whatever was asked for."""

    def script(asked: Asked) -> dict[str, Any]:
        size = min(most, int(asked.query["limit"]))
        start = int(asked.query.get("offset", (int(asked.query.get("page", 1)) - 1) * size))
        return {"data": list(served[start : start + size]), **beside}

    return script


@paged
@pytest.mark.parametrize("count", [4, 5, 9, 12, 100])
def test_a_page_size_that_the_server_caps_loses_no_row(
    api: ScriptedApi, paginator: dict[str, Any], count: int
) -> None:
    api.on("/items", capped(rows(count), 4))
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, count + 1))
    needed = -(-count // 4) + 1
    assert len({str(asked.query) for asked in api.asked}) <= needed + 10


def test_the_log_says_once_that_pages_are_cut_and_what_would_save_requests(
    api: ScriptedApi,
) -> None:
    lines: list[str] = []
    extract(family(api, [9, 9, 9], most=4), log=lines.append)
    (line,) = [line for line in lines if "rows a page were requested" in line]
    assert line.startswith("demo.items: 10 rows a page were requested, and the API gave 4 though")
    assert "`limit: 4` would save" in line


def test_pages_of_the_servers_own_size_are_prefetched(api: ScriptedApi) -> None:
    serve = capped(rows(200), 4)
    api.on("/items", lambda asked: Reply(serve(asked), delay=0.1))
    assert read_ids(declare(resource(paginator=OFFSET))) == list(range(1, 201))
    assert api.asked[-1].at - api.asked[0].at < 0.5 * 51 * 0.1


@paged
def test_a_short_first_page_costs_one_more_request(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    api.on("/items", capped(rows(7), 10))
    (stats,) = extract(declare(resource(paginator=paginator))).values()
    assert (stats.requests, stats.rows_loaded) == (2, 7)


@paged
def test_a_short_page_after_a_full_one_costs_none(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    api.on("/items", capped(rows(17), 10))
    (stats,) = extract(declare(resource(paginator=paginator))).values()
    assert (stats.requests, stats.rows_loaded) == (2, 17)


@paged
@pytest.mark.parametrize("status", [400, 404, 410, 416, 422])
def test_a_server_may_refuse_the_page_after_a_short_first_one(
    api: ScriptedApi, paginator: dict[str, Any], status: int
) -> None:
    serve = capped(rows(7), 10)
    first = ({"offset": "0"}, {"page": "1"})
    api.on(
        "/items",
        lambda asked: (
            serve(asked)
            if any(f.items() <= asked.query.items() for f in first)
            else Reply({}, status)
        ),
    )
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, 8))


@paged
def test_a_short_page_that_is_repeated_is_the_last_one(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    """Some servers answer the last page to whatever is asked after it."""
    serve = capped(rows(7), 4)

    def script(asked: Asked) -> Any:
        body = serve(asked)
        return body if body["data"] else {"data": rows(7)[4:]}

    api.on("/items", script)
    (stats,) = extract(declare(resource(paginator=paginator))).values()
    assert (stats.requests, stats.rows_loaded) == (3, 7)


@paged
def test_a_first_page_that_is_repeated_is_an_error(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    """The server knows no pages, or does not read the parameter: there may be more rows."""
    api.always("/items", {"data": rows(7)})
    error = failure(declare(resource(paginator=paginator)))
    assert isinstance(error, PagingError)
    assert "page 2 repeats page 1" in str(error)
    assert len(api.asked) == (3 if paginator is OFFSET else 2)


def rounding(served: Sequence[Any], most: int) -> Script:
    """Serve by offset // limit, a page number, at most so many rows a page."""

    def script(asked: Asked) -> dict[str, Any]:
        page = int(asked.query.get("offset", 0)) // int(asked.query.get("limit", 10))
        return {"data": list(served[page * most : (page + 1) * most])}

    return script


@pytest.mark.parametrize(("count", "requests"), [(7, 3), (10, 2), (14, 2), (30, 4)])
def test_an_api_that_rounds_the_offset_down_loads_whole(
    api: ScriptedApi, count: int, requests: int
) -> None:
    api.on("/items", rounding(rows(count), 10))
    (stats,) = extract(declare(resource(paginator=OFFSET))).values()
    assert (stats.rows_loaded, len(api.asked)) == (count, requests)


def test_an_api_that_rounds_the_offset_down_and_caps_the_page_is_an_error(
    api: ScriptedApi,
) -> None:
    """Its rows are at no offset that can be known."""
    api.on("/items", rounding(rows(7), 4))
    error = failure(declare(resource(paginator=OFFSET)))
    assert isinstance(error, PagingError)
    assert "declare a limit that it returns in full" in str(error)


@pytest.mark.parametrize("most", [4, 10], ids=["capped", "not capped"])
def test_a_total_saves_the_request(api: ScriptedApi, most: int) -> None:
    api.on("/items", capped(rows(7), most, total=7))
    assert read_ids(declare(resource(paginator=OFFSET))) == list(range(1, 8))
    assert api.sent("/items", "offset") == (["0", "4"] if most == 4 else ["0"])


@pytest.mark.parametrize("total", [{"total": 7}, {"total": 1}], ids=["of rows", "of pages"])
def test_a_total_of_rows_or_pages_saves_the_request(
    api: ScriptedApi, total: dict[str, int]
) -> None:
    api.on("/items", capped(rows(7), 10, **total))
    assert read_ids(declare(resource(paginator=PAGES))) == list(range(1, 8))
    assert len(api.asked) == 1


@pytest.mark.parametrize("total", [{"total": 18}, {"total": 5}], ids=["of rows", "of pages"])
def test_pages_that_are_cut_go_on_where_the_total_says_so(
    api: ScriptedApi, total: dict[str, int]
) -> None:
    api.on("/items", capped(rows(18), 4, **total))
    assert read_ids(declare(resource(paginator=PAGES))) == list(range(1, 19))
    assert len(api.asked) == 5


def test_a_flag_decides_and_not_the_length_of_a_page(api: ScriptedApi) -> None:
    serve = capped(rows(9), 4)

    def script(asked: Asked) -> dict[str, Any]:
        return {**serve(asked), "more": int(asked.query["offset"]) < 8}

    api.on("/items", script)
    assert read_ids(declare(resource(paginator={**OFFSET, "has_more_path": "more"}))) == [
        *range(1, 10)
    ]
    assert api.sent("/items", "offset") == ["0", "4", "8"]


def test_rows_that_pages_omit_do_not_end_a_listing(api: ScriptedApi) -> None:
    """The server cuts pages first and hides rows then, so no page tells by its length."""

    def script(asked: Asked) -> dict[str, Any]:
        page = int(asked.query["page"])
        hidden = {1: 1, 2: 3, 3: 2}
        first = (page - 1) * 10 + 1
        return {"data": [row(n) for n in range(first + hidden.get(page, 10), first + 10)]}

    api.on("/items", script)
    assert len(read_ids(declare(resource(paginator=PAGES)))) == 24


def test_max_pages_counts_no_page_that_only_proves_the_end(api: ScriptedApi) -> None:
    api.on("/items", capped(rows(7), 10))
    assert len(read_ids(declare(resource(paginator=OFFSET, max_pages=1)))) == 7
    api.on("/items", capped(rows(7), 4))
    error = failure(declare(resource(paginator=OFFSET, max_pages=1)))
    assert isinstance(error, PagingError)
    assert "max_pages: 1" in str(error)


def family(api: ScriptedApi, sizes: Sequence[int], most: int) -> Any:
    """Parents with so many children each; declared."""
    api.always("/parents", {"data": rows(len(sizes))})
    for number, size in enumerate(sizes, 1):
        served = [row(number * 1000 + n) for n in range(size)]
        api.on(f"/parents/{number}/items", capped(served, most))
    child = resource(path="/parents/{resources.parents.id}/items", paginator=OFFSET)
    return declare(resource("parents", own={"selected": False}), child, concurrency=1)


@pytest.mark.parametrize(
    ("sizes", "further"),
    [
        pytest.param([3] * 100, 3, id="all of one size: three proofs"),
        pytest.param([1, 2, 3, 4, 5] * 20, 3 * 5, id="small sizes, growing"),
        pytest.param([5, 4, 3, 2, 1] * 20, 3, id="the longest first"),
        pytest.param([12, *[3] * 99], 1, id="a full page first: its second page alone"),
        pytest.param([0] * 100, 0, id="all empty"),
    ],
)
def test_evidence_of_one_listing_spares_the_others_a_request(
    api: ScriptedApi, sizes: list[int], further: int
) -> None:
    extract(family(api, sizes, most=10))
    assert len(api.asked) <= 1 + len(sizes) + further


@pytest.mark.parametrize("sizes", [[9, 3, 7, 12], [4, 9, 3], [4, 4, 9], [3, 2, 9, 4]])
def test_children_of_a_server_that_caps_its_pages_are_loaded_whole(
    api: ScriptedApi, sizes: list[int]
) -> None:
    assert len(read_ids(family(api, sizes, most=4))) == sum(sizes)
