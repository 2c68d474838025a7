"""Paginators in a document's own words, and where the prose says that pages are asked for."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

PAGINATORS: list[tuple[str, dict[str, Any]]] = [
    (
        '{"type": "page_token", "token_param": "page", "next_token_path": "next", "page_size": 9}',
        {"type": "cursor", "cursor_param": "page", "cursor_path": "next", "limit": 9},
    ),
    (
        '{"type": "cursor_based", "next_cursor_path": "next", "cursorParam": "after"}',
        {"type": "cursor", "cursor_path": "next", "cursor_param": "after"},
    ),
    (
        '{"type": "cursor", "cursor_key": "meta.next"}',
        {"type": "cursor", "cursor_path": "meta.next"},
    ),
    *(
        (
            f'{{"type": "cursor", "cursor_path": "{root}headers.Link", "cursor_param": "after"}}',
            {"type": "cursor", "cursor_path": "headers.Link", "cursor_param": "after"},
        )
        for root in ("", "response.", "$.")
    ),
    (
        '{"type": "graphql_cursor", "cursor_path": "c", "cursor_variable": "paging.after"}',
        {"type": "cursor", "cursor_path": "c", "cursor_body_path": "variables.paging.after"},
    ),
    (
        '{"type": "offset_based", "initial_offset": 1, "limit": 9, "skip_param": "s"}',
        {"type": "offset", "offset": 1, "limit": 9, "offset_param": "s"},
    ),
    (
        '{"type": "PageNumberPagination", "first_page_number": 1, "page_size": "per_page"}',
        {"type": "page_number", "start_from_page": 1, "limit_param": "per_page"},
    ),
    ('{"type": "header_links"}', {"type": "header_link"}),
    ('{"type": "next_link", "next_link_path": "links.next"}', {"type": "json_link"}),
    ('{"type": "single"}', {"type": "single_page"}),
    (
        '{"type": "next_page", "next_page_path": "meta.next"}',
        {"type": "json_link", "next_url_path": "meta.next"},
    ),
    (
        '{"type": "next_page", "next_page_path": "meta.next", "page_token_param": "p"}',
        {"type": "cursor", "cursor_path": "meta.next", "cursor_param": "p"},
    ),
    (
        '{"type": "scroll", "page_parameter": "p", "page_size": 9}',
        {"type": "page_number", "page_param": "p", "limit": 9},
    ),
]


@pytest.mark.parametrize(("block", "expected"), PAGINATORS)
def test_a_paginator_is_known_by_other_words(
    desk: Desk, block: str, expected: dict[str, Any]
) -> None:
    written = desk.new(orders(f'"paginator": {block}'))
    assert expected.items() <= written.endpoint()["paginator"].items()
    assert not any("paginator" in line and "left out" in line for line in written.assumed)


@pytest.mark.parametrize("keys", ['"page_size": 9', '"page_param": "p", "offset_param": "o"'])
def test_a_paginator_of_an_unknown_type_whose_keys_tell_none_is_omitted(
    desk: Desk, keys: str
) -> None:
    written = desk.new(orders(f'"paginator": {{"type": "scroll", {keys}}}'))
    assert "paginator" not in written.endpoint()
    assert "orders: endpoint.paginator.type is left out: 'scroll' is unknown" in written.report


POST = '"method": "POST", "json": {"sort": "at"}, '
PAGES: list[tuple[str, str, dict[str, Any]]] = [
    (
        f'{POST}"paginator": {{"type": "offset", "limit": 2, "location": "body"}}',
        "",
        {"type": "offset", "limit": 2, "offset_body_path": "offset", "limit_body_path": "limit"},
    ),
    (
        f'{POST}"paginator": {{"type": "cursor", "cursor_param": "c", "cursor_path": "next"}}',
        "The `next_cursor` is passed as `c` (in the request body for POST requests).",
        {"type": "cursor", "cursor_path": "next", "cursor_body_path": "c"},
    ),
    (
        '"paginator": {"type": "cursor", "cursor_param": "c", "cursor_path": "next"}',
        "The `next_cursor` is passed as `c` (in the request body for POST requests).",
        {"type": "cursor", "cursor_path": "next", "cursor_param": "c"},
    ),
    (
        '"paginator": {"type": "offset", "limit": 50}, "params": {"count": "50"}',
        "",
        {"type": "offset", "limit": 50, "limit_param": "count"},
    ),
    (
        '"paginator": {"type": "offset", "limit": 50}, "params": {"year": "50"}',
        "",
        {"type": "offset", "limit": 50},
    ),
    (
        '"paginator": {"type": "offset", "limit": 10}',
        "Offset-based, only the `offset` query parameter is sent; the API returns 10 rows.",
        {"type": "offset", "limit": None},
    ),
    (
        '"paginator": {"type": "offset", "limit": 10}',
        "- **Pagination**: Offset with `count` (10) and `offset`",
        {"type": "offset", "limit": 10, "limit_param": "count"},
    ),
    (
        '"paginator": {"type": "header_cursor", "cursor_key": "next", "cursor_param": "cursor"}',
        "The `Link` response header contains the `next` cursor.",
        {"type": "header_link"},
    ),
    (
        '"paginator": {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "cursor"}',
        "The `Link` response header contains the documentation.",
        {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "cursor"},
    ),
]


@pytest.mark.parametrize(("endpoint", "prose", "paginator"), PAGES)
def test_pages_are_asked_for_where_and_as_the_document_says(
    desk: Desk, endpoint: str, prose: str, paginator: dict[str, Any]
) -> None:
    written = desk.new(orders(endpoint, prose=f"\n# Resources\n\n{prose}\n"))
    shown = written.endpoint()["paginator"]
    assert shown.items() >= paginator.items()
    assert not {"inject_into", "location"} & shown.keys()


NUMBERS = '"type": "page_number", "page_param": "page"'
OFFSETS, TOKENS = '"type": "offset"', '"type": "cursor", "cursor_path": "next"'
SIDE_BY_SIDE: list[tuple[str, str, str | None]] = [
    (NUMBERS, "page numbers, with the parameters `page` and `limit`.", "limit"),
    (NUMBERS, "it uses `per_page` and `page`.", "per_page"),
    (NUMBERS, "pages by `page` (from 1) / `size` (100).", "size"),
    (NUMBERS, "it takes `page=1` and `limit=100`, except for `other`.", "limit"),
    ('"type": "page_number"', "rows are requested via `page` and `page_size`.", "page_size"),
    (
        '"type": "page_number", "page_param": "page[number]"',
        "they are requested via `page[number]` and `page[size]`.",
        "page[size]",
    ),
    (OFFSETS, "the `offset` and `count` query parameters are sent.", "count"),
    (OFFSETS, "paged with the `offset` and `limit` query parameters.", None),
    (f'{TOKENS}, "cursor_param": "after"', "the parameters `after` and `limit` are sent.", "limit"),
    (TOKENS, "paging takes the parameters `cursor` and `limit`.", "limit"),
    (TOKENS, "the page size is sent as `take`.", "take"),
    # Others: lists of three, fields, other names, responses, denials, parameters of others.
    (NUMBERS, "the parameters `page`, `limit` and `sort` are sent.", None),
    (NUMBERS, "the parameters `page` and `sort` are sent.", None),
    (NUMBERS, "the parameters `start` and `limit` are sent.", None),
    (NUMBERS, "a response has `page` and `limit`.", None),
    (NUMBERS, "rows with the fields `page` and `limit`.", None),
    (NUMBERS, "it does not use `page` and `limit`.", None),
    (NUMBERS, "it may use `page` and `limit`.", None),
    (NUMBERS, "all listings use `page` and `limit`, except for `r18`.", None),
    (f'{TOKENS}, "cursor_param": "after"', "the parameters `before` and `limit` are sent.", None),
]


def test_the_prose_names_the_parameter_of_a_size_beside_that_of_the_page(desk: Desk) -> None:
    resources = [
        f'{{"name": "r{n}", "endpoint": {{"path": "/{n}", "paginator": {{{keys}, "limit": 9}}}}}}'
        for n, (keys, _, _) in enumerate(SIDE_BY_SIDE)
    ]
    lines = [f"- **r{n}**: {text}" for n, (_, text, _) in enumerate(SIDE_BY_SIDE)]
    other = '{"name": "other", "endpoint": {"path": "/o", "params": {"limit": 3}}}'
    prose = "\n# Resources\n\n" + "\n".join(lines)
    written = desk.new(shop(*resources, other, prose=f"{prose}\n"))
    found = [written.endpoint(f"r{n}")["paginator"] for n in range(len(SIDE_BY_SIDE))]
    texts = [text for _, text, _ in SIDE_BY_SIDE]
    sizes = [paginator.get("limit_param") for paginator in found]
    assert dict(zip(texts, sizes, strict=True)) == {text: size for _, text, size in SIDE_BY_SIDE}


@pytest.mark.parametrize("params", ["", '"params": {"limit": 3}, '])
def test_a_size_is_sent_once_and_not_by_what_is_excepted(desk: Desk, params: str) -> None:
    keys = f'{params}"paginator": {{{NUMBERS}, "limit": 9}}'
    prose = "\n# Resources\n\n- **Pagination**: parameters `page` and `limit`, except for `zones`\n"
    names = ("orders", "zones")
    each = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}", {keys}}}}}' for name in names]
    written = desk.new(shop(*each, prose=prose))
    sizes = [written.endpoint(name)["paginator"].get("limit_param") for name in names]
    assert sizes == [None if params else "limit", None]


OPTION = '_option": {"inject_into": "body_json", "field_'
CURSOR = '"type": "cursor", "cursor_path": "next", '
SIZES: list[tuple[str, str, dict[str, Any]]] = [
    *(
        (f"{CURSOR}{keys}", "", {"cursor": "token", "json": {"size": 9}})
        for keys in (
            '"cursor_body_path": "token", "page_size": 9, "page_size_body_path": "size"',
            '"cursor_body_path": "token", "limit": 9, "limit_body_path": "size"',
            '"token_body_key": "token", "per_page": 9, "pageSizeBodyField": "size"',
            '"body_cursor_param": "token", "limit": 9, "body_limit_param": "size"',
            f'"page_token{OPTION}name": "token"}}, "limit": 9, "page_size{OPTION}name": "size"}}',
            '"cursor_param": "token", "cursor_location": "body", "page_size": 9, '
            '"page_size_param": "size", "page_size_in": "body_json"',
            '"cursor_param": "token", "limit_param": "size", "limit": 9, "location": "body"',
        )
    ),
    (
        f'{CURSOR}"cursor_param": "pageToken", "limit_param": "size", "limit": 9',
        "The POST resources send `pageToken` and `size` in the body.",
        {"cursor": "pageToken", "json": {"size": 9}},
    ),
    (
        f'{CURSOR}"cursor_body_path": "c", "limit": 9, "page_size{OPTION}path": ["page", "size"]}}',
        "",
        {"cursor": "c", "json": {"page": {"size": 9}}},
    ),
    (
        f'{CURSOR}"cursor_body_path": "at", "limit": 9, "page_size_option": {{"inject_into": '
        '"body_data", "field_name": "size"}',
        "",
        {"cursor": "at", "data": {"size": 9}},
    ),
    (
        '"type": "page_number", "page_body_key": "a.page", "limit": 9, "limit_body_key": "a.size"',
        "",
        {"json": {"a": {"size": 9}}},
    ),
    # A parameter of the query stays one.
    (
        f'{CURSOR}"cursor_body_path": "at", "limit": 9, "limit_param": "size"',
        "The response holds `next` and the page in the body.",
        {"cursor": "at", "limit_param": "size"},
    ),
]


@pytest.mark.parametrize(("keys", "prose", "expected"), SIZES)
def test_a_size_that_never_changes_is_a_part_of_the_body(
    desk: Desk, keys: str, prose: str, expected: dict[str, Any]
) -> None:
    document = orders(f'"method": "POST", "paginator": {{{keys}}}', prose=f"\n# Notes\n\n{prose}\n")
    written = desk.new(document)
    endpoint, paginator = written.endpoint(), written.endpoint()["paginator"]
    found = {
        "cursor": paginator.get("cursor_body_path"),
        "limit_param": paginator.get("limit_param"),
        **{block: endpoint.get(block) for block in ("json", "data")},
    }
    assert found == {**dict.fromkeys(found), **expected}
    assert not any("left out" in line for line in written.assumed)


def test_the_size_of_a_shared_paginator_is_in_the_bodies_that_it_pages(desk: Desk) -> None:
    paginator = (
        f'"paginator": {{{CURSOR}"cursor_body_path": "at", "limit": 9, "limit_body_path": "n"}}'
    )
    defaults = f'"resource_defaults": {{"endpoint": {{"method": "POST", {paginator}}}}}'
    other = (
        '{"name": "one", "endpoint": {"path": "/1", "method": "GET", "paginator": "single_page"}}'
    )
    written = desk.new(shop(ORDERS, other, defaults=defaults))
    assert written.endpoint()["json"] == {"n": 9}
    assert "json" not in written.endpoint("one")
    assert "json" not in written.attributes["resource_defaults"]["endpoint"]


@pytest.mark.parametrize("option", ["request_path", "RequestPath", "path"])
def test_a_token_that_is_an_address_is_followed(desk: Desk, option: str) -> None:
    paginator = (
        f'"paginator": {{"type": "cursor", "page_token_option": "{option}", '
        '"cursor_value": "{{ response.next_url }}"}'
    )
    written = desk.new(orders(paginator)).endpoint()["paginator"]
    assert written == {"type": "cursor", "cursor_value": "response.next_url"}


CURSOR = '"type": "cursor", "cursor_path": "next", "cursor_param": "after", "limit": 25'
UNSENT = {
    "cursor": f'"paginator": {{{CURSOR}}}',
    "pages": '"paginator": {"type": "page_number", "base_page": 1, "page_size": 50}',
    "tags": f'"params": {{"country": "no", "account_id": 7}}, "paginator": {{{CURSOR}}}',
    # The size is sent:
    "named": f'"paginator": {{{CURSOR}, "limit_param": "take"}}',
    "offset": '"paginator": {"type": "offset", "limit": 9}',
    "param": f'"params": {{"n": 25}}, "paginator": {{{CURSOR}}}',
    "setting": f'"params": {{"pageSize": dlt.config["rows"]}}, "paginator": {{{CURSOR}}}',
    "body": f'"method": "POST", "json": {{"page": {{"max": 25}}}}, "paginator": {{{CURSOR}}}',
    "header": f'"headers": {{"Prefer": "odata.maxpagesize=25"}}, "paginator": {{{CURSOR}}}',
    # There is none:
    "open": '"paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "after"}',
}


def test_a_page_size_that_is_not_sent_is_reported(desk: Desk) -> None:
    listed = [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", {keys}}}}}'
        for name, keys in {
            **UNSENT,
            "graph": '"paginator": {"type": "graphql_cursor", "cursor_path": "c", '
            '"cursor_variable": "after", "limit": 25}, "method": "POST", "json": {"query": "{a}"}',
        }.items()
    ]
    found = desk.new(shop(*listed))
    line = "the page size of its paginator is not sent: nothing declares its parameter; declare"
    assert [each for each in found.assumed if "not sent" in each] == [
        f"cursor, pages, tags: {line} paginator.limit_param",
        f"graph: {line} the size in json",
    ]


DEFAULT_SIZES = {
    "orders": '"type": "offset", "offset_param": "skip"',
    "other": '"type": "offset"}, "params": {"per_page": 20',
    "named": '"type": "offset", "limit_param": "take"',
    # A size is stated, or none is sent:
    "param": '"type": "offset"}, "params": {"limit": 20',
    "open": '"type": "offset", "limit": None',
    "stated": '"type": "offset", "limit": 9',
    "pages": '"type": "page_number", "base_page": 1',
}


def test_an_assumed_page_size_is_reported(desk: Desk) -> None:
    listed = [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", "paginator": {{{keys}}}}}}}'
        for name, keys in DEFAULT_SIZES.items()
    ]
    found = desk.new(shop(*listed))
    sizes = [line.partition(", as")[0] for line in found.assumed if "pages of 100" in line]
    assert sizes == [
        "orders, other: pages of 100 rows are requested by limit",
        "named: pages of 100 rows are requested by take",
    ]


NEXT = '{"type": "cursor", "cursor_path": "paging.next"}'
CURSORS_BY_NAME = {
    "orders": NEXT,
    "header": '{"type": "header_cursor", "cursor_key": "X-Next"}',
    # Its parameter is named, or there is none:
    "named": '{"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}',
    "body": '{"type": "cursor", "cursor_path": "next", "cursor_body_path": "after"}',
    "address": '{"type": "cursor", "cursor_path": "next.url"}',
    "computed": '{"type": "cursor", "cursor_value": "{{ response.next_url }}"}',
    "links": '{"type": "json_link", "next_url_path": "next"}',
    "pages": '{"type": "page_number", "base_page": 1}',
    "offset": '{"type": "offset", "limit": 9}',
}


def test_a_cursor_whose_parameter_nothing_names_is_reported(desk: Desk) -> None:
    listed = [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", "paginator": {paginator}}}}}'
        for name, paginator in CURSORS_BY_NAME.items()
    ]
    line = "its next cursor is sent as cursor, dlt's default"
    rest = "no parameter is named; declare paginator.cursor_param"
    reported = [each for each in desk.new(shop(*listed)).assumed if "next cursor" in each]
    assert reported == [
        f"orders: {line}, unless it is an address: {rest}",
        f"header: {line}: {rest}",
    ]


@pytest.mark.parametrize(
    ("prose", "is_reported"),
    [
        ("Pages are read with the parameter `cursor`.", False),
        ("The next one is sent back as `cursor`.", False),
        ("Add `?cursor=abc` to read on.", False),
        ("- **Pagination**: `cursor`", True),
        ("The response holds a `cursor` object.", True),
    ],
)
def test_prose_may_name_the_parameter_of_a_cursor(
    desk: Desk, prose: str, is_reported: bool
) -> None:
    reported = desk.new(orders(f'"paginator": {NEXT}', prose=f"\n# Paging\n\n{prose}\n")).assumed
    assert any("dlt's default" in line for line in reported) is is_reported
