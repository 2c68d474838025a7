"""Expressions in what a document requests: functions of the window, of a parent's row, the page."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

CURSOR = '"incremental": {"cursor_path": "at"}'


def listing(name: str, path: str, more: str = "") -> str:
    return f'{{"name": "{name}", "endpoint": {{"path": "{path}"{more}}}}}'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{ timestamp(stream_slice.start_time) | int }}", None),
        ("updated >= {{ (timestamp(stream_slice.start_time) * 1000)|int }} ORDER BY x", None),
        ("{{ format_datetime(stream_interval['start_time'], '%d.%m.%Y') }}", None),
        ("{{ timestamp(stream_interval.get('end_time')) }}", None),
        ("{{ stream_slice.get('start_time', '') }}", None),
        ("{{ stream_slice.start_time[:10] }}", None),
        ("{{ stream_slice.start_time.split('T')[0] }}", None),
        ("{{ stream_slice['start_time'] | replace('T', ' ') }}", None),
        ("{{ str_to_datetime(stream_slice.start_time) + duration('P1D') }}", None),
        ("{{ day_delta(-1, format='%Y-%m-%d') }}", None),
        ("{{ config['region'] | upper }}/{{ timestamp(stream_slice.end_time) }}", None),
        ("{{ next_page_token['next_page_token'] or 1 }}", None),
        (
            "{% if stream_interval.start_time %}since {{ stream_interval.start_time }}{% endif %}",
            None,
        ),
        ("{{ stream_slice.get('start_time') }}", "{incremental.start_value}"),
        ("{{ stream_interval.start_time | int }}", "{incremental.start_value}"),
        (
            "{{ stream_slice.start_time }}/{{ timestamp(stream_slice.end_time) }}",
            "{incremental.start_value}/{{ timestamp(stream_slice.end_time) }}",
        ),
        (
            "{ o(at: {{ timestamp(stream_slice.start_time) }}) { id } }",
            "{{ o(at: {{ timestamp(stream_slice.start_time) }}) {{ id }} }}",
        ),
    ],
)
@pytest.mark.parametrize("place", ["params", "headers", "json"])
def test_an_expression_of_a_request_is_taken(
    desk: Desk, place: str, written: str, expected: str | None
) -> None:
    method = '"method": "POST", ' if place == "json" else ""
    found = desk.new(orders(f'{method}{CURSOR}, "{place}": {{"x": "{written}"}}'))
    assert found.endpoint()[place] == {"x": expected or written}
    assert not any("left out" in line for line in found.assumed)


@pytest.mark.parametrize(
    ("written", "endpoint", "reason"),
    [
        ("{{ now() }}", CURSOR, "its expression cannot be evaluated"),
        (
            "{{ strange(stream_slice.start_time) }}",
            CURSOR,
            "its expression cannot be evaluated",
        ),
        ("{{ record.at | upper }}", CURSOR, "its expression cannot be evaluated"),
        ("{{ stream_slice.shop | upper }}", CURSOR, "its expression cannot be evaluated"),
        (
            "{{ timestamp(stream_slice.start_time) }}",
            '"incremental": None',
            "it reads a window, and the resource is loaded whole",
        ),
    ],
)
def test_what_nothing_fills_is_omitted_by_name(
    desk: Desk, written: str, endpoint: str, reason: str
) -> None:
    found = desk.new(orders(f'{endpoint}, "params": {{"x": "{written}", "n": 1}}'))
    assert found.endpoint()["params"] == {"n": 1}
    assert f"orders: params.x is left out: {reason}" in found.assumed


def test_an_expression_of_the_client_reads_no_window(desk: Desk) -> None:
    headers = '"headers": {"X": "{{ timestamp(stream_slice.start_time) }}", "Y": "b"}'
    found = desk.new(orders(client=f'"client": {{"base_url": "https://a.test", {headers}}}'))
    assert found.client["headers"] == {"Y": "b"}


def test_an_expression_reads_the_row_of_the_parent(desk: Desk) -> None:
    params = '"params": {"q": "{{ stream_slice[\'order_id\'] | upper }}"}'
    lines = listing("lines", "/orders/{order_id}/lines", f", {params}")
    found = desk.new(shop(listing("orders", "/orders"), lines))
    order = {"type": "resolve", "resource": "orders", "field": "id"}
    written = found.endpoint("lines")["params"]
    assert written == {"q": "{{ stream_partition.order_id | upper }}", "order_id": order}


def test_an_expression_reads_a_parent_that_a_parameter_sends(desk: Desk) -> None:
    order = '"order_id": {"type": "resolve", "resource": "orders", "field": "id"}'
    params = f'"params": {{{order}, "q": "{{{{ stream_slice.order_id | upper }}}}"}}'
    found = desk.new(shop(listing("orders", "/orders"), listing("lines", "/lines", f", {params}")))
    assert found.endpoint("lines")["params"] == {
        "order_id": "{resources.orders.id}",
        "q": "{{ stream_partition.parent_order_id | upper }}",
        "parent_order_id": {"type": "resolve", "resource": "orders", "field": "id"},
    }


def test_an_expression_of_a_path_reads_a_parent_or_a_setting(desk: Desk) -> None:
    path = "/orders/{{ stream_slice.order_id | upper }}/{{ stream_slice.kind | lower }}"
    found = desk.new(shop(listing("orders", "/orders"), listing("lines", path)))
    assert found.endpoint("lines")["path"] == (
        "/orders/{{ stream_partition.order_id | upper }}/{{ config['kind'] | lower }}"
    )
    assert "lines: {kind} is a setting: no other resource lists it" in found.assumed
