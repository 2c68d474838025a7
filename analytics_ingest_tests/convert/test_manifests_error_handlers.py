"""Error handlers of a manifest: what they ignore, retry and wait for."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import manifest, requester, stream
from analytics_ingest_tests.convert.writing import Desk


def handled(desk: Desk, *handlers: dict[str, Any]) -> dict[str, Any]:
    """The keys of an endpoint that error handlers become; several are a composite."""
    composite = {"type": "CompositeErrorHandler", "error_handlers": list(handlers)}
    handler = next(iter(handlers)) if len(handlers) == 1 else composite
    endpoint = desk.new(
        manifest(stream(requester=requester(error_handler=handler))), file="manifest.yaml"
    ).endpoint()
    return {k: endpoint[k] for k in ("response_actions", "error_handler") if k in endpoint}


def filters(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "DefaultErrorHandler", "response_filters": list(items)}


def waits(*strategies: dict[str, Any]) -> dict[str, Any]:
    return {"type": "DefaultErrorHandler", "backoff_strategies": list(strategies)}


IGNORE_404 = {"http_codes": [404], "action": "IGNORE"}
FAIL_ALL = {"http_codes": [401, 403, 404], "action": "FAIL", "error_message": "Check the key."}


@pytest.mark.parametrize(
    ("handlers", "actions"),
    [
        ([filters(IGNORE_404)], [{"status_code": 404, "action": "ignore"}]),
        ([filters(FAIL_ALL)], None),
        ([filters({"http_codes": [429, 503], "action": "RETRY"})], None),
        (
            [filters({"http_codes": [420], "action": "RATE_LIMITED"})],
            [{"status_code": 420, "action": "rate_limited"}],
        ),
        (
            [
                filters(
                    {"http_codes": 403, "predicate": "{{ response.a }}", "action": "RATE_LIMITED"},
                    {"http_codes": [403, 404], "predicate": "{{ response.a }}", "action": "IGNORE"},
                )
            ],
            [
                {"status_code": 403, "action": "rate_limited"},
                {"predicate": "response.a", "action": "rate_limited"},
                {"status_code": 404, "action": "ignore"},
            ],
        ),
        (
            [filters({"http_codes": [500], "action": "FAIL"})],
            [{"status_code": 500, "action": "fail"}],
        ),
        (
            [
                filters(
                    {"http_codes": 409, "predicate": "{{ response.code == 7 }}", "action": "IGNORE"}
                )
            ],
            [
                {"status_code": 409, "action": "ignore"},
                {"predicate": "response.code == 7", "action": "ignore"},
            ],
        ),
        (
            [
                filters(
                    {"predicate": "{{ 'slow' in response['why'] }}", "action": "RETRY"},
                    {"error_message_contains": "no such shop", "action": "IGNORE"},
                )
            ],
            [
                {"predicate": "'slow' in response['why']", "action": "retry"},
                {"message": "no such shop", "action": "ignore"},
            ],
        ),
        (
            [filters(FAIL_ALL, {"predicate": "{{ response.gone }}", "action": "IGNORE"})],
            [
                {"status_code": 401, "action": "fail"},
                {"status_code": 403, "action": "fail"},
                {"status_code": 404, "action": "fail"},
                {"predicate": "response.gone", "action": "ignore"},
            ],
        ),
        ([filters(FAIL_ALL), filters(IGNORE_404)], [{"status_code": 404, "action": "ignore"}]),
        ([filters({"http_codes": [404]})], None),
    ],
    ids=[
        *("a status that is ignored", "statuses that fail anyway", "statuses retried anyway"),
        *("a limit", "the first of two for a condition", "a status that is not retried"),
        *("any condition fits", "by the body"),
        *("a failure before something wider", "of two handlers the one that goes on"),
        "a filter without action",
    ],
)
def test_filters_become_actions(
    desk: Desk, handlers: list[dict[str, Any]], actions: list[dict[str, Any]] | None
) -> None:
    assert handled(desk, *handlers) == ({"response_actions": actions} if actions else {})


RETRIED = {"retry_on_status_codes": [408, 429, 500, 502, 503, 504], "max_retries": 5}


@pytest.mark.parametrize(
    ("handler", "block"),
    [
        (
            waits({"type": "ConstantBackoffStrategy", "backoff_time_in_seconds": 30}),
            {"backoff": "constant", "backoff_factor": 30},
        ),
        (waits({"type": "ExponentialBackoffStrategy", "factor": "{{ 3 }}"}), {"backoff_factor": 3}),
        (waits({"type": "WaitTimeFromHeader", "header": "Retry-After"}), None),
        (waits({"type": "WaitTimeFromHeader", "header": "X-Wait"}), {"wait_header": "X-Wait"}),
        (
            waits(
                {
                    "type": "WaitUntilTimeFromHeader",
                    "header": "X-Reset",
                    "regex": "\\d+",
                    "min_wait": 5,
                },
                {"type": "ConstantBackoffStrategy", "backoff_time_in_seconds": 60},
            ),
            {
                "wait_header": {
                    "name": "X-Reset",
                    "holds": "moment",
                    "regex": "\\d+",
                    "min_wait": 5,
                },
                "backoff": "constant",
                "backoff_factor": 60,
            },
        ),
        ({"type": "DefaultErrorHandler", "max_retries": 9}, {"max_retries": 9}),
    ],
    ids=["constant", "exponential", "usual header", "own header", "instant", "retries"],
)
def test_waits_and_retries_are_translated(
    desk: Desk, handler: dict[str, Any], block: dict[str, Any] | None
) -> None:
    assert handled(desk, handler) == ({"error_handler": {**RETRIED, **block}} if block else {})
