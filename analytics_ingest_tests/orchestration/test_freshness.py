"""Freshness: late loads are reported, by how late they are; an API that is only quiet is fresh."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest_tests.support.deployments import CheckOutcome, at, deploy
from analytics_ingest_tests.support.history import record_load
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.scripted_api import ScriptedApi

MONTHLY = {"partitions": {"every": "monthly", "start": "2026-01-01"}}


@dataclass(frozen=True)
class Case:
    """When partitions were loaded, when the check runs, and what it says."""

    now: datetime
    loads: Sequence[tuple[datetime, str]]
    severity: str
    """Empty where the check passes."""
    sentence: str
    keys: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    endpoint: dict[str, Any] = field(default_factory=dict)


def nightly(*days: int) -> list[tuple[datetime, str]]:
    """Days of January, each loaded the night after."""
    return [(utc(2026, 1, day + 1, 0, 15), f"2026-01-{day:02}") for day in days]


FRESH = "Nothing is overdue; no row yet."

CASES = {
    "all is loaded": Case(utc(2026, 1, 10, 12), nightly(7, 8, 9), "", FRESH),
    "a partition is missing, but not for long": Case(
        utc(2026, 1, 9, 1, 0), nightly(6, 7), "", FRESH
    ),
    "a partition is missing for 27 hours": Case(
        utc(2026, 1, 10, 3),
        nightly(6, 7, 9),
        "WARN",
        "1 partition due and not loaded: 2026-01-08.",
    ),
    "a partition is missing for 37 hours": Case(
        utc(2026, 1, 10, 13),
        nightly(6, 7, 9),
        "ERROR",
        "1 partition due and not loaded: 2026-01-08.",
    ),
    "many partitions are missing": Case(
        utc(2026, 1, 10, 13),
        nightly(2, 9),
        "ERROR",
        "6 partitions due and not loaded: 2026-01-03, 2026-01-04, 2026-01-05 and 3 more.",
    ),
    "nothing was loaded for days": Case(
        utc(2026, 1, 10, 12),
        nightly(6, 7),
        "ERROR",
        "1 partition due and not loaded: 2026-01-08; the last load is 2.5 d old.",
    ),
    "what is before the first load is not due": Case(utc(2026, 1, 10, 12), nightly(9), "", FRESH),
    "a partition was loaded before it ended": Case(
        utc(2026, 1, 11, 3),
        [*nightly(8), (utc(2026, 1, 9, 12), "2026-01-09"), (utc(2026, 1, 10, 12), "2026-01-10")],
        "WARN",
        "1 partition due and not loaded: 2026-01-09.",
    ),
    "and was loaded again": Case(
        utc(2026, 1, 11, 3),
        [*nightly(8), (utc(2026, 1, 9, 12), "2026-01-09"), *nightly(9, 10)],
        "",
        FRESH,
    ),
    "the last load is 27 hours old": Case(
        utc(2026, 1, 6, 3),
        [(utc(2026, 1, 5), "2026-01-01")],
        "WARN",
        "The last load is 27.0 h old.",
        keys=MONTHLY,
    ),
    "the last load is 37 hours old": Case(
        utc(2026, 1, 6, 13),
        [(utc(2026, 1, 5), "2026-01-01")],
        "ERROR",
        "The last load is 37.0 h old.",
        keys=MONTHLY,
    ),
    "the API's own limits hold": Case(
        utc(2026, 1, 6, 3),
        [(utc(2026, 1, 5), "2026-01-01")],
        "ERROR",
        "The last load is 27.0 h old.",
        keys={**MONTHLY, "freshness": {"warn_after": "2h", "fail_after": "4h"}},
    ),
    "the resource's limits win": Case(
        utc(2026, 1, 6, 3),
        [(utc(2026, 1, 5), "2026-01-01")],
        "",
        FRESH,
        keys={**MONTHLY, "freshness": {"warn_after": "2h", "fail_after": "4h"}},
        own={"freshness": {"warn_after": "2d", "fail_after": "3d"}},
    ),
    "a snapshot is old": Case(
        utc(2026, 1, 6, 3),
        [(utc(2026, 1, 5), "")],
        "WARN",
        "The last load is 27.0 h old.",
        endpoint={"incremental": None},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_check_names_what_is_late(
    name: str, api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    case = CASES[name]
    for moment, partition in case.loads:
        record_load(quick_instance, moment, *filter(None, [partition]))
    deployment = deploy(
        declare(resource(own=case.own, **case.endpoint), **case.keys), quick_instance
    )
    with at(case.now):
        verdict = deployment.check("items", "freshness").verdicts["items/freshness"]
    assert ("" if verdict.passed else verdict.severity, verdict.sentence) == (
        case.severity,
        case.sentence,
    )


def load_at(
    moment: datetime, first: str, last: str, api: ScriptedApi, instance: dg.DagsterInstance
) -> CheckOutcome:
    """What the check says after a load."""
    with at(moment):
        outcome = deploy(declare(resource()), instance).load(first, last)
    return outcome.verdicts["items/freshness"]


def test_a_quiet_api_is_fresh_as_long_as_it_is_loaded(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": []})
    record_load(quick_instance, utc(2026, 1, 3, 0, 15), "2026-01-02")
    now = utc(2026, 1, 10, 0, 15)
    verdict = load_at(now, "2026-01-03", "2026-01-09", api, quick_instance)
    assert (verdict.passed, verdict.sentence) == (
        True,
        "Nothing is overdue; this load has no row.",
    )


def test_rows_without_a_cursor_are_rows(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    names = ("items", "states")
    for name in names:
        api.always(f"/{name}", {"data": [{"id": 1}]})
    record_load(quick_instance, utc(2026, 1, 9, 0, 15), "2026-01-08")
    with at(utc(2026, 1, 10, 0, 15)):
        snapshot = resource("states", incremental=None)
        outcome = deploy(declare(resource(), snapshot), quick_instance).load("2026-01-09")
    sentences = {name: outcome.verdicts[f"{name}/freshness"].sentence for name in names}
    assert sentences == dict.fromkeys(
        names, "Nothing is overdue; no row of this load has a moment as its cursor."
    )


def test_a_gap_before_a_load_is_reported_until_it_is_filled(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [{"id": 1, "updated_at": "2026-01-09T13:00:00Z"}]})
    record_load(quick_instance, utc(2026, 1, 6, 0, 15), "2026-01-05")
    now = utc(2026, 1, 10, 13)
    verdict = load_at(now, "2026-01-09", "2026-01-09", api, quick_instance)
    assert verdict.sentence == (
        "3 partitions due and not loaded: 2026-01-06, 2026-01-07, 2026-01-08."
    )
    assert verdict.severity == "ERROR"
    filled = load_at(now, "2026-01-06", "2026-01-09", api, quick_instance)
    assert filled.sentence == "Nothing is overdue; the newest row of this load is 24.0 h old."


def test_a_load_of_the_past_is_not_blamed_for_what_came_later(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": []})
    verdict = load_at(utc(2026, 1, 20), "2026-01-02", "2026-01-03", api, quick_instance)
    assert verdict.passed


def test_an_old_range_that_is_backfilled_leaves_no_gap_before_the_first_load(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    """The schedule has loaded January 8th and 9th when somebody loads two days of last year."""
    api.always("/items", {"data": []})
    declared = declare(resource(), partitions={"start": "2025-12-01"})
    deployment = deploy(declared, quick_instance)
    for moment, first, last in (
        (utc(2026, 1, 9, 0, 15), "2026-01-08", "2026-01-08"),
        (utc(2026, 1, 10, 0, 15), "2026-01-09", "2026-01-09"),
        (utc(2026, 1, 10, 9), "2025-12-05", "2025-12-06"),
        (utc(2026, 1, 10, 10), "2025-12-20", "2025-12-21"),
    ):
        with at(moment):
            assert deployment.load(first, last).verdicts["items/freshness"].passed
    with at(utc(2026, 1, 10, 13)):
        verdict = deployment.check("items", "freshness").verdicts["items/freshness"]
        assert (verdict.passed, verdict.sentence) == (True, FRESH)
    with at(utc(2026, 1, 12, 13)):
        verdict = deployment.check("items", "freshness").verdicts["items/freshness"]
    assert verdict.sentence == (
        "1 partition due and not loaded: 2026-01-10; the last load is 2.1 d old."
    )


def test_partitions_are_late_only_from_the_first_load_on(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    """Where an old range is the first load, nobody could have loaded what follows it before."""
    api.always("/items", {"data": []})
    deployment = deploy(declare(resource()), quick_instance)
    with at(utc(2026, 1, 20, 9)):
        assert deployment.load("2026-01-02", "2026-01-03").failed == {}
    for moment, passed in ((utc(2026, 1, 20, 12), True), (utc(2026, 1, 22), False)):
        with at(moment):
            verdict = deployment.check("items", "freshness").verdicts["items/freshness"]
        assert verdict.passed is passed
        assert verdict.figures["partitions_due"] == (16 if passed else 18)


@pytest.mark.parametrize(
    ("own", "hours"),
    [({}, (2, 4)), ({"freshness": {"warn_after": "1d", "fail_after": "2d"}}, (24, 48))],
    ids=["the API's", "the resource's"],
)
def test_dagsters_own_policy_has_the_declared_limits(
    own: dict[str, Any], hours: tuple[int, int]
) -> None:
    declared = declare(resource(own=own), freshness={"warn_after": "2h", "fail_after": "4h"})
    (spec,) = build_assets(declared, "duckdb")[0].specs
    warn, fail = (timedelta(hours=number) for number in hours)
    expected = dg.FreshnessPolicy.time_window(fail_window=fail, warn_window=warn)
    assert spec.freshness_policy == expected
