"""Declared places of totals, flags, cursors and links that no page has, or only literally."""

from collections.abc import Callable
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.extract.endings import (
    COUNTED,
    MORE,
    declared,
    says,
    serve,
)
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi


@pytest.mark.parametrize("paginator", [*COUNTED, "cursor"])
@pytest.mark.parametrize("key", ["has_more_path", "total_path"])
@pytest.mark.parametrize("count", [1, 4], ids=["one page", "more pages"])
def test_a_flag_or_a_total_on_no_page_is_an_error(
    api: ScriptedApi, paginator: str, key: str, count: int
) -> None:
    serve(api, says(), rows(count))
    error = failure(declare(declared(paginator, {key: "not.there"})))
    assert isinstance(error, PagingError)
    assert f"{key} 'not.there' is on no page" in str(error)
    assert f"{key} 'not.there' is on no page" in " ".join(
        try_(declared(paginator, {key: "not.there"})).wrong
    )


def test_one_page_of_one_listing_is_enough(api: ScriptedApi) -> None:
    """The flag is omitted where it is false: most parents have one page of children."""
    api.always("/parents", {"data": rows(3)})
    for number in (1, 3):
        api.always(f"/parents/{number}/items", {"data": [row(number)]})
    pages = [{"data": [row(20), row(21)], "more": True}, {"data": [row(22)]}]
    api.in_turn("/parents/2/items", pages)
    child = resource(
        path="/parents/{resources.parents.id}/items",
        paginator={"type": "page_number", "base_page": 1, **MORE},
    )
    declaration = declare(resource("parents", own={"selected": False}), child)
    assert sorted(read_ids(declaration)) == [1, 3, 20, 21, 22]


@pytest.mark.parametrize(
    "paginator",
    [
        {"type": "json_link", "next_url_path": "link.next"},
        {"type": "cursor", "cursor_path": "link.next"},
    ],
    ids=["json_link", "cursor"],
)
def test_a_next_page_on_no_page_is_logged_and_shown(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    api.always("/items", {"data": rows(2)})
    lines: list[str] = []
    stats = load(declare(resource(paginator=paginator)), log=lines.append)["items"]
    assert (table("items"), stats.warnings) == ([1, 2], [])
    assert any("'link.next' is on no page" in line for line in lines)
    run = try_(resource(paginator=paginator))
    assert (run.status, "'link.next' is on no page" in run.words) == (0, True)


def test_a_next_page_at_another_place_is_a_warning(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2), "links": {"next": "?page=2"}})
    paginator = {"type": "json_link", "next_url_path": "link.next"}
    (warning,) = extract(declare(resource(paginator=paginator)))["items"].warnings
    assert "next_url_path 'link.next' is on no page, but the answer names a next one" in warning
    assert "'links.next'" in warning
    run = try_(resource(paginator=paginator))
    assert (run.status, run.wrong) == (1, [f"items: {warning}"])


@pytest.mark.parametrize("paginator", ["header_link", "header_cursor", "single_page"])
def test_a_link_in_the_body_that_is_not_followed_is_a_warning(
    api: ScriptedApi, paginator: str
) -> None:
    api.always("/items", {"data": rows(2), "paging": {"next": "?page=2"}})
    (warning,) = extract(declare(resource(paginator=paginator)))["items"].warnings
    assert "the answer names a next one at 'paging.next'" in warning
    assert warning in " ".join(try_(resource(paginator=paginator)).wrong)


def test_a_full_page_without_the_place_of_the_cursor_is_a_warning(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2)})
    paginator = {"type": "cursor", "cursor_path": "nxt", "limit": 2, "limit_param": "size"}
    (warning,) = extract(declare(resource(paginator=paginator)))["items"].warnings
    assert "cursor_path 'nxt' is on no page, though a page had as many rows" in warning


def test_a_place_that_holds_null_is_there(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2), "next": None})
    lines: list[str] = []
    extract(declare(declared("cursor", {})), log=lines.append)
    assert not any("on no page" in line for line in lines)


@pytest.mark.parametrize("key", ["@odata.nextLink", "odata.nextLink"])
@pytest.mark.parametrize(
    "paginator",
    [
        lambda key: {"type": "json_link", "next_url_path": key},
        lambda key: {"type": "json_link", "next_url_path": f"['{key}']"},
        lambda key: {"type": "cursor", "cursor_path": key},
        lambda _: "auto",
        lambda _: None,
    ],
    ids=["json_link", "quoted", "cursor", "auto", "nothing declared"],
)
def test_a_key_is_first_taken_literally(
    api: ScriptedApi, key: str, paginator: Callable[[str], Any]
) -> None:
    def answer(asked: Asked) -> Any:
        if asked.query.get("$skiptoken"):
            return {"@odata.context": "x", "value": [row(2)]}
        return {"@odata.context": "x", key: f"{api.url}/items?$skiptoken=2", "value": [row(1)]}

    api.on("/items", answer)
    assert read_ids(declare(resource(data_selector="value", paginator=paginator(key)))) == [1, 2]
