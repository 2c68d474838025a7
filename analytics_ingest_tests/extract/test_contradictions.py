"""Listings that end against a total, a flag or a link: an error or a warning that names it."""

from dataclasses import replace
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.extract.endings import (
    COUNTED,
    FOUR,
    MORE,
    PAGES,
    PAGINATORS,
    TOTAL,
    Case,
    declared,
    outcome,
    says,
    serve,
)
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, extract, failure, load, resource, table
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import ScriptedApi

FATAL: dict[str, Case] = {
    "a declared total": Case(says(meta={"total": 11}), TOTAL, warning=("meta.total' says 11",)),
    "a declared total in a header": Case(
        says(), {"total_path": "headers.X-Total"}, warning=("X-Total' says 11",)
    ),
    "a declared flag": Case(says(more="Y"), MORE, warning=("has_more_path 'more' is true",)),
}
"""Cursors cannot ask for a page that is not named, so these fail; where pages are counted, the next
one was asked for in vain."""
WARNED: dict[str, Case] = {
    **{name: replace(case, of=COUNTED) for name, case in FATAL.items()},
    "a declared total of pages": Case(
        says(pages=PAGES),
        {"total_pages_path": "pages"},
        COUNTED[1:],
        ("total_pages_path 'pages' says 6",),
    ),
    "a total that nobody declared": Case(says(total=11), warning=("'total' says 11",)),
    "another name of it": Case(says(totalItems=11), warning=("'totalItems' says 11",)),
    "one of pages": Case(says(page_info={"total_pages": 6}), warning=("'total_pages' says 6",)),
    "one of OData": Case(says(**{"@odata.count": 11}), warning=("'@odata.count' says 11",)),
    "a flag that nobody declared": Case(
        says(pagination={"hasNextPage": True}), warning=("'hasNextPage' says that there is more",)
    ),
    "a flag that it is not the last": Case(
        says(last=False), warning=("'last' says that there is more",)
    ),
}


@pytest.mark.parametrize("name", FATAL)
def test_a_cursor_that_ends_against_a_declared_key_fails(api: ScriptedApi, name: str) -> None:
    said = FATAL[name]
    serve(api, said.says, FOUR, headers={"X-Total": "11"})
    error = failure(declare(declared("cursor", said.keys)))
    assert isinstance(error, PagingError)
    assert str(error).startswith("demo.items: GET /items: the listing ends after 4 rows, because ")
    assert [part for part in said.warning if part not in str(error)] == []


@pytest.mark.parametrize("name", WARNED)
def test_what_says_more_at_the_end_is_warned_of(api: ScriptedApi, name: str) -> None:
    said = WARNED[name]
    serve(api, said.says, FOUR, headers={"X-Total": "11"} if "header" in name else {})
    for paginator in said.of:
        with case(paginator):
            ids, (warning,) = outcome(paginator, said.keys)
            assert ids == [1, 2, 3, 4]
            assert warning.startswith("the listing ends after 4 rows, because ")
            assert [part for part in said.warning if part not in warning] == []


@pytest.mark.parametrize(
    "beside",
    [
        {"total": 4},
        {"totalItems": 4},
        {"has_more": False},
        {"last": True},
        {"pages": 2},
        {"count": 2},
        {"page": {"last": 2, "more": 0}},
    ],
    ids=str,
)
def test_what_agrees_is_none(api: ScriptedApi, beside: dict[str, Any]) -> None:
    serve(api, lambda page: beside if page.is_last else {}, FOUR)
    for paginator in PAGINATORS:
        with case(paginator):
            assert outcome(paginator, {}) == ([1, 2, 3, 4], [])


@pytest.mark.parametrize("paginator", PAGINATORS)
def test_an_empty_listing_is_compared_too(api: ScriptedApi, paginator: str) -> None:
    serve(api, says(total=0, total_pages=1, has_more=False), [])
    assert outcome(paginator, {}) == ([], [])
    serve(api, says(total=11), [])
    ids, (warning,) = outcome(paginator, {})
    assert ids == []
    assert "the listing ends after 0 rows" in warning


@pytest.mark.parametrize("paginator", COUNTED)
@pytest.mark.parametrize("total", [5, 6])
def test_a_total_that_an_empty_page_would_reach_is_not_reached(
    api: ScriptedApi, paginator: str, total: int
) -> None:
    serve(api, says(total=total), FOUR)
    assert outcome(paginator, {})[0] == [1, 2, 3, 4]
    assert len(outcome(paginator, {})[1]) == 1


@pytest.mark.parametrize("keys", [{}, {"total_pages_path": "pages"}], ids=["implied", "declared"])
def test_a_total_of_pages_that_counts_an_empty_page_after_a_short_one_is_warned_of(
    api: ScriptedApi, keys: dict[str, Any]
) -> None:
    serve(api, says(pages=PAGES))
    ids, (warning,) = outcome("page_number", {**keys, "base_page": 2})
    assert ids == [*range(3, 12)]
    assert warning.startswith("the listing ends after 9 rows, because the page is empty, but ")
    assert warning.endswith("'pages' says 6")
    serve(api, says(pages=PAGES), rows(10))  # Some APIs count one page too many.
    assert outcome("page_number", keys) == ([*range(1, 11)], [])


def test_a_total_in_a_row_is_not_one_of_the_listing(api: ScriptedApi) -> None:
    api.always("/items", row(1, total=300, meta={"total": 20}, has_more=True))
    stats = load(declare(resource(data_selector="$")))["items"]
    assert (table("items"), stats.warnings) == ([1], [])


@pytest.mark.parametrize(
    "paginator", ["single_page", "auto", None], ids=["single_page", "auto", "nothing declared"]
)
@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"totalItems": 900}, "'totalItems' says 900"),
        ({"meta": {"hasMore": True}}, "'hasMore' says that there is more"),
    ],
    ids=["a total", "a flag"],
)
def test_a_single_page_is_compared_too(
    api: ScriptedApi, paginator: str | None, body: dict[str, Any], part: str
) -> None:
    api.always("/items", {"data": rows(2), **body})
    (warning,) = extract(declare(resource(paginator=paginator)))["items"].warnings
    assert part in warning
    assert part in " ".join(try_(resource(paginator=paginator)).wrong)
