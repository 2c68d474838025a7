"""Bodies without the place for rows: the page of an empty listing, or a message in its place."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import ScriptedApi

CURSOR = {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}

MESSAGES: list[Any] = [
    {"status": "maintenance"},
    {"Note": "Thank you for using the canary API! Five calls a minute are free."},
    {"Information": "canary: the key is not valid"},
    {"retCode": 10001, "retMsg": "canary"},
    {"result": {}, "return_code": "FAIL", "return_msg": "canary"},
    {"code": 40105, "message": "canary", "data": {}},
    {"code": "50111", "msg": "canary", "data": []},
    {"code": "10003", "msg": "canary", "data": []},
    {"Response": {"Error": {"Code": "AuthFailure"}, "RequestId": "r1"}},
    {"status": {"code": 401, "message": "canary"}},
    {"meta": {"code": 400, "errorType": "param_error", "message": "canary"}},
    {"__type": "ThrottlingException", "message": "canary"},
    {"apiError": {"code": 5}},
    {"info": "INVALID_KEY", "status": "0", "infocode": "10001"},
    {"status": "OVER_QUERY_LIMIT"},
    {"status": "INVALID_REQUEST", "data": []},
    {"status": "processing", "data": []},
    {"stat": "fail", "code": 100, "message": "canary"},
    {"success": False, "page": 1},
    {"authenticated": False},
    {"loginUrl": "https://canary.example.com/login"},
    {"html": "<html>canary</html>"},
    {"ExceptionMessage": "canary", "ExceptionType": "E"},
    ["canary"],
    [1, 2],
]
OMITTED: list[Any] = [
    {"total": 0},
    {"meta": {"total": 0}},
    {"kind": "x#events", "etag": "e1"},
    {"nextPageToken": ""},
    {"has_more": False},
    {"page": 1, "per_page": 5},
    {"success": True},
    {"status": "ok"},
    {"status": "ZERO_RESULTS"},
    {"code": 0},
    {"code": "0"},
    {"query": "x", "total_results": 0},
    {"IsTruncated": False, "Name": "x"},
    {"state": "done", "jsonrpc": "2.0"},
    {"request_id": "r1", "took": 3},
    {"links": {"self": "/items"}},
    {"@odata.context": "x"},
    {"id": 7, "state": "open"},
    {"other": [], "more": None},
]
HONEST_BESIDE: list[dict[str, Any]] = [
    {"code": 10000, "msg": "Success"},
    {"code": "20000", "message": "fine"},
    {"retCode": 0, "retMsg": "OK"},
    {"resultCode": "0000", "resultMsg": "success"},
    {"status": 1, "info": "OK"},
    {"code": "10115", "name": "Berlin"},
]


@pytest.mark.parametrize("body", MESSAGES, ids=lambda body: str(body)[:60])
def test_a_message_in_place_of_rows_fails_on_any_page(api: ScriptedApi, body: Any) -> None:
    api.always("/items", body)
    error = failure(declare(resource()))
    assert isinstance(error, ApiError)
    assert str(error).startswith("demo.items: GET /items: ")
    assert "declare response_actions" in str(error)
    assert "canary" not in str(error)
    api.in_turn("/items", [{"data": rows(2), "next": "c"}, body])
    assert isinstance(failure(declare(resource(paginator=CURSOR))), ApiError)


@pytest.mark.parametrize("body", OMITTED, ids=str)
def test_a_body_that_omits_an_empty_list_is_an_empty_page(api: ScriptedApi, body: Any) -> None:
    api.always("/items", body)
    assert read_ids(declare(resource())) == []
    api.in_turn("/items", [{"data": rows(2), "next": "c"}, body])
    assert read_ids(declare(resource(paginator=CURSOR))) == [1, 2]


@pytest.mark.parametrize("beside", HONEST_BESIDE, ids=str)
@pytest.mark.parametrize("found", [[], rows(1)], ids=["no row", "a row"])
def test_codes_of_success_are_not_errors(
    api: ScriptedApi, beside: dict[str, Any], found: list[Any]
) -> None:
    api.always("/items", {**beside, "data": found})
    assert read_ids(declare(resource())) == [one["id"] for one in found]


def test_the_object_that_was_asked_for_may_omit_its_rows(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row("a"), row("b")]})
    api.always("/parents/a", {"name": "a", "state": "open", "items": rows(1)})
    api.always("/parents/b", {"name": "b", "state": "open"})
    items = resource(path="/parents/{resources.parents.id}", data_selector="items")
    assert read_ids(declare(resource("parents"), items), "items") == [1]


def test_a_message_can_be_declared_as_an_empty_listing_and_is_shown_by_try(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"status": "nothing to see"})
    (finding,) = try_(resource()).wrong
    assert "data_selector 'data' matches nothing in the response (its keys: status)" in finding
    actions = [{"content": "nothing to see", "action": "ignore"}]
    assert read_ids(declare(resource(response_actions=actions))) == []


PARTIAL: list[dict[str, Any]] = [
    {"partial": True},
    {"isPartial": "true"},
    {"partialResults": 1},
    {"incomplete": True},
    {"status": "PARTIAL_SUCCESS"},
    {"result": "incomplete"},
    {"partialFailureError": {"code": 3}},
]


@pytest.mark.parametrize("beside", PARTIAL, ids=str)
def test_rows_that_are_only_a_part_fail_unless_that_is_declared(
    api: ScriptedApi, beside: dict[str, Any]
) -> None:
    api.always("/items", {**beside, "data": rows(2)})
    assert "declare partial: allow" in str(failure(declare(resource())))
    assert read_ids(declare(resource(partial="allow"))) == [1, 2]
