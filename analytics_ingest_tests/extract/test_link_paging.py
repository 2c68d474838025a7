"""Pages that name the address of the next one, pages without any, and what is detected."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi


def without(key: str, written: dict[str, Any]) -> dict[str, Any]:
    """A resource that leaves a key of its endpoint to dlt's detection."""
    endpoint = {k: v for k, v in written["endpoint"].items() if k != key}
    return {**written, "endpoint": endpoint}


def test_a_single_page_is_asked_for_once(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(3), "next": f"{api.url}/items?page=2"})
    assert read_ids(declare(resource(paginator="single_page"))) == [1, 2, 3]
    assert len(api.asked) == 1


@pytest.mark.parametrize("kind", ["json_link", "json_response"])
@pytest.mark.parametrize(
    "link",
    [
        pytest.param("{url}/items?page=2", id="absolute"),
        pytest.param("{path}/items?page=2", id="relative to the host"),
        pytest.param("?page=2", id="relative to the page"),
    ],
)
def test_a_link_in_the_body_is_followed(api: ScriptedApi, kind: str, link: str) -> None:
    path = "/" + api.url.rpartition("/")[2]
    following = link.format(url=api.url, path=path)
    api.in_turn("/items", [{"data": [row(1)], "links": {"more": following}}, {"data": [row(2)]}])
    paginator = {"type": kind, "next_url_path": "links.more"}
    assert read_ids(declare(resource(paginator=paginator, params={"q": "x"}))) == [1, 2]
    assert api.sent("/items", "page") == [None, "2"]
    assert api.sent("/items", "q") == ["x", None]


@pytest.mark.parametrize("end", [None, ""], ids=["null", "an empty string"])
def test_no_link_ends_the_listing(api: ScriptedApi, end: Any) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": end}])
    paginator = {"type": "json_link", "next_url_path": "next"}
    assert read_ids(declare(resource(paginator=paginator))) == [1]


@pytest.mark.parametrize(
    ("paginator", "relation"),
    [
        pytest.param("header_link", "next", id="next"),
        pytest.param({"type": "header_link", "links_next_key": "older"}, "older", id="another"),
    ],
)
def test_a_link_in_a_header_is_followed(api: ScriptedApi, paginator: Any, relation: str) -> None:
    link = f'<{api.url}/items?page=2>; rel="{relation}", <{api.url}/items>; rel="first"'
    api.in_turn("/items", [Reply({"data": [row(1)]}, headers={"Link": link}), {"data": [row(2)]}])
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]
    assert api.sent("/items", "page") == [None, "2"]


def test_a_link_that_leads_to_no_rows_ends_the_listing(api: ScriptedApi) -> None:
    first = f'<{api.url}/items?cursor=2>; rel="next"; results="true"; cursor="2"'
    last = f'<{api.url}/items?cursor=3>; rel="next"; results="false"; cursor="3"'
    pages = [
        Reply({"data": [row(n)]}, headers={"Link": link}) for n, link in ((1, first), (2, last))
    ]
    api.in_turn("/items", pages)
    assert read_ids(declare(resource(paginator="header_link"))) == [1, 2]
    assert api.sent("/items", "cursor") == [None, "2"]


@pytest.mark.parametrize("paginator", ["auto", None], ids=["auto", "nothing declared"])
class TestDetection:
    """What is found out from the first answer, as dlt does."""

    def test_a_link_and_the_rows_beside_it_are_found(
        self, api: ScriptedApi, paginator: str | None
    ) -> None:
        api.in_turn(
            "/items",
            [{"results": [row(1)], "next": f"{api.url}/items?page=2"}, {"results": [row(2)]}],
        )
        written = without("data_selector", resource(paginator=paginator))
        assert read_ids(declare(written)) == [1, 2]

    def test_a_bare_list_is_one_page(self, api: ScriptedApi, paginator: str | None) -> None:
        api.always("/items", rows(2))
        written = without("data_selector", resource(paginator=paginator))
        assert read_ids(declare(written)) == [1, 2]
        assert len(api.asked) == 1

    def test_a_link_header_beside_a_bare_list_is_followed(
        self, api: ScriptedApi, paginator: str | None
    ) -> None:
        link = f'<{api.url}/items?page=2>; rel="next"'
        api.in_turn("/items", [Reply([row(1)], headers={"Link": link}), Reply([row(2)])])
        written = without("data_selector", resource(paginator=paginator))
        assert read_ids(declare(written)) == [1, 2]

    def test_a_cursor_is_found(self, api: ScriptedApi, paginator: str | None) -> None:
        api.in_turn("/items", [{"data": [row(1)], "next_cursor": "c2"}, {"data": [row(2)]}])
        assert read_ids(declare(resource(paginator=paginator))) == [1, 2]
        assert api.sent("/items", "cursor") == [None, "c2"]

    def test_each_listing_is_detected_by_itself(
        self, api: ScriptedApi, paginator: str | None
    ) -> None:
        api.always("/a", {"results": [row(1)]})
        api.always("/b", [row(2)])
        written = [without("data_selector", resource(n, paginator=paginator)) for n in "ab"]
        assert sorted(read_ids(declare(*written))) == [1, 2]


@pytest.mark.parametrize("key", ["rows-found", "rows found", "@rows", "rows.found", "1rows"])
def test_rows_are_detected_under_a_key_of_any_spelling(api: ScriptedApi, key: str) -> None:
    api.always("/items", {key: rows(2)})
    assert read_ids(declare(without("data_selector", resource(paginator="auto")))) == [1, 2]


def test_an_answer_without_content_is_an_empty_page(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"", status=204))
    assert read_ids(declare(resource(paginator="auto"))) == []


def test_an_empty_link_in_the_header_is_an_error(api: ScriptedApi) -> None:
    api.always("/items", Reply({"data": rows(2)}, headers={"Link": '<>; rel="next"'}))
    error = failure(declare(resource(paginator="header_link")))
    assert "demo.items: GET /items: the Link header has an empty URL for 'next'" in str(error)
