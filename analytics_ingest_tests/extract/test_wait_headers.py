"""A declared header says how long to wait before a retry."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError
from requests import Response

from analytics_ingest.declaration.models.endpoint import WaitHeader
from analytics_ingest.extract.http.rate_limits import read_declared_wait
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

NOW = datetime(2026, 1, 5, tzinfo=timezone.utc)
EPOCH = int(NOW.timestamp())
WAITS: list[tuple[dict[str, Any], str | None, float | None]] = [
    ({}, "7", 7),
    ({}, "2.5", 2.5),
    ({}, None, None),
    ({}, "soon", None),
    ({"min_wait": 3}, "1", 3),
    ({"min_wait": 3}, None, 3),
    ({"min_wait": 3}, "9", 9),
    ({"regex": r"\d+"}, "30 seconds", 30),
    ({"regex": r"wait=(\d+)"}, "wait=40;limit=2", 40),
    ({"regex": r"wait=(\d+)"}, "limit=2", None),
    ({"holds": "moment"}, str(EPOCH + 60), 60),
    ({"holds": "moment"}, str(EPOCH - 60), 0),
    ({"holds": "moment", "min_wait": 5}, str(EPOCH - 60), 5),
    ({"holds": "moment"}, format_datetime(NOW + timedelta(seconds=9)), 9),
    ({"holds": "moment"}, "2026-01-05T00:01:00Z", 60),
    ({"holds": "moment", "regex": r"at (.*)"}, "at 2026-01-05T00:02:00Z", 120),
]


@pytest.mark.parametrize(("keys", "value", "seconds"), WAITS)
def test_the_wait_is_read_from_the_header(
    keys: dict[str, Any], value: str | None, seconds: float | None
) -> None:
    response = Response()
    response.headers.update({"X-Wait": value} if value else {})
    with time_machine.travel(NOW, tick=False):
        read = read_declared_wait(response, WaitHeader.model_validate({"name": "X-Wait", **keys}))
    assert read == seconds


@pytest.mark.parametrize("header", ["X-Wait", {"name": "x-wait", "regex": "[0-9.]+"}])
def test_the_declared_header_is_waited_for(api: ScriptedApi, header: Any) -> None:
    limited = Reply(status=429, headers={"X-Wait": "0.3", "Retry-After": "99"})
    api.in_turn("/items", [limited, {"data": rows(1)}])
    handler = {"retry_on_status_codes": [429], "backoff_factor": 0, "wait_header": header}
    stats = extract(declare(resource(error_handler=handler)))["items"]
    assert stats.retries == 1
    first, second = api.asked
    assert 0.3 <= second.at - first.at < 2


def test_a_wait_that_is_too_long_fails_the_resource(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=429, headers={"X-Wait": "50"}))
    handler = {
        "retry_on_status_codes": [429],
        "wait_header": {"name": "X-Wait", "max_wait": 20},
    }
    message = str(failure(declare(resource(error_handler=handler))))
    assert "asks to wait 50 s, longer than the 20 s that a run waits" in message
    assert len(api.asked) == 1


def test_a_pattern_that_could_run_away_is_refused_with_the_declaration() -> None:
    with pytest.raises(ValidationError, match="repeats what repeats, and might never end"):
        WaitHeader.model_validate({"name": "X", "regex": "(a+)+"})
