"""Retry-After: the API's own wait replaces the computed one, unless it is too long."""

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import pairwise

import pytest
from requests import Response

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.http.retry import retry_after
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

GOOD = {"data": rows(1)}
QUICK = {"retry_on_status_codes": [429], "max_retries": 1, "backoff_factor": 0}


def limited(header: str) -> Reply:
    return Reply(status=429, headers={"Retry-After": header})


def wait(api: ScriptedApi) -> float:
    ((earlier, later),) = pairwise(api.asked)
    return later.at - earlier.at


@pytest.mark.parametrize("header", ["0", "0.0", "0.1", "Thu, 01 Jan 2026 00:00:00 GMT"])
def test_no_wait_is_shorter_than_the_first_computed_one(api: ScriptedApi, header: str) -> None:
    """A 0 is a fraction of a second, rounded down."""
    api.in_turn("/items", [limited(header), GOOD])
    stats = extract(declare(resource(error_handler={**QUICK, "backoff_factor": 0.4})))["items"]
    assert stats.retries == 1
    assert 0.4 <= stats.seconds_waited <= 0.44
    assert 0.39 <= wait(api) <= 1.5


def test_a_limit_that_is_rounded_to_nothing_is_waited_for(api: ScriptedApi) -> None:
    began = time.monotonic()
    api.on("/items", lambda asked: GOOD if asked.at - began > 1 else limited("0"))
    handler = {**QUICK, "max_retries": 4, "backoff_factor": 0.2}
    assert extract(declare(resource(error_handler=handler)))["items"].rows_loaded == 1


def test_seconds_are_waited_for(api: ScriptedApi) -> None:
    api.in_turn("/items", [limited("0.4"), GOOD])
    stats = extract(declare(resource(error_handler=QUICK)))["items"]
    assert stats.seconds_waited == 0.4
    assert 0.39 <= wait(api) <= 1.5


def test_a_date_is_waited_for(api: ScriptedApi) -> None:
    def script(_: Asked) -> object:
        if len(api.asked) > 1:
            return GOOD
        soon = datetime.now(timezone.utc) + timedelta(seconds=1)
        return limited(format_datetime(soon, usegmt=True))

    # Dates have whole seconds: early in a second, the next one is far enough away to be waited for.
    time.sleep(max(0.0, 1.02 - time.time() % 1) if time.time() % 1 > 0.5 else 0)
    api.on("/items", script)
    stats = extract(declare(resource(error_handler=QUICK)))["items"]
    assert 0.1 <= stats.seconds_waited <= 1
    assert stats.seconds_waited <= wait(api) + 0.002


@pytest.mark.parametrize(
    "header", ["901", "86400", "9" * 400, "Wed, 01 Jan 2200 00:00:00 GMT"], ids=lambda h: h[:9]
)
def test_a_wait_that_is_too_long_fails_at_once(api: ScriptedApi, header: str) -> None:
    api.in_turn("/items", [limited(header), GOOD])
    error = failure(declare(resource(error_handler=QUICK)))
    assert isinstance(error, ApiError)
    assert " 429 " in str(error)
    assert "demo.items" in str(error)
    assert "900 s" in str(error)
    assert len(api.asked) == 1


@pytest.mark.parametrize("header", ["", "soon", "-1", "1,2", "\xb2", "1.2.3", "."], ids=repr)
def test_a_header_that_says_nothing_leaves_the_computed_wait(api: ScriptedApi, header: str) -> None:
    api.in_turn("/items", [limited(header), GOOD])
    stats = extract(declare(resource(error_handler={**QUICK, "backoff_factor": 0.1})))["items"]
    assert stats.retries == 1
    assert 0.1 <= stats.seconds_waited <= 0.11


def test_a_status_that_is_not_listed_is_not_retried_for_its_header(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=503, headers={"Retry-After": "0"}))
    failure(declare(resource(error_handler=QUICK)))
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param("1.5", 1.5, id="a fraction"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", 0, id="a date that is over"),
        pytest.param("Thursday, 01-Jan-70 00:00:00 GMT", 0, id="an old form of date"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 -0000", 0, id="a date without a zone"),
        pytest.param("tomorrow", None, id="neither"),
    ],
)
def test_both_forms_of_the_header_are_read(header: str, seconds: float | None) -> None:
    response = Response()
    response.headers["Retry-After"] = header
    assert retry_after(response) == seconds
