"""Rows whose cursor a processing step makes of the window: none is lost at its bounds."""

from typing import Any

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, resource, table, utc
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

HIDDEN = {n: f"2026-01-{n:02}T10:00:00Z" for n in range(5, 9)}
"""Number of a row → its moment, which the API filters by and does not send."""
FOUR_DAYS = Window(utc(2026, 1, 5), utc(2026, 1, 9))
NO_KEY = {"primary_key": None, "write_disposition": "merge"}


@pytest.fixture
def reports(api: ScriptedApi) -> ScriptedApi:
    """Serve the rows of a window, which say nothing about when they are of."""

    def report(asked: Asked) -> Any:
        since, until = asked.query.get("since", ""), asked.query.get("until", "9")
        return {"data": [{"id": n} for n, at in HIDDEN.items() if since <= at < until]}

    api.on("/items", report)
    return api


def declare_reports(
    expression: str, own: dict[str, Any] | None = None, **incremental: Any
) -> ApiDeclaration:
    """Declare reports whose cursor is an expression."""
    steps = [{"add": {"part": f"{{{{ {expression} }}}}"}}, {"rename": {"part": "at"}}]
    sent = {"cursor_path": "at", "start_param": "since", "end_param": "until", **incremental}
    return declare(resource(incremental=sent, own={"processing_steps": steps, **(own or {})}))


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize("bound", ["start_time", "end_time"])
@pytest.mark.parametrize("longest", ["1d", "3d", None])
def test_every_row_of_a_window_is_loaded_with_its_bound(bound: str, longest: str | None) -> None:
    declared = declare_reports(f"stream_interval.{bound}", max_window=longest)
    load(declared, window=FOUR_DAYS)
    length = {"1d": 1, "3d": 3, None: 4}[longest]
    starts = {n: 5 + (n - 5) // length * length for n in HIDDEN}
    ends = {n: min(start + length, 9) for n, start in starts.items()}
    expected = starts if bound == "start_time" else ends
    assert [(n, at.day) for n, at in table("items", "id", "at")] == list(expected.items())


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize("bound", ["start_time", "end_time"])
def test_a_window_counts_its_rows_however_its_cursors_are_written(bound: str) -> None:
    expression = f"format_datetime(stream_interval.{bound}, '%Y-%m-%d')"
    for number, start in enumerate((utc(2026, 1, 4, 22), utc(2026, 1, 5, 22), utc(2026, 1, 6, 22))):
        window = Window(start, start.replace(day=start.day + 1))
        stats = load(declare_reports(expression), window=window)["items"]
        assert (stats.rows_loaded, stats.rows_outside) == (1, 0)
        assert len(table("items")) == number + 1


def test_a_window_without_rows_is_not_probed_by_the_moment_of_a_row(reports: ScriptedApi) -> None:
    for bound in ("start_time", "end_time"):
        stats = load(
            declare_reports(f"stream_interval.{bound}"),
            window=Window(utc(2026, 1, 12), utc(2026, 1, 13)),
        )
        assert stats["items"].rows_loaded == 0
    assert len(reports.asked) <= 4


def test_rows_without_a_key_cannot_have_the_end_of_their_window_as_the_cursor() -> None:
    with pytest.raises(DeclarationError, match="make it of stream_interval"):
        declare_reports("stream_interval.end_time", NO_KEY)
    declare_reports("stream_interval.end_time", NO_KEY, param_format="%Y-%m-%d", inclusive_end=True)


@pytest.mark.usefixtures("reports")
def test_rows_without_a_key_are_loaded_by_the_start_of_their_window() -> None:
    declared = declare_reports("stream_interval.start_time", NO_KEY, max_window="1d")
    for _ in range(2):
        load(declared, window=FOUR_DAYS)
    assert table("items") == [5, 6, 7, 8]


@pytest.mark.usefixtures("reports")
def test_rows_without_a_key_are_rejected_where_their_cursor_leaves_the_window() -> None:
    expression = "format_datetime(stream_interval.start_time, '%Y-%m-%d')"
    window = Window(utc(2026, 1, 5, 8), utc(2026, 1, 5, 12))
    stats = load(declare_reports(expression, NO_KEY), window=window)["items"]
    assert (stats.rows_loaded, stats.rows_rejected) == (0, 1)


def test_a_cursor_that_a_step_only_fills_in_is_that_of_the_row(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        since, until = asked.query["since"][:10], asked.query["until"][:10]
        days = {n: f"2026-01-{n:02}" for n in range(5, 10)}
        return {"data": [{"id": n, "day": at} for n, at in days.items() if since <= at <= until]}

    api.on("/items", script)
    start = "{{ stream_interval.start_time }}"
    steps = [
        {"add": {"at": "{{ record.day }}"}},
        {"add": {"at": start}, "when": "{{ not record.day }}"},
    ]
    sent = {"cursor_path": "at", "start_param": "since", "end_param": "until", "max_window": "2d"}
    declared = declare(resource(incremental=sent, own={"processing_steps": steps, **NO_KEY}))
    load(declared, window=FOUR_DAYS)
    assert table("items") == [5, 6, 7, 8]


def test_a_row_of_the_last_day_that_can_be_written_does_not_end_a_probe(api: ScriptedApi) -> None:
    rows = [{"id": 1, "at": "9999-12-31T23:59:59Z"}, {"id": 2, "at": "0001-01-01T00:00:00Z"}]
    api.on("/items", lambda asked: {"data": [] if "since" in asked.query else rows})
    incremental = {"cursor_path": "at", "start_param": "since", "end_param": "until"}
    stats = load(declare(resource(incremental=incremental)), window=FOUR_DAYS)["items"]
    assert stats.rows_loaded == 0
