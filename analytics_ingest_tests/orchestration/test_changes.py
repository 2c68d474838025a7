"""Which of its two listings a run reads a resource from, and when it refuses."""

from datetime import datetime, timedelta

import dagster as dg
import pytest

from analytics_ingest_tests.support.changes import Customers, declare_customers, read_plans
from analytics_ingest_tests.support.deployments import Deployment, Outcome, at, deploy
from analytics_ingest_tests.support.loads import resource, utc
from analytics_ingest_tests.support.scripted_api import ScriptedApi

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
def deployment(quick_instance: dg.DagsterInstance) -> Deployment:
    return deploy(declare_customers(), quick_instance)


def load(deployment: Deployment, first: str, last: str, *, now: datetime = NOW) -> Outcome:
    with at(now):
        return deployment.load(first, last)


def test_all_partitions_are_read_from_the_endpoint_and_recent_ones_from_changes(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    assert load(deployment, FIRST, "2026-03-09").success
    assert read_plans() == {"old": "free", "new": "free"}
    customers.change("old", "2026-03-10T13:00:00Z", "gold")
    assert load(deployment, "2026-03-10", "2026-03-10", now=NOW + timedelta(hours=2)).success
    assert read_plans() == {"old": "gold", "new": "free"}
    assert api.paths == ["/customers", "/events"]


def test_partitions_can_be_loaded_one_after_the_other(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    customers.change("old", "2026-01-20T00:00:00Z", "gold")
    for first, last in ((FIRST, FIRST), ("2026-01-02", "2026-01-31"), ("2026-02-01", "2026-02-20")):
        assert load(deployment, first, last).success
    assert read_plans() == {"old": "gold"}
    assert "/events" not in api.paths
    assert load(deployment, "2026-02-21", "2026-03-09").success
    assert read_plans() == {"old": "gold", "new": "free"}
    assert api.paths[-1] == "/events"


def test_a_late_window_fails_where_earlier_rows_may_have_changed_in_it(
    deployment: Deployment, customers: Customers, api: ScriptedApi
) -> None:
    assert load(deployment, FIRST, "2026-01-09", now=utc(2026, 1, 10)).success
    customers.change("old", "2026-01-10T08:00:00Z", "gold")
    late = load(deployment, "2026-01-10", "2026-03-09")
    assert not late.success
    assert not late.loaded
    assert read_plans() == {"old": "free"}
    assert api.paths == ["/customers"]
    assert load(deployment, FIRST, "2026-03-10").success
    assert read_plans() == {"old": "gold", "new": "free"}


def test_a_late_window_says_what_to_do(deployment: Deployment, customers: Customers) -> None:
    assert load(deployment, FIRST, "2026-01-09", now=utc(2026, 1, 10)).success
    late = load(deployment, "2026-01-10", "2026-01-10")
    events = deployment.instance.all_logs(late.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    assert (
        "demo.customers: changes.kept_for is 30d, so the changes of [2026-01-10T00:00:00Z, "
        "2026-01-11T00:00:00Z) are gone, and partitions before it were last loaded on 2026-01-10; "
        "rows that changed since would stay outdated. Load all partitions in one run: "
        "--partition-range 2026-01-01...2026-03-10"
    ) in str(events)


def test_other_resources_are_loaded_although_one_is_refused(
    quick_instance: dg.DagsterInstance, customers: Customers, api: ScriptedApi
) -> None:
    api.always("/others", {"data": [{"id": 1, "updated_at": "2026-01-10T00:00:00Z"}]})
    assert customers
    declaration = declare_customers(resource("others"))
    deployment = deploy(declaration, quick_instance)
    assert load(deployment, FIRST, "2026-01-09", now=utc(2026, 1, 10)).success
    late = load(deployment, "2026-01-10", "2026-01-10")
    assert not late.success
    assert late.loaded == ("demo/others",)
