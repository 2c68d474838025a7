"""Pages beyond the last one: refused, or the same page again."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError, LoadError, PagingError
from analytics_ingest_tests.extract.endings import (
    COUNTED,
    FOUR,
    PAGINATORS,
    declared,
    outcome,
    says,
    serve,
)
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

BEYOND = Reply({"code": "invalid_page_number"}, 400)
REFUSED = (400, 404, 410, 416, 422)


def status_of(error: LoadError) -> int | None:
    return error.status if isinstance(error, ApiError) else None


@pytest.mark.parametrize("paginator", COUNTED)
@pytest.mark.parametrize(
    ("beside", "headers"),
    [
        ({}, {"X-WP-TotalPages": "2"}),
        ({}, {"X-Total-Count": "4"}),
        ({"totalItems": 4}, {}),
        ({"has_more": False}, {}),
        ({"meta": {"total": 4, "relation": "gte"}}, {}),
    ],
    ids=["pages in a header", "rows in a header", "rows", "a flag", "a lower bound"],
)
def test_a_refusal_is_the_end_where_something_says_that_all_is_read(
    api: ScriptedApi, paginator: str, beside: dict[str, Any], headers: dict[str, str]
) -> None:
    for status in REFUSED:
        serve(
            api,
            lambda page: beside if page.is_last else {},
            FOUR,
            beyond=Reply({}, status),
            headers=headers,
        )
        with case(status):
            assert outcome(paginator, {}) == ([1, 2, 3, 4], [])


@pytest.mark.parametrize("paginator", COUNTED)
def test_a_refusal_without_any_sign_fails_and_says_what_to_declare(
    api: ScriptedApi, paginator: str
) -> None:
    serve(api, says(), FOUR, beyond=BEYOND)
    error = failure(declare(declared(paginator, {})))
    assert status_of(error) == 400
    assert "declare response_actions: [{status_code: 400, action: ignore}]" in str(error)
    ignoring = [{"status_code": 400, "action": "ignore"}]
    assert read_ids(
        declare(resource(paginator=PAGINATORS[paginator], response_actions=ignoring))
    ) == [1, 2, 3, 4]


@pytest.mark.parametrize("paginator", COUNTED)
@pytest.mark.parametrize("beside", [{"total": 11}, {"totalItems": 11}, {"hasMore": True}], ids=str)
def test_a_refusal_before_the_end_fails_and_names_what_says_more(
    api: ScriptedApi, paginator: str, beside: dict[str, Any]
) -> None:
    for status in REFUSED:
        serve(api, lambda _: beside, FOUR, beyond=Reply({}, status))
        with case(status):
            error = failure(declare(declared(paginator, {})))
            assert status_of(error) == status
            assert "4 rows were read, but" in str(error)
            assert next(iter(beside)) in str(error)


@pytest.mark.parametrize("paginator", PAGINATORS)
def test_a_refused_first_page_is_an_error(api: ScriptedApi, paginator: str) -> None:
    serve(api, says(), [], beyond=BEYOND)
    assert status_of(failure(declare(declared(paginator, {})))) == 400


@pytest.mark.parametrize("paginator", COUNTED)
@pytest.mark.parametrize("count", [1, 2])
def test_the_first_page_again_proves_that_the_parameter_is_not_read(
    api: ScriptedApi, paginator: str, count: int
) -> None:
    api.always("/items", {"data": rows(count), "page": 1, "totalItems": 900})
    error = failure(declare(declared(paginator, {})))
    assert isinstance(error, PagingError)
    assert f"does not read {'offset' if paginator == 'offset' else 'page'}" in str(error)
    assert "paginator: single_page" in str(error)
    assert len(api.asked) == 2


@pytest.mark.parametrize("ending", ["empty", "no cursor"])
def test_a_scroll_keeps_its_cursor(api: ScriptedApi, ending: str) -> None:
    pages = [rows(2), [row(3), row(4)], [row(5)]]
    last = {"data": [], "scroll": "S"} if ending == "empty" else {"data": []}
    api.in_turn("/items", [*({"data": page, "scroll": "S"} for page in pages), last])
    paginator = {"type": "cursor", "cursor_path": "scroll", "cursor_param": "scroll"}
    assert read_ids(declare(resource(paginator={**paginator, "stop_after_empty_page": True}))) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert api.sent("/items", "scroll") == [None, "S", "S", "S"]


@pytest.mark.parametrize("stops", [True, None])
def test_a_scroll_that_does_not_advance_is_refused(api: ScriptedApi, stops: bool | None) -> None:
    api.always("/items", {"data": rows(2), "scroll": "S"})
    paginator = {"type": "cursor", "cursor_path": "scroll", "stop_after_empty_page": stops}
    assert isinstance(failure(declare(resource(paginator=paginator))), PagingError)
    assert len(api.asked) == 2


def test_a_cursor_that_stays_the_same_names_the_key_for_it(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(n)], "next": "S"} for n in range(5)])
    error = failure(declare(declared("cursor", {})))
    assert "declare stop_after_empty_page: true" in str(error)
