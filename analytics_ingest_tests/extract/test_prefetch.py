"""Pages of a listing are prefetched: in order, within the limits, and only where it is safe."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.loads import day, declare, extract, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.waiting import wait_for

OFFSET = {"type": "offset", "limit": 10}
PAGINATORS: dict[str, tuple[dict[str, Any], Callable[..., Script]]] = {
    "offset": (OFFSET, by_offset),
    "page number": (
        {"type": "page_number", "limit": 10, "start_from_page": 1},
        lambda served, **beside: by_page(served, 10, **beside),
    ),
}
paged = pytest.mark.parametrize("kind", PAGINATORS)


def slowly(script: Script, seconds: Callable[[int], float]) -> Script:
    """Delay each answer by a function of its number."""
    numbers = iter(range(10_000))
    return lambda asked: Reply(script(asked), delay=seconds(next(numbers)))


def most_at_once(asked: list[Asked], seconds: float) -> int:
    """The most requests that were being answered together, each for so long."""
    return max(sum(a.at <= b.at < a.at + seconds * 0.9 for a in asked) for b in asked)


@paged
def test_pages_that_overlap_are_read_in_order(api: ScriptedApi, kind: str) -> None:
    paginator, script = PAGINATORS[kind]
    api.on("/items", slowly(script(rows(395)), lambda number: 0.06 if number % 2 else 0.03))
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, 396))
    assert most_at_once(api.asked, 0.03) > 3


@pytest.mark.parametrize(("concurrency", "served"), [(1, 50), (3, 200), (None, 400)])
def test_no_more_requests_overlap_than_declared(
    api: ScriptedApi, concurrency: int | None, served: int
) -> None:
    # Long enough for a busy machine to send as many requests as it may.
    seconds = 0.2
    api.on("/items", slowly(by_offset(rows(served)), lambda _: seconds))
    limit: dict[str, Any] = {} if concurrency is None else {"concurrency": concurrency}
    extract(declare(resource(paginator=OFFSET), **limit))
    assert most_at_once(api.asked, seconds) == (concurrency or 10)


def test_children_and_listings_overlap_within_the_same_limit(api: ScriptedApi) -> None:
    api.on("/epics", slowly(by_offset(rows(60)), lambda _: 0.05))
    api.on("/items", slowly(by_offset(rows(200)), lambda _: 0.05))
    for number in range(1, 61):
        api.on(f"/epics/{number}/stories", lambda _: Reply({"data": [row(1)]}, delay=0.05))
    params = {"epic_id": {"type": "resolve", "resource": "epics", "field": "id"}}
    extract(
        declare(
            resource("epics", paginator=OFFSET),
            resource("items", paginator=OFFSET),
            resource("stories", path="/epics/{epic_id}/stories", params=params),
            concurrency=6,
        )
    )
    assert most_at_once(api.asked, 0.05) == 6


def test_a_listing_starts_with_one_request_after_the_other(api: ScriptedApi) -> None:
    api.on("/items", slowly(by_offset(rows(200)), lambda _: 0.05))
    extract(declare(resource(paginator=OFFSET)))
    assert most_at_once(api.asked[:5], 0.05) == 1
    assert most_at_once(api.asked[:8], 0.05) < 4


@paged
def test_of_slow_pages_as_many_are_prefetched_as_were_read(api: ScriptedApi, kind: str) -> None:
    paginator, script = PAGINATORS[kind]
    api.on("/items", slowly(script(rows(145)), lambda _: 0.12))
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, 146))
    assert [most_at_once(api.asked[:sent], 0.12) for sent in (2, 4, 8)] == [1, 2, 4]


def test_pages_of_an_api_that_may_be_overloaded_are_prefetched_after_five(
    api: ScriptedApi,
) -> None:
    api.on("/items", slowly(by_offset(rows(55)), lambda _: 0.5))
    extract(declare(resource(paginator=OFFSET)))
    assert most_at_once(api.asked[:5], 0.5) == 1


@pytest.mark.parametrize(("count", "wasted"), [(19, 0), (29, 1), (39, 2), (49, 3)])
def test_of_a_short_listing_of_slow_pages_few_requests_are_wasted(
    api: ScriptedApi, count: int, wasted: int
) -> None:
    api.on("/items", slowly(by_offset(rows(count)), lambda _: 0.12))
    (stats,) = extract(declare(resource(paginator=OFFSET))).values()
    wait_for(lambda: stats.requests == len(api.asked), "the requests that were sent", seconds=10)
    beyond = [a for a in api.asked if int(a.query.get("offset", 0)) >= count]
    assert len(beyond) <= wasted


@paged
def test_where_a_total_says_that_there_is_more_the_third_page_is_prefetched(
    api: ScriptedApi, kind: str
) -> None:
    paginator, script = PAGINATORS[kind]
    api.on("/items", slowly(script(rows(395), total=395), lambda _: 0.05))
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, 396))
    assert most_at_once(api.asked[:4], 0.05) == 3
    assert len(api.asked) == 41


def test_a_total_beside_a_page_that_the_api_cut_is_not_relied_on(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Reply:
        first = int(asked.query["offset"])
        return Reply({"data": rows(400)[first : first + 7], "total": 400}, delay=0.05)

    api.on("/items", script)
    assert len(read_ids(declare(resource(paginator=OFFSET)))) == 400
    assert most_at_once(api.asked[:5], 0.05) == 1


@pytest.mark.parametrize("delay", [0.05, 0.12])
def test_nor_is_one_where_a_listing_may_end_before_its_last_page(
    api: ScriptedApi, delay: float
) -> None:
    newest_first = [row(number, f"2026-01-{30 - number // 30:02d}") for number in range(400)]
    api.on("/items", slowly(by_offset(newest_first, total=400), lambda _: delay))
    incremental = {"cursor_path": "updated_at", "row_order": "desc"}
    extract(declare(resource(paginator=OFFSET, incremental=incremental)), window=day(30))
    assert api.sent("/items", "offset") == ["0", "10", "20", "30"]


def test_listings_that_are_read_together_ask_for_little_beyond_their_ends(
    api: ScriptedApi,
) -> None:
    names = [f"items_{number}" for number in range(10)]
    for name in names:
        api.on(f"/{name}", slowly(by_offset(rows(100)), lambda _: 0.05))
    extract(declare(*(resource(name, paginator=OFFSET) for name in names)))
    assert api.most_at_once == 10
    assert len(api.asked) <= 11 * len(names) + 20


@paged
@pytest.mark.parametrize("count", [0, 9, 10, 20, 29, 100, 395])
def test_beyond_a_total_nothing_is_asked(api: ScriptedApi, kind: str, count: int) -> None:
    paginator, script = PAGINATORS[kind]
    total = count if kind == "offset" else -(-count // 10)
    api.on("/items", script(rows(count), total=total))
    extract(declare(resource(paginator=paginator)))
    needed = max(1, -(-count // 10))
    if count and count % 10 == 0:
        needed += 1  # A total that is met on a full page is asked about once.
    paged = [asked for asked in api.asked if asked.query]
    assert len({str(asked.query) for asked in paged}) == needed
    first_page_again = 1 if needed > 6 else 0
    assert len(paged) == needed + first_page_again


@paged
@pytest.mark.parametrize(
    ("count", "wasted"), [(0, 0), (9, 1), (29, 0), (49, 0), (100, 10), (395, 10), (1_000, 10)]
)
def test_without_a_total_fewer_requests_than_may_overlap_are_wasted(
    api: ScriptedApi, kind: str, count: int, wasted: int
) -> None:
    paginator, script = PAGINATORS[kind]
    api.on("/items", script(rows(count)))
    (stats,) = extract(declare(resource(paginator=paginator))).values()
    # One that is not needed may reach a busy server after the end.
    wait_for(lambda: stats.requests == len(api.asked), "the requests that were sent", seconds=10)
    needed = count // 10 + 1
    paged = [asked for asked in api.asked if asked.query]
    assert needed <= len(paged) <= needed + wasted


@pytest.mark.parametrize("status", [404, 400, 500, 429])
def test_a_request_beyond_the_end_may_be_refused(api: ScriptedApi, status: int) -> None:
    pages = by_offset(rows(95))
    beyond = Reply({"error": "no such page"}, status)
    api.on("/items", lambda asked: beyond if int(asked.query["offset"]) >= 100 else pages(asked))
    assert read_ids(declare(resource(paginator=OFFSET))) == list(range(1, 96))


def test_max_pages_limits_what_is_prefetched(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(80)))
    assert len(read_ids(declare(resource(paginator=OFFSET, max_pages=9)))) == 80
    assert len({asked.query["offset"] for asked in api.asked}) == 9


@pytest.mark.parametrize("own", [{"primary_key": None}, {"write_disposition": "replace"}])
def test_a_listing_that_cannot_be_merged_is_read_one_page_after_the_other(
    api: ScriptedApi, own: dict[str, Any]
) -> None:
    api.on("/items", slowly(by_offset(rows(100)), lambda _: 0.03))
    declaration = declare(resource(paginator=OFFSET, incremental=None, own=own))
    assert read_ids(declaration) == list(range(1, 101))
    assert most_at_once(api.asked, 0.03) == 1
    assert len(api.asked) == 11


def test_a_retry_after_pauses_the_api_and_lowers_the_limit(api: ScriptedApi) -> None:
    pages = by_offset(rows(600))
    refused: list[float] = []

    def script(asked: Asked) -> Reply:
        if asked.query["offset"] == "250" and not refused:
            refused.append(asked.at)
            return Reply({}, 429, {"Retry-After": "1"})
        return Reply(pages(asked), delay=0.05)

    api.on("/items", script)
    assert read_ids(declare(resource(paginator=OFFSET, max_pages=70))) == list(range(1, 601))
    after = [asked for asked in api.asked if asked.at > refused[0] + 0.05]
    assert after[0].at >= refused[0] + 1
    first_wave = [asked for asked in after if asked.at < after[0].at + 0.04]
    assert len(first_wave) <= 5
    # Those that have waited go on in any order: the refused one, and as many as had been begun.
    assert "250" in [asked.query["offset"] for asked in after[:10]]


def test_a_rate_limit_slows_a_load_and_does_not_fail_it(api: ScriptedApi) -> None:
    pages = by_offset(rows(250))
    answered: list[float] = []

    def script(asked: Asked) -> Reply:
        if len([at for at in answered if at > asked.at - 0.2]) >= 5:
            return Reply({}, 429, {"Retry-After": "0.2"})
        answered.append(asked.at)
        return Reply(pages(asked))

    api.on("/items", script)
    handler = {"retry_on_status_codes": [429], "max_retries": 3, "backoff_factor": 1}
    assert read_ids(declare(resource(paginator=OFFSET, error_handler=handler))) == list(
        range(1, 251)
    )


def test_a_slow_page_holds_back_those_behind_it(api: ScriptedApi) -> None:
    pages = by_offset(rows(1_000))
    asked_meanwhile: list[int] = []

    def script(asked: Asked) -> Reply:
        if asked.query["offset"] == "300":
            slow.append(asked.at)
            return Reply(pages(asked), delay=0.5)
        if slow and asked.at < slow[0] + 0.5:
            asked_meanwhile.append(int(asked.query["offset"]))
        return Reply(pages(asked))

    slow: list[float] = []
    api.on("/items", script)
    assert read_ids(declare(resource(paginator=OFFSET), concurrency=4)) == list(range(1, 1_001))
    assert max(asked_meanwhile, default=0) <= 300 + 3 * 10


def test_a_full_buffer_holds_back_the_requests(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(10_000)))
    with open_load(
        LoadScope(
            declare(resource(paginator=OFFSET), concurrency=4), frozenset({"items"}), EVERYTHING
        ),
        run_id="run",
        log=lambda line: None,
    ) as load:
        drawn = iter(load.source)
        for _ in range(100):
            next(drawn)
        time.sleep(0.5)
        assert len(api.asked) < 100
