"""Words by which APIs report a failure with status 200, and the same words in honest responses."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

TEXT = "canary: bad key"
FAILED: list[dict[str, Any]] = [
    *({"success": no} for no in (False, 0, "no", "N", "false", "0")),
    *({"ok": no} for no in (False, 0, "no")),
    {"isSuccess": False},
    {"success": False, "failed": 0},
    {"success": 0, "failed": 2},
    {"succeeded": False},
    {"Successful": "false"},
    {"hasError": True},
    {"has_errors": 1},
    {"isError": "yes"},
    {"error": True},
    {"error": {"code": 401, "message": ""}},
    {"errorMessages": [TEXT]},
    {"errors": [{"message": TEXT}]},
    {"userErrors": [{"message": TEXT}]},
    {"exception": TEXT},
    {"err": TEXT},
    {"errcode": 40013, "errmsg": TEXT},
    {"error_code": "E-17"},
    {"status": {"error_code": 1001, "error_message": TEXT}},
    {"status": {"code": 401, "message": TEXT}},
    {"meta": {"error": TEXT}},
    {"meta": {"success": 0}},
    {"response": {"errors": [TEXT]}},
    {"status": "denied", "message": TEXT},
    {"Status": "Failure", "Message": TEXT},
    {"status": "ko", "reason": TEXT},
    {"_shards": {"total": 5, "successful": 4, "failed": 1}},
    {"timed_out": True},
    {"incomplete_results": True},
    {"id": "req-1", "error": TEXT},
    {"id": "req-1", "success": 0},
]
"""Beside the rows, or beside an empty list in their place."""
FAILED_WITHOUT_ROWS: list[dict[str, Any]] = [
    {"statusCode": 401, "statusMessage": TEXT},
    {"code": 403, "msg": TEXT},
    {"status": "failed"},
    {"code": 401},
]
"""Beside rows, a number or a lone status may be anything."""
REFUSED_IN_WORDS: list[dict[str, Any]] = [
    {"message": "token expired"},
    {"message": "Unauthorized"},
    {"msg": "Your API key is invalid."},
    {"detail": "Invalid token."},
    {"detail": "Authentication credentials were not provided."},
    {"detail": "Request was throttled."},
    {"reason": "ACCESS_DENIED"},
    {"messages": ["Rate limit exceeded", "Upgrade"]},
    {"message": "You have exceeded your daily request limit"},
    {"message": "Your session has expired, please log in"},
    {"message": "You do not have permission to see this"},
    {"message": "No API key found in request"},
    {"meta": {"message": "Not authorized"}},
    {"status": {"message": "Too many requests"}},
]
"""Texts that are the only sign; beside rows they may be anything."""
HONEST: list[dict[str, Any]] = [
    {"success": True},
    {"success": 1},
    {"success": "yes"},
    {"ok": 1},
    {"status": "ok"},
    {"status": "OK", "message": "fine"},
    {"status": 200, "message": "OK"},
    {"status": {"error_code": 0, "error_message": None, "credit_count": 1}},
    {"status": {"code": 200, "message": "OK"}},
    {"meta": {"code": 200, "message": "OK"}},
    {"meta": {"error": None, "count": 1}},
    {"error": None},
    {"error": {}},
    {"error": False},
    {"error": {"code": 0, "message": ""}},
    {"error": {"code": "0", "message": "OK"}},
    {"errors": []},
    {"errors": {}},
    {"errors": 0},
    {"errcode": 0, "errmsg": "ok"},
    {"error_code": "0000"},
    {"err": None},
    {"exception": None},
    {"hasError": False},
    {"errorMessages": []},
    {"userErrors": []},
    {"warnings": ["deprecated"]},
    {"successful": 0, "failed": 0},
    {"message": "1 row"},
    {"message": "No more results"},
    {"message": "No tokens found"},
    {"detail": "There are no expired sessions"},
    {"message": "Nothing found. Try again later"},
    {"message": "You have reached the end of the list"},
    {"message": "Rate limit: 99 of 100 remaining"},
    {"msg": "Authenticated", "reason": "Results limited to 100"},
    {"title": "Access denied", "description": "expired"},
    {"messages": ["No orders exceed the credit limit"]},
    {"title": "Orders", "description": "all of them"},
    {"responseHeader": {"status": 0, "QTime": 3}},
    {"_shards": {"total": 5, "successful": 5, "failed": 0}, "timed_out": False},
    {"incomplete_results": False},
    {"id": "req-1", "error": None},
    {"status": "success", "code": "00000", "message": "success"},
]
ROWS_ALONE_HONEST: list[dict[str, Any]] = [
    {"status": "failed"},
    {"code": 404, "title": "Widgets"},
    {"statusCode": 401},
    {"message": "Rate limit exceeded"},
    {"detail": "expired"},
]
KEYS = ("id", None)
keyed = pytest.mark.parametrize("key", KEYS, ids=["keyed", "keyless"])


def declared(key: str | None, **endpoint: Any) -> dict[str, Any]:
    """A resource with a primary key, or a snapshot without one."""
    if key:
        return resource(**endpoint)
    own = {"primary_key": None, "write_disposition": "replace"}
    return resource(own=own, incremental=None, **endpoint)


@pytest.mark.parametrize("beside", [*FAILED, *FAILED_WITHOUT_ROWS, *REFUSED_IN_WORDS], ids=str)
def test_an_empty_list_beside_an_error_fails(api: ScriptedApi, beside: dict[str, Any]) -> None:
    api.always("/items", {**beside, "data": []})
    for key in KEYS:
        with case(key):
            error = failure(declare(declared(key)))
            assert isinstance(error, ApiError)
            assert "error in place of rows" in str(error)
            assert "canary" not in str(error)


@pytest.mark.parametrize("empty", [[], None, {}], ids=str)
@pytest.mark.parametrize("beside", REFUSED_IN_WORDS, ids=str)
def test_a_later_page_that_is_refused_in_words_alone_does_not_end_the_listing(
    api: ScriptedApi, beside: dict[str, Any], empty: Any
) -> None:
    pages = [{"data": rows(2)}, {"data": rows(4)[2:]}, {**beside, "data": empty}]
    api.on("/items", lambda asked: pages[int(asked.query["page"]) - 1])
    error = failure(declare(resource(paginator={"type": "page_number", "base_page": 1})))
    assert "demo.items" in str(error)
    assert "error in place of rows" in str(error)
    assert "declare response_actions" in str(error)


@pytest.mark.parametrize("beside", FAILED, ids=str)
def test_rows_beside_an_error_fail(api: ScriptedApi, beside: dict[str, Any]) -> None:
    api.always("/items", {**beside, "data": rows(2)})
    for key in KEYS:
        with case(key):
            error = failure(declare(declared(key)))
            assert "rows along with an error" in str(error)
            assert "declare partial: allow" in str(error)
            assert len(read(declare(declared(key, partial="allow")))) == 2


@pytest.mark.parametrize("beside", HONEST, ids=str)
def test_an_honest_response_is_a_page_with_and_without_rows(
    api: ScriptedApi, beside: dict[str, Any]
) -> None:
    for key in KEYS:
        with case(key):
            api.always("/items", {**beside, "data": rows(2)})
            assert len(read(declare(declared(key)))) == 2
            api.always("/items", {**beside, "data": []})
            assert read(declare(declared(key))) == []


@keyed
@pytest.mark.parametrize("beside", ROWS_ALONE_HONEST, ids=str)
def test_a_lone_status_beside_rows_is_data(
    api: ScriptedApi, beside: dict[str, Any], key: str | None
) -> None:
    api.always("/items", {**beside, "data": rows(2)})
    assert len(read(declare(declared(key)))) == 2


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        ("$", [{"message": TEXT}]),
        ("data", {"data": {"message": TEXT}}),
        ("data", {"data": TEXT}),
        ("data.rows", {"data": {"rows": TEXT}}),
        ("$", {"faultcode": "x", "faultstring": TEXT}),
        ("$", {"status": "error", "message": TEXT}),
        ("$", {"success": 0}),
    ],
    ids=str,
)
@keyed
def test_an_error_is_not_loaded_as_a_row(
    api: ScriptedApi, selector: str, body: Any, key: str | None
) -> None:
    api.always("/items", body)
    error = failure(declare(declared(key, data_selector=selector)))
    assert isinstance(error, ApiError)
    assert "in place of rows" in str(error)
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        ("$", row(1, message="hello")),
        ("$", row(1, status="denied", message="no budget")),
        ("$", row(1, success=0, err="boom", exception="x", timed_out=True)),
        ("$", row(1, meta={"error": "x"}, incomplete_results=True)),
        ("data", {"data": row(1, message="hello", status="denied")}),
        ("data", {"data": [row(1, message="hello", hasError=True)]}),
        ("steps", {"status": "failed", "steps": rows(1)}),
        ("steps", {"id": 7, "error": "boom", "success": 0, "steps": rows(1)}),
    ],
    ids=str,
)
def test_a_row_may_use_all_of_these_words(api: ScriptedApi, selector: str, body: Any) -> None:
    api.always("/items", body)
    assert read_ids(declare(resource(data_selector=selector))) == [1]


@pytest.mark.parametrize(
    "body",
    [
        {"message": "hello", "sender": "x"},
        {"name": "a"},
        {"title": "Widgets"},
        {"data": ["bad key"]},
        {"data": [{"message": "hello"}]},
    ],
    ids=str,
)
def test_rows_of_a_snapshot_may_have_few_fields(api: ScriptedApi, body: dict[str, Any]) -> None:
    selector = "data" if "data" in body else "$"
    api.always("/items", body)
    assert len(read(declare(declared(None, data_selector=selector)))) == 1


def test_the_object_that_was_asked_for_may_have_failed(api: ScriptedApi) -> None:
    """Its id is that of the parent's row, not of the request."""
    api.always("/runs", {"data": [row(15), row(16)]})
    api.always("/runs/15", {"id": 15, "error": None, "items": [row(1)]})
    api.always("/runs/16", {"id": 16, "error": {"message": TEXT}, "success": False, "items": []})
    items = resource(path="/runs/{resources.runs.id}", data_selector="items")
    assert read_ids(declare(resource("runs"), items), "items") == [1]


def test_errors_of_a_part_of_a_query_fail(api: ScriptedApi) -> None:
    orders = {"nodes": [], "userErrors": [{"message": TEXT}]}
    api.always("/items", {"data": {"orders": orders}})
    error = failure(declare(resource(data_selector="data.orders.nodes")))
    assert "error in place of rows" in str(error)
