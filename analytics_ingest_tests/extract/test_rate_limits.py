"""Rate limits: how APIs say when they answer again, beside `Retry-After`."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from requests import Response

from analytics_ingest.common.errors import ApiDownError, ApiError
from analytics_ingest.extract.http.rate_limits import retry_after
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, rows
from analytics_ingest_tests.support.scripted_api import Asked, Hub, Reply, ScriptedApi

Headers = Callable[[float], Mapping[str, str]]
"""From the time at which a limit ends to the headers that say so."""

SECONDS = 1.2
OFFSET = {"type": "offset", "limit": 2}
HANDLER = {"retry_on_status_codes": [429], "max_retries": 3, "backoff_factor": 0.2}

LIMITS: dict[str, tuple[int, Headers]] = {
    "403, remaining 0 and an epoch": (
        403,
        lambda end: {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(end))},
    ),
    "403, remaining 0 and no more": (403, lambda _: {"x-ratelimit-remaining": "0"}),
    "403 and Retry-After": (403, lambda end: {"Retry-After": f"{end - time.time():.1f}"}),
    "403 and RateLimit": (403, lambda _: {"RateLimit": '"a";r=0;t=2, "b";r=9;t=3600'}),
    "429 and Reset-After": (429, lambda _: {"X-RateLimit-Reset-After": "1.2"}),
    "429 and RateLimit-Reset": (429, lambda _: {"RateLimit-Reset": "2"}),
    "429 and a RateLimit of old": (429, lambda _: {"RateLimit": "limit=9, remaining=0, reset=2"}),
    "429 and RateLimit": (429, lambda _: {"RateLimit": '"default";r=0;t=2'}),
    "429 and an epoch": (429, lambda end: {"Retry-After": str(int(end))}),
    "429 and milliseconds": (429, lambda end: {"X-Rate-Limit-Reset": str(int(end * 1000))}),
}


def limited(status: int, headers: Headers) -> Callable[[Asked], Any]:
    """Serve eight rows; the third request begins a limit of some seconds."""
    pages, ends = by_offset(rows(8)), list[float]()
    asked_so_far: list[Asked] = []

    def script(asked: Asked) -> Any:
        asked_so_far.append(asked)
        if len(asked_so_far) == 3:
            ends.append(time.time() + SECONDS)
        is_over = not ends or time.time() >= ends[0]
        return pages(asked) if is_over else Reply({}, status, headers(ends[0]))

    return script


def test_a_limit_is_waited_for(hub: Hub) -> None:
    """All limits at the same time, each of an API of its own: they are waited for, not computed."""
    apis = {
        f"{name}, {handled} handler": (hub.new_api(), limit, handler)
        for name, limit in LIMITS.items()
        for handled, handler in {"declared": HANDLER, "default": None}.items()
    }
    for api, limit, _ in apis.values():
        api.on("/items", limited(*limit))

    def read(number: int, case: str) -> list[Any]:
        api, _, handler = apis[case]
        declared = resource(paginator=OFFSET, error_handler=handler)
        client = {"base_url": api.url}
        return read_ids(declare(declared, client=client, api=f"demo_{number}", concurrency=1))

    with ThreadPoolExecutor(len(apis)) as threads:
        ids = dict(zip(apis, threads.map(read, range(len(apis)), apis), strict=True))
    assert ids == {case: list(range(1, 9)) for case in apis}
    times = {case: [asked.at for asked in api.asked] for case, (api, *_) in apis.items()}
    longest = {case: max(b - a for a, b in pairwise(moments)) for case, moments in times.items()}
    assert {case: seconds for case, seconds in longest.items() if seconds >= 4} == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Remaining": "17", "X-RateLimit-Reset": "9"},
        {"X-RateLimit-Reset": "9"},
        {"Retry-After": "soon"},
    ],
    ids=str,
)
def test_a_403_that_is_not_a_limit_fails_at_once(api: ScriptedApi, headers: dict[str, str]) -> None:
    api.always("/items", Reply({}, 403, headers))
    error = failure(declare(resource(error_handler=HANDLER)))
    assert not isinstance(error, ApiDownError)
    assert "403 Forbidden; check the key and its permissions" in str(error)
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("name", ["X-RateLimit-Reset", "RateLimit-Reset", "Retry-After"])
def test_a_limit_that_lasts_too_long_fails_at_once(
    api: ScriptedApi, status: int, name: str
) -> None:
    headers = {"X-RateLimit-Remaining": "0", name: str(int(time.time()) + 3600)}
    api.always("/items", Reply({}, status, headers))
    for number in range(5):
        api.always(f"/other_{number}", Reply({}, status, headers))
    others = [resource(f"other_{number}") for number in range(5)]
    error = failure(declare(resource(error_handler=HANDLER), *others, concurrency=1))
    assert "asks to wait 36" in str(error)
    assert "longer than the 900 s" in str(error)
    assert len(api.asked) == 1


def test_a_limit_that_stays_ends_the_load(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 403, {"X-RateLimit-Remaining": "0"}))
    handler = {**HANDLER, "backoff_factor": 0}
    error = failure(declare(resource(error_handler=handler)))
    assert isinstance(error, ApiDownError)
    assert "after 4 requests" in str(error)


def test_headers_of_good_responses_slow_nobody_down(api: ScriptedApi) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60", "Retry-After": "60"}
    api.always("/items", Reply({"data": rows(1)}, headers=headers))
    assert extract(declare(resource()))["items"].seconds_waited == 0


def test_the_reset_of_another_limit_is_not_waited_for(api: ScriptedApi) -> None:
    headers = {"X-RateLimit-Remaining": "50", "X-RateLimit-Reset": "3600"}
    api.in_turn("/items", [Reply({}, 429, headers), {"data": rows(1)}])
    assert extract(declare(resource(error_handler=HANDLER)))["items"].seconds_waited < 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "soon"}, None),
        ({"X-RateLimit-Reset": "-5"}, None),
        ({"X-RateLimit-Reset": "1e9"}, None),
        ({"RateLimit": "nonsense;;,="}, None),
        ({"RateLimit": '"a";r=1;t=5'}, None),
        ({"X-RateLimit-Reset": "1767607200"}, 0),
        ({"X-RateLimit-Reset": "2026-01-05T10:00:00Z"}, 0),
        ({"RateLimit-Reset": "7", "X-RateLimit-Reset": "1767607200"}, 7),
        ({"Retry-After": "3", "RateLimit-Reset": "7"}, 3),
        ({"Retry-After": "Mon, 01 Jan 2026 00:00:00 +99999999999999"}, None),
        ({"Retry-After": "\ud800"}, None),
    ],
    ids=str,
)
def test_odd_headers_say_nothing(headers: dict[str, str], seconds: float | None) -> None:
    response = Response()
    response.status_code = 429
    response.headers.update(headers)
    assert retry_after(response) == seconds


def test_an_unknown_status_is_an_error(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 599))
    handler = {**HANDLER, "retry_on_status_codes": []}
    assert isinstance(failure(declare(resource(error_handler=handler))), ApiError)
