"""A warehouse that was restored, deleted or replaced lacks loads that Dagster's history records."""

import shutil
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.status.read import read_status
from analytics_ingest_tests.support.deployments import (
    CheckOutcome,
    Deployment,
    at,
    deploy,
    sql,
)
from analytics_ingest_tests.support.history import record_load
from analytics_ingest_tests.support.loads import WAREHOUSE, declare, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

DAYS = {"every": "daily", "start": "2026-01-01"}
ITEMS = declare(resource(), partitions=DAYS)

NAMES = ("dropped", "emptied")
FRESH = "Nothing is overdue; "


def lost(partitions: str, span: str, them: str) -> str:
    return (
        f"The warehouse holds no load of {partitions} that Dagster's history records as loaded, "
        f"{span}: it was restored from a backup or replaced; load {them} again."
    )


@pytest.fixture
def deployment(api: ScriptedApi, quick_instance: dg.DagsterInstance) -> Deployment:
    api.always("/items", {"data": [row(day) for day in range(1, 10)]})
    return deploy(ITEMS, quick_instance)


def load_days(deployment: Deployment, *days: int, name: str = "items") -> CheckOutcome:
    """Load each day the night after; what the check says of the last load."""
    verdicts: list[CheckOutcome] = []
    for day in days:
        with at(utc(2026, 1, day + 1, 0, 15)):
            outcome = deployment.load(f"2026-01-{day:02}")
        assert outcome.success
        verdicts.append(outcome.verdicts[f"{name}/freshness"])
    return verdicts[-1]


def backfill(deployment: Deployment, first: int, last: int, today: int) -> CheckOutcome:
    with at(utc(2026, 1, today, 0, 30)):
        outcome = deployment.load(f"2026-01-{first:02}", f"2026-01-{last:02}")
    return outcome.verdicts["items/freshness"]


def test_a_restored_warehouse_is_reported_until_what_it_lacks_is_loaded_again(
    deployment: Deployment, instance: dg.DagsterInstance, project: Path
) -> None:
    deployment = replace(deployment, instance=instance)  # `status` reads schedules.
    load_days(deployment, 4)
    backup = shutil.copy(WAREHOUSE, project / "backup.duckdb")
    load_days(deployment, 5, 6)
    shutil.copy(backup, WAREHOUSE)

    verdict = load_days(deployment, 7)
    assert (verdict.passed, verdict.severity) == (False, "WARN")
    span = "from 2026-01-05 to 2026-01-06"
    assert verdict.sentence == lost("2 partitions", span, "them")
    assert verdict.figures["partitions_absent"] == 2
    with at(utc(2026, 1, 8, 0, 20)):
        alone = deployment.check("items", "freshness").verdicts["items/freshness"]
    assert alone.sentence == verdict.sentence
    (status,) = read_status(deployment.instance, [ITEMS], utc(2026, 1, 8, 0, 20))
    (items,) = status.resources
    assert (str(items.freshness), items.why) == ("late", verdict.sentence)
    one_left = backfill(deployment, 5, 5, today=8)
    assert one_left.sentence == lost("1 partition", "2026-01-06", "it")
    assert backfill(deployment, 6, 6, today=8).sentence.startswith(FRESH)
    (status,) = read_status(deployment.instance, [ITEMS], utc(2026, 1, 8, 0, 40))
    assert str(status.freshness) == "fresh"


def test_a_deleted_warehouse_is_reported_until_all_is_loaded_again(deployment: Deployment) -> None:
    load_days(deployment, 1, 2)
    WAREHOUSE.unlink()
    verdict = load_days(deployment, 3)
    span = "from 2026-01-01 to 2026-01-02"
    assert verdict.sentence == lost("2 partitions", span, "them")
    assert backfill(deployment, 1, 2, today=4).passed


def test_a_day_that_was_loaded_whole_after_the_backup_is_missed(
    deployment: Deployment, project: Path
) -> None:
    with at(utc(2026, 1, 5, 12)):
        deployment.load("2026-01-05")
    backup = shutil.copy(WAREHOUSE, project / "backup.duckdb")
    load_days(deployment, 5)
    shutil.copy(backup, WAREHOUSE)
    verdict = load_days(deployment, 6)
    assert verdict.sentence == lost("1 partition", "2026-01-05", "it")


def test_what_somebody_has_removed_on_purpose_is_not_missed(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    """One table is dropped to start it over, and another one is emptied."""
    for name in NAMES:
        api.always(f"/{name}", {"data": [row(day) for day in range(1, 10)]})
    both = declare(*map(resource, NAMES), partitions=DAYS)
    deployment = deploy(both, quick_instance)
    load_days(deployment, 4, 5, name="dropped")
    sql("drop table demo.dropped", "delete from demo.emptied")
    for day in (6, 7):
        with at(utc(2026, 1, day + 1, 0, 15)):
            outcome = deployment.load(f"2026-01-{day:02}")
        checked = {name: outcome.verdicts[f"{name}/freshness"].passed for name in NAMES}
        assert checked == dict.fromkeys(NAMES, True)


def test_records_that_were_dropped_are_not_missed(deployment: Deployment) -> None:
    load_days(deployment, 4, 5)
    sql("drop table demo._runs")
    assert load_days(deployment, 6, 7).passed


def test_records_that_were_cut_are_not_missed_and_still_show_a_later_backup(
    deployment: Deployment, project: Path
) -> None:
    load_days(deployment, 4, 5)
    sql("delete from demo._runs where window_start < '2026-01-05'")
    backup = shutil.copy(WAREHOUSE, project / "backup.duckdb")
    assert load_days(deployment, 6, 7).passed
    shutil.copy(backup, WAREHOUSE)
    verdict = load_days(deployment, 8)
    span = "from 2026-01-06 to 2026-01-07"
    assert verdict.sentence == lost("2 partitions", span, "them")


def test_a_partition_that_was_marked_by_hand_is_not_missed(
    deployment: Deployment, quick_instance: dg.DagsterInstance
) -> None:
    record_load(quick_instance, utc(2026, 1, 3, 0, 15), "2026-01-02")
    assert load_days(deployment, 3, 4).passed


def test_a_snapshot_makes_up_for_it_by_itself(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [{"id": 1}]})
    snapshot: ApiDeclaration = declare(resource(incremental=None))
    deployment = deploy(snapshot, quick_instance)
    deployment.load("2026-01-03")
    WAREHOUSE.unlink()
    assert deployment.load("2026-01-03").verdicts["items/freshness"].passed
