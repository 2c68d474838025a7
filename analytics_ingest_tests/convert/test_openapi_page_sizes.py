"""Page sizes, pages of bodies, and what is assumed of paging."""

import pytest

from analytics_ingest.convert.openapi.operations import Parameter
from analytics_ingest.convert.openapi.paging_names import choose_page_size
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
    listing,
    query,
    rows,
    thing,
)

FLAG: Json = {"type": "boolean"}
SIZE = query("limit", {**NUMBER, "maximum": 250})
FIRST = {**NUMBER, "default": 1}


def test_what_is_assumed_of_pages_is_said() -> None:
    paths = {
        "/a": listing(query("page", NUMBER)),
        "/b": listing(SIZE),
        "/c": listing(query("page", FIRST)),
    }
    log = converted(document(paths)).log
    assert "the document names no first page" in log.comments["a", "endpoint.paginator"]
    assert "(it has limit): the first answer shows it" in log.comments["b", "endpoint.paginator"]
    assert ("c", "endpoint.paginator") not in log.comments


def test_the_size_is_sent_where_the_paginator_does_not_send_it() -> None:
    found = endpoints(
        {
            "/a": listing(SIZE, beside={"links": thing({"next": LINK})}),
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
    "one that is not a page size": (Shape(("integer",), maximum=2**31 - 1, default=20), "", 20),
    "a large one": (Shape(("integer",), maximum=50_000), "", 1000),
    "a list of sizes": (Shape(("integer",), enum=(10, 25, 50)), "", 50),
    "a text": (Shape(("integer",), default=10), "Limit can range between 1 and 100.", 100),
    "another text": (Shape(("integer",)), "Page size, max: 200 (default 50)", 200),
    "a default": (Shape(("integer",), default=20), "Results per page", 20),
    "nothing": (Shape(("integer",)), "The number of rows", None),
    "infinity": (Shape(("number",), maximum=float("inf")), "", None),
}


@pytest.mark.parametrize(("shape", "description", "size"), SIZES.values(), ids=list(SIZES))
def test_the_page_size_is_the_greatest_that_is_allowed(
    shape: Shape, description: str, size: int | None
) -> None:
    assert choose_page_size(Parameter("limit", "query", shape, False, description)) == size
