"""Retries: which answers are asked for again, how often, and after which waits."""

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract import listing_template
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Gate, Reply, ScriptedApi

GOOD = {"data": rows(2)}


def handler(*statuses: int, **keys: Any) -> dict[str, Any]:
    return {"retry_on_status_codes": list(statuses), "backoff_factor": 0, **keys}


def waits(api: ScriptedApi) -> list[float]:
    """Seconds between the requests that the server saw."""
    return [later.at - earlier.at for earlier, later in pairwise(api.asked)]


def lie_between(found: Sequence[float], least: Sequence[float]) -> bool:
    """Whether each wait is as long as it must be, and not much longer."""
    slack = 0.35
    return len(found) == len(least) and all(
        low - 0.002 <= seconds <= low * 1.1 + slack
        for seconds, low in zip(found, least, strict=True)
    )


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 500])
def test_a_listed_status_is_asked_for_again(api: ScriptedApi, status: int) -> None:
    api.in_turn("/items", [Reply(status=status), Reply(status=status), GOOD])
    stats = extract(declare(resource(error_handler=handler(status))))["items"]
    assert (stats.requests, stats.retries, stats.pages, stats.rows_loaded) == (3, 2, 1, 2)
    assert len(api.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_a_status_that_is_not_listed_is_not_retried(api: ScriptedApi, status: int) -> None:
    api.in_turn("/items", [Reply(status=status), GOOD])
    error = failure(declare(resource(error_handler=handler(429))))
    assert isinstance(error, ApiError)
    assert f" {status} " in f"{error} "
    assert len(api.asked) == 1


@pytest.mark.parametrize(("most", "asked"), [(0, 1), (1, 2), (3, 4)])
def test_max_retries_counts_the_tries_after_the_first(
    api: ScriptedApi, most: int, asked: int
) -> None:
    api.always("/items", Reply(status=429))
    error = failure(declare(resource(error_handler=handler(429, max_retries=most))))
    assert isinstance(error, ApiError)
    assert " 429 " in str(error)
    assert len(api.asked) == asked


def test_three_retries_are_the_default(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=429))
    failure(declare(resource(error_handler=handler(429))))
    assert len(api.asked) == 4


def test_each_page_has_its_own_retries(api: ScriptedApi) -> None:
    api.in_turn(
        "/items",
        [
            Reply(status=429),
            {"data": rows(2)[:1], "next": "b"},
            Reply(status=429),
            {"data": rows(2)[1:]},
        ],
    )
    paginator = {"type": "cursor", "cursor_path": "next"}
    error_handler = handler(429, max_retries=1)
    stats = extract(declare(resource(paginator=paginator, error_handler=error_handler)))["items"]
    assert (stats.requests, stats.retries, stats.pages, stats.rows_loaded) == (4, 2, 2, 2)
    assert api.sent("/items", "cursor") == [None, None, "b", "b"]


@pytest.mark.parametrize(
    ("backoff", "least"),
    [
        pytest.param({"backoff": "exponential"}, [0.05, 0.1, 0.2], id="exponential"),
        pytest.param({}, [0.05, 0.1, 0.2], id="exponential by default"),
        pytest.param({"backoff": "constant"}, [0.05, 0.05, 0.05], id="constant"),
    ],
)
def test_waits_follow_the_declared_backoff(
    api: ScriptedApi, backoff: dict[str, str], least: list[float]
) -> None:
    api.in_turn("/items", [Reply(status=429)] * 3 + [GOOD])
    declaration = declare(resource(error_handler=handler(429, backoff_factor=0.05, **backoff)))
    stats = extract(declaration)["items"]
    assert lie_between(waits(api), least)
    assert sum(least) <= stats.seconds_waited <= sum(least) * 1.1


def test_the_error_handler_of_the_defaults_is_taken(api: ScriptedApi) -> None:
    api.in_turn("/items", [Reply(status=418), GOOD])
    defaults = {"endpoint": {"error_handler": handler(418)}}
    assert extract(declare(resource(), resource_defaults=defaults))["items"].retries == 1


@pytest.mark.parametrize("status", [429, 500, 599])
def test_without_an_error_handler_429_and_5xx_are_tried_five_times(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """The default waits 1, 2, 4 and 8 seconds; a twentieth of that shows it."""
    default = listing_template.DLT_DEFAULT
    assert default.backoff_factor == 1
    shorter = default.model_copy(update={"backoff_factor": 0.05})
    monkeypatch.setattr(listing_template, "DLT_DEFAULT", shorter)
    api.always("/items", Reply(status=status, headers={"Retry-After": "0"}))
    error = failure(declare(resource()))
    assert isinstance(error, ApiError)
    assert f" {status} " in f"{error} "
    assert lie_between(waits(api), [0.05, 0.1, 0.2, 0.4])


@pytest.mark.parametrize("status", [400, 404, 408])
def test_without_an_error_handler_other_statuses_are_not_retried(
    api: ScriptedApi, status: int
) -> None:
    api.always("/items", Reply(status=status))
    failure(declare(resource()))
    assert len(api.asked) == 1


def test_an_ignored_answer_is_the_end_of_the_listing(api: ScriptedApi) -> None:
    api.always("/items", Reply({"error": "no such thing"}, 404))
    actions = [{"status_code": 404, "action": "ignore"}]
    stats = extract(declare(resource(response_actions=actions)))["items"]
    assert (stats.pages, stats.rows_loaded) == (1, 0)


def test_an_answer_is_ignored_only_where_its_content_matches(api: ScriptedApi) -> None:
    api.always("/items", Reply({"error": "gone"}, 404))
    actions = [{"status_code": 404, "content": "archived", "action": "ignore"}]
    failure(declare(resource(response_actions=actions)))
    api.always("/items", Reply({"error": "archived"}, 404))
    assert extract(declare(resource(response_actions=actions)))["items"].rows_loaded == 0


def test_an_api_that_is_down_is_not_waited_for(api: ScriptedApi) -> None:
    """One resource waits for its retry when another has used up its own."""
    both_asked = Gate()

    def down(_: Asked) -> Reply:
        both_asked.open()
        return Reply(status=503, delay=0.3)

    api.always("/slow", Reply(status=429, headers={"Retry-After": "20"}, gate=both_asked))
    api.on("/down", down)
    declaration = declare(resource("slow"), resource("down", error_handler=handler(429)))
    began = time.monotonic()
    error = failure(declaration)
    assert time.monotonic() - began < 5
    assert "demo.down" in str(error)
    assert len(api.requests_of("/slow")) == 1
