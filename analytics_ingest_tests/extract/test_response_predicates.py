"""What to do with a response by an expression, by the error's message, or whatever its status."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

ERROR = {"error": {"message": "no such plan", "code": 17}, "note": "a plan of rows"}
FITS = [
    {"predicate": "{{ response['error']['code'] == 17 }}"},
    {"predicate": "response.error.code == 17 and headers['x-kind'] == 'plan'"},
    {"predicate": "{{ 'no such' in response.error.message }}"},
    {"predicate": "{{ request_url.endswith('/items') }}"},
    {"predicate": "{{ headers.get('X-Kind') }}", "status_code": 400},
    {"message": "such plan"},
    {"message": "no such plan", "content": "rows"},
]
OTHERS = [
    {"predicate": "{{ response.error.code == 18 }}"},
    {"predicate": "{{ response.gone > 3 }}"},
    {"predicate": "{{ headers['x-kind'] == 'plan' }}", "status_code": 401},
    {"message": "a plan of rows"},
]


def answer(status: int = 400) -> Reply:
    return Reply(ERROR, status, headers={"X-Kind": "plan"})


@pytest.mark.parametrize("condition", FITS)
def test_a_response_that_fits_is_ignored(api: ScriptedApi, condition: dict[str, Any]) -> None:
    api.always("/items", answer())
    stats = extract(declare(resource(response_actions=[{**condition, "action": "ignore"}])))
    assert stats["items"].rows_read == 0


@pytest.mark.parametrize("condition", OTHERS)
def test_a_response_that_does_not_fit_fails(api: ScriptedApi, condition: dict[str, Any]) -> None:
    api.always("/items", answer())
    error = failure(declare(resource(response_actions=[{**condition, "action": "ignore"}])))
    assert "the API answered 400 Bad Request: 'no such plan'" in str(error)


def test_a_predicate_is_asked_of_good_responses_too(api: ScriptedApi) -> None:
    busy = {"status": "busy", "data": []}
    api.in_turn("/items", [busy, {"status": "ok", "data": [row(1)]}])
    actions = [{"predicate": "{{ response.status == 'busy' }}", "action": "rate_limited"}]
    handler = {"max_retries": 1, "backoff_factor": 0.01}
    stats = load(declare(resource(response_actions=actions, error_handler=handler)))
    assert stats["items"].retries == 1
    assert table("items") == [1]


def test_the_rows_of_an_error_status_are_read_where_it_is_declared_a_success(
    api: ScriptedApi,
) -> None:
    api.always("/items", Reply({"data": [row(1)]}, 404))
    assert read_ids(
        declare(resource(response_actions=[{"status_code": 404, "action": "success"}]))
    ) == [1]


def test_a_body_that_is_not_json_has_its_text_for_a_message(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"plan is gone", 400))
    actions = [
        {"predicate": "{{ response.x }}", "action": "fail"},
        {"message": "is gone", "action": "ignore"},
    ]
    assert extract(declare(resource(response_actions=actions)))["items"].rows_read == 0


def test_the_first_action_that_fits_decides(api: ScriptedApi) -> None:
    api.always("/items", answer())
    actions = [{"message": "plan", "action": "fail"}, {"status_code": 400, "action": "ignore"}]
    message = str(failure(declare(resource(response_actions=actions))))
    assert "for which response_actions declare 'fail'" in message


def test_a_predicate_that_cannot_be_evaluated_fails_the_resource(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)], "x": "canary"})
    actions = [{"predicate": "{{ response.x > 3 }}", "action": "fail"}]
    error = failure(declare(resource(response_actions=actions)))
    assert isinstance(error, ApiError)
    assert "demo.items: GET /items: response_actions: '{{ response.x > 3 }}' cannot be" in str(
        error
    )
    assert "canary" not in str(error)
