"""Airbyte's `response_filters` are response actions; what has no meaning is refused."""

from typing import Any

import pytest

from analytics_ingest.declaration.airbyte.translate import translate
from analytics_ingest_tests.declaration.declaring import API, endpoint_mistake
from analytics_ingest_tests.support.yaml_text import read_yaml

RETRIED = "[408, 429, 500, 502, 503, 504]"
TRANSLATED = {
    "IGNORE": (
        "error_handler: {response_filters: [{type: HttpResponseFilter, http_codes: [404, 410], "
        "action: IGNORE, error_message: none, failure_type: config_error}]}",
        "response_actions: [{status_code: 404, action: ignore}, "
        "{status_code: 410, action: ignore}], "
        f"error_handler: {{retry_on_status_codes: {RETRIED}}}",
    ),
    "FAIL": (
        "error_handler: {max_retries: 2, response_filters: [{http_codes: 429, action: FAIL}]}",
        "response_actions: [{status_code: 429, action: fail}], "
        f"error_handler: {{max_retries: 2, retry_on_status_codes: {RETRIED}}}",
    ),
    "RETRY": (
        "error_handler: {retry_on_status_codes: [500], response_filters: "
        "[{http_codes: [403], action: RETRY}]}",
        "response_actions: [{status_code: 403, action: retry}], "
        "error_handler: {retry_on_status_codes: [500]}",
    ),
    "RATE_LIMITED, in small letters": (
        "error_handler: {response_filters: [{http_codes: [420], action: rate_limited}]}",
        "response_actions: [{status_code: 420, action: rate_limited}], "
        f"error_handler: {{retry_on_status_codes: {RETRIED}}}",
    ),
    "any of several conditions": (
        "error_handler: {response_filters: [{http_codes: [400], action: SUCCESS, "
        "predicate: \"{{ 'code' in response }}\", error_message_contains: busy}]}",
        "response_actions: [{status_code: 400, action: success}, "
        "{predicate: \"{{ 'code' in response }}\", action: success}, "
        "{message: busy, action: success}], "
        f"error_handler: {{retry_on_status_codes: {RETRIED}}}",
    ),
    "behind the clean form": (
        "response_actions: [{content: gone, action: ignore}], error_handler: "
        "{retry_on_status_codes: [500], response_filters: [{http_codes: [404], action: FAIL}]}",
        "response_actions: [{content: gone, action: ignore}, {status_code: 404, action: fail}], "
        "error_handler: {retry_on_status_codes: [500]}",
    ),
    "none": ("error_handler: {max_retries: 2}", "error_handler: {max_retries: 2}"),
}


def attributes(endpoint: str) -> dict[str, Any]:
    """An API with this endpoint."""
    written = read_yaml(f"{{{endpoint}}}")
    return {"client": {"base_url": "x"}, "resources": [{"name": "b", "endpoint": written}]}


@pytest.mark.parametrize(("written", "clean"), TRANSLATED.values(), ids=list(TRANSLATED))
def test_a_filter_of_statuses_is_an_action_for_each(written: str, clean: str) -> None:
    assert translate(API, attributes(written)) == attributes(clean)


NEEDS = "a filter needs http_codes, predicate or error_message_contains; declare one"
REFUSED = {
    "http_codes: [404], action: RESET_PAGINATION": (
        "action 'RESET_PAGINATION' cannot be translated; allowed are SUCCESS, IGNORE, FAIL, RETRY, "
        "RATE_LIMITED"
    ),
    "http_codes: [404]": "action 'None' cannot be translated",
    "action: IGNORE": NEEDS,
    "action: FAIL, http_codes: []": NEEDS,
}


@pytest.mark.parametrize(("keys", "message"), REFUSED.items(), ids=list(REFUSED))
def test_a_filter_of_another_meaning_is_refused_with_what_to_write(keys: str, message: str) -> None:
    text = endpoint_mistake(f"error_handler: {{response_filters: [{{{keys}}}]}}")
    assert text.startswith(f"shop.b: endpoint.error_handler.response_filters: {message}")


def test_a_status_that_every_response_with_rows_has_is_refused() -> None:
    text = endpoint_mistake(
        "error_handler: {response_filters: [{http_codes: [200], action: FAIL}]}"
    )
    assert text.startswith("shop.b: endpoint.response_actions: status_code: 200 alone fits every")
