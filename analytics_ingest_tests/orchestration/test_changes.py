"""Which of its two listings a run reads a resource from."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.changes import (
    CHANGES,
    WINDOW,
    Customers,
    declare_customers,
    read_plans,
)
from analytics_ingest_tests.support.deployments import Deployment, Outcome, at, deploy
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

FIRST = "2026-01-01"
NOW = utc(2026, 3, 10, 12)
KEPT = timedelta(days=30)


@pytest.fixture
def customers(api: ScriptedApi) -> Customers:
    """Customers of January and of this month, whose events are kept for 30 days."""
    shop = Customers(api)
    shop.change("old", "2026-01-05T00:00:00Z", "free")
    shop.change("new", "2026-03-08T00:00:00Z", "free")
    shop.kept_since = (NOW - KEPT).isoformat()
    return shop


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare_customers(), instance)


def load(deployment: Deployment, first: str, last: str, *, now: datetime = NOW) -> Outcome:
    with at(now):
        return deployment.load(first, last)


def test_partitions_can_be_loaded_one_after_the_other(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    customers.change("old", "2026-01-20T00:00:00Z", "gold")
    for first, last in ((FIRST, FIRST), ("2026-01-02", "2026-02-12")):
        assert load(deployment, first, last).success
        assert read_plans() == {"old": "gold", "new": "free"}
    assert "/events" not in api.paths
    assert load(deployment, "2026-02-13", "2026-03-09").success
    assert api.paths[-1] == "/events"


def test_a_late_window_is_read_from_all_rows_because_any_may_have_changed_in_it(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    assert load(deployment, FIRST, "2026-01-09", now=utc(2026, 1, 10)).success
    customers.change("old", "2026-01-10T08:00:00Z", "gold")
    late = load(deployment, "2026-01-10", "2026-01-10")
    assert late.success
    assert set(late.loaded) == {"demo/customers"}
    assert read_plans() == {"old": "gold", "new": "free"}
    assert [asked.query for asked in api.asked] == [{}, {}]


@pytest.mark.parametrize(
    ("first_until", "first_at", "changed", "late"),
    [
        ("2026-01-10", (2, 15), "2026-02-20T00:00:00Z", ("2026-01-11", "2026-03-09")),
        ("2026-01-31", (3, 10), "2026-03-10T14:00:00Z", ("2026-02-01", "2026-03-10")),
    ],
)
def test_a_late_range_that_ends_recently_has_the_changes_of_its_last_days(
    deployment: Deployment,
    customers: Customers,
    first_until: str,
    first_at: tuple[int, int],
    changed: str,
    late: tuple[str, str],
) -> None:
    assert load(deployment, FIRST, first_until, now=utc(2026, *first_at)).success
    customers.change("old", changed, "gold")
    assert load(deployment, *late, now=utc(2026, 3, 11, 1)).success
    assert read_plans()["old"] == "gold"


@pytest.mark.parametrize(("kept_for", "path"), [("12d", "/events"), ("11d", "/customers")])
def test_the_declared_time_decides_whether_changes_are_read(
    instance: dg.DagsterInstance,
    customers: Customers,
    api: ScriptedApi,
    kept_for: str,
    path: str,
) -> None:
    assert customers
    declared = declare_customers(changes={**CHANGES, "kept_for": kept_for})
    assert load(deploy(declared, instance), "2026-02-28", "2026-03-10").success
    assert set(api.paths) == {path}


def test_changes_that_are_about_to_expire_are_not_relied_on(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    assert load(deployment, FIRST, "2026-02-07", now=utc(2026, 2, 8)).success
    customers.change("old", "2026-02-08T00:00:01Z", "gold")
    customers.kept_since = "2026-02-08T00:00:02Z"
    assert load(deployment, "2026-02-08", "2026-03-09", now=utc(2026, 3, 9, 23, 59, 59)).success
    assert read_plans()["old"] == "gold"
    assert "/events" not in api.paths


def test_a_first_load_that_fails_between_its_windows_begins_again(
    instance: dg.DagsterInstance, customers: Customers, api: ScriptedApi
) -> None:
    """Rows of its first windows may change before it is repeated."""
    declaration = declare_customers(max_window="10d", initial_value="2025-12-01")
    deployment, is_down = deploy(declaration, instance), True

    def answer(asked: Any) -> Any:
        is_late = asked.query.get("since", "") >= "2026-02-20"
        return Reply({}, 403) if is_down and is_late else customers.list_customers(asked)

    api.on("/customers", answer)
    assert not load(deployment, FIRST, "2026-03-10").success
    customers.change("old", "2026-03-10T14:00:00Z", "gold")
    is_down = False
    assert load(deployment, FIRST, "2026-03-10", now=utc(2026, 3, 11, 1)).success
    assert load(deployment, "2026-03-11", "2026-03-11", now=utc(2026, 3, 12, 1)).success
    assert read_plans() == {"old": "gold", "new": "free"}


def test_all_partitions_are_read_from_the_endpoint_and_what_changes_meanwhile_from_changes(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    """No change at the moment of the reading is lost, whatever clock it is of."""
    read_at = utc(2026, 3, 10, 12) + timedelta(milliseconds=300)
    assert load(deployment, FIRST, "2026-03-10", now=read_at).success
    assert read_plans() == {"old": "free", "new": "free"}
    customers.change("old", "2026-03-10T12:00:00Z", "gold")  # At 12:00:00.8, in whole seconds.
    customers.change("new", "2026-03-10T11:58:00Z", "gold")  # By a clock that is slow.
    assert load(deployment, "2026-03-10", "2026-03-10", now=utc(2026, 3, 11, 1)).success
    assert read_plans() == {"old": "gold", "new": "gold"}
    assert api.paths == ["/customers", "/events"]


def test_a_change_that_is_named_by_its_day_is_not_lost(
    instance: dg.DagsterInstance, api: ScriptedApi
) -> None:
    incremental = {"cursor_path": "updated", "cursor_format": "%Y-%m-%d", **WINDOW}
    own = {
        "processing_steps": [{"add": {"updated": "{{ record.created }}"}}],
        "changes": CHANGES,
    }
    dated = declare(resource("customers", own=own, incremental=incremental))
    deployment = deploy(dated, instance)
    row = {"id": "a", "created": "2026-01-02", "plan": "free"}
    api.always("/customers", {"data": [row]})
    assert load(deployment, FIRST, "2026-03-10").success
    change = {"created": "2026-03-10", "object": {**row, "plan": "gold"}}
    api.always("/events", {"data": [change]})
    assert load(deployment, "2026-03-10", "2026-03-10", now=utc(2026, 3, 11, 1)).success
    assert read_plans() == {"a": "gold"}


def test_changes_of_a_stored_table_are_refused_until_all_its_rows_are_read_again(
    instance: dg.DagsterInstance, customers: Customers
) -> None:
    plain = deploy(declare_customers(changes=None), instance)
    assert load(plain, FIRST, "2026-01-09", now=utc(2026, 1, 10)).success
    customers.change("old", "2026-03-03T00:00:00Z", "silver")
    customers.change("old", "2026-03-05T00:00:00Z", "gold")
    assert load(plain, "2026-01-10", "2026-03-09").success
    deployment = deploy(declare_customers(), instance)
    refused = load(deployment, "2026-03-03", "2026-03-03")
    assert not refused.success
    failures = instance.all_logs(refused.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    assert (
        "demo.customers: the table was loaded before changes was declared, so nothing tells which "
        "of its rows are older than a change; load the first partition again, which reads all "
        "rows of the endpoint"
    ) in str(failures)
    assert load(deployment, FIRST, FIRST).success
    assert read_plans() == {"old": "gold", "new": "free"}
    assert load(deployment, "2026-03-03", "2026-03-03").success
    assert read_plans() == {"old": "gold", "new": "free"}


Steps = list[tuple[str, ...]]

HISTORIES: dict[str, tuple[dict[str, Any], Steps]] = {
    "a whole reading that includes the current day": (
        {},
        [
            ("change", "2026-03-08T23:30", "bronze"),
            ("load", "2026-03-09T01:00", FIRST, "2026-03-08"),
            ("change", "2026-03-09T10:00", "silver"),
            ("load", "2026-03-09T11:00", "2026-03-09", "2026-03-09"),
            ("change", "2026-03-09T12:00", "gold"),
            ("load", "2026-03-09T13:00", FIRST, "2026-03-09"),
            # Then a load of yesterday, whose change is older.
            ("load", "2026-03-09T14:00", "2026-03-08", "2026-03-08"),
            # Then a change in the last hour of a day that a whole reading completes.
            ("change", "2026-03-09T23:10", "platinum"),
            ("load", "2026-03-09T23:20", "2026-03-09", "2026-03-09"),
            ("change", "2026-03-09T23:40", "diamond"),
            ("load", "2026-03-10T01:00", FIRST, "2026-03-09"),
        ],
    ),
    "complete days with a lookback": (
        {"lookback": "2d"},
        [
            ("load", "2026-03-08T01:00", FIRST, "2026-03-07"),
            ("change", "2026-03-08T10:00", "silver"),
            ("load", "2026-03-09T01:00", "2026-03-08", "2026-03-08"),
            ("change", "2026-03-09T10:00", "gold"),
            ("load", "2026-03-10T01:00", FIRST, "2026-03-09"),
        ],
    ),
    "a month that is longer than changes are kept": (
        {"partitions": {"every": "monthly"}},
        [
            ("load", "2026-03-01T06:00", FIRST, "2026-02-01"),
            ("change", "2026-03-05T10:00", "silver"),
            ("load", "2026-03-06T06:00", "2026-03-01", "2026-03-01"),
            ("change", "2026-03-29T10:00", "gold"),
            ("load", "2026-03-30T06:00", "2026-03-01", "2026-03-01"),
        ],
    ),
    "an hour that a whole reading completes": (
        {
            "partitions": {"every": "hourly", "start": "2026-03-01"},
            "changes": {**CHANGES, "kept_for": "1d"},
        },
        [
            ("load", "2026-03-02T10:05", "2026-03-01-00:00", "2026-03-02-09:00"),
            ("change", "2026-03-02T10:10", "silver"),
            ("load", "2026-03-02T10:30", "2026-03-02-10:00", "2026-03-02-10:00"),
            ("change", "2026-03-02T10:40", "gold"),
            ("load", "2026-03-02T11:05", "2026-03-01-00:00", "2026-03-02-10:00"),
        ],
    ),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_the_newest_change_shows_after(
    instance: dg.DagsterInstance, api: ScriptedApi, history: str
) -> None:
    keys, steps = HISTORIES[history]
    shop = Customers(api)
    shop.change("old", "2026-01-05T00:00:00Z", "free")
    deployment, newest = deploy(declare_customers(**keys), instance), "free"
    for step, moment, *rest in steps:
        now = datetime.fromisoformat(f"{moment}:00+00:00")
        if step == "change":
            newest = rest[0]
            shop.change("old", now, newest)
        else:
            shop.kept_since = (now - KEPT).strftime("%Y-%m-%dT%H:%M:%SZ")
            assert load(deployment, rest[0], rest[1], now=now).success
            assert read_plans() == {"old": newest}, moment


NAMES = ["old", *(f"newer {number}" for number in range(5))]


@pytest.mark.parametrize("seed", range(2))
def test_loaded_partitions_hold_every_change_of_their_time(
    deployment: Deployment, customers: Customers, seed: int
) -> None:
    """Any order of loads, any changes: after each load, a model says which changes must show."""
    check_partitions(deployment, customers, Random(seed))


def check_partitions(deployment: Deployment, customers: Customers, random: Random) -> None:
    """Load ranges of partitions in a random order, while customers change and changes expire."""
    now = utc(2026, 3, 1, 1)
    history = [("old", utc(2026, 1, 5), "free"), ("new", utc(2026, 3, 8), "free")]
    days = [utc(2026, 1, 1) + timedelta(days=n) for n in range(200)]
    loaded: dict[datetime, datetime] = {}
    for number in range(7):
        for _ in range(random.randint(0, 12)):
            now += timedelta(hours=random.randint(1, 10))
            name, plan = random.choice(NAMES), f"plan {len(history)}"
            history.append((name, now, plan))
            customers.change(name, now, plan)
        now += timedelta(hours=random.choice([1, 5, 24, 24 * 20]))
        customers.kept_since = (now - KEPT).strftime("%Y-%m-%dT%H:%M:%SZ")
        begun = [day for day in days if day <= now]
        is_recent = random.random() < 0.6
        first = random.choice(begun[-25:] if is_recent or not number else begun)
        last = random.choice([day for day in begun if day >= first])
        outcome = load(deployment, f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", now=now)
        assert outcome.success
        loaded |= {day: now for day in begun if first <= day <= last}
        check_plans(history, loaded)


def check_plans(history: list[tuple[str, datetime, str]], loaded: dict[datetime, datetime]) -> None:
    """Check that no change of a loaded partition is missing, unless a newer one shows."""
    plans = read_plans()
    for name in {name for name, _, _ in history}:
        changes = [(at, plan) for who, at, plan in history if who == name]
        seen = [
            at
            for at, _ in changes
            if (day := at.replace(hour=0, minute=0)) in loaded and at < loaded[day]
        ]
        if seen:
            allowed = {plan for at, plan in changes if at >= max(seen)}
            assert plans[name] in allowed, (name, plans, changes, loaded)
