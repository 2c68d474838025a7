"""The order of rows by the cursor, which the prose states, ends listings where windows end."""

from datetime import datetime, timezone
from typing import Any

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest_tests.convert.writing import Desk, orders
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, serving

PAGED = (
    '"data_selector": "data", "paginator": {"type": "page_number", "page_param": "page", '
    '"base_page": 1}, "incremental": {"cursor_path": "updated_at"}'
)
STATED = [
    "Records are sorted by `updated_at` in descending order.",
    "- **Parameters**: records are sorted by `updated_at` in descending order",
    "The API has no time filter; it is a feed ordered by the cursor, newest first.",
    "Rows are ordered by `updated_at` (newest first).",
    "Results come in descending order of `updated_at`.",
    "- **Sort**: `updated_at` descending",
    "- **Sorting**: by `updated_at`, most recent first",
    "| Sort | `updated_at` desc |\n|---|---|",
    "The list is ordered by the `updated_at` field in descending order.",
    "Records are returned in reverse chronological order of `updated_at`.",
]
OTHERS = [
    "Records are sorted by `created_at`, newest first.",
    "Records can be sorted by `updated_at` in descending order.",
    "Records are not sorted by `updated_at` in descending order.",
    "If `sort` is set, records are sorted by `updated_at` in descending order.",
    "Versions are listed newest first.",
    "The table is sorted by `updated_at`, newest first.",
    "Orders are sorted by name in ascending order.",
    "Pages are returned in ascending order.",
    "Records are sorted by `updated_at` desc or asc.",
    "Records are sorted by `updated_at` in ascending order.",
]


def convert(desk: Desk, prose: str, more: str = "") -> tuple[str | None, list[str]]:
    """Convert a document; return the order that is declared, and the report's lines on it."""
    written = desk.new(orders(PAGED + more, prose=f"# Requests\n\n{prose}\n"))
    lines = [line for line in written.assumed if "row_order" in line]
    return written.endpoint()["incremental"].get("row_order"), lines


@pytest.mark.parametrize("prose", STATED)
def test_the_order_by_the_cursor_is_declared_and_reported(desk: Desk, prose: str) -> None:
    line = "orders: incremental.row_order is desc, as the prose says: paging ends at the start"
    assert convert(desk, prose) == ("desc", [f"{line} of the window"])


@pytest.mark.parametrize("prose", OTHERS)
def test_another_order_is_not_declared(desk: Desk, prose: str) -> None:
    assert convert(desk, prose) == (None, [])


@pytest.mark.parametrize(
    "prose",
    [
        "Orders are returned sorted by `updated_at` ascending.",
        "Orders are listed by `updated_at`, oldest first.",
        "Orders come in ascending order of `updated_at`.",
    ],
)
def test_the_oldest_first_are_declared_where_a_listing_begins_at_the_window(
    desk: Desk, prose: str
) -> None:
    cursor = '"paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "after"}'
    bound = '"incremental": {"cursor_path": "updated_at", "start_param": "since"}'
    written = desk.new(orders(f"{cursor}, {bound}", prose=f"# Requests\n\n{prose}\n"))
    assert written.endpoint()["incremental"]["row_order"] == "asc"


def test_an_order_by_an_unknown_field_is_reported(desk: Desk) -> None:
    line = "orders: the text says that rows come newest first, not by which field; declare "
    assert convert(desk, "Records are returned newest first.") == (
        None,
        [f"{line}incremental.row_order: desc if by updated_at"],
    )


def test_an_order_that_requests_contradict_is_reported(desk: Desk) -> None:
    prose = "Records are sorted by `updated_at`, newest first."
    order, lines = convert(desk, prose, ', "params": {"sort": "updated_at:asc"}')
    assert order is None
    assert "requests ask for another order" in lines[0]


def test_an_order_that_requests_ask_for_is_declared(desk: Desk) -> None:
    prose = "Records are sorted by `updated_at`, newest first."
    assert convert(desk, prose, ', "params": {"sort": "-updated_at"}')[0] == "desc"


def test_an_order_that_changes_nothing_is_not_declared(desk: Desk) -> None:
    bound = ', "params": {"since": "{incremental.start_value}"}'
    prose = "Records are sorted by `updated_at`, newest first. Records come newest first."
    assert convert(desk, prose, bound) == (None, [])


def test_a_load_ends_where_the_rows_become_older_than_its_window(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    prose = "# Requests\n\nRecords are sorted by `updated_at`, newest first.\n"
    written = desk.new(orders(PAGED, prose=prose))
    pages: list[str] = []

    def answer(asked: Asked) -> dict[str, Any]:
        number = int(asked.query["page"])
        pages.append(asked.query["page"])
        days = range(30 - 3 * number, 27 - 3 * number, -1) if number < 9 else ()
        rows = [{"id": day, "updated_at": f"2026-01-{day:02}T12:00:00Z"} for day in days]
        return {"data": rows}

    with serving() as hub:
        api = hub.new_api()
        api.on("/orders", answer)
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "abcdefgh")
        start, end = (datetime(2026, 1, day, tzinfo=timezone.utc) for day in (24, 29))
        load(written.declaration, window=Window(start, end))
    assert sorted(row["id"] for row in table("shop.orders")) == [24, 25, 26, 27]
    assert max(map(int, pages)) < 8
