"""What says that there is more than was read, before or after it, wherever it stands."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.extract.endings import (
    COUNTED,
    MORE,
    PAGINATORS,
    Page,
    declared,
    outcome,
    says,
    serve,
)
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

BESIDE: dict[str, Mapping[str, Any]] = {
    "'paging.next.after'": {"paging": {"next": {"after": "abc"}}},
    "'@nextLink'": {"@nextLink": "https://api.example.com/2"},
    "'continuationToken'": {"continuationToken": "abc"},
    "'IsTruncated'": {"IsTruncated": True},
    "'hasMorePages'": {"hasMorePages": True},
    "'more_records'": {"info": {"more_records": True}},
    "'total_count'": {"result_info": {"total_count": 9}},
    "'totalRecordCount'": {"totalRecordCount": "9"},
    "'count'": {"count": 9},
    "'exceededTransferLimit'": {"exceededTransferLimit": True},
    "'moreItemsAvailable'": {"moreItemsAvailable": True},
    "'eof'": {"eof": False},
    "'LastEvaluatedKey.id'": {"LastEvaluatedKey": {"id": "7"}},
    "'LastEvaluatedKey.n'": {"LastEvaluatedKey": {"n": 7}},
    "'LastEvaluatedKey.id.N'": {"LastEvaluatedKey": {"id": {"N": "7"}}},
    "'complete'": {"complete": False},
    "'isComplete'": {"meta": {"isComplete": "false"}},
    "'finished'": {"finished": False},
    "'isDone'": {"page": {"number": 1, "isDone": False}},
    "'offset'": {"offset": "itr7/rec7"},
}
HEADERS: dict[str, Mapping[str, str]] = {
    "'content-range'": {"Content-Range": "items 0-1/9"},
    "'total-count'": {"Total-Count": "9"},
    "'totalcount'": {"X-Pagination": '{"totalcount": 9}'},
    "'x-next-page'": {"X-Next-Page": "2"},
    "the link header": {"Link": '<https://api.example.com/2>; Rel="last Next"'},
}
GRAPHQL: dict[str, tuple[str, Any]] = {
    "nodes": ("data.orders.nodes", {"nodes": rows(2)}),
    "edges": ("data.orders.edges[*].node", {"edges": [{"node": one} for one in rows(2)]}),
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_sign_in_the_body_is_a_warning(api: ScriptedApi, name: str) -> None:
    api.always("/items", {"data": rows(2), **BESIDE[name]})
    (warning,) = extract(declare(resource()))["items"].warnings
    assert name in warning
    assert name in " ".join(try_(resource()).wrong)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("status", [200, 206])
def test_a_sign_in_a_header_is_a_warning(api: ScriptedApi, name: str, status: int) -> None:
    api.always("/items", Reply({"data": rows(2)}, status, HEADERS[name]))
    (warning,) = extract(declare(resource()))["items"].warnings
    assert name in warning.lower()


@pytest.mark.parametrize("value", ["0-1/*", "items 0-1/*"])
def test_a_part_of_an_unknown_number_of_rows_is_a_warning(api: ScriptedApi, value: str) -> None:
    api.always("/items", Reply({"data": rows(2)}, 206, {"Content-Range": value}))
    (warning,) = extract(declare(resource()))["items"].warnings
    assert "'Content-Range' of a 206 without a total says that there is more" in warning


@pytest.mark.parametrize(
    ("status", "keys"),
    [
        (200, {}),  # So PostgREST answers, where nobody asks for a count.
        (206, {"paginator": {"type": "offset", "limit": 2}}),
        (206, {"paginator": {"type": "cursor", "cursor_path": "next"}}),
    ],
    ids=str,
)
def test_a_part_that_was_asked_for_is_not_one(
    api: ScriptedApi, status: int, keys: dict[str, Any]
) -> None:
    pages = by_offset(rows(3))
    headers = {"Content-Range": "0-1/*"}
    api.on("/items", lambda asked: Reply({**pages(asked), "next": None}, status, headers))
    assert extract(declare(resource(**keys)))["items"].warnings == []


@pytest.mark.parametrize(
    "beside",
    [
        *({"count": 2}, {"info": {"more_records": False}}, {"IsTruncated": False}),
        *({"next_page": None}, {"offset": 0}, {"offset": "20"}, {"offset": ""}, {"eof": True}),
        *({"offset": "+02:00"}, {"offset": "none"}, {"offset": "2026-01-05T00:00:00Z"}),
        *({"LastEvaluatedKey": None}, {"LastEvaluatedKey": {}}, {"moreItemsAvailable": False}),
        *({"complete": True}, {"finished": True}, {"finished": None}, {"complete": 0}),
        *({"name": "Cup", "complete": False}, {"title": "Cup", "finished": False}),
        *({"id": 7, "complete": False}, {"LastEvaluatedKey": {"id": None}}),
    ],
    ids=str,
)
def test_what_agrees_is_not_one(api: ScriptedApi, beside: dict[str, Any]) -> None:
    headers = {"X-Next-Page": "", "Content-Range": "items 0-1/2"}
    api.always("/items", Reply({"data": rows(2), **beside}, headers=headers))
    assert extract(declare(resource()))["items"].warnings == []


@pytest.mark.parametrize("name", GRAPHQL)
@pytest.mark.parametrize("paginator", ["single_page", None], ids=["single_page", "nothing"])
@pytest.mark.parametrize("depth", [(), ("viewer", "team")], ids=["flat", "deep"])
def test_a_sign_deep_in_a_response_is_a_warning(
    api: ScriptedApi, name: str, paginator: str | None, depth: tuple[str, ...]
) -> None:
    selector, held = GRAPHQL[name]
    data: Any = {"orders": {**held, "pageInfo": {"hasNextPage": True, "endCursor": "c"}}}
    for key in reversed(depth):
        data = {key: data}
    api.always("/items", {"data": data})
    path = selector.replace("data.", "".join(["data.", *(f"{key}." for key in depth)]))
    orders = resource(data_selector=path, paginator=paginator)
    (warning,) = extract(declare(orders))["items"].warnings
    assert "'hasNextPage' says that there is more" in warning


@pytest.mark.parametrize("flag", ["is_last", "isLastPage", "end_of_stream", "done", "exhausted"])
@pytest.mark.parametrize("paginator", [*COUNTED, "cursor"])
def test_a_flag_that_is_true_on_the_last_page_is_not_one_of_more(
    api: ScriptedApi, paginator: str, flag: str
) -> None:
    serve(api, lambda page: {flag: page.is_last})
    error = failure(declare(declared(paginator, {"has_more_path": flag})))
    assert isinstance(error, PagingError)
    assert f"has_more_path '{flag}' is false, but by its name" in str(error)


def test_another_flag_that_says_more_is_a_warning(api: ScriptedApi) -> None:
    def both(page: Page) -> dict[str, Any]:
        return {"more": False, "meta": {"has_more": not page.is_last}}

    serve(api, both)
    for paginator in ("offset", "cursor"):
        ids, (warning,) = outcome(paginator, MORE)
        assert ids == [1, 2]
        assert "has_more_path 'more' is false, but 'has_more' says that there is more" in warning


@pytest.mark.parametrize("paginator", COUNTED)
@pytest.mark.parametrize("path", [None, "meta.count"])
def test_a_total_that_falls_while_pages_are_counted_is_a_warning(
    api: ScriptedApi, paginator: str, path: str | None
) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        # The first row leaves when the first page was read: the third is on no page.
        begin = int(asked.query.get("offset", 2 * int(asked.query.get("page", 1)) - 2))
        served = rows(11)[1:] if begin else rows(11)
        stated = {"meta": {"count": len(served)}} if path else {"total": len(served)}
        return {"data": served[begin : begin + 2], **stated}

    api.on("/items", script)
    keys = {"total_path": path} if path else {}
    key = "total_path 'meta.count'" if path else "'total'"
    steady = {**resource(), "primary_key": None, "write_disposition": "replace"}
    steady["endpoint"]["paginator"] = {**PAGINATORS[paginator], **keys}
    (warning,) = extract(declare(steady))["items"].warnings
    assert f"{key} fell from 11 to 10 between its pages, so a row may have moved" in warning


@pytest.mark.parametrize(
    "totals", [[5, 5, 6], [5, 6, 6], [2, 2, 1], [5, 3, 1], [100, 50, 5], [7, 7, 5]], ids=str
)
def test_a_total_that_rises_or_counts_something_else_has_not_fallen(
    api: ScriptedApi, totals: list[int]
) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        begin = int(asked.query["offset"])
        return {"data": rows(5)[begin : begin + 2], "total": totals[min(begin // 2, 2)]}

    api.on("/items", script)
    listed = resource(paginator={"type": "offset", "limit": 2})
    listed = {**listed, "primary_key": None, "write_disposition": "replace"}
    assert not any(" fell " in w for w in extract(declare(listed))["items"].warnings)


@pytest.mark.parametrize(
    "beside",
    [
        {"hasPrevious": True},
        {"page": {"first": False}},
        {"links": {"prev": "/items?page=0"}},
        {"previous": "https://api.example.com/items?page=0"},
    ],
    ids=str,
)
@pytest.mark.parametrize("first", [0, 1])
def test_a_first_page_that_has_one_before_it_is_a_warning(
    api: ScriptedApi, beside: dict[str, Any], first: int
) -> None:
    script = by_page(rows(5), 2, first=first)
    api.on(
        "/items", lambda asked: {**script(asked), **(beside if asked.query["page"] > "0" else {})}
    )
    paged = resource(paginator={"type": "page_number", "base_page": 1, "limit": 2})
    (warning,) = extract(declare(paged))["items"].warnings
    assert "one comes before it; correct base_page" in warning
    assert "correct base_page" in " ".join(try_(paged).wrong)
    paged["endpoint"]["paginator"] |= {"base_page": 0, "page": 1}
    assert extract(declare(paged))["items"].warnings == []


@pytest.mark.parametrize(
    "form", ['; rel="next last"', '; rel="prev next"', '; rel="NEXT"', "; Rel=next", ";rel='next'"]
)
def test_the_relations_of_a_link_header_are_separated_by_blanks(
    api: ScriptedApi, form: str
) -> None:
    def script(asked: Asked) -> Reply:
        page = int(asked.query.get("page", 1))
        link = {"Link": f"<?page={page + 1}>{form}"} if page < 3 else {}
        return Reply({"data": rows(6)[page * 2 - 2 : page * 2]}, headers=link)

    api.on("/items", script)
    assert read_ids(declare(resource(paginator="header_link"))) == [1, 2, 3, 4, 5, 6]


def test_a_cursor_in_another_header_is_a_warning(api: ScriptedApi) -> None:
    api.always("/items", Reply({"data": rows(2)}, headers={"X-Next-Cursor": "abc"}))
    paginator = {"type": "header_cursor", "cursor_key": "X-Cursor"}
    (warning,) = extract(declare(resource(paginator=paginator)))["items"].warnings
    assert "cursor_key 'X-Cursor' is on no page" in warning
    assert "'x-next-cursor'" in warning.lower()


def test_a_cursor_that_is_an_object_is_an_error(api: ScriptedApi) -> None:
    serve(api, says())
    api.always("/items", {"data": rows(2), "next": {"cursor": "abc"}})
    error = failure(declare(declared("cursor", {})))
    assert "cursor_path 'next' holds an object; name the cursor within it" in str(error)


def test_empty_pages_without_end_say_what_ends_a_listing(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        number = int(asked.query.get("cursor", 0))
        return {"data": rows(2) if number == 0 else [], "next": number + 1}

    api.on("/items", script)
    assert "declare stop_after_empty_page: true" in str(failure(declare(declared("cursor", {}))))
    assert read_ids(declare(declared("cursor", {"stop_after_empty_page": True}))) == [1, 2]


EMPTY: list[Any] = [{}, [], None, {"data": []}, {"data": None, "next": ""}]


@pytest.mark.parametrize("empty", EMPTY, ids=str)
@pytest.mark.parametrize("beside", [{"has_more": True}, {"totalPages": 6}], ids=str)
@pytest.mark.parametrize("keys", [{}, MORE], ids=["undeclared", "declared"])
def test_an_empty_page_that_says_nothing_does_not_contradict_the_one_before(
    api: ScriptedApi, empty: Any, beside: dict[str, Any], keys: dict[str, Any]
) -> None:
    page = {"data": rows(2), **beside, **({"more": True} if keys else {})}
    api.in_turn("/items", [page, empty, empty])
    ids, warnings = outcome("page_number", keys)
    assert ids == [1, 2]
    assert "the listing ends after 2 rows, because the page is empty, but " in warnings[0]
    api.in_turn("/items", [page, {"data": [], "has_more": False, "more": False}])
    assert outcome("page_number", keys) == ([1, 2], [])


def test_a_parent_that_is_not_loaded_warns_at_its_children(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(2), "total": 9})
    api.otherwise(lambda asked: {"data": [row(asked.path)]})
    items = resource(path="/parents/{resources.parents.id}")
    items["endpoint"] |= {"data_selector": "data"}
    api_of_both = declare(resource("parents"), items)
    (warning,) = extract(api_of_both, "items")["items"].warnings
    assert warning.startswith("parents: the listing ends after 2 rows, because ")
    assert extract(api_of_both)["items"].warnings == []
