"""A declared `rate` is kept by all runs together, used whole, and never waited for needlessly."""

import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from requests import Request, Response

from analytics_ingest.common.errors import BudgetUsedUpError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.rate import Rate
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.rates.arrivals import SentRequest
from analytics_ingest.extract.rates.budget import Budget
from analytics_ingest.extract.rates.files import FileRates
from analytics_ingest.extract.rates.limiter import NoRoomError, RateLimiter
from analytics_ingest.extract.rates.state import BudgetState
from analytics_ingest.extract.rates.storage import open_rates
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.loads import (
    API,
    day,
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi
from analytics_ingest_tests.support.shifted_clock import ShiftedClock

OFFSET = {"type": "offset", "limit": 10}
DAY = {"requests": 1000, "per": "1d"}
HEADERS = {"remaining_header": "X-Left", "reset_header": "X-Reset"}


def limiter(*rates: Mapping[str, Any], api: str = API) -> RateLimiter:
    """A run's access to budgets."""
    declared = [Rate.model_validate(rate) for rate in rates]
    return RateLimiter(declared, open_rates(api), "https://api.example.com/v1", threading.Event())


def state_of(rate: Mapping[str, Any], change: Callable[..., None] = lambda s: None) -> BudgetState:
    """The stored state of a budget; `change` is stored."""
    storage = open_rates(API)
    with storage.lock([Budget(Rate.model_validate(rate)).ring]) as (_, (state,)):
        change(state)
    storage.close()
    return state


def wait_of(run: RateLimiter, path: str = "items", method: str = "GET") -> float:
    """Seconds until a request may be sent; 0 if it was counted."""
    try:
        run.reserve(Request(method, f"https://api.example.com/v1/{path}").prepare())
    except NoRoomError as error:
        return error.seconds
    return 0.0


def send(run: RateLimiter) -> SentRequest:
    """Count a request, whose response is outstanding."""
    sent = run.reserve(Request("GET", "https://api.example.com/v1/items").prepare())
    assert sent
    return sent


def note_remaining(run: RateLimiter, sent: SentRequest, *, remaining: int, reset: float) -> None:
    """Answer a request with headers."""
    response = Response()
    response.headers.update({"X-Left": str(remaining), "X-Reset": str(reset)})
    run.note(sent, response)
    run.give_up(sent)


def count_for(seconds: float, rate: dict[str, Any], file: str) -> None:
    """Count requests as fast as a budget allows; in a process of its own."""
    budget, storage = Budget(Rate.model_validate(rate)), open_rates(API)
    end = time.monotonic() + seconds
    with Path(file).open("a", buffering=1) as moments:
        while time.monotonic() < end:
            with storage.lock([budget.ring]) as (now, (state,)):
                if not (wait := budget.wait(state, now)):
                    state.add(now)
            if wait:
                time.sleep(wait)
            else:
                moments.write(f"{now}\n")


@pytest.mark.usefixtures("limits")
def test_processes_together_use_a_budget_whole_and_never_exceed_it(project: Path) -> None:
    rate = {"requests": 50, "per": timedelta(seconds=0.5)}
    files = [str(project / name) for name in ("killed", "first", "second")]
    killed = begin_apart(count_for, 10, rate, files[0])
    _wait_for_lines(Path(files[0]), 3)
    processes = [begin_apart(count_for, 1.3, rate, file) for file in files[1:]]
    killed.kill()
    for process in processes:
        process.join(20)
    at = sorted(float(line) for file in files for line in Path(file).read_text().splitlines())
    # 50 at once, then the next ones a span and its margin after them, also after a kill.
    spans = [later - earlier for earlier, later in zip(at, at[50:], strict=False)]
    assert len(spans) >= 50
    assert min(spans) >= 0.5
    assert sum(spans) / len(spans) < 0.65


def test_a_request_that_may_have_arrived_late_makes_room_later(api: ScriptedApi) -> None:
    pages = by_offset(rows(75))
    api.on("/items", lambda a: Reply(pages(a), delay=0.3 if a.query["offset"] == "20" else 0))
    assert (
        len(read_ids(declare(resource(paginator=OFFSET), rate={"requests": 5, "per": "1s"}))) == 75
    )
    at = [asked.at for asked in api.asked]
    assert at[6] - at[1] < 1.25
    assert at[7] - at[2] >= 1.25


@pytest.mark.usefixtures("limits")
def test_a_moment_that_is_postponed_takes_its_later_place() -> None:
    rate, now = {"requests": 3, "per": "60s"}, time.time()
    for at in (now - 3, now - 2, now - 1):
        state_of(rate, lambda state, at=at: state.add(at))
    for _ in range(2):  # The second time that moment is gone.
        state_of(rate, lambda state: state.postpone(now - 3, now - 1.5))
        assert state_of(rate).oldest == now - 2
    state_of(rate, lambda state: state.add(now))
    assert state_of(rate).oldest == now - 1.5


def read(declaration: ApiDeclaration, name: str) -> None:
    """Read a listing to its end; in a process of its own."""
    extract(declaration, name)


def test_two_runs_together_keep_a_rate(api: ScriptedApi) -> None:
    names = ("first", "second")
    for name in names:
        api.on(f"/{name}", by_offset(rows(495)))
    rate = {"requests": 40, "per": "1s"}
    declaration = declare(*(resource(n, paginator=OFFSET) for n in names), rate=rate)
    processes = [begin_apart(read, declaration, name) for name in names]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    at = [asked.at for asked in api.asked]
    assert 100 <= len(at) <= 125
    # A busy machine delays some requests on their way, and the next ones arrive closer to them.
    assert all(later - earlier >= 0.8 for earlier, later in zip(at, at[40:], strict=False))
    assert at[-1] - at[0] < 3.5


def test_every_request_to_the_api_counts(api: ScriptedApi) -> None:
    pages, failed = by_offset(rows(45)), []

    def script(asked: Asked) -> Any:
        if asked.query["offset"] == "20" and not failed:
            failed.append(asked)
            return Reply(status=500)
        if asked.query["offset"] == "10":
            return Reply(status=307, headers={"Location": f"{api.url}/moved?offset=10&limit=10"})
        return pages(asked)

    api.on("/items", script)
    api.on("/moved", pages)
    api.always("/empty", {"data": []})
    api.on("/session", lambda _: {"token": "t"})
    auth = {"type": "login", "login_url": "/session", "login_json": {}, "token_path": "token"}
    handler = {"retry_on_status_codes": [500], "backoff_factor": 0}
    endpoints = [
        resource(paginator=OFFSET, error_handler=handler, incremental=None),
        resource("empty", incremental=None),
    ]
    extract(declare(*endpoints, client={"auth": auth}, rate=DAY))
    assert {"/session", "/moved", "/items", "/empty"} == set(api.paths)
    assert state_of(DAY).number == len(api.asked)


def test_a_login_elsewhere_does_not_count(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(3)})
    api.on("/session", lambda _: {"token": "t"})
    login = f"{api.url}/session".replace("127.0.0.1", "localhost")
    auth = {"type": "login", "login_url": login, "login_json": {}, "token_path": "token"}
    extract(declare(resource(), client={"auth": auth}, rate=DAY))
    assert api.paths == ["/session", "/items"]
    assert state_of(DAY).number == 1


def test_a_quota_that_is_used_up_fails_what_is_not_read_whole_and_the_next_run_goes_on(
    api: ScriptedApi,
) -> None:
    api.on("/first", by_offset(rows(15)))
    api.on("/second", by_offset(rows(15)))
    rate = {"requests": 3, "per": "2s", "max_wait": "1s"}
    both = [resource(name, paginator=OFFSET) for name in ("first", "second")]
    declaration = declare(*both, rate=rate, concurrency=1)
    with pytest.raises(BudgetUsedUpError) as caught:
        load(declaration)
    assert len(api.asked) == 3
    message = str(caught.value)
    whole, name = ("first", "second") if message.startswith("demo.second") else ("second", "first")
    assert message.startswith(
        f"demo.{name}: GET /{name}: the rate budget of 3 requests in 2s is used up until 20"
    )
    assert "UTC, longer than the 1 s that a run waits; run the load again later" in message
    assert table(whole) == list(range(1, 16))
    time.sleep(2.1)
    load(declaration, name, run_id="next")
    assert table(name) == list(range(1, 16))


def test_a_budget_of_a_path_holds_back_its_requests_alone_and_holds_no_slot(
    api: ScriptedApi,
) -> None:
    api.on("/orders", by_offset(rows(25)))
    api.on("/orders/search", by_offset(rows(25)))
    rates = [{"requests": 2, "per": "1s", "path": "/orders/*"}, {**DAY, "method": "GET"}]
    lines: list[str] = []
    endpoints = [resource("orders", paginator=OFFSET)]
    endpoints += [resource("search", path="orders/search", paginator=OFFSET)]
    stats = extract(declare(*endpoints, rate=rates, concurrency=1), log=lines.append)
    search, orders = api.requests_of("/orders/search"), api.requests_of("/orders")
    assert len(search) == len(orders) == 3
    assert search[2].at - search[0].at >= 0.99
    assert orders[2].at < search[2].at - 0.5
    assert 0.5 < stats["search"].seconds_waited < 1.1
    assert stats["orders"].seconds_waited == 0
    assert lines == ["waiting for the rate budget of 2 requests in 1s for /orders/*"]
    assert state_of({**DAY, "method": "GET"}).number == 6


def test_children_that_wait_for_a_path_budget_hold_nothing_else_back(api: ScriptedApi) -> None:
    ids = range(1, 9)
    api.always("/users", {"data": [row(n) for n in ids]})
    for n in ids:
        api.always(f"/search/{n}", {"data": [row(n)]})
    others = [f"other{n}" for n in range(6)]
    for name in others:
        api.always(f"/{name}", {"data": [row(1)]})
    endpoints = [
        resource("users"),
        resource("found", path="search/{resources.users.id}"),
        *map(resource, others),
    ]
    rate = {"requests": 4, "per": "1s", "path": "/search/*"}
    extract(declare(*endpoints, rate=rate, concurrency=2))
    found, rest = ([a.at for a in api.asked if a.path.startswith(p)] for p in ("/search", "/other"))
    assert (len(found), len(rest)) == (8, 6)
    assert rest[-1] < found[4]


def test_a_wait_ends_with_the_load(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(25)))
    declaration = declare(resource(paginator=OFFSET), rate={"requests": 1, "per": "60s"})
    before = set(threading.enumerate())

    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract(declaration, log=interrupt)
    began = time.monotonic()
    while set(threading.enumerate()) - before:
        assert time.monotonic() - began < 3
        time.sleep(0.02)
    assert len(api.asked) == 1


def test_headers_that_say_what_remains_hold_requests_back_before_a_limit(api: ScriptedApi) -> None:
    pages, taken = by_offset(rows(75)), [0.0]

    def script(asked: Asked) -> Reply:
        used = sum(1 for at in taken if at > asked.at - 0.4)
        if used >= 3:
            return Reply(status=429, headers={"Retry-After": "30"})
        taken.append(asked.at)
        return Reply(pages(asked), headers={"X-Left": str(2 - used), "X-Reset": "0.5"})

    api.on("/items", script)
    assert len(read_ids(declare(resource(paginator=OFFSET), rate=HEADERS))) == 75
    # Without the pages that are prefetched beyond the end.
    assert len([asked for asked in api.asked if int(asked.query["offset"]) < 75]) <= 10
    assert len(taken) == len(api.asked) + 1


@pytest.mark.usefixtures("limits")
def test_after_a_reset_one_request_asks_what_remains() -> None:
    run = limiter(HEADERS, api="says_what_remains")
    note_remaining(run, send(run), remaining=0, reset=0.3)
    time.sleep(wait_of(run))
    first = send(run)
    assert 0.1 < wait_of(run) <= 0.2
    note_remaining(run, first, remaining=1, reset=30)
    assert wait_of(run) == 0
    assert 29 < wait_of(run) <= 30
    run.close()


@pytest.mark.usefixtures("limits")
def test_after_a_reset_an_api_that_says_nothing_delays_one_request() -> None:
    run = limiter(HEADERS, api="says_nothing")
    note_remaining(run, send(run), remaining=0, reset=0.3)
    time.sleep(wait_of(run))
    send(run)
    time.sleep(wait_of(run))
    assert [wait_of(run) for _ in range(9)] == [0] * 9
    run.close()


@pytest.mark.usefixtures("limits")
def test_what_remains_does_not_count_requests_that_may_arrive_later() -> None:
    run = limiter(HEADERS, api="answers_late")
    sent = [send(run) for _ in range(4)]
    note_remaining(run, sent[1], remaining=5, reset=30)
    # The first, the third and the fourth request may come on top.
    assert [wait_of(run), wait_of(run)] == [0, 0]
    assert wait_of(run) > 29
    run.close()


@pytest.mark.usefixtures("limits")
def test_a_header_that_cannot_be_true_stops_no_run() -> None:
    rate = {"requests": 99, "per": "2s", **HEADERS}
    run = limiter(rate)
    budget = Budget(Rate.model_validate(rate))
    resets = ("9" * 400, "99999999999999999999", "1795760712515237", "2999-01-01T00:00:00Z", "-1")
    resets += ("3600", "600000", str(int(time.time()) + 86_400))
    for headers in (
        *({"X-Left": "0", "X-Reset": reset} for reset in (*resets, "Fri, 31 Dec 1999", "")),
        {"X-Left": "9" * 400, "X-Reset": "1"},
        {"X-Left": "9" * 30, "X-Reset": "1"},
    ):
        response = Response()
        response.headers.update(headers)
        said = budget.count_remaining(response)
        assert said
        assert said[1] <= 2
        run.note(SentRequest("", 0.0, [(budget, 1)]), response)
        assert wait_of(run) <= 2
    run.close()


def test_a_damaged_file_stops_no_run(tmp_path: Path) -> None:
    budget = Budget(Rate.model_validate({"requests": 3, "per": "1s"}))
    head, now = struct.Struct("<Qdqd"), time.time()
    nan, inf, unknown = float("nan"), float("inf"), -(2**63)
    for content in (
        b"",
        b"\x00" * 33,
        b"\xff" * 56,
        head.pack(2**64 - 1, now, unknown, 0),
        head.pack(5, nan, 0, nan),
        head.pack(5, now, 0, inf),
        head.pack(5, now, 0, now + 1e9),
        head.pack(5, now, unknown, 0) + struct.pack("<3d", nan, inf, -inf),
    ):
        storage = FileRates(tmp_path)
        (tmp_path / f"{budget.ring.key}.rate").write_bytes(content)
        with storage.lock([budget.ring]) as (at, (state,)):
            assert budget.wait(state, at) < 1.1
            state.add(at)
        with storage.lock([budget.ring]) as (at, (state,)):
            assert budget.wait(state, at) < 1.1
        storage.close()


@pytest.mark.usefixtures("limits")
def test_a_clock_that_was_set_back_is_waited_for_no_longer_than_the_span() -> None:
    rate = {"requests": 3, "per": "59s"}  # no other test's: they share the storage
    run = limiter(rate)

    def ahead(state: BudgetState) -> None:
        state.add(time.time() + 3600)
        state.remaining, state.resets_at = 0, time.time() + 3600

    state_of(rate, lambda state: state.add(time.time() - 3600))
    state_of(rate, ahead)
    assert [wait_of(run), wait_of(run)] == [0, 0]
    assert 57 < wait_of(run) <= 60.1
    run.close()


def test_a_clock_that_jumps_while_runs_wait_exceeds_a_budget_by_one_span_at_most(
    tmp_path: Path,
) -> None:
    clock = ShiftedClock.create(tmp_path)
    if clock is None:
        pytest.skip("needs Linux and a C compiler")
    code = (
        "from analytics_ingest_tests.extract.test_rate_budgets import count_for, timedelta;"
        "count_for(1e9, {'requests': 5, 'per': timedelta(seconds=0.3)}, 'moments')"
    )
    file = tmp_path / "moments"
    with subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, **clock.settings}
    ) as run:
        try:
            for hours in (2, -1):
                count = _wait_for_lines(file, _lines(file) + 10)
                clock.set_forward(hours=hours)
                began = time.monotonic()
                _wait_for_lines(file, count + 10)
                assert time.monotonic() - began < 4
        finally:
            run.kill()
    moments = [float(line) for line in file.read_text().splitlines()]
    ahead, normal = [m for m in moments if m > time.time() + 5000], moments[:10]
    assert len(ahead) > 5
    for each in (ahead, normal):
        assert all(b - a >= 0.29 for a, b in zip(each, each[5:], strict=False))


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


def _wait_for_lines(file: Path, count: int) -> int:
    end = time.monotonic() + 20
    while _lines(file) < count:
        assert time.monotonic() < end, f"{_lines(file)} of {count} requests"
        time.sleep(0.02)
    return count


def test_a_run_that_is_killed_while_it_counts_makes_nobody_wait(tmp_path: Path) -> None:
    storage, ring = FileRates(tmp_path), Budget(Rate.model_validate(DAY)).ring
    for _ in range(2):
        with storage.lock([ring]) as (now, (state,)):
            state.add(now)
    (file,) = tmp_path.glob("*.rate")
    head = file.read_bytes()[:32]
    with storage.lock([ring]) as (now, (state,)):
        state.add(now)
    # The moment was written, and the number was not.
    file.write_bytes(head + file.read_bytes()[32:])
    with storage.lock([ring]) as (_, (state,)):
        assert (state.number, state.oldest) == (3, 0.0)
    storage.close()


@pytest.mark.usefixtures("limits")
def test_a_request_counts_in_all_its_budgets_or_in_none() -> None:
    one, many = {"requests": 1, "per": "1d", "path": "/search"}, {**DAY, "method": "POST"}
    run = limiter(one, many)
    assert wait_of(run, "search", "POST") == 0
    assert wait_of(run, "search/", "POST") > 86_000
    assert wait_of(run, "other", "POST") == wait_of(run, "other") == 0
    assert (state_of(one).number, state_of(many).number) == (1, 2)
    run.close()


@pytest.mark.parametrize(
    ("rate", "problem"),
    [
        ({}, "names no limit; declare requests and per, or remaining_header"),
        ({"requests": 5}, "requests has no meaning without per; declare both"),
        ({"per": "5s"}, "per has no meaning without requests; declare both"),
        ({"requests": 0, "per": "5s"}, "greater than 0"),
        ({"requests": 5, "per": "0s"}, "is not from 1s to 31d"),
        ({**DAY, "reset_header": "X-Reset"}, "reset_header has no effect without remaining_header"),
        ({"remaining_header": "X-Left"}, "remaining_header needs a span; declare reset_header"),
        ({**DAY, "remaining_header": "X Left"}, "'X Left' is not the name of a header"),
        ({**DAY, "path": "/orders/{id}"}, "is not a path; write * for a part that varies"),
    ],
)
def test_a_rate_that_cannot_act_is_refused(rate: dict[str, Any], problem: str) -> None:
    client = {"base_url": "https://api.example.com"}
    with pytest.raises(ValueError, match="rate") as caught:
        Api.model_validate({"client": client, "resources": [{"name": "a"}], "rate": [rate]})
    assert problem in str(caught.value)


def test_a_quota_that_is_used_up_does_not_count_as_an_api_that_is_down(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(3)})
    declaration = declare(resource(), rate={"requests": 1, "per": "1d"})
    assert len(read_ids(declaration)) == 3
    error = failure(declaration)
    assert isinstance(error, BudgetUsedUpError)
    assert len(api.asked) == 1


def test_an_empty_result_that_a_quota_leaves_unproven_fails(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    since = {"cursor_path": "updated_at", "start_param": "since"}
    rate = {"requests": 1, "per": "1d"}
    error = failure(declare(resource(incremental=since), rate=rate), window=day(5))
    assert isinstance(error, BudgetUsedUpError)


@pytest.mark.usefixtures("limits")
def test_budgets_that_differ_in_one_key_are_counted_apart() -> None:
    rate = {"requests": 99, "per": "2s", **HEADERS}
    others = [{**rate, "reset_header": "X-Other"}, {k: rate[k] for k in rate if "reset" not in k}]
    keys = {Budget(Rate.model_validate(one)).ring.key for one in (rate, *others)}
    assert len(keys) == 3


@pytest.mark.usefixtures("limits")
def test_the_use_of_a_budget_is_what_was_counted_in_its_span_and_what_headers_say() -> None:
    rate = {"requests": 3, "per": "60s", **HEADERS}
    run, budget = limiter(rate), Budget(Rate.model_validate(rate))
    used = []
    for _ in range(4):
        wait_of(run)
        storage = open_rates(API)
        used.append(budget.read_use(storage))
        storage.close()
    assert used == [(1, None), (2, None), (3, None), (3, None)]
    response = Response()
    response.headers.update({"X-Left": "7", "X-Reset": "30"})
    run.note(SentRequest("", 0.0, [(budget, 3)]), response)
    run.close()
    storage = open_rates(API)
    assert budget.read_use(storage) == (3, 7)
    storage.close()
