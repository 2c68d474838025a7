"""What the prose says of paging, of ignored responses and of first values."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

LINES = '{"name": "lines", "endpoint": {"path": "/orders/{order_id}/lines"}}'
USERS = '{"name": "users", "endpoint": {"path": "/users"}}'


def actions(written: Any) -> dict[str, list[int]]:
    """The statuses that each resource ignores."""
    return {
        resource["name"]: [action["status_code"] for action in found]
        for resource in written.attributes["resources"]
        if (found := resource["endpoint"].get("response_actions"))
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- 404 is ignored.", {"lines": [404]}),
        ("- `403`, `404`: ignore for `users`", {"users": [403, 404]}),
        ("Orders answer 404 for their lines; these are ignored.", {"lines": [404]}),
        ("| Response | Action |\n|---|---|\n| 404 on `lines` | IGNORE |", {"lines": [404]}),
        ("- 403: skipped", {}),
        ("- 404 is an error and not ignored.", {}),
        ("- 404: ignored if the body contains `No data`.", {}),
    ],
)
def test_an_ignored_status_holds_for_the_resources_that_the_sentence_names(
    desk: Desk, text: str, expected: dict[str, list[int]]
) -> None:
    written = desk.new(shop(ORDERS, LINES, USERS, prose=f"\n# Error Handling\n\n{text}\n"))
    assert actions(written) == expected


def test_a_resource_that_a_line_begins_with_ignores_a_status(desk: Desk) -> None:
    prose = "\n- **users**: The API answers 403 where there is nothing to list; this is ignored.\n"
    written = desk.new(shop(ORDERS, LINES, USERS, prose=prose))
    assert actions(written) == {"users": [403]}
    assert "users: 403 means that it has no rows, as the prose says" in written.assumed


def test_the_configuration_names_statuses_to_ignore(desk: Desk) -> None:
    written = desk.new(orders('"error_handler": {"ignore_status_codes": [403]}'))
    assert actions(written) == {"orders": [403]}


@pytest.mark.parametrize(
    ("paginator", "sentence", "expected"),
    [
        (
            '{"type": "page_number", "limit": 10}',
            "Pagination with parameters `pageLen` and `pageNo`; the first page is 0",
            {"page_param": "pageNo", "limit_param": "pageLen", "start_from_page": 0},
        ),
        (
            '{"type": "offset", "limit": 10}',
            "Pagination by the parameters `skip` and `take`.",
            {"offset_param": "skip", "limit_param": "take"},
        ),
        ('{"type": "offset", "limit": 10}', "It sends parameters `limit` and `q`.", {}),
        (
            '{"type": "page_number", "limit": 10}',
            "The page size is sent as `per_page` (10). The first page is 1.",
            {"limit_param": "per_page", "start_from_page": 1},
        ),
        (
            '{"type": "offset", "limit": 10}',
            "The number of records per page is passed in the parameter `take`.",
            {"limit_param": "take"},
        ),
        ('{"type": "offset", "limit": 10}', "The page size can be sent as `take`.", {}),
        ('{"type": "offset", "limit": 10}', "The page size is not sent as `take`.", {}),
        ('{"type": "offset"}', "The page size is sent as `take`.", {}),
        (
            '{"type": "offset", "limit": 10, "offset_param": "o"}',
            "Pagination by the parameters `skip` and `take`.",
            {"offset_param": "o"},
        ),
        (
            '{"type": "offset", "limit": 10, "offset_param": "skip"}',
            "Pagination by the parameters `skip` and `take`.",
            {"offset_param": "skip", "limit_param": "take"},
        ),
        ('{"type": "page_number"}', "The first page is 1.", {"start_from_page": 1}),
        (
            '{"type": "cursor", "cursor_path": "next"}',
            "Paging stops when `{{ not response.more }}`.",
            {"stop_condition": "{{ not response.more }}"},
        ),
        (
            '{"type": "cursor", "cursor_path": "next", "stop_condition": "not response.a"}',
            "Paging stops when `{{ not response.more }}`.",
            {"stop_condition": "not response.a"},
        ),
        ('{"type": "cursor", "cursor_path": "next"}', "It stops when `{{ x.y( }}`.", {}),
    ],
)
def test_paging_is_completed_by_the_prose(
    desk: Desk, paginator: str, sentence: str, expected: dict[str, Any]
) -> None:
    written = desk.new(orders(f'"paginator": {paginator}', prose=f"\n# Paging\n\n{sentence}\n"))
    found = written.endpoint()["paginator"]
    keys = ("page_param", "offset_param", "limit_param", "start_from_page", "stop_condition")
    assert {key: found[key] for key in keys if key in found} == expected
    assert "no first page" not in " ".join(written.assumed)


def test_keys_of_airbytes_cursor_may_be_in_incremental(desk: Desk) -> None:
    cursor = (
        '"incremental": {"cursor_path": "at", "start_param": "a", "end_param": "b", '
        '"step": "P7D", "start_datetime": "2026-02-01", "cursor_granularity": "P1D", '
        '"lookback_window": "P1D"}'
    )
    written = desk.new(orders(cursor))
    assert written.endpoint()["incremental"] == {
        "cursor_path": "at",
        "start_param": "a",
        "end_param": "b",
        "lookback": "1d",
        "initial_value": "2026-02-01",
        "max_window": "7d",
    }
    assert "left out" not in " ".join(written.assumed)


@pytest.mark.parametrize(
    ("value", "start", "kind"),
    [
        ("1767225600", "2026-01-01", "epoch_s"),
        ("1767225600000", "2026-01-01", "epoch_ms"),
        ('"2026-01-01T00:00:00.000000Z"', "2026-01-01", "%Y-%m-%dT%H:%M:%S.%fZ"),
        ('"2026-01-01T00:00:00Z"', "2026-01-01", None),
    ],
)
def test_a_first_value_shows_how_bounds_are_sent(
    desk: Desk, value: str, start: str, kind: str | None
) -> None:
    cursor = f'"incremental": {{"cursor_path": "at", "start_param": "a", "initial_value": {value}}}'
    written = desk.new(orders(cursor))
    assert written.attributes["partitions"]["start"] == start
    assert written.endpoint()["incremental"].get("param_format") == kind


def test_a_list_of_values_fills_a_placeholder_of_the_path(desk: Desk) -> None:
    one = '{"name": "zones", "endpoint": {"path": "/z/{zone}", "params": {"zone": ["a", "b"]}}}'
    written = desk.new(shop(one))
    assert written.endpoint("zones")["params"] == {"zone": {"type": "each", "values": ["a", "b"]}}
    assert "zones: {zone} is each of the listed values" in written.assumed


def write_pages(first: int) -> str:
    return orders(
        f'"paginator": {{"type": "page_number", "base_page": {first}, "maximum_page": 3}}',
        prose="\n# Paging\n\nOnly the first three pages are read.\n",
    )


@pytest.mark.parametrize(("first", "most"), [(1, 4), (0, 3)])
def test_a_number_of_pages_in_the_prose_decides_the_last(desk: Desk, first: int, most: int) -> None:
    assert desk.new(write_pages(first)).endpoint()["paginator"]["maximum_page"] == most


def test_a_maximum_is_the_page_after_the_last_as_in_dlt(desk: Desk) -> None:
    written = desk.new(write_pages(1).replace("the first three pages", "some pages"))
    assert written.endpoint()["paginator"]["maximum_page"] == 3
    assert "orders: the last page is 2: dlt stops before maximum_page" in written.assumed


PLUS_ONE = [
    "The next request asks for `meta.current + 1`.",
    "The next page is `meta.current` + 1.",
    "The next page is `meta.current` plus one.",
]


@pytest.mark.parametrize("sentence", PLUS_ONE)
def test_the_next_page_is_the_cursor_plus_one(desk: Desk, sentence: str) -> None:
    own = '"paginator": {"type": "cursor", "cursor_path": "meta.current", "cursor_param": "page"}'
    written = desk.new(orders(own, prose=f"\n# Paging\n\n{sentence}\n"))
    assert written.endpoint()["paginator"] == {
        "type": "cursor",
        "cursor_param": "page",
        "cursor_value": "{{ response.meta.current + 1 }}",
        "stop_condition": "{{ response.meta.current is none }}",
    }


@pytest.mark.parametrize(
    ("prose", "first"),
    [
        ("`p` is the page, starting with 1, and `ps` its size.", 1),
        ("The pages are counted from 0.", 0),
        ("`page` is one-based.", 1),
        ("Page numbers are 0-indexed.", 0),
        ("A zero-based `page` is sent.", 0),
        ("Row numbers are 0-based.", None),
        ("`page` is not 1-based.", None),
    ],
)
def test_prose_says_where_pages_begin(desk: Desk, prose: str, first: int | None) -> None:
    paginator = '"paginator": {"type": "page_number", "limit": 10, "page_param": "page"}'
    written = desk.new(orders(paginator, prose=f"\n# Pagination\n\n{prose}\n"))
    assert written.endpoint()["paginator"].get("start_from_page") == first


def test_an_end_of_pages_that_no_paginator_by_number_has_is_reported(desk: Desk) -> None:
    end = "{{ response.get('isLast') }}"
    pages = '"paginator": {"type": "offset", "limit": 10%s}'
    prose = f"\nPagination stops when `{end}`.\n"
    written = desk.new(orders(pages % "", prose=prose))
    reason = f'orders: the prose ends its pages by "{end}"; nothing in the declaration does'
    assert any(line.startswith(reason) for line in written.assumed)
    flagged = pages % ', "has_more_path": "more"'
    assert "ends its pages by" not in desk.new(orders(flagged, prose=prose), "--force").report
