"""`try --fix` leaves a right declaration as it is, however odd the first answers are."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import UPDATED, row, rows
from analytics_ingest_tests.support.previews import FOLDER, run_try, write_declaration
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

SEVEN = rows(7)
NOVEMBER = [row(number, f"2026-11-{number:02}T10:00:00Z") for number in range(1, 8)]
FILTER = {"incremental": {"start_param": "from", "end_param": "to"}}
PAGED = {"paginator": {"type": "page_number", "limit": 5, "limit_param": "size", "base_page": 1}}
FROM_ZERO = {"paginator": {**PAGED["paginator"], "base_page": 0}}


def served(body: Any) -> Script:
    return lambda _: body


def in_pages(*pages: Any) -> Script:
    def script(asked: Asked) -> Any:
        number = int(asked.query.get("page", 1))
        return {"data": pages[number - 1] if 0 < number <= len(pages) else []}

    return script


def failing(status: int) -> Script:
    """An API that fails for a reason of its own where it is sent a window."""
    return lambda asked: Reply({}, status) if "from" in asked.query else {"data": NOVEMBER}


def named(field: str) -> Script:
    """Rows with one moment, which is not that of an update of the row."""
    return served({"data": [{"id": number, field: UPDATED} for number in range(7)]})


def all_at_zero(asked: Asked) -> Any:
    pages = in_pages(SEVEN[:5], SEVEN[5:])
    return {"data": SEVEN} if asked.query["page"] == "0" else pages(asked)


CASES: Mapping[str, tuple[Script, Mapping[str, Any]]] = {
    "an error and no rows": (served({"data": None, "errors": [{"code": 1}, {"code": 2}]}), {}),
    "facets and no rows": (served({"total": 0, "facets": [{"name": "x"}]}), {}),
    "one row with another key and a list in it": (
        served({"data": [{"item": 1, "updated_at": UPDATED, "tags": [{"name": "x"}]}]}),
        {},
    ),
    "the window is refused for the rate of requests": (failing(429), FILTER),
    "the window is refused to the key": (failing(403), FILTER),
    "the window ends in a fault": (failing(500), FILTER),
    "the only row lacks the cursor": (served({"data": [{"id": 1}]}), {}),
    "the cursor is null so far": (served({"data": [row(1, None), row(2, None)]}), {}),
    "a creation sounds like a change": (named("merchant_created_at"), {}),
    "a moment is that of a part's change": (named("password_changed_at"), {}),
    "the first page has one row": (in_pages(SEVEN[:1], SEVEN[1:6], SEVEN[6:]), PAGED),
    "the first page lacks a row": (in_pages(SEVEN[:4], SEVEN[4:]), PAGED),
    "all rows are on the first page": (in_pages(SEVEN), PAGED),
    "the page is not read": (served({"data": SEVEN[:5]}), FROM_ZERO),
    "page 0 holds all rows": (all_at_zero, PAGED),
    "a link leads to the manual": (
        served({"data": SEVEN, "next_steps": "https://api.example.com/manual"}),
        {},
    ),
    "a row has moved to the second page": (in_pages(SEVEN[:5], SEVEN[4:]), PAGED),
    "all rows changed at the same moment": (served({"data": SEVEN}), FILTER),
    "there are no rows": (served({"data": []}), {**PAGED, **FILTER}),
}


@pytest.mark.parametrize("name", CASES)
def test_an_odd_answer_changes_nothing(api: ScriptedApi, name: str) -> None:
    script, endpoint = CASES[name]
    api.on("/items", script)
    write_declaration(resource(**endpoint))
    before = (FOLDER / "defs.yaml").read_bytes()
    run = run_try("--fix")
    assert "Corrected" not in run.text
    assert (FOLDER / "defs.yaml").read_bytes() == before
    assert run.wrong or "Not proven" in run.text or run.status == 0
    assert len(api.asked) <= 5
