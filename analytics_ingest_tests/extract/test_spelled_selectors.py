"""The same place for rows, spelled differently: what is an error there is one in each spelling."""

import itertools
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

TEXT = "canary: quota"
KEYS = ("id", None)
NESTED: list[Any] = ["data.items", "$.data.items", "data['items']", "$['data']['items']"]
NESTED += [["data", "items"], ["data", "items", "*"], "data.items[*]", "$.data['items'][*]"]
NESTED += ["data.items.*", "data.items[0:]", "data.items[?(@.id>0)]", "$..items", "*.items"]
NESTED += ["data.*"]
PLAIN: list[Any] = ["items", "$.items", "$['items']", "['items']", ["items"], ["items", "*"]]
PLAIN += ["items[*]", "$.items[*]", "items.*", "items[0:]", "$..items", "*"]
FAILED_NESTED: list[Any] = [
    {"error": TEXT, "data": {"items": rows(2)}},
    {"data": {"items": rows(2), "error": TEXT}},
    {"meta": {"error": TEXT}, "data": {"items": rows(2)}},
    {"partial": True, "data": {"items": rows(2)}},
    {"success": False, "message": TEXT, "data": {"items": []}},
    {"data": {"items": [], "success": False, "message": TEXT}},
    {"error": TEXT},
    {"message": TEXT},
    {"data": {"error": TEXT}},
    {"data": {"message": TEXT}},
    {"data": {"items": TEXT}},
    {"data": {"items": {"error": TEXT}}},
    {"data": {"items": [{"error": TEXT}]}},
    {"data": TEXT},
]
FAILED_PLAIN: list[Any] = [
    {"error": TEXT},
    {"items": rows(2), "error": TEXT},
    {"message": TEXT},
    {"success": False, "items": []},
    {"items": TEXT},
    {"items": {"error": TEXT}},
    {"items": [{"error": TEXT}]},
]
HONEST_NESTED: list[Any] = [
    {"data": {"items": []}},
    {"data": {"items": rows(2)}},
    {"error": None, "status": "ok", "data": {"items": rows(2), "error": None, "total": 2}},
    {"data": {"id": 7, "error": "boom", "success": False, "items": rows(2)}},
    {"data": {"items": []}, "meta": {"total": 0}},
    {"data": {"items": None}},
    {"data": {}},
    {"data": None},
    {},
    [],
    None,
]


def declared(selector: Any, key: str | None) -> dict[str, Any]:
    own = {} if key else {"primary_key": None, "write_disposition": "replace"}
    return resource(own=own, incremental=None, data_selector=selector)


@pytest.mark.parametrize(
    ("selectors", "body"),
    [
        *((NESTED, body) for body in FAILED_NESTED),
        *((PLAIN, body) for body in FAILED_PLAIN),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_error_is_one_however_the_selector_is_spelled(
    api: ScriptedApi, body: Any, selectors: list[Any]
) -> None:
    api.always("/items", body)
    for selector, key in itertools.product(selectors, KEYS):
        # A filter that is declared may drop elements.
        if "?" in selector and body == {"data": {"items": [{"error": TEXT}]}}:
            continue
        with case(selector, key):
            error = failure(declare(declared(selector, key)))
            assert isinstance(error, ApiError)
            assert "canary" not in str(error)


@pytest.mark.parametrize("body", HONEST_NESTED, ids=str)
def test_a_page_is_one_however_the_selector_is_spelled(api: ScriptedApi, body: Any) -> None:
    api.always("/items", body)
    count = str(body).count("'updated_at'")
    for selector, key in itertools.product(NESTED, KEYS):
        if selector != "data.*":
            with case(selector, key):
                assert len(read(declare(declared(selector, key)))) == count
