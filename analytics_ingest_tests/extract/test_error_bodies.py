"""Answers of status 200 that are no page: errors in place of rows, or rows in another place."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

PAGED = {"type": "page_number", "limit": 2, "start_from_page": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"error": "canary: invalid token"},
        {"error": {"code": 401, "message": "canary"}},
        {"errors": [{"title": "canary"}], "data": None},
        {"errorMessage": "canary", "data": []},
        {"message": "canary", "documentation_url": "https://canary.example.com"},
        {"detail": "canary"},
        {"ok": False, "error": "canary"},
        {"success": False, "data": []},
        {"status": "error", "message": "canary", "data": []},
        {"code": 401, "msg": "canary"},
        {"statusCode": "403", "message": "canary"},
        "canary: please sign in",
        17,
        True,
        [{"error": "canary"}],
    ],
    ids=lambda body: str(body)[:40],
)
def test_an_error_in_place_of_rows_fails_and_is_not_shown(api: ScriptedApi, body: Any) -> None:
    api.always("/items", body)
    for selector in ("data", "$", None):
        with case(selector):
            error = failure(declare(resource(data_selector=selector)))
            assert isinstance(error, ApiError)
            assert str(error).startswith("demo.items: GET /items: ")
            assert "canary" not in str(error)


def test_an_error_on_a_later_page_fails(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": rows(2)}, {"error": "token expired"}])
    assert "error in place of rows" in str(failure(declare(resource(paginator=PAGED))))


EMPTY: list[Any] = [
    {"data": [], "error": None, "errors": []},
    {"data": [], "error": False, "message": "ok", "success": True},
    {"data": [], "code": 200, "msg": "success"},
    {"data": [], "code": 0, "error_code": "0"},
    {"data": [], "status": "success"},
    {"data": None, "message": "nothing found"},
    {"total": 0},
    {"message": ""},
    {},
    [],
    None,
]


@pytest.mark.parametrize(
    "paginator",
    [
        "single_page",
        PAGED,
        {"type": "offset", "limit": 2},
        {"type": "offset", "limit": 2, "has_more_path": "meta.more"},
        {"type": "offset", "limit": 2, "total_path": "meta.total"},
        {"type": "cursor", "cursor_path": "next"},
        {"type": "json_link", "next_url_path": "links.next"},
        "header_link",
        "auto",
    ],
    ids=lambda paginator: str(paginator)[:60],
)
def test_an_empty_result_is_an_empty_page_however_it_is_written(
    api: ScriptedApi, paginator: Any
) -> None:
    for body in EMPTY:
        api.always("/items", body)
        api.asked.clear()
        with case(body):
            assert read_ids(declare(resource(paginator=paginator))) == []
            # Once; and once more without the paginator's parameters, where it sends any.
            assert [bool(asked.query) for asked in api.asked] in ([False], [True, False])


@pytest.mark.parametrize("end", [{"data": []}, {"data": {}}, {"data": None}, {}, [], None], ids=str)
def test_an_empty_result_ends_a_listing_however_it_is_written(api: ScriptedApi, end: Any) -> None:
    api.in_turn("/items", [{"data": rows(2), "meta": {"total": 9}}, end])
    paginator = {"type": "offset", "limit": 2, "total_path": "meta.total"}
    if end is not None and "data" in end:
        paginator.pop("total_path")
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param({"items": rows(2), "total": 2}, "items", id="another key"),
        pytest.param({"result": {"rows": rows(2)}}, "result.rows", id="deeper"),
        pytest.param(rows(2), "$", id="the body itself"),
    ],
)
def test_rows_in_another_place_are_found_for_the_message(
    api: ScriptedApi, body: Any, found: str
) -> None:
    api.always("/items", body)
    error = failure(declare(resource()))
    assert "data_selector 'data' matches nothing" in str(error)
    assert f"'{found}'" in str(error)


def test_an_error_that_means_an_empty_listing_can_be_declared(api: ScriptedApi) -> None:
    api.always("/items", {"error": "no records found"})
    actions = [{"content": "no records found", "action": "ignore"}]
    assert read_ids(declare(resource(response_actions=actions))) == []


def test_a_row_that_speaks_of_errors_is_a_row(api: ScriptedApi) -> None:
    api.always("/items", {"id": 1, "status": "failed", "error": "boom", "message": "it broke"})
    assert read_ids(declare(resource(data_selector="$"))) == [1]
    api.always("/items", {"data": [row(2, error="boom"), row(3, status="error")]})
    assert read_ids(declare(resource())) == [2, 3]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_reported(api: ScriptedApi, status: int) -> None:
    api.always("/items", Reply({"error": "no"}, status))
    assert "check the key and its permissions" in str(failure(declare(resource())))


@pytest.mark.parametrize("body", [rows(3), row(1)], ids=["a list", "one object"])
@pytest.mark.parametrize("selector", ["$", None], ids=["declared", "detected"])
def test_rows_may_be_the_body_itself(api: ScriptedApi, body: Any, selector: str | None) -> None:
    api.always("/items", body)
    expected = [1, 2, 3] if isinstance(body, list) else [1]
    assert read_ids(declare(resource(data_selector=selector))) == expected


def test_a_key_that_may_be_data_is_not_shown(api: ScriptedApi) -> None:
    api.always("/items", {"people": {"Jane Doe": [{"id": 1}]}})
    sentence = str(failure(declare(resource(data_selector="data", incremental=None))))
    assert "its rows seem to be at a key that may be data" in sentence
    assert "Jane" not in sentence
