"""An API that excludes the start of a window is asked for the moment before it."""

from datetime import datetime
from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    load,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

DAY = day(5)
START, BEFORE = "2026-01-05T00:00:00Z", "2026-01-04T23:59:59Z"
PLACEHOLDER = "{incremental.start_value}"
EXPRESSION = "{{ stream_interval.start_time }}"


def sent_start(api: ScriptedApi, window: Window = DAY, **keys: Any) -> str:
    """The value that a request holds, which has no other."""
    api.always("/items", {"data": []})
    extract(declare(resource(**keys)), window=window)
    asked = api.asked[0]
    return next(iter(asked.query.values()))


@pytest.mark.parametrize("name", ["at__gt", "at[gt]", "filter[at][$gt]", "at.gt", "gt_at", "atGt"])
def test_a_parameter_that_is_called_greater_excludes_the_start(api: ScriptedApi, name: str) -> None:
    assert sent_start(api, incremental={"start_param": name}) == BEFORE


@pytest.mark.parametrize("name", ["since", "at__gte", "at[gte]", "updated_after", "weight", "gte"])
def test_other_parameters_include_it(api: ScriptedApi, name: str) -> None:
    assert sent_start(api, incremental={"start_param": name}) == START


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (f"updated>{PLACEHOLDER}", f"updated>{BEFORE}"),
        (f"at > '{PLACEHOLDER}'", f"at > '{BEFORE}'"),
        (f"at gt {EXPRESSION}", f"at gt {BEFORE}"),
        (f'{{{{at: {{{{gt: "{PLACEHOLDER}"}}}}}}}}', f'{{at: {{gt: "{BEFORE}"}}}}'),
        (f"gt.{PLACEHOLDER}", f"gt.{BEFORE}"),
        (f"at=gt={PLACEHOLDER}", f"at=gt={BEFORE}"),
        (f"(at,gt,{PLACEHOLDER})", f"(at,gt,{BEFORE})"),
        (f"gt(at,{PLACEHOLDER})", f"gt(at,{BEFORE})"),
        (f"at gt datetime'{PLACEHOLDER}'", f"at gt datetime'{BEFORE}'"),
        (f"at > TIMESTAMP '{PLACEHOLDER}'", f"at > TIMESTAMP '{BEFORE}'"),
        (f"at > toDateTime('{PLACEHOLDER}')", f"at > toDateTime('{BEFORE}')"),
        (f'_gt: "{PLACEHOLDER}"', f'_gt: "{BEFORE}"'),
        (f"at=ge={PLACEHOLDER}", f"at=ge={START}"),
        (f"gte.{PLACEHOLDER}", f"gte.{START}"),
        (f"<from>{PLACEHOLDER}", f"<from>{START}"),
        (f'<from zone="UTC"> {PLACEHOLDER}', f'<from zone="UTC"> {START}'),
        (f"at>={PLACEHOLDER}", f"at>={START}"),
        (f"at ge {EXPRESSION}", f"at ge {START}"),
        (f"from->{PLACEHOLDER}", f"from->{START}"),
        (f"size > 3 and at >= {PLACEHOLDER}", f"size > 3 and at >= {START}"),
    ],
)
def test_the_operator_before_the_start_decides(api: ScriptedApi, text: str, sent: str) -> None:
    assert sent_start(api, incremental={}, params={"q": text}) == sent


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({"filter": {"at": {"gt": PLACEHOLDER}}}, BEFORE),
        ({"filters": [{"field": "at", "operator": "GT", "value": PLACEHOLDER}]}, BEFORE),
        ({"filters": [{"field": "at", "operator": "greaterThan", "value": EXPRESSION}]}, BEFORE),
        ({"at": {"$gt": {"$date": PLACEHOLDER}}}, BEFORE),
        ({"gt": {"at": PLACEHOLDER}}, BEFORE),
        ({"op": "GREATER_THAN", "value": {"timestampValue": PLACEHOLDER}}, BEFORE),
        ({"filters": [["at", ">", PLACEHOLDER]]}, BEFORE),
        ({"filters": [["at", ">=", PLACEHOLDER]]}, START),
        ({"op": "gt", "filters": [{"op": "gte", "value": PLACEHOLDER}]}, START),
        ({"filter": {"at": {"gte": PLACEHOLDER}, "size": {"gt": 3}}}, START),
        ({"filters": [{"operator": "greater_than_or_equal", "value": PLACEHOLDER}]}, START),
    ],
)
def test_so_does_the_operator_of_a_body(api: ScriptedApi, body: Any, value: str) -> None:
    api.always("/items", {"data": []})
    extract(declare(resource(incremental={}, method="POST", json=body)), window=DAY)
    asked = api.asked[0]
    assert f'"{value}"' in asked.body.decode()


@pytest.mark.parametrize(
    ("declared", "name", "sent"),
    [(True, "since", BEFORE), (False, "at__gt", START), (None, "at__gt", BEFORE)],
)
def test_the_declaration_decides_first(
    api: ScriptedApi, declared: bool | None, name: str, sent: str
) -> None:
    incremental = {"start_param": name, "exclusive_start": declared}
    assert sent_start(api, incremental=incremental) == sent


@pytest.mark.parametrize(
    ("param_format", "start", "sent"),
    [
        ("epoch_s", utc(2026, 1, 5), "1767571199"),
        ("epoch_ms", utc(2026, 1, 5), "1767571199999"),
        ("%Y-%m-%d", utc(2026, 1, 5), "2026-01-04"),
        ("%Y-%m-%d", utc(2026, 1, 5, 10), "2026-01-04"),
        ("%Y-%m", utc(2026, 1, 5), "2025-12"),
        ("%Y-%m-%dT%H:%M", utc(2026, 1, 5), "2026-01-04T23:59"),
        ("%Y-%m-%dT%H:%M:%S.%f", utc(2026, 1, 5), "2026-01-04T23:59:59.999999"),
    ],
)
def test_the_value_before_is_the_next_lower_one_of_the_format(
    api: ScriptedApi, param_format: str, start: datetime, sent: str
) -> None:
    incremental = {"start_param": "at__gt", "param_format": param_format}
    assert sent_start(api, Window(start, utc(2026, 1, 6)), incremental=incremental) == sent


def test_the_start_of_a_path_may_be_excluded(api: ScriptedApi) -> None:
    assert sent_start(api, incremental={}, path=f"/items?at__gt={PLACEHOLDER}") == BEFORE


@pytest.mark.parametrize(("declared", "sent"), [(None, "2026-01-05"), (True, "2026-01-04")])
def test_a_report_that_adds_up_its_window_is_asked_for_its_start_unless_it_is_declared(
    api: ScriptedApi, declared: bool | None, sent: str
) -> None:
    incremental = {"start_param": "day__gt", "param_format": "%Y-%m-%d", "cursor_path": "day"}
    incremental |= {"exclusive_start": declared}
    steps = [{"add": {"day": EXPRESSION}}]
    keys = {"incremental": incremental, "own": {"processing_steps": steps}}
    assert sent_start(api, **keys) == sent


def test_a_first_window_that_has_no_start_sends_none(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    extract(declare(resource(incremental={"start_param": "at__gt"})), window=EVERYTHING)
    assert api.asked[0].query == {}


def test_the_first_of_many_pieces_begins_in_1970(api: ScriptedApi) -> None:
    keys = {"end_param": "at__lte", "param_format": "epoch_s", "max_window": "30000d"}
    assert sent_start(api, EVERYTHING, incremental={"start_param": "at__gt", **keys}) == "0"


@pytest.mark.parametrize(
    ("cursors", "param_format"),
    [
        ([f"2026-01-0{n}T00:00:00Z" for n in range(4, 8)], "iso8601"),
        ([f"2026-01-0{n}" for n in range(4, 8)], "%Y-%m-%d"),
    ],
)
def test_rows_of_the_boundary_between_two_windows_are_loaded(
    api: ScriptedApi, cursors: list[str], param_format: str
) -> None:
    def answer(asked: Asked) -> Any:
        since, until = asked.query["updated_at__gt"], asked.query["updated_at__lte"]
        return {"data": [row(n, at) for n, at in enumerate(cursors) if since < at <= until]}

    api.on("/items", answer)
    incremental = {
        "start_param": "updated_at__gt",
        "end_param": "updated_at__lte",
        "param_format": param_format,
    }
    declared = declare(resource(incremental=incremental))
    for number in (4, 5, 6):
        load(declared, window=day(number))
    assert table("items") == [0, 1, 2]


def test_steps_read_the_start_of_the_window_and_not_what_is_sent(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, "2026-01-05T10:00:00Z")]})
    steps = [{"add": {"asked_from": EXPRESSION}}]
    incremental = {"start_param": "at__gt"}
    load(declare(resource(incremental=incremental, own={"processing_steps": steps})), window=DAY)
    assert (api.asked[0].query["at__gt"], table("items", "asked_from")) == (
        BEFORE,
        [utc(2026, 1, 5)],
    )
