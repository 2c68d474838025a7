"""Servers that stop counting: no row beyond is lost, or a warning says where they stop."""

from typing import Any

import pytest

from analytics_ingest.extract.stats import Stats
from analytics_ingest_tests.support.loads import declare, extract, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

SIZE = 100
OFFSET = {"type": "offset", "limit": SIZE}
PAGES = {"type": "page_number", "limit": SIZE, "limit_param": "limit", "base_page": 0}
PAGINATORS = {
    "offset": OFFSET,
    "offset, declared": {**OFFSET, "total_path": "total"},
    "page number": PAGES,
    "page number, declared": {**PAGES, "total_path": "total"},
}


def serve(api: ScriptedApi, count: int, *, refuses_from: int | None = None, **beside: Any) -> None:
    """Serve so many rows, and refuse those from one on."""
    served = rows(count)

    def script(asked: Asked) -> Any:
        start = int(asked.query.get("offset", int(asked.query.get("page", 0)) * SIZE))
        if refuses_from is not None and start >= refuses_from:
            return Reply({"error": "too far"}, 400)
        return {"data": served[start : start + SIZE], **beside}

    api.on("/items", script)


def load(paginator: str) -> Stats:
    """Read all pages, one after the other."""
    declaration = declare(resource(paginator=PAGINATORS[paginator]), concurrency=1)
    return extract(declaration)["items"]


@pytest.mark.parametrize("paginator", PAGINATORS)
def test_rows_beyond_the_number_at_which_a_server_stops_are_read(
    api: ScriptedApi, paginator: str
) -> None:
    serve(api, 1_230, total=1_000)
    assert load(paginator).rows_loaded == 1_230


@pytest.mark.parametrize("paginator", PAGINATORS)
@pytest.mark.parametrize("count", [1_000, 2_000])
def test_a_right_total_costs_one_request(api: ScriptedApi, paginator: str, count: int) -> None:
    serve(api, count, total=count)
    stats = load(paginator)
    assert (stats.rows_loaded, stats.requests) == (count, count // SIZE + 1)
    assert stats.warnings == []


@pytest.mark.parametrize("paginator", PAGINATORS)
@pytest.mark.parametrize("beside", [{"total": 1_000}, {"total": 300, "relation": "gte"}], ids=str)
def test_a_refusal_where_the_server_stops_counting_is_warned_of(
    api: ScriptedApi, paginator: str, beside: dict[str, Any]
) -> None:
    limit = beside["total"]
    serve(api, 1_230, refuses_from=limit, **beside)
    stats = load(paginator)
    assert stats.rows_loaded == limit
    (warning,) = stats.warnings
    assert f"ends after {limit} rows, because the API answered 400" in warning
    assert f"says {limit}, where servers stop counting" in warning


@pytest.mark.parametrize("paginator", PAGINATORS)
def test_other_totals_save_the_request(api: ScriptedApi, paginator: str) -> None:
    serve(api, 1_010, total=1_010)
    stats = load(paginator)
    assert (stats.rows_loaded, stats.requests) == (1_010, 11)


@pytest.mark.parametrize("paginator", PAGINATORS)
def test_rows_beyond_that_number_are_read_where_the_server_caps_its_pages(
    api: ScriptedApi, paginator: str
) -> None:
    """A page of fewer rows than were asked for is not a short one there."""
    serve(api, 1_230, total=1_000)
    declared = resource(paginator={**PAGINATORS[paginator], "limit": 3 * SIZE})
    assert extract(declare(declared, concurrency=1))["items"].rows_loaded == 1_230
