"""How pages are asked for: parameters and answers together, and never a guessed limit."""

import pytest

from analytics_ingest.convert.openapi.operations import Parameter
from analytics_ingest.convert.openapi.paging_names import page_size
from analytics_ingest.convert.openapi.schemas import Shape
from analytics_ingest_tests.convert.openapi_documents import (
    LINK,
    NUMBER,
    ROW,
    TEXT,
    Json,
    answering,
    converted,
    document,
    endpoints,
    get,
    listing,
    query,
    rows,
    thing,
)

FLAG: Json = {"type": "boolean"}
SIZE = query("limit", {**NUMBER, "maximum": 250})
PER_PAGE = query("per_page", {**NUMBER, "default": 30})
FIRST = {**NUMBER, "default": 1}
CURSOR = {"type": "cursor", "limit": 250, "limit_param": "limit"}
PAGE = {"type": "page_number", "page_param": "page", "start_from_page": 1}


def links(*keys: str) -> Json:
    """The schema of a link at some keys."""
    schema = LINK
    for key in reversed(keys):
        schema = thing({key: schema})
    return schema["properties"]


BY = {
    "nothing that pages": (listing(), {"type": "single_page"}),
    "page and size": (
        listing(query("page", FIRST), PER_PAGE),
        {**PAGE, "limit": 30, "limit_param": "per_page"},
    ),
    "a page that begins at 0": (
        listing(query("page", {**NUMBER, "minimum": 0})),
        {**PAGE, "start_from_page": 0},
    ),
    "a page that the text counts from 0": (
        listing(query("page", NUMBER, description="Zero-based page.")),
        {**PAGE, "start_from_page": 0},
    ),
    "pages of Spring": (
        get(
            thing(
                {
                    "content": rows(),
                    "pageable": thing({}),
                    **dict.fromkeys(("totalElements", "totalPages", "numberOfElements"), NUMBER),
                }
            ),
            query("page", NUMBER),
        ),
        {**PAGE, "start_from_page": 0},
    ),
    "pages in brackets, and their total": (
        get(
            thing(
                {"data": rows(), "last": thing({"total_pages": NUMBER}, required=["total_pages"])},
                required=["last"],
            ),
            query("page[number]", FIRST),
            query("page[size]", {**NUMBER, "maximum": 100}),
        ),
        {
            **PAGE,
            "page_param": "page[number]",
            "limit": 100,
            "limit_param": "page[size]",
            "total_pages_path": "last.total_pages",
        },
    ),
    "offset and limit": (listing(query("offset", NUMBER), SIZE), {"type": "offset", "limit": 250}),
    "an offset without a size": (
        listing(query("skip", NUMBER)),
        {"type": "offset", "limit": None, "offset_param": "skip"},
    ),
    "positions from 1": (
        listing(query("startIndex", FIRST), query("count", {**NUMBER, "maximum": 50})),
        {
            "type": "offset",
            "limit": 50,
            "limit_param": "count",
            "offset_param": "startIndex",
            "offset": 1,
        },
    ),
    "a flag and a total that every answer has": (
        get(
            thing({"data": rows(), "more": FLAG, "total": NUMBER}, required=["total"]),
            query("offset", NUMBER),
        ),
        {"type": "offset", "limit": None, "has_more_path": "more", "total_path": "total"},
    ),
    "a total that some answers have": (
        listing(query("offset", NUMBER), beside={"total": NUMBER}),
        {"type": "offset", "limit": None},
    ),
    "a cursor of the answer": (
        listing(query("cursor"), SIZE, beside={"next_cursor": TEXT, "has_more": FLAG}),
        {
            **CURSOR,
            "cursor_path": "next_cursor",
            "cursor_param": "cursor",
            "has_more_path": "has_more",
        },
    ),
    "a cursor deep in it": (
        listing(
            query("after"),
            beside={"paging": thing({"cursors": thing({"after": TEXT, "before": TEXT})})},
        ),
        {"type": "cursor", "cursor_path": "paging.cursors.after", "cursor_param": "after"},
    ),
    "an offset that is a text": (
        listing(query("offset"), SIZE, beside={"next_page": thing({"offset": TEXT, "uri": LINK})}),
        {**CURSOR, "cursor_path": "next_page.offset", "cursor_param": "offset"},
    ),
    "a cursor that no parameter sends": (
        listing(beside={"pages": thing({"next": thing({"starting_after": TEXT})})}),
        {
            "type": "cursor",
            "cursor_path": "pages.next.starting_after",
            "cursor_param": "starting_after",
        },
    ),
    "a cursor that must be asked for": (
        listing(query("marker"), query("usemarker", FLAG), beside={"next_marker": TEXT}),
        {"type": "cursor", "cursor_path": "next_marker", "cursor_param": "marker"},
    ),
    "the last row": (
        listing(query("starting_after"), SIZE, beside={"has_more": FLAG}),
        {
            **CURSOR,
            "cursor_value": "last_record.id",
            "cursor_param": "starting_after",
            "has_more_path": "has_more",
        },
    ),
    "a link beside pages": (
        listing(query("page", NUMBER), beside=links("links", "pages", "next")),
        {"type": "json_link", "next_url_path": "links.pages.next"},
    ),
    "a link of HAL": (
        get(thing({"_embedded": thing({"rows": rows()}), **links("_links", "next", "href")})),
        {"type": "json_link", "next_url_path": "_links.next.href"},
    ),
    "a link of OData": (
        get(thing({"value": rows(), "@odata.nextLink": TEXT})),
        {"type": "json_link", "next_url_path": "@odata.nextLink"},
    ),
    "a link that the text calls so": (
        listing(beside={"next": {**TEXT, "description": "URL of the next page"}}),
        {"type": "json_link", "next_url_path": "next"},
    ),
    "a Link header": (
        {
            "get": {
                "parameters": [PER_PAGE, query("page", FIRST)],
                "responses": {
                    "200": {**answering(rows())["200"], "headers": {"Link": {"schema": TEXT}}}
                },
            }
        },
        {"type": "header_link"},
    ),
    "a cursor in a header": (
        {
            "get": {
                "parameters": [query("cursor")],
                "responses": {
                    "200": {
                        **answering(rows())["200"],
                        "headers": {"X-Next-Cursor": {"schema": TEXT}},
                    }
                },
            }
        },
        {"type": "header_cursor", "cursor_key": "X-Next-Cursor", "cursor_param": "cursor"},
    ),
    "a size alone": (listing(SIZE), {"type": "auto"}),
    "a flag alone": (listing(beside={"has_more": FLAG}), {"type": "auto"}),
    "a date called from": (
        listing(query("from", {**TEXT, "format": "date"})),
        {"type": "single_page"},
    ),
    "a number called count": (
        listing(query("count", FLAG)),
        {"type": "single_page"},
    ),
}


def test_pages_are_asked_for_as_the_document_says() -> None:
    paths = {f"/x{number}": item for number, (item, _) in enumerate(BY.values())}
    found = [endpoint["paginator"] for endpoint in endpoints(paths).values()]
    assert dict(zip(BY, found, strict=True)) == {
        case: paginator for case, (_, paginator) in BY.items()
    }
    assert "max" not in str([p.keys() for p in found])


def test_what_is_assumed_of_pages_is_said() -> None:
    paths = {
        "/a": listing(query("page", NUMBER)),
        "/b": listing(SIZE),
        "/c": listing(query("page", FIRST)),
    }
    log = converted(document(paths)).log
    assert (
        log.comments["a", "endpoint.paginator"]
        == "assumed: pages begin at 1; the document does not say"
    )
    assert "(it has limit): the first answer shows it" in log.comments["b", "endpoint.paginator"]
    assert ("c", "endpoint.paginator") not in log.comments


def test_the_size_is_sent_where_the_paginator_does_not_send_it() -> None:
    found = endpoints(
        {
            "/a": listing(SIZE, beside=links("links", "next")),
            "/b": listing(query("marker"), query("usemarker", FLAG), beside={"next_marker": TEXT}),
        }
    )
    assert found["a"]["params"] == {"limit": 250}
    assert found["b"]["params"] == {"usemarker": True}


def test_a_search_pages_in_its_body() -> None:
    cursor = thing(
        {"cursor": TEXT, "limit": {**NUMBER, "maximum": 100}, "state": {"enum": ["all"]}},
        required=["state"],
    )
    options = thing({"options": thing({"count": {**NUMBER, "maximum": 500}, "offset": NUMBER})})
    answers = {
        "a": {"data": rows(), "cursor": TEXT},
        "b": {"data": rows(ROW), "total_data": NUMBER},
    }
    found = endpoints(
        {
            f"/{name}/search": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": body}}},
                    "responses": answering(thing(answers[name], required=list(answers[name]))),
                }
            }
            for name, body in {"a": cursor, "b": options}.items()
        }
    )
    assert found["a"]["paginator"] == {
        "type": "cursor",
        "cursor_path": "cursor",
        "cursor_body_path": "cursor",
    }
    assert found["a"]["json"] == {"limit": 100, "state": "all"}
    assert found["b"]["paginator"] == {
        "type": "offset",
        "limit": 500,
        "limit_body_path": "options.count",
        "offset_body_path": "options.offset",
        "total_path": "total_data",
    }


SIZES = {
    "a maximum": (Shape(("integer",), maximum=250, default=20), "", 250),
    "one that is no page": (Shape(("integer",), maximum=2**31 - 1, default=20), "", 20),
    "a large one": (Shape(("integer",), maximum=50_000), "", 1000),
    "a list of sizes": (Shape(("integer",), enum=(10, 25, 50)), "", 50),
    "a text": (Shape(("integer",), default=10), "Limit can range between 1 and 100.", 100),
    "another text": (Shape(("integer",)), "Page size, max: 200 (default 50)", 200),
    "a default": (Shape(("integer",), default=20), "Results per page", 20),
    "nothing": (Shape(("integer",)), "The number of rows", None),
    "infinity": (Shape(("number",), maximum=float("inf")), "", None),
}


@pytest.mark.parametrize(("shape", "told", "size"), SIZES.values(), ids=list(SIZES))
def test_the_page_size_is_the_greatest_that_is_allowed(
    shape: Shape, told: str, size: int | None
) -> None:
    assert page_size(Parameter("limit", "query", shape, False, told)) == size
