"""How pages are asked for: parameters and answers together, and never a guessed limit."""

from analytics_ingest_tests.convert.openapi_documents import (
    LINK,
    NUMBER,
    TEXT,
    Json,
    answering,
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
    "a continuation that no parameter sends": (
        listing(beside={"paging": thing({"continuation": TEXT, "has_more": FLAG})}),
        {
            "type": "cursor",
            "cursor_path": "paging.continuation",
            "cursor_param": "continuation",
        },
    ),
    "a next id that a parameter takes": (
        listing(
            query("start_id", description="Use the `next_id` value to continue."),
            query("start_index", NUMBER),
            beside={"next_id": TEXT},
        ),
        {"type": "cursor", "cursor_path": "next_id", "cursor_param": "start_id"},
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
    "a link that every page has, and a flag": (
        get(thing({"data": rows(), "next": LINK, "has_more": FLAG}, required=["next"])),
        {"type": "cursor", "cursor_path": "next", "has_more_path": "has_more"},
    ),
    "a cursor, and a flag of the last page": (
        listing(query("cursor"), beside={"cursor": TEXT, "done": FLAG}),
        {
            "type": "cursor",
            "cursor_path": "cursor",
            "cursor_param": "cursor",
            "stop_condition": "{{ response.done }}",
        },
    ),
    "a cursor, and a flag of something else": (
        listing(
            query("cursor"),
            beside={"query": thing({"done": FLAG}), "page": thing({"cursor": TEXT})},
        ),
        {"type": "cursor", "cursor_path": "page.cursor", "cursor_param": "cursor"},
    ),
    "the id after which the next page begins": (
        listing(query("after", NUMBER), SIZE, beside={"page": thing({"next": NUMBER})}),
        {**CURSOR, "cursor_path": "page.next", "cursor_param": "after"},
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
