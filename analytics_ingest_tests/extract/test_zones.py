"""Bounds and cursors that name no zone: both are in the declared one, also when clocks change."""

import itertools
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import day, declare, read_ids, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Script, ScriptedApi

ZONES = ["Europe/Moscow", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
PATTERN = "%Y-%m-%d %H:%M"
JQL = 'updated >= "{incremental.start_value}" and updated < "{incremental.end_value}"'

MOMENTS = [
    utc(2026, 1, 4, 23, 59),
    utc(2026, 1, 5, 0, 30),
    utc(2026, 1, 5, 12),
    utc(2026, 1, 5, 22, 30),
    utc(2026, 1, 6),
]


def search(moments: list[datetime], zone: ZoneInfo, *, naive: bool = False) -> Script:
    """Filter by bounds in a JQL, which are read in a zone; cursors may be written there too."""

    def write(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{local:%Y-%m-%dT%H:%M:%S}" if naive else f"{local:%Y-%m-%dT%H:%M:%S%z}"

    def script(asked: Asked) -> dict[str, Any]:
        bounds = asked.json["jql"].split('"')[1::2]
        start, end = (datetime.strptime(b, PATTERN).replace(tzinfo=zone) for b in bounds)
        found = [n for n, at in enumerate(moments) if start <= at < end]
        return {"issues": [{"id": n, "fields": {"updated": write(moments[n])}} for n in found]}

    return script


def by_search(zone: str | None, **incremental: Any) -> Any:
    keys = {"cursor_path": "fields.updated", "param_format": PATTERN, **incremental}
    if zone:
        keys["timezone"] = zone
    return declare(
        resource(method="POST", data_selector="issues", json={"jql": JQL}, incremental=keys)
    )


@pytest.mark.parametrize("naive", [False, True], ids=["cursors with an offset", "naive cursors"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_window_is_loaded_whole_in_the_zone_of_the_api(
    zone: str, naive: bool, api: ScriptedApi
) -> None:
    api.on("/items", search(MOMENTS, ZoneInfo(zone), naive=naive))
    assert read_ids(by_search(zone), window=day(5)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("param_format", "since", "until"),
    [
        pytest.param("%Y-%m-%d %H:%M", "2026-01-05 03:00", "2026-01-06 03:00", id="a pattern"),
        pytest.param("%Y-%m-%dT%H:%M%z", "2026-01-05T03:00+0300", "2026-01-06T03:00+0300", id="%z"),
        pytest.param("%Y-%m-%d", "2026-01-05", "2026-01-07", id="dates, the end rounded up"),
        pytest.param("iso8601", "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z", id="iso8601"),
        pytest.param("epoch_s", "1767571200", "1767657600", id="an epoch"),
    ],
)
def test_bounds_are_written_in_the_zone_unless_they_name_a_moment(
    param_format: str, since: str, until: str, api: ScriptedApi
) -> None:
    api.always("/items", {"data": [row(1)]})
    keys = {"start_param": "since", "end_param": "until", "param_format": param_format}
    incremental = {**keys, "timezone": "Europe/Moscow"}
    read_ids(declare(resource(incremental=incremental)), window=day(5))
    assert api.asked[0].query == {"since": since, "until": until}


EVERY_HALF_HOUR = [utc(2025, 11, 2) + timedelta(minutes=30 * n) for n in range(30)]
"""In New York clocks show 01:00 to 02:00 twice: at 05:00 and 06:00 in UTC."""


@pytest.mark.parametrize("fold", [0, 1], ids=["read as the first", "read as the second"])
def test_the_hour_that_a_clock_shows_twice_loses_no_row(fold: int, api: ScriptedApi) -> None:
    zone = ZoneInfo("America/New_York")

    def script(asked: Asked) -> dict[str, Any]:
        start, end = (
            datetime.strptime(asked.query[name], PATTERN).replace(tzinfo=zone, fold=fold)
            for name in ("since", "until")
        )
        utc_bounds = start.astimezone(timezone.utc), end.astimezone(timezone.utc)
        found = [n for n, at in enumerate(EVERY_HALF_HOUR) if utc_bounds[0] <= at < utc_bounds[1]]
        return {"data": [row(n, EVERY_HALF_HOUR[n].isoformat()) for n in found]}

    api.on("/items", script)
    keys = {"start_param": "since", "end_param": "until", "param_format": PATTERN}
    declaration = declare(resource(incremental={**keys, "timezone": zone.key}))
    for hour in range(3, 9):
        window = Window(utc(2025, 11, 2, hour), utc(2025, 11, 2, hour + 1))
        assert read_ids(declaration, window=window) == [2 * hour, 2 * hour + 1]


def test_naive_cursors_of_the_hour_shown_twice_are_in_a_window_that_follows_them(
    api: ScriptedApi,
) -> None:
    zone = ZoneInfo("America/New_York")
    declaration = declare(resource(incremental={"timezone": zone.key}))
    loaded: set[int] = set()
    for hour in range(3, 9):
        window = Window(utc(2025, 11, 2, hour), utc(2025, 11, 2, hour + 1))
        listed = [(n, at) for n, at in enumerate(EVERY_HALF_HOUR) if at < (window.end or at)]
        served = [row(n, f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}") for n, at in listed]
        api.always("/items", {"data": served})
        loaded |= set(read_ids(declaration, window=window))
    assert loaded >= set(range(6, 18))


CLOCKS_GO_BACK = {
    "America/New_York": utc(2025, 11, 2, 6),
    "Europe/Berlin": utc(2025, 10, 26, 1),
    "Australia/Lord_Howe": utc(2025, 4, 5, 15),  # By half an hour.
    "America/Havana": utc(2025, 11, 2, 5),  # At one o'clock: midnight comes twice.
}
NAIVE = ["%Y-%m-%d %H:%M", "%Y-%m-%d"]
BOUNDS = [*NAIVE, "%Y-%m-%dT%H:%M:%S%z", "iso8601", "epoch_s"]


def read_bound(text: str, param_format: str, zone: ZoneInfo, fold: int) -> datetime:
    """Read a bound as a server does that takes the first or the second moment of a time."""
    if param_format == "epoch_s":
        return datetime.fromtimestamp(int(text), timezone.utc)
    if param_format == "iso8601":
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    bound = datetime.strptime(text, param_format)
    aware = bound if bound.tzinfo else bound.replace(tzinfo=zone, fold=fold)
    return aware.astimezone(timezone.utc)


@pytest.mark.parametrize(
    ("name", "param_format", "row_order"),
    [
        *((name, bounds, None) for name in CLOCKS_GO_BACK for bounds in NAIVE),
        *(("Australia/Lord_Howe", bounds, None) for bounds in BOUNDS if bounds not in NAIVE),
        *(("Europe/Berlin", BOUNDS[0], order) for order in ("asc", "desc")),
    ],
)
def test_windows_around_a_repeated_hour_lose_no_row_however_a_server_reads_it(
    api: ScriptedApi, name: str, param_format: str, row_order: str | None
) -> None:
    zone, change = ZoneInfo(name), CLOCKS_GO_BACK[name]
    moments = [change + timedelta(minutes=10 * n) for n in range(-12, 12)]
    # A bound that names its moment is one, whichever of two moments a server takes a time for.
    folds = (0, 1) if param_format in NAIVE else (0,)
    for fold, is_naive in itertools.product(folds, (True, False)):
        width = 60 if fold == is_naive else 40  # Each two of the three meet once.

        def script(asked: Asked, fold: int = fold, is_naive: bool = is_naive) -> Any:
            query = asked.query
            start, end = (
                read_bound(query[key], param_format, zone, fold) for key in ("since", "until")
            )
            listed = [n for n, at in enumerate(moments) if start <= at < end]
            listed = listed[::-1] if row_order == "desc" else listed
            page = listed[int(query["offset"]) :][: int(query["limit"])]
            local = {n: moments[n].astimezone(zone) for n in page}
            spelled = {n: f"{at:%Y-%m-%dT%H:%M:%S}" for n, at in local.items()}
            return {
                "data": [row(n, spelled[n] if is_naive else local[n].isoformat()) for n in page]
            }

        api.on("/items", script)
        keys = {"start_param": "since", "end_param": "until", "param_format": param_format}
        incremental = {**keys, "timezone": name, "row_order": row_order}
        paginator = {"type": "offset", "limit": 3, "total_path": None}
        declared = declare(resource(paginator=paginator, incremental=incremental))
        loaded: list[int] = []
        for minutes in range(-120, 120, width):
            bounds = (change + timedelta(minutes=at) for at in (minutes, minutes + width))
            loaded += read_ids(declared, window=Window(*bounds))
        assert (fold, is_naive, width, sorted(loaded)) == (fold, is_naive, width, [*range(24)])


def test_a_report_of_whole_days_is_not_requested_for_a_day_more(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, "2025-11-02")]})
    keys = {"start_param": "since", "end_param": "until", "param_format": "%Y-%m-%d"}
    incremental = {**keys, "timezone": "America/Havana", "inclusive_end": True}
    declared = declare(resource(incremental=incremental), partitions={"timezone": "America/Havana"})
    read_ids(declared, window=Window(utc(2025, 11, 2, 4), utc(2025, 11, 3, 5)))
    assert api.asked[0].query == {"since": "2025-11-02", "until": "2025-11-02"}


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Pacific/Auckland", "America/New_York"])
@pytest.mark.parametrize("param_format", ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%d.%m.%Y"])
def test_open_bounds_can_be_written_in_any_zone(
    zone: str, param_format: str, api: ScriptedApi
) -> None:
    api.always("/items", {"data": [row(1)]})
    body = {"from": "{incremental.start_value}", "to": "{incremental.end_value}"}
    keys = {"param_format": param_format, "timezone": zone}
    read_ids(declare(resource(method="POST", json=body, incremental=keys)))
    assert "9999" in api.asked[0].json["to"]
