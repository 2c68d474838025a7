"""Where a first window begins, how long a request may be, and how near to now it may end."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

NOW = utc(2026, 1, 10, 12)
FIRST = Window(None, utc(2026, 1, 2))
ROWS = {1: "2025-06-10T00:00:00Z", 2: "2025-12-20T00:00:00Z", 3: "2026-01-01T05:00:00Z"}
SENT: dict[str, Any] = {"cursor_path": "created_at", "start_param": "since", "end_param": "until"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def events(longest: timedelta, *, both: bool = False) -> Script:
    """Filter as some APIs do: the newest month by default, and no longer than something."""

    def script(asked: Asked) -> Any:
        since, until = (read_iso8601(asked.query.get(name)) for name in ("since", "until"))
        if both and not (since and until):
            return Reply({"message": "both are required"}, 400)
        until = until or NOW
        since = since or until - timedelta(days=31)
        if until - since > longest or until > NOW + timedelta(minutes=1):
            return Reply({"message": "the range is too long"}, 400)
        moments = {n: read_iso8601(at) or NOW for n, at in ROWS.items()}
        found = [n for n, at in moments.items() if since <= at < until]
        return {"data": [{"id": n, "created_at": ROWS[n]} for n in found]}

    return script


def test_without_a_first_start_the_default_of_the_api_decides(api: ScriptedApi) -> None:
    api.on("/items", events(timedelta(days=400)))
    assert read_ids(declare(resource(incremental=SENT)), window=FIRST) == [2, 3]


@pytest.mark.parametrize(
    "initial_value",
    ["2025-06-01", "2025-06-01T00:00:00Z", datetime(2025, 6, 1).date()],
    ids=["a date", "a moment", "an unquoted date"],
)
def test_the_first_window_begins_at_the_declared_start(
    initial_value: Any, api: ScriptedApi
) -> None:
    api.on("/items", events(timedelta(days=400)))
    incremental = {**SENT, "initial_value": initial_value}
    assert read_ids(declare(resource(incremental=incremental)), window=FIRST) == [1, 2, 3]
    assert api.sent("/items", "since") == ["2025-06-01T00:00:00Z"]


def test_an_epoch_is_a_first_start_too(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, 1748736000), row(2, 1748735999)]})
    incremental = {"cursor_format": "epoch_s", "initial_value": 1748736000}
    assert read_ids(declare(resource(incremental=incremental)), window=FIRST) == [1]


@pytest.mark.parametrize(
    ("window", "since", "loaded"),
    [
        pytest.param(EVERYTHING, "2026-01-05T12:00:00Z", [5, 6], id="everything"),
        pytest.param(day(5), "2026-01-05T12:00:00Z", [5], id="the day in which it lies"),
        pytest.param(day(6), "2026-01-06T00:00:00Z", [6], id="a day after it"),
        pytest.param(day(3), None, [], id="a day before it is not requested"),
    ],
)
def test_nothing_before_the_first_start_is_loaded(
    window: Window, since: str | None, loaded: list[int], api: ScriptedApi
) -> None:
    served = [row(n, f"2026-01-{n:02}T14:00:00Z") for n in (3, 4, 5, 6)]
    api.always("/items", {"data": served})
    keys = {"start_param": "since", "initial_value": "2026-01-05T12:00:00Z", "lookback": "12h"}
    if window == day(6):
        keys["lookback"] = "0h"
    assert read_ids(declare(resource(incremental=keys)), window=window) == loaded
    assert api.sent("/items", "since") == ([since] if since else [])


def test_children_of_all_parents_are_loaded(api: ScriptedApi) -> None:
    api.on("/items", events(timedelta(days=180)))
    for number in ROWS:
        api.always(f"/items/{number}/lines", {"data": [row(number, "2026-01-01T06:00:00Z")]})
    keys = {**SENT, "initial_value": "2025-06-01", "max_window": "180d"}
    lines = resource("lines", path="/items/{resources.items.id}/lines")
    load(declare(resource(incremental=keys), lines), window=Window(utc(2026, 1, 1), NOW))
    assert (table("items"), table("lines")) == ([3], [1, 2, 3])


@pytest.mark.parametrize(
    ("window", "loaded"),
    [
        pytest.param(FIRST, [1, 2, 3], id="the first window"),
        pytest.param(EVERYTHING, [1, 2, 3], id="everything"),
        pytest.param(Window(utc(2025, 6, 10), utc(2026, 1, 10)), [1, 2, 3], id="a range"),
        pytest.param(day(1), [3], id="a day"),
    ],
)
def test_a_window_that_is_too_long_is_requested_in_pieces(
    window: Window, loaded: list[int], api: ScriptedApi
) -> None:
    api.on("/items", events(timedelta(days=31), both=True))
    keys = {**SENT, "initial_value": "2025-05-15", "max_window": "31d"}
    assert sorted(read_ids(declare(resource(incremental=keys)), window=window)) == loaded
    bounds = sorted((asked.query["since"], asked.query["until"]) for asked in api.asked)
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(bounds))


@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        ({"max_window": "4d"}, ["04", "07", "09"]),
        ({"max_window": "4d", "inclusive_end": True}, ["04", "08"]),
        ({"max_window": "1d"}, ["02", "03", "04", "05", "06", "07", "08", "09"]),
    ],
)
def test_the_dates_of_a_piece_are_no_more_days_than_the_api_accepts(
    keys: dict[str, Any], ends: list[str], api: ScriptedApi
) -> None:
    def script(asked: Asked) -> Any:
        return {"data": [{"id": 1, "created_at": asked.query["since"]}]}

    api.on("/items", script)
    own = {**SENT, "param_format": "%Y-%m-%d", **keys}
    extract(declare(resource(incremental=own)), window=Window(utc(2026, 1, 1), utc(2026, 1, 9)))
    assert sorted(set(map(str, api.sent("/items", "until")))) == [f"2026-01-{end}" for end in ends]


def test_a_start_that_names_a_day_is_sent_for_each_day_of_a_window(api: ScriptedApi) -> None:
    by_day = {f"2026-01-0{n}": row(n, f"2026-01-0{n}T06:00:00Z") for n in range(1, 8)}
    api.on("/items", lambda asked: {"data": [by_day[str(asked.query["on"])]]})
    keys = {"start_param": "on", "param_format": "%Y-%m-%d", "max_window": "1d"}
    window = Window(utc(2026, 1, 5), utc(2026, 1, 8))
    assert sorted(read_ids(declare(resource(incremental=keys)), window=window)) == [5, 6, 7]
    assert len(api.asked) == 3


def test_without_a_longest_window_a_range_is_one_request(api: ScriptedApi) -> None:
    api.on("/items", events(timedelta(days=400)))
    window = Window(utc(2025, 6, 10), utc(2026, 1, 1))
    assert read_ids(declare(resource(incremental=SENT)), window=window) == [1, 2]
    assert len(api.asked) == 1


def test_without_a_first_start_the_pieces_begin_in_1970(api: ScriptedApi) -> None:
    api.on("/items", events(timedelta(days=3660), both=True))
    keys = {**SENT, "max_window": "3650d"}
    assert read_ids(declare(resource(incremental=keys)), window=FIRST) == [1, 2, 3]
    assert min(map(str, api.sent("/items", "since"))) == "1970-01-01T00:00:00Z"


def test_each_value_and_each_child_is_listed_in_pieces(api: ScriptedApi) -> None:
    api.on("/items", events(timedelta(days=31), both=True))
    keys = {**SENT, "initial_value": "2025-12-01", "max_window": "31d"}
    values = {"kind": {"type": "each", "values": ["a", "b"]}}
    extract(declare(resource(incremental=keys, params=values)), window=FIRST)
    assert sorted(map(str, api.sent("/items", "kind"))) == ["a", "a", "b", "b"]


def test_pieces_fill_templates_too(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, "2025-12-01T00:00:00Z")]})
    body = {"from": "{incremental.start_value}", "to": "{incremental.end_value}"}
    keys = {"initial_value": "2025-12-01", "max_window": "31d"}
    extract(declare(resource(method="POST", json=body, incremental=keys)), window=FIRST)
    bounds = sorted((asked.json["from"][:10], asked.json["to"][:10]) for asked in api.asked)
    assert bounds == [("2025-12-01", "2026-01-01"), ("2026-01-01", "2026-01-02")]


def refusing_the_present(margin: timedelta) -> Script:
    """Refuse an end that is nearer to the present than a margin."""

    def script(asked: Asked) -> Any:
        since, until = (read_iso8601(asked.query.get(name)) for name in ("since", "until"))
        if until and until > NOW + timedelta(minutes=1) - margin:
            return Reply({"message": "the end is in the future"}, 400)
        served = {n: NOW - timedelta(minutes=n) for n in (1, 3, 200, 2000)}
        found = [n for n, at in served.items() if (since or at) <= at < (until or NOW)]
        return {"data": [{"id": n, "created_at": served[n].isoformat()} for n in found]}

    return script


@pytest.mark.parametrize(
    ("window", "loaded"),
    [
        pytest.param(day(10), [3, 200], id="the current day"),
        pytest.param(Window(utc(2026, 1, 8), utc(2026, 1, 11)), [3, 200, 2000], id="a range"),
        pytest.param(EVERYTHING, [3, 200, 2000], id="everything"),
    ],
)
def test_a_window_ends_before_the_present(
    window: Window, loaded: list[int], api: ScriptedApi
) -> None:
    api.on("/items", refusing_the_present(timedelta(minutes=2)))
    keys = {**SENT, "end_margin": "2m"}
    assert read_ids(declare(resource(incremental=keys)), window=window) == loaded
    assert "400" in str(failure(declare(resource(incremental=SENT)), window=day(10)))


def test_the_next_window_begins_where_one_ended_before_the_present(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    keys = {**SENT, "end_margin": "10m"}
    declaration = declare(resource(incremental=keys))
    sent: list[dict[str, str]] = []
    for moment, number in ((utc(2026, 1, 10, 0, 5), 9), (utc(2026, 1, 11, 0, 5), 10)):
        api.asked.clear()
        with time_machine.travel(moment, tick=True):
            extract(declaration, window=day(number))
        sent.append(dict(api.asked[0].query))
    ended = read_iso8601(sent[0]["until"])
    begins = read_iso8601(sent[1]["since"])
    assert ended
    assert begins
    assert utc(2026, 1, 9, 23, 50) <= begins <= ended <= utc(2026, 1, 9, 23, 56)


def test_children_that_changed_in_the_margin_of_their_parent_come_with_the_next_window(
    api: ScriptedApi,
) -> None:
    changed = "2026-01-09T23:30:00Z"

    def script(asked: Asked) -> Any:
        return {"data": [row(1, changed)] if asked.query["until"] > changed else []}

    api.on("/items", script)
    for path in ("/items/1/lines", "/lines/7/parts"):
        api.always(path, {"data": [row(7, changed)]})
    declaration = declare(
        resource(incremental={**SENT, "end_margin": "2h"}),
        resource("lines", path="/items/{resources.items.id}/lines", incremental={}),
        resource("parts", path="/lines/{resources.lines.id}/parts", incremental={}),
    )
    loaded: list[tuple[int, ...]] = []
    for moment, number in ((utc(2026, 1, 10, 0, 5), 9), (utc(2026, 1, 11, 0, 5), 10)):
        with time_machine.travel(moment, tick=True):
            stats = extract(declaration, window=day(number))
        loaded.append(tuple(stats[name].rows_loaded for name in ("items", "lines", "parts")))
    assert loaded == [(0, 0, 0), (1, 1, 1)]


def test_a_load_right_after_a_window_began_asks_for_no_negative_time(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    keys = {**SENT, "end_margin": "2h"}
    with time_machine.travel(utc(2026, 1, 10, 0, 5), tick=True):
        extract(declare(resource(incremental=keys)), window=day(10))
    since, until = api.asked[0].query["since"], api.asked[0].query["until"]
    assert (since, until[:16]) == ("2026-01-09T22:00:00Z", "2026-01-09T22:05")


def test_try_looks_at_the_newest_piece(api: ScriptedApi) -> None:
    api.on("/items", events(timedelta(days=31), both=True))
    keys = {**SENT, "initial_value": "2025-06-01", "max_window": "31d"}
    try_(resource(incremental=keys))
    assert [since[:7] for since in api.sent("/items", "since")[:1] if since] == ["2026-01"]
