"""A cursor that is a date is a whole day: its rows follow until the day ends, and none is lost."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from analytics_ingest.common.window import Window
from analytics_ingest_tests.declaration.declaring import mistake
from analytics_ingest_tests.support.deployments import Outcome, at, deploy
from analytics_ingest_tests.support.loads import declare, extract, read_ids, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ZONES = ["America/New_York", "Asia/Tokyo", "Europe/Berlin", "UTC", "Pacific/Auckland"]
START = "2026-01-01"


@pytest.mark.parametrize(
    ("cursor_format", "pattern"),
    [("iso8601", "%Y-%m-%d"), ("%d.%m.%Y", "%d.%m.%Y"), ("iso8601", "%Y%m%d")],
)
@pytest.mark.parametrize("zone", ZONES)
def test_all_rows_of_a_date_are_loaded_with_the_day_of_the_partitions(
    zone: str, cursor_format: str, pattern: str, api: ScriptedApi
) -> None:
    keys = {"every": "daily", "start": START, "timezone": zone}
    declaration = declare(resource(incremental={"cursor_format": cursor_format}), partitions=keys)
    midnight = utc(2026, 1, 5).replace(tzinfo=ZoneInfo(zone))
    loaded: dict[int, list[int]] = {}
    for number in (3, 4, 5, 6):
        day = midnight.replace(day=number)
        api.always("/items", {"data": [row(n, f"{midnight:{pattern}}") for n in range(number)]})
        window = Window(day, day + timedelta(days=1))
        loaded[number] = read_ids(declaration, window=window)
    assert loaded == {3: [], 4: [], 5: [0, 1, 2, 3, 4], 6: []}


def test_a_load_right_after_midnight_does_not_take_the_new_day(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    keys = {"every": "daily", "start": START, "timezone": "America/New_York"}
    deployment = deploy(declare(resource(), partitions=keys), quick_instance)
    for moment, served, key in (
        (utc(2026, 1, 5, 5, 15), 1, "2026-01-04"),
        (utc(2026, 1, 6, 5, 15), 3, "2026-01-05"),
    ):
        api.always("/items", {"data": [row(n, "2026-01-05") for n in range(served)]})
        with at(moment):
            assert "items/cursor" not in deployment.load(key).failed
    assert table("items") == [0, 1, 2]


HOURS: dict[str, dict[str, Any]] = {
    "without": {},
    "with_a_lookback": {"lookback": "1d"},
    "with_a_lag": {"lag": 86400},
    "with_a_longer_lookback": {"lookback": "2d"},
}
"""Resource → its keys of `incremental`, where partitions are hours."""


def test_dates_in_hourly_partitions_are_a_warning_that_says_what_to_declare(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    """Hours 0 to 2 are loaded, in each of which one more row of the day appears.

    With what the warning says, or a lag, all rows are in the table.
    """
    listings = [resource(name, incremental=keys) for name, keys in HOURS.items()]
    keys = {"every": "hourly", "start": START}
    deployment = deploy(declare(*listings, partitions=keys), quick_instance)
    outcomes: list[Outcome] = []
    for hour in range(3):
        for name in HOURS:
            api.always(f"/{name}", {"data": [row(n, "2026-01-05") for n in range(hour + 1)]})
        with at(utc(2026, 1, 5, hour + 1, 5)):
            outcomes.append(deployment.load(f"2026-01-05-{hour:02}:00"))
    verdicts = {name: outcomes[-1].verdicts[f"{name}/cursor"] for name in HOURS}
    assert {name for name, verdict in verdicts.items() if not verdict.passed} == {"without"}
    assert verdicts["without"].severity == "WARN"
    assert "updated_at is a date in 3 rows" in verdicts["without"].sentence
    assert "incremental.lookback: 1d" in verdicts["without"].sentence
    loaded = [table(name) for name in HOURS if name != "without"]
    assert loaded == [[0, 1, 2]] * 3


def test_a_declared_format_of_dates_is_refused_in_hourly_partitions() -> None:
    assert mistake(
        "partitions: hourly\n"
        "resources: [{name: b, primary_key: id, endpoint: "
        "{incremental: {cursor_format: '%d.%m.%Y'}}}]"
    ) == (
        "shop.b: endpoint.incremental.cursor_format: a date is a whole day, and its rows can "
        "follow after its partition was loaded (partitions are hourly, in UTC); declare "
        "incremental.lookback: 1d"
    )


def test_days_of_another_zone_than_the_partitions_are_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(1, "2026-01-05")]})
    keys = {"timezone": "America/New_York"}
    with at(utc(2026, 1, 6, 0, 15)):
        outcome = deploy(declare(resource(incremental=keys)), quick_instance).load("2026-01-05")
    assert "incremental.lookback: 1d" in outcome.failed["items/cursor"]


@pytest.mark.parametrize(
    ("every", "cursor", "is_missed"),
    [
        ("daily", "2026-01", True),
        ("daily", "2026-W02", True),
        ("daily", "2026", True),
        ("weekly", "2026-01", True),
        ("weekly", "2026-W02", False),
        ("monthly", "2026-01", False),
        ("monthly", "2026-W01", True),
        ("monthly", "2026-01-01", False),
    ],
)
def test_cursors_longer_than_a_partition_are_a_warning(
    api: ScriptedApi, every: str, cursor: str, *, is_missed: bool
) -> None:
    api.always("/items", {"data": [row(1, cursor)]})
    stats = extract(declare(resource(), partitions={"every": every, "start": START}))["items"]
    assert stats.cursors_of_days == is_missed


def test_a_format_of_months_is_refused_in_daily_partitions() -> None:
    assert "a date is a whole month" in mistake(
        "resources: [{name: b, primary_key: id, endpoint: {incremental: {cursor_format: '%Y-%m'}}}]"
    )


@pytest.mark.parametrize("key", ["cursor_format", "param_format"])
@pytest.mark.parametrize("pattern", ["%s", "%Q", "%Y-%m-%dT%H:%M:%Q"])
def test_a_pattern_that_cannot_be_read_back_is_refused(key: str, pattern: str) -> None:
    assert f"endpoint.incremental.{key}: '{pattern}' is not a pattern" in mistake(
        "resources: [{name: b, primary_key: id, endpoint: {incremental: {"
        f"start_param: since, {key}: '{pattern}'}}}}}}]"
    )
