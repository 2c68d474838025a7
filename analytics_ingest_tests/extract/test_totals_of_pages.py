"""A `total_path` of `page_number` whose last name says that it counts pages, and others."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest.extract.stats import Stats
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import by_page, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

SIZE = 3
PAGES = {"type": "page_number", "base_page": 1}
SIZES: dict[str, Mapping[str, Any]] = {
    "size unknown": {},
    "size declared": {"limit": SIZE},
    "size sent": {"limit": SIZE, "limit_param": "per_page"},
}
NAMES_OF_PAGES: dict[str, Mapping[str, Any]] = {
    "meta.totalPages": {"meta": {"totalPages": 3}},
    "results.total_pages": {"results": {"total_pages": 3}},
    "meta['total-pages']": {"meta": {"total-pages": 3}},
    "$.page_count": {"page_count": 3},
    "pages": {"pages": "3"},
    "meta.last_page": {"meta": {"last_page": 3}},
    "pagination.numPages": {"pagination": {"numPages": 3}},
    "numberOfPages": {"numberOfPages": 3},
    "total_page": {"total_page": 3},
}


def load(paginator: Mapping[str, Any], path: str) -> Stats:
    """Read all pages, one after the other."""
    keys = {**PAGES, **paginator, "total_path": path}
    return extract(declare(resource(paginator=keys), concurrency=1))["items"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", NAMES_OF_PAGES)
def test_as_many_rows_on_a_page_as_there_are_pages_do_not_end_the_listing(
    api: ScriptedApi, path: str, size: str
) -> None:
    api.on("/items", by_page(rows(8), SIZE, **NAMES_OF_PAGES[path]))
    stats = load(SIZES[size], path)
    assert (stats.rows_loaded, stats.requests, stats.warnings) == (8, 3, [])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("count", "pages", "requests"),
    [
        pytest.param(2, 1, 1, id="one short page"),
        pytest.param(3, 1, 1, id="one full page"),
        pytest.param(6, 2, 2, id="an exact multiple"),
        pytest.param(9, 3, 3, id="an exact multiple, as many pages as rows of a page"),
        pytest.param(30, 10, 10, id="many pages"),
    ],
)
def test_the_last_page_by_its_number_is_the_last_request(
    api: ScriptedApi, count: int, pages: int, requests: int, size: str
) -> None:
    api.on("/items", by_page(rows(count), SIZE, meta={"totalPages": pages}))
    stats = load(SIZES[size], "meta.totalPages")
    assert (stats.rows_loaded, stats.requests, stats.warnings) == (count, requests, [])


@pytest.mark.parametrize("total", [0, 1])
def test_an_empty_listing_has_no_page_or_one(api: ScriptedApi, total: int) -> None:
    api.always("/items", {"data": [], "meta": {"totalPages": total}})
    stats = load({}, "meta.totalPages")
    assert (stats.rows_loaded, stats.warnings) == (0, [])


def test_a_total_of_0_pages_beside_rows_is_not_a_total(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(8), SIZE, meta={"totalPages": 0}))
    assert load({}, "meta.totalPages").rows_loaded == 8


def test_a_short_page_whose_rows_are_as_many_as_the_pages_is_not_the_last(
    api: ScriptedApi,
) -> None:
    """Servers hide rows of a page: its two rows of three are not the total of rows."""
    listed = {"1": rows(2), "2": rows(5)[2:]}

    def script(asked: Asked) -> dict[str, Any]:
        return {"data": listed.get(asked.query["page"], []), "meta": {"totalPages": 2}}

    api.on("/items", script)
    stats = load(SIZES["size sent"], "meta.totalPages")
    assert (stats.rows_loaded, stats.warnings) == (5, [])


def test_fewer_pages_than_the_total_says_are_warned_of(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(8), SIZE, meta={"totalPages": 8}))
    stats = load({}, "meta.totalPages")
    assert stats.rows_loaded == 8
    (warning,) = stats.warnings
    assert "ends after 8 rows, because the page is empty" in warning
    assert "total_path 'meta.totalPages' says 8" in warning


def test_a_refusal_before_the_last_page_of_the_total_fails(api: ScriptedApi) -> None:
    """As many rows as pages were read, which must not look like the end."""
    page = {"data": rows(3), "meta": {"totalPages": 3}}
    api.in_turn("/items", [page, Reply({"error": "broken"}, 400)])
    declaration = declare(resource(paginator={**PAGES, "total_path": "meta.totalPages"}))
    assert "total_path 'meta.totalPages' says 3" in str(failure(declaration))


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        pytest.param("meta.total", {"meta": {"total": 8}}, id="total of rows"),
        pytest.param("meta.total", {"meta": {"total": 3}}, id="total of pages"),
        pytest.param("count", {"count": 8}, id="count of rows"),
        pytest.param("pages.total", {"pages": {"total": 8}}, id="rows beside the pages"),
        pytest.param("pages.total", {"pages": {"total": 3}}, id="pages"),
    ],
)
def test_any_other_name_counts_rows_or_pages(
    api: ScriptedApi, path: str, beside: dict[str, Any]
) -> None:
    api.on("/items", by_page(rows(8), SIZE, **beside))
    stats = load({"limit": SIZE}, path)
    assert (stats.rows_loaded, stats.requests) == (8, 3)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [7, 9])
def test_a_listing_that_begins_at_page_one_has_that_page_first(
    api: ScriptedApi, size: str, count: int
) -> None:
    api.on("/items", by_page(rows(count), SIZE, meta={"total_pages": 3}))
    paginator = {"type": "page_number", "page": 1, **SIZES[size], "total_path": "meta.total_pages"}
    stats = extract(declare(resource(paginator=paginator), concurrency=1))["items"]
    assert (stats.rows_loaded, stats.requests, stats.warnings) == (count, 3, [])
