"""Elements of a list that are each the outcome of a request: one that failed lacks its rows."""

import itertools
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.extract.test_error_elements import KEYS, declared, in_pairs
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

GOOD: dict[str, Any] = {"items": rows(2)}
SHARDS = {"total": 5, "successful": 3, "failed": 2}
IN_PART: list[dict[str, Any]] = [
    {"timed_out": True, "_shards": SHARDS, "status": 200, "items": rows(1)},
    {"timed_out": False, "_shards": SHARDS, "status": 200, "items": []},
    {"id": 7, "_shards": SHARDS, "items": rows(1)},
    {"timed_out": True, "items": rows(1)},
    {"status": "partial", "items": rows(1)},
    {"status": "partial", "items": []},
    {"result": "incomplete", "items": rows(1)},
    {"incomplete_results": True, "items": []},
    {"region": "eu", "isPartial": True, "items": rows(1)},
]
FAILED: list[dict[str, Any]] = [
    {"code": 500, "items": []},
    {"statusCode": "503", "items": None},
    {"status": "error", "items": []},
    {"status": "error", "message": "canary", "items": rows(1)},
    {"region": "eu", "status": "failed", "items": []},
    {"region": "eu", "status": "failed"},
    {"requestId": "r2", "status": "failed", "items": []},
    {"id": "2", "status": 503},
    {"id": "2", "status": 429, "items": None},
    {"id": "2", "code": "404", "headers": {"Retry-After": "9"}},
    {"id": "2", "httpStatus": 500},
    {"id": "2", "url": "/orders", "status": 503},
    {"customer_id": "2", "status": 503},
    {"next_key": "k", "status": "failed", "items": []},
]
HEALTHY: list[list[dict[str, Any]]] = [
    [{"status": "paid", "items": rows(2)}, {"status": "failed", "items": []}],
    [{"status": "paid", "items": rows(2)}, {"status": "partial", "items": []}],
    [{"code": 200, "items": rows(1)}, {"code": 500, "items": rows(1)}],
    [{"code": 17, "items": rows(2)}, {"code": 404, "items": []}],
    [{"id": 1, "code": 17, "items": rows(2)}, {"id": 2, "code": 404}],
    [GOOD, {"id": 7, "code": 404, "name": "Widgets"}],
    [GOOD, {"id": 7, "status": "failed"}],
    [GOOD, {"id": 7, "status": "partial", "timed_out": True, "items": []}],
    [GOOD, {"name": "B", "timed_out": True, "partial": True, "items": []}],
    [GOOD, {"orderNumber": "A-7", "status": "failed", "items": []}],
    [{"number": 1, "status": "completed", "items": rows(2)}, {"number": 2, "status": "pending"}],
    [{"status": "success", "items": rows(1)}, {"status": "failed", "items": rows(1)}],
    [GOOD, {"status": 200, "_shards": {"total": 5, "failed": 0}, "items": []}],
    [GOOD, {"status": "ok", "partial": False, "items": []}],
    [GOOD, {"status": "processing", "items": []}],
]
SELECTORS = ["data.*.items", "data[0:].items", "data[?(@)].items", "$..items"]


@pytest.mark.parametrize("element", [*IN_PART, *FAILED], ids=str)
def test_an_element_that_failed_or_lacks_some_of_its_rows_fails(
    api: ScriptedApi, element: dict[str, Any]
) -> None:
    for selector, key, is_first in in_pairs(SELECTORS):
        elements = [element, {"status": 200, **GOOD}] if is_first else [GOOD, element]
        api.always("/items", {"data": elements})
        with case(selector, key, elements):
            error = failure(declare(declared(key, data_selector=selector)))
            assert isinstance(error, ApiError)
            assert "declare partial: allow" in str(error)
            assert "canary" not in str(error)
        if key is None:
            with case(selector, elements):
                allowed = declare(declared(None, data_selector=selector, partial="allow"))
                assert len(read(allowed)) == 2 + len(element.get("items") or [])


@pytest.mark.parametrize("elements", HEALTHY, ids=str)
def test_an_element_that_is_a_thing_or_a_group_has_a_status_of_its_own(
    api: ScriptedApi, elements: list[dict[str, Any]]
) -> None:
    api.always("/items", {"data": elements})
    count = sum(len(element.get("items") or []) for element in elements)
    for selector, key in itertools.product(SELECTORS, KEYS):
        with case(selector, key):
            assert len(read(declare(declared(key, data_selector=selector)))) == count


@pytest.mark.parametrize(
    "element",
    [
        {"id": "2", "status": 503},
        {"id": "2", "status": 429, "body": None},
        {"id": "2", "status": 500, "body": {}},
        {"id": "2", "status": 404, "body": {"value": None}},
    ],
    ids=str,
)
def test_a_request_of_a_batch_that_failed_is_not_without_rows(
    api: ScriptedApi, element: dict[str, Any]
) -> None:
    good = {"id": "1", "status": 200, "body": {"value": rows(2)}}
    api.always("/items", {"responses": [good, element]})
    error = failure(declare(declared(data_selector="responses.*.body.value")))
    assert "rows along with an error" in str(error)
    empty = {"id": "2", "status": 200, "body": {"value": []}}
    api.always("/items", {"responses": [good, empty]})
    assert len(read(declare(declared(data_selector="responses.*.body.value")))) == 2


@pytest.mark.parametrize("hits", [rows(1), []], ids=str)
def test_a_search_among_many_of_which_shards_failed_fails(
    api: ScriptedApi, hits: list[Any]
) -> None:
    good = {"_shards": {"failed": 0}, "hits": {"hits": rows(2)}, "status": 200}
    bad = {"timed_out": True, "_shards": {"failed": 2}, "hits": {"hits": hits}, "status": 200}
    api.always("/items", {"responses": [good, bad]})
    error = failure(declare(declared(data_selector="responses.*.hits.hits")))
    assert "rows along with an error" in str(error)


@pytest.mark.parametrize("element", [{"id": "2", "status": 503}, {"status": 500, "items": []}])
def test_the_values_of_a_map_may_be_outcomes_too(api: ScriptedApi, element: dict[str, Any]) -> None:
    good = {"id": "1", "status": 200, **GOOD}
    api.always("/items", {"data": {"x": good, "y": element}})
    error = failure(declare(declared(data_selector="data.*.items")))
    assert "rows along with an error" in str(error)
