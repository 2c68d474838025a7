"""What real servers do, from a socket to a table; what cannot be loaded has its own tests."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest_tests.extract.cases import (
    ALL,
    RESOLVE,
    ROWS,
    TWO_PARENTS,
    Case,
    asked_for,
    asked_with,
    expected,
    load_together,
    only,
)
from analytics_ingest_tests.support.loads import day
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Hub, Reply, Script, ScriptedApi

OFFSET = {"paginator": {"type": "offset", "limit": 2}}
LINK = {"paginator": {"type": "json_link", "next_url_path": "next"}}


def compared_as_text(changed: Mapping[int, str]) -> Script:
    """A filter by text, to which a bound that is written in another way is unknown."""

    def script(asked: Asked) -> Any:
        bound = asked.query["since"]
        found = [{"id": key, "changed": at} for key, at in changed.items() if at >= bound]
        return {"data": found if len(bound) == len(changed[1]) else []}

    return script


def since(param_format: str) -> dict[str, Any]:
    written = {"cursor_path": "changed", "start_param": "since", "param_format": param_format}
    return {"incremental": written}


def four_then(end: Any) -> Script:
    """Two pages of two rows, then something else."""
    pages = by_offset(rows(4))
    return lambda asked: pages(asked) if int(asked.query["offset"]) < 4 else end


def at_most_two(asked: Asked) -> Any:
    return {"data": by_offset(ROWS)(asked)["data"][:2]}


def repeating_the_last(asked: Asked) -> Any:
    """Pages of three rows; whatever is asked after them is answered with the last."""
    return {"data": ROWS[:3] if asked.query["page"] == "0" else ROWS[3:]}


def promising(asked: Asked) -> Any:
    """A next page for ever, the second one empty."""
    sent = asked.query.get("c", "")
    return {"data": [] if sent else ROWS, "next": f"{sent}x"}


def throttled_once() -> Script:
    replies = iter([Reply({}, 429), ALL])
    return lambda _: next(replies)


def absolute(asked: Asked) -> Any:
    """Two pages, the address of the second one with host and port."""
    if asked.path == "/more":
        return {"data": ROWS[3:], "next": None}
    base = asked.headers["x-base"]
    return {"data": ROWS[:3], "next": f"{base}/more"}


CASES = {
    "timestamps with a blank, compared as text": Case(
        since("%Y-%m-%d %H:%M:%S"),
        {"/items": compared_as_text({1: "2026-01-04 23:59:59", 2: "2026-01-05 00:00:00"})},
        window=day(5),
        expected=(2,),
    ),
    "a filter that takes only Z": Case(
        {"incremental": {"start_param": "since"}},
        {"/items": asked_with({"since": "2026-01-05T00:00:00Z"})},
        window=day(5),
    ),
    "a filter that takes only a date": Case(
        since("%Y-%m-%d"),
        {"/items": compared_as_text({1: "2026-01-04", 2: "2026-01-05"})},
        window=day(5),
        expected=(2,),
    ),
    "epoch milliseconds": Case(
        {"incremental": {"cursor_path": "at", "cursor_format": "epoch_ms"}},
        {"/items": {"data": [{"id": 1, "at": 1767571199999}, {"id": 2, "at": 1767571200000}]}},
        window=day(5),
        expected=(2,),
    ),
    "a page size that is capped": Case(
        {"paginator": {"type": "offset", "limit": 100}}, {"/items": at_most_two}
    ),
    "404 after the last page": Case(
        OFFSET, {"/items": four_then(Reply({}, 404))}, expected=(1, 2, 3, 4)
    ),
    "404 for a parent without children": Case(
        {"path": "/parents/{parent}/items", "params": RESOLVE},
        {**TWO_PARENTS, "/parents/y/items": Reply({}, 404)},
        expected=(1, 2),
    ),
    "a short last page that is repeated for ever": Case(
        {"paginator": {"type": "page_number", "limit": 10}}, {"/items": repeating_the_last}
    ),
    "a next page that is promised for ever": Case(
        {
            "paginator": {
                "type": "cursor",
                "cursor_path": "next",
                "cursor_param": "c",
                "stop_after_empty_page": True,
            }
        },
        {"/items": promising},
    ),
    "no key of the next token on the last page": Case(
        {"paginator": {"type": "cursor", "cursor_path": "meta.next", "cursor_param": "c"}},
        {
            "/items": lambda asked: (
                {"data": ROWS[3:], "meta": {}}
                if asked.query
                else {"data": ROWS[:3], "meta": {"next": "x"}}
            )
        },
    ),
    "an empty object for an empty page": Case(
        OFFSET, {"/items": four_then({})}, expected=(1, 2, 3, 4)
    ),
    "a redirect to a trailing slash": Case(
        OFFSET,
        {
            "/items": Reply(status=301, headers={"Location": "items/"}),
            "/items/": asked_for(by_offset(ROWS), "limit", "offset"),
        },
    ),
    "ids with blanks in the paths of children": Case(
        {"path": "/parents/{parent}/items", "params": RESOLVE},
        {"/parents": {"data": [row(1, slug="a b/c")]}, "/parents/a%20b%2Fc/items": ALL},
    ),
    "429 without Retry-After": Case(
        {"error_handler": {"retry_on_status_codes": [429], "backoff_factor": 0.01}},
        {"/items": throttled_once()},
    ),
    "a relative link to the next page": Case(
        LINK,
        {
            "/items": {"data": ROWS[:3], "next": "more?page=2"},
            "/more": only(lambda asked: asked.query == {"page": "2"}, {"data": ROWS[3:]}),
        },
    ),
    "records that are the body itself": Case({"data_selector": None}, {"/items": ROWS}),
}


def test_it_is_loaded_whole(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_together(CASES, hub, monkeypatch) == expected(CASES)


def test_an_absolute_link_to_the_next_page_is_followed(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = {**LINK, "headers": {"X-Base": "{settings.base_url}"}}
    Case(endpoint, {"/items": absolute, "/more": absolute}).check(api, monkeypatch)
