"""When schedules tick, and who switches them on."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.definitions import defs
from analytics_ingest.orchestration.schedules import build_job_and_schedule
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.projects import APIS

SETTING = "ANALYTICS_INGEST_SCHEDULES"
HOURLY = {"every": "hourly", "start": "2026-01-01"}


def schedule(**keys: Any) -> dg.ScheduleDefinition:
    """The schedule of an API."""
    return build_job_and_schedule(declare(resource(), **keys)).resolve_schedule_def("demo_schedule")


@pytest.mark.parametrize(
    ("keys", "cron", "zone"),
    [
        ({}, "15 0 * * *", "UTC"),
        ({"partitions": HOURLY}, "5 * * * *", "UTC"),
        ({"partitions": HOURLY, "schedule": {"cron": "40 * * * *"}}, "40 * * * *", "UTC"),
        (
            {"schedule": {"cron": "0 6 * * 1-5", "timezone": "Europe/Berlin"}},
            "0 6 * * 1-5",
            "Europe/Berlin",
        ),
        ({"schedule": {"catch_up": 3}}, "15 0 * * *", "UTC"),
    ],
    ids=["by default", "for hours", "for hours, declared", "declared", "partly declared"],
)
def test_cron_and_time_zone(keys: Mapping[str, Any], cron: str, zone: str) -> None:
    found = schedule(**keys)
    assert (found.cron_schedule, found.execution_timezone) == (cron, zone)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (None, dg.DefaultScheduleStatus.STOPPED),
        ("off", dg.DefaultScheduleStatus.STOPPED),
        ("on", dg.DefaultScheduleStatus.RUNNING),
    ],
)
def test_one_setting_switches_all_schedules(
    value: str | None, status: dg.DefaultScheduleStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value:
        monkeypatch.setenv(SETTING, value)
    repository = defs().get_repository_def()
    assert {f"{api}_schedule" for api in APIS} <= {s.name for s in repository.schedule_defs}
    assert {s.default_status for s in repository.schedule_defs} == {status}


def test_a_wrong_value_of_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "yes")
    with pytest.raises(ValueError, match=f"{SETTING} is 'yes'; allowed are on, off"):
        schedule()


def test_the_job_holds_all_assets_of_its_api_and_no_others() -> None:
    repository = defs().get_repository_def()
    for api in APIS:
        keys = repository.get_job(f"{api}_job").asset_layer.selected_asset_keys
        assert {key.path[0] for key in keys} == {api}
        group = [k for k in repository.asset_graph.get_all_asset_keys() if k.path[0] == api]
        assert set(keys) == set(group)
