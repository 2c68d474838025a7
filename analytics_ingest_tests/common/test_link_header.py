"""The next page is read from any `Link` header that RFC 8288 allows, and some that it does not."""

import pytest

from analytics_ingest.common.link_header import find_next_link, find_relation

CASES = [
    ('<https://a.test/?page=2>; rel="next"', "https://a.test/?page=2"),
    ('<https://a.test/?s=open;new&page=2>; rel="next"', "https://a.test/?s=open;new&page=2"),
    ("<https://a.test/?ids=1,2>; rel=next", "https://a.test/?ids=1,2"),
    ('<a>; rel="prev", <b>; title="x, <c>; rel=next"; rel="next"', "b"),
    ('<a>; rel="prev first",<b>;rel="last next"', "b"),
    ("<b> ; REL = 'Next' ; type=text", "b"),
    ('<b>; rel="next"; rel="prev"', "b"),
    ('<b>; rel="next"; results="true"', "b"),
    ('<b>; rel="next"; results="false"', None),
    ('<a>; rel="prev"', None),
    ("<b>", "b"),
    ("<a>, <b>", None),
    ("", None),
    ("<a; rel=next", None),
]


@pytest.mark.parametrize(("header", "url"), CASES)
def test_the_next_page_is_found(header: str, url: str | None) -> None:
    assert find_next_link(header) == url


def test_another_relation_is_found_by_its_name() -> None:
    assert find_relation('<a>; rel="next", <b>; rel=LAST', "last") == "b"
