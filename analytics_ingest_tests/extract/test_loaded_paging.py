"""Each paginator, selector and error handler of the dialect, from a socket to a table."""

from typing import Any

import pytest

from analytics_ingest_tests.extract.cases import (
    ROWS,
    Case,
    asked_for,
    expected,
    load_together,
    only,
)
from analytics_ingest_tests.support.loads import day
from analytics_ingest_tests.support.pages import by_offset, by_page
from analytics_ingest_tests.support.scripted_api import Asked, Hub, Reply, Script


def numbered(**keys: Any) -> dict[str, Any]:
    return {"paginator": {"type": "page_number", **keys}}


def offset(**keys: Any) -> dict[str, Any]:
    return {"paginator": {"type": "offset", "limit": 2, **keys}}


def cursor(**keys: Any) -> dict[str, Any]:
    return {"paginator": {"type": "cursor", **keys}}


def two_after(asked: Asked) -> Reply:
    """Two rows after `after`; the next cursor and the next address, in the body and in headers."""
    start = int(asked.query.get("after", 0))
    following = start + 2 if start + 2 < len(ROWS) else None
    url = f"?after={following}" if following else None
    body = {"data": ROWS[start : start + 2], "meta": {"next": following}, "url": url}
    headers = {"X-Next": str(following), "Link": f'<{url}>; rel="next"'} if following else {}
    return Reply(body, headers=headers)


PAGINATORS = {
    "page_number from 0 with its size": Case(
        numbered(page_param="p", start_from_page=0, limit=2, limit_param="n"),
        {"/items": asked_for(by_page(ROWS, 2, first=0, page="p"), "p", "n")},
    ),
    "page_number from 1 whose size is not sent": Case(
        numbered(page_param="page", start_from_page=1, limit=2),
        {"/items": asked_for(by_page(ROWS, 2), "page")},
    ),
    "page_number whose first page is not named": Case(
        numbered(page_param="page", start_from_page=1, inject_on_first_request=False),
        {"/items": only(lambda asked: asked.query.get("page") != "1", by_page(ROWS, 2))},
    ),
    "offset by its usual names": Case(
        offset(), {"/items": asked_for(by_offset(ROWS), "offset", "limit")}
    ),
    "offset by names of its own": Case(
        offset(offset_param="o", limit_param="n"),
        {"/items": asked_for(by_offset(ROWS, offset="o", limit="n"), "o", "n")},
    ),
    "a cursor beside the page size": Case(
        cursor(cursor_path="meta.next", cursor_param="after", limit=2, limit_param="n"),
        {"/items": only(lambda asked: asked.query.get("n") == "2", two_after)},
    ),
    "a cursor beside a page size that is not sent": Case(
        cursor(cursor_path="meta.next", cursor_param="after", limit=2),
        {"/items": only(lambda asked: set(asked.query) <= {"after"}, two_after)},
    ),
    "a cursor beside the window": Case(
        cursor(
            cursor_path="meta.next", cursor_param="after", start_time_option={"field_name": "since"}
        ),
        {
            "/items": only(
                lambda asked: asked.query.get("since") == "2026-01-05T00:00:00Z", two_after
            )
        },
        window=day(5),
    ),
}
CURSORS: dict[str, dict[str, Any]] = {
    "in quoted keys": {"cursor_path": "response['meta']['next']", "cursor_param": "after"},
    "in a header": {"cursor_path": "headers.x-next", "cursor_param": "after"},
    "in the last row": {
        "cursor_path": "response.data[-1].id",
        "cursor_param": "after",
        "stop_condition": "{{ last_page_size < 2 }}",
    },
    "in the Link header": {"cursor_path": "headers.link.next.url"},
    "that is the next address": {"cursor_path": "response.url"},
    "that is the next address, by an expression": {"cursor_value": "{{ response.get('url') }}"},
    "by an expression, and one that ends": {
        "cursor_value": "{{ last_record['id'] }}",
        "cursor_param": "after",
        "stop_condition": "{{ not response.url }}",
    },
    "by expressions without braces": {
        "cursor_value": "last_record.id",
        "cursor_param": "after",
        "stop_condition": "headers['x-next'] is none",
    },
}
BODIES: dict[str, tuple[Any, Any]] = {
    "a name": ("rows", {"rows": ROWS}),
    "a dotted name": ("a.rows", {"a": {"rows": ROWS}}),
    "each element of a list": ("a.*.row", {"a": [{"row": one} for one in ROWS]}),
    "each value of an object": ("a.*.row", {"a": {str(one["id"]): {"row": one} for one in ROWS}}),
    "the whole body": ("[]", ROWS),
    "a list of keys": (["a", "my rows"], {"a": {"my rows": ROWS}}),
    "an empty list of keys": ([], ROWS),
}


def refused_first(status: int) -> Script:
    """Refuse every page once."""
    refused: set[str] = set()

    def is_asked_again(asked: Asked) -> bool:
        page = asked.query["offset"]
        return page in refused or refused.add(page) is not None

    return lambda asked: by_offset(ROWS)(asked) if is_asked_again(asked) else Reply({}, status)


def handled(status: int) -> Case:
    handler = {"retry_on_status_codes": [status], "max_retries": 3, "backoff_factor": 0.01}
    return Case({**offset(), "error_handler": handler}, {"/items": refused_first(status)})


CASES = {
    **PAGINATORS,
    **{f"a cursor {name}": Case(cursor(**k), {"/items": two_after}) for name, k in CURSORS.items()},
    **{
        f"data_selector: {name}": Case({"data_selector": selector}, {"/items": body})
        for name, (selector, body) in BODIES.items()
    },
    **{f"error_handler: {status}": handled(status) for status in (403, 404, 429, 503)},
}


def test_all_rows_are_loaded(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_together(CASES, hub, monkeypatch) == expected(CASES)
