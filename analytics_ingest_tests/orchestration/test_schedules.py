"""What a tick of an API's schedule asks for, by what was loaded when; and that its run loads it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_ingest.orchestration.specs import API_TAG
from analytics_ingest_tests.support.deployments import (
    Deployment,
    at,
    deploy,
    read_request,
)
from analytics_ingest_tests.support.history import record_load, record_run
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

TICK = utc(2026, 1, 10, 0, 15)


def tick(deployment: Deployment, moment: datetime) -> dg.RunRequest | str:
    """What the schedule asks for at a moment, or why it asks for nothing."""
    data = deployment.tick(moment)
    if not data.run_requests:
        return data.skip_message or ""
    (request,) = data.run_requests
    return request


def requested(deployment: Deployment, moment: datetime = TICK) -> tuple[str, str]:
    """The first and the last partition that the schedule asks for."""
    request = tick(deployment, moment)
    assert isinstance(request, dg.RunRequest), request
    first, last, _ = read_request(request)
    return first, last


@dataclass(frozen=True)
class Case:
    """When partitions were loaded, and what the next tick asks for."""

    loads: Sequence[tuple[datetime, Sequence[str]]]
    asks: tuple[str, str]
    now: datetime = TICK
    keys: dict[str, Any] = field(default_factory=dict)


def day(number: int) -> str:
    """The partition of a day of January."""
    return f"2026-01-{number:02}"


def nightly(*days: int) -> list[tuple[datetime, Sequence[str]]]:
    """Days of January, each loaded the night after."""
    return [(utc(2026, 1, number + 1, 0, 15), [day(number)]) for number in days]


CASES = {
    "nothing was ever loaded": Case([], (day(9), day(9))),
    "the night before was": Case(nightly(7, 8), (day(9), day(9))),
    "a week was missed": Case(nightly(2), (day(3), day(9))),
    "more was missed than is caught up with": Case(
        nightly(2), (day(9), day(15)), now=utc(2026, 1, 16, 0, 15)
    ),
    "a declared number is caught up with": Case(
        nightly(2), (day(7), day(9)), keys={"schedule": {"catch_up": 3}}
    ),
    "a day in the middle was missed": Case(nightly(6, 8), (day(7), day(9))),
    "a day long ago was missed": Case(
        nightly(2, *range(4, 14)), (day(14), day(14)), now=utc(2026, 1, 15, 0, 15)
    ),
    "a day long ago was missed, and nothing else": Case(
        nightly(2, *range(4, 15)), (day(3), day(3)), now=utc(2026, 1, 15, 6, 15)
    ),
    "a day was loaded before it ended": Case(
        [*nightly(7, 8), (utc(2026, 1, 9, 18), [day(9)])], (day(9), day(9))
    ),
    "and loaded again": Case(
        [*nightly(7, 8), (utc(2026, 1, 9, 18), [day(9)]), *nightly(9)],
        (day(10), day(10)),
        now=utc(2026, 1, 10, 12),
    ),
    "nothing is due": Case(nightly(8, 9), (day(10), day(10)), now=utc(2026, 1, 10, 12)),
    "what is before the first load is not due": Case(nightly(8), (day(9), day(9))),
    "only the day that is going on was loaded": Case(
        [(utc(2026, 1, 10, 0, 5), [day(10)])], (day(10), day(10)), now=utc(2026, 1, 10, 12)
    ),
    "a backfill was made in one run": Case(
        [(utc(2026, 1, 9, 12), [day(n) for n in range(1, 9)])], (day(9), day(9))
    ),
    "an hour was missed": Case(
        [(utc(2026, 1, 9, 22, 5), ["2026-01-09-21:00"])],
        ("2026-01-09-22:00", "2026-01-09-23:00"),
        keys={"partitions": {"every": "hourly", "start": "2026-01-01"}},
    ),
    "a month ended": Case(
        [(utc(2026, 2, 1, 0, 15), ["2026-01-01"]), (utc(2026, 2, 28), ["2026-02-01"])],
        ("2026-02-01", "2026-02-01"),
        now=utc(2026, 3, 1, 0, 15),
        keys={"partitions": {"every": "monthly", "start": "2026-01-01"}},
    ),
    "days begin in another time zone": Case(
        # January 10th begins in Berlin at 23:00 in UTC.
        [(utc(2026, 1, 8, 23, 15), [day(8)])],
        (day(9), day(9)),
        now=utc(2026, 1, 9, 23, 15),
        keys={"partitions": {"every": "daily", "timezone": "Europe/Berlin"}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_tick_asks_for_what_is_due_in_one_run(name: str, instance: dg.DagsterInstance) -> None:
    case = CASES[name]
    for moment, partitions in case.loads:
        record_load(instance, moment, *partitions)
    deployment = deploy(declare(resource(), **case.keys), instance)
    assert requested(deployment, case.now) == case.asks


def test_nothing_is_asked_for_before_the_first_partition(
    instance: dg.DagsterInstance,
) -> None:
    later = declare(resource(), partitions={"every": "daily", "start": "2026-02-01"})
    said = tick(deploy(later, instance), TICK)
    assert said == "the first partition of demo has not begun"


def test_snapshots_alone_are_loaded_as_a_whole(instance: dg.DagsterInstance) -> None:
    request = tick(deploy(declare(resource(incremental=None)), instance), TICK)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key is None


UNDER_WAY = [
    DagsterEventType.RUN_ENQUEUED,
    DagsterEventType.RUN_STARTING,
    DagsterEventType.RUN_START,
    DagsterEventType.RUN_CANCELING,
]
ENDED = [
    DagsterEventType.RUN_SUCCESS,
    DagsterEventType.RUN_FAILURE,
    DagsterEventType.RUN_CANCELED,
]


@pytest.mark.parametrize("event", [None, *UNDER_WAY])
def test_a_run_under_way_is_not_overtaken(
    event: DagsterEventType | None, instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource()), instance)
    run_id = record_run(instance, deployment.job, *filter(None, [event]))
    assert tick(deployment, TICK) == f"run {run_id} of {API} is still active"


def test_a_run_from_the_assets_page_is_not_overtaken_either(instance: dg.DagsterInstance) -> None:
    deployment = deploy(declare(resource()), instance)
    job = deployment.definitions.get_repository_def().get_implicit_global_asset_job_def()
    assets = frozenset([dg.AssetKey([API, "items"])])
    run_id = record_run(instance, job, DagsterEventType.RUN_START, assets=assets)
    assert tick(deployment, TICK) == f"run {run_id} of {API} is still active"


@dg.asset(key_prefix="another")
def another_asset() -> None:
    """An asset of another API."""


def test_ended_runs_and_runs_of_other_apis_do_not_hold_a_schedule_back(
    instance: dg.DagsterInstance,
) -> None:
    deployment = deploy(declare(resource()), instance)
    for event in ENDED:
        record_run(instance, deployment.job, event)
    other = dg.define_asset_job("another", tags={API_TAG: "another"})
    another = dg.Definitions(assets=[another_asset], jobs=[other]).resolve_job_def("another")
    record_run(instance, another, DagsterEventType.RUN_START)
    assert requested(deployment) == (day(9), day(9))


def test_the_requested_run_loads_its_range_and_the_next_tick_goes_on(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(n, f"2026-01-{n:02}T10:00:00Z") for n in range(1, 11)]})
    api.always("/others", {"data": [{"id": 1}]})
    record_load(instance, utc(2026, 1, 7, 0, 15), day(6))
    snapshot = resource("others", incremental=None)
    deployment = deploy(declare(resource(), snapshot), instance)
    request = tick(deployment, TICK)
    assert isinstance(request, dg.RunRequest)
    with at(TICK):
        result = deployment.job.execute_in_process(instance=instance, tags=request.tags)
    assert result.success
    assert table("items") == [7, 8, 9]
    assert table("others") == [1]
    assert requested(deployment, utc(2026, 1, 10, 6, 15)) == (day(10), day(10))
    assert requested(deployment, utc(2026, 1, 11, 0, 15)) == (day(10), day(10))
