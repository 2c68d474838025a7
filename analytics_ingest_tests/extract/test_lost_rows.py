"""A filter that answers with other rows than those of the window is named, wherever it stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    read_ids,
    resource,
    utc,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

ROWS = [row(n, f"2025-10-{n:02}T09:00:00.000+00:00") for n in range(1, 11)]
"""A row a day; the server keeps `2025-10-01 09:00:00`, and compares that as text."""

Bounds = Callable[[Asked], tuple[str, str]]


def stored(served: dict[str, Any]) -> str:
    """A cursor as the server keeps it."""
    return served["updated_at"][:19].replace("T", " ")


def by_text(bounds: Bounds, *, descending: bool = False, size: int = 100) -> Any:
    """Compare text with the bounds of a request; `size` rows a page, by `page`."""

    def script(asked: Asked) -> dict[str, Any]:
        start, end = bounds(asked)
        rows = [r for r in ROWS if start <= stored(r) < end]
        first = (int(asked.query.get("page", 1)) - 1) * size
        return {"data": sorted(rows, key=stored, reverse=descending)[first : first + size]}

    return script


def in_query(asked: Asked) -> tuple[str, str]:
    return asked.query.get("since", ""), asked.query.get("until", "~")


def in_filter(asked: Asked) -> tuple[str, str]:
    """The bounds of `updated>='…'` and, if it is there, `updated<'…'`."""
    parts = asked.query.get("filter", "''").split("'")
    return parts[1], parts[3] if len(parts) > 3 else "~"


def in_header(asked: Asked) -> tuple[str, str]:
    return asked.headers["x-since"], "~"


def in_body(asked: Asked) -> tuple[str, str]:
    return asked.json["since"], "~"


START = "{incremental.start_value}"
BOTH = f"updated>='{START}' and updated<'{{incremental.end_value}}'"
PLACES = [
    pytest.param(in_query, {"incremental": {"start_param": "since"}}, id="start_param"),
    pytest.param(
        in_query, {"incremental": {"start_param": "since", "end_param": "until"}}, id="both params"
    ),
    pytest.param(in_filter, {"params": {"filter": f"updated>='{START}'"}}, id="a template"),
    pytest.param(in_filter, {"params": {"filter": BOTH}}, id="a template of both"),
    pytest.param(in_header, {"headers": {"X-Since": START}}, id="a header"),
    pytest.param(in_body, {"method": "POST", "json": {"since": START}}, id="a body"),
]
WINDOWS = [
    pytest.param(Window(utc(2025, 10, 5), utc(2025, 10, 6)), id="a day"),
    pytest.param(Window(utc(2025, 10, 5), utc(2025, 10, 8)), id="some days"),
    pytest.param(Window(utc(2025, 10, 10), utc(2025, 10, 11)), id="the last day"),
]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("bounds", "endpoint"), PLACES)
def test_rows_that_a_filter_loses_are_named_although_others_came(
    bounds: Bounds, endpoint: dict[str, Any], window: Window, api: ScriptedApi
) -> None:
    api.on("/items", by_text(bounds))
    error = failure(declare(resource(**endpoint)), window=window)
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "2025-10-" in str(error)
    assert "param_format" in str(error)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("bounds", "endpoint"), PLACES)
def test_the_right_format_is_not_suspected(
    bounds: Bounds, endpoint: dict[str, Any], window: Window, api: ScriptedApi
) -> None:
    api.on("/items", by_text(bounds))
    incremental = {**endpoint.get("incremental", {}), "param_format": "%Y-%m-%d %H:%M:%S"}
    declaration = declare(resource(**{**endpoint, "incremental": incremental}))
    read = read_ids(declaration, window=window)
    assert read == [n for n in range(1, 11) if utc(2025, 10, n, 9) in window]
    assert len(api.asked) == 1


@pytest.mark.parametrize("bounds", [in_query])
@pytest.mark.parametrize("descending", [False, True], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("size", [2, 3, 100])
def test_a_long_listing_is_not_suspected_because_of_its_first_page(
    bounds: Bounds, descending: bool, size: int, api: ScriptedApi
) -> None:
    api.on("/items", by_text(bounds, descending=descending, size=size))
    keys = {"start_param": "since", "param_format": "%Y-%m-%d %H:%M:%S"}
    paginator = {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": None}
    declaration = declare(resource(incremental=keys, paginator=paginator))
    window = Window(utc(2025, 9, 30), utc(2025, 10, 8))  # no row on its first day
    assert sorted(read_ids(declaration, window=window)) == list(range(1, 8))


def test_a_filter_of_another_field_is_named(api: ScriptedApi) -> None:
    """Rows that were created long before are missing when they change."""
    rows = [row(1, "2026-01-08T10:00:00Z", created="2025-01-01"), row(2, "2026-01-02T10:00:00Z")]

    def script(asked: Asked) -> dict[str, Any]:
        since = asked.query.get("since", "")
        return {"data": [r for r in rows if r.get("created", "2026-01-09") >= since]}

    api.on("/items", script)
    error = failure(declare(resource(incremental={"start_param": "since"})), window=day(8))
    assert "filters by updated_at" in str(error)


@pytest.mark.parametrize(
    ("keys", "window"),
    [
        pytest.param({}, Window(utc(2026, 1, 5, 9), utc(2026, 1, 5, 10)), id="an hour"),
        pytest.param({"lookback": "1s"}, day(5), id="a short lookback"),
        pytest.param({"end_margin": "2m"}, day(5), id="a margin"),
        pytest.param({"initial_value": "2026-01-01"}, Window(None, utc(2026, 1, 6)), id="a start"),
    ],
)
def test_rows_of_the_first_day_cost_no_request(
    keys: dict[str, str], window: Window, api: ScriptedApi
) -> None:
    api.always("/items", {"data": [row(1, "2026-01-05T23:00:00Z"), row(2, "2026-01-09T00:00:00Z")]})
    declaration = declare(resource(incremental={"start_param": "since", **keys}))
    assert extract(declaration, window=window)["items"].requests == 1


@pytest.mark.parametrize("lookback", [None, "1s"])
def test_rows_at_the_bound_itself_need_a_lookback_where_the_filter_excludes_it(
    lookback: str | None, api: ScriptedApi
) -> None:
    rows = [row(n, f"2026-01-{n:02}T00:00:00Z") for n in range(1, 10)]
    api.on(
        "/items",
        lambda a: {"data": [r for r in rows if r["updated_at"] > a.query.get("since", "")]},
    )
    declaration = declare(resource(incremental={"start_param": "since", "lookback": lookback}))
    if lookback:
        assert read_ids(declaration, window=day(5)) == [5]
    else:
        assert "is missing when the time of that row is requested" in str(
            failure(declaration, window=day(5))
        )


HALF_HOURS = [row(n, f"2026-01-05T{n // 2:02}:{30 * (n % 2):02}:00Z") for n in range(48)]
HOUR = Window(utc(2026, 1, 5, 9), utc(2026, 1, 5, 10))
BLANK = {"start_param": "since", "end_param": "until", "param_format": "%Y-%m-%d %H:%M:%S"}


def with_t(asked: Asked) -> dict[str, Any]:
    """Compare `2026-01-05T09:00:00Z` as text with the bounds."""
    start, end = in_query(asked)
    return {"data": [r for r in HALF_HOURS if start <= r["updated_at"] < end]}


def in_zone(hours: int) -> Any:
    """Read the bounds as times of a zone."""

    def script(asked: Asked) -> dict[str, Any]:
        start, end = (
            (datetime.fromisoformat(text) - timedelta(hours=hours)).isoformat() if text else edge
            for text, edge in ((asked.query.get("since"), ""), (asked.query.get("until"), "~"))
        )
        return {"data": [r for r in HALF_HOURS if start <= r["updated_at"][:19] < end]}

    return script


EAST, WEST = in_zone(3), in_zone(-5)
"""East of UTC the last hours of the day are lost, west of it the first."""


@pytest.mark.parametrize("script", [with_t, EAST, WEST], ids=["text", "+3", "-5"])
def test_a_filter_that_errs_within_the_day_is_named(script: Any, api: ScriptedApi) -> None:
    api.on("/items", script)
    items = resource(incremental=BLANK)
    if script is with_t:  # In the other zones hours of the day have rows, though not these.
        assert "is missing when the time of that row is requested" in str(
            failure(declare(items), window=HOUR)
        )
    part = "day of" if script is EAST else "minutes around"
    assert f"leaves it out for the {part} this row" in "\n".join(try_(items).wrong)


def test_an_hour_without_rows_of_an_honest_filter_is_not_suspected(api: ScriptedApi) -> None:
    api.on("/items", in_zone(0))
    window = Window(utc(2026, 1, 6, 9), utc(2026, 1, 6, 10))
    stats = extract(declare(resource(incremental=BLANK)), window=window)["items"]
    assert (stats.rows_loaded, stats.requests, stats.warnings) == (0, 4, [])
    assert not try_(resource(incremental=BLANK)).wrong


@pytest.mark.parametrize(("bounds", "endpoint"), PLACES)
def test_try_names_it_too(bounds: Bounds, endpoint: dict[str, Any], api: ScriptedApi) -> None:
    api.on("/items", by_text(bounds))
    wrong = "\n".join(try_(resource(**endpoint)).wrong)
    assert "leaves it out for the day of this row" in wrong
    assert "param_format" in wrong
