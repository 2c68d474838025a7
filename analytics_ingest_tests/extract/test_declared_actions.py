"""What is declared is what happens: of a status, whatever it means; of a param, whatever it is."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_page, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

QUICK = {"max_retries": 1, "backoff_factor": 0.001}


@pytest.mark.parametrize("action", ["fail", "retry"])
def test_a_listing_of_a_child_that_is_declared_to_fail_is_not_a_missing_one(
    api: ScriptedApi, action: str
) -> None:
    api.always("/parents", {"data": rows(2)})
    api.always("/parents/1/items", {"data": rows(1)})
    api.always("/parents/2/items", Reply({"error": "not yet"}, 404))
    items = resource(
        path="/parents/{resources.parents.id}/items",
        response_actions=[{"status_code": 404, "action": action}],
        error_handler=QUICK,
    )
    assert f"response_actions declare '{action}'" in str(
        failure(declare(resource("parents"), items), "items")
    )


def test_a_page_that_is_declared_to_fail_is_not_the_end_of_a_listing(api: ScriptedApi) -> None:
    serve = by_page(rows(4), 2)
    api.on("/items", lambda asked: serve(asked) if _page(asked) < 3 else Reply({"e": 1}, 404))
    keys: dict[str, Any] = {
        "paginator": {"type": "page_number", "base_page": 1},
        "error_handler": QUICK,
    }
    assert read_ids(declare(resource(**keys))) == [1, 2, 3, 4]
    actions = [{"status_code": 404, "action": "fail"}]
    error = failure(declare(resource(response_actions=actions, **keys)))
    assert "response_actions declare 'fail'" in str(error)


def test_a_header_of_the_client_that_is_null_is_not_sent(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(1)})
    extract(declare(resource(), client={"headers": {"X-None": None, "X-One": 1}}))
    (asked,) = api.asked
    assert "x-none" not in asked.headers
    assert asked.headers["x-one"] == "1"


def test_an_object_in_a_param_is_sent_as_json(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(1)})
    where = {"where": {"at": "{settings.base_url}", "open": True}, "limit": 5}
    extract(declare(resource(params={"filter": where, "ids": [1, {"a": 2}]})))
    (asked,) = api.asked
    sent = parse_qs(asked.raw_query)
    assert json.loads(sent["filter"][0]) == {
        "where": {"at": api.url, "open": True},
        "limit": 5,
    }
    assert sent["ids"] == ["1", '{"a": 2}']


def _page(asked: Asked) -> int:
    return int(asked.query["page"])
