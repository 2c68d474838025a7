"""The prose says where a page tells whether there is another."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

NEXT = '"paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "after"}'
BESIDE = NEXT.replace('"next"', '"data.orders.pageInfo.endCursor"')
OFFSET = '"paginator": {"type": "offset", "limit": 10}'
FLAGS = [
    (NEXT, "Pagination stops when `has_more` is false.", "has_more"),
    (OFFSET, "Requests go on until `meta.has_next` is `false`.", "meta.has_next"),
    (OFFSET, "While `more` is true, there is another page.", "more"),
    (
        BESIDE,
        "`pageInfo.hasNextPage` is `false` on the last page: it has to stop on `hasNextPage`.",
        "data.orders.pageInfo.hasNextPage",
    ),
]


@pytest.mark.parametrize(("paginator", "sentence", "path"), FLAGS)
def test_a_flag_ends_a_listing(desk: Desk, paginator: str, sentence: str, path: str) -> None:
    written = desk.new(orders(paginator, prose=f"\n# Paging\n\n{sentence}\n"))
    assert written.endpoint()["paginator"]["has_more_path"] == path
    assert any(
        line.endswith("whether there is another page, as the prose says")
        for line in written.assumed
    )


OTHERS = [
    (BESIDE, "Pagination stops when `has_more` is false."),
    (NEXT, "Pagination stops when `meta.has_more` is false."),
    (NEXT, "`has_more` is not sent by all servers; stop on an empty page."),
    (NEXT, "Either `has_more` or `has_next` is false at the end."),
    (NEXT, "The row's `has_notes` is true or false."),
    (
        NEXT.replace("}", ', "stop_condition": "{{ not response.next }}"}'),
        "`has_more` is false at the end.",
    ),
    ('"paginator": "single_page"', "`has_more` is false at the end."),
]


@pytest.mark.parametrize(("paginator", "sentence"), OTHERS)
def test_another_sentence_on_flags_ends_no_listing(
    desk: Desk, paginator: str, sentence: str
) -> None:
    written = desk.new(orders(paginator, prose=f"\n# Paging\n\n{sentence}\n"))
    assert "has_more_path" not in written.text


def test_the_flag_of_all_listings_is_written_once(desk: Desk) -> None:
    others = [f'{{"name": "{n}", "endpoint": {{"path": "/{n}"}}}}' for n in ("orders", "users")]
    client = f'"client": {{"base_url": "https://x.test", {OFFSET}}}'
    prose = "\n# Paging\n\n`more` is false on the last page.\n"
    written = desk.new(shop(*others, client=client, prose=prose))
    assert written.text.count("has_more_path: more") == 1
