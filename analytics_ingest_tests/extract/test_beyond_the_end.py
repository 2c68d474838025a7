"""What servers answer beyond the last page: refusals, the last page again, promises without end."""

from itertools import count
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError, PagingError
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    read_ids,
    resource,
)
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

OFFSET = {"type": "offset", "limit": 2}
PAGES = {"type": "page_number", "limit": 2, "start_from_page": 1}
ALL_PAGES = {"type": "page_number", "start_from_page": 1}
CURSOR = {"type": "cursor", "cursor_path": "next"}
paged = pytest.mark.parametrize(
    ("paginator", "script"),
    [(OFFSET, by_offset), (PAGES, lambda served, **beside: by_page(served, 2, **beside))],
    ids=["offset", "page number"],
)


def refusing_beyond(script: Script, status: int) -> Script:
    """Refuse empty pages."""

    def refusing(asked: Asked) -> Any:
        body = script(asked)
        return body if body["data"] else Reply({"error": "no such page"}, status)

    return refusing


@paged
@pytest.mark.parametrize("listed", [2, 4, 40])
def test_404_after_the_last_page_ends_the_listing(
    api: ScriptedApi, paginator: dict[str, Any], script: Any, listed: int
) -> None:
    api.on("/items", refusing_beyond(script(rows(listed)), 404))
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, listed + 1))


@paged
@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("keys", [{}, {"total_path": "total"}], ids=["total", "declared"])
def test_a_refusal_after_as_many_rows_as_the_total_ends_the_listing(
    api: ScriptedApi, paginator: dict[str, Any], script: Any, keys: dict[str, Any], status: int
) -> None:
    api.on("/items", refusing_beyond(script(rows(4), total=4), status))
    assert read_ids(declare(resource(paginator={**paginator, **keys}))) == [1, 2, 3, 4]


def test_404_ends_a_listing_whose_page_size_is_unknown(api: ScriptedApi) -> None:
    api.on("/items", refusing_beyond(by_page(rows(3), 2), 404))
    assert read_ids(declare(resource(paginator=ALL_PAGES))) == [1, 2, 3]


@paged
def test_404_on_the_first_page_is_an_error(
    api: ScriptedApi, paginator: dict[str, Any], script: Any
) -> None:
    api.on("/items", refusing_beyond(script([]), 404))
    assert "404" in str(failure(declare(resource(paginator=paginator))))


@paged
def test_404_before_the_total_is_reached_is_an_error(
    api: ScriptedApi, paginator: dict[str, Any], script: Any
) -> None:
    api.on("/items", refusing_beyond(script(rows(2), total=5), 404))
    assert "404" in str(failure(declare(resource(paginator=paginator))))


def test_404_after_a_total_of_rows_is_the_end_of_pages_by_number(api: ScriptedApi) -> None:
    api.on("/items", refusing_beyond(by_page(rows(4), 2, total=4), 404))
    assert read_ids(declare(resource(paginator=PAGES))) == [1, 2, 3, 4]


@paged
@pytest.mark.parametrize("status", [400, 403, 422])
def test_another_refusal_after_full_pages_is_an_error(
    api: ScriptedApi, paginator: dict[str, Any], script: Any, status: int
) -> None:
    """It may as well be a limit beyond which the API lists no more."""
    api.on("/items", refusing_beyond(script(rows(4)), status))
    assert str(status) in str(failure(declare(resource(paginator=paginator))))


@pytest.mark.parametrize("paginator", [CURSOR, {"type": "json_link", "next_url_path": "next"}])
def test_404_for_a_page_that_the_api_has_named_is_an_error(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    api.in_turn("/items", [{"data": rows(2), "next": "?after=2"}, Reply({}, 404)])
    assert "404" in str(failure(declare(resource(paginator=paginator))))


def test_where_404_is_retried_it_has_to_last_to_be_the_end(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": rows(2)}, Reply({}, 404), {"data": [row(3)]}])
    handler = {"retry_on_status_codes": [404], "max_retries": 1, "backoff_factor": 0}
    assert read_ids(declare(resource(paginator=OFFSET, error_handler=handler))) == [1, 2, 3]
    api.in_turn("/items", [{"data": rows(2)}, Reply({}, 404), Reply({}, 404)])
    assert read_ids(declare(resource(paginator=OFFSET, error_handler=handler))) == [1, 2]


@pytest.mark.parametrize("paginator", [OFFSET, PAGES, ALL_PAGES])
def test_a_full_last_page_that_is_repeated_forever_is_an_error(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    pages = [{"data": rows(2)}, *[{"data": [row(3), row(4)]}] * 5]
    api.in_turn("/items", pages)
    error = failure(declare(resource(paginator=paginator)))
    assert isinstance(error, PagingError)
    assert "page 3 repeats page 2" in str(error)
    assert len(api.asked) == 3


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"data": []}, id="empty pages"),
        pytest.param({}, id="empty objects"),
        pytest.param({"data": [row(1), row(2)], "at": 0}, id="the same page, in turn with another"),
    ],
)
def test_a_next_page_promised_forever_is_an_error(api: ScriptedApi, body: Any) -> None:
    numbers = count()

    def script(_: Asked) -> Any:
        number = next(numbers)
        others = {"data": [row(3), row(4)]} if "at" in body and number % 2 else {}
        return {**body, **others, "next": f"c{number}"}

    api.on("/items", script)
    error = failure(declare(resource(paginator=CURSOR)))
    assert isinstance(error, PagingError)
    assert "demo.items: GET /items: 100 pages in a row, up to page" in str(error)
    assert len(api.asked) <= 103


def test_rows_that_differ_only_beside_their_key_are_not_new(api: ScriptedApi) -> None:
    numbers = count()

    def script(_: Asked) -> Any:
        number = next(numbers)
        return {"data": [row(1, seen=number), row(2, seen=number)], "next": f"c{number}"}

    api.on("/items", script)
    assert isinstance(failure(declare(resource(paginator=CURSOR))), PagingError)


def test_a_few_empty_pages_are_read_through(api: ScriptedApi) -> None:
    before, after = ([{"data": [], "next": f"{of}{n}"} for n in range(60)] for of in "ab")
    api.in_turn("/items", [*before, {"data": rows(1), "next": "c"}, *after, {"data": [row(2)]}])
    stats = extract(declare(resource(paginator=CURSOR)))["items"]
    assert (stats.rows_loaded, stats.pages) == (2, 122)


@pytest.mark.parametrize("path", ["next", "response.next", "headers.X-Next"])
def test_a_last_page_without_the_key_of_the_next_one_ends_the_listing(
    api: ScriptedApi, path: str
) -> None:
    first = Reply({"data": rows(2), "next": "c2"}, headers={"X-Next": "c2"})
    api.in_turn("/items", [first, {"data": [row(3)]}])
    paginator = {**CURSOR, "cursor_path": path, "cursor_param": "after"}
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("keeps_query", [True, False], ids=["with the query", "without"])
def test_a_redirect_to_a_trailing_slash_keeps_the_query(
    api: ScriptedApi, status: int, keeps_query: bool
) -> None:
    base = "/" + api.url.rpartition("/")[2]

    def redirect(asked: Asked) -> Reply:
        query = "&".join(f"{name}={value}" for name, value in asked.query.items())
        target = f"{base}/items/" + (f"?{query}" if keeps_query else "")
        return Reply(status=status, headers={"Location": target})

    api.on("/items", redirect)
    api.on("/items/", by_offset(rows(3)))
    declaration = declare(resource(paginator=OFFSET, params={"q": "x"}))
    assert read_ids(declaration) == [1, 2, 3]
    assert api.sent("/items/", "offset") == ["0", "2"]
    assert api.sent("/items/", "q") == ["x", "x"]


def test_a_redirect_elsewhere_on_the_same_host_is_followed_as_it_is(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=302, headers={"Location": "other?page=1"}))
    api.always("/other", {"data": rows(1)})
    assert read_ids(declare(resource(params={"q": "x"}))) == [1]
    assert api.requests_of("/other")[0].query == {"page": "1"}


def test_a_redirected_post_is_an_error_unless_it_stays_one(api: ScriptedApi) -> None:
    api.always("/items/", {"data": rows(1)})
    api.always("/items", Reply(status=308, headers={"Location": "items/"}))
    assert read_ids(declare(resource(method="POST", json={"q": "x"}))) == [1]
    assert api.requests_of("/items/")[0].json == {"q": "x"}
    api.always("/items", Reply(status=301, headers={"Location": "items/"}))
    error = failure(declare(resource(method="POST", json={"q": "x"})))
    assert isinstance(error, ApiError)
    assert "redirects a POST" in str(error)
