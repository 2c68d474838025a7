"""APIs that filter in their own way: by comparing text, or accepting one spelling of moments only.

Declared as they are, each window comes back with exactly its rows.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    failure,
    load,
    read_ids,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

MOMENTS = [
    utc(2025, 12, 31, 23, 59, 59),
    utc(2026, 1, 4, 23, 59, 59),
    utc(2026, 1, 5),
    utc(2026, 1, 5, 0, 0, 1),
    utc(2026, 1, 5, 10, 30),
    utc(2026, 1, 5, 23, 59, 59),
    utc(2026, 1, 6),
    utc(2026, 1, 6, 12),
]
WINDOWS = [
    Window(None, utc(2026, 1, 4)),
    day(4),
    day(5),
    Window(utc(2026, 1, 6), utc(2026, 1, 6, 6)),
    Window(utc(2026, 1, 6, 6), utc(2026, 1, 7)),
]
Write = Callable[[datetime], Any]


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def with_blank(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def serve(
    write: Write, read: Callable[[str], Any], accepted: str, *, compared: int | None = None
) -> Callable[[Asked], Any]:
    """Answer with the rows between `since` and `until`, which are compared with the rows' cursors.

    Args:
        write: How a row's cursor is written.
        read: What a parameter is compared as.
        accepted: What a parameter has to look like; others are refused.
        compared: Leading characters that are compared, all unless given.
    """
    rows = [row(number, write(moment)) for number, moment in enumerate(MOMENTS)]

    def script(asked: Asked) -> Any:
        sent = {name: asked.query[name] for name in ("since", "until") if name in asked.query}
        if any(not re.fullmatch(accepted, value) for value in sent.values()):
            return Reply({"error": "no such moment"}, 422)
        bounds = {name: read(value) for name, value in sent.items()}
        cursors = [
            r["updated_at"] if compared is None else r["updated_at"][:compared] for r in rows
        ]
        return {
            "data": [
                r
                for r, at in zip(rows, cursors, strict=True)
                if bounds.get("since", at) <= at <= bounds.get("until", at)
            ]
        }

    return script


@pytest.mark.parametrize(
    ("script", "incremental"),
    [
        pytest.param(
            serve(with_blank, str, r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
            {"param_format": "%Y-%m-%d %H:%M:%S"},
            id="text with a blank, compared as text",
        ),
        pytest.param(
            serve(iso, str, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
            {},
            id="Z alone, compared as text",
        ),
        pytest.param(
            serve(
                lambda moment: iso(moment).replace("Z", "+00:00"),
                str,
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
            ),
            {"param_format": "%Y-%m-%dT%H:%M:%S+00:00"},
            id="an offset alone",
        ),
        pytest.param(
            serve(iso, str, r"\d{4}-\d\d-\d\d", compared=10),
            {"param_format": "%Y-%m-%d"},
            id="a date alone",
        ),
        pytest.param(
            serve(milliseconds, int, r"\d{13}"),
            {"cursor_format": "epoch_ms", "param_format": "epoch_ms"},
            id="milliseconds",
        ),
        pytest.param(
            serve(lambda moment: milliseconds(moment) // 1000, int, r"\d{10}"),
            {"cursor_format": "epoch_s", "param_format": "epoch_s"},
            id="seconds",
        ),
        pytest.param(
            serve(lambda moment: moment.strftime("%Y%m%d%H%M%S"), str, r"\d{14}"),
            {"cursor_format": "%Y%m%d%H%M%S", "param_format": "%Y%m%d%H%M%S"},
            id="a pattern",
        ),
    ],
)
def test_each_window_is_loaded_whole(
    api: ScriptedApi, script: Callable[[Asked], Any], incremental: dict[str, str]
) -> None:
    api.on("/items", script)
    sent = {"start_param": "since", "end_param": "until", **incremental}
    declaration = declare(resource(incremental=sent))
    found = [read_ids(declaration, window=window) for window in WINDOWS]
    assert found == [ids(window) for window in WINDOWS]
    assert read_ids(declaration, window=EVERYTHING) == list(range(len(MOMENTS)))
    assert all("since" in asked.query or "until" in asked.query for asked in api.asked[:-1])


def ids(window: Window) -> Sequence[int]:
    return [number for number, moment in enumerate(MOMENTS) if moment in window]


def test_text_with_a_blank_that_is_compared_with_a_t_is_reported(api: ScriptedApi) -> None:
    """The rows of a day stand before its beginning, for a blank comes before T."""
    api.on("/items", serve(with_blank, str, ".*"))
    sent = {"start_param": "since", "end_param": "until"}
    error = failure(declare(resource(incremental=sent)), window=day(6))
    assert "since=2026-01-06T00:00:00Z" in str(error)
    assert "param_format" in str(error)


@pytest.mark.parametrize(("lookback", "expected"), [(None, [3, 4, 5]), ("1s", [2, 3, 4, 5])])
def test_a_lookback_makes_up_for_a_filter_that_leaves_out_the_moment_itself(
    api: ScriptedApi, lookback: str | None, expected: list[int]
) -> None:
    rows = [row(number, iso(moment)) for number, moment in enumerate(MOMENTS)]
    api.on(
        "/items",
        lambda asked: {"data": [r for r in rows if r["updated_at"] > asked.query["since"]]},
    )
    incremental = {"start_param": "since", "lookback": lookback}
    load(declare(resource(incremental=incremental)), window=day(5))
    assert table("items") == expected
