"""Paging that only the prose describes is that of the resources without a paginator."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, Written, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
HEADING = "\n# Pagination\n\n"
CURSOR = {"type": "cursor", "cursor_path": "next_cursor", "cursor_param": "after"}
PAGES = {
    "type": "page_number",
    "page_param": "page",
    "start_from_page": 1,
    "limit": 50,
    "limit_param": "per_page",
}
OFFSET = {"type": "offset", "offset_param": "skip", "limit": 20, "limit_param": "take"}
LINK = {"type": "json_link", "next_url_path": "links.next"}


def read_shared(written: Written) -> Any:
    shared = written.attributes.get("resource_defaults", {}).get("endpoint", {})
    return shared.get("paginator")


STATED: list[tuple[str, dict[str, Any]]] = [
    ("Each response carries `next_cursor`; it is sent back as `after`.", CURSOR),
    ("`next_cursor` of a response is passed as the query parameter `after`.", CURSOR),
    ("- **Type**: cursor\n- **Cursor**: `next_cursor`, sent in the parameter `after`", CURSOR),
    ("The parameter `after` takes the `next_cursor` of the page before.", CURSOR),
    ("Page numbers: `page` starts at 1, `per_page` is 50.", PAGES),
    (
        "Page-number based, with `page` and 50 records per page (`per_page`). Pages start at 1.",
        PAGES,
    ),
    ("Page numbers are sent as `page`; the first page is 1. The size is `per_page=50`.", PAGES),
    ("Offset-based, with `skip` and `take` (20).", OFFSET),
    ("By offset: `skip` rows are skipped, and 20 records per page are read with `take`.", OFFSET),
    ("The response holds `links.next`, the address of the next page.", LINK),
    ("The URL of the next page is in `links.next`.", LINK),
    (
        "The page number in `meta.next_page` is sent as `page`; it is null on the last page.",
        {"type": "cursor", "cursor_path": "meta.next_page", "cursor_param": "page"},
    ),
]


@pytest.mark.parametrize(("text", "paginator"), STATED)
def test_a_section_on_paging_describes_the_pages_of_all(
    desk: Desk, text: str, paginator: dict[str, Any]
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"{HEADING}{text}\n"))
    assert read_shared(written) == paginator
    assert f"pages are read by {paginator['type']}, as the prose says" in written.assumed


OTHERS = [
    "The API has no pagination.",
    "Some endpoints may send `next_cursor` back as `after`.",
    "Each response carries `next_cursor`. It is not sent back as `after`.",
    "`total` is sent as `count`.",
    "Page numbers are `page`; offsets are `skip` and `take` (20), by offset.",
    "`page` is the page on which a banner is shown.",
    "An offset is the shift of a time zone.",
    "Only `users` is paginated: the field `next_token` is passed as the parameter `page_token`.",
    "`orders` is paged by page number with `page`. All other resources return everything at once.",
    "Most endpoints send `next_cursor` as `after`. `users` takes `offset` and `limit` (50).",
    "None of the resources is paged. In the search API, `next_cursor` is passed as `after`.",
    "The UI uses page numbers in the parameter `page`. The API itself does not page.",
    "The GraphQL endpoint returns `endCursor`, passed as `after`. Others are not paged.",
    "The `Link` header holds the address of the next page; `next` in the body repeats it.",
    "`links.next` holds the URL of the next page. It must not be followed.",
    "Each response has `page` and `pages`, page numbers. The next one is sent as `page_index`.",
]


@pytest.mark.parametrize("text", OTHERS)
def test_a_section_that_describes_no_kind_or_several_adds_nothing(desk: Desk, text: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"{HEADING}{text}\n"))
    assert read_shared(written) is None
    assert "paginator" not in written.endpoint()


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("`total_count` (12345) is the number of records.", "total_count"),
        ("`max_retries` is 5.", "max_retries"),
        ("`rate_limit` is 60 and `max_pages` is 50.", "rate_limit"),
        ("More than 10000 records per request are refused.", "10000"),
    ],
)
def test_other_numbers_are_not_the_size_of_a_page(desk: Desk, sentence: str, name: str) -> None:
    text = f"Page numbers: `page` starts at 1. {sentence}"
    assert name not in str(read_shared(desk.new(shop(ORDERS, USERS, prose=f"{HEADING}{text}\n"))))


def test_the_cursor_of_the_page_before_is_not_sent(desk: Desk) -> None:
    text = "`meta.prev_cursor` is sent as `before`, `next_cursor` is sent as `after`."
    assert read_shared(desk.new(shop(ORDERS, USERS, prose=f"{HEADING}{text}\n"))) == CURSOR


@pytest.mark.parametrize(
    "heading",
    [
        "Webhooks and pagination",
        "Pagination of exports",
        "Webhooks",
        "Schema",
        "Legacy pagination",
        "Pages of the UI",
    ],
)
def test_other_sections_describe_no_pages(desk: Desk, heading: str) -> None:
    text = f"\n# API\n\n## {heading}\n\n`next_cursor` is sent back as `after`.\n"
    assert read_shared(desk.new(shop(ORDERS, USERS, prose=text))) is None


@pytest.mark.parametrize(
    "text",
    [
        "- **orders**: Pagination: `next_cursor` of the response is passed as `after`.",
        "### Orders\n\n- **Pagination**: `next_cursor` is sent back as `after`",
        "### Orders\n\n#### Paging\n\n`next_cursor` is sent back as `after`.",
    ],
)
def test_a_label_describes_the_pages_of_its_resource(desk: Desk, text: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{text}\n"))
    assert written.endpoint()["paginator"] == CURSOR
    assert "paginator" not in written.endpoint("users")


def test_a_resource_that_is_not_paginated_has_one_page(desk: Desk) -> None:
    text = f"{STATED[0][0]} `users` is not paginated."
    written = desk.new(shop(ORDERS, USERS, prose=f"{HEADING}{text}\n"))
    assert written.endpoint("users")["paginator"] == "single_page"
    assert read_shared(written) == CURSOR


def test_the_pages_of_a_post_are_asked_for_in_its_body(desk: Desk) -> None:
    orders = '{"name": "orders", "endpoint": {"path": "/orders", "method": "POST"}}'
    text = "Each response carries `next_cursor`; it is sent back as `after` in the JSON body."
    written = desk.new(shop(orders, prose=f"{HEADING}{text}\n"))
    place = {"type": "cursor", "cursor_path": "next_cursor", "cursor_body_path": "after"}
    assert written.endpoint()["paginator"] == place


def test_a_configured_paginator_stays(desk: Desk) -> None:
    orders = '{"name": "orders", "endpoint": {"path": "/orders", "paginator": "single_page"}}'
    written = desk.new(shop(orders, USERS, prose=f"{HEADING}{STATED[0][0]}\n"))
    assert written.endpoint()["paginator"] == {"type": "single_page"}
    assert written.endpoint("users")["paginator"] == CURSOR


def test_a_size_that_requests_send_is_not_sent_twice(desk: Desk) -> None:
    orders = '{"name": "orders", "endpoint": {"path": "/orders", "params": {"per_page": 10}}}'
    written = desk.new(shop(orders, prose=f"{HEADING}{STATED[4][0]}\n"))
    assert "limit" not in read_shared(written)


@pytest.mark.parametrize(
    ("title", "cell", "is_unpaged"),
    [("Paginated", "no", True), ("Pagination", "single page", True), ("Paginated", "yes", False)],
)
def test_a_column_says_what_is_not_paged(
    desk: Desk, title: str, cell: str, is_unpaged: bool
) -> None:
    table = f"| Resource | {title} |\n|---|---|\n| users | {cell} |\n"
    text = f"{HEADING}The URL of the next page is in `links.next`.\n\n# Resources\n\n{table}"
    written = desk.new(shop(ORDERS, USERS, prose=text))
    assert (written.endpoint("users").get("paginator") == "single_page") is is_unpaged
    assert read_shared(written) == LINK


ONE_PAGE = [
    ("- **Pagination Strategy**: None", {"orders", "users", "notes"}),
    (
        "- **Pagination**: none, all records are returned in one response",
        {"orders", "users", "notes"},
    ),
    ("- Paging: No pagination is needed.", {"orders", "users", "notes"}),
    (
        "- **Pagination**: Single page, the number of records is `limit`",
        {"orders", "users", "notes"},
    ),
    ("### Orders\n\n- **Pagination Type**: not paginated (a list)", {"orders"}),
    ("- **Pagination**: None\n\n### Users\n\n- **Pagination**: cursor-based", {"orders", "notes"}),
    ("| Resource | Pagination |\n|---|---|\n| orders | none |\n| users | cursor |", {"orders"}),
    ("`orders` is paginated by cursor and `users` is not paginated.", {"users"}),
    ("In contrast to `orders`, which is paged, `users` is not paged.", {"users"}),
    ("All resources except `orders` are not paginated.", {"users", "notes"}),
    ("- **Pagination**: None, but `orders` is paged", set[str]()),
    ("- **Pagination**: None for `orders`", set[str]()),
    ("- **Pagination**: None is configured; dlt detects it", set[str]()),
    ("- **Pagination**: not configured", set[str]()),
    ("- **Pagination**: none by default, pages by `cursor`", set[str]()),
    (
        "`orders` is not paginated unless `limit` is sent. `users` are not paginated by default.",
        set[str](),
    ),
    ("## Webhooks\n\n- **Pagination**: None", set[str]()),
    ("## Error Handling of exports\n\n- **Pagination**: None", set[str]()),
]


@pytest.mark.parametrize(("text", "names"), ONE_PAGE)
def test_resources_without_pages_have_one(desk: Desk, text: str, names: set[str]) -> None:
    notes = '{"name": "notes", "endpoint": {"path": "/notes"}}'
    written = desk.new(shop(ORDERS, USERS, notes, prose=f"\n# Resources\n\n{text}\n"))
    resources = written.attributes["resources"]
    paginators = {r["name"]: r["endpoint"].get("paginator") for r in resources}
    assert paginators == {
        name: "single_page" if name in names else None for name in ("orders", "users", "notes")
    }
    assert any("it has one page, as the prose says" in line for line in written.assumed) == bool(
        names
    )


def test_one_page_of_a_resource_goes_before_the_paging_of_all(desk: Desk) -> None:
    paginator = '"paginator": {"type": "offset", "limit": 50}'
    defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {{{paginator}}}}}'
    users = f'{{"name": "users", "endpoint": {{"path": "/users", {paginator}}}}}'
    labels = "".join(f"\n### {name}\n\n- **Pagination**: None\n" for name in ("Orders", "Users"))
    written = desk.new(shop(ORDERS, users, defaults=defaults, prose=f"\n# Resources\n{labels}"))
    assert written.endpoint()["paginator"] == "single_page"
    assert written.endpoint("users")["paginator"] == {"type": "offset", "limit": 50}


@pytest.mark.parametrize("first", [0, 1])
def test_a_page_that_requests_hold_as_a_constant_is_the_first(desk: Desk, first: int) -> None:
    params = f'"params": {{"page": {first}, "per_page": 50}}'
    resource = f'{{"name": "orders", "endpoint": {{"path": "/orders", {params}}}}}'
    endpoint = desk.new(shop(resource, USERS)).endpoint()
    assert endpoint["paginator"] == {
        "type": "page_number",
        "page_param": "page",
        "base_page": first,
    }
    assert endpoint["params"] == {"per_page": 50}


@pytest.mark.parametrize("params", ['{"page": 2}', '{"page": "home"}', '{"pages": 1}'])
def test_another_constant_counts_no_pages(desk: Desk, params: str) -> None:
    resource = f'{{"name": "orders", "endpoint": {{"path": "/orders", "params": {params}}}}}'
    assert "paginator" not in desk.new(shop(resource, USERS)).endpoint()
