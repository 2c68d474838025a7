"""dlt's keys of a cursor mean the same here, or are refused with one sentence, in both forms."""

import gc
import weakref
from datetime import timedelta
from typing import Any

import pytest

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.declaration.declaring import endpoint_mistake
from analytics_ingest_tests.support.loads import declare, resource

ACCEPTED: list[dict[str, Any]] = [
    {"initial_value": "2025-06-01"},
    {"initial_value": "2025-06-01T00:00:00Z"},
    {"initial_value": 1748736000, "cursor_format": "epoch_s"},
    {"initial_value": "01.06.2025", "cursor_format": "%d.%m.%Y"},
    {"initial_value": "20250601", "param_format": "%Y%m%d"},
    {"initial_value": None},
    {"end_value": None},
    {"lag": 3600},
    {"lag": 0},
    {"lag": None},
    {"range_start": "closed"},
    {"range_start": None},
    {"range_end": "open"},
    {"on_cursor_value_missing": "include"},
    {"convert": None},
    {"start_param": None, "end_param": None, "row_order": None},
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"initial_value": "soon"}, "initial_value: 'soon' is not a moment; write e.g. '2025-06-01'"),
    ({"initial_value": True}, "initial_value: 'True' is not a moment; write e.g. '2025-06-01'"),
    (
        {"end_value": "2026-02-01"},
        "end_value: '2026-02-01' is not possible: the partitions of a run end its window; remove "
        "it",
    ),
    (
        {"max_window": "0d"},
        "max_window: '0s' is too short; write how much the API accepts at a time: 31d",
    ),
    ({"lag": -1}, "lag: Input should be greater than or equal to 0"),
    (
        {"range_start": "open"},
        "range_start: 'open' is not possible: a window includes its start; remove it",
    ),
    (
        {"range_end": "closed"},
        "range_end: 'closed' is not possible: a window excludes its end; remove it",
    ),
    (
        {"on_cursor_value_missing": "exclude"},
        "on_cursor_value_missing: 'exclude' is not possible: every window loads the rows without "
        "a cursor and the check cursor counts them; remove it",
    ),
    (
        {"convert": "my_project.to_epoch"},
        "convert: 'my_project.to_epoch' is not possible: a declaration holds no code; "
        "param_format writes the bounds of the window",
    ),
    (
        {"timezone": "Mars/Olympus"},
        "timezone: 'Mars/Olympus' is not a time zone; use e.g. UTC",
    ),
]


def both_forms(keys: dict[str, Any]) -> list[dict[str, Any]]:
    """An endpoint with `incremental`, and one with a param of type incremental."""
    own = {"cursor_path": "at", **keys}
    param = {k: v for k, v in own.items() if k not in ("start_param", "end_param")}
    return [{"incremental": own}, {"params": {"since": {"type": "incremental", **param}}}]


@pytest.mark.parametrize("keys", ACCEPTED, ids=str)
def test_a_key_with_the_same_meaning_is_accepted(keys: dict[str, Any]) -> None:
    for endpoint in both_forms(keys):
        declare(resource(**endpoint))


@pytest.mark.parametrize(("keys", "sentence"), REFUSED, ids=lambda value: str(value)[:40])
def test_any_other_meaning_is_refused_with_one_sentence(
    keys: dict[str, Any], sentence: str
) -> None:
    for endpoint in both_forms(keys):
        with pytest.raises((DeclarationError, ValueError)) as refused:
            declare(resource(**endpoint))
        key, _, problem = sentence.partition(": ")
        assert problem in str(refused.value)
        assert key in str(refused.value)


def test_a_refusal_does_not_keep_its_frames() -> None:
    """A process that reads declarations again and again would grow."""

    class Local:
        """Lives as long as a frame."""

    def refuse() -> "weakref.ref[Local]":
        local = Local()
        with pytest.raises(ValueError, match="max_window") as refused:
            declare(resource(incremental={"cursor_path": "at", "max_window": "0d"}))
        assert refused.value  # The frame and the error refer to each other.
        return weakref.ref(local)

    reference = refuse()
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize(
    ("keys", "earlier"),
    [
        pytest.param({"lag": 90}, timedelta(seconds=90), id="seconds"),
        pytest.param({"lag": 1.5}, timedelta(seconds=1.5), id="a part of a second"),
        pytest.param(
            {"lag": 2, "initial_value": "2025-06-01"}, timedelta(days=2), id="days of a date"
        ),
        pytest.param({"lag": 2, "cursor_format": "%Y-%m-%d"}, timedelta(days=2), id="a format"),
        pytest.param(
            {"lag": 2, "initial_value": "2025-06-01T00:00:00Z"}, timedelta(seconds=2), id="a moment"
        ),
        pytest.param({"lookback": "2d", "end_margin": "1h"}, timedelta(hours=49), id="a margin"),
    ],
)
def test_lag_is_dlts_lookback(keys: dict[str, Any], earlier: timedelta) -> None:
    incremental = declare(resource(incremental=keys)).resources["items"].incremental
    assert incremental
    assert incremental.earlier == earlier


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(
            "incremental: {max_window: 31d, start_param: since}",
            "shop.b: endpoint.incremental.max_window: has no effect, because the request does not "
            "hold both bounds of the window; declare start_param and end_param, or use "
            "{incremental.start_value} and {incremental.end_value}; the start is enough with "
            "row_order: asc",
            id="pieces of a window that is not sent",
        ),
        pytest.param(
            "incremental: {inclusive_end: true, start_param: since, end_param: until}",
            "shop.b: endpoint.incremental.inclusive_end: has no effect, because param_format "
            "writes moments; write a date, such as '%Y-%m-%d', or remove this",
            id="an inclusive end that is a moment",
        ),
        pytest.param(
            "incremental: {inclusive_end: true, start_param: since, end_param: until, "
            "param_format: '%Y-%m-%dT00:00:00Z'}",
            "shop.b: endpoint.incremental.inclusive_end: has no effect, because param_format "
            "writes moments; write a date, such as '%Y-%m-%d', or remove this",
            id="an inclusive end with a time",
        ),
        pytest.param(
            "incremental: {inclusive_end: true, start_param: since, param_format: '%Y-%m-%d'}",
            "shop.b: endpoint.incremental.inclusive_end: has no effect, because no request holds "
            "the end of the window; declare end_param",
            id="an inclusive end that is not sent",
        ),
        pytest.param(
            "incremental: {exclusive_start: true, end_param: until}",
            "shop.b: endpoint.incremental.exclusive_start: has no effect, because no request holds "
            "the start; declare start_param",
            id="an exclusive start that is not sent",
        ),
    ],
)
def test_a_key_without_effect_is_refused(written: str, message: str) -> None:
    assert endpoint_mistake(f"incremental: {written.partition(': ')[2]}") == message


def test_lag_beside_lookback_is_refused() -> None:
    with pytest.raises(
        ValueError, match="lag cannot be combined with lookback; remove one of them"
    ):
        declare(resource(incremental={"lag": 1, "lookback": "1d"}))
