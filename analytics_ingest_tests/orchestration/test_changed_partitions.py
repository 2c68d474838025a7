"""What is due is time, not a name: partitions may change their length, start and zone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.common.window import Window
from analytics_ingest.orchestration.due import find_due_partitions
from analytics_ingest.orchestration.load_history import (
    LOADED_WINDOWS,
    describe_loaded_windows,
    parse_moment,
)
from analytics_ingest.orchestration.partitions import build_partitions
from analytics_ingest.orchestration.schedules import select_partitions
from analytics_ingest_tests.support.deployments import Deployment, at, deploy
from analytics_ingest_tests.support.history import record_load
from analytics_ingest_tests.support.loads import API, declare, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ASSET = dg.AssetKey([API, "items"])
DAILY: dict[str, Any] = {"every": "daily", "start": "2026-01-01"}
HOURLY: dict[str, Any] = {"every": "hourly", "start": "2026-01-01"}
WEEKLY: dict[str, Any] = {"every": "weekly", "start": "2026-01-04"}
NEW_YORK = {**DAILY, "timezone": "America/New_York"}
BERLIN = {**DAILY, "timezone": "Europe/Berlin"}


def days(*numbers: int) -> list[str]:
    """The partitions of days of January."""
    return [f"2026-01-{number:02}" for number in numbers]


def hours(day: int, *numbers: int) -> list[str]:
    """The partitions of hours of a day of January."""
    return [f"2026-01-{day:02}-{number:02}:00" for number in numbers]


@dataclass(frozen=True)
class Case:
    """Runs over ranges of old partitions, and what is due at a moment under new ones."""

    old: dict[str, Any]
    runs: Sequence[tuple[datetime, Sequence[str]]]
    new: dict[str, Any]
    now: datetime
    due: Sequence[str] = field(default_factory=list)


CASES = {
    "days become hours": Case(
        DAILY,
        [(utc(2026, 1, 10, 0, 15), days(1, 9))],
        HOURLY,
        utc(2026, 1, 10, 3, 5),
        hours(10, 0, 1, 2),
    ),
    "a missed day becomes hours": Case(
        DAILY,
        [(utc(2026, 1, 9), days(1, 7)), (utc(2026, 1, 10), days(9, 9))],
        HOURLY,
        utc(2026, 1, 10),
        hours(8, *range(24)),
    ),
    "hours become days": Case(
        HOURLY,
        [(utc(2026, 1, 9, 12, 5), [*hours(8, 0), *hours(9, 11)])],
        DAILY,
        utc(2026, 1, 10, 0, 15),
        days(9),
    ),
    "weeks become days": Case(
        WEEKLY,
        [(utc(2026, 1, 18, 0, 15), days(4, 11))],
        DAILY,
        utc(2026, 1, 19, 0, 15),
        days(18),
    ),
    "a missed week becomes days": Case(
        WEEKLY,
        [(utc(2026, 1, 11, 0, 15), days(4, 4)), (utc(2026, 1, 25, 0, 15), days(18, 18))],
        DAILY,
        utc(2026, 1, 25, 0, 15),
        days(*range(11, 18)),
    ),
    "days become weeks": Case(
        DAILY,
        [(utc(2026, 1, 17, 0, 15), days(2, 16))],
        WEEKLY,
        utc(2026, 1, 18, 0, 15),
        days(11),
    ),
    "days of UTC become those of New York": Case(
        DAILY,
        [(utc(2026, 1, 10, 0, 15), days(1, 9))],
        NEW_YORK,
        utc(2026, 1, 10, 5, 15),
        days(9),
    ),
    "a missed day of UTC becomes two of New York": Case(
        DAILY,
        [(utc(2026, 1, 9), days(1, 5)), (utc(2026, 1, 10), days(7, 9))],
        NEW_YORK,
        utc(2026, 1, 10, 0, 15),
        days(5, 6),
    ),
    "days of UTC become those of Berlin": Case(
        DAILY,
        [(utc(2026, 1, 10, 0, 15), days(2, 9))],
        BERLIN,
        utc(2026, 1, 10, 0, 15),
    ),
    "a missed day of New York becomes two of UTC": Case(
        NEW_YORK,
        [(utc(2026, 1, 9), days(2, 5)), (utc(2026, 1, 10, 5, 15), days(7, 9))],
        DAILY,
        utc(2026, 1, 10, 5, 15),
        days(6, 7),
    ),
    "the start moves behind a hole": Case(
        DAILY,
        [(utc(2026, 1, 6, 0, 15), days(1, 5))],
        {**DAILY, "start": "2026-01-08"},
        utc(2026, 1, 11, 0, 15),
        days(8, 9, 10),
    ),
    "the start moves behind a hole after which all is loaded": Case(
        DAILY,
        [(utc(2026, 1, 6), days(1, 5)), (utc(2026, 1, 11), days(8, 10))],
        {**DAILY, "start": "2026-01-08"},
        utc(2026, 1, 11, 0, 15),
        days(8),
    ),
    "the start moves to the past": Case(
        {**DAILY, "start": "2026-01-05"},
        [(utc(2026, 1, 10, 0, 15), days(5, 9))],
        DAILY,
        utc(2026, 1, 10, 0, 15),
    ),
    "nothing changes, and the last day was loaded early": Case(
        DAILY,
        [(utc(2026, 1, 9, 18), days(8, 9))],
        DAILY,
        utc(2026, 1, 10, 0, 15),
        days(9),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_only_time_that_was_not_loaded_is_due(
    name: str, quick_instance: dg.DagsterInstance
) -> None:
    """The runs only record what they have loaded, as the test below shows that they do."""
    case = CASES[name]
    old = build_partitions(declare(resource(), partitions=case.old).declared.partitions)
    for moment, (first, last) in case.runs:
        record_windows(quick_instance, old, [first, last], moment)
    assert due(quick_instance, case.new, case.now) == case.due


@pytest.mark.parametrize(
    "name",
    [
        "days become hours",
        "hours become days",
        "nothing changes, and the last day was loaded early",
        "a missed day of New York becomes two of UTC",
    ],
)
def test_a_run_records_exactly_the_time_that_it_has_loaded(
    name: str, api: ScriptedApi, instance: dg.DagsterInstance, quick_instance: dg.DagsterInstance
) -> None:
    case = CASES[name]
    api.always("/items", {"data": []})
    old = declare(resource(), partitions=case.old)
    deployment, partitions = deploy(old, instance), build_partitions(old.declared.partitions)
    for moment, (first, last) in case.runs:
        with at(moment):
            assert deployment.load(first, last).success
        record_windows(quick_instance, partitions, [first, last], moment)
    assert recorded_windows(instance) == recorded_windows(quick_instance)
    assert due(instance, case.new, case.now) == case.due


def test_the_check_is_not_alarmed_by_a_change(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": []})
    with at(utc(2026, 1, 10, 0, 15)):
        deploy(declare(resource(), partitions=DAILY), quick_instance).load(*days(1, 9))
    changed = deploy(declare(resource(), partitions=NEW_YORK), quick_instance)
    with at(utc(2026, 1, 10, 5, 15)):
        verdict = changed.check("items", "freshness").verdicts["items/freshness"]
    assert (verdict.passed, verdict.figures["partitions_due"]) == (True, 1)


def test_the_rows_of_an_hour_are_not_compared_with_those_of_days(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    band = resource(own={"volume": {"history": 1}})
    api.always("/items", {"data": [row(n, "2026-01-05T10:00:00Z") for n in range(60)]})
    with at(utc(2026, 1, 6)):
        assert deploy(declare(band, partitions=DAILY), quick_instance).load(*days(5)).success
    api.always("/items", {"data": [row(1, "2026-01-06T00:30:00Z")]})
    with at(utc(2026, 1, 6, 1)):
        outcome = deploy(declare(band, partitions=HOURLY), quick_instance).load(*hours(6, 0))
    verdict = outcome.verdicts["items/volume"]
    assert (verdict.passed, verdict.figures["loads_compared"]) == (True, 0)


def due(instance: dg.DagsterInstance, partitions: dict[str, Any], now: datetime) -> list[str]:
    """The partitions of a declaration that are due at a moment."""
    declared = declare(resource(), partitions=partitions).declared.partitions
    with at(now):
        return list(find_due_partitions(instance, ASSET, build_partitions(declared), now))


@pytest.mark.parametrize(
    ("loaded", "partitions", "now", "expected"),
    [
        pytest.param(days(*range(1, 10)), HOURLY, utc(2026, 1, 10, 2), hours(10, 0, 1), id="days"),
        pytest.param(hours(9, *range(12)), DAILY, utc(2026, 1, 10), days(9), id="hours"),
        pytest.param(
            days(1, 2, 3), {**DAILY, "start": "2026-01-03"}, utc(2026, 1, 5), days(4), id="start"
        ),
    ],
)
def test_loads_that_recorded_nothing_are_understood_by_their_keys(
    loaded: list[str],
    partitions: dict[str, Any],
    now: datetime,
    expected: list[str],
    quick_instance: dg.DagsterInstance,
) -> None:
    record_load(quick_instance, now, *loaded)
    assert due(quick_instance, partitions, now) == expected


@pytest.mark.parametrize("window", ["[since ever, {})", "(-∞, {})", "[2026-01-01T00:00:00Z, {})"])
def test_a_load_that_recorded_its_own_window_alone_is_understood(
    window: str, quick_instance: dg.DagsterInstance
) -> None:
    text = window.format("2026-01-04T00:00:00Z")
    with at(utc(2026, 1, 4)):
        quick_instance.report_runless_asset_event(
            dg.AssetMaterialization(ASSET, partition="2026-01-03", metadata={"window": text})
        )
    assert due(quick_instance, HOURLY, utc(2026, 1, 4, 2)) == hours(4, 0, 1)


def simulate(
    instance: dg.DagsterInstance, keys: dict[str, Any], first: datetime, ticks: int
) -> list[list[str]]:
    """What so many hourly ticks load, each whole range that it asks for."""
    declaration = declare(resource(), **keys)
    partitions = build_partitions(declaration.declared.partitions)
    loads: list[list[str]] = []
    for number in range(ticks):
        now = first + timedelta(hours=number)
        with at(now):
            asked = select_partitions(instance, declaration, "items", now)
            known = list(partitions.get_partition_keys(current_time=now))
        loads.append(known[known.index(asked[0]) : known.index(asked[-1]) + 1])
        record_windows(instance, partitions, loads[-1], now)
    return loads


def record_windows(
    instance: dg.DagsterInstance,
    partitions: dg.TimeWindowPartitionsDefinition,
    keys: Sequence[str],
    now: datetime,
) -> None:
    """Let a run have loaded a range of partitions: it records all windows that are loaded."""
    first, last = (partitions.time_window_for_partition_key(key) for key in (keys[0], keys[-1]))
    # The first partition takes all that is older.
    start = None if keys[0] == partitions.get_first_partition_key() else first.start
    window = Window(start, min(last.end, now))
    with at(now):
        metadata = describe_loaded_windows(instance, ASSET, partitions, window)
        loaded = dg.AssetMaterialization(ASSET, partition=keys[-1], metadata=metadata)
        instance.report_runless_asset_event(loaded)


def recorded_windows(instance: dg.DagsterInstance) -> list[Any]:
    """The windows that the newest load of an asset records, to the hour: a run takes a while."""
    event = instance.get_latest_materialization_event(ASSET)
    assert event
    assert event.asset_materialization
    windows: Any = event.asset_materialization.metadata[LOADED_WINDOWS].value
    moments = [[parse_moment(bound) for bound in pair] for pair in windows]
    return [[at and f"{at.astimezone(timezone.utc):%d %H}" for at in pair] for pair in moments]


def test_hours_that_catch_up_does_not_reach_are_loaded_by_later_ticks(
    quick_instance: dg.DagsterInstance,
) -> None:
    record_load(quick_instance, utc(2026, 1, 9, 20, 5), *hours(9, *range(20)))
    loads = simulate(quick_instance, {"partitions": HOURLY}, utc(2026, 1, 10, 8, 5), 12)
    assert max(map(len, loads)) <= 7
    assert due(quick_instance, HOURLY, utc(2026, 1, 10, 19, 5)) == []


def test_all_hours_follow_when_days_become_hours(quick_instance: dg.DagsterInstance) -> None:
    for number in range(1, 10):
        record_load(quick_instance, utc(2026, 1, number + 1, 0, 15), *days(number))
    loads = simulate(quick_instance, {"partitions": HOURLY}, utc(2026, 1, 10, 10, 5), 8)
    assert {key for keys in loads for key in keys} == set(hours(10, *range(17)))


@pytest.mark.parametrize("catch_up", [1, 2, 7])
def test_no_hole_waits_forever(catch_up: int, quick_instance: dg.DagsterInstance) -> None:
    hole = hours(3, *range(16, 24))
    record_load(quick_instance, utc(2026, 1, 5), *hours(2, *range(24)), *hours(3, *range(16)))
    record_load(quick_instance, utc(2026, 1, 5), *hours(4, *range(24)))
    keys = {"partitions": HOURLY, "schedule": {"catch_up": catch_up}}
    loads = simulate(quick_instance, keys, utc(2026, 1, 5, 1, 5), 24)
    loaded = {key for asked in loads for key in asked}
    if catch_up > 1:
        assert set(hole) <= loaded
        assert due(quick_instance, HOURLY, utc(2026, 1, 6, 0, 5)) == []
    else:
        assert loaded & set(hole)


def renamed(instance: dg.DagsterInstance, api: ScriptedApi) -> Deployment:
    """The deployment of an API whose resource `items` was loaded, and is now called `things`."""
    api.always("/items", {"data": [row(1)]})
    with at(utc(2026, 1, 6)):
        assert deploy(declare(resource()), instance).load(*days(5)).success
    return deploy(declare(resource("things", path="/items")), instance)


def test_what_a_renamed_resource_left_behind_is_named_once(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    deployment = renamed(quick_instance, api)
    said: list[int] = []
    for _ in range(2):
        with at(utc(2026, 1, 6)):
            outcome = deployment.load(*days(5))
        logs = quick_instance.all_logs(outcome.run_id)
        said.append(sum("demo/items was loaded before" in log.user_message for log in logs))
    assert said == [1, 0]


def test_an_asset_of_somebody_else_is_not_named(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    record_load(quick_instance, utc(2026, 1, 6), resource="report")
    api.always("/items", {"data": [row(1)]})
    with at(utc(2026, 1, 6)):
        outcome = deploy(declare(resource()), quick_instance).load(*days(5))
    logs = quick_instance.all_logs(outcome.run_id)
    assert not [log for log in logs if "demo/report" in log.user_message]
